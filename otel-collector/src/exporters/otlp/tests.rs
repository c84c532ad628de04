//! The gRPC exporter against servers that answer what a test wants, and against our own receiver.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use secspan_otlp::encode;
use tokio::sync::Semaphore;

use super::*;
use crate::batch::Payload;
use crate::config::read_text;
use crate::http::{Answer, Listener, Server, ServerSettings};
use crate::receivers::otlp::tests::{Pipelines, one_span, receiver};
use crate::rpc::{self, GRPC_PREFIX_BYTES};
use crate::tls::TlsServer;
use crate::tls::tests::Authority;

/// A server that answers from a list and remembers what it was asked.
#[derive(Debug)]
pub(crate) struct Scripted {
    answers: Mutex<VecDeque<Response<Answer>>>,
    pub(crate) requests: Mutex<Vec<(http::request::Parts, Bytes)>>,
    /// One permit per answer that may be given.
    gate: Semaphore,
    entered: Semaphore,
}

impl Scripted {
    pub(crate) fn new(answers: impl IntoIterator<Item = Response<Answer>>) -> Arc<Self> {
        Self::gated(answers, Semaphore::MAX_PERMITS)
    }

    fn gated(answers: impl IntoIterator<Item = Response<Answer>>, permits: usize) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            requests: Mutex::default(),
            gate: Semaphore::new(permits),
            entered: Semaphore::new(0),
        })
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Answer> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        self.requests.lock().unwrap().push((head, body));
        self.entered.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
        self.answers.lock().unwrap().pop_front().unwrap()
    }

    pub(crate) async fn serve(self: &Arc<Self>, address: &str, tls: Option<TlsServer>) -> Server {
        let scripted = Arc::clone(self);
        let service = hyper::service::service_fn(move |request| {
            let scripted = Arc::clone(&scripted);
            async move { Ok::<_, Infallible>(scripted.answer(request).await) }
        });
        let listener = Listener::bind(address.parse().unwrap()).await.unwrap();
        listener.serve("test", ServerSettings::default(), tls, service)
    }
}

