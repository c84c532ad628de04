//! Alert enrichment and its review: what analysts do with an alert, how long it takes, and how good it is.

mod reports;

use secspan_system::System;

/// The system, as the inventory lists it.
pub static SYSTEM: System = System {
    name: "enrichment",
    about: "alert enrichment workflows, their reviews, review decisions and tickets",
    reports: reports::REPORTS,
};
