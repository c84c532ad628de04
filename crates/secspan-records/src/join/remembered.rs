//! Which workflows were completed: identities outlive their spans, so that a repeated span makes no second record.

use std::collections::{HashMap, VecDeque};

use foldhash::quality::RandomState;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, TraceId};

/// Identities remembered at most; the oldest give way.
const REMEMBERED_MAX: usize = 1 << 16;

/// What was said about a workflow so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Digest of what was said last.
    pub(super) digest: u64,
    /// How many times it was counted, as a record or as an incomplete workflow: the number of the next amendment.
    pub(super) counted: u32,
}

/// A bounded map from workflows to what was said about them.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    traces: HashMap<TraceId, Vec<(SpanId, Said)>, RandomState>,
    order: VecDeque<(UnixNanos, TraceId, SpanId)>,
}

impl Remembered {
    pub(super) fn get(&self, trace: TraceId, span: SpanId) -> Option<Said> {
        let said = self.traces.get(&trace)?;
        said.iter()
            .find(|(known, _)| *known == span)
            .map(|(_, said)| *said)
    }

    /// Every workflow, with what was said and until when it is remembered, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (TraceId, SpanId, Said, UnixNanos)> {
        self.order.iter().filter_map(|(until, trace, span)| {
            Some((*trace, *span, self.get(*trace, *span)?, *until))
        })
    }

    /// Whether some workflow of the trace was completed.
    pub(super) fn knows(&self, trace: TraceId) -> bool {
        self.traces.contains_key(&trace)
    }

    /// Remembers until `until`, and forgets what is over at `now`.
    pub(super) fn insert(
        &mut self,
        trace: TraceId,
        span: SpanId,
        said: Said,
        until: UnixNanos,
        now: UnixNanos,
    ) {
        let workflows = self.traces.entry(trace).or_default();
        if let Some((_, known)) = workflows.iter_mut().find(|(known, _)| *known == span) {
            *known = said;
        } else {
            workflows.push((span, said));
            self.order.push_back((until, trace, span));
        }
        while let Some((until, trace, span)) = self.order.front().copied() {
            if until > now && self.order.len() <= REMEMBERED_MAX {
                break;
            }
            self.order.pop_front();
            self.forget(trace, span);
        }
    }

    fn forget(&mut self, trace: TraceId, span: SpanId) {
        if let Some(workflows) = self.traces.get_mut(&trace) {
            workflows.retain(|(known, _)| *known != span);
            if workflows.is_empty() {
                self.traces.remove(&trace);
            }
        }
    }
}
