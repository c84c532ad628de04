//! Runs a command line in this process, with the real components and a given environment.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "what fails here is the test's own ground"
)]

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secspan_collector::cli::{self, Exit, Host, Streams};
use secspan_collector::components;
use secspan_collector::config::problem::render::{Colour, text};
use secspan_collector::config::{Layer, Loaded, Report, load};
use secspan_collector::context::Context;
use secspan_collector::pipeline::{Carried, Collector};
use secspan_collector::telemetry::Telemetry;
use secspan_otlp::encode::{MetricRequest, Scope};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::MetricKind;

/// What a command did.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A directory of this package.
pub(crate) fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The YAML files of a directory, by name, sorted.
pub(crate) fn yaml_files(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("the directory exists");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.into_string().expect("a UTF-8 name"))
        .collect();
    names.retain(|name| Path::new(name).extension().is_some_and(|own| own == "yaml"));
    names.sort();
    names
}

/// Runs `secspan-collector <arguments>`; file names are relative to `directory`.
pub(crate) fn command(
    directory: &Path,
    environment: &[(&str, &str)],
    arguments: &[&str],
) -> Outcome {
    let variable = |name: &str| {
        environment
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| (*value).to_owned())
    };
    let host = Host {
        inventory: &components::inventory(),
        check: &|document, report| drop(components::parse(document, report)),
        environment: &variable,
        read_file: &|name| cli::read_file(&directory.join(name).to_string_lossy()),
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let (out_colour, err_colour) = (Colour::Plain, Colour::Plain);
    let mut streams = Streams {
        out: &mut out,
        out_colour,
        err: &mut err,
        err_colour,
    };
    let arguments = ["secspan-collector"]
        .iter()
        .chain(arguments)
        .map(OsString::from);
    let exit = cli::main(arguments, &host, &mut streams, |_| Exit::Success);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Outcome {
        exit,
        out: text(out),
        err: text(err),
    }
}

/// Addresses on loopback that nobody uses now.
pub(crate) fn free_addresses<const N: usize>() -> [SocketAddr; N] {
    // All are held until the last one is found, so that none is given twice.
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap())
}

/// A configuration, or what is wrong with it.
pub(crate) fn read(yaml: &str) -> Result<Loaded, String> {
    let report = Report::new();
    let layers = [Layer::Text {
        name: "edge.yaml".to_owned(),
        text: yaml.to_owned(),
    }];
    let inventory = components::inventory();
    let loaded = load(&layers, &|_| None, &inventory, &report).unwrap();
    drop(components::parse(&loaded.document, &report));
    if report.has_errors() {
        return Err(text(&report.problems(), Colour::Plain));
    }
    Ok(loaded)
}

/// What a collector shares among its parts; errors alone are shown.
pub(crate) fn context() -> Context {
    Context::new(Arc::new(Telemetry::default()))
}

/// Sends an OTLP request of a signal, which must be taken.
pub(crate) async fn post(address: SocketAddr, signal: &str, body: Vec<u8>) {
    let head = format!(
        "POST /v1/{signal} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/x-protobuf\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let answer = exchange(address, [head.into_bytes(), body].concat()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// Starts a collector in this process.
pub(crate) async fn start(yaml: &str, loaded: &Loaded) -> (Collector, Context) {
    let parsed = components::parse(&loaded.document, &Report::new());
    let context = context();
    let carried = Carried::default();
    let started = Collector::start(&loaded.document, parsed, context.clone(), &carried);
    match started.await {
        Ok(collector) => (collector, context),
        Err(error) => panic!("{error}\n{yaml}"),
    }
}

/// A request with one data point, of `edge_points`.
pub(crate) fn points(now: UnixNanos) -> Vec<u8> {
    let mut request = MetricRequest::new();
    request.resource(&[], &Scope::default(), |scope| {
        scope.metric("edge_points", "", "", MetricKind::Gauge, |points| {
            points.point(now, now, |point| {
                point.double(1.0);
            });
        });
    });
    request.finish()
}

/// The page of metrics at an address, without the head of the answer.
pub(crate) async fn page(address: SocketAddr) -> String {
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    let answer = exchange(address, request.into_bytes()).await;
    let body = answer.split_once("\r\n\r\n");
    body.map_or(String::new(), |(_, body)| body.to_owned())
}

/// One request on a connection of its own; the whole answer.
pub(crate) async fn exchange(address: SocketAddr, request: Vec<u8>) -> String {
    let exchange = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(&request)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        std::io::Result::Ok(String::from_utf8_lossy(&answer).into_owned())
    });
    exchange.await.unwrap().unwrap()
}
