//! The record kinds of the system, as data: what each of them is, where its fields come from, how its file is laid out.

pub mod decision;
pub mod enrichment;
pub mod review;
pub mod ticket;

use secspan_records::kind::Kind;

pub use decision::DECISION;
pub use enrichment::ENRICHMENT;
pub use review::REVIEW;
pub use ticket::TICKET;

/// Every kind, in the order in which people read of them.
pub static KINDS: [&Kind; 4] = [&ENRICHMENT, &REVIEW, &DECISION, &TICKET];
