//! Alert enrichment and its review: what analysts do with an alert, how long it takes, and how good it is.
//!
//! The kinds are data ([`kinds`]); the types of each ([`enrichment`], [`review`], [`decision`], [`ticket`]) are what reports
//! read. What follows from records and is the same for everybody stands beside them: who is reviewed in [`sampling`], what
//! is in time in [`service_level`], how a score comes about in [`weights`].

pub mod decision;
pub mod enrichment;
pub mod entry;
pub mod grade;
pub mod kinds;
mod reports;
pub mod review;
mod sample;
pub mod sampling;
pub mod service_level;
pub mod terms;
pub mod ticket;
pub mod values;
pub mod weights;

use secspan_system::System;

/// The system, as the inventory lists it.
pub static SYSTEM: System = System {
    name: "enrichment",
    about: "alert enrichment workflows, their reviews, review decisions and tickets",
    kinds: &kinds::KINDS,
    reports: reports::REPORTS,
    sample: Some(&sample::SAMPLE),
};
