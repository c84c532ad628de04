//! An OTLP/gRPC client that costs little: encoded requests in, status codes out, many at once on one connection.

use std::net::SocketAddr;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::sink::{FRAME_BYTES, WINDOW_BYTES};

/// How a request body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// gzip.
    Gzip,
}

/// One connection.
#[derive(Clone, Debug)]
pub struct Sender {
    requests: SendRequest<Full<Bytes>>,
    authority: String,
}

impl Sender {
    /// Connects.
    ///
    /// # Errors
    /// When nothing listens there.
    pub async fn connect(address: SocketAddr) -> Result<Self, Box<dyn std::error::Error>> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (requests, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(WINDOW_BYTES)
            .initial_connection_window_size(WINDOW_BYTES)
            .max_frame_size(FRAME_BYTES)
            .handshake(TokioIo::new(stream))
            .await?;
        // Its end shows in the next request.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Self {
            requests,
            authority: address.to_string(),
        })
    }

    /// Sends one export request and returns the gRPC status code (0 is success).
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn export(
        &mut self,
        message: &Bytes,
        encoding: Encoding,
    ) -> Result<u32, Box<dyn std::error::Error>> {
        let mut body = BytesMut::with_capacity(message.len() + 5);
        body.put_u8(u8::from(encoding == Encoding::Gzip));
        body.put_u32(u32::try_from(message.len())?);
        body.put_slice(message);
        let mut request = Request::post(format!(
            "http://{}/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            self.authority
        ))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
        if encoding == Encoding::Gzip {
            request = request.header("grpc-encoding", "gzip");
        }
        self.requests.ready().await?;
        let response = self
            .requests
            .send_request(request.body(Full::new(body.freeze()))?)
            .await?;
        let headers = response.headers().clone();
        let trailers = response.into_body().collect().await?.trailers().cloned();
        let status = trailers.as_ref().and_then(|map| map.get("grpc-status"));
        let status = status.or_else(|| headers.get("grpc-status"));
        Ok(status
            .and_then(|value| value.to_str().ok())
            .and_then(|code| code.parse().ok())
            .unwrap_or(2))
    }
}
