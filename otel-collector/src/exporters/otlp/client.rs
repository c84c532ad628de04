//! The connection to a destination: TCP without delay, TLS, HTTP/1.1 or HTTP/2, renewed when it goes silent.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode, Uri};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::component::ExportError;
use crate::http::{CONNECTION_WINDOW_BYTES, STREAM_WINDOW_BYTES, chain};
use crate::tls::{Stream, TlsClient};

/// Largest answer that is read: an OTLP answer is a few bytes, an error page of a proxy a few thousand.
const ANSWER_MAX_BYTES: usize = 64 << 10;
/// Time to open a connection, within the time of the request that needs it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// HTTP/2 from the first byte, as gRPC needs.
    Http2,
    /// HTTP/1.1, or HTTP/2 where TLS negotiates it.
    Any,
}

/// Where a client connects to, and how.
#[derive(Clone, Debug)]
pub struct Target {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// TLS, when set.
    pub tls: Option<TlsClient>,
    /// How it speaks.
    pub speech: Speech,
    /// Pings while requests wait for an answer: after how long, and how long for the reply.
    pub keepalive: Option<(Duration, Duration)>,
}

/// A client of one destination.
#[derive(Debug)]
pub struct Client {
    target: Target,
    timeout: Duration,
    current: Mutex<Generation>,
}

/// A set of connections. After a request timed out a new one takes over: a peer that vanished without a word would
/// otherwise be written to until TCP gives up, minutes later.
#[derive(Clone, Debug)]
struct Generation {
    number: u64,
    http: legacy::Client<Connector, Outgoing>,
}

/// A complete answer.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Trailers, where gRPC puts its status.
    pub trailers: Option<HeaderMap>,
}

impl Client {
    /// A client that gives each request `timeout`. Connects when the first request comes.
    pub fn new(target: Target, timeout: Duration) -> Self {
        let current = Mutex::new(Generation {
            number: 0,
            http: connections(&target),
        });
        Self {
            target,
            timeout,
            current,
        }
    }

    /// Sends a request and reads its answer. Every failure to do so may be retried.
    ///
    /// # Errors
    /// No connection, no answer in time, or an answer that broke off.
    pub async fn send(&self, request: Request<Outgoing>) -> Result<Reply, ExportError> {
        let Generation { number, http } = self
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match timeout(self.timeout, exchange(http, request)).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(reason)) => Err(ExportError::Retry {
                after: None,
                reason,
            }),
            Err(_elapsed) => {
                self.renew(number);
                let reason = format!("no answer within {:?}", self.timeout);
                Err(ExportError::Retry {
                    after: None,
                    reason,
                })
            }
        }
    }

    fn renew(&self, number: u64) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.number == number {
            *current = Generation {
                number: number + 1,
                http: connections(&self.target),
            };
        }
    }
}

fn connections(target: &Target) -> legacy::Client<Connector, Outgoing> {
    let mut builder = legacy::Client::builder(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .http2_only(target.speech == Speech::Http2)
        .http2_initial_stream_window_size(STREAM_WINDOW_BYTES)
        .http2_initial_connection_window_size(CONNECTION_WINDOW_BYTES);
    if let Some((time, reply_within)) = target.keepalive {
        builder
            .http2_keep_alive_interval(time)
            .http2_keep_alive_timeout(reply_within);
    }
    builder.build(Connector {
        target: target.clone(),
    })
}

async fn exchange(
    http: legacy::Client<Connector, Outgoing>,
    request: Request<Outgoing>,
) -> Result<Reply, String> {
    let response = http.request(request).await.map_err(|error| chain(&error))?;
    let (head, body) = response.into_parts();
    let (body, trailers) = read(body).await?;
    Ok(Reply {
        status: head.status,
        headers: head.headers,
        body,
        trailers,
    })
}

async fn read(mut body: Incoming) -> Result<(Bytes, Option<HeaderMap>), String> {
    let mut data = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("the answer broke off: {}", chain(&error)))?;
        match frame.into_data() {
            Ok(piece) if data.len() + piece.len() > ANSWER_MAX_BYTES => {
                return Err(format!(
                    "the answer is larger than {ANSWER_MAX_BYTES} bytes"
                ));
            }
            Ok(piece) => data.extend_from_slice(&piece),
            Err(frame) => return Ok((data.freeze(), frame.into_trailers().ok())),
        }
    }
    Ok((data.freeze(), None))
}

/// Opens connections to the one destination, whatever the request's URI says.
#[derive(Clone, Debug)]
struct Connector {
    target: Target,
}

impl tower_service::Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Stream>>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _uri: Uri) -> Self::Future {
        let target = self.target.clone();
        Box::pin(async move {
            match timeout(CONNECT_TIMEOUT, open(&target)).await {
                Ok(opened) => opened,
                Err(_elapsed) => Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "no connection in time",
                )),
            }
        })
    }
}

async fn open(target: &Target) -> io::Result<TokioIo<Stream>> {
    let tcp = TcpStream::connect((target.host.as_str(), target.port)).await?;
    tcp.set_nodelay(true)?;
    let stream = match &target.tls {
        None => Stream::Plain(tcp),
        Some(tls) => tls.connect(tcp).await?,
    };
    Ok(TokioIo::new(stream))
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        let connected = Connected::new();
        let http2 = match self {
            Self::Plain(_) => false,
            Self::Tls(stream) => stream.get_ref().1.alpn_protocol() == Some(b"h2"),
        };
        if http2 {
            connected.negotiated_h2()
        } else {
            connected
        }
    }
}

/// A request body of one or two pieces, sent without being joined.
#[derive(Clone, Debug, Default)]
pub struct Outgoing {
    pieces: [Bytes; 2],
}

impl Outgoing {
    /// One piece.
    pub fn one(data: Bytes) -> Self {
        Self {
            pieces: [data, Bytes::new()],
        }
    }

    /// Two pieces.
    pub fn two(first: Bytes, second: Bytes) -> Self {
        Self {
            pieces: [first, second],
        }
    }

    fn remaining(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self
            .pieces
            .iter_mut()
            .find(|piece| !piece.is_empty())
            .map(std::mem::take);
        Poll::Ready(next.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining() as u64)
    }
}
