//! Why a request is rejected before its payload reaches a pipeline, and what the sender is told.
//!
//! One enum for both protocols: the same mistake gets the same words and the same advice on gRPC and on HTTP.

use std::time::Duration;

use http::StatusCode;

use super::config::OVERLOAD_RETRY_AFTER;
use crate::component::Refused;
use crate::rpc::{Status, code};

/// A request that was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    /// The authenticator said no.
    Unauthenticated(&'static str),
    /// The request, on the wire or decompressed, is over the limit, in bytes.
    TooLarge {
        /// The limit.
        limit: usize,
        /// Where it was exceeded: `on the wire`, `after decompression`.
        place: &'static str,
    },
    /// The budget of bytes in flight is used up.
    NoRoom,
    /// The body did not arrive in time.
    TooSlow,
    /// The connection broke, or the sender gave up.
    Interrupted,
    /// The content encoding is not one of those that are understood.
    Encoding(String),
    /// The body is not what its content encoding or framing says.
    Undecodable(String),
    /// The pipeline refused it.
    Refused(Refused),
}

/// What is accepted as content encoding, for messages and headers.
pub(super) const ENCODINGS: &str = "gzip, zstd, zlib, deflate, identity";

impl Rejection {
    /// The label under which it is counted; `None` when the pipeline has counted it.
    pub(super) fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Unauthenticated(_) => Some("unauthenticated"),
            Self::TooLarge { .. } => Some("too_large"),
            Self::NoRoom => Some("in_flight_bytes"),
            Self::TooSlow => Some("too_slow"),
            Self::Interrupted => Some("interrupted"),
            Self::Encoding(_) => Some("unsupported_encoding"),
            Self::Undecodable(_) => Some("undecodable"),
            Self::Refused(_) => None,
        }
    }

    /// What the operator is told it by; `None` for what is no fault: a sender that went away, a collector that stops.
    pub(super) fn cause(&self) -> Option<&'static str> {
        match self {
            Self::Interrupted | Self::Refused(Refused::Stopping { .. }) => None,
            Self::Refused(Refused::Malformed { .. }) => Some("malformed"),
            Self::Refused(Refused::Overloaded { .. }) => Some("overloaded"),
            Self::Refused(Refused::NotConfigured { .. }) => Some("not_configured"),
            other => other.reason(),
        }
    }

    /// When to come back, if that can help.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::NoRoom => Some(OVERLOAD_RETRY_AFTER),
            Self::Refused(
                Refused::Overloaded { retry_after, .. } | Refused::Stopping { retry_after },
            ) => Some(*retry_after),
            _ => None,
        }
    }

    /// What is wrong, in words.
    pub(super) fn message(&self) -> String {
        match self {
            Self::Unauthenticated(why) => (*why).to_owned(),
            Self::TooLarge { limit, place } => {
                format!("the request is larger than {limit} bytes {place}; send smaller batches")
            }
            Self::NoRoom => "over capacity: too many bytes in flight".to_owned(),
            Self::TooSlow => "the request body did not arrive in time".to_owned(),
            Self::Interrupted => "the request body ended before it was complete".to_owned(),
            Self::Encoding(given) => {
                format!("content encoding `{given}` is not supported; use one of {ENCODINGS}")
            }
            Self::Undecodable(what) => what.clone(),
            Self::Refused(refused) => refused.to_string(),
        }
    }

    /// The gRPC status. Codes that may be retried carry `RetryInfo`; `RESOURCE_EXHAUSTED` without it means "never".
    pub(super) fn status(&self) -> Status {
        let code = match self {
            Self::Unauthenticated(_) => code::UNAUTHENTICATED,
            Self::TooLarge { .. } => code::RESOURCE_EXHAUSTED,
            Self::NoRoom => code::UNAVAILABLE,
            Self::TooSlow => code::DEADLINE_EXCEEDED,
            Self::Interrupted => code::CANCELLED,
            Self::Encoding(_) => code::UNIMPLEMENTED,
            Self::Undecodable(_) => code::INVALID_ARGUMENT,
            Self::Refused(refused) => match refused {
                Refused::Malformed { .. } => code::INVALID_ARGUMENT,
                Refused::Overloaded { .. } | Refused::Stopping { .. } => code::UNAVAILABLE,
                Refused::NotConfigured { .. } => code::UNIMPLEMENTED,
            },
        };
        Status {
            code,
            message: self.message(),
            retry_after: self.retry_after(),
        }
    }

    /// The HTTP status. OTLP clients retry 429, 502, 503 and 504 and nothing else.
    pub(super) fn http_status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoRoom => StatusCode::TOO_MANY_REQUESTS,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Encoding(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Interrupted | Self::Undecodable(_) => StatusCode::BAD_REQUEST,
            Self::Refused(refused) => match refused {
                Refused::Malformed { .. } => StatusCode::BAD_REQUEST,
                Refused::Overloaded { .. } => StatusCode::TOO_MANY_REQUESTS,
                Refused::Stopping { .. } => StatusCode::SERVICE_UNAVAILABLE,
                Refused::NotConfigured { .. } => StatusCode::NOT_FOUND,
            },
        }
    }
}

impl From<Refused> for Rejection {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<super::admission::NoRoom> for Rejection {
    fn from(_: super::admission::NoRoom) -> Self {
        Self::NoRoom
    }
}
