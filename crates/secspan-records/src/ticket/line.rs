//! A ticket record as a line of JSON: the keys that service-level scripts read, then our extras.
//!
//! Accepted beyond what is written: times with an offset or none, unknown keys such as `status`, absent extras, a missing
//! `closed_date` for null.

use serde::Serialize;

use super::{Draft, TicketRecord};
use crate::invalid::Invalid;
use crate::json::{self, Fields, text};
use crate::record::{Reading, SCHEMA_VERSION};
use crate::score::Text;
use crate::terms::Priority;
use crate::timestamp::Timestamp;

/// Keys that must be in a line that is written, even where their value may be null.
const STATED_ALWAYS: [&str; 2] = ["enrichment_date", "closed_date"];

/// What is said of a ticket without any time.
const NO_TIME: &str = "a ticket needs a closed_date or, while it is open, an enrichment_date";

/// The line, in the order of the contract.
#[derive(Serialize)]
struct Line<'a> {
    ticket_id: Option<&'a str>,
    priority: Option<&'a str>,
    enrichment_date: Option<String>,
    closed_date: Option<String>,
    schema_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    span_id: Option<String>,
}

pub(super) fn of(draft: &Draft) -> String {
    let identity = draft.origin.identity;
    text(&Line {
        ticket_id: draft.ticket.as_ref().map(Text::as_str),
        priority: draft.priority.map(Priority::as_str),
        enrichment_date: draft.enriched_at.map(|at| at.to_string()),
        closed_date: draft.closed_at.map(|at| at.to_string()),
        schema_version: SCHEMA_VERSION,
        trace_id: identity.map(|id| id.trace.to_string()),
        span_id: identity.map(|id| id.span.to_string()),
    })
}

pub(super) fn record(line: &str, reading: Reading) -> Result<TicketRecord, Invalid> {
    let object = json::object(line)?;
    let mut invalid = Invalid::default();
    let mut fields = Fields::new(&object, &mut invalid);
    let draft = Draft {
        ticket: fields.text("ticket_id", Text::new),
        priority: fields.text("priority", Priority::parse),
        enriched_at: fields.text("enrichment_date", Timestamp::parse),
        closed_at: fields.text("closed_date", Timestamp::parse),
        origin: fields.origin(),
    };
    if reading.strict {
        fields.require_keys(&STATED_ALWAYS);
    }
    draft.finish(invalid, |field| match field {
        "closed_date" => NO_TIME.to_owned(),
        _ => json::missing(&object, field),
    })
}
