//! Both protocols, compression, headers and TLS, on the wire.

use std::collections::BTreeMap;
use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secspan::testing::{Behaviour, Sink};
use secspan::{Compression, DeliveryError, Protocol};
use tracing::info_span;

use crate::setup::{quick, record};

fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn http_protobuf_with_gzip_and_headers() {
    let sink = Sink::start().unwrap();
    let set = variables(&[
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &sink.endpoint()),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer%20abc, x-team = blue",
        ),
    ]);
    let recording = record(quick().variables(set));
    info_span!("s").in_scope(|| {});
    assert_eq!(recording.guard.shutdown().unwrap().exported, 1);
    let headers = sink.last_headers();
    assert_eq!(headers["content-type"], "application/x-protobuf");
    assert_eq!(headers["content-encoding"], "gzip");
    assert_eq!(headers["authorization"], "Bearer abc");
    assert_eq!(headers["x-team"], "blue");
}

#[test]
fn http_errors_are_told_apart() {
    let sink = Sink::start().unwrap();
    sink.behave(Behaviour::Unavailable { retry_after: None });
    let recording = record(
        quick()
            .protocol(Protocol::HttpProtobuf)
            .endpoint(sink.endpoint()),
    );
    info_span!("s").in_scope(|| {});
    sink.wait_requests(6).unwrap();
    sink.behave(Behaviour::Reject(1));
    let error = recording.guard.flush().unwrap_err();
    assert_eq!(error.report().rejected, 1);
    sink.behave(Behaviour::Invalid);
    info_span!("s").in_scope(|| {});
    let error = recording.guard.shutdown().unwrap_err();
    assert_eq!((error.report().rejected, error.report().failed), (1, 1));
}

#[test]
fn grpc_with_gzip() {
    let sink = Sink::start().unwrap();
    let recording = record(
        quick()
            .compression(Compression::Gzip)
            .endpoint(sink.endpoint()),
    );
    info_span!("s").in_scope(|| {});
    assert_eq!(recording.guard.shutdown().unwrap().exported, 1);
    assert_eq!(sink.last_headers()["grpc-encoding"], "gzip");
}

/// A private authority, a server that asks for client certificates, and files for the client.
struct Authority {
    folder: tempfile::TempDir,
    server: rustls::ServerConfig,
}

fn authority() -> Authority {
    let folder = tempfile::tempdir().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let leaf = |names: &[&str]| {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let certificate = CertificateParams::new(names)
            .unwrap()
            .signed_by(&key, &ca)
            .unwrap();
        (certificate, key)
    };
    let (server, server_key) = leaf(&["localhost"]);
    let (client, client_key) = leaf(&["client"]);
    let write = |name: &str, pem: String| std::fs::write(folder.path().join(name), pem).unwrap();
    write("ca.pem", ca.pem());
    write("client.pem", client.pem());
    write("client.key", client_key.serialize_pem());

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ca.der().clone()).unwrap();
    let roots = Arc::new(roots);
    let verifier =
        rustls::server::WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(&provider))
            .build()
            .unwrap();
    let chain: Vec<CertificateDer<'static>> = vec![server.der().clone()];
    let key = PrivateKeyDer::try_from(server_key.serialize_der()).unwrap();
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .unwrap();
    Authority { folder, server }
}

#[test]
fn mutual_tls_with_a_private_authority_on_both_protocols() {
    for protocol in ["grpc", "http/protobuf"] {
        let Authority { folder, server } = authority();
        let sink = Sink::start_tls(server).unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let set = variables(&[
            (
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                &format!("https://localhost:{}", sink.port()),
            ),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", &file("ca.pem")),
            ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &file("client.pem")),
            ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &file("client.key")),
        ]);
        let recording = record(quick().variables(set));
        info_span!("s").in_scope(|| {});
        assert_eq!(
            recording.guard.shutdown().unwrap().exported,
            1,
            "{protocol}"
        );
    }
}

#[test]
fn a_server_that_is_not_trusted_gets_nothing() {
    let Authority {
        folder: _kept,
        server,
    } = authority();
    let other = authority();
    let sink = Sink::start_tls(server).unwrap();
    let set = variables(&[
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            &format!("https://localhost:{}", sink.port()),
        ),
        (
            "OTEL_EXPORTER_OTLP_CERTIFICATE",
            &other.folder.path().join("ca.pem").display().to_string(),
        ),
    ]);
    let recording = record(quick().variables(set));
    info_span!("s").in_scope(|| {});
    let within = std::time::Duration::from_millis(300);
    let DeliveryError::Lost { report, last_error } =
        recording.guard.shutdown_within(within).unwrap_err()
    else {
        panic!("nothing can have been delivered")
    };
    assert_eq!((report.failed, sink.span_count()), (1, 0));
    assert!(last_error.unwrap().contains("certificate"));
}

#[test]
fn a_certificate_that_cannot_be_read_is_an_error_at_the_start() {
    let set = variables(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://localhost:4317"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "no-such-file.pem"),
    ]);
    let error = quick()
        .variables(set)
        .layer::<tracing_subscriber::Registry>()
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .starts_with("cannot read PEM from no-such-file.pem: "),
        "{error}"
    );
}
