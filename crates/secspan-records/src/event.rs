//! Events that are records by themselves: a review was decided, a ticket was closed.
//!
//! One event is one record, on whatever span it happened, inside a workflow or not; a log record with the event's name
//! is the same. [`FactEvent`] is what the join keeps of one; `assemble/event.rs` makes the record.

use hmac_sha256::Hash;
use secspan_otlp::time::UnixNanos;
use secspan_semconv::{attribute, event};

use crate::definition::RecordKind;
use crate::facts::FactValue;
use crate::record::{Identity, Key};

/// A kind of record that one event becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// The decision whether a ticket is reviewed.
    Decision,
    /// What became of a ticket.
    Ticket,
}

/// A value that a record is made of, by the attribute that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventField {
    /// Ticket.
    Ticket,
    /// Its priority.
    Priority,
    /// Whether a review is required.
    Required,
    /// Why.
    Reason,
    /// Who is to review.
    Reviewer,
    /// When the enrichment of the ticket was complete.
    EnrichedAt,
}

impl EventKind {
    /// Every kind, in a fixed order.
    pub const ALL: [Self; 2] = [Self::Decision, Self::Ticket];

    /// The name of the event.
    pub fn event_name(self) -> &'static str {
        match self {
            Self::Decision => event::SECOPS_REVIEW_DECIDED,
            Self::Ticket => event::SECOPS_TICKET_CLOSED,
        }
    }

    /// The kind of record that events of this name become.
    pub fn of_event(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.event_name() == name)
    }

    /// What such a record is made of.
    pub fn fields(self) -> &'static [EventField] {
        match self {
            Self::Decision => &[
                EventField::Ticket,
                EventField::Priority,
                EventField::Required,
                EventField::Reason,
                EventField::Reviewer,
            ],
            Self::Ticket => &[
                EventField::Ticket,
                EventField::Priority,
                EventField::EnrichedAt,
            ],
        }
    }
}

impl From<EventKind> for RecordKind {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::Decision => Self::Decision,
            EventKind::Ticket => Self::Ticket,
        }
    }
}

impl EventField {
    /// The attribute that carries it.
    pub fn attribute(self) -> &'static str {
        match self {
            Self::Ticket => attribute::SECOPS_TICKET_ID,
            Self::Priority => attribute::SECOPS_PRIORITY,
            Self::Required => attribute::SECOPS_REVIEW_REQUIRED,
            Self::Reason => attribute::SECOPS_REVIEW_REASON,
            Self::Reviewer => attribute::SECOPS_REVIEWER_NAME,
            Self::EnrichedAt => attribute::SECOPS_TICKET_ENRICHED_AT,
        }
    }
}

/// What makes an event recognisable when it comes again: see [`fingerprint_of`].
pub(crate) type Fingerprint = [u8; 16];

/// The fingerprint of an event that became a record: that of the record's key, by which files and reports tell records
/// apart too, so that a metric counts what a file has lines. The same on every machine: it outlives a restart.
pub(crate) fn fingerprint_of(key: &Key) -> Option<Fingerprint> {
    let Key::Event {
        kind,
        ticket,
        at_micros,
    } = key
    else {
        return None;
    };
    let mut hash = Hash::new();
    hash.update(b"key");
    hash.update(at_micros.to_be_bytes());
    hash.update(kind.as_str());
    hash.update(b"\0");
    hash.update(ticket.as_str());
    Some(shortened(hash))
}

fn shortened(hash: Hash) -> Fingerprint {
    let digest = hash.finalize();
    digest.first_chunk().copied().unwrap_or_default()
}

/// What is kept of one event.
#[derive(Clone, Debug, PartialEq)]
pub struct FactEvent {
    /// What kind of record it becomes.
    pub kind: EventKind,
    /// The span on which it happened; `None` for a log record without one.
    pub identity: Option<Identity>,
    /// When it happened; 0 when it does not say.
    pub time: UnixNanos,
    values: Vec<(EventField, FactValue)>,
}

impl FactEvent {
    /// Reads an event; `get` gives the value of an attribute.
    pub fn read(
        kind: EventKind,
        identity: Option<Identity>,
        time: UnixNanos,
        get: impl Fn(&'static str) -> Option<FactValue>,
    ) -> Self {
        let fields = kind.fields().iter();
        Self {
            kind,
            identity,
            time,
            values: fields
                .filter_map(|field| Some((*field, get(field.attribute())?)))
                .collect(),
        }
    }

    /// The value of a field, if the event has it.
    pub fn get(&self, field: EventField) -> Option<&FactValue> {
        self.values
            .iter()
            .find(|(known, _)| *known == field)
            .map(|(_, value)| value)
    }

    /// The fingerprint of an event that became no record and so has no key: the same for every copy of it.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut hash = Hash::new();
        hash.update(b"event");
        let Identity { trace, span } = self.identity.unwrap_or_default();
        hash.update(trace.0);
        hash.update(span.0);
        hash.update(self.time.0.to_be_bytes());
        hash.update(self.kind.event_name());
        match self.get(EventField::Ticket) {
            Some(FactValue::Text(ticket)) => hash.update(ticket.as_bytes()),
            Some(FactValue::Int(number)) => hash.update(number.to_be_bytes()),
            _ => {}
        }
        shortened(hash)
    }
}
