//! The review decision: whether a finished enrichment is to be reviewed, and why.

use crate::record::Origin;
use crate::score::Text;
use crate::terms::Priority;
use crate::timestamp::Timestamp;

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRecord {
    /// Ticket that was decided about.
    pub ticket: Text,
    /// Its priority.
    pub priority: Priority,
    /// Whether a review is required.
    pub required: bool,
    /// Why.
    pub reason: Text,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// Who is to review, if that is known.
    pub reviewer: Option<Text>,
    /// Where the record comes from.
    pub origin: Origin,
}
