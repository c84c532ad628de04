//! Domain facts: what a workflow was, in the words of a security team, and how its spans become one record.
//!
//! ```text
//! SpanView ──capture──> SpanFacts ──join──> one workflow ──assemble──> Record ──to_line──> JSONL
//! ```
//!
//! Pure: no clock, no files, no sockets; `now` is an argument. A record kind is one module (`enrichment`, `review`) plus its line
//! in [`record::Record`] and its stages in [`definition`].

pub mod assemble;
pub mod capture;
pub mod csv;
pub mod decision;
pub mod definition;
pub mod enrichment;
pub mod entry;
pub mod event;
pub mod facts;
pub mod file;
pub mod invalid;
pub mod join;
pub mod record;
pub mod review;
pub mod sampling;
pub mod score;
pub mod service_level;
pub mod spans;
pub mod stage_time;
pub mod terms;
pub mod ticket;
pub mod timestamp;

mod json;
