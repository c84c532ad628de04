//! Events that are records: which attribute becomes which field, and what a sender is told who forgot one.

use super::Incomplete;
use crate::csv::one_line;
use crate::decision;
use crate::event::{EventField, EventKind, FactEvent};
use crate::facts::{FactValue, UnixNanos};
use crate::invalid::Invalid;
use crate::record::{Origin, Record};
use crate::score::{Text, ValueError};
use crate::terms::{Outcome, Priority};
use crate::ticket;
use crate::timestamp::{MicroTimestamp, Timestamp, TimestampError};

/// Makes the record of an event.
///
/// # Errors
/// When a required field is missing or a value is out of range: what is known, and every reason.
pub fn of_event(event: &FactEvent) -> Result<Record, Box<Incomplete>> {
    let mut invalid = Invalid::default();
    let priority = event
        .get(EventField::Priority)
        .and_then(|value| invalid.keep("priority", value.to_word(Priority::parse)));
    let ticket = text(event, EventField::Ticket, "ticket_id", &mut invalid);
    let origin = Origin {
        identity: event.identity,
        ..Origin::default()
    };
    let (partial, result) = match event.kind {
        EventKind::Decision => {
            let mut draft = decision::Draft {
                ticket,
                priority,
                origin,
                ..decided(event, &mut invalid)
            };
            draft.mark_mandatory();
            let partial = draft.to_json();
            (
                partial,
                draft
                    .finish(invalid, |field| hint(event.kind, field))
                    .map(Record::from),
            )
        }
        EventKind::Ticket => {
            let draft = ticket::Draft {
                ticket,
                priority,
                origin,
                ..closed(event, &mut invalid)
            };
            let partial = draft.to_json();
            (
                partial,
                draft
                    .finish(invalid, |field| hint(event.kind, field))
                    .map(Record::from),
            )
        }
    };
    result.map_err(|invalid| {
        Box::new(Incomplete {
            kind: event.kind.into(),
            identity: event.identity,
            workflow: String::new(),
            outcome: Outcome::Success,
            priority,
            completed_at: Timestamp::from_nanos(event.time),
            partial,
            reasons: invalid.reasons(),
        })
    })
}

/// Where a missing field would come from.
fn hint(kind: EventKind, field: &'static str) -> String {
    let event = kind.event_name();
    let attribute = match field {
        "ticket_id" => EventField::Ticket,
        "priority" => EventField::Priority,
        "review_decision" => EventField::Required,
        "reason" => EventField::Reason,
        _ => return format!("the event {event} must have a time"),
    };
    format!("set {} on the event {event}", attribute.attribute())
}

fn decided(event: &FactEvent, invalid: &mut Invalid) -> decision::Draft {
    let required = event
        .get(EventField::Required)
        .and_then(|value| invalid.keep("review_decision", value.to_bool()));
    decision::Draft {
        required,
        reason: text(event, EventField::Reason, "reason", invalid),
        reviewer: text(event, EventField::Reviewer, "reviewer", invalid),
        decided_at: stated(event).then(|| MicroTimestamp::from_nanos(event.time)),
        ..decision::Draft::default()
    }
}

fn closed(event: &FactEvent, invalid: &mut Invalid) -> ticket::Draft {
    let enriched_at = event
        .get(EventField::EnrichedAt)
        .and_then(|value| invalid.keep("enrichment_date", time(value)));
    let closed_at = stated(event).then(|| Timestamp::from_nanos(event.time));
    if closed_at.is_none() {
        // An open ticket is no event: a closing without a time is not the record of one.
        invalid.missing("closed_date", &hint(event.kind, "closed_date"));
    }
    ticket::Draft {
        enriched_at,
        closed_at,
        ..ticket::Draft::default()
    }
}

/// Whether the event says when it happened.
fn stated(event: &FactEvent) -> bool {
    event.time > UnixNanos(0)
}

/// A text on one line, as the files have it.
fn text(
    event: &FactEvent,
    field: EventField,
    name: &'static str,
    invalid: &mut Invalid,
) -> Option<Text> {
    let text = invalid.keep(name, event.get(field)?.to_text())?;
    invalid.keep(name, Text::new(&one_line(text.as_str())))
}

/// A time as a text, or as seconds since the Unix epoch.
fn time(value: &FactValue) -> Result<Timestamp, TimeError> {
    match value {
        FactValue::Int(_) => {
            let seconds = i64::try_from(value.to_count()?).unwrap_or(i64::MAX);
            let at = Timestamp::from_unix_seconds(seconds);
            if at.unix_seconds() == seconds {
                Ok(at)
            } else {
                Err(ValueError::form(seconds, "a time in seconds since 1970").into())
            }
        }
        other => Ok(Timestamp::parse(other.to_text()?.as_str())?),
    }
}

/// Why a value is not a time.
#[derive(Debug, thiserror::Error)]
enum TimeError {
    #[error(transparent)]
    Value(#[from] ValueError),
    #[error(transparent)]
    Time(#[from] TimestampError),
}
