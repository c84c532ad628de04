//! Answers to requests in JSON.

use crate::Signal;

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
