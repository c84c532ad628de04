//! OpenTelemetry's own SDKs in other languages send a workflow, and get the line that the plain client gets.

use std::path::{Path, PathBuf};
use std::process::Command;

use secspan_tests::collector::Collector;
use secspan_tests::stack::tool;
use secspan_tests::workflow::Workflow;
use serde_json::Value;

use crate::send;

/// What differs between two runs: identity, and where and when it ran.
const OWN: [&str; 5] = [
    "ticket_id",
    "trace_id",
    "span_id",
    "enrichment_date",
    "analyst",
];

fn comparable(line: &str) -> Value {
    let mut record: Value = serde_json::from_str(line).unwrap();
    let fields = record.as_object_mut().unwrap();
    for own in OWN {
        assert!(fields.remove(own).is_some(), "{own} is missing: {line}");
    }
    record
}

fn assert_gets_the_canonical_line(mut client: Command, endpoint: fn(&Collector) -> String) {
    let collector = Collector::start(&[]).unwrap();
    let output = client
        .arg("OPS-4242")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint(&collector))
        .env("OTEL_EXPORTER_OTLP_INSECURE", "true")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let trace_id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let line = collector.enrichments(1).unwrap().remove(0);
    let record: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(record["ticket_id"], "OPS-4242");
    assert_eq!(record["trace_id"], trace_id.as_str());
    send(&collector, &Workflow::new(1));
    let lines = collector.enrichments(2).unwrap();
    assert_eq!(comparable(&lines[0]), comparable(&lines[1]));
}

fn grpc(collector: &Collector) -> String {
    format!("http://{}", collector.grpc)
}

fn http(collector: &Collector) -> String {
    format!("http://{}", collector.http)
}

/// A client that stands in `examples/`, where people find it.
fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/clients")
        .join(name)
}

#[test]
fn curl() {
    // The script finds it on the PATH; asking for it here says so when it is missing.
    tool("CURL_BIN").unwrap();
    let mut client = Command::new("bash");
    client.arg(example("enrichment.sh"));
    assert_gets_the_canonical_line(client, http);
}

#[test]
fn python_example() {
    let mut client = Command::new(tool("PYTHON_CLIENT_BIN").unwrap());
    client.arg(example("enrichment.py"));
    assert_gets_the_canonical_line(client, grpc);
}

#[test]
fn python() {
    let mut client = Command::new(tool("PYTHON_CLIENT_BIN").unwrap());
    client.arg(tool("PYTHON_CLIENT").unwrap());
    assert_gets_the_canonical_line(client, grpc);
}

#[test]
fn node() {
    let mut client = Command::new("node");
    client.arg(tool("NODE_CLIENT").unwrap());
    assert_gets_the_canonical_line(client, http);
}

#[test]
fn go() {
    assert_gets_the_canonical_line(Command::new(tool("GO_CLIENT").unwrap()), grpc);
}
