#![doc = include_str!("../README.md")]
#![cfg_attr(
    not(any(feature = "grpc", feature = "http")),
    expect(
        dead_code,
        reason = "without a protocol, what speaks to a collector has no caller"
    )
)]

mod clock;
mod configure;
mod diagnostics;
mod encode;
mod env;
mod export;
mod fact;
mod guard;
mod handoff;
mod layer;
mod normalize;
mod preset;
mod queue;
mod report;
mod resource;
mod tracer;

pub mod call;
pub mod enrichment;
pub mod mcp;
pub mod perplexity;
pub mod propagation;
pub mod review;
#[cfg(feature = "testing")]
pub mod testing;
pub mod ticket;
pub mod workflow;

pub use opentelemetry;
pub use tracing;

pub use configure::{Configure, ConfigureError, configure, init};
pub use enrichment::WORKFLOW as ENRICHMENT;
pub use env::settings::{Compression, Explanation, Protocol, SettingProblem, Source};
pub use env::{ProcessEnvironment, Use, VARIABLES, Variable, Variables};
pub use guard::Guard;
pub use layer::LOG_EVENT;
pub use preset::Preset;
pub use report::{DeliveryError, DeliveryReport};
pub use review::WORKFLOW as REVIEW;
pub use tracer::{Provider, Span, Tracer};

/// Compiles what the repository's first page shows.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct FirstPage;
