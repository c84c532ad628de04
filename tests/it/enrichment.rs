//! From spans to exactly one record per workflow, and to metrics that say the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use secspan_tests::collector::{Collector, program};
use secspan_tests::workflow::{STAGE_SECONDS, Workflow};
use secspan_tests::{http, poll};
use serde_json::Value;

const LEGACY_KEYS: [&str; 6] = [
    "stage1_fetch_ticket",
    "stage2_research_cve",
    "stage3_priority_assessment",
    "stage4_context_analysis",
    "stage5_remediation_guidance",
    "stage6_update_jira",
];

fn send(collector: &Collector, spans: &[Value]) {
    let headers = [("content-type", "application/json")];
    let body = Workflow::request(spans);
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// Contract 5.1: required fields, their types, and the sum of the stages.
fn assert_valid(line: &str) -> Value {
    let record: Value = serde_json::from_str(line).unwrap();
    assert_eq!(record["workflow_id"], "security-alert-enrichment-v1");
    for text in [
        "ticket_id",
        "analyst",
        "enrichment_date",
        "priority_assigned",
    ] {
        assert!(record[text].is_string(), "{text}: {line}");
    }
    assert!(
        record["enrichment_date"].as_str().unwrap().ends_with('Z'),
        "{line}"
    );
    let stages = record["stage_durations"].as_object().unwrap();
    assert_eq!(stages.keys().collect::<Vec<_>>(), LEGACY_KEYS, "{line}");
    let sum: u64 = stages.values().map(|value| value.as_u64().unwrap()).sum();
    assert_eq!(
        record["total_duration_seconds"].as_u64().unwrap(),
        sum,
        "{line}"
    );
    for integer in [
        "perplexity_queries",
        "sources_cited",
        "mitre_techniques_mapped",
    ] {
        assert!(record[integer].is_u64(), "{integer}: {line}");
    }
    record
}

#[test]
fn a_plain_http_client_gets_the_canonical_record() {
    let collector = Collector::start(&[]).unwrap();
    let workflow = Workflow::new(1);
    send(&collector, &workflow.spans());
    let lines = collector.enrichments(1).unwrap();
    assert_eq!(lines.len(), 1);
    let record = assert_valid(&lines[0]);
    assert_eq!(record["ticket_id"], workflow.ticket().as_str());
    assert_eq!(record["total_duration_seconds"], 720);
    let stages: Vec<u64> = LEGACY_KEYS
        .iter()
        .map(|key| record["stage_durations"][key].as_u64().unwrap())
        .collect();
    // The order of the keys is the legacy one: research takes attack mapping, the last takes documentation.
    assert_eq!(stages, [30, 180, 120, 150, 180, 60]);
    assert_eq!(record["perplexity_tool"], "reason");
    assert_eq!(record["perplexity_queries"], 3);
    assert_eq!(record["cvss_score"], 7.5);
    assert_eq!(record["epss_score"], 0.00234);
    assert_eq!(record["kev_status"], false);
    assert_eq!(record["trace_id"], workflow.trace_id().as_str());
}

#[test]
fn shuffled_duplicated_and_split_spans_give_the_same_line() {
    let collector = Collector::start(&[]).unwrap();
    let straight = Workflow::new(2);
    send(&collector, &straight.spans());
    let expected = collector.enrichments(1).unwrap().remove(0);
    let other = Collector::start(&["connectors.workflow.quiet_period=10m"]).unwrap();
    let mut spans = straight.spans();
    spans.reverse();
    spans.rotate_left(3);
    // Every span in its own request and on its own connection, every second one twice.
    for (index, span) in spans.iter().enumerate() {
        send(&other, std::slice::from_ref(span));
        if index % 2 == 0 {
            send(&other, std::slice::from_ref(span));
        }
    }
    assert_eq!(other.finish().unwrap(), [expected]);
}

#[test]
fn metrics_and_records_agree() {
    let collector = Collector::start(&[]).unwrap();
    for number in 10..15 {
        send(&collector, &Workflow::new(number).spans());
    }
    let lines = collector.enrichments(5).unwrap();
    assert_eq!(lines.len(), 5);
    let labels = r#"workflow="security-alert-enrichment-v1",priority="P2""#;
    let count = format!("secops_enrichment_duration_seconds_count{{{labels}}}");
    let sum = format!("secops_enrichment_duration_seconds_sum{{{labels}}}");
    collector.wait_for_metric(&count, 5.0).unwrap();
    collector.wait_for_metric(&sum, 5.0 * 720.0).unwrap();
    let calls = r#"secops_perplexity_calls_total{kind="reason",outcome="success"}"#;
    collector.wait_for_metric(calls, 10.0).unwrap();
    for (stage, seconds) in STAGE_SECONDS {
        let series = format!(
            r#"secops_enrichment_stage_duration_seconds_sum{{workflow="security-alert-enrichment-v1",stage="{stage}"}}"#
        );
        collector
            .wait_for_metric(&series, 5.0 * seconds as f64)
            .unwrap();
    }
}

#[test]
fn the_example_with_fifty_tickets_gives_fifty_records() {
    let collector = Collector::start(&[]).unwrap();
    let example = program("secspan-examples", "enrichment").unwrap();
    let status = Command::new(example)
        .args(["--tickets", "50", "--concurrency", "50"])
        .env(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            format!("http://{}", collector.grpc),
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    let lines = collector.enrichments(50).unwrap();
    assert_eq!(lines.len(), 50);
    let tickets: BTreeSet<String> = lines
        .iter()
        .map(|line| assert_valid(line)["ticket_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(tickets.len(), 50);
    poll::until("50 in the metric", Duration::from_secs(20), || {
        let page = http::get(collector.metrics, "/metrics", &[]).ok()?.text();
        let counted: f64 = page
            .lines()
            .filter(|line| line.starts_with("secops_enrichments_total{"))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum();
        ((counted - 50.0).abs() < 1e-9).then_some(())
    })
    .unwrap();
}

#[test]
fn a_workflow_without_a_required_fact_goes_to_the_rejected_file() {
    let collector = Collector::start(&[]).unwrap();
    let mut spans = Workflow::new(3).spans();
    let root = spans.last_mut().unwrap();
    let facts = root["attributes"].as_array_mut().unwrap();
    facts.retain(|fact| fact["key"] != "secops.analyst.name");
    send(&collector, &spans);
    send(&collector, &Workflow::new(4).spans());
    assert_eq!(collector.enrichments(1).unwrap().len(), 1);
    let rejected = poll::until("the rejected record", Duration::from_secs(20), || {
        collector.lines("enrichment-metrics-", ".rejected").pop()
    })
    .unwrap();
    assert!(rejected.contains("analyst"), "{rejected}");
    assert!(rejected.contains("OPS-103"), "{rejected}");
}

#[test]
fn the_reference_configuration_starts_and_works() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let reference = manifest.join("../otel-collector/configs/reference.yaml");
    let folder = tempfile::tempdir().unwrap();
    let directory = format!("exporters.jsonl.directory={}", folder.path().display());
    let collector = Collector::start_from(Some(&reference), &[&directory], &[]).unwrap();
    send(&collector, &Workflow::new(5).spans());
    let written = poll::until("the record", Duration::from_secs(20), || {
        let file = fs::read_dir(folder.path().join("metrics"))
            .ok()?
            .flatten()
            .next()?;
        fs::read_to_string(file.path())
            .ok()
            .filter(|text| text.ends_with('\n'))
    });
    let text = written.unwrap_or_else(|error| panic!("{error}: {}", collector.log()));
    assert_valid(text.lines().next().unwrap());
}
