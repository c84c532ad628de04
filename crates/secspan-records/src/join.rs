//! The workflow join: spans in, in any order and any number of times; each workflow out, exactly once.
//!
//! A workflow is complete when its workflow span arrived and its trace was quiet for a while, or at a deadline. What
//! arrives later corrects the record: a numbered amendment with the same identity. Memory is bounded; what gives way
//! first is said in [`Counters`].
//!
//! ```text
//! observe ─> JoinStage ─commit(now)─> traces ─tick(now)─> Joined::{Record, Rejected, Incomplete, Orphaned}
//! ```
//!
//! An event that is a record by itself waits for nothing: it is handed out at
//! the next tick, once for each [`Key`](crate::key::Key), by which files tell records apart too.
//!
//! Pure: `now` is an argument. A caller ticks at least as often as [`Join::next_due`] says.

mod ancestry;
mod parents;
mod plausible;
mod remembered;
mod roots;
mod settings;
mod state;
mod suspended;
mod told;
mod trace;

use std::sync::{Mutex, MutexGuard, PoisonError};

use secspan_otlp::keys::{Keys, TooManyKeys};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{LogView, SpanId, SpanView, TraceId};

pub use settings::Settings;
pub use suspended::ResumeError;

use crate::assemble::Incomplete;
use crate::capture::Capture;
use crate::definition::Definitions;
use crate::event::FactEvent;
use crate::facts::{Call, SpanFacts};
use crate::kind::Kind;
use crate::origin::Identity;
use crate::record::Record;
use state::State;

/// What came of a workflow, or of an event that is a record by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Joined {
    /// It became a record; [`Record::amendment`] says whether the first one or a correction.
    Record(Record<'static>),
    /// It completed, or happened, but a field is missing or out of range: for the side file, with the reasons.
    Rejected(Box<Incomplete>),
    /// It did not complete and lacks required fields: it counts by its outcome, and there is no record.
    Incomplete(Box<Incomplete>),
    /// Its workflow span never arrived.
    Orphaned(Orphaned),
}

/// Spans that were meant for a record and whose workflow span did not arrive before the deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphaned {
    /// Trace.
    pub trace: TraceId,
    /// How many spans were kept.
    pub spans: usize,
    /// What the record would have been about, if a span says so.
    pub subject: Option<String>,
}

/// What the join did so far; every field only grows, except the last three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Records, those of events included, amendments not.
    pub records: u64,
    /// Amendments.
    pub amendments: u64,
    /// Completed workflows, and events, that were rejected.
    pub rejected: u64,
    /// Workflows that did not complete and became no record.
    pub incomplete: u64,
    /// Traces whose workflow span never arrived.
    pub orphaned: u64,
    /// Spans and log events that arrived a second time.
    pub duplicates: u64,
    /// Spans and log events that arrived after their workflow was complete.
    pub late: u64,
    /// Spans and log events dropped because their trace has too many.
    pub dropped_spans: u64,
    /// Traces dropped for memory before their workflow span arrived.
    pub dropped_traces: u64,
    /// Workflows completed early for memory.
    pub completed_early: u64,
    /// Completed traces forgotten early for memory: late spans can no longer amend them.
    pub forgotten_early: u64,
    /// Traces whose workflows are not complete.
    pub open_traces: u64,
    /// Traces that are complete and kept for amendments.
    pub kept_traces: u64,
    /// Bytes in memory.
    pub bytes: u64,
}

/// What one batch adds; dropped unseen when the batch turns out to be malformed.
#[derive(Debug, Default)]
pub struct JoinStage {
    spans: Vec<(TraceId, SpanFacts)>,
    links: Vec<Link>,
    log_calls: Vec<(TraceId, SpanId, Call)>,
    events: Vec<FactEvent>,
}

/// A span of which only the parent is of interest.
#[derive(Clone, Copy, Debug)]
struct Link {
    trace: TraceId,
    span: SpanId,
    parent: SpanId,
}

impl JoinStage {
    /// Adds a span that was captured by other means than a walk over wire bytes.
    pub fn add(&mut self, trace: TraceId, span: SpanFacts) {
        if span.is_of_interest() {
            self.spans.push((trace, span));
        } else {
            self.links.push(Link {
                trace,
                span: span.span,
                parent: span.parent,
            });
        }
    }

    /// Adds an event that is a record by itself and was captured by other means than a walk over wire bytes.
    pub fn add_event(&mut self, event: FactEvent) {
        self.events.push(event);
    }

    /// Whether the batch holds nothing that the join could use.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
            && self.links.is_empty()
            && self.log_calls.is_empty()
            && self.events.is_empty()
    }
}

