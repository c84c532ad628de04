//! The end of a ticket, from which compliance with service levels is computed.
//!
//! ```
//! use secspan::enrichment::Priority;
//! use secspan::ticket::{self, Closing};
//!
//! # let enriched = std::time::SystemTime::UNIX_EPOCH;
//! ticket::closed(&Closing {
//!     ticket: "OPS-771",
//!     priority: Priority::P1,
//!     enriched_at: Some(enriched),
//! });
//! ```

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::KeyValue;
use secspan_otlp::time;
use secspan_semconv::{attribute as key, event};

use crate::enrichment::Priority;
use crate::fact;

/// A ticket that is closed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing<'a> {
    /// The ticket.
    pub ticket: &'a str,
    /// Its priority, which decides its service level.
    pub priority: Priority,
    /// When its enrichment was complete: the service level counts from there. Leave it out where only the enrichment's
    /// own record knows it.
    pub enriched_at: Option<SystemTime>,
}

impl Closing<'_> {
    fn attributes(&self) -> Vec<KeyValue> {
        let mut attributes = vec![
            KeyValue::new(key::SECOPS_TICKET_ID, self.ticket.to_owned()),
            KeyValue::new(key::SECOPS_PRIORITY, self.priority.as_str()),
        ];
        let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).ok();
        let enriched_at = self.enriched_at.and_then(since).and_then(time::utc);
        attributes
            .extend(enriched_at.map(|time| KeyValue::new(key::SECOPS_TICKET_ENRICHED_AT, time)));
        attributes
    }
}

/// A ticket is closed, now: one event, one line of `ticket-metrics-<date>.jsonl`.
///
/// Where the event goes is told at [`crate::review::decided`].
pub fn closed(closing: &Closing<'_>) {
    fact::record(event::SECOPS_TICKET_CLOSED, || closing.attributes());
}
