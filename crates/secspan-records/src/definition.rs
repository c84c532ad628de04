//! Workflow definitions as data: which names are workflows, which stages they have, and how stages may be spelt.
//!
//! A span belongs to a workflow because of what it carries, never because of who sent it. This module answers the two
//! questions that follow from that: is this text the name of a workflow that makes records, and is this text the name
//! of one of its stages?

/// A kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordKind {
    /// The enrichment of a security alert.
    Enrichment,
    /// The review of a finished analysis.
    Review,
    /// The decision whether a ticket is reviewed.
    Decision,
    /// What became of a ticket.
    Ticket,
}

/// A kind of record that a workflow becomes, and with it a fixed list of stages. Records of the other kinds are made of
/// one event each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WorkflowKind {
    /// The enrichment of a security alert.
    Enrichment,
    /// The review of a finished analysis.
    Review,
}

impl RecordKind {
    /// Every kind, in a fixed order.
    pub const ALL: [Self; 4] = [Self::Enrichment, Self::Review, Self::Decision, Self::Ticket];

    /// The lower-case word for this kind, as label values and messages use it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enrichment => "enrichment",
            Self::Review => "review",
            Self::Decision => "decision",
            Self::Ticket => "ticket",
        }
    }

    /// The workflow that becomes such a record; `None` for kinds that are made of one event.
    pub fn workflow(self) -> Option<WorkflowKind> {
        match self {
            Self::Enrichment => Some(WorkflowKind::Enrichment),
            Self::Review => Some(WorkflowKind::Review),
            Self::Decision | Self::Ticket => None,
        }
    }

    /// Whether a workflow becomes such a record.
    pub fn is_workflow(self) -> bool {
        self.workflow().is_some()
    }

    /// The stages of this kind of workflow, in order; none for kinds that are made of one event.
    pub fn stages(self) -> &'static [Stage] {
        self.workflow().map_or(&[], WorkflowKind::stages)
    }

    /// The keys under which a record of this kind lists its stage durations, in order; none for kinds that are made of
    /// one event.
    pub fn legacy_keys(self) -> &'static [&'static str] {
        self.workflow().map_or(&[], WorkflowKind::legacy_keys)
    }
}

impl WorkflowKind {
    /// Every kind, in a fixed order.
    pub const ALL: [Self; 2] = [Self::Enrichment, Self::Review];

    /// The stages of this kind of workflow, in order.
    pub fn stages(self) -> &'static [Stage] {
        match self {
            Self::Enrichment => &ENRICHMENT_STAGES,
            Self::Review => &REVIEW_STAGES,
        }
    }

    /// The keys under which a record of this kind lists its stage durations, in order.
    pub fn legacy_keys(self) -> &'static [&'static str] {
        match self {
            Self::Enrichment => &ENRICHMENT_LEGACY_KEYS,
            Self::Review => &REVIEW_LEGACY_KEYS,
        }
    }
}

impl From<WorkflowKind> for RecordKind {
    fn from(kind: WorkflowKind) -> Self {
        match kind {
            WorkflowKind::Enrichment => Self::Enrichment,
            WorkflowKind::Review => Self::Review,
        }
    }
}

/// One stage of a workflow.
#[derive(Debug, PartialEq, Eq)]
pub struct Stage {
    /// Name of the stage, in snake case.
    pub name: &'static str,
    /// Index into [`WorkflowKind::legacy_keys`] of the key to which its duration is added.
    pub legacy: u8,
    /// What the stage may take, in seconds; `None` where nothing was agreed.
    pub budget_seconds: Option<u32>,
}

const fn stage(name: &'static str, legacy: u8, budget_minutes: u32) -> Stage {
    let budget_seconds = if budget_minutes == 0 {
        None
    } else {
        Some(budget_minutes * 60)
    };
    Stage {
        name,
        legacy,
        budget_seconds,
    }
}

/// How many stages an enrichment really has.
pub const ENRICHMENT_STAGE_COUNT: usize = 8;
/// How many stage keys an enrichment record has.
pub const ENRICHMENT_LEGACY_COUNT: usize = 6;

const ENRICHMENT_STAGES: [Stage; ENRICHMENT_STAGE_COUNT] = [
    stage("triage", 0, 2),
    stage("cve_research", 1, 5),
    stage("attack_mapping", 1, 2),
    stage("priority_assessment", 2, 2),
    stage("business_context", 3, 3),
    stage("remediation_planning", 4, 3),
    stage("documentation", 5, 1),
    stage("jira_update", 5, 2),
];

const ENRICHMENT_LEGACY_KEYS: [&str; ENRICHMENT_LEGACY_COUNT] = [
    "stage1_fetch_ticket",
    "stage2_research_cve",
    "stage3_priority_assessment",
    "stage4_context_analysis",
    "stage5_remediation_guidance",
    "stage6_update_jira",
];

/// Which real stage a legacy stage name means when a host app uses it as a stage name.
const ENRICHMENT_LEGACY_STAGES: [u8; ENRICHMENT_LEGACY_COUNT] = [0, 1, 3, 4, 5, 7];

