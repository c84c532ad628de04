//! The JSONL file exporter: records in, whole lines in shared files out, beside other writers and readers.
//!
//! ```text
//! Joined ─> Writer ─┬─ schema check ─> metrics/{enrichment,review,ticket}-metrics-<date>.jsonl  (locked, one write
//!                   │                  metrics/review-decisions.csv                              for each batch)
//!                   └─ what fails it ─> the same name + .rejected                               (with its reasons)
//! ```
//!
//! A file is shared with writers in other languages: it is opened by its name and locked for each batch, what a dead or
//! careless writer left at its end is put right first, and nothing in it is ever destroyed.
//!
//! Reading order: [`writer`] (what a batch becomes), [`append`] (how bytes reach a shared file), [`layout`], [`error`];
//! [`pipe_log`] for the logs with pipes. With the feature `exporter`, `exporter` is the same as an `opentelemetry_sdk` span
//! exporter, for hosts without a collector.
//! With the feature `read`, `read` reads the files back for reports; with `archive`, `retention` says which files are old
//! and `archive` puts them away.

pub mod append;
#[cfg(feature = "archive")]
pub mod archive;
pub mod error;
#[cfg(feature = "exporter")]
pub mod exporter;
pub mod layout;
pub mod pipe_log;
#[cfg(feature = "read")]
pub mod read;
#[cfg(feature = "archive")]
pub mod retention;
pub mod writer;

mod at;
mod rows;
mod seen;
mod side_file;
mod told;
mod torn;
