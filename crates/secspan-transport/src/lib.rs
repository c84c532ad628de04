//! OTLP requests to a destination, and what its answers mean.
//!
//! The SDK's exporter and the collector's exporters share this crate. A request is a message that is encoded already; an
//! answer is [`Delivered`] or a [`SendError`] that says whether to try again. [`GrpcClient`] speaks through tonic's channel,
//! [`HttpClient`] through hyper's client; both connect when the first request comes and again whenever they must.
//! Retrying is the caller's: [`Backoff`] says when.

mod answer;
mod backoff;
mod compression;
mod connect;
#[cfg(feature = "grpc")]
mod grpc;
mod http_client;
mod stream;
pub mod tls;

pub use answer::{Delivered, SendError};
pub use backoff::Backoff;
pub use compression::Compression;
pub use connect::{Connector, Target};
#[cfg(feature = "grpc")]
pub use grpc::{GrpcClient, GrpcSettings};
pub use http_client::{HttpClient, HttpSettings};
pub use stream::Stream;

/// An error with its causes, on one line. A cause that its error quotes already is not repeated.
pub fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = cause.source();
    }
    text
}