/// The join.
#[derive(Debug)]
pub struct Join {
    capture: Capture,
    state: Mutex<State>,
}

impl Join {
    /// A join that reads spans with `keys`.
    ///
    /// # Errors
    /// When the table of keys is full.
    pub fn new(
        settings: Settings,
        definitions: Definitions,
        keys: &mut Keys,
    ) -> Result<Self, TooManyKeys> {
        let capture = Capture::new(definitions, keys)?;
        Ok(Self {
            capture,
            state: Mutex::new(State::new(settings)),
        })
    }

    /// A join that is only given facts, by [`JoinStage::add`], and never wire bytes.
    ///
    /// # Errors
    /// When the table of keys is full.
    pub fn of_facts(settings: Settings, definitions: Definitions) -> Result<Self, TooManyKeys> {
        Self::new(settings, definitions, &mut Keys::new())
    }

    /// The workflow definitions.
    pub fn definitions(&self) -> &Definitions {
        self.capture.definitions()
    }

    /// A stage for one batch.
    #[must_use]
    pub fn stage(&self) -> JoinStage {
        JoinStage::default()
    }

    /// Looks at a span of the batch.
    pub fn observe(&self, stage: &mut JoinStage, view: &SpanView<'_, '_>) {
        self.capture.events(view, |event| stage.events.push(event));
        let Some(trace) = view.trace_id() else { return };
        if let Some(span) = self.capture.span(view) {
            stage.spans.push((trace, span));
        } else if let Some(span) = view.span_id() {
            stage.links.push(Link {
                trace,
                span,
                parent: view.parent().unwrap_or_default(),
            });
        }
    }

    /// Looks at a log record of the batch: an event is folded onto its span, as if the span had it. One that is a record
    /// by itself needs no span.
    pub fn observe_log_event(&self, stage: &mut JoinStage, view: &LogView<'_, '_>) {
        let time = if view.time == UnixNanos(0) {
            view.observed_time
        } else {
            view.time
        };
        if let Some(kind) = self.capture.event_kind(view.event_name_slot) {
            let identity = identity(view.trace_id(), view.span_id());
            let event = self.capture.event(kind, identity, time, &view.attributes);
            stage.events.push(event);
        }
        let Some(number) = self.capture.call_number(view.event_name_slot) else {
            return;
        };
        if let (Some(trace), Some(span)) = (view.trace_id(), view.span_id())
            && let Some(call) = self.capture.call(number, time, &view.attributes)
        {
            stage.log_calls.push((trace, span, call));
        }
    }

    /// Takes over a batch that arrived at `now`.
    pub fn commit(&self, stage: JoinStage, now: UnixNanos) {
        if !stage.is_empty() {
            self.state().commit(self.definitions(), stage, now);
        }
    }

    /// Completes what is due at `now`.
    pub fn tick(&self, now: UnixNanos, out: &mut Vec<Joined>) {
        self.state().tick(self.definitions(), now, out);
    }

    /// When the next tick has something to do; `None` while nothing is open.
    pub fn next_due(&self) -> Option<UnixNanos> {
        self.state().next_due()
    }

    /// Ends the join: completes every workflow whose span arrived, and reports the traces that miss theirs.
    pub fn finish(&self, now: UnixNanos, out: &mut Vec<Joined>) {
        self.state().finish(self.definitions(), now, out);
    }

    /// Ends the join for a while: completes every workflow whose span arrived, and returns the rest as bytes for
    /// [`Join::resume`].
    pub fn suspend(&self, now: UnixNanos, out: &mut Vec<Joined>) -> Vec<u8> {
        self.state().suspend(self.definitions(), now, out)
    }

    /// Takes up what [`Join::suspend`] returned; deadlines start anew.
    ///
    /// # Errors
    /// When the bytes are foreign or damaged; the join is then as it was.
    pub fn resume(&self, bytes: &[u8], now: UnixNanos) -> Result<(), ResumeError> {
        let resumed = suspended::decode(bytes, self.definitions())?;
        self.state().resume(self.definitions(), resumed, now);
        Ok(())
    }

    /// What the join did so far.
    pub fn counters(&self) -> Counters {
        self.state().counters()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn identity(trace: Option<TraceId>, span: Option<SpanId>) -> Option<Identity> {
    trace
        .zip(span)
        .map(|(trace, span)| Identity { trace, span })
}

impl Joined {
    /// The kind of record that this is, or would have been; `None` for a trace without a workflow.
    pub fn kind(&self) -> Option<&'static Kind> {
        match self {
            Self::Record(record) => Some(record.kind()),
            Self::Rejected(unfinished) | Self::Incomplete(unfinished) => Some(unfinished.kind),
            Self::Orphaned(_) => None,
        }
    }
}
