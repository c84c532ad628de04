//! What an OTLP/HTTP answer says: status, retry advice, partial success.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, header};

use super::grpc;
use crate::encode::wire::{Field, Fields};
use crate::export::Answer;

/// Longest part of an error text that is kept.
const MAX_REASON_CHARS: usize = 300;

pub(super) fn read(answer: &Response<Bytes>) -> Answer {
    let status = answer.status();
    let content_type = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .map(http::HeaderValue::as_bytes);
    let protobuf = content_type.is_some_and(|kind| kind.starts_with(b"application/x-protobuf"));
    if status.is_success() {
        let message: &[u8] = if protobuf { answer.body() } else { &[] };
        return grpc::accepted(message);
    }
    let text = if protobuf {
        status_message(answer.body())
    } else {
        answer.body().to_vec()
    };
    let text: String = String::from_utf8_lossy(&text)
        .trim()
        .chars()
        .take(MAX_REASON_CHARS)
        .collect();
    let reason = format!("HTTP {status}: {text}");
    if matches!(status.as_u16(), 429 | 502 | 503 | 504) {
        let seconds = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let detail = protobuf.then(|| grpc::retry_delay(answer.body())).flatten();
        Answer::Later {
            after: seconds.map(Duration::from_secs).or(detail),
            reason,
        }
    } else {
        Answer::Refused { reason }
    }
}

/// `google.rpc.Status.message`.
fn status_message(body: &[u8]) -> Vec<u8> {
    let message = Fields::of(body).find_map(|field| match field {
        (2, Field::Bytes(text)) => Some(text.to_vec()),
        _ => None,
    });
    message.unwrap_or_default()
}
