//! OTLP over HTTP/2 (gRPC) and over HTTP/1.1: one connection, one request at a time.
//!
//! Requests are spoken directly on hyper, because their bodies are bytes that are already encoded; answers are read
//! with tonic's status.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use tokio::sync::Mutex;

use self::connection::Connection;
use super::{Answer, Sending, Transport};
use crate::env::settings::{Compression, Endpoint, Protocol};

mod connection;
mod grpc;
mod http1;
pub(crate) mod tls;

/// Largest answer that is read; real ones have a few dozen bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
const GRPC_PATH: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const GRPC_HEADER_BYTES: usize = 5;

/// How to reach the destination.
pub(crate) struct NetworkTransport {
    shared: Arc<Shared>,
}

struct Shared {
    protocol: Protocol,
    endpoint: Endpoint,
    uri: Uri,
    headers: HeaderMap,
    compression: Compression,
    timeout: Duration,
    tls: tls::ClientTls,
    connection: Mutex<Option<Connection>>,
    destination: String,
}

impl NetworkTransport {
    pub(crate) fn new(
        protocol: Protocol,
        endpoint: Endpoint,
        headers: HeaderMap,
        compression: Compression,
        timeout: Duration,
        tls: tls::ClientTls,
    ) -> Result<Self, http::Error> {
        let scheme = if endpoint.tls { "https" } else { "http" };
        let path = match protocol {
            Protocol::Grpc => GRPC_PATH,
            Protocol::HttpProtobuf => endpoint.path.as_str(),
        };
        let uri = Uri::builder()
            .scheme(scheme)
            .authority(endpoint.authority())
            .path_and_query(path)
            .build()?;
        let destination = format!("{scheme}://{}", endpoint.authority());
        let connection = Mutex::new(None);
        let shared = Shared {
            protocol,
            endpoint,
            uri,
            headers,
            compression,
            timeout,
            tls,
            connection,
            destination,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }
}

impl Transport for NetworkTransport {
    fn send(&self, request: Bytes) -> Sending {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let attempt = tokio::time::timeout(shared.timeout, shared.attempt(request));
            match attempt.await {
                Ok(Ok(answer)) => answer,
                Ok(Err(error)) => {
                    shared.forget_connection().await;
                    Answer::Later {
                        after: None,
                        reason: chain(&error),
                    }
                }
                Err(_elapsed) => {
                    shared.forget_connection().await;
                    let reason = format!("no answer within {:?}", Seconds(shared.timeout));
                    Answer::Later {
                        after: None,
                        reason,
                    }
                }
            }
        })
    }

    fn destination(&self) -> &str {
        &self.shared.destination
    }
}

/// Prints as `10 s`.
struct Seconds(Duration);

impl std::fmt::Debug for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} s", self.0.as_secs_f64())
    }
}

impl Shared {
    async fn forget_connection(&self) {
        *self.connection.lock().await = None;
    }

    async fn attempt(&self, body: Bytes) -> io::Result<Answer> {
        let request = self.request(&body).map_err(io::Error::other)?;
        let mut slot = self.connection.lock().await;
        let connection = match slot.take().filter(Connection::is_usable) {
            Some(connection) => connection,
            None => Connection::open(self.protocol, &self.endpoint, &self.tls).await?,
        };
        let connection = slot.insert(connection);
        let response = connection.send(request).await?;
        let (head, body) = response.into_parts();
        let collected = Limited::new(body, MAX_ANSWER_BYTES).collect().await;
        let collected = collected.map_err(io::Error::other)?;
        let trailers = collected.trailers().cloned().unwrap_or_default();
        let answer = Response::from_parts(head, collected.to_bytes());
        Ok(match self.protocol {
            Protocol::Grpc => grpc::read(&answer, &trailers),
            Protocol::HttpProtobuf => http1::read(&answer),
        })
    }

    fn request(&self, body: &Bytes) -> Result<Request<Full<Bytes>>, http::Error> {
        let packed = self.compress(body);
        let compressed = packed.is_some();
        let payload = packed.unwrap_or_else(|| body.clone());
        let mut request = Request::post(self.uri.clone());
        if let Some(headers) = request.headers_mut() {
            headers.extend(self.headers.clone());
            self.protocol_headers(headers, compressed);
        }
        let body = match self.protocol {
            Protocol::Grpc => grpc_frame(&payload, compressed),
            Protocol::HttpProtobuf => payload,
        };
        request.body(Full::new(body))
    }

    fn protocol_headers(&self, headers: &mut HeaderMap, compressed: bool) {
        let mut set = |name: &'static str, value: &'static str| {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        };
        set(
            "user-agent",
            concat!("secspan-rust/", env!("CARGO_PKG_VERSION")),
        );
        match self.protocol {
            Protocol::Grpc => {
                set("content-type", "application/grpc");
                set("te", "trailers");
                if compressed {
                    set("grpc-encoding", "gzip");
                }
            }
            Protocol::HttpProtobuf => {
                set("content-type", "application/x-protobuf");
                if compressed {
                    set("content-encoding", "gzip");
                }
                if let Ok(host) = HeaderValue::from_str(&self.endpoint.authority()) {
                    headers.insert(http::header::HOST, host);
                }
            }
        }
    }

    #[cfg(feature = "gzip")]
    fn compress(&self, body: &[u8]) -> Option<Bytes> {
        use std::io::Write as _;

        if self.compression != Compression::Gzip {
            return None;
        }
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(body).ok()?;
        encoder.finish().ok().map(Bytes::from)
    }

    #[cfg(not(feature = "gzip"))]
    fn compress(&self, _body: &[u8]) -> Option<Bytes> {
        debug_assert_eq!(
            self.compression,
            Compression::None,
            "settings refuse gzip without the feature"
        );
        None
    }
}

/// The five-byte header of a gRPC message and the message.
fn grpc_frame(payload: &[u8], compressed: bool) -> Bytes {
    let mut frame = BytesMut::with_capacity(GRPC_HEADER_BYTES + payload.len());
    frame.put_u8(u8::from(compressed));
    // Requests are cut at MAX_REQUEST_BYTES, except for a single span beyond it.
    frame.put_u32(u32::try_from(payload.len()).unwrap_or(u32::MAX));
    frame.put_slice(payload);
    frame.freeze()
}

/// An error and everything behind it, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
