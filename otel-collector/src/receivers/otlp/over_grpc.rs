//! OTLP/gRPC: three unary methods over HTTP/2, framed here.
//!
//! A unary call is one length-prefixed message each way and a status in the trailers. Framed here, a message is in memory
//! once: a gRPC library collects it into a buffer of its own, so the budget of bytes in flight would hold half as much.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use secspan_otlp::encode;

use super::body::{Inspect, collect};
use super::inflate::Encoding;
use super::intake::Intake;
use super::rejection::Rejection;
use crate::batch::Signal;
use crate::component::Accepted;
use crate::http::Answer;
use crate::rpc::{self, GRPC_PREFIX_BYTES, Status, code};

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
const GRPC_CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/grpc");

/// What is accepted as message encoding.
const ACCEPTED: HeaderValue = HeaderValue::from_static("identity,gzip,zstd,deflate");

/// Longest message in an answer, in bytes before encoding: peers limit the size of headers to 8 KiB and more.
const MESSAGE_MAX_BYTES: usize = 1_024;

/// The service behind the gRPC listener.
#[derive(Clone, Debug)]
pub(super) struct GrpcService {
    intake: Arc<Intake>,
}

impl GrpcService {
    /// A service in front of `intake`.
    pub(super) fn new(intake: Intake) -> Self {
        Self {
            intake: Arc::new(intake),
        }
    }
}

impl hyper::service::Service<Request<Incoming>> for GrpcService {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let intake = Arc::clone(&self.intake);
        Box::pin(async move { Ok(respond(&intake, request).await) })
    }
}

async fn respond(intake: &Intake, request: Request<Incoming>) -> Response<Answer> {
    if !is_grpc(request.headers()) {
        return not_grpc();
    }
    let Some(signal) = signal_of(request.uri().path()).filter(|_| request.method() == Method::POST)
    else {
        let message = format!(
            "unknown method {}; this collector serves {}",
            request.uri().path(),
            METHODS.map(|(path, _)| path).join(", "),
        );
        return failure(&Status::new(code::UNIMPLEMENTED, message));
    };
    let outcome = export(intake, signal, request).await;
    intake.count(signal, &outcome);
    match outcome {
        Ok(accepted) => success(&accepted),
        Err(rejection) => failure(&rejection.status()),
    }
}

/// Paths of the methods that are served.
const METHODS: [(&str, Signal); 3] = [
    (
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        Signal::Traces,
    ),
    (
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        Signal::Metrics,
    ),
    (
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        Signal::Logs,
    ),
];

fn signal_of(path: &str) -> Option<Signal> {
    METHODS
        .iter()
        .find(|(method, _)| *method == path)
        .map(|(_, signal)| *signal)
}

/// Whether the caller speaks gRPC with protobuf messages.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .map_or(&[][..], HeaderValue::as_bytes);
    matches!(
        content_type.strip_prefix(b"application/grpc"),
        Some([] | [b';', ..] | b"+proto")
    )
}

/// An answer for those who took the wrong port.
fn not_grpc() -> Response<Answer> {
    let text = "This port speaks OTLP/gRPC. OTLP/HTTP has a port of its own, usually 4318.\n";
    let mut response = Response::new(Answer::new(text));
    *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

async fn export(
    intake: &Intake,
    signal: Signal,
    request: Request<Incoming>,
) -> Result<Accepted, Rejection> {
    let (head, mut body) = request.into_parts();
    intake.authenticate(&head.headers)?;
    let encoding = Encoding::parse(head.headers.get(GRPC_ENCODING))?;
    let mut limits = intake.limits;
    limits.bytes = limits.bytes.saturating_add(GRPC_PREFIX_BYTES);
    let prefix = Prefix {
        limit: intake.limits.bytes,
    };
    let (body, mut reservation) = collect(&mut body, limits, &intake.budget, prefix).await?;
    let (compressed, message) = split(body)?;
    let payload = match (compressed, encoding) {
        (false, _) => message,
        (true, Encoding::Identity) => {
            return Err(Rejection::Undecodable(
                "compressed message without grpc-encoding".to_owned(),
            ));
        }
        (true, encoding) => intake.inflate(encoding, message, &mut reservation)?,
    };
    let accepted = intake.take(signal, payload).await;
    drop(reservation);
    accepted
}

/// Reads the length of the message as soon as its prefix is there.
#[derive(Clone, Copy, Debug)]
struct Prefix {
    limit: usize,
}

impl Inspect for Prefix {
    fn announced(&mut self, first: &[u8]) -> Result<Option<usize>, Rejection> {
        let Some(length) = message_length(first) else {
            return Ok(None);
        };
        if length > self.limit {
            return Err(Rejection::TooLarge {
                limit: self.limit,
                place: "on the wire",
            });
        }
        Ok(Some(length + GRPC_PREFIX_BYTES))
    }
}

fn message_length(body: &[u8]) -> Option<usize> {
    let length = body.get(1..GRPC_PREFIX_BYTES)?.first_chunk::<4>()?;
    usize::try_from(u32::from_be_bytes(*length)).ok()
}

/// Takes the one message out of a body.
fn split(mut body: Bytes) -> Result<(bool, Bytes), Rejection> {
    let undecodable = |what: &str| Err(Rejection::Undecodable(what.to_owned()));
    let Some(length) = message_length(&body) else {
        return undecodable("the request has no gRPC message");
    };
    let compressed = match body.first() {
        Some(0) => false,
        Some(1) => true,
        _ => return undecodable("the gRPC message has an unknown compression flag"),
    };
    let message = body.split_off(GRPC_PREFIX_BYTES);
    if message.len() == length {
        Ok((compressed, message))
    } else {
        undecodable("the request has more than one gRPC message")
    }
}

/// The full answer to a request that was taken whole, ready made: an empty message.
const TAKEN_WHOLE: Bytes = Bytes::from_static(&[0; GRPC_PREFIX_BYTES]);

fn success(accepted: &Accepted) -> Response<Answer> {
    let message = encode::export_response(accepted.rejected, &accepted.message);
    let data = if message.is_empty() {
        TAKEN_WHOLE
    } else {
        let mut data = BytesMut::with_capacity(GRPC_PREFIX_BYTES + message.len());
        data.put(rpc::grpc_prefix(false, message.len()));
        data.put(message.as_slice());
        data.freeze()
    };
    let mut trailers = HeaderMap::with_capacity(1);
    trailers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
    let mut response = Response::new(Answer::with_trailers(data, trailers));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, GRPC_CONTENT_TYPE);
    response
}

/// An answer without a message: the status stands in the headers.
pub(super) fn failure(status: &Status) -> Response<Answer> {
    let mut end = status.message.len().min(MESSAGE_MAX_BYTES);
    while !status.message.is_char_boundary(end) {
        end -= 1;
    }
    let text = status.message.get(..end).unwrap_or_default();
    let details = if status.retry_after.is_some() {
        status.encode().into()
    } else {
        Bytes::new()
    };
    let said = tonic::Status::with_details(status.code.into(), text, details);
    let mut response = Response::new(Answer::default());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, GRPC_CONTENT_TYPE);
    if said.add_header(headers).is_err() {
        // A text that no header can hold is left out; the code is what clients act on.
        headers.insert(GRPC_STATUS, HeaderValue::from(status.code));
    }
    if status.code == code::UNIMPLEMENTED {
        headers.insert(GRPC_ACCEPT_ENCODING, ACCEPTED);
    }
    response
}
