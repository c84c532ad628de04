//! What the join keeps of a span: ids, times, and the few values that records are made of.

pub use secspan_otlp::time::UnixNanos;
pub use secspan_otlp::view::{SpanId, TraceId};
use secspan_semconv::attribute;

use crate::definition::StageMatch;
use crate::score::TEXT_BYTES_MAX;
use crate::terms::PerplexityKind;

/// A value that some record field is made of. One variant per attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fact {
    /// Name of the workflow; makes its span a workflow span, unless a span above it has the same.
    Workflow,
    /// Run of the workflow: tells runs of one name apart.
    RunId,
    /// Name of the stage; makes its span a stage span, whatever its own name is.
    Stage,
    /// Ticket.
    Ticket,
    /// Analyst who did the work.
    Analyst,
    /// Vulnerability that the ticket is about.
    Vulnerability,
    /// Assigned priority.
    Priority,
    /// Priority as triage saw it: counts where no priority was assigned.
    TriagePriority,
    /// CVSS base score.
    Cvss,
    /// EPSS score.
    Epss,
    /// Whether the vulnerability is known to be exploited.
    KnownExploited,
    /// How many sources were cited.
    SourceCount,
    /// How many techniques were mapped.
    TechniqueCount,
    /// The techniques that were mapped.
    Techniques,
    /// How the span's operation ended.
    Outcome,
    /// Reviewer.
    Reviewer,
    /// What kind of investigation was reviewed.
    InvestigationType,
    /// Score of the review.
    ReviewScore,
    /// Classification of the review.
    ReviewClassification,
    /// Critical findings of the review.
    CriticalCount,
    /// Significant findings of the review.
    SignificantCount,
    /// Minor findings of the review.
    MinorCount,
    /// Whether facts were verified.
    FactVerification,
    /// Accuracy that fact verification found.
    Accuracy,
}

impl Fact {
    /// Every fact with the attribute that carries it.
    pub const ATTRIBUTES: [(Self, &'static str); 24] = [
        (Self::Workflow, attribute::SECOPS_WORKFLOW_NAME),
        (Self::RunId, attribute::SECOPS_WORKFLOW_RUN_ID),
        (Self::Stage, attribute::SECOPS_STAGE_NAME),
        (Self::Ticket, attribute::SECOPS_TICKET_ID),
        (Self::Analyst, attribute::SECOPS_ANALYST_NAME),
        (Self::Vulnerability, attribute::SECOPS_VULNERABILITY_ID),
        (Self::Priority, attribute::SECOPS_PRIORITY),
        (Self::TriagePriority, attribute::SECOPS_TRIAGE_PRIORITY),
        (Self::Cvss, attribute::SECOPS_VULNERABILITY_SCORE_BASE),
        (Self::Epss, attribute::SECOPS_VULNERABILITY_EPSS_SCORE),
        (
            Self::KnownExploited,
            attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
        ),
        (Self::SourceCount, attribute::SECOPS_ENRICHMENT_SOURCE_COUNT),
        (
            Self::TechniqueCount,
            attribute::SECOPS_ENRICHMENT_TECHNIQUE_COUNT,
        ),
        (Self::Techniques, attribute::SECOPS_ENRICHMENT_TECHNIQUES),
        (Self::Outcome, attribute::SECOPS_OUTCOME),
        (Self::Reviewer, attribute::SECOPS_REVIEWER_NAME),
        (
            Self::InvestigationType,
            attribute::SECOPS_REVIEW_INVESTIGATION_TYPE,
        ),
        (Self::ReviewScore, attribute::SECOPS_REVIEW_SCORE),
        (
            Self::ReviewClassification,
            attribute::SECOPS_REVIEW_CLASSIFICATION,
        ),
        (
            Self::CriticalCount,
            attribute::SECOPS_REVIEW_FINDING_CRITICAL_COUNT,
        ),
        (
            Self::SignificantCount,
            attribute::SECOPS_REVIEW_FINDING_SIGNIFICANT_COUNT,
        ),
        (
            Self::MinorCount,
            attribute::SECOPS_REVIEW_FINDING_MINOR_COUNT,
        ),
        (
            Self::FactVerification,
            attribute::SECOPS_REVIEW_FACT_VERIFICATION,
        ),
        (Self::Accuracy, attribute::SECOPS_REVIEW_ACCURACY),
    ];

    /// The fact that an attribute carries.
    pub fn of_attribute(key: &str) -> Option<Self> {
        Self::ATTRIBUTES
            .iter()
            .find(|(_, attribute)| *attribute == key)
            .map(|(fact, _)| *fact)
    }

    /// The attribute that carries this fact.
    pub fn attribute(self) -> &'static str {
        Self::ATTRIBUTES
            .iter()
            .find(|(fact, _)| *fact == self)
            .map_or("", |(_, key)| key)
    }

