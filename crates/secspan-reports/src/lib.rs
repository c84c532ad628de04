//! Records in, report values out: documents, the statistics in them, and how they are rendered.
//!
//! ```text
//! Entry ──add──> Accumulator ──merge, finish──> Document ──render──> text, Markdown, HTML, JSON, CSV
//!                (of a Report)
//! ```
//!
//! Pure: no file, no network, no clock, and no domain. A report belongs to a system, which describes it as a
//! [`report::ReportDef`]; here is what all reports need. The same entries, in whatever order and however they were shared
//! out among accumulators, give the same bytes.

pub mod calendar;
pub mod cells;
pub mod choices;
pub mod document;
pub mod foremost;
pub mod hashing;
pub mod headline;
pub mod people;
pub mod period;
pub mod render;
pub mod report;
pub mod statistics;
pub mod target;
