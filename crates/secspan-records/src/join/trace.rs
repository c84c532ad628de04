//! One trace while its workflows are joined: the spans that matter, and which workflow each belongs to.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, TraceId};

use super::ancestry::Ancestry;
use super::parents::Parents;
use super::roots::Roots;
use crate::assemble::{Member, Workflow};
use crate::definition::Definitions;
use crate::facts::{Call, Fact, FactValue, SpanFacts};

/// Spans kept of one trace; those beyond it are dropped and counted.
pub(super) const SPANS_PER_TRACE_MAX: usize = 10_000;

/// Parents kept of one trace before they go to the shared map.
const LINKS_PER_TRACE_MAX: usize = 4_096;

/// Bytes that a hash table needs per place beside key and value.
const PLACE_BYTES: usize = 1;

/// What arrived of one trace.
#[derive(Debug, Default)]
pub(super) struct Trace {
    spans: HashMap<SpanId, SpanFacts, RandomState>,
    /// Parents of spans that are not kept.
    links: HashMap<SpanId, SpanId, RandomState>,
    /// Calls that came as log records, with the span in which they happened.
    log_calls: HashSet<(SpanId, Call), RandomState>,
    /// Bytes that the spans have on the heap.
    heap_bytes: usize,
}

/// What became of an arriving span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// It is new.
    New,
    /// It was there already.
    Duplicate,
    /// There is no more room in its trace.
    Dropped,
}

/// Where a walk up the ancestors ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// At a workflow span.
    Workflow(SpanId),
    /// At a root, or above the workflows.
    Nobody,
    /// At a span that is not known.
    Unknown,
}

impl Trace {
    /// Bytes in memory: what the tables have room for, and what their entries own.
    pub(super) fn bytes(&self) -> usize {
        let table = |places: usize, entry: usize| places * (entry + PLACE_BYTES);
        size_of::<Self>()
            + table(self.spans.capacity(), size_of::<(SpanId, SpanFacts)>())
            + table(self.links.capacity(), size_of::<(SpanId, SpanId)>())
            + table(self.log_calls.capacity(), size_of::<(SpanId, Call)>())
            + self.heap_bytes
    }

    pub(super) fn add_span(&mut self, span: SpanFacts) -> Added {
        if let Some(known) = self.spans.get_mut(&span.span) {
            if span.supersedes(known) {
                self.heap_bytes = self.heap_bytes + span.heap_bytes() - known.heap_bytes();
                *known = span;
                return Added::New;
            }
            return Added::Duplicate;
        }
        // There is always room for a root: it may be the workflow span that all the others belong to.
        if self.spans.len() >= SPANS_PER_TRACE_MAX && span.parent.is_valid() {
            return Added::Dropped;
        }
        self.heap_bytes += span.heap_bytes();
        self.spans.insert(span.span, span);
        Added::New
    }

    /// Keeps a parent; false when there is no more room in the trace.
    pub(super) fn add_link(&mut self, span: SpanId, parent: SpanId) -> bool {
        if self.links.len() >= LINKS_PER_TRACE_MAX {
            return false;
        }
        self.links.insert(span, parent);
        true
    }

    pub(super) fn add_log_call(&mut self, span: SpanId, call: Call) -> Added {
        if self.log_calls.len() >= SPANS_PER_TRACE_MAX {
            return Added::Dropped;
        }
        if !self.log_calls.insert((span, call)) {
            return Added::Duplicate;
        }
        Added::New
    }

    /// The spans, in order of start.
    pub(super) fn spans(&self) -> Vec<&SpanFacts> {
        let mut spans: Vec<&SpanFacts> = self.spans.values().collect();
        spans.sort_unstable_by_key(|span| (span.start, span.span));
        spans
    }

    /// Spans of which only the parent is kept.
    pub(super) fn links(&self) -> impl Iterator<Item = (SpanId, SpanId)> {
        self.links.iter().map(|(span, parent)| (*span, *parent))
    }

    /// Calls that came as log records, with their spans.
    pub(super) fn log_calls(&self) -> impl Iterator<Item = &(SpanId, Call)> {
        self.log_calls.iter()
    }

    /// Whether a workflow seems to be missing: something here was meant for a record.
    pub(super) fn misses_workflow(&self) -> bool {
        let meant = |span: &SpanFacts| span.facts.iter().any(|(fact, _)| fact.worth_keeping());
        let stages: HashSet<_> = self.spans.values().map(|span| span.stage).collect();
        self.spans.values().any(meant) || stages.iter().filter(|stage| !stage.is_none()).count() > 1
    }

    /// How many spans are kept.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Some value of one of these facts, for a message about a trace without a workflow.
    pub(super) fn any_text(&self, facts: &[Fact]) -> Option<String> {
        let mut texts: Vec<String> = self
            .spans
            .values()
            .flat_map(|span| facts.iter().filter_map(|fact| span.get(*fact)))
            .filter_map(|value| match value {
                FactValue::Text(text) => Some(text.to_string()),
                _ => None,
            })
            .collect();
        texts.sort_unstable();
        texts.into_iter().next()
    }

