//! The sample of the system: a made-up team of analysts that enriches tickets on working days.
//!
//! Urgent enrichments and a share of the others are reviewed; tickets are closed, mostly within their service level. All of it
//! is consistent: priority follows from CVSS, EPSS and KEV, the sampling rule decides about reviews, who hurries is reviewed a
//! little worse.
//!
//! ```text
//! World ──number──> story ──> Facts ─┬─ records, logs ─> what stands in files
//!                                    └─ spans ─────────> what a collector makes the same records of
//! ```

mod enrichment;
mod episode;
mod facts;
mod finding;
mod logs;
mod purpose;
mod records;
mod research;
mod review;
mod spans;
mod story;
mod team;
mod world;

use secspan_sample::sample::SampleDef;

/// The sample, as the inventory lists it.
pub(crate) static SAMPLE: SampleDef = SampleDef {
    about: "enrichments; decisions, reviews and closed tickets follow from them",
    logs: &logs::FILES,
    new: |settings| Ok(Box::new(world::World::new(settings)?)),
};
