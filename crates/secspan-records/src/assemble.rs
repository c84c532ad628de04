//! One workflow's spans become one record, or the reasons why not. A pure function of the set of spans.
//!
//! Rules of facts: the workflow span's value wins; otherwise the value on the span that ended last. Ties are broken by
//! start and span id, so that neither order nor duplication of spans changes a byte of the record.

mod enrichment;
mod event;
mod review;

pub use event::of_event;

use secspan_otlp::view::TraceId;

use crate::definition::{RecordKind, WorkflowKind};
use crate::facts::{Fact, FactValue, PerplexityCall, SpanFacts, UnixNanos};
use crate::record::{Identity, Record};
use crate::score::{EpssUnit, Text, ValueError};
use crate::stage_time::{StageSpan, stage_nanos};
use crate::terms::{Outcome, Priority};
use crate::timestamp::Timestamp;

/// The spans of one workflow.
#[derive(Clone, Debug)]
pub struct Workflow<'a> {
    /// Trace.
    pub trace: TraceId,
    /// What kind of record it becomes.
    pub kind: WorkflowKind,
    /// The workflow span.
    pub root: &'a SpanFacts,
    /// The spans below it, each once, in any order.
    pub members: Vec<Member<'a>>,
    /// Every Perplexity call made in it, each once, in any order.
    pub calls: Vec<PerplexityCall>,
}

/// One span of a workflow.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// What is kept of the span.
    pub span: &'a SpanFacts,
    /// Index in [`Workflow::members`] of the nearest stage span that this one is inside of.
    pub enclosing: Option<usize>,
}

/// A workflow, or an event, that did not become a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Incomplete {
    /// What kind of record it would have become.
    pub kind: RecordKind,
    /// Trace and workflow span, or the span of the event; `None` for an event that names none.
    pub identity: Option<Identity>,
    /// Name of the workflow; empty for an event.
    pub workflow: String,
    /// How the workflow ended.
    pub outcome: Outcome,
    /// Its priority, where it is known.
    pub priority: Option<Priority>,
    /// When the workflow ended, or the event happened.
    pub completed_at: Timestamp,
    /// What is known of the record, as a JSON object with null for what is missing.
    pub partial: String,
    /// Each field that is missing or out of range, and why.
    pub reasons: Vec<String>,
}

impl Incomplete {
    /// What would have been this record, without a reason yet.
    pub(crate) fn of_record(record: &Record) -> Self {
        Self {
            kind: record.kind(),
            identity: record.identity(),
            workflow: record.workflow().unwrap_or_default().to_owned(),
            outcome: record.outcome(),
            priority: None,
            completed_at: record.completed_at(),
            partial: record.to_line(),
            reasons: Vec::new(),
        }
    }
}

/// Makes the record of a workflow.
///
/// # Errors
/// When a required field is missing or a value is out of range: what is known, and every reason.
pub fn assemble(workflow: &Workflow<'_>, epss_unit: EpssUnit) -> Result<Record, Box<Incomplete>> {
    match workflow.kind {
        WorkflowKind::Enrichment => enrichment::assemble(workflow, epss_unit),
        WorkflowKind::Review => review::assemble(workflow),
    }
}

impl<'a> Workflow<'a> {
    /// Trace and workflow span.
    pub fn identity(&self) -> Identity {
        Identity {
            trace: self.trace,
            span: self.root.span,
        }
    }

