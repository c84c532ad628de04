//! The secspan collector: OTLP in; metrics, records and traces out.
//!
//! ```text
//! config ─> components (inventory) ─> pipeline ─┬─ receivers ─ input ─> [processors] ─> walk ─> log ─┬─ Runner ─> exporters
//!                                               │                                        └─ connectors ┘
//!                                               └─ extensions, pages, telemetry
//! ```
//!
//! Read in this order: [`component`] (what a component is), [`components`] (which there are), [`pipeline`] (how they come to
//! life and to rest), `pipeline/input.rs` (what happens to a request), [`log`] (what stands between receivers and
//! destinations), [`ledger`] (what became of every item).

#[cfg(feature = "object-store")]
pub mod archive_store;
pub mod batch;
pub mod cli;
pub mod clock;
pub mod component;
pub mod components;
pub mod config;
pub mod connectors;
pub mod context;
pub mod environment;
pub mod exporters;
pub mod extensions;
pub mod health;
pub mod http;
pub mod ledger;
pub mod log;
mod log_once;
pub mod logs;
pub mod pages;
pub mod pipeline;
pub mod processors;
pub mod receivers;
pub mod rpc;
pub mod run;
pub mod schema;
pub mod telemetry;
pub mod tls;
