//! The ticket record as a type, and what of it is not data: whether the closing met its target.
//!
//! [`service_level`](crate::service_level) says what follows.

use std::borrow::Cow;

use secspan_records::kind::Hooks;
use secspan_records::origin::Origin;
use secspan_records::record::{FieldValue, Record};
use secspan_records::timestamp::Timestamp;
use secspan_records::value::Value;

use crate::kinds::TICKET;
use crate::kinds::ticket::field;
use crate::service_level::{ServiceLevels, State};
use crate::terms::Priority;

/// What became of one ticket. One of the two times is always known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket<'a> {
    /// The ticket.
    pub ticket: Cow<'a, str>,
    /// Its priority.
    pub priority: Priority,
    /// When its enrichment was complete, which starts the clock; `None` when the enrichment's own record has it.
    pub enriched_at: Option<Timestamp>,
    /// When it was closed; `None` while it is open.
    pub closed_at: Option<Timestamp>,
    /// Where the record comes from.
    pub origin: Origin,
}

impl<'a> Ticket<'a> {
    /// Reads a record; `None` when it is of another kind.
    pub fn of(record: &Record<'a>) -> Option<Self> {
        if *record.kind() != TICKET {
            return None;
        }
        Some(Self {
            ticket: record.cow(field::TICKET_ID)?,
            priority: Priority::of_index(record.word(field::PRIORITY)?)?,
            enriched_at: record.time(field::ENRICHMENT_DATE),
            closed_at: record.time(field::CLOSED_DATE),
            origin: record.origin.clone(),
        })
    }

    /// The record.
    pub fn into_record(self) -> Record<'a> {
        let mut record = Record::new(&TICKET);
        record.set(field::TICKET_ID, Value::Text(self.ticket));
        record.set(field::PRIORITY, Value::Word(self.priority.index()));
        let time = |at: Option<Timestamp>| at.map_or(Value::Absent, Value::Time);
        record.set(field::ENRICHMENT_DATE, time(self.enriched_at));
        record.set(field::CLOSED_DATE, time(self.closed_at));
        record.origin = self.origin;
        record
    }

    /// When the record was made: at the closing, and for an open ticket at the end of its enrichment.
    pub fn completed_at(&self) -> Timestamp {
        self.closed_at.or(self.enriched_at).unwrap_or_default()
    }

    /// Whether the closing met the target of the handbook; `None` while the ticket is open, where nothing is promised,
    /// and when it is not known since when the clock runs.
    fn service_level(&self) -> Option<&'static str> {
        let (enriched_at, closed_at) = (self.enriched_at?, self.closed_at?);
        let levels = ServiceLevels::default();
        let standing = levels.standing(self.priority, enriched_at, Some(closed_at), closed_at);
        Some(standing.state)
            .filter(|state| *state != State::NoTarget)
            .map(State::as_str)
    }
}

/// What of the kind is code.
pub(crate) const HOOKS: Hooks = Hooks {
    field: extra_field,
    ..Hooks::NONE
};

/// `open` says whether the ticket is open, `enriched_at_seconds` and `closed_at_seconds` are times since the Unix epoch,
/// `seconds_to_close` is what lies between them, `service_level` whether the closing met its target.
fn extra_field<'r>(record: &'r Record<'_>, name: &str) -> Option<FieldValue<'r>> {
    let ticket = Ticket::of(record)?;
    match name {
        "open" => Some(FieldValue::Bool(ticket.closed_at.is_none())),
        "enriched_at_seconds" => ticket.enriched_at.map(unix_seconds),
        "closed_at_seconds" => ticket.closed_at.map(unix_seconds),
        "service_level" => ticket.service_level().map(FieldValue::Text),
        "seconds_to_close" => {
            let seconds = ticket.closed_at?.seconds_since(ticket.enriched_at?);
            Some(FieldValue::Int(u64::try_from(seconds).unwrap_or(0)))
        }
        _ => None,
    }
}

fn unix_seconds(at: Timestamp) -> FieldValue<'static> {
    FieldValue::Int(u64::try_from(at.unix_seconds()).unwrap_or(0))
}

#[cfg(test)]
mod tests;
