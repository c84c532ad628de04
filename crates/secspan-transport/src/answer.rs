//! What an answer means: delivered, try again, split, or give up. By the OTLP specification, and by what Tempo says.

use std::time::Duration;

/// How much of a destination's words is kept.
const REASON_MAX_CHARS: usize = 500;
/// Longest pause that is believed; a destination that says more means "much later".
pub(crate) const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// A request that the destination took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Items that the destination rejected (its partial success).
    pub rejected: u64,
    /// The destination's words about them.
    pub message: String,
}

impl Delivered {
    /// From the message of a gRPC answer or the body of an HTTP answer. The request was taken; an answer that cannot be read
    /// changes nothing about that.
    pub(crate) fn read(answer: &[u8]) -> Self {
        Self::from(secspan_otlp::response::partial_success(answer).unwrap_or_default())
    }
}

impl From<secspan_otlp::response::PartialSuccess> for Delivered {
    fn from(partial: secspan_otlp::response::PartialSuccess) -> Self {
        Self {
            rejected: partial.rejected,
            message: shortened(&partial.message),
        }
    }
}

/// An attempt that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The same request may succeed later.
    #[error("retryable: {reason}")]
    Retry {
        /// When the destination asked to be tried again.
        after: Option<Duration>,
        /// What happened.
        reason: String,
    },
    /// The destination will never take this request.
    #[error("permanent: {reason}")]
    Permanent {
        /// What happened.
        reason: String,
    },
    /// The request is too large for the destination; smaller parts may pass.
    #[error("too large: {reason}")]
    TooLarge {
        /// The destination's words.
        reason: String,
    },
}

impl SendError {
    /// A request that could not be compressed: for want of memory, so it may pass later.
    pub(crate) fn compressing(error: &std::io::Error) -> Self {
        Self::Retry {
            after: None,
            reason: format!("cannot compress: {error}"),
        }
    }
}

/// The meaning of a gRPC status other than OK.
#[cfg(feature = "grpc")]
pub(crate) fn of_grpc(code: tonic::Code, message: &str, after: Option<Duration>) -> SendError {
    use tonic::Code;

    let reason = format!("{}: {}", code_name(code), shortened(message));
    match code {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => SendError::Retry { after, reason },
        Code::ResourceExhausted => exhausted(message, after, reason),
        _ => SendError::Permanent { reason },
    }
}

/// `RESOURCE_EXHAUSTED` has four meanings: the message is too large for the receiver, the trace is too large for the
/// store, the rate is too high (retryable, and an old Tempo does not say so with `RetryInfo`), or a quota is used up.
#[cfg(feature = "grpc")]
fn exhausted(message: &str, after: Option<Duration>, reason: String) -> SendError {
    if is_trace_too_large(message) {
        SendError::Permanent { reason }
    } else if after.is_some() || is_rate_limit(message) {
        SendError::Retry { after, reason }
    } else if is_message_too_large(message) {
        SendError::TooLarge { reason }
    } else {
        SendError::Permanent { reason }
    }
}

/// The code as the specification writes it: `RESOURCE_EXHAUSTED`.
#[cfg(feature = "grpc")]
fn code_name(code: tonic::Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// The meaning of an HTTP status other than 2xx, with the message of its body, if it has one.
pub(crate) fn of_http(
    status: http::StatusCode,
    message: &str,
    after: Option<Duration>,
) -> SendError {
    use http::StatusCode;

    let reason = match message {
        "" => format!("HTTP {status}"),
        message => format!("HTTP {status}: {}", shortened(message)),
    };
    match status {
        StatusCode::TOO_MANY_REQUESTS if is_trace_too_large(message) => {
            SendError::Permanent { reason }
        }
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => SendError::Retry { after, reason },
        StatusCode::PAYLOAD_TOO_LARGE => SendError::TooLarge { reason },
        _ => SendError::Permanent { reason },
    }
}

/// Tempo's words for a trace that has reached its size limit: no part of it will be taken later.
fn is_trace_too_large(message: &str) -> bool {
    message.contains("TRACE_TOO_LARGE")
}

/// Tempo's words for limits that pass.
#[cfg(feature = "grpc")]
fn is_rate_limit(message: &str) -> bool {
    message.contains("RATE_LIMITED") || message.contains("LIVE_TRACES_EXCEEDED")
}

/// The words of the common gRPC implementations, and our own, for a message over the receiver's limit.
#[cfg(feature = "grpc")]
fn is_message_too_large(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    [
        "larger than",
        "too large",
        "exceeds maximum",
        "exceeds the limit",
    ]
    .iter()
    .any(|words| message.contains(words))
}

/// A destination's words, at a bearable length.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(REASON_MAX_CHARS).collect()
}

#[cfg(all(test, feature = "grpc"))]
mod tests;
