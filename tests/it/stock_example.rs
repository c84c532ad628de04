//! A host on the OpenTelemetry SDK and its OTLP exporter, with secspan's typed calls alone: the same exact record.

use std::process::{Command, Stdio};
use std::time::Duration;

use secspan_tests::collector::{Collector, program};
use secspan_tests::poll;
use serde_json::{Value, json};

fn run(collector: &Collector) {
    let output = Command::new(program("secspan-examples", "stock").unwrap())
        .env(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            format!("http://{}", collector.grpc),
        )
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn typed_calls_on_a_provider_of_the_host_give_an_exact_record() {
    let collector = Collector::start(&[]).unwrap();
    run(&collector);
    let lines = collector.enrichments(1).unwrap();
    assert_eq!(lines.len(), 1);
    let record: Value = serde_json::from_str(&lines[0]).unwrap();
    let facts = json!({
        "workflow_id": "security-alert-enrichment-v1",
        "ticket_id": "OPS-771",
        "cve_id": "CVE-2099-0001",
        "analyst": "Robin",
        "perplexity_tool": "reason",
        "perplexity_queries": 1,
        "priority_assigned": "P2",
        "cvss_score": 7.5,
        "epss_score": 0.00234,
        "kev_status": false,
        "sources_cited": 5,
        "mitre_techniques_mapped": 2,
    });
    for (key, fact) in facts.as_object().unwrap() {
        assert_eq!(record[key], *fact, "{key}: {}", lines[0]);
    }
    for stage in ["triage", "cve_research", "priority_assessment"] {
        let series = format!(
            r#"secops_enrichment_stage_duration_seconds_count{{workflow="security-alert-enrichment-v1",stage="{stage}"}}"#
        );
        collector.wait_for_metric(&series, 1.0).unwrap();
    }

    let mut closed = Vec::new();
    poll::until("the closing", Duration::from_secs(30), || {
        closed = collector.lines("ticket-metrics-", ".jsonl");
        (!closed.is_empty()).then_some(())
    })
    .unwrap();
    assert_eq!(closed.len(), 1);
    assert!(
        closed[0].contains(r#""ticket_id":"OPS-771""#),
        "{}",
        closed[0]
    );
    assert_eq!(collector.lines("", ".rejected"), Vec::<String>::new());
}
