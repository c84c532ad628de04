//! The receiver over real sockets: every way in, every way to be rejected.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use http::{Method, Request};
use secspan_otlp::encode::{Scope, TraceRequest};
use secspan_otlp::keys::Keys;
use secspan_otlp::response;
use secspan_otlp::view::{SpanId, SpanView, TraceId};
use secspan_otlp::walk::{self, WalkLimits};
use tokio::sync::Semaphore;

use super::*;
use crate::batch::Signal;
use crate::component::{Accepted, BoxFuture, Refused};
use crate::config::{Problem, read_text};
use crate::rpc::{self, GRPC_PREFIX_BYTES, Status, code};
use crate::telemetry::Telemetry;
use crate::tls::{ClientTls, TlsClient};

mod auth_and_tls;
mod client;
mod limits;
mod over_grpc;
mod over_http;
mod stop;

use client::{Client, Protocol, Reply, joined};

/// Stands for the pipelines: walks traces like them, answers what a test wants.
#[derive(Debug)]
pub(crate) struct Pipelines {
    pub(crate) taken: Mutex<Vec<(Signal, Bytes)>>,
    rejected_requests: Mutex<BTreeMap<&'static str, u64>>,
    answer: Mutex<Result<Accepted, Refused>>,
    /// One permit per request that may be answered.
    gate: Semaphore,
    entered: Semaphore,
}

impl Default for Pipelines {
    fn default() -> Self {
        Self {
            taken: Mutex::default(),
            rejected_requests: Mutex::default(),
            answer: Mutex::new(Ok(Accepted::default())),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            entered: Semaphore::new(0),
        }
    }
}

impl Pipelines {
    pub(crate) fn answering(answer: Result<Accepted, Refused>) -> Arc<Self> {
        Arc::new(Self {
            answer: Mutex::new(answer),
            ..Self::default()
        })
    }

    /// Holds every request until [`Self::open`].
    fn closed() -> Arc<Self> {
        Arc::new(Self {
            gate: Semaphore::new(0),
            ..Self::default()
        })
    }

    fn open(&self) {
        self.gate.add_permits(1_000);
    }

    /// Waits until `count` requests have come as far as the pipelines.
    async fn wait_for(&self, count: u32) {
        self.entered.acquire_many(count).await.unwrap().forget();
    }

    fn payloads(&self) -> Vec<Bytes> {
        self.taken
            .lock()
            .unwrap()
            .iter()
            .map(|(_, payload)| payload.clone())
            .collect()
    }

    fn rejected_requests(&self) -> Vec<(&'static str, u64)> {
        self.rejected_requests
            .lock()
            .unwrap()
            .clone()
            .into_iter()
            .collect()
    }

    fn take(&self, signal: Signal, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>> {
        Box::pin(async move {
            self.entered.add_permits(1);
            self.gate.acquire().await.unwrap().forget();
            if signal == Signal::Traces {
                let mut visitor = |_: &SpanView<'_, '_>| {};
                walk::traces(&payload, &Keys::new(), &WalkLimits::default(), &mut visitor)
                    .map_err(|error| Refused::Malformed {
                        message: error.to_string(),
                    })?;
            }
            let answer = self.answer.lock().unwrap().clone();
            if answer.is_ok() {
                self.taken.lock().unwrap().push((signal, payload));
            }
            answer
        })
    }
}

impl PipelineInput for Pipelines {
    fn traces(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>> {
        self.take(Signal::Traces, payload)
    }

    fn logs(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>> {
        self.take(Signal::Logs, payload)
    }

    fn metrics(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>> {
        self.take(Signal::Metrics, payload)
    }

    fn request_rejected(&self, _signal: Signal, reason: &'static str) {
        *self
            .rejected_requests
            .lock()
            .unwrap()
            .entry(reason)
            .or_default() += 1;
    }
}

pub(crate) fn context() -> Context {
    Context::new(Arc::new(Telemetry::default()))
}

/// Both protocols on free ports, all defaults.
const BOTH: &str =
    "protocols: { grpc: { endpoint: 127.0.0.1:0 }, http: { endpoint: 127.0.0.1:0 } }";

fn config(text: &str) -> OtlpReceiverConfig {
    let (config, problems) = read_text(text, OtlpReceiverConfig::read);
    assert!(problems.is_empty(), "{problems:#?}");
    config
}

pub(crate) async fn receiver(text: &str, pipelines: &Arc<Pipelines>) -> OtlpReceiver {
    receiver_in(&context(), text, pipelines).await.unwrap()
}

async fn receiver_in(
    context: &Context,
    text: &str,
    pipelines: &Arc<Pipelines>,
) -> Result<OtlpReceiver, StartError> {
    let input: Arc<dyn PipelineInput> = Arc::<Pipelines>::clone(pipelines);
    start(&config(text), "otlp", &input, context).await
}

/// A valid request with one span.
pub(crate) fn one_span() -> Bytes {
    spans(1, "a span")
}

fn spans(count: u8, name: &str) -> Bytes {
    let mut request = TraceRequest::new();
    request.resource(&[("service.name", "tests".into())], |resource| {
        resource.scope(&Scope::default(), |scope| {
            for index in 1..=count {
                scope.span(|span| {
                    span.trace_id(TraceId([index; 16]))
                        .span_id(SpanId([index; 8]))
                        .name(name);
                });
            }
        });
    });
    request.finish().into()
}

/// Time that no test needs; only a broken server makes a client wait for it.
const PATIENCE: Duration = Duration::from_mins(1);

struct Post<'a> {
    address: SocketAddr,
    path: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: Bytes,
    protocol: Protocol,
    tls: Option<TlsClient>,
}

impl Post<'_> {
    async fn send(self) -> Reply {
        self.try_send().await.unwrap()
    }

    async fn try_send(self) -> Result<Reply, String> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let mut request = Request::new(self.body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = format!("{scheme}://{}{}", self.address, self.path)
            .parse()
            .unwrap();
        for (name, value) in self.headers {
            let name = http::HeaderName::try_from(*name).unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        Client::new(self.address, self.protocol, self.tls)
            .send(request)
            .await
    }
}

const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

fn grpc_post<'a>(address: SocketAddr, headers: &'a [(&'a str, &'a str)], body: Bytes) -> Post<'a> {
    Post {
        address,
        path: TRACES,
        headers,
        body,
        protocol: Protocol::Http2,
        tls: None,
    }
}

fn http_post<'a>(
    address: SocketAddr,
    headers: &'a [(&'a str, &'a str)],
    body: impl Into<Bytes>,
) -> Post<'a> {
    let body = body.into();
    Post {
        address,
        path: "/v1/traces",
        headers,
        body,
        protocol: Protocol::Any,
        tls: None,
    }
}

