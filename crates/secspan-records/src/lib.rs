//! The records engine: what a workflow or an event was becomes one record, and a record is a description and its values.
//!
//! ```text
//! SpanView ──capture──> SpanFacts ──join──> one workflow ──assemble──> Record ──to_line──> JSON, CSV
//!          └─capture──> FactEvent ──join──> one event ─────assemble──> Record ──to_line──> JSON, CSV
//! ```
//!
//! A kind of record is a value of [`kind::Kind`]: its fields with type, range and source, its file, its stages or its event.
//! Reading, writing, assembling and the way back ([`spans`]) follow from it; nothing in this crate knows a kind. Systems
//! describe theirs (`crates/systems/`).
//!
//! Pure: no clock, no files, no sockets; `now` is an argument.

pub mod assemble;
pub mod capture;
pub mod csv;
pub mod definition;
pub mod durations;
pub mod event;
pub mod facts;
pub mod invalid;
pub mod join;
pub mod key;
pub mod kind;
pub mod origin;
pub mod outcome;
pub mod record;
pub mod row;
pub mod spans;
pub mod stage_time;
pub mod timestamp;
pub mod value;

mod canonical;
mod decode;
mod scan;
