//! Tests against real servers and clients. Each module is a part of `cargo xtask real`, which builds or finds what it needs
//! and runs only the modules whose part is there: a part that cannot be had is reported, never passed.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on panics; that is its report"
)]

mod alerts;
mod clients;
mod example;
mod otelcol;
mod prometheus;
mod reports;
mod scripts;
mod telemetrygen;
mod tempo;

use secspan_tests::collector::Collector;
use secspan_tests::http;
use secspan_tests::workflow::Workflow;
use serde_json::Value;

/// Sends a whole workflow in one request.
fn send(collector: &Collector, workflow: &Workflow) {
    send_spans(collector, &workflow.spans());
}

/// Sends spans in one request.
fn send_spans(collector: &Collector, spans: &[Value]) {
    let headers = [("content-type", "application/json")];
    let body = Workflow::request(spans);
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}