    /// Whether a value has a type in which this fact can be read. What a record cannot do without is read whatever it is, so
    /// that the record is rejected with that reason.
    pub(crate) fn reads(self, value: &FactValue) -> bool {
        let text = matches!(value, FactValue::Text(_) | FactValue::Oversize(_));
        let number = matches!(value, FactValue::Int(_) | FactValue::Double(_));
        match self {
            Self::Cvss | Self::Epss => text || number,
            Self::SourceCount | Self::TechniqueCount | Self::Accuracy => {
                text || matches!(value, FactValue::Int(_))
                    || matches!(value, FactValue::Double(number) if number.fract() == 0.0)
            }
            Self::KnownExploited | Self::FactVerification => {
                text || matches!(value, FactValue::Bool(_)) || value.as_flag().is_some()
            }
            Self::Techniques => text || matches!(value, FactValue::List(_)),
            Self::Vulnerability
            | Self::TriagePriority
            | Self::InvestigationType
            | Self::ReviewClassification => !matches!(value, FactValue::List(_) | FactValue::Other),
            _ => true,
        }
    }

    /// Whether a span with nothing but this fact is worth keeping: an outcome alone is on spans of every sort, and a run
    /// id says nothing without a name.
    pub(crate) fn worth_keeping(self) -> bool {
        !matches!(self, Self::Outcome | Self::RunId)
    }
}

/// The value of a fact, as far as a record can need it.
#[derive(Clone, Debug, PartialEq)]
pub enum FactValue {
    /// Text of at most [`TEXT_BYTES_MAX`] bytes.
    Text(Box<str>),
    /// A longer text, of which only the length in bytes is kept.
    Oversize(usize),
    /// An integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// A boolean.
    Bool(bool),
    /// A list, of which only the length is kept.
    List(u32),
    /// Something no fact can be: bytes, a map.
    Other,
}

impl FactValue {
    /// Keeps a text; `None` when it is blank, which means the same as no value.
    pub fn text(text: &str) -> Option<Self> {
        if text.trim().is_empty() {
            None
        } else if text.len() > TEXT_BYTES_MAX {
            Some(Self::Oversize(text.len()))
        } else {
            Some(Self::Text(text.into()))
        }
    }

    /// 0 and 1 as no and yes: what senders without booleans write.
    pub(crate) fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Int(0) => Some(false),
            Self::Int(1) => Some(true),
            Self::Double(number) if number.to_bits() == 0_f64.to_bits() => Some(false),
            Self::Double(number) if number.to_bits() == 1_f64.to_bits() => Some(true),
            _ => None,
        }
    }

    /// Bytes on the heap.
    fn heap_bytes(&self) -> usize {
        if let Self::Text(text) = self {
            text.len()
        } else {
            0
        }
    }
}