const GRPC: &[(&str, &str)] = &[("content-type", "application/grpc"), ("te", "trailers")];
const PROTOBUF: &[(&str, &str)] = &[("content-type", "application/x-protobuf")];
const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

fn framed(message: impl Into<Bytes>) -> Bytes {
    let message = message.into();
    joined(&rpc::grpc_prefix(false, message.len()), &message)
}

/// The status of a gRPC answer, wherever it stands.
fn grpc_status(reply: &Reply) -> Status {
    let headers = reply.trailers.as_ref().unwrap_or(&reply.headers);
    let status = tonic::Status::from_header_map(headers).unwrap();
    Status {
        code: status.code().into(),
        message: status.message().to_owned(),
        retry_after: response::retry_after(status.details()),
    }
}

fn text_of(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

#[test]
fn the_configuration() {
    let read =
        config("protocols: { grpc: , http: { max_request_body_size: 1MiB, traces_url_path: /t } }");
    let (grpc, http) = (read.grpc.unwrap(), read.http.unwrap());
    assert_eq!(grpc.listener.endpoint.to_string(), "127.0.0.1:4317");
    assert_eq!(http.listener.endpoint.to_string(), "127.0.0.1:4318");
    assert_eq!(grpc.listener.max_request, config::MAX_REQUEST);
    assert_eq!(http.listener.max_request.as_u64(), 1 << 20);
    assert_eq!(
        (http.traces_path.as_str(), http.logs_path.as_str()),
        ("/t", "/v1/logs")
    );
}

#[test]
fn problems_of_a_configuration() {
    let text = "
protocols:
  grpc: { endpoint: 4317, max_recv_msg_size_mib: 100, tls: { cert_file: a } }
  http: { traces_url_path: v1/traces, cors: {}, auth: {} }
";
    let (_, problems) = read_text(text, OtlpReceiverConfig::read);
    let keys: Vec<String> = problems
        .iter()
        .map(|problem: &Problem| problem.path.to_string())
        .collect();
    let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    keys.sort_unstable();
    let expected = [
        "max_in_flight_bytes",
        "protocols.grpc.endpoint",
        "protocols.grpc.tls.key_file",
        "protocols.http.auth.authenticator",
        "protocols.http.cors.allowed_origins",
        "protocols.http.traces_url_path",
    ];
    assert_eq!(keys, expected, "{problems:#?}");
    let (_, problems) = read_text("protocols: {}", OtlpReceiverConfig::read);
    assert_eq!(problems.len(), 1, "no protocol");
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let pipelines = Arc::default();
    let first = receiver(BOTH, &pipelines).await;
    let text = format!(
        "protocols: {{ grpc: {{ endpoint: {} }} }}",
        first.grpc_address().unwrap()
    );
    let error = receiver_in(&context(), &text, &pipelines)
        .await
        .unwrap_err();
    assert!(
        error.reason.starts_with("cannot listen on 127.0.0.1:"),
        "{error}"
    );
    assert!(error.reason.contains("in use"), "{error}");
}