    /// Every workflow of the trace with its spans, in order of start, and whether a span may or may not be another one.
    /// With `last` nothing more is expected, and that is decided.
    pub(super) fn workflows<'a>(
        &'a self,
        trace: TraceId,
        definitions: &Definitions,
        ancestry: &Ancestry,
        last: bool,
    ) -> (Vec<Workflow<'a>>, bool) {
        let parents = Parents {
            spans: &self.spans,
            links: &self.links,
            trace,
            ancestry,
        };
        let roots = Roots::find(&parents, definitions, last);
        let mut workflows: Vec<Workflow<'a>> = roots
            .found
            .iter()
            .map(|&(root, kind)| Workflow {
                trace,
                kind,
                root,
                members: Vec::new(),
                calls: root.calls.clone(),
            })
            .collect();
        workflows.sort_unstable_by_key(|workflow| (workflow.root.start, workflow.root.span));
        let undecided = roots.undecided;
        let lookup = Lookup::new(parents, roots, &workflows);
        for span in self.spans() {
            if lookup.is_workflow(span.span) {
                continue;
            }
            let owner = lookup.owner(span.span);
            if let Some(workflow) = owned_by(&mut workflows, owner, span.start) {
                workflow.members.push(Member {
                    span,
                    enclosing: None,
                });
                workflow.calls.extend_from_slice(&span.calls);
            }
        }
        self.fold_log_calls(&lookup, &mut workflows);
        for workflow in &mut workflows {
            lookup.nest(workflow, definitions);
        }
        (workflows, undecided)
    }

    /// Adds calls that came as log records, unless their span has the same call as an event.
    fn fold_log_calls(&self, lookup: &Lookup<'_, '_>, workflows: &mut [Workflow<'_>]) {
        for (span, call) in &self.log_calls {
            if self
                .spans
                .get(span)
                .is_some_and(|span| span.calls.contains(call))
            {
                continue;
            }
            let owner = lookup.owner(*span);
            if let Some(workflow) = owned_by(workflows, owner, call.time) {
                workflow.calls.push(*call);
            }
        }
    }
}

/// The workflow that a span belongs to. A span whose ancestors got lost belongs to the only workflow there is, else to
/// the shortest one during which it started.
fn owned_by<'w, 'a>(
    workflows: &'w mut [Workflow<'a>],
    owner: Owner,
    at: UnixNanos,
) -> Option<&'w mut Workflow<'a>> {
    match owner {
        Owner::Nobody => None,
        Owner::Workflow(root) => workflows
            .iter_mut()
            .find(|workflow| workflow.root.span == root),
        Owner::Unknown if workflows.len() == 1 => workflows.first_mut(),
        Owner::Unknown => workflows
            .iter_mut()
            .filter(|workflow| workflow.root.start <= at && at <= workflow.root.end)
            .min_by_key(|workflow| workflow.root.duration_nanos()),
    }
}

/// Finds the workflow of a span.
struct Lookup<'a, 'p> {
    parents: Parents<'a, 'p>,
    /// For every span that carries a workflow's name, the workflow span; `None` while that is undecided.
    named: HashMap<SpanId, Option<SpanId>, RandomState>,
    /// Ancestors of workflow spans that are inside no other workflow.
    above: HashSet<SpanId, RandomState>,
}

impl<'a, 'p> Lookup<'a, 'p> {
    fn new(parents: Parents<'a, 'p>, roots: Roots<'_>, workflows: &[Workflow<'_>]) -> Self {
        let mut above = HashSet::default();
        for workflow in workflows {
            let ancestors: Vec<SpanId> = parents.ancestors(workflow.root.parent).collect();
            // Inside another workflow, what is above this one may still be below that one.
            if !ancestors.iter().any(|at| roots.of.contains_key(at)) {
                above.extend(ancestors);
            }
        }
        Self {
            parents,
            named: roots.of,
            above,
        }
    }

    fn is_workflow(&self, span: SpanId) -> bool {
        self.named.get(&span) == Some(&Some(span))
    }

    /// Who owns `span`, looking at it and upwards.
    fn owner(&self, span: SpanId) -> Owner {
        let mut last = SpanId::default();
        for at in self.parents.ancestors(span) {
            if let Some(workflow) = self.named.get(&at) {
                return workflow.map_or(Owner::Nobody, Owner::Workflow);
            }
            if self.above.contains(&at) {
                return Owner::Nobody;
            }
            last = at;
        }
        if !last.is_valid() || self.parents.is_root(last) {
            Owner::Nobody
        } else {
            Owner::Unknown
        }
    }

    /// Finds for each stage span of a workflow the stage span around it.
    fn nest(&self, workflow: &mut Workflow<'_>, definitions: &Definitions) {
        let kind = workflow.kind;
        let places: HashMap<SpanId, usize, RandomState> = workflow
            .members
            .iter()
            .enumerate()
            .filter(|(_, member)| definitions.stage_of(member.span.stage, kind).is_some())
            .map(|(at, member)| (member.span.span, at))
            .collect();
        let root = workflow.root.span;
        for member in &mut workflow.members {
            if places.contains_key(&member.span.span) {
                member.enclosing = self
                    .parents
                    .ancestors(member.span.parent)
                    .take_while(|at| *at != root)
                    .find_map(|at| places.get(&at).copied());
            }
        }
    }
}
