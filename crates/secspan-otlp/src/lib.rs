//! OTLP in memory: strict zero-copy views over the wire bytes of a request, and bytes from values.
//!
//! Reading order: [`keys`] (which attributes are wanted), [`walk`] (one pass over a request),
//! [`view`] (what the pass shows), [`time`]; then [`encode`] and [`response`] for the way back; [`rewrite`],
//! [`split`] and [`repair`] change a request without decoding it, `json` (with the feature of
//! that name) is the other form of it, and `codec` (with the feature `tonic`) hands requests over as they came.
//!
//! Everything here is pure: no sockets, no clock, no environment, and none of secspan's own names.
//! The received bytes are never changed by reading them, so they can be forwarded as they came.

#[cfg(feature = "tonic")]
pub mod codec;
pub mod encode;
#[cfg(feature = "json")]
pub mod json;
pub mod keys;
pub mod repair;
pub mod response;
pub mod rewrite;
pub mod split;
pub mod time;
pub mod view;
pub mod walk;

// Test code that the fuzz targets share names this crate as they do.
#[cfg(test)]
extern crate self as secspan_otlp;

mod any;
mod error;
#[cfg_attr(
    not(feature = "json"),
    expect(
        dead_code,
        reason = "the names in the tables are those of the JSON form"
    )
)]
mod schema;
mod wire;

pub use error::{DecodeError, Malformed};

/// The kinds of telemetry that OTLP carries here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Log records.
    Logs,
    /// Metrics.
    Metrics,
}
