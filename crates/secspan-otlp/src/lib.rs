//! OTLP in memory: strict zero-copy views over the wire bytes of a request, and bytes from values.
//!
//! Reading order: [`keys`] (which attributes are wanted), [`walk`] (one pass over a request),
//! [`view`] (what the pass shows), [`time`].
//!
//! Everything here is pure: no sockets, no clock, no environment, and none of secspan's own names.
//! The received bytes are never changed by reading them, so they can be forwarded as they came.

pub mod keys;
pub mod time;
pub mod view;
pub mod walk;

mod any;
mod error;
mod wire;

pub use error::{DecodeError, Malformed};
