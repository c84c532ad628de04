//! The sink's server: gRPC over HTTP/2 and OTLP over HTTP/1.1 on one port.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::{Behaviour, Control, Shared, span};
use secspan_otlp::encode;

const GRPC_HEADER_BYTES: usize = 5;
const GRPC_UNAVAILABLE: u8 = 14;
const GRPC_INVALID_ARGUMENT: u8 = 3;

type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// What stands between a connection and HTTP.
#[derive(Clone)]
pub(super) enum Acceptor {
    Plain,
    #[cfg(feature = "tls")]
    Tls(tokio_rustls::TlsAcceptor),
}

impl Acceptor {
    pub(super) fn is_tls(&self) -> bool {
        !matches!(self, Self::Plain)
    }
}

pub(super) struct Server {
    shared: Arc<Shared>,
    acceptor: Acceptor,
}

impl Server {
    pub(super) fn new(shared: Arc<Shared>, acceptor: Acceptor) -> Self {
        Self { shared, acceptor }
    }

    /// Serves until told to quit.
    pub(super) async fn run(
        self,
        listener: std::net::TcpListener,
        mut inbox: UnboundedReceiver<Control>,
    ) {
        let Ok(address) = listener.local_addr() else {
            return;
        };
        let mut listener = TcpListener::from_std(listener).ok();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                control = inbox.recv() => match control {
                    Some(Control::Down(done)) => {
                        listener = None;
                        connections.shutdown().await;
                        done.send(()).ok();
                    }
                    Some(Control::Up(done)) => {
                        let bound = rebind(address).await;
                        done.send(bound.map(|bound| listener = Some(bound))).ok();
                    }
                    Some(Control::Quit) | None => return,
                },
                Some(stream) = accept(listener.as_ref()) => {
                    let (shared, acceptor) = (Arc::clone(&self.shared), self.acceptor.clone());
                    connections.spawn(serve(shared, acceptor, stream));
                }
            }
        }
    }
}

async fn rebind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

async fn accept(listener: Option<&TcpListener>) -> Option<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.ok().map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

async fn serve(shared: Arc<Shared>, acceptor: Acceptor, stream: TcpStream) {
    // A connection that breaks is the client's business, and the test's.
    match acceptor {
        Acceptor::Plain => http(shared, stream).await,
        #[cfg(feature = "tls")]
        Acceptor::Tls(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                http(shared, stream).await;
            }
        }
    }
}

async fn http<T>(shared: Arc<Shared>, stream: T)
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(answer(&shared, request).await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    drop(
        builder
            .serve_connection(TokioIo::new(stream), service)
            .await,
    );
}

async fn answer(shared: &Shared, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let grpc = head
        .headers
        .get("content-type")
        .is_some_and(|kind| kind == "application/grpc");
    let behaviour = {
        let mut state = shared.lock();
        state.requests += 1;
        state.last_headers = head.headers.clone();
        state.behaviour
    };
    shared.tell();
    let Ok(body) = body.collect().await else {
        return failure(grpc, GRPC_INVALID_ARGUMENT, None);
    };
    let spans = decode(grpc, &head.headers, &body.to_bytes());
    match behaviour {
        Behaviour::Hang => std::future::pending().await,
        Behaviour::Unavailable { retry_after } => {
            return failure(grpc, GRPC_UNAVAILABLE, retry_after);
        }
        Behaviour::Invalid => return failure(grpc, GRPC_INVALID_ARGUMENT, None),
        Behaviour::Slow(pause) => tokio::time::sleep(pause).await,
        Behaviour::Accept | Behaviour::Reject(_) => {}
    }
    let Some(mut spans) = spans else {
        return failure(grpc, GRPC_INVALID_ARGUMENT, None);
    };
    let mut message = Vec::new();
    if let Behaviour::Reject(count) = behaviour {
        let kept = spans
            .len()
            .saturating_sub(usize::try_from(count).unwrap_or(usize::MAX));
        let rejected = spans.split_off(kept).len() as u64;
        message = encode::export_response(rejected, "rejected by the test");
    }
    shared.lock().spans.extend(spans);
    shared.tell();
    success(grpc, &message)
}

fn decode(grpc: bool, headers: &HeaderMap, body: &Bytes) -> Option<Vec<span::SinkSpan>> {
    let (payload, encoding) = if grpc {
        let compressed = *body.first()? == 1;
        let encoding = headers.get("grpc-encoding").filter(|_| compressed);
        (body.get(GRPC_HEADER_BYTES..)?, encoding)
    } else {
        (body.as_ref(), headers.get("content-encoding"))
    };
    let plain = match encoding {
        Some(encoding) if encoding == "gzip" => {
            let mut plain = Vec::new();
            io::copy(&mut flate2::read::GzDecoder::new(payload), &mut plain).ok()?;
            plain
        }
        _ => payload.to_vec(),
    };
    ExportTraceServiceRequest::decode(plain.as_slice())
        .ok()
        .map(span::spans)
}

fn success(grpc: bool, message: &[u8]) -> Answer {
    if !grpc {
        let body = Full::new(Bytes::copy_from_slice(message)).boxed_unsync();
        let mut answer = Response::new(body);
        set(
            answer.headers_mut(),
            "content-type",
            "application/x-protobuf",
        );
        return answer;
    }
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).unwrap_or(0));
    frame.put_slice(message);
    let mut trailers = HeaderMap::new();
    set(&mut trailers, "grpc-status", "0");
    let body = Full::new(frame.freeze()).with_trailers(async move { Some(Ok(trailers)) });
    let mut answer = Response::new(body.boxed_unsync());
    set(answer.headers_mut(), "content-type", "application/grpc");
    answer
}

fn failure(grpc: bool, status: u8, retry_after: Option<Duration>) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::new()).boxed_unsync());
    let headers = answer.headers_mut();
    if grpc {
        set(headers, "content-type", "application/grpc");
        set(headers, "grpc-status", &status.to_string());
        set(headers, "grpc-message", "told%20to by the test");
        if let Some(pause) = retry_after {
            let details = base64::prelude::BASE64_STANDARD_NO_PAD.encode(encode::status(
                status.into(),
                "",
                Some(pause),
            ));
            set(headers, "grpc-status-details-bin", &details);
        }
        return answer;
    }
    if let Some(pause) = retry_after {
        set(headers, "retry-after", &pause.as_secs().to_string());
    }
    *answer.status_mut() = if status == GRPC_UNAVAILABLE {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::BAD_REQUEST
    };
    answer
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