    /// The deciding value of a fact. One whose type says nothing costs that value, unless no record is possible without.
    fn fact(&self, fact: Fact) -> Option<&'a FactValue> {
        let of = |span: &'a SpanFacts| span.get(fact).filter(|value| fact.reads(value));
        of(self.root).or_else(|| {
            let spans = self.members.iter().map(|member| member.span);
            spans
                .filter_map(|span| Some((span, of(span)?)))
                .max_by_key(|(span, _)| (span.end, span.start, span.span))
                .map(|(_, value)| value)
        })
    }

    /// How the workflow ended: its own status and outcome, not those of its stages.
    fn outcome(&self) -> Result<Outcome, ValueError> {
        let stated = match self.root.get(Fact::Outcome) {
            Some(FactValue::Text(word)) => Outcome::parse(word)?,
            _ => Outcome::Success,
        };
        Ok(if self.root.failed && stated.completed() {
            Outcome::Failure
        } else {
            stated
        })
    }

    /// Nanoseconds in each stage; `None` for a stage without a span.
    fn stage_nanos(&self) -> Vec<Option<u64>> {
        let stages = self.kind.stages().len();
        let mut places = vec![None; self.members.len()];
        let mut spans: Vec<StageSpan> = Vec::new();
        for (member, place) in self.members.iter().zip(&mut places) {
            if let Some(stage) = member.span.stage.of(self.kind) {
                *place = Some(spans.len());
                let (start, end) = (member.span.start.0, member.span.end.0);
                spans.push(StageSpan {
                    stage,
                    start,
                    end,
                    enclosing: member.enclosing,
                });
            }
        }
        for span in &mut spans {
            span.enclosing = span
                .enclosing
                .and_then(|at| places.get(at).copied().flatten());
        }
        let nanos = stage_nanos(&spans, stages);
        let ran = |stage: usize| spans.iter().any(|span| usize::from(span.stage) == stage);
        nanos
            .into_iter()
            .enumerate()
            .map(|(at, nanos)| ran(at).then_some(nanos))
            .collect()
    }

    /// What is wrong with the times from which its durations follow: no working clock shows them.
    pub(crate) fn implausible(&self) -> Option<String> {
        let stages = self.members.iter().map(|member| member.span);
        let stages = stages.filter(|span| span.stage.of(self.kind).is_some());
        let all = [("the workflow span", self.root)].into_iter();
        let mut all = all.chain(stages.map(|span| ("a stage", span)));
        all.find_map(|(what, span)| Some(format!("{what} {}", implausible(span)?)))
    }

    /// From the first start to the last end, in nanoseconds.
    fn elapsed_nanos(&self) -> u64 {
        let members = self.members.iter().map(|member| member.span);
        // One clock that stands still must not make the whole workflow last for decades.
        let fits = |span: &&SpanFacts| span.start >= EARLIEST || self.root.start < EARLIEST;
        let members: Vec<&SpanFacts> = members.filter(fits).collect();
        let spans = || members.iter().copied().chain([self.root]);
        let start = spans().map(|span| span.start).min().unwrap_or_default();
        let end = spans().map(|span| span.end).max().unwrap_or_default();
        end.since(start)
    }

    /// What is said of a workflow that becomes no record.
    fn unfinished(&self) -> Incomplete {
        Incomplete {
            kind: self.kind.into(),
            identity: Some(self.identity()),
            workflow: self.root.workflow().unwrap_or_default().to_owned(),
            // A word that is no outcome is a fault of the sender, not a failure of the workflow.
            outcome: self.outcome().unwrap_or_default(),
            priority: None,
            completed_at: Timestamp::from_nanos(self.root.end),
            partial: String::new(),
            reasons: Vec::new(),
        }
    }
}

/// What is wrong with the times of a span.
fn implausible(span: &SpanFacts) -> Option<String> {
    let at = |time: UnixNanos| Timestamp::from_nanos(time);
    if span.start < EARLIEST {
        return Some(format!(
            "starts at {}; allowed: from {}",
            at(span.start),
            at(EARLIEST)
        ));
    }
    if span.end.0.saturating_add(BACKWARDS_NANOS) < span.start.0 {
        return Some(format!(
            "ends at {}, before it starts at {}",
            at(span.end),
            at(span.start)
        ));
    }
    let days = span.duration_nanos() / DAY_NANOS;
    (days > DAYS_MAX).then(|| format!("lasts {days} days; allowed: at most {DAYS_MAX}"))
}

