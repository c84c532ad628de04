//! Records that one event becomes, as that event.

use secspan_otlp::time::UnixNanos;
use secspan_semconv::attribute;

use super::{Attributes, List, Span, SpanEvent};
use crate::decision::DecisionRecord;
use crate::event::EventKind;
use crate::record::Identity;
use crate::score::Text;
use crate::ticket::TicketRecord;
use crate::timestamp::NANOS_PER_SECOND;

pub(super) fn of_decision(record: &DecisionRecord, identity: Identity) -> Span {
    let attributes = List::default()
        .with(attribute::SECOPS_TICKET_ID, record.ticket.as_str())
        .with(attribute::SECOPS_PRIORITY, record.priority.as_str())
        .with(attribute::SECOPS_REVIEW_REQUIRED, record.required)
        .with(attribute::SECOPS_REVIEW_REASON, record.reason.as_str())
        .with_any(
            attribute::SECOPS_REVIEWER_NAME,
            record.reviewer.as_ref().map(Text::as_str),
        );
    let time = record.decided_at.to_nanos();
    span(EventKind::Decision, identity, time, attributes.0)
}

pub(super) fn of_ticket(record: &TicketRecord, identity: Identity) -> Option<Span> {
    let seconds = u64::try_from(record.closed_at?.unix_seconds()).unwrap_or(0);
    let enriched_at = record.enriched_at.map(|at| at.to_string());
    let attributes = List::default()
        .with(attribute::SECOPS_TICKET_ID, record.ticket.as_str())
        .with(attribute::SECOPS_PRIORITY, record.priority.as_str())
        .with_any(attribute::SECOPS_TICKET_ENRICHED_AT, enriched_at.as_deref());
    let time = UnixNanos(seconds.saturating_mul(NANOS_PER_SECOND));
    Some(span(EventKind::Ticket, identity, time, attributes.0))
}

/// A span of no duration that holds the event.
fn span(kind: EventKind, identity: Identity, time: UnixNanos, attributes: Attributes) -> Span {
    let name = kind.event_name();
    Span {
        identity,
        parent: None,
        name: name.to_owned(),
        start: time,
        end: time,
        failed: false,
        attributes: Attributes::new(),
        events: vec![SpanEvent {
            name,
            time,
            attributes,
        }],
    }
}
