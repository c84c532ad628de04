//! Answers to requests in JSON.

use serde_json::Value;

use crate::Signal;
use crate::response::PartialSuccess;

/// The JSON form of [`encode::export_response`](crate::encode::export_response).
pub fn export_response(signal: Signal, rejected: u64, message: &str) -> String {
    if rejected == 0 && message.is_empty() {
        return "{}".to_owned();
    }
    let count = match signal {
        Signal::Traces => "rejectedSpans",
        Signal::Logs => "rejectedLogRecords",
        Signal::Metrics => "rejectedDataPoints",
    };
    let mut partial = serde_json::Map::new();
    if rejected != 0 {
        partial.insert(count.to_owned(), rejected.to_string().into());
    }
    if !message.is_empty() {
        partial.insert("errorMessage".to_owned(), message.into());
    }
    serde_json::json!({ "partialSuccess": partial }).to_string()
}

/// The JSON form of [`encode::status`](crate::encode::status). `RetryInfo` has no place in it: an
/// HTTP answer says when to try again in its `Retry-After` header.
pub fn status(code: i32, message: &str) -> String {
    serde_json::json!({ "code": code, "message": message }).to_string()
}

/// Reads an export response; what is not there reads as a full success. `None` for what is no JSON.
pub fn read_export_response(text: &[u8]) -> Option<PartialSuccess> {
    let json: Value = serde_json::from_slice(text).ok()?;
    let Some(partial) = json.get("partialSuccess") else {
        return Some(PartialSuccess::default());
    };
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    let fields = ["rejectedSpans", "rejectedDataPoints", "rejectedLogRecords"];
    let rejected = fields
        .iter()
        .find_map(|field| partial.get(field).and_then(number));
    let message = partial.get("errorMessage").and_then(Value::as_str);
    Some(PartialSuccess {
        rejected: rejected.unwrap_or(0),
        message: message.unwrap_or_default().to_owned(),
    })
}

/// The message of a status.
pub fn read_status_message(text: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(text).ok()?;
    Some(json.get("message")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let status = status(14, "busy");
        let message = read_status_message(status.as_bytes());
        assert_eq!(message.as_deref(), Some("busy"));
        for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
            let text = export_response(signal, 3, "no id");
            let expected = PartialSuccess {
                rejected: 3,
                message: "no id".to_owned(),
            };
            assert_eq!(read_export_response(text.as_bytes()), Some(expected));
        }
        assert_eq!(read_export_response(b"{}"), Some(PartialSuccess::default()));
        assert_eq!(read_export_response(b"<html>"), None);
    }
}
