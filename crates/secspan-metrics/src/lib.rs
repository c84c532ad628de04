//! Spans and records in, metric points out.
//!
//! ```text
//! SpanView ──> SpanMetrics ─┐            calls, duration, events: the upstream connector's names
//! SpanView ──> Rules ───────┼─> Family ─> exposition (text, OpenMetrics, protobuf)
//! Fields   ──> Rules ───────┤            derived metrics, written as YAML data
//!              Store ───────┤            the collector's own instruments
//! PointView ─> Received ────┘            last values of metrics that others sent
//!                              Family ─> push (an OTLP request)
//! ```
//!
//! Nothing here reads a clock, opens a socket, spawns or sleeps: `now` is an argument, a batch is staged without a lock
//! and committed as a whole, and every label set is bounded (see [`limits`]). What a reader is shown of a new
//! series is described in [`reader`].

pub mod exposition;
pub mod family;
pub mod histogram;
pub mod limits;
pub mod name;
pub mod native;
pub mod problem;
pub mod push;
pub mod reader;
pub mod received;
pub mod rules;
pub mod span_metrics;
pub mod store;
pub mod table;
pub mod value_text;

mod key;
mod saved;
mod series;
mod stage;
mod wire;

pub use family::{Exemplar, Family, Kind, Labels, Point, PointValue};
pub use rules::Rules;
pub use span_metrics::SpanMetrics;
pub use store::Store;
