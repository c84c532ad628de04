//! What both ends of an OTLP hop say about a request: `google.rpc.Status`, `RetryInfo` and the export responses.
//!
//! The export responses of the three signals are one message: their field numbers agree.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use secspan_otlp::response::{self, PartialSuccess};
use secspan_otlp::{DecodeError, encode};

/// Numbers of the gRPC status codes that this project answers or treats in a special way.
pub mod code {
    /// Done.
    pub const OK: i32 = 0;
    /// The caller went away.
    pub const CANCELLED: i32 = 1;
    /// Unclear.
    pub const UNKNOWN: i32 = 2;
    /// The payload is wrong and stays wrong.
    pub const INVALID_ARGUMENT: i32 = 3;
    /// Too late.
    pub const DEADLINE_EXCEEDED: i32 = 4;
    /// The caller is known and may not.
    pub const PERMISSION_DENIED: i32 = 7;
    /// Too much; retryable only with `RetryInfo`.
    pub const RESOURCE_EXHAUSTED: i32 = 8;
    /// Concurrency conflict.
    pub const ABORTED: i32 = 10;
    /// Outside the valid range.
    pub const OUT_OF_RANGE: i32 = 11;
    /// No such method here.
    pub const UNIMPLEMENTED: i32 = 12;
    /// A fault of the server.
    pub const INTERNAL: i32 = 13;
    /// Not now.
    pub const UNAVAILABLE: i32 = 14;
    /// Data got lost on the way.
    pub const DATA_LOSS: i32 = 15;
    /// The caller is not known.
    pub const UNAUTHENTICATED: i32 = 16;
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

/// A text as a `grpc-message` header: printable ASCII as it is, all else percent-encoded.
pub fn grpc_message(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if matches!(byte, b' '..=b'~') && byte != b'%' {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for nibble in [byte >> 4, byte & 15] {
                encoded.push(char::from(
                    HEX.get(usize::from(nibble)).copied().unwrap_or(b'0'),
                ));
            }
        }
    }
    encoded
}

/// The text of a `grpc-message` header; what is no valid escape stays as it is.
pub fn grpc_message_text(encoded: &[u8]) -> String {
    let mut text = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| after.split_at_checked(2)).flatten();
        let decoded = escaped.and_then(|(digits, after)| {
            let digits = std::str::from_utf8(digits).ok()?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (value, after) = decoded.unwrap_or((byte, after));
        text.push(value);
        rest = after;
    }
    String::from_utf8_lossy(&text).into_owned()
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

    proptest::proptest! {
        #[test]
        fn messages_survive_the_header(text in ".*") {
            let encoded = grpc_message(&text);
            proptest::prop_assert!(encoded.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            proptest::prop_assert_eq!(grpc_message_text(encoded.as_bytes()), text);
        }
    }
}
