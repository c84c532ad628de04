//! Who is above a span, as far as it is known.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use secspan_otlp::view::{SpanId, TraceId};

use super::ancestry::Ancestry;
use crate::facts::SpanFacts;

/// How far up a span's ancestors are followed.
const DEPTH_MAX: usize = 512;

/// Follows parents within one trace.
#[derive(Clone, Copy)]
pub(super) struct Parents<'a, 'p> {
    /// The spans that are kept.
    pub(super) spans: &'a HashMap<SpanId, SpanFacts, RandomState>,
    /// Parents of spans that are not kept.
    pub(super) links: &'a HashMap<SpanId, SpanId, RandomState>,
    pub(super) trace: TraceId,
    pub(super) ancestry: &'p Ancestry,
}

impl Parents<'_, '_> {
    /// The parent of a span that is known: all zero for a root.
    pub(super) fn parent(&self, span: SpanId) -> Option<SpanId> {
        if let Some(kept) = self.spans.get(&span) {
            return Some(kept.parent);
        }
        self.links
            .get(&span)
            .copied()
            .or_else(|| self.ancestry.parent(self.trace, span))
    }

    /// Whether a span is known to have no parent.
    pub(super) fn is_root(&self, span: SpanId) -> bool {
        self.parent(span).is_some_and(|up| !up.is_valid())
    }

    /// `span` and what is above it, as far as it is known.
    pub(super) fn ancestors(&self, span: SpanId) -> impl Iterator<Item = SpanId> {
        let first = Some(span).filter(SpanId::is_valid);
        let up = |at: &SpanId| self.parent(*at).filter(SpanId::is_valid);
        std::iter::successors(first, up).take(DEPTH_MAX)
    }
}
