//! Domain facts: what a workflow was, in the words of a security team, and how its spans become one record.
//!
//! ```text
//! SpanView ──capture──> SpanFacts ──join──> one workflow ──assemble──> Record ──to_line──> JSONL
//!          └─capture──> FactEvent ──join──> one event ─────assemble──> Record ──to_line──> CSV, JSONL
//! ```
//!
//! Pure: no clock, no files, no sockets; `now` is an argument. A record kind is one module ([`enrichment`], [`review`] from a
//! workflow; [`decision`], [`ticket`] from one event) plus its line in [`record::Record`], its place in [`mod@file`], and
//! its stages in [`definition`] or its attributes in [`event`]. [`spans`] is the way back. What follows from records and is the
//! same for everybody stands beside them: who is reviewed in [`sampling`], what is in time in [`service_level`].

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
