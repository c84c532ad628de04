//! OTLP/JSON to wire bytes and back.
//!
//! The JSON form follows the Protobuf mapping with OTLP's own rules: keys in lower camel case,
//! trace and span ids as hex digits, 64-bit integers as text or numbers, enumerations as numbers
//! (names are understood as well), bytes as base64, unknown keys ignored. Keys as the Protobuf files spell them
//! (`resource_spans`) are understood too.
//!
//! ```
//! use secspan_otlp::json;
//!
//! let text = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"pay","kind":3}]}]}]}"#;
//! let wire = json::traces_to_wire(text.as_bytes(), 1024)?;
//! assert_eq!(json::traces_to_json(&wire)?, text);
//!
//! let wrong = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":7}]}]}]}"#;
//! let error = json::traces_to_wire(wrong.as_bytes(), 1024).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "resourceSpans[0].scopeSpans[0].spans[0].name: invalid type: integer `7`, expected text \
//!      at line 1 column 52"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! JSON nests at most 128 levels deep here, which is less than the wire form allows; what was read
//! is therefore always a request that a walk accepts.

mod answer;
mod read;
mod write;

pub use answer::{export_response, read_export_response, read_status_message, status};

use crate::Signal;
use crate::error::DecodeError;
use crate::keys::Keys;
use crate::schema;
use crate::view::{LogView, SpanView};
use crate::walk::{self, WalkLimits};

/// JSON that is not an OTLP request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The text is not JSON, or a value does not fit its key.
    #[error("{path}: {reason} at line {line} column {column}")]
    Invalid {
        /// The value, as in `resourceSpans[0].scopeSpans`; `request` for the whole.
        path: String,
        /// What is wrong with it and what is allowed.
        reason: String,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// The request takes more bytes on the wire than allowed.
    #[error("request takes more than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
}

/// A request that was read from JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wire {
    /// Its wire bytes.
    pub bytes: Vec<u8>,
    /// What was in the text and is not in the bytes, for the sender's eyes; empty when nothing is missing.
    pub remark: String,
}

/// A request of `signal` in JSON as wire bytes, at most `wire_bytes_max` of them.
///
/// Text that is not Unicode, such as one half of a surrogate pair, becomes U+FFFD. Unknown keys are ignored, as OTLP
/// demands; the remark names those near the top, below which a whole request may hide.
///
/// # Errors
/// When the text is not such a request, or the limit is exceeded.
pub fn to_wire(signal: Signal, json: &[u8], wire_bytes_max: usize) -> Result<Wire, JsonError> {
    let request = match signal {
        Signal::Traces => &schema::TRACES,
        Signal::Logs => &schema::LOGS,
        Signal::Metrics => &schema::METRICS,
    };
    read::to_wire(json, request, wire_bytes_max)
}

/// Wire bytes of an `ExportTraceServiceRequest` in JSON, at most `wire_bytes_max` of them.
///
/// # Errors
/// When the text is not such a request, or the limit is exceeded.
pub fn traces_to_wire(json: &[u8], wire_bytes_max: usize) -> Result<Vec<u8>, JsonError> {
    to_wire(Signal::Traces, json, wire_bytes_max).map(|wire| wire.bytes)
}

/// Wire bytes of an `ExportLogsServiceRequest` in JSON, at most `wire_bytes_max` of them.
///
/// # Errors
/// When the text is not such a request, or the limit is exceeded.
pub fn logs_to_wire(json: &[u8], wire_bytes_max: usize) -> Result<Vec<u8>, JsonError> {
    to_wire(Signal::Logs, json, wire_bytes_max).map(|wire| wire.bytes)
}

/// Wire bytes of an `ExportMetricsServiceRequest` in JSON, at most `wire_bytes_max` of them.
///
/// # Errors
/// When the text is not such a request, or the limit is exceeded.
pub fn metrics_to_wire(json: &[u8], wire_bytes_max: usize) -> Result<Vec<u8>, JsonError> {
    to_wire(Signal::Metrics, json, wire_bytes_max).map(|wire| wire.bytes)
}

/// Limits that no request in memory reaches.
const UNLIMITED: WalkLimits = WalkLimits {
    records_max: u32::MAX,
    entries_max: u32::MAX,
};

/// JSON of an `ExportTraceServiceRequest`, on one line. Unknown fields are left out.
///
/// # Errors
/// When the bytes are not such a request.
pub fn traces_to_json(bytes: &[u8]) -> Result<String, DecodeError> {
    walk::traces(bytes, &Keys::new(), &UNLIMITED, &mut |_: &SpanView<
        '_,
        '_,
    >| {})?;
    Ok(write::to_json(bytes, &schema::TRACES))
}

/// JSON of an `ExportLogsServiceRequest`, on one line. Unknown fields are left out.
///
/// # Errors
/// When the bytes are not such a request.
pub fn logs_to_json(bytes: &[u8]) -> Result<String, DecodeError> {
    walk::logs(bytes, &Keys::new(), &UNLIMITED, &mut |_: &LogView<
        '_,
        '_,
    >| {})?;
    Ok(write::to_json(bytes, &schema::LOGS))
}

/// JSON of an `ExportMetricsServiceRequest`, on one line. Unknown fields are left out.
///
/// # Errors
/// When the bytes are not such a request.
pub fn metrics_to_json(bytes: &[u8]) -> Result<String, DecodeError> {
    walk::metrics(bytes, &UNLIMITED)?;
    Ok(write::to_json(bytes, &schema::METRICS))
}

#[cfg(test)]
mod tests;
