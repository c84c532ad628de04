//! What the join keeps of a span: ids, times, and the few values that records are made of.

pub use secspan_otlp::time::UnixNanos;
pub use secspan_otlp::view::{SpanId, TraceId};
use secspan_semconv::attribute;

use crate::definition::StageMatch;
use crate::value::TEXT_BYTES_MAX;

/// The attribute that makes its span a workflow span.
pub const WORKFLOW: &str = attribute::SECOPS_WORKFLOW_NAME;

/// The number of an attribute that some record field is made of, as [`Definitions`](crate::definition::Definitions) number
/// them. The first four are the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fact(pub(crate) u8);

impl Fact {
    /// Name of the workflow; makes its span a workflow span, unless a span above it has the same.
    pub const WORKFLOW: Self = Self(0);
    /// Name of the stage; makes its span a stage span, whatever its own name is.
    pub const STAGE: Self = Self(1);
    /// How the span's operation ended.
    pub const OUTCOME: Self = Self(2);
    /// Run of the workflow: tells runs of one name apart.
    pub const RUN_ID: Self = Self(3);

    /// The attributes of these four.
    pub(crate) const ATTRIBUTES: [&'static str; 4] = [
        WORKFLOW,
        attribute::SECOPS_STAGE_NAME,
        attribute::SECOPS_OUTCOME,
        attribute::SECOPS_WORKFLOW_RUN_ID,
    ];

    /// Whether a span with nothing but this fact is worth keeping: an outcome alone is on spans of every sort, and a run
    /// id says nothing without a name.
    pub(crate) fn worth_keeping(self) -> bool {
        !matches!(self, Self::OUTCOME | Self::RUN_ID)
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

/// One call that is counted in its workflow, folded from a span event or a log record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Call {
    /// Which calls it is one of, as [`Definitions`](crate::definition::Definitions) number them.
    pub(crate) of: u8,
    /// When the event happened.
    pub time: UnixNanos,
    /// Its sort; `None` when the event does not say.
    pub sort: Option<u8>,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// What it adds to the sum over all calls.
    pub amount: u32,
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
    /// The calls that were made in it.
    pub calls: Vec<Call>,
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
        match self.get(Fact::WORKFLOW) {
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
                .any(|(fact, _)| *fact != Fact::STAGE && fact.worth_keeping())
    }

    /// How long the span lasted, in nanoseconds; 0 when it ends before it starts.
    pub fn duration_nanos(&self) -> u64 {
        self.end.since(self.start)
    }

    /// Bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        let text: usize = self.facts.iter().map(|(_, value)| value.heap_bytes()).sum();
        self.facts.capacity() * size_of::<(Fact, FactValue)>()
            + self.calls.capacity() * size_of::<Call>()
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
    fn a_later_value_replaces_an_earlier_one() {
        let mut span = SpanFacts::default();
        span.set(Fact(7), FactValue::Double(1.0));
        span.set(Fact(7), FactValue::Int(9));
        assert_eq!(span.get(Fact(7)), Some(&FactValue::Int(9)));
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
