//! Events that arrive as log records are folded onto their span, whichever comes first: same record, same metrics.

use std::time::Duration;

use secspan_tests::collector::Collector;
use secspan_tests::facts::{closing, decision};
use secspan_tests::workflow::Workflow;
use secspan_tests::{http, poll};
use serde_json::{Value, json};

const CALLS: [(&str, f64); 3] = [("search", 1.0), ("reason", 2.0), ("deep_research", 0.0)];

fn post(collector: &Collector, path: &str, body: &str) {
    let headers = [("content-type", "application/json")];
    let answer = http::post(collector.http, path, &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
}

/// Takes the events off the spans and gives them as log records that name their span, a millisecond apart: two records
/// that are alike in everything are one that was sent twice.
fn detach_events(spans: &mut [Value]) -> Vec<Value> {
    let mut records = Vec::new();
    for span in spans {
        let events = span.as_object_mut().unwrap().remove("events");
        let Some(Value::Array(events)) = events else {
            continue;
        };
        for (before_end_ms, event) in (0u64..).zip(events) {
            let time: u64 = event["timeUnixNano"].as_str().unwrap().parse().unwrap();
            let time = (time - before_end_ms * 1_000_000).to_string();
            records.push(json!({
                "timeUnixNano": time,
                "observedTimeUnixNano": time,
                "severityNumber": 9,
                "eventName": event["name"],
                "attributes": event["attributes"],
                "traceId": span["traceId"],
                "spanId": span["spanId"],
            }));
        }
    }
    records
}

fn log_request(records: &[Value]) -> String {
    let service = json!({ "key": "service.name", "value": { "stringValue": "plain-client" } });
    json!({ "resourceLogs": [{
        "resource": { "attributes": [service] },
        "scopeLogs": [{ "scope": { "name": "plain" }, "logRecords": records }],
    }]})
    .to_string()
}

/// The Perplexity calls, tokens and durations that the collector counted, as they stand on the page.
fn perplexity(collector: &Collector) -> Vec<String> {
    let scrape = || {
        http::get(collector.metrics, "/metrics", &[])
            .unwrap()
            .text()
    };
    // The first scrape shows new series at 0.
    scrape();
    let page = scrape();
    let lines = page.lines();
    lines
        .filter(|line| line.starts_with("secops_perplexity_"))
        .map(str::to_owned)
        .collect()
}

fn assert_counted(collector: &Collector) {
    for (kind, calls) in CALLS {
        let series = format!(r#"secops_perplexity_calls_total{{kind="{kind}",outcome="success"}}"#);
        assert_eq!(collector.metric(&series), Some(calls), "{kind}");
    }
}

/// The record and the metrics of a workflow whose calls are span events.
fn with_span_events(workflow: &Workflow) -> (Vec<String>, Vec<String>) {
    let collector = Collector::start(&[]).unwrap();
    post(
        &collector,
        "/v1/traces",
        &Workflow::request(&workflow.spans()),
    );
    let lines = collector.enrichments(1).unwrap();
    let metrics = perplexity(&collector);
    assert_counted(&collector);
    (lines, metrics)
}

#[test]
fn calls_as_log_records_before_the_spans_give_the_same_record_and_metrics() {
    let workflow = Workflow::new(30);
    let expected = with_span_events(&workflow);
    let collector = Collector::start(&[]).unwrap();
    let mut spans = workflow.spans();
    let records = detach_events(&mut spans);
    assert_eq!(records.len(), 3);
    post(&collector, "/v1/logs", &log_request(&records));
    post(&collector, "/v1/traces", &Workflow::request(&spans));
    let lines = collector.enrichments(1).unwrap();
    assert_eq!((lines, perplexity(&collector)), expected);
    assert_counted(&collector);
}

#[test]
fn calls_as_log_records_after_the_spans_give_the_same_record_and_metrics() {
    let workflow = Workflow::new(31);
    let expected = with_span_events(&workflow);
    let collector = Collector::start(&["connectors.workflow.quiet_period=10m"]).unwrap();
    let mut spans = workflow.spans();
    let records = detach_events(&mut spans);
    post(&collector, "/v1/traces", &Workflow::request(&spans));
    for record in &records {
        post(
            &collector,
            "/v1/logs",
            &log_request(std::slice::from_ref(record)),
        );
    }
    let metrics = perplexity(&collector);
    assert_counted(&collector);
    assert_eq!((collector.finish().unwrap(), metrics), expected);
}

#[test]
fn the_name_of_an_event_may_be_an_attribute_as_older_sdks_have_it() {
    let workflow = Workflow::new(34);
    let expected = with_span_events(&workflow);
    let collector = Collector::start(&[]).unwrap();
    let mut spans = workflow.spans();
    let mut records = detach_events(&mut spans);
    for record in &mut records {
        let name = record.as_object_mut().unwrap().remove("eventName").unwrap();
        let attribute = json!({ "key": "event.name", "value": { "stringValue": name } });
        record["attributes"].as_array_mut().unwrap().push(attribute);
    }
    post(&collector, "/v1/logs", &log_request(&records));
    post(&collector, "/v1/traces", &Workflow::request(&spans));
    let lines = collector.enrichments(1).unwrap();
    assert_eq!((lines, perplexity(&collector)), expected);
}

#[test]
fn log_records_that_are_no_events_change_nothing() {
    let workflow = Workflow::new(32);
    let expected = with_span_events(&workflow);
    let collector = Collector::start(&[]).unwrap();
    let mut spans = workflow.spans();
    let mut records = detach_events(&mut spans);
    for record in &mut records {
        record.as_object_mut().unwrap().remove("eventName");
        record["body"] = json!({ "stringValue": "secops.perplexity.call" });
    }
    post(&collector, "/v1/logs", &log_request(&records));
    post(
        &collector,
        "/v1/traces",
        &Workflow::request(&workflow.spans()),
    );
    let lines = collector.enrichments(1).unwrap();
    assert_eq!((lines, perplexity(&collector)), expected);
}

#[test]
fn a_call_outside_any_workflow_counts() {
    let collector = Collector::start(&[]).unwrap();
    let mut spans = Workflow::new(33).spans();
    let mut records = detach_events(&mut spans);
    for record in &mut records {
        let record = record.as_object_mut().unwrap();
        record.remove("traceId");
        record.remove("spanId");
    }
    post(&collector, "/v1/logs", &log_request(&records));
    let series = r#"secops_perplexity_calls_total{kind="reason",outcome="success"}"#;
    let counted = poll::until("the calls", Duration::from_secs(10), || {
        collector.metric(series).filter(|calls| *calls > 0.0)
    });
    assert_eq!(counted.ok(), Some(2.0));
}

#[test]
fn a_decision_and_a_closing_need_no_span_and_count_once() {
    let collector = Collector::start(&[]).unwrap();
    let (mut deciding, _) = decision(40, "Not selected for review (25% sampling)", None);
    let (mut closed, _) = closing(41, "2025-12-03T09:41:07Z");
    let mut spans = [deciding.take(), closed.take()];
    let on_spans = Workflow::request(&spans);
    let mut records = detach_events(&mut spans);
    post(&collector, "/v1/traces", &on_spans);
    for _ in 0..2 {
        post(&collector, "/v1/logs", &log_request(&records));
    }
    for record in &mut records {
        let record = record.as_object_mut().unwrap();
        record.remove("traceId");
        record.remove("spanId");
        record["timeUnixNano"] = json!("1764764144000310999");
    }
    post(&collector, "/v1/logs", &log_request(&records));
    let both = || {
        let rows = collector.lines("review-decisions", ".csv");
        let closings = collector.lines("ticket-metrics-", ".jsonl");
        (rows.len() >= 3 && closings.len() >= 2).then_some((rows, closings))
    };
    let (rows, closings) = poll::until("the records", Duration::from_secs(30), both).unwrap();
    assert_eq!(
        (rows.len(), closings.len()),
        (3, 2),
        "{rows:?} {closings:?}"
    );
    let spanless =
        "P3,not_required,Not selected for review (25% sampling),2025-12-03T12:15:44.000310Z,";
    assert!(rows[2].ends_with(spanless), "{rows:?}");
    let spanless = closings.iter().filter(|line| !line.contains("trace_id"));
    assert_eq!(spanless.count(), 1, "{closings:?}");
}
