//! The SDK and a plain client send the same workflow and get the same line.

use std::time::{Duration, SystemTime};

use opentelemetry::trace::{
    Span as _, SpanBuilder, TraceContextExt as _, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use secspan_semconv::{attribute, event};
use secspan_tests::collector::Collector;
use secspan_tests::http;
use secspan_tests::workflow::{STAGE_SECONDS, Workflow};
use serde_json::Value;
use tracing_subscriber::Registry;

/// What differs between two runs: identity, and when it ran.
const OWN: [&str; 3] = ["trace_id", "span_id", "enrichment_date"];

fn comparable(line: &str) -> Value {
    let mut record: Value = serde_json::from_str(line).unwrap();
    for own in OWN {
        assert!(
            record.as_object_mut().unwrap().remove(own).is_some(),
            "{own}: {line}"
        );
    }
    record
}

/// The canonical workflow, its spans dated back so that its stages last as long as they should.
fn send_with_the_sdk(endpoint: &str, ticket: &str) {
    // The tracer is used by itself, because `tracing` spans cannot be dated back.
    let (_, guard) = secspan::configure()
        .service_name("sdk")
        .endpoint(endpoint)
        .layer::<Registry>()
        .unwrap();
    let tracer = guard.provider().tracer("same_line");
    let total: u64 = STAGE_SECONDS.iter().map(|(_, seconds)| seconds).sum();
    let mut at = SystemTime::UNIX_EPOCH + Duration::from_secs(now_seconds() - total);
    let workflow = SpanBuilder::from_name("enrich")
        .with_start_time(at)
        .with_attributes(facts(ticket));
    let context = Context::current_with_span(tracer.build_with_context(workflow, &Context::new()));
    for (stage, seconds) in STAGE_SECONDS {
        let builder = SpanBuilder::from_name(stage).with_start_time(at);
        let mut span = tracer.build_with_context(builder, &context);
        at += Duration::from_secs(seconds);
        if stage == "cve_research" {
            for kind in ["search", "reason", "reason"] {
                span.add_event_with_timestamp(event::SECOPS_PERPLEXITY_CALL, at, call(kind));
            }
        }
        span.end_with_timestamp(at);
    }
    context.span().end_with_timestamp(at);
    drop(context);
    let report = guard.shutdown().unwrap();
    assert_eq!(report.exported, 9, "{report}");
}

fn now_seconds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the workflow ends now")]
    let now = SystemTime::now();
    now.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn facts(ticket: &str) -> Vec<KeyValue> {
    vec![
        KeyValue::new(attribute::SECOPS_WORKFLOW_NAME, secspan::ENRICHMENT),
        KeyValue::new(attribute::SECOPS_TICKET_ID, ticket.to_owned()),
        KeyValue::new(attribute::SECOPS_ANALYST_NAME, "Mira (Security Analyst)"),
        KeyValue::new(attribute::SECOPS_VULNERABILITY_ID, "CVE-2025-40112"),
        KeyValue::new(attribute::SECOPS_PRIORITY, "P2"),
        KeyValue::new(attribute::SECOPS_VULNERABILITY_SCORE_BASE, 7.5),
        KeyValue::new(attribute::SECOPS_VULNERABILITY_EPSS_SCORE, 0.00234),
        KeyValue::new(attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED, false),
        KeyValue::new(attribute::SECOPS_ENRICHMENT_SOURCE_COUNT, 5),
        KeyValue::new(attribute::SECOPS_ENRICHMENT_TECHNIQUE_COUNT, 3),
    ]
}

fn call(kind: &'static str) -> Vec<KeyValue> {
    vec![
        KeyValue::new(attribute::SECOPS_PERPLEXITY_KIND, kind),
        KeyValue::new(attribute::SECOPS_OUTCOME, "success"),
        KeyValue::new(attribute::SECOPS_DURATION, 2.5),
    ]
}

#[test]
fn from_the_sdk_and_from_a_plain_client() {
    let collector = Collector::start(&[]).unwrap();
    let workflow = Workflow::new(40);
    send_with_the_sdk(&format!("http://{}", collector.grpc), &workflow.ticket());
    collector.enrichments(1).unwrap();
    let headers = [("content-type", "application/json")];
    let body = Workflow::request(&workflow.spans());
    http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    let lines = collector.enrichments(2).unwrap();
    assert_eq!(comparable(&lines[0]), comparable(&lines[1]));
}
