//! Made-up facts of a security team, seeded: the same seed gives the same facts, as records for files and as spans for a
//! collector.
//!
//! ```text
//! Settings ──> World ──episodes──> Episode ─┬─ content ─> Record or line of a log, for a file
//!                                           └─ spans ───> SampleSpan, for a collector that makes the same record of them
//! ```
//!
//! A team of analysts enriches tickets on working days; urgent enrichments and a share of the others are reviewed; tickets
//! are closed, mostly within their service level. All of it is consistent: priority follows from CVSS, EPSS and KEV, the
//! sampling rule decides about reviews, who hurries is reviewed a little worse.
//!
//! Pure: no clock, no file, no socket; and no function whose last bit differs between machines.

mod calendar;
mod enrichment;
mod episode;
mod finding;
mod random;
mod research;
mod review;
mod span;
mod story;
mod team;
mod work;
mod world;

pub use episode::{Alert, Content, Episode, Kind, Untold};
pub use span::{Attributes, SampleEvent, SampleSpan, SampleValue};
pub use world::{DAYS_MAX, Episodes, RECORDS_MAX, Settings, SettingsError, World};
