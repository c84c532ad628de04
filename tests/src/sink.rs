//! A null OTLP/gRPC destination: reads every request, counts its spans, answers success.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, StreamBody, combinators::BoxBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

/// HTTP/2 windows and frames, large enough that they never limit a load on loopback.
pub(crate) const WINDOW_BYTES: u32 = 16 << 20;
pub(crate) const FRAME_BYTES: u32 = 1 << 20;

/// A running destination.
#[derive(Clone, Debug)]
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    spans: Arc<AtomicU64>,
}

impl Sink {
    /// Listens on a free loopback port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let sink = Self {
            address: listener.local_addr()?,
            spans: Arc::default(),
        };
        let spans = Arc::clone(&sink.spans);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Without it small answers wait for the peer's delayed acknowledgement.
                drop(stream.set_nodelay(true));
                let spans = Arc::clone(&spans);
                tokio::spawn(async move {
                    let service = service_fn(move |request| answer(request, Arc::clone(&spans)));
                    let mut server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    server
                        .initial_stream_window_size(WINDOW_BYTES)
                        .initial_connection_window_size(WINDOW_BYTES)
                        .max_frame_size(FRAME_BYTES);
                    // A client that goes away is no fault of the destination.
                    drop(server.serve_connection(TokioIo::new(stream), service).await);
                });
            }
        });
        Ok(sink)
    }

    /// Spans that arrived so far.
    pub fn spans(&self) -> u64 {
        self.spans.load(Ordering::Relaxed)
    }
}

async fn answer(
    request: Request<Incoming>,
    total: Arc<AtomicU64>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    // A request that breaks off or cannot be read did not arrive.
    let spans = match request.into_body().collect().await {
        Ok(body) => body.to_bytes().get(FRAME_HEAD_BYTES..).and_then(count),
        Err(_) => None,
    };
    total.fetch_add(spans.unwrap_or(0), Ordering::Relaxed);
    let status = if spans.is_some() { "0" } else { "13" };
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static(status));
    let frames = [
        Ok(Frame::data(Bytes::from_static(&[0, 0, 0, 0, 0]))),
        Ok(Frame::trailers(trailers)),
    ];
    let body = StreamBody::new(futures_util::stream::iter(frames)).boxed();
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/grpc"));
    Ok(response)
}

/// Before a gRPC message: whether it is compressed, and its length.
const FRAME_HEAD_BYTES: usize = 5;

/// The spans in an encoded request, without decoding them; `None` when it is malformed.
fn count(request: &[u8]) -> Option<u64> {
    // resource_spans = 1, scope_spans = 2, spans = 2
    fold(request, 1, |resource| {
        fold(resource, 2, |scope| fold(scope, 2, |_| Some(1)))
    })
}

/// The sum of `of` over the occurrences of one length-delimited field.
fn fold(mut message: &[u8], field: u64, of: impl Fn(&[u8]) -> Option<u64>) -> Option<u64> {
    const VARINT: u64 = 0;
    const FIXED64: u64 = 1;
    const DELIMITED: u64 = 2;
    const FIXED32: u64 = 5;
    let mut sum = 0;
    while !message.is_empty() {
        let tag = varint(&mut message)?;
        let length = match tag & 7 {
            VARINT => {
                varint(&mut message)?;
                continue;
            }
            FIXED64 => 8,
            DELIMITED => usize::try_from(varint(&mut message)?).ok()?,
            FIXED32 => 4,
            _ => return None,
        };
        let (value, rest) = message.split_at_checked(length)?;
        message = rest;
        if tag == field << 3 | DELIMITED {
            sum += of(value)?;
        }
    }
    Some(sum)
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    prost::encoding::decode_varint(message).ok()
}
