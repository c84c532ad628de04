//! An OTLP/gRPC client that costs little: encoded requests in, answers out, many at once on one connection.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message as _;
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

    /// Sends one export request.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn export(&mut self, message: &Bytes, encoding: Encoding) -> Result<Answer, Failure> {
        let mut body = BytesMut::with_capacity(message.len() + FRAME_HEAD_BYTES);
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
        let body = response.into_body().collect().await?;
        let trailers = body.trailers().cloned().unwrap_or_default();
        Answer::read(&headers, &trailers, &body.to_bytes())
    }

    /// Sends one export request until it is taken, as often as the receiver asks for it, after the pauses that it asks
    /// for. Returns the refusals on the way.
    ///
    /// # Errors
    /// When the connection broke, the request was refused for good, or in part.
    pub async fn deliver(&mut self, message: &Bytes, encoding: Encoding) -> Result<u64, Failure> {
        let mut refusals = 0;
        loop {
            let answer = self.export(message, encoding).await?;
            match answer.status {
                OK if answer.rejected == 0 => return Ok(refusals),
                OK => return Err(format!("{} spans were rejected", answer.rejected).into()),
                UNAVAILABLE | RESOURCE_EXHAUSTED => {}
                other => return Err(format!("refused with status {other}").into()),
            }
            refusals += 1;
            tokio::time::sleep(answer.pause.unwrap_or(PAUSE)).await;
        }
    }
}

/// Why a request did not arrive.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// gRPC statuses: success, and those after which a sender comes back.
const OK: u32 = 0;
const RESOURCE_EXHAUSTED: u32 = 8;
const UNAVAILABLE: u32 = 14;
/// Before every message: whether it is compressed, and its length.
const FRAME_HEAD_BYTES: usize = 5;
/// When the receiver asks for none.
const PAUSE: Duration = Duration::from_millis(50);

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The gRPC status code.
    pub status: u32,
    /// Spans that were not taken although the request was.
    pub rejected: i64,
    /// When to come back.
    pub pause: Option<Duration>,
}

impl Answer {
    fn read(headers: &HeaderMap, trailers: &HeaderMap, body: &[u8]) -> Result<Self, Failure> {
        let of = |name| trailers.get(name).or_else(|| headers.get(name));
        let status = of("grpc-status").and_then(|code| code.to_str().ok()?.parse().ok());
        let details = of("grpc-status-details-bin").map(|value| pause(value.as_bytes()));
        let message = body.get(FRAME_HEAD_BYTES..).unwrap_or_default();
        let response = ExportTraceServiceResponse::decode(message)?;
        let partial = response.partial_success.unwrap_or_default();
        Ok(Self {
            status: status.ok_or("an answer without a status")?,
            rejected: partial.rejected_spans,
            pause: details.transpose()?.flatten(),
        })
    }
}

/// The pause in a `google.rpc.Status`, where it carries a `RetryInfo`.
fn pause(header: &[u8]) -> Result<Option<Duration>, Failure> {
    let unpadded = base64::prelude::BASE64_STANDARD_NO_PAD;
    let text: Vec<u8> = header
        .iter()
        .copied()
        .filter(|byte| *byte != b'=')
        .collect();
    let status = RpcStatus::decode(unpadded.decode(text)?.as_slice())?;
    let is_retry = |detail: &&Detail| detail.type_url.ends_with("google.rpc.RetryInfo");
    let Some(detail) = status.details.iter().find(is_retry) else {
        return Ok(None);
    };
    let delay = RetryInfo::decode(detail.value.as_slice())?.delay;
    Ok(delay.map(|delay| {
        let nanos = u32::try_from(delay.nanos).unwrap_or(0);
        Duration::new(u64::try_from(delay.seconds).unwrap_or(0), nanos)
    }))
}

/// `google.rpc.Status`, as far as it is read.
#[derive(prost::Message)]
struct RpcStatus {
    #[prost(message, repeated, tag = "3")]
    details: Vec<Detail>,
}

/// `google.protobuf.Any`.
#[derive(prost::Message)]
struct Detail {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(prost::Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    delay: Option<Delay>,
}

/// `google.protobuf.Duration`.
#[derive(prost::Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}