/// A gRPC answer: a status in the trailers after a message.
fn grpc(number: i32, headers: &[(&'static str, String)], message: &[u8]) -> Response<Answer> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", number.into());
    for (name, value) in headers {
        trailers.insert(*name, value.parse().unwrap());
    }
    let data = [&rpc::grpc_prefix(false, message.len()), message].concat();
    let mut response = Response::new(Answer::with_trailers(data, trailers));
    let content_type = http::HeaderValue::from_static("application/grpc");
    response.headers_mut().insert("content-type", content_type);
    response
}

fn taken() -> Response<Answer> {
    grpc(0, &[], &[])
}

fn exporter(address: SocketAddr, more: &str) -> OtlpExporter {
    let text = format!("endpoint: {address}\ntls: {{ insecure: true }}\n{more}");
    let (config, problems) = read_text(&text, OtlpExporterConfig::read);
    assert!(problems.is_empty(), "{problems:#?}");
    config.client("otlp").unwrap()
}

fn batch() -> Batch {
    Batch::Traces(Payload {
        bytes: one_span(),
        items: 1,
    })
}

#[tokio::test]
async fn the_stored_bytes_arrive_as_they_are_or_compressed() {
    for (compression, encoding) in [
        ("none", None),
        ("gzip", Some("gzip")),
        ("zstd", Some("zstd")),
    ] {
        let scripted = Scripted::new([taken()]);
        let server = scripted.serve("127.0.0.1:0", None).await;
        let exporter = exporter(
            server.address(),
            &format!("compression: {compression}\nheaders: {{ x-tenant: blue }}"),
        );
        assert_eq!(exporter.export(&batch()).await, Ok(Delivered::default()));
        let (head, body) = scripted.requests.lock().unwrap().pop().unwrap();
        assert_eq!(
            head.uri.path(),
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
        );
        assert_eq!(head.headers["x-tenant"], "blue");
        assert_eq!(head.headers["content-type"], "application/grpc");
        assert_eq!(head.headers["te"], "trailers");
        assert_eq!(head.headers["grpc-timeout"], "5000m");
        assert_eq!(
            head.headers
                .get("grpc-encoding")
                .map(|value| value.to_str().unwrap()),
            encoding
        );
        let (prefix, message) = body.split_at(GRPC_PREFIX_BYTES);
        assert_eq!(prefix, rpc::grpc_prefix(encoding.is_some(), message.len()));
        if encoding.is_none() {
            assert_eq!(message, one_span());
        }
    }
}

#[tokio::test]
async fn our_receiver_takes_what_it_sends() {
    for compression in ["none", "gzip", "zstd"] {
        let pipelines = Arc::<Pipelines>::default();
        let receiver = receiver("protocols: { grpc: { endpoint: 127.0.0.1:0 } }", &pipelines).await;
        let exporter = exporter(
            receiver.grpc_address().unwrap(),
            &format!("compression: {compression}"),
        );
        let payload = Payload {
            bytes: one_span(),
            items: 1,
        };
        let batches = [
            Batch::Traces(payload.clone()),
            Batch::Metrics(payload.clone()),
            Batch::Logs(payload),
        ];
        for batch in batches {
            assert_eq!(exporter.export(&batch).await, Ok(Delivered::default()));
            let taken = pipelines.taken.lock().unwrap().pop().unwrap();
            assert_eq!(taken, (batch.signal(), one_span()));
        }
    }
}

type Outcome = Result<Delivered, ExportError>;

fn retry(after_seconds: Option<u64>, reason: &str) -> Outcome {
    let after = after_seconds.map(Duration::from_secs);
    Err(ExportError::Retry {
        after,
        reason: reason.to_owned(),
    })
}

fn permanent(reason: &str) -> Outcome {
    Err(ExportError::Permanent {
        reason: reason.to_owned(),
    })
}

/// Gives every answer in turn and compares what the exporter makes of it.
async fn check(cases: Vec<(Response<Answer>, Outcome)>) {
    let (answers, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let scripted = Scripted::new(answers);
    let server = scripted.serve("127.0.0.1:0", None).await;
    let exporter = exporter(server.address(), "");
    for expected in expected {
        assert_eq!(exporter.export(&batch()).await, expected);
    }
}

#[tokio::test]
async fn every_status_has_its_meaning() {
    let partial = encode::export_response(7, "too old");
    let details = encode::status(14, "me", Some(Duration::from_secs(9)));
    let unpadded = [("grpc-status-details-bin", STANDARD_NO_PAD.encode(&details))];
    let padded = [("grpc-status-details-bin", STANDARD.encode(&details))];
    assert_ne!(unpadded, padded);
    let no_details = [("grpc-status-details-bin", "not base64!".to_owned())];
    let words = [("grpc-message", "100%25 f%C3%BCll".to_owned())];
    let rejected = Delivered {
        rejected: 7,
        message: "too old".to_owned(),
        reported: false,
    };
    check(vec![
        (taken(), Ok(Delivered::default())),
        (grpc(0, &[], &partial), Ok(rejected)),
        (grpc(0, &[], b"\xff"), Ok(Delivered::default())),
        (grpc(14, &unpadded, &[]), retry(Some(9), "UNAVAILABLE: ")),
        (grpc(14, &no_details, &[]), retry(None, "UNAVAILABLE: ")),
        (
            grpc(8, &unpadded, &[]),
            retry(Some(9), "RESOURCE_EXHAUSTED: "),
        ),
        (
            grpc(8, &padded, &[]),
            retry(Some(9), "RESOURCE_EXHAUSTED: "),
        ),
        (
            grpc(8, &words, &[]),
            permanent("RESOURCE_EXHAUSTED: 100% füll"),
        ),
        (
            grpc(3, &words, &[]),
            permanent("INVALID_ARGUMENT: 100% füll"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn answers_without_trailers_have_a_meaning_too() {
    let mut proxy = Response::new(Answer::new("<html>bad gateway</html>"));
    *proxy.status_mut() = StatusCode::BAD_GATEWAY;
    let proxy_words = "UNAVAILABLE: HTTP 502 Bad Gateway without a gRPC status";
    let mut headers_only = Response::new(Answer::default());
    headers_only.headers_mut().insert("grpc-status", 16.into());
    let page = Response::new(Answer::new("hello"));
    check(vec![
        (proxy, retry(None, proxy_words)),
        (headers_only, permanent("UNAUTHENTICATED: ")),
        (page, retry(None, "the answer ended without a gRPC status")),
    ])
    .await;
}

#[tokio::test]
async fn a_destination_that_comes_back_is_found_again() {
    let scripted = Scripted::new([taken(), taken()]);
    let server = scripted.serve("127.0.0.1:0", None).await;
    let address = server.address();
    let exporter = exporter(address, "");
    assert!(exporter.export(&batch()).await.is_ok());
    assert!(server.stop(Duration::from_secs(10)).await);
    let error = exporter.export(&batch()).await.unwrap_err();
    assert!(matches!(error, ExportError::Retry { after: None, .. }));
    assert!(
        error.to_string().contains("refused"),
        "the reason reaches the operator"
    );
    let server = scripted.serve(&address.to_string(), None).await;
    assert!(exporter.export(&batch()).await.is_ok());
    drop(server);
}

#[tokio::test]
async fn a_destination_that_does_not_answer_gets_a_new_connection() {
    // Takes connections and never reads: a peer that vanished.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let exporter = exporter(silent.local_addr().unwrap(), "timeout: 50ms");
    for _ in 0..2 {
        let error = exporter.export(&batch()).await.unwrap_err();
        assert!(error.to_string().contains("no answer within 50ms"));
        // A connection per attempt: with the first one kept, the second accept would wait for ever.
        silent.accept().await.unwrap();
    }
}

#[tokio::test]
async fn several_requests_share_a_connection() {
    let scripted = Scripted::gated((0..8).map(|_| taken()), 0);
    let server = scripted.serve("127.0.0.1:0", None).await;
    let exporter = Arc::new(exporter(server.address(), ""));
    let exports: Vec<_> = (0..8)
        .map(|_| {
            let exporter = Arc::clone(&exporter);
            tokio::spawn(async move { exporter.export(&batch()).await })
        })
        .collect();
    scripted.entered.acquire_many(8).await.unwrap().forget();
    scripted.gate.add_permits(8);
    for export in exports {
        assert!(export.await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn tls_with_a_client_certificate() {
    let authority = Authority::new();
    let server_tls = tls::ServerTls {
        client_ca: Some(authority.ca_file()),
        ..authority.server()
    };
    let tls = TlsServer::new(server_tls, &[b"h2"], crate::clock::instant()).unwrap();
    let scripted = Scripted::new([taken()]);
    let server = scripted.serve("127.0.0.1:0", Some(tls)).await;
    let (cert, key) = authority.issue("client", "collector");
    let text = format!(
        "endpoint: {}\ntls: {{ ca_file: {}, cert_file: {}, key_file: {} }}\n",
        server.address(),
        authority.ca_file().display(),
        cert.display(),
        key.display(),
    );
    let (config, problems) = read_text(&text, OtlpExporterConfig::read);
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(
        config.client("otlp").unwrap().export(&batch()).await,
        Ok(Delivered::default())
    );

    let stranger = Authority::new();
    let text = format!(
        "endpoint: https://{}\ntls: {{ ca_file: {} }}\n",
        server.address(),
        stranger.ca_file().display()
    );
    let (config, _) = read_text(&text, OtlpExporterConfig::read);
    let error = config
        .client("otlp")
        .unwrap()
        .export(&batch())
        .await
        .unwrap_err();
    assert!(
        matches!(error, ExportError::Retry { .. }),
        "an operator may mend it"
    );
    assert!(error.to_string().contains("certificate"));
}

#[test]
fn problems_of_a_configuration() {
    let text = "endpoint: http://tempo:4317/v1/traces\nheaders: { 'bad name': x }\ncompression: brotli\nretry_on_failure: { initial_interval: 1m, max_interval: 1s }\n";
    let (_, problems) = read_text(text, OtlpExporterConfig::read);
    let mut keys: Vec<String> = problems
        .iter()
        .map(|problem| problem.path.to_string())
        .collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "compression",
            "endpoint",
            "headers",
            "retry_on_failure.max_interval"
        ],
        "{problems:#?}"
    );
    let (config, _) = read_text(
        "endpoint: t:1\nheaders: { authorization: Bearer SECRET }",
        OtlpExporterConfig::read,
    );
    assert!(!format!("{config:?}").contains("SECRET"));
}
