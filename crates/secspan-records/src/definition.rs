//! The kinds that records are made of, ready for looking at spans: which names are workflows, which attributes matter, which
//! events count, and how stages may be spelt.
//!
//! A span belongs to a workflow because of what it carries, never because of who sent it. This module answers the two
//! questions that follow from that: is this text the name of a workflow that makes records, and is this text the name
//! of one of its stages?

use crate::facts::Fact;
use crate::kind::{Calls, From, Kind, Presence, Source, Type, Workflow};

/// The longest stage name, in bytes, that is looked up at all.
const STAGE_NAME_BYTES_MAX: usize = 32;

/// Which stages a name means: `packing` may be a stage of two workflows. A number into the table of
/// [`Definitions`], 0 for a stage of none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StageMatch(u16);

impl StageMatch {
    /// Whether the name is a stage of no workflow.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// A stage of a kind, by its index into [`Workflow::stages`].
type StageOf = (&'static Kind, u8);

/// The kinds, the workflow names that become them, and the look-up of stage names.
#[derive(Clone, Debug)]
pub struct Definitions {
    kinds: Vec<&'static Kind>,
    workflows: Vec<(Box<str>, &'static Kind)>,
    /// The attributes that fields are made of, by the number of the fact.
    facts: Vec<&'static str>,
    /// The facts that say what a record is about.
    subjects: Vec<Fact>,
    /// The facts that state a result: what a record must have besides names.
    results: Vec<Fact>,
    /// For each kind, for each field, the fact of each of its sources that is an attribute.
    sources: Vec<Vec<Vec<Option<Fact>>>>,
    calls: Vec<&'static Calls>,
    /// Sorted by name, so that a look-up is a binary search over a few cache lines.
    names: Vec<(&'static str, StageMatch)>,
    /// By the number of a match, less one.
    matches: Vec<Vec<StageOf>>,
    /// Per length of a stage name, in bytes, the initials of such names as bits: most span names fail here.
    initials: [u32; STAGE_NAME_BYTES_MAX + 1],
}

impl Definitions {
    /// What these kinds need. A kind that is listed twice counts once.
    pub fn of(kinds: impl IntoIterator<Item = &'static Kind>) -> Self {
        let mut definitions = Self {
            kinds: Vec::new(),
            workflows: Vec::new(),
            facts: Fact::ATTRIBUTES.to_vec(),
            subjects: Vec::new(),
            results: Vec::new(),
            sources: Vec::new(),
            calls: Vec::new(),
            names: Vec::new(),
            matches: Vec::new(),
            initials: [0; STAGE_NAME_BYTES_MAX + 1],
        };
        for kind in kinds {
            if !definitions.kinds.contains(&kind) {
                definitions.add(kind);
            }
        }
        definitions.names.sort_unstable_by_key(|(name, _)| *name);
        for (name, _) in &definitions.names {
            if let Some(bits) = definitions.initials.get_mut(name.len()) {
                *bits |= initial(name);
            }
        }
        definitions
    }

    fn add(&mut self, kind: &'static Kind) {
        self.kinds.push(kind);
        let Source::Workflow(workflow) = kind.source else {
            self.sources.push(Vec::new());
            return;
        };
        self.workflows.push((Box::from(workflow.name), kind));
        let fields = kind.fields.iter();
        let sources = fields
            .map(|field| field.from.iter().map(|from| self.fact_of(*from)).collect())
            .collect();
        self.sources.push(sources);
        self.subjects
            .extend(self.facts_of(kind, kind.subject).flatten());
        for (at, field) in kind.fields.iter().enumerate() {
            let result = field.presence == Presence::Required && !matches!(field.of, Type::Name);
            if result {
                self.results.extend(self.facts_of(kind, at).flatten());
            }
        }
        if let Some(calls) = workflow.calls
            && self.call_index(calls).is_none()
        {
            self.calls.push(calls);
        }
        self.add_stages(kind, workflow);
    }

    fn add_stages(&mut self, kind: &'static Kind, workflow: &'static Workflow) {
        for (index, stage) in (0_u8..).zip(workflow.stages) {
            self.add_name(stage.name, (kind, index));
        }
        for (name, index) in workflow.keys.names.iter().zip(workflow.key_stages) {
            self.add_name(name, (kind, *index));
        }
    }

    /// The fact of a source, numbered when it is a new one; `None` for a source that is no attribute.
    fn fact_of(&mut self, from: From) -> Option<Fact> {
        let key = from.attribute()?;
        let known = self.facts.iter().position(|known| *known == key);
        let number = known.unwrap_or_else(|| {
            self.facts.push(key);
            self.facts.len() - 1
        });
        u8::try_from(number).ok().map(Fact)
    }

    /// The facts that the sources of a field are, one for each source.
    pub(crate) fn facts_of(
        &self,
        kind: &'static Kind,
        field: usize,
    ) -> impl Iterator<Item = Option<Fact>> + use<> {
        let at = self.kinds.iter().position(|known| *known == kind);
        let facts = at.and_then(|at| self.sources.get(at)?.get(field));
        facts.cloned().unwrap_or_default().into_iter()
    }

    /// The fact of one source of a field.
    pub(crate) fn source(&self, sources: usize, field: usize, from: usize) -> Option<Fact> {
        *self.sources.get(sources)?.get(field)?.get(from)?
    }

    /// Where the facts of a kind are, for [`Definitions::source`].
    pub(crate) fn sources_of(&self, kind: &'static Kind) -> Option<usize> {
        self.kinds.iter().position(|known| *known == kind)
    }

    /// The facts that say what a record is about.
    pub(crate) fn subjects(&self) -> &[Fact] {
        &self.subjects
    }

    /// The facts that state a result: what a record must have besides names. They are known at the end of a workflow.
    pub(crate) fn results(&self) -> &[Fact] {
        &self.results
    }

    /// Every attribute that a field is made of, with its fact.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (Fact, &'static str)> {
        (0..=u8::MAX).map(Fact).zip(self.facts.iter().copied())
    }

    /// The attribute that carries a fact.
    pub fn attribute(&self, fact: Fact) -> &'static str {
        self.facts.get(usize::from(fact.0)).copied().unwrap_or("")
    }

    /// The fact that an attribute carries.
    pub fn fact(&self, attribute: &str) -> Option<Fact> {
        let mut attributes = self.attributes();
        attributes
            .find(|(_, known)| *known == attribute)
            .map(|(fact, _)| fact)
    }

    /// The kinds.
    pub fn kinds(&self) -> &[&'static Kind] {
        &self.kinds
    }

    /// The calls that are counted, in the order of their numbers.
    pub fn calls(&self) -> &[&'static Calls] {
        &self.calls
    }

    /// The number of calls.
    pub(crate) fn call_index(&self, calls: &'static Calls) -> Option<u8> {
        let known =
            |known: &&'static Calls| std::ptr::eq(*known, calls) || known.event == calls.event;
        u8::try_from(self.calls.iter().position(known)?).ok()
    }

    /// The number of the calls that a kind counts.
    pub(crate) fn calls_of(&self, kind: &'static Kind) -> Option<u8> {
        self.call_index(kind.workflow()?.calls?)
    }

    /// The number of the calls whose event has this name.
    pub fn call_of_event(&self, name: &str) -> Option<u8> {
        u8::try_from(self.calls.iter().position(|calls| calls.event == name)?).ok()
    }

    /// The kind of record that events of this name become.
    pub fn kind_of_event(&self, name: &str) -> Option<&'static Kind> {
        let mut kinds = self.kinds.iter();
        kinds.find(|kind| kind.event() == Some(name)).copied()
    }

    /// The same, with one more workflow name whose runs become records of `kind`.
    #[must_use]
    pub fn with_workflow(mut self, name: &str, kind: &'static Kind) -> Self {
        self.workflows.retain(|(known, _)| **known != *name);
        self.workflows.push((Box::from(name), kind));
        self
    }

    /// What kind of record a workflow of this name becomes; `None` when no definition has the name.
    pub fn workflow(&self, name: &str) -> Option<&'static Kind> {
        self.workflows
            .iter()
            .find(|(known, _)| **known == *name)
            .map(|(_, kind)| *kind)
    }

