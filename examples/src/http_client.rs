//! A small HTTP/1.1 client: one JSON request, one JSON answer, a time limit.
//!
//! What matters for telemetry is [`HttpError`]: it tells secspan in a few fixed words how a call
//! failed, by implementing [`Failure`].

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use secspan::call::Failure;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

#[cfg(feature = "live")]
mod tls;

/// The longest answer that is read.
const ANSWER_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// Why a call had no useful answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// It did not come in time.
    #[error("no answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// The server cannot be reached.
    #[error("{0} cannot be reached")]
    Connect(String, #[source] std::io::Error),
    /// The server answered with an error.
    #[error("answered with status {0}")]
    Status(StatusCode),
    /// The connection broke, or what came is not HTTP.
    #[error("the connection broke")]
    Connection(#[from] hyper::Error),
    /// The request cannot be made.
    #[error("the request is not valid")]
    Request(#[from] http::Error),
    /// The answer is too long or broke off.
    #[error("the answer cannot be read")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer is not the JSON that was expected.
    #[error("the answer is not understood")]
    Json(#[from] serde_json::Error),
    /// This build has no TLS.
    #[error("https needs a build with the feature `live`")]
    NoTls,
}

impl HttpError {
    /// Whether the same request may succeed a moment later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Status(status) => {
                *status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
            }
            Self::Timeout(_) | Self::Connect(..) | Self::Connection(_) | Self::Body(_) => true,
            Self::Request(_) | Self::Json(_) | Self::NoTls => false,
        }
    }
}

impl Failure for HttpError {
    fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    fn error_type(&self) -> Cow<'static, str> {
        match self {
            Self::Timeout(_) => "timeout".into(),
            Self::Connect(..) => "connect".into(),
            // OpenTelemetry's convention: the status itself is the type.
            Self::Status(status) => status.as_u16().to_string().into(),
            Self::Connection(_) | Self::Body(_) => "connection".into(),
            Self::Request(_) => "invalid_request".into(),
            Self::Json(_) => "invalid_answer".into(),
            Self::NoTls => "no_tls".into(),
        }
    }

    fn status_code(&self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status.as_u16()),
            _ => None,
        }
    }
}

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Name or address, without port.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Whether to speak https.
    pub tls: bool,
}

impl Server {
    /// A server on this machine.
    pub fn local(address: std::net::SocketAddr) -> Self {
        Self {
            host: address.ip().to_string(),
            port: address.port(),
            tls: false,
        }
    }

    /// `host:port`.
    fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Sends JSON and reads JSON.
///
/// # Errors
/// When there is no answer in time, or not a useful one.
pub async fn post<T: DeserializeOwned>(
    server: &Server,
    path: &str,
    headers: HeaderMap,
    body: &impl Serialize,
    limit: Duration,
) -> Result<T, HttpError> {
    let body = serde_json::to_vec(body)?;
    // Boxed, because with TLS it is large, and every caller's future would contain it.
    let exchange = Box::pin(exchange(server, path, headers, body));
    let answer = tokio::time::timeout(limit, exchange)
        .await
        .map_err(|_| HttpError::Timeout(limit))??;
    Ok(serde_json::from_slice(&answer)?)
}

async fn exchange(
    server: &Server,
    path: &str,
    headers: HeaderMap,
    body: Vec<u8>,
) -> Result<Bytes, HttpError> {
    let mut request = Request::post(path)
        .header(header::HOST, server.authority())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body)))?;
    request.headers_mut().extend(headers);
    let stream = TcpStream::connect((server.host.as_str(), server.port))
        .await
        .map_err(|error| HttpError::Connect(server.authority(), error))?;
    if server.tls {
        send_tls(server, stream, request).await
    } else {
        send(stream, request).await
    }
}

#[cfg(feature = "live")]
async fn send_tls(
    server: &Server,
    stream: TcpStream,
    request: Request<Full<Bytes>>,
) -> Result<Bytes, HttpError> {
    let stream = tls::connect(&server.host, stream)
        .await
        .map_err(|error| HttpError::Connect(server.authority(), error))?;
    send(stream, request).await
}

#[cfg(not(feature = "live"))]
#[expect(clippy::unused_async, reason = "its twin with TLS awaits")]
async fn send_tls(
    _server: &Server,
    _stream: TcpStream,
    _request: Request<Full<Bytes>>,
) -> Result<Bytes, HttpError> {
    Err(HttpError::NoTls)
}

async fn send<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Bytes, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answer = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        if !status.is_success() {
            return Err(HttpError::Status(status));
        }
        let body = Limited::new(answer.into_body(), ANSWER_LIMIT_BYTES);
        let body = body.collect().await.map_err(HttpError::Body)?;
        Ok(body.to_bytes())
    };
    tokio::pin!(answer, connection);
    // The connection does the reading and writing; it ends with the answer.
    tokio::select! {
        answer = &mut answer => answer,
        ended = &mut connection => {
            ended?;
            answer.await
        }
    }
}
