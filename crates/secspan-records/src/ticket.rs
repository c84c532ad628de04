//! The ticket record: when a ticket was enriched and when it was closed, which is what service levels are measured by.
//!
//! `ticket/line.rs` says what is written and what is accepted; [`service_level`](crate::service_level) says what follows.

mod line;

use crate::invalid::Invalid;
use crate::record::{FieldValue, Origin, Reading};
use crate::score::Text;
use crate::service_level::{ServiceLevels, State};
use crate::terms::Priority;
use crate::timestamp::Timestamp;

/// What became of one ticket. One of the two times is always known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketRecord {
    /// The ticket.
    pub ticket: Text,
    /// Its priority.
    pub priority: Priority,
    /// When its enrichment was complete, which starts the clock; `None` when the enrichment's own record has it.
    pub enriched_at: Option<Timestamp>,
    /// When it was closed; `None` while it is open.
    pub closed_at: Option<Timestamp>,
    /// Where the record comes from.
    pub origin: Origin,
}

/// A record in the making.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub(crate) ticket: Option<Text>,
    pub(crate) priority: Option<Priority>,
    pub(crate) enriched_at: Option<Timestamp>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) origin: Origin,
}

impl Draft {
    /// The record, or every problem that stands in its way. `hint` says where a missing field would come from.
    pub(crate) fn finish(
        self,
        mut invalid: Invalid,
        hint: impl Fn(&'static str) -> String,
    ) -> Result<TicketRecord, Invalid> {
        let timed = self.closed_at.is_some() || self.enriched_at.is_some();
        for (field, present) in [
            ("ticket_id", self.ticket.is_some()),
            ("priority", self.priority.is_some()),
            ("closed_date", timed),
        ] {
            if !present && !invalid.mentions(field) {
                invalid.missing(field, &hint(field));
            }
        }
        let record = self.complete();
        invalid.finish(record)
    }

    fn complete(self) -> Option<TicketRecord> {
        Some(TicketRecord {
            ticket: self.ticket?,
            priority: self.priority?,
            enriched_at: self.enriched_at,
            closed_at: self.closed_at,
            origin: self.origin,
        })
    }

    /// What is known, as JSON with the keys of the record and null for what is missing.
    pub(crate) fn to_json(&self) -> String {
        line::of(self)
    }
}

impl TicketRecord {
    /// When the record was made: at the closing, and for an open ticket at the end of its enrichment.
    pub fn completed_at(&self) -> Timestamp {
        self.closed_at.or(self.enriched_at).unwrap_or_default()
    }

    /// The record as one line of compact JSON, without the line feed.
    pub fn to_line(&self) -> String {
        line::of(&Draft {
            ticket: Some(self.ticket.clone()),
            priority: Some(self.priority),
            enriched_at: self.enriched_at,
            closed_at: self.closed_at,
            origin: self.origin.clone(),
        })
    }

    /// Reads a line.
    ///
    /// # Errors
    /// Every field that is missing or out of range.
    pub fn from_line(line: &str, reading: Reading) -> Result<Self, Invalid> {
        line::record(line, reading)
    }

    /// A field by its name in the line; `None` when there is no such field or no value in it. `open` says whether the
    /// ticket is open, `enriched_at_seconds` and `closed_at_seconds` are times since the Unix epoch, `seconds_to_close` is
    /// what lies between them, `service_level` whether the closing met its target.
    pub fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        match name {
            "ticket_id" => Some(FieldValue::Text(self.ticket.as_str())),
            "priority" => Some(FieldValue::Text(self.priority.as_str())),
            "open" => Some(FieldValue::Bool(self.closed_at.is_none())),
            "enriched_at_seconds" => self.enriched_at.map(unix_seconds),
            "closed_at_seconds" => self.closed_at.map(unix_seconds),
            "service_level" => self.service_level().map(FieldValue::Text),
            "seconds_to_close" => {
                let seconds = self.closed_at?.seconds_since(self.enriched_at?);
                Some(FieldValue::Int(u64::try_from(seconds).unwrap_or(0)))
            }
            _ => None,
        }
    }
}

impl TicketRecord {
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

fn unix_seconds(at: Timestamp) -> FieldValue<'static> {
    FieldValue::Int(u64::try_from(at.unix_seconds()).unwrap_or(0))
}

#[cfg(test)]
pub(crate) mod tests;
