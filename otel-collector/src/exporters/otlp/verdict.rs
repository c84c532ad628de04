//! What an answer means: delivered, try again, split, or give up. By the OTLP specification, and by what Tempo says.

use std::time::Duration;

use http::StatusCode;
use secspan_otlp::response::PartialSuccess;

use crate::component::{Delivered, ExportError};
use crate::rpc::{Status, code};

/// How much of a destination's words is kept.
const REASON_MAX_CHARS: usize = 500;

/// A delivered batch, with what the destination did not take.
pub fn delivered(partial: &PartialSuccess) -> Delivered {
    Delivered {
        rejected: partial.rejected,
        message: shortened(&partial.message),
        told: false,
    }
}

/// The meaning of a gRPC status other than OK.
pub fn of_grpc(status: &Status) -> ExportError {
    let reason = format!("{}: {}", code_name(status.code), shortened(&status.message));
    match status.code {
        code::CANCELLED
        | code::DEADLINE_EXCEEDED
        | code::ABORTED
        | code::OUT_OF_RANGE
        | code::UNAVAILABLE
        | code::DATA_LOSS => ExportError::Retry {
            after: status.retry_after,
            reason,
        },
        code::RESOURCE_EXHAUSTED => exhausted(&status.message, status.retry_after, reason),
        _ => ExportError::Permanent { reason },
    }
}

/// The meaning of an HTTP status other than 2xx, with the message of its body, if it has one.
pub fn of_http(status: StatusCode, message: &str, retry_after: Option<Duration>) -> ExportError {
    let reason = match message {
        "" => format!("HTTP {status}"),
        message => format!("HTTP {status}: {}", shortened(message)),
    };
    match status {
        StatusCode::TOO_MANY_REQUESTS if is_trace_too_large(message) => {
            ExportError::Permanent { reason }
        }
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => ExportError::Retry {
            after: retry_after,
            reason,
        },
        StatusCode::PAYLOAD_TOO_LARGE => ExportError::TooLarge { reason },
        _ => ExportError::Permanent { reason },
    }
}

/// `RESOURCE_EXHAUSTED` has four meanings: the message is too large for the receiver, the trace is too large for the
/// store, the rate is too high (retryable, and an old Tempo does not say so with `RetryInfo`), or a quota is used up.
fn exhausted(message: &str, retry_after: Option<Duration>, reason: String) -> ExportError {
    if is_trace_too_large(message) {
        ExportError::Permanent { reason }
    } else if retry_after.is_some() || is_rate_limit(message) {
        ExportError::Retry {
            after: retry_after,
            reason,
        }
    } else if is_message_too_large(message) {
        ExportError::TooLarge { reason }
    } else {
        ExportError::Permanent { reason }
    }
}

/// Tempo's words for a trace that has reached its size limit: no part of it will be taken later.
fn is_trace_too_large(message: &str) -> bool {
    message.contains("TRACE_TOO_LARGE")
}

/// Tempo's words for limits that pass.
fn is_rate_limit(message: &str) -> bool {
    message.contains("RATE_LIMITED") || message.contains("LIVE_TRACES_EXCEEDED")
}

/// The words of the common gRPC implementations, and our own, for a message over the receiver's limit.
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

/// The gRPC status that an HTTP status stands for, when something on the way answered instead of the destination.
pub fn grpc_code_of(status: StatusCode) -> i32 {
    match status {
        StatusCode::BAD_REQUEST => code::INTERNAL,
        StatusCode::UNAUTHORIZED => code::UNAUTHENTICATED,
        StatusCode::FORBIDDEN => code::PERMISSION_DENIED,
        StatusCode::NOT_FOUND => code::UNIMPLEMENTED,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => code::UNAVAILABLE,
        _ => code::UNKNOWN,
    }
}

fn code_name(number: i32) -> String {
    const NAMES: [&str; 17] = [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];
    let name = usize::try_from(number)
        .ok()
        .and_then(|number| NAMES.get(number));
    name.map_or_else(
        || format!("gRPC status {number}"),
        |name| (*name).to_owned(),
    )
}

/// A destination's words, at a bearable length.
pub fn shortened(text: &str) -> String {
    text.chars().take(REASON_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(error: &ExportError) -> &'static str {
        match error {
            ExportError::Retry { after: None, .. } => "retry",
            ExportError::Retry { after: Some(_), .. } => "retry after",
            ExportError::Permanent { .. } => "permanent",
            ExportError::TooLarge { .. } => "too large",
        }
    }

    #[test]
    fn every_grpc_code() {
        let retryable = [1, 4, 10, 11, 14, 15];
        for number in 1..=17 {
            let plain = Status::new(number, "words");
            let expected = if retryable.contains(&number) {
                "retry"
            } else {
                "permanent"
            };
            assert_eq!(kind(&of_grpc(&plain)), expected, "{number}");
            let later = Status {
                retry_after: Some(Duration::from_secs(1)),
                ..plain
            };
            let expected = match number {
                8 => "retry after",
                _ if retryable.contains(&number) => "retry after",
                _ => "permanent",
            };
            assert_eq!(kind(&of_grpc(&later)), expected, "{number} with RetryInfo");
        }
    }

    #[test]
    fn the_meanings_of_resource_exhausted() {
        let cases = [
            (
                "grpc: received message larger than max (20 vs. 4)",
                "too large",
            ),
            (
                "the request is larger than 20971520 bytes on the wire",
                "too large",
            ),
            (
                "TRACE_TOO_LARGE: max size of trace (5000000) exceeded while adding 99 bytes",
                "permanent",
            ),
            ("RATE_LIMITED: ingestion rate limit exceeded", "retry"),
            ("LIVE_TRACES_EXCEEDED: max live traces exceeded", "retry"),
            ("quota used up", "permanent"),
        ];
        for (message, expected) in cases {
            let status = Status::new(code::RESOURCE_EXHAUSTED, message);
            assert_eq!(kind(&of_grpc(&status)), expected, "{message}");
        }
        let too_large = Status {
            retry_after: Some(Duration::from_secs(5)),
            ..Status::new(code::RESOURCE_EXHAUSTED, "TRACE_TOO_LARGE: …")
        };
        assert_eq!(
            kind(&of_grpc(&too_large)),
            "permanent",
            "RetryInfo does not make a trace smaller"
        );
    }

    #[test]
    fn every_http_status_that_matters() {
        let cases = [
            (400, "permanent"),
            (401, "permanent"),
            (403, "permanent"),
            (404, "permanent"),
            (408, "permanent"),
            (413, "too large"),
            (415, "permanent"),
            (429, "retry after"),
            (500, "permanent"),
            (501, "permanent"),
            (502, "retry after"),
            (503, "retry after"),
            (504, "retry after"),
            (301, "permanent"),
        ];
        for (status, expected) in cases {
            let status = StatusCode::from_u16(status).unwrap();
            let error = of_http(status, "", Some(Duration::from_secs(1)));
            assert_eq!(kind(&error), expected, "{status}");
        }
        let status = StatusCode::TOO_MANY_REQUESTS;
        assert_eq!(
            kind(&of_http(status, "TRACE_TOO_LARGE: …", None)),
            "permanent"
        );
        let ExportError::Retry { reason, .. } = of_http(status, "slow down", None) else {
            panic!()
        };
        assert_eq!(reason, "HTTP 429 Too Many Requests: slow down");
    }
}