const REVIEW_STAGES: [Stage; 7] = [
    stage("preparation", 0, 0),
    stage("evaluation", 1, 0),
    stage("gap_identification", 2, 0),
    stage("bias_detection", 3, 0),
    stage("fact_verification", 4, 0),
    stage("documentation", 5, 0),
    stage("feedback_loop", 6, 0),
];

const REVIEW_LEGACY_KEYS: [&str; 7] = [
    "stage1", "stage2", "stage3", "stage4", "stage5", "stage6", "stage7",
];

/// The workflow names that exist without any configuration.
const BUILT_IN_WORKFLOWS: [(&str, WorkflowKind); 2] = [
    ("security-alert-enrichment-v1", WorkflowKind::Enrichment),
    ("security-analysis-review-v1", WorkflowKind::Review),
];

/// The longest stage name, in bytes, that is looked up at all.
const STAGE_NAME_BYTES_MAX: usize = 32;

/// Which stage a name means, for each kind of workflow: `documentation` is a stage of both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StageMatch {
    enrichment: Option<u8>,
    review: Option<u8>,
}

impl StageMatch {
    /// The index into [`WorkflowKind::stages`], if the name is a stage of that kind.
    pub fn of(self, kind: WorkflowKind) -> Option<u8> {
        match kind {
            WorkflowKind::Enrichment => self.enrichment,
            WorkflowKind::Review => self.review,
        }
    }

    /// Whether the name is a stage of no workflow.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }

    fn set(&mut self, kind: WorkflowKind, index: u8) {
        match kind {
            WorkflowKind::Enrichment => self.enrichment = Some(index),
            WorkflowKind::Review => self.review = Some(index),
        }
    }
}

/// The workflow names that make records, and the look-up of stage names.
#[derive(Clone, Debug)]
pub struct Definitions {
    workflows: Vec<(Box<str>, WorkflowKind)>,
    /// Sorted by name, so that a look-up is a binary search over a few cache lines.
    names: Vec<(&'static str, StageMatch)>,
    /// Per length of a stage name, in bytes, the initials of such names as bits: most span names fail here.
    initials: [u32; STAGE_NAME_BYTES_MAX + 1],
}

impl Default for Definitions {
    fn default() -> Self {
        Self::built_in()
    }
}

impl Definitions {
    /// The two workflows that need no configuration.
    pub fn built_in() -> Self {
        let mut names: Vec<(&'static str, StageMatch)> = Vec::new();
        for kind in WorkflowKind::ALL {
            for (index, stage) in (0_u8..).zip(kind.stages()) {
                add_name(&mut names, stage.name, kind, index);
            }
        }
        let legacy = WorkflowKind::Enrichment
            .legacy_keys()
            .iter()
            .zip(ENRICHMENT_LEGACY_STAGES);
        for (name, index) in legacy {
            add_name(&mut names, name, WorkflowKind::Enrichment, index);
        }
        names.sort_unstable_by_key(|(name, _)| *name);
        let mut initials = [0; STAGE_NAME_BYTES_MAX + 1];
        for (name, _) in &names {
            if let Some(bits) = initials.get_mut(name.len()) {
                *bits |= initial(name);
            }
        }
        let workflows = BUILT_IN_WORKFLOWS
            .iter()
            .map(|(name, kind)| (Box::from(*name), *kind))
            .collect();
        Self {
            workflows,
            names,
            initials,
        }
    }

    /// The same, with one more workflow name whose runs become records of `kind`.
    #[must_use]
    pub fn with_workflow(mut self, name: &str, kind: WorkflowKind) -> Self {
        self.workflows.retain(|(known, _)| **known != *name);
        self.workflows.push((Box::from(name), kind));
        self
    }

    /// What kind of record a workflow of this name becomes; `None` when no definition has the name.
    pub fn workflow(&self, name: &str) -> Option<WorkflowKind> {
        self.workflows
            .iter()
            .find(|(known, _)| **known == *name)
            .map(|(_, kind)| *kind)
    }

    /// The names of all workflows, in the order in which they were defined.
    pub fn workflow_names(&self) -> impl Iterator<Item = (&str, WorkflowKind)> {
        self.workflows.iter().map(|(name, kind)| (&**name, *kind))
    }

    /// Which stage `name` means. `cve_research`, `cve-research` and `stage2-cve-research` are the same stage; the legacy
    /// names such as `stage2_research_cve` are accepted too.
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
}

fn add_name(
    names: &mut Vec<(&'static str, StageMatch)>,
    name: &'static str,
    kind: WorkflowKind,
    index: u8,
) {
    if let Some((_, known)) = names.iter_mut().find(|(known, _)| *known == name) {
        known.set(kind, index);
        return;
    }
    let mut found = StageMatch::default();
    found.set(kind, index);
    names.push((name, found));
}

/// The first letter of a name as a bit; no bit for what is no lower-case letter.
fn initial(name: &str) -> u32 {
    match name.bytes().next() {
        Some(byte @ b'a'..=b'z') => 1 << (byte - b'a'),
        _ => 0,
    }
}

/// `cve-research` from `stage2-cve-research`.
fn without_stage_number(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("stage")?;
    let text = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    if text.len() == rest.len() {
        return None;
    }
    text.strip_prefix(['-', '_'])
}

#[cfg(test)]
mod tests;
