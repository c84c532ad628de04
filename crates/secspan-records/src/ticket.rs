//! The ticket record: when a ticket was enriched and when it was closed, which is what service levels are measured by.

use crate::record::Origin;
use crate::score::Text;
use crate::terms::Priority;
use crate::timestamp::Timestamp;

/// What became of one ticket.
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
