//! A record of this system as reports read it.

use secspan_records::record::Record;
use secspan_records::timestamp::Timestamp;

use crate::decision::Decision;
use crate::enrichment::Enrichment;
use crate::review::Review;
use crate::ticket::Ticket;

/// A record of one of the four kinds.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry<'a> {
    /// An enrichment.
    Enrichment(Enrichment<'a>),
    /// A review.
    Review(Review<'a>),
    /// A review decision.
    Decision(Decision<'a>),
    /// What became of a ticket.
    Ticket(Ticket<'a>),
}

impl<'a> Entry<'a> {
    /// Reads a record; `None` when it is of another system.
    pub fn of(record: &Record<'a>) -> Option<Self> {
        Enrichment::of(record)
            .map(Self::Enrichment)
            .or_else(|| Review::of(record).map(Self::Review))
            .or_else(|| Decision::of(record).map(Self::Decision))
            .or_else(|| Ticket::of(record).map(Self::Ticket))
    }

    /// When the fact was complete: the end of a workflow, the moment of a decision, the closing of a ticket.
    pub fn completed_at(&self) -> Timestamp {
        match self {
            Self::Enrichment(enrichment) => enrichment.completed_at,
            Self::Review(review) => review.completed_at,
            Self::Decision(decision) => decision.decided_at.to_seconds(),
            Self::Ticket(ticket) => ticket.completed_at(),
        }
    }
}

#[cfg(test)]
mod tests;
