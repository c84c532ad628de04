//! SIGHUP: a good configuration takes over without losing anything, a bad one changes nothing.

use std::fs;
use std::time::Duration;

use secspan_tests::collector::Collector;
use secspan_tests::workflow::Workflow;
use secspan_tests::{http, poll};
use serde_json::Value;

/// The collector's own default, as a file that a test can change.
const DEFAULT: &str = include_str!("../../otel-collector/src/config/default.yaml");

fn send(collector: &Collector, spans: &[Value]) {
    let headers = [("content-type", "application/json")];
    let body = Workflow::request(spans);
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn wait_for_log(collector: &Collector, words: &str, times: usize) {
    poll::until(words, Duration::from_secs(20), || {
        (collector.log().matches(words).count() >= times).then_some(())
    })
    .unwrap_or_else(|error| panic!("{error}: {}", collector.log()));
}

#[test]
fn an_open_workflow_and_all_counts_survive_a_reload() {
    let collector = Collector::start(&[]).unwrap();
    send(&collector, &Workflow::new(20).spans());
    collector.enrichments(1).unwrap();
    let mut spans = Workflow::new(21).spans();
    let root = spans.pop().unwrap();
    send(&collector, &spans);
    collector.signal("HUP").unwrap();
    wait_for_log(&collector, "ready, ", 2);
    send(&collector, &[root]);
    let lines = collector.enrichments(2).unwrap();
    assert_eq!(lines.len(), 2);
    let record: Value = serde_json::from_str(&lines[1]).unwrap();
    assert_eq!(record["total_duration_seconds"], 720, "{}", lines[1]);
    let count = "secops_enrichment_duration_seconds_count{workflow=\"security-alert-enrichment-v1\",priority=\"P2\"}";
    collector.metric(count);
    poll::until(
        "both workflows in the metric",
        Duration::from_secs(10),
        || (collector.metric(count) == Some(2.0)).then_some(()),
    )
    .unwrap();
}

#[test]
fn a_bad_configuration_is_reported_and_the_old_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("collector.yaml");
    fs::write(&config, DEFAULT).unwrap();
    let collector = Collector::start_from(Some(&config), &[], &[]).unwrap();
    fs::write(&config, DEFAULT.replace("signalrules", "signalrulez")).unwrap();
    collector.signal("HUP").unwrap();
    wait_for_log(&collector, "the old one goes on", 1);
    assert!(
        collector.log().contains("signalrulez"),
        "{}",
        collector.log()
    );
    send(&collector, &Workflow::new(22).spans());
    assert_eq!(collector.enrichments(1).unwrap().len(), 1);
}
