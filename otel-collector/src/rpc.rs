//! What both ends of an OTLP hop say about a request: `google.rpc.Status`, `RetryInfo` and the export responses.
//!
//! The export responses of the three signals are one message: their field numbers agree.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use percent_encoding::percent_decode;
use secspan_otlp::response::{self, PartialSuccess};
use secspan_otlp::{DecodeError, encode};

/// Numbers of the gRPC status codes that this project answers or treats in a special way.
pub mod code {
    use tonic::Code;

    /// Done.
    pub const OK: i32 = Code::Ok as i32;
    /// The caller went away.
    pub const CANCELLED: i32 = Code::Cancelled as i32;
    /// Unclear.
    pub const UNKNOWN: i32 = Code::Unknown as i32;
    /// The payload is wrong and stays wrong.
    pub const INVALID_ARGUMENT: i32 = Code::InvalidArgument as i32;
    /// Too late.
    pub const DEADLINE_EXCEEDED: i32 = Code::DeadlineExceeded as i32;
    /// The caller is known and may not.
    pub const PERMISSION_DENIED: i32 = Code::PermissionDenied as i32;
    /// Too much; retryable only with `RetryInfo`.
    pub const RESOURCE_EXHAUSTED: i32 = Code::ResourceExhausted as i32;
    /// Concurrency conflict.
    pub const ABORTED: i32 = Code::Aborted as i32;
    /// Outside the valid range.
    pub const OUT_OF_RANGE: i32 = Code::OutOfRange as i32;
    /// No such method here.
    pub const UNIMPLEMENTED: i32 = Code::Unimplemented as i32;
    /// A fault of the server.
    pub const INTERNAL: i32 = Code::Internal as i32;
    /// Not now.
    pub const UNAVAILABLE: i32 = Code::Unavailable as i32;
    /// Data got lost on the way.
    pub const DATA_LOSS: i32 = Code::DataLoss as i32;
    /// The caller is not known.
    pub const UNAUTHENTICATED: i32 = Code::Unauthenticated as i32;
}

/// Longest pause that is believed; a destination that says more means "much later".
const RETRY_DELAY_MAX: Duration = Duration::from_hours(1);

/// `google.rpc.Status`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// One of [`code`].
    pub code: i32,
    /// For people.
    pub message: String,
    /// When to come back. At most an hour is believed.
    pub retry_after: Option<Duration>,
}

impl Status {
    /// A status that says nothing about retrying.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after: None,
        }
    }

    /// As protobuf.
    pub fn encode(&self) -> Vec<u8> {
        encode::status(self.code, &self.message, self.retry_after)
    }

    /// From protobuf.
    ///
    /// # Errors
    /// The bytes are no such message.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let response::Status {
            code,
            message,
            retry_after,
        } = response::status(bytes)?;
        let retry_after = retry_after.map(|delay| delay.min(RETRY_DELAY_MAX));
        Ok(Self {
            code,
            message,
            retry_after,
        })
    }

    /// The message of a status in JSON form.
    pub fn message_in_json(text: &[u8]) -> Option<String> {
        let json: serde_json::Value = serde_json::from_slice(text).ok()?;
        Some(json.get("message")?.as_str()?.to_owned())
    }
}

/// Reads an export response in JSON form; what is not there reads as a full success.
pub fn partial_success_from_json(text: &[u8]) -> Option<PartialSuccess> {
    let json: serde_json::Value = serde_json::from_slice(text).ok()?;
    let Some(partial) = json.get("partialSuccess") else {
        return Some(PartialSuccess::default());
    };
    let number = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    let fields = ["rejectedSpans", "rejectedDataPoints", "rejectedLogRecords"];
    let rejected = fields
        .iter()
        .find_map(|field| partial.get(field).and_then(number));
    let message = partial
        .get("errorMessage")
        .and_then(serde_json::Value::as_str);
    Some(PartialSuccess {
        rejected: rejected.unwrap_or(0),
        message: message.unwrap_or_default().to_owned(),
    })
}

/// Bytes before each gRPC message: a compression flag and the length.
pub const GRPC_PREFIX_BYTES: usize = 5;

/// The prefix of a gRPC message of `len` bytes. Messages are limited far below 4 GiB; a longer one would be cut off by
/// the peer's own limit.
pub fn grpc_prefix(compressed: bool, len: usize) -> Bytes {
    let mut prefix = BytesMut::with_capacity(GRPC_PREFIX_BYTES);
    prefix.put_u8(u8::from(compressed));
    prefix.put_u32(u32::try_from(len).unwrap_or(u32::MAX));
    prefix.freeze()
}

/// The text of a `grpc-message` header; what is no valid escape stays as it is, and so does what is no UTF-8.
///
/// Read apart from the code: tonic's `Status::from_header_map` loses the code where the text is not UTF-8, and panics on
/// details that are not base64.
pub fn grpc_message_text(encoded: &[u8]) -> String {
    percent_decode(encoded).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use secspan_otlp::json;

    use super::*;

    #[test]
    fn a_delay_survives_the_wire_and_is_bounded() {
        for delay in [
            None,
            Some(Duration::ZERO),
            Some(Duration::from_millis(1_500)),
        ] {
            let status = Status {
                code: code::UNAVAILABLE,
                message: "busy".to_owned(),
                retry_after: delay,
            };
            assert_eq!(Status::decode(&status.encode()).unwrap(), status);
        }
        let long = Status {
            retry_after: Some(Duration::from_secs(1 << 40)),
            ..Status::default()
        };
        assert_eq!(
            Status::decode(&long.encode()).unwrap().retry_after,
            Some(RETRY_DELAY_MAX)
        );
    }

    #[test]
    fn answers_in_json() {
        let status = json::status(14, "busy");
        assert_eq!(
            Status::message_in_json(status.as_bytes()).as_deref(),
            Some("busy")
        );
        for signal in [
            secspan_otlp::Signal::Traces,
            secspan_otlp::Signal::Metrics,
            secspan_otlp::Signal::Logs,
        ] {
            let text = json::export_response(signal, 3, "no id");
            let read = partial_success_from_json(text.as_bytes()).unwrap();
            assert_eq!(
                read,
                PartialSuccess {
                    rejected: 3,
                    message: "no id".to_owned()
                }
            );
        }
        assert_eq!(
            partial_success_from_json(b"{}"),
            Some(PartialSuccess::default())
        );
        assert_eq!(partial_success_from_json(b"<html>"), None);
    }

    #[test]
    fn message_headers_are_read_whatever_they_hold() {
        for (header, text) in [
            ("plain text", "plain text"),
            ("a%20b%C3%A4", "a bä"),
            ("100% sure, %zz", "100% sure, %zz"),
            ("%FF", "\u{fffd}"),
        ] {
            assert_eq!(grpc_message_text(header.as_bytes()), text);
        }
    }
}