    /// The names of all workflows, in the order in which they were defined.
    pub fn workflow_names(&self) -> impl Iterator<Item = (&str, &'static Kind)> {
        self.workflows.iter().map(|(name, kind)| (&**name, *kind))
    }

    /// The stage of `kind` that a match means, as the index into [`Workflow::stages`].
    pub fn stage_of(&self, found: StageMatch, kind: &'static Kind) -> Option<u8> {
        let mut stages = self.stages_of(found).iter();
        stages.find(|(of, _)| *of == kind).map(|(_, stage)| *stage)
    }

    /// The name of the stage that a match means, of whatever kind.
    pub(crate) fn stage_name(&self, found: StageMatch) -> Option<&'static str> {
        let (kind, stage) = self.stages_of(found).first()?;
        let stage = kind.workflow()?.stages.get(usize::from(*stage))?;
        Some(stage.name)
    }

    fn stages_of(&self, found: StageMatch) -> &[StageOf] {
        let at = usize::from(found.0).checked_sub(1);
        at.and_then(|at| self.matches.get(at))
            .map_or(&[], Vec::as_slice)
    }

    /// Which stage `name` means. `bake_bread`, `bake-bread` and `stage2-bake-bread` are the same stage; keys that the
    /// description accepts as names are, too.
    pub fn stage(&self, name: &str) -> StageMatch {
        let whole = self.stage_spelt(name);
        if !whole.is_none() {
            return whole;
        }
        without_stage_number(name).map_or_else(StageMatch::default, |rest| self.stage_spelt(rest))
    }

    fn stage_spelt(&self, name: &str) -> StageMatch {
        let initials = self.initials.get(name.len()).copied().unwrap_or(0);
        if initials & initial(name) == 0 {
            return StageMatch::default();
        }
        let spelt = |byte: u8| if byte == b'-' { b'_' } else { byte };
        self.names
            .binary_search_by(|(known, _)| known.bytes().cmp(name.bytes().map(spelt)))
            .ok()
            .and_then(|at| self.names.get(at))
            .map_or_else(StageMatch::default, |(_, found)| *found)
    }

    fn add_name(&mut self, name: &'static str, stage: StageOf) {
        let known = self.names.iter().find(|(known, _)| *known == name);
        let known = known.map(|(_, found)| usize::from(found.0) - 1);
        if let Some(stages) = known.and_then(|at| self.matches.get_mut(at)) {
            stages.push(stage);
            return;
        }
        self.matches.push(vec![stage]);
        let number = u16::try_from(self.matches.len()).unwrap_or(0);
        self.names.push((name, StageMatch(number)));
    }
}

/// The first letter of a name as a bit; no bit for what is no lower-case letter.
fn initial(name: &str) -> u32 {
    match name.bytes().next() {
        Some(byte @ b'a'..=b'z') => 1 << (byte - b'a'),
        _ => 0,
    }
}

/// `bake-bread` from `stage2-bake-bread`.
fn without_stage_number(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("stage")?;
    let text = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    if text.len() == rest.len() {
        return None;
    }
    text.strip_prefix(['-', '_'])
}
