//! The load generator that everybody has, over gRPC and HTTP.

use std::process::Command;

use secspan_tests::collector::Collector;
use secspan_tests::stack::tool;

const TRACES: &str = "25";

fn run(arguments: &[&str]) {
    let output = Command::new(tool("TELEMETRYGEN_BIN").unwrap())
        .args([
            "traces",
            "--otlp-insecure",
            "--batch=false",
            "--traces",
            TRACES,
        ])
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Each of its traces has two spans.
fn assert_all_arrived(collector: &Collector) {
    let accepted = collector.own_metric("otelcol_receiver_accepted_spans{receiver=\"otlp\"}");
    assert_eq!(accepted, Some(50.0), "{}", collector.log());
    let refused = collector.own_metric("otelcol_receiver_refused_spans{receiver=\"otlp\"}");
    assert_eq!(refused, Some(0.0));
}

#[test]
fn over_grpc() {
    let collector = Collector::start(&[]).unwrap();
    run(&["--otlp-endpoint", &collector.grpc.to_string()]);
    assert_all_arrived(&collector);
}

#[test]
fn over_http() {
    let collector = Collector::start(&[]).unwrap();
    run(&[
        "--otlp-http",
        "--otlp-endpoint",
        &collector.http.to_string(),
    ]);
    assert_all_arrived(&collector);
}