/// Nothing that is traced is older: 2000-01-01T00:00:00Z.
const EARLIEST: UnixNanos = UnixNanos(946_684_800_000_000_000);
/// A clock that is set back while a span lasts makes it end before it starts by this much at most.
const BACKWARDS_NANOS: u64 = 60_000_000_000;
const DAY_NANOS: u64 = 86_400_000_000_000;
/// Longest workflow, and longest stage.
const DAYS_MAX: u64 = 366;

impl FactValue {
    /// The value as a name.
    fn to_text(&self) -> Result<Text, ValueError> {
        match self {
            Self::Text(text) => Text::new(text),
            Self::Oversize(bytes) => Err(ValueError::Long { bytes: *bytes }),
            Self::Int(number) => Text::new(&number.to_string()),
            Self::Double(number) => Text::new(&number.to_string()),
            Self::Bool(value) => Text::new(&value.to_string()),
            other => Err(ValueError::form(other.shape(), "a text")),
        }
    }

    /// The value as a word of a closed list.
    fn to_word<T>(
        &self,
        read: impl FnOnce(&str) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        match self {
            Self::Text(text) => read(text),
            Self::Oversize(bytes) => Err(ValueError::Long { bytes: *bytes }),
            other => Err(ValueError::form(other.shape(), "a text")),
        }
    }

    /// The value as a number; digits in a text are accepted, because some SDKs can send nothing else.
    fn to_number(&self) -> Result<f64, ValueError> {
        match self {
            Self::Double(number) => Ok(*number),
            Self::Int(number) => Ok(*number as f64),
            Self::Text(text) => text
                .trim()
                .parse()
                .map_err(|_| ValueError::text_form(text, "a number")),
            other => Err(ValueError::form(other.shape(), "a number")),
        }
    }

    /// The value as a whole number, 0 or more.
    fn to_count(&self) -> Result<u64, ValueError> {
        const ALLOWED: &str = "a whole number, 0 or more";
        match self {
            Self::Int(number) => {
                u64::try_from(*number).map_err(|_| ValueError::form(number, ALLOWED))
            }
            Self::Text(text) => text
                .trim()
                .parse()
                .map_err(|_| ValueError::text_form(text, ALLOWED)),
            Self::Double(number) if number.fract() == 0.0 && (0.0..=9e15).contains(number) =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "range checked"
                )]
                Ok(*number as u64)
            }
            Self::Double(number) => Err(ValueError::form(number, ALLOWED)),
            other => Err(ValueError::form(other.shape(), ALLOWED)),
        }
    }

    /// The value as yes or no.
    fn to_bool(&self) -> Result<bool, ValueError> {
        const ALLOWED: &str = "true or false";
        match self {
            Self::Bool(value) => Ok(*value),
            Self::Int(number) => self
                .as_flag()
                .ok_or_else(|| ValueError::form(number, ALLOWED)),
            Self::Double(number) => self
                .as_flag()
                .ok_or_else(|| ValueError::form(number, ALLOWED)),
            // Some SDKs can send nothing but text, and Python spells it True.
            Self::Text(text) => text
                .trim()
                .to_ascii_lowercase()
                .parse()
                .map_err(|_| ValueError::text_form(text, ALLOWED)),
            other => Err(ValueError::form(other.shape(), ALLOWED)),
        }
    }

    /// How many items the value lists: a list, or a text such as `T1059, T1566` from SDKs without lists.
    fn to_length(&self) -> Result<u64, ValueError> {
        match self {
            Self::List(length) => Ok(u64::from(*length)),
            Self::Text(text) => {
                let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
                let items = inner.split(',').filter(|item| !item.trim().is_empty());
                Ok(items.count() as u64)
            }
            Self::Oversize(bytes) => Err(ValueError::Long { bytes: *bytes }),
            other => Err(ValueError::form(other.shape(), "a list of texts")),
        }
    }

    fn shape(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Oversize(_) => "a text",
            Self::Int(_) => "an integer",
            Self::Double(_) => "a double",
            Self::Bool(_) => "a boolean",
            Self::List(_) => "a list",
            Self::Other => "bytes or a map",
        }
    }
}

#[cfg(test)]
mod tests;
