//! The JSONL file exporter: records in, whole lines in daily files out, beside other writers and readers.
//!
//! ```text
//! Joined ─> Writer ─┬─ schema check ─> metrics/enrichment-metrics-<date>.jsonl            (locked, one write per batch)
//!                   └─ what fails it ─> metrics/enrichment-metrics-<date>.jsonl.rejected  (with its reasons)
//! ```
//!
//! Reading order: [`writer`] (what a batch becomes), [`append`] (how bytes reach a shared file), [`error`]. With the
//! feature `exporter`, `exporter` is the same as an `opentelemetry_sdk` span exporter, for hosts without a collector.
//! With the feature `read`, `read` reads the files back for reports.

pub mod append;
pub mod error;
#[cfg(feature = "exporter")]
pub mod exporter;
pub mod layout;
pub mod pipe_log;
#[cfg(feature = "read")]
pub mod read;
pub mod writer;

mod at;
mod rows;
mod seen;
mod side_file;
mod told;
mod torn;
