//! A null OTLP/gRPC destination: reads every request, counts bytes, answers success.

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
    bytes: Arc<AtomicU64>,
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
            bytes: Arc::default(),
        };
        let bytes = Arc::clone(&sink.bytes);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Without it small answers wait for the peer's delayed acknowledgement.
                drop(stream.set_nodelay(true));
                let bytes = Arc::clone(&bytes);
                tokio::spawn(async move {
                    let service = service_fn(move |request| answer(request, Arc::clone(&bytes)));
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

    /// Bytes of request bodies read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

async fn answer(
    request: Request<Incoming>,
    total: Arc<AtomicU64>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    let mut body = request.into_body();
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(data) = frame.data_ref() {
            total.fetch_add(data.len() as u64, Ordering::Relaxed);
        }
    }
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
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
