//! Records in, report values out: what a security team's records say about how its work goes.
//!
//! ```text
//! Entry ──add──> a report's accumulator ──merge, finish──> Document ──render──> text, Markdown, HTML, JSON, CSV
//! ```
//!
//! Pure: no file, no network, no clock. The same entries, in whatever order and however they were shared out among
//! accumulators, give the same bytes. A report is one module; [`document`] is what all of them produce and all renderers read.

pub mod calendar;
mod cells;
pub mod document;
pub mod enrichment;
mod foremost;
mod hashing;
mod pairing;
pub mod people;
mod period;
pub mod quality;
pub mod render;
pub mod sampling;
pub mod sla;
pub mod statistics;
mod target;

#[cfg(test)]
mod tests;
