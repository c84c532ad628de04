//! What a gRPC answer says: status, retry advice, partial success.

use std::time::Duration;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use percent_encoding::percent_decode;
use tonic::Code;

use crate::encode::wire::{Field, Fields};
use crate::export::Answer;

const GRPC_HEADER_BYTES: usize = 5;
/// `google.rpc.RetryInfo` in the details of a status.
const RETRY_INFO: &[u8] = b"type.googleapis.com/google.rpc.RetryInfo";
/// Senders may leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn read(answer: &Response<Bytes>, trailers: &HeaderMap) -> Answer {
    // A status without a message comes in the headers alone.
    let header = |name| trailers.get(name).or_else(|| answer.headers().get(name));
    let Some(status) = header("grpc-status") else {
        return without_status(answer.status());
    };
    let code = Code::from_bytes(status.as_bytes());
    if code == Code::Ok {
        let message = answer.body().get(GRPC_HEADER_BYTES..).unwrap_or_default();
        return accepted(message);
    }
    let text = header("grpc-message").map(|value| percent_decode(value.as_bytes()));
    let text = text.map(|text| text.decode_utf8_lossy().into_owned());
    let reason = format!(
        "gRPC status {}: {}",
        i32::from(code),
        text.unwrap_or_default()
    );
    let details = header("grpc-status-details-bin").and_then(|value| BASE64.decode(value).ok());
    let after = details.as_deref().and_then(retry_delay);
    if is_retryable(code, after) {
        Answer::Later { after, reason }
    } else {
        Answer::Refused { reason }
    }
}

/// The codes after which OTLP asks to try again; an exhausted resource only if it says when.
fn is_retryable(code: Code, after: Option<Duration>) -> bool {
    match code {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => true,
        Code::ResourceExhausted => after.is_some(),
        _ => false,
    }
}

/// A proxy answered instead of a gRPC server.
fn without_status(status: StatusCode) -> Answer {
    let reason = format!("answer without a gRPC status, HTTP {status}");
    match status.as_u16() {
        429 | 502 | 503 | 504 => Answer::Later {
            after: None,
            reason,
        },
        200 => Answer::Later {
            after: None,
            reason: "answer ended without a gRPC status".to_owned(),
        },
        _ => Answer::Refused { reason },
    }
}

/// `ExportTraceServiceResponse`: field 1 is the partial success.
pub(super) fn accepted(message: &[u8]) -> Answer {
    let mut rejected = 0;
    let mut text = None;
    for (number, field) in Fields::of(message) {
        if let (1, Field::Bytes(partial)) = (number, field) {
            for inner in Fields::of(partial) {
                match inner {
                    (1, Field::Number(count)) => rejected = count,
                    (2, Field::Bytes(error)) => {
                        text = Some(String::from_utf8_lossy(error).into_owned());
                    }
                    _ => {}
                }
            }
        }
    }
    Answer::Accepted {
        rejected,
        message: text,
    }
}

/// The delay in a `google.rpc.Status` with a `RetryInfo` among its details.
pub(super) fn retry_delay(status: &[u8]) -> Option<Duration> {
    let details = Fields::of(status).filter_map(|field| match field {
        (3, Field::Bytes(any)) => Some(any),
        _ => None,
    });
    for any in details {
        let is_retry = Fields::of(any).any(|field| field == (1, Field::Bytes(RETRY_INFO)));
        let value = Fields::of(any).find_map(|field| match field {
            (2, Field::Bytes(value)) => Some(value),
            _ => None,
        });
        if is_retry {
            return Some(
                Fields::of(value.unwrap_or_default())
                    .find_map(|field| delay(&field))
                    .unwrap_or_default(),
            );
        }
    }
    None
}

/// `RetryInfo.retry_delay`: seconds and nanoseconds.
fn delay(field: &(u64, Field<'_>)) -> Option<Duration> {
    let (1, Field::Bytes(duration)) = field else {
        return None;
    };
    let mut seconds = 0;
    let mut nanos = 0;
    for part in Fields::of(duration) {
        match part {
            (1, Field::Number(number)) => seconds = number,
            (2, Field::Number(number)) => nanos = u32::try_from(number).unwrap_or(0),
            _ => {}
        }
    }
    Some(Duration::from_secs(seconds.min(u64::from(u32::MAX))) + Duration::from_nanos(nanos.into()))
}
