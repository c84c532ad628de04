//! Between tonic's client and its channel: what tonic cannot do, and what it must not see.
//!
//! - tonic compresses at level 6, three times the cost of level 1 for a few per cent. Messages come compressed, so the fence
//!   only sets the flag in front of them.
//! - tonic's `Status::from_header_map` panics on details that are not base64, and loses the code of a status whose message
//!   is not UTF-8. Such headers are mended before tonic reads them.
//! - An answer of a proxy is no gRPC answer. tonic would read its page as a message and report that as a fault of the
//!   destination for good; by its HTTP status it is often one that passes.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::{Buf as _, Bytes};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body::Frame;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use tonic::Code;
use tonic::body::Body;
use tonic::transport::Channel;
use tower_service::Service;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

const STATUS: &str = "grpc-status";
const MESSAGE: &str = "grpc-message";
const DETAILS: &str = "grpc-status-details-bin";
/// What is said when an answer ends without a status.
const NO_STATUS: &str = "the answer ended without a gRPC status";
/// As tonic reads it: senders may leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// The first byte of a message that is compressed.
const COMPRESSED_FLAG: &[u8] = &[1];

/// Marks a request whose message is compressed already.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compressed;

/// The channel, fenced.
#[derive(Debug)]
pub(super) struct Fence(pub(super) Channel);

impl Service<Request<Body>> for Fence {
    type Response = Response<Answer>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let compressed = request.extensions().get::<Compressed>().is_some();
        let sending = self.0.call(if compressed {
            request.map(|body| {
                Body::new(Flagged {
                    body,
                    rest: None,
                    begun: false,
                })
            })
        } else {
            request
        });
        Box::pin(async move { fenced(sending.await?) })
    }
}

/// A request body whose first byte, tonic's "not compressed", is replaced.
struct Flagged {
    body: Body,
    rest: Option<Bytes>,
    begun: bool,
}

impl http_body::Body for Flagged {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        if let Some(rest) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if std::mem::replace(&mut self.begun, true) {
            return Poll::Ready(frame);
        }
        let flagged = |frame: Frame<Bytes>| match frame.into_data() {
            Ok(mut data) if data.has_remaining() => {
                data.advance(COMPRESSED_FLAG.len());
                self.rest = Some(data);
                Frame::data(Bytes::from_static(COMPRESSED_FLAG))
            }
            Ok(data) => Frame::data(data),
            Err(other) => other,
        };
        Poll::Ready(frame.map(|frame| frame.map(flagged)))
    }
}

fn fenced(response: Response<Body>) -> Result<Response<Answer>, BoxError> {
    let (mut head, body) = response.into_parts();
    let mut answer = Answer { body, ended: false };
    if head.headers.contains_key(STATUS) {
        mend(&mut head.headers);
        answer.ended = true;
    } else if !head.status.is_success() {
        let words = format!("HTTP {} without a gRPC status", head.status);
        head.headers
            .insert(STATUS, (code_of(head.status) as i32).into());
        head.headers.insert(MESSAGE, HeaderValue::try_from(words)?);
        head.headers.remove(DETAILS);
        answer.ended = true;
    } else if !is_grpc(&head.headers) {
        return Err(NO_STATUS.into());
    }
    Ok(Response::from_parts(head, answer))
}

fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    content_type.is_some_and(|kind| kind.starts_with(b"application/grpc"))
}

/// The gRPC status that an HTTP status stands for, when something on the way answered instead of the destination.
fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::BAD_REQUEST => Code::Internal,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Code::Unavailable,
        _ => Code::Unknown,
    }
}

/// Makes a status safe for tonic to read, and keeps its code whatever else is wrong with it.
fn mend(headers: &mut HeaderMap) {
    let details = headers.get(DETAILS);
    if details.is_some_and(|details| BASE64.decode(details).is_err()) {
        headers.remove(DETAILS);
    }
    let Some(message) = headers.get(MESSAGE) else {
        return;
    };
    let decoded = percent_decode(message.as_bytes());
    if decoded.clone().decode_utf8().is_err() {
        let text = decoded.decode_utf8_lossy();
        let encoded = utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
        let encoded = HeaderValue::try_from(encoded);
        headers.insert(MESSAGE, encoded.unwrap_or(HeaderValue::from_static("")));
    }
}

/// The body of an answer: its trailers mended, and an end without a status reported as a broken connection.
#[derive(Debug)]
pub(super) struct Answer {
    body: Body,
    /// Whether the status has come.
    ended: bool,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            Some(Err(status)) => return Poll::Ready(Some(Err(status.into()))),
            None if self.ended => return Poll::Ready(None),
            None => {
                self.ended = true;
                return Poll::Ready(Some(Err(NO_STATUS.into())));
            }
        };
        if let Some(trailers) = frame.trailers_mut() {
            if !trailers.contains_key(STATUS) {
                self.ended = true;
                return Poll::Ready(Some(Err(NO_STATUS.into())));
            }
            mend(trailers);
            self.ended = true;
        }
        Poll::Ready(Some(Ok(frame)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static [u8])]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                let name = http::HeaderName::from_static(name);
                (name, HeaderValue::from_bytes(value).unwrap())
            })
            .collect()
    }

    #[test]
    fn a_status_is_read_whatever_it_holds() {
        let cases: [(&[u8], &str); 5] = [
            (b"plain text", "plain text"),
            (b"a%20b%C3%A4", "a b\u{e4}"),
            (b"100% sure, %zz", "100% sure, %zz"),
            (b"%FF", "\u{fffd}"),
            (b"\xff", "\u{fffd}"),
        ];
        for (message, text) in cases {
            let mut found = headers(&[
                (STATUS, b"14"),
                (MESSAGE, message),
                (DETAILS, b"not base64!"),
            ]);
            mend(&mut found);
            let status = tonic::Status::from_header_map(&found).unwrap();
            assert_eq!((status.code(), status.message()), (Code::Unavailable, text));
            assert!(status.details().is_empty());
        }
    }

    #[test]
    fn details_that_can_be_read_stay() {
        for details in [&b"AQI="[..], b"AQI"] {
            let mut found = headers(&[(STATUS, b"8")]);
            found.insert(DETAILS, HeaderValue::from_bytes(details).unwrap());
            mend(&mut found);
            let status = tonic::Status::from_header_map(&found).unwrap();
            assert_eq!(status.details(), [1, 2]);
        }
    }
}