/// One Perplexity call, folded from a span event or a log record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PerplexityCall {
    /// When the event happened.
    pub time: UnixNanos,
    /// What the call was for; `None` when the event does not say.
    pub kind: Option<PerplexityKind>,
    /// Whether it brought an answer.
    pub succeeded: bool,
    /// How many sources the answer cites.
    pub citations: u32,
}

/// What is kept of one span.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpanFacts {
    /// Id of the span.
    pub span: SpanId,
    /// Id of its parent; all zero for a root.
    pub parent: SpanId,
    /// Start.
    pub start: UnixNanos,
    /// End.
    pub end: UnixNanos,
    /// Whether its status is ERROR.
    pub failed: bool,
    /// The stage that its stage attribute, or else its name, means.
    pub stage: StageMatch,
    /// Its facts, each at most once.
    pub facts: Vec<(Fact, FactValue)>,
    /// Its Perplexity calls.
    pub calls: Vec<PerplexityCall>,
}

impl SpanFacts {
    /// Sets a fact; a later value replaces an earlier one, as it does for duplicate keys.
    pub fn set(&mut self, fact: Fact, value: FactValue) {
        match self.facts.iter_mut().find(|(known, _)| *known == fact) {
            Some((_, known)) => *known = value,
            None => self.facts.push((fact, value)),
        }
    }

    /// The value of a fact, if the span has it.
    pub fn get(&self, fact: Fact) -> Option<&FactValue> {
        self.facts
            .iter()
            .find(|(known, _)| *known == fact)
            .map(|(_, value)| value)
    }

    /// The workflow name that the span carries: its own, when no span above it carries the same.
    pub fn workflow(&self) -> Option<&str> {
        match self.get(Fact::Workflow) {
            Some(FactValue::Text(name)) => Some(name),
            _ => None,
        }
    }

    /// Whether a record could need anything of this span.
    pub fn is_of_interest(&self) -> bool {
        !self.stage.is_none()
            || !self.calls.is_empty()
            || self
                .facts
                .iter()
                .any(|(fact, _)| *fact != Fact::Stage && fact.worth_keeping())
    }

    /// How long the span lasted, in nanoseconds; 0 when it ends before it starts.
    pub fn duration_nanos(&self) -> u64 {
        self.end.since(self.start)
    }

    /// Bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        let text: usize = self.facts.iter().map(|(_, value)| value.heap_bytes()).sum();
        self.facts.capacity() * size_of::<(Fact, FactValue)>()
            + self.calls.capacity() * size_of::<PerplexityCall>()
            + text
    }

    /// Whether this copy of a span replaces `other` with the same id. Copies are equal unless a sender is broken; then
    /// the choice must not depend on which came first.
    pub(crate) fn supersedes(&self, other: &Self) -> bool {
        let rank = |span: &Self| {
            (
                span.end,
                span.start,
                span.facts.len(),
                span.calls.len(),
                span.failed,
                span.parent,
            )
        };
        rank(self) > rank(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_names_one_fact() {
        for (fact, key) in Fact::ATTRIBUTES {
            assert_eq!(Fact::of_attribute(key), Some(fact));
            assert_eq!(fact.attribute(), key);
        }
        assert_eq!(Fact::of_attribute("http.route"), None);
    }

    #[test]
    fn a_later_value_replaces_an_earlier_one() {
        let mut span = SpanFacts::default();
        span.set(Fact::Cvss, FactValue::Double(1.0));
        span.set(Fact::Cvss, FactValue::Int(9));
        assert_eq!(span.get(Fact::Cvss), Some(&FactValue::Int(9)));
        assert_eq!(span.facts.len(), 1);
    }

    #[test]
    fn blank_text_is_no_value_and_long_text_is_not_kept() {
        assert_eq!(FactValue::text("  "), None);
        let long = "x".repeat(TEXT_BYTES_MAX + 1);
        assert_eq!(
            FactValue::text(&long),
            Some(FactValue::Oversize(TEXT_BYTES_MAX + 1))
        );
    }
}
