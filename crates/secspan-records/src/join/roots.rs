//! Which spans are workflows, and which only carry the name of the one that they are in.
//!
//! A workflow span is one whose name no span above it carries, or only with another run id. Processors that copy baggage or
//! attributes put the name on every span of a trace, and those below arrive first: as long as it is not known what is above
//! a span, it may be any of them. Such a span is undecided until its ancestors arrive, or something shows that it is the
//! workflow span after all.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use secspan_otlp::view::SpanId;

use super::parents::Parents;
use crate::definition::Definitions;
use crate::facts::{Fact, SpanFacts};
use crate::kind::Kind;

/// A span that carries the name of a defined workflow.
#[derive(Clone, Copy, Debug)]
struct Named<'a> {
    span: &'a SpanFacts,
    kind: &'static Kind,
}

/// The workflows of a trace.
#[derive(Debug, Default)]
pub(super) struct Roots<'a> {
    /// The workflow spans.
    pub(super) found: Vec<(&'a SpanFacts, &'static Kind)>,
    /// For every span that carries a name, the workflow span that it belongs to; `None` while that is undecided.
    pub(super) of: HashMap<SpanId, Option<SpanId>, RandomState>,
    /// Whether a span may or may not be a workflow.
    pub(super) undecided: bool,
}

/// What is known about the spans above a named one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Above {
    /// The nearest one that carries the same name.
    Same(SpanId),
    /// None carries it.
    Nothing,
    /// Not all of them are known.
    Unknown,
}

impl<'a> Roots<'a> {
    /// Finds them. With `last` nothing more is expected, and what is undecided is decided.
    pub(super) fn find(parents: &Parents<'a, '_>, definitions: &Definitions, last: bool) -> Self {
        let named: HashMap<SpanId, Named<'a>, RandomState> = parents
            .spans
            .values()
            .filter_map(|span| {
                let kind = definitions.workflow(span.workflow()?)?;
                Some((span.span, Named { span, kind }))
            })
            .collect();
        let above: HashMap<SpanId, Above, RandomState> = named
            .values()
            .map(|own| (own.span.span, above(parents, &named, own.span)))
            .collect();
        let mut search = Search {
            parents,
            definitions,
            named,
            above,
        };
        search.decide(last);
        search.finish()
    }
}

struct Search<'s, 'a, 'p> {
    parents: &'s Parents<'a, 'p>,
    definitions: &'s Definitions,
    named: HashMap<SpanId, Named<'a>, RandomState>,
    above: HashMap<SpanId, Above, RandomState>,
}

impl<'a> Search<'_, 'a, '_> {
    /// Settles spans of which not everything above is known, as far as that is possible.
    fn decide(&mut self, last: bool) {
        let mut open: Vec<Named<'a>> = self.with(Above::Unknown);
        if open.is_empty() {
            return;
        }
        let shown = self.shown();
        for own in &open {
            if shown.contains(&own.span.span) {
                self.above.insert(own.span.span, Above::Nothing);
            }
        }
        let sure = self.with(Above::Nothing);
        open.retain(|own| !shown.contains(&own.span.span));
        // The ancestors of a span got lost, but the workflow that it ran in is here.
        for own in &open {
            let around = sure.iter().filter(|workflow| {
                let root = workflow.span;
                is_same(root, own.span)
                    && root.start <= own.span.start
                    && own.span.start <= root.end
            });
            let nearest = around.min_by_key(|root| (root.span.duration_nanos(), root.span.span));
            if let Some(root) = nearest {
                let same = Above::Same(root.span.span);
                self.above.insert(own.span.span, same);
            }
        }
        if last {
            self.give_up_waiting();
        }
    }

    /// Decides without the spans that never came: several spans that carry a name and nothing of their own are pieces of
    /// one workflow that got lost.
    fn give_up_waiting(&mut self) {
        let left = self.with(Above::Unknown);
        for own in &left {
            let alone = left
                .iter()
                .filter(|other| is_same(other.span, own.span))
                .count()
                == 1;
            let mut subjects = self.definitions.subjects().iter();
            let states = subjects.any(|fact| own.span.get(*fact).is_some());
            if (alone || states) && !self.is_stage(own) {
                self.above.insert(own.span.span, Above::Nothing);
            }
        }
    }

    /// Named spans that show that they are a workflow: a stage below them does not carry the name, so that it is not on
    /// every span; or they state a result, which no processor copies, and are no stage.
    fn shown(&self) -> HashSet<SpanId, RandomState> {
        let results = self.definitions.results();
        let mut shown: HashSet<SpanId, RandomState> = self
            .named
            .values()
            .filter(|own| !self.is_stage(own))
            .filter(|own| results.iter().any(|fact| own.span.get(*fact).is_some()))
            .map(|own| own.span.span)
            .collect();
        for span in self.parents.spans.values() {
            if span.stage.is_none() || self.named.contains_key(&span.span) {
                continue;
            }
            let mut ancestors = self.parents.ancestors(span.parent);
            let nearest = ancestors.find_map(|at| self.named.get(&at));
            if let Some(own) = nearest
                && self.definitions.stage_of(span.stage, own.kind).is_some()
            {
                shown.extend(self.top(own.span.span));
            }
        }
        shown
    }

    fn is_stage(&self, own: &Named<'_>) -> bool {
        let stage = self.definitions.stage_of(own.span.stage, own.kind);
        stage.is_some()
    }

    fn with(&self, above: Above) -> Vec<Named<'a>> {
        let own = self.named.values();
        own.filter(|own| self.above.get(&own.span.span) == Some(&above))
            .copied()
            .collect()
    }

    /// The uppermost span that carries the name of this one; `None` in a circle.
    fn top(&self, span: SpanId) -> Option<SpanId> {
        let up = |at: &SpanId| match self.above.get(at) {
            Some(Above::Same(up)) => Some(*up),
            _ => None,
        };
        let mut way = std::iter::successors(Some(span), up).take(self.named.len() + 1);
        way.find(|at| up(at).is_none())
    }

    fn finish(self) -> Roots<'a> {
        let mut roots = Roots::default();
        for (id, own) in &self.named {
            let top = self.top(*id);
            let above = top.and_then(|top| self.above.get(&top));
            let decided = top.filter(|_| above == Some(&Above::Nothing));
            if decided == Some(*id) {
                roots.found.push((own.span, own.kind));
            }
            roots.undecided |= above == Some(&Above::Unknown);
            roots.of.insert(*id, decided);
        }
        roots
    }
}

/// Looks for the name of a span above it.
fn above(
    parents: &Parents<'_, '_>,
    named: &HashMap<SpanId, Named<'_>, RandomState>,
    span: &SpanFacts,
) -> Above {
    let mut last = None;
    for at in parents.ancestors(span.parent) {
        if named.get(&at).is_some_and(|up| is_same(up.span, span)) && at != span.span {
            return Above::Same(at);
        }
        last = Some(at);
    }
    let at_root = last.is_none_or(|last| parents.is_root(last));
    if at_root {
        Above::Nothing
    } else {
        Above::Unknown
    }
}

/// Whether two spans name the same workflow, and the same run where both name one.
fn is_same(a: &SpanFacts, b: &SpanFacts) -> bool {
    let runs = a.get(Fact::RUN_ID).zip(b.get(Fact::RUN_ID));
    a.workflow() == b.workflow() && runs.is_none_or(|(a, b)| a == b)
}
