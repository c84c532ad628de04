//! Fifty tickets of the enrichment example, all at once: fifty lines, fifty in a real Prometheus, fifty traces in a real Tempo.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::Duration;

use secspan_tests::collector::{Collector, program};
use secspan_tests::poll;
use secspan_tests::stack::{Prometheus, Tempo};
use serde_json::Value;

const TICKETS: usize = 50;
/// A trace can be searched when Tempo has cut it.
const SEARCHABLE: Duration = Duration::from_secs(90);

/// Runs the example; the lines that it prints.
fn enrich(collector: &Collector) -> Vec<Value> {
    let tickets = TICKETS.to_string();
    let output = Command::new(program("secspan-examples", "enrichment").unwrap())
        .args(["--tickets", &tickets, "--concurrency", &tickets, "--json"])
        .env(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            format!("http://{}", collector.grpc),
        )
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The set of a text in all lines.
fn texts(lines: &[Value], key: &str) -> BTreeSet<String> {
    let texts = lines.iter().map(|line| line[key].as_str().unwrap());
    texts.map(str::to_owned).collect()
}

#[test]
fn fifty_tickets_are_fifty_lines_fifty_in_promql_and_fifty_traces() {
    let tempo = Tempo::start().unwrap();
    let endpoint = format!("http://{}", tempo.otlp);
    let collector =
        Collector::start_with(&[], &[("SECSPAN_TEMPO_ENDPOINT", endpoint.as_str())]).unwrap();
    let prometheus = Prometheus::start(collector.metrics).unwrap();
    let printed = enrich(&collector);
    let traces = texts(&printed, "trace_id");
    assert_eq!((printed.len(), traces.len()), (TICKETS, TICKETS));

    let records: Vec<Value> = collector
        .enrichments(TICKETS)
        .unwrap()
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(records.len(), TICKETS);
    assert_eq!(texts(&records, "trace_id"), traces);
    counted(&prometheus, &printed, &records);
    found(&tempo, &traces);
}

/// The application, its records and the metrics agree: on each priority, and on the calls to Perplexity.
fn counted(prometheus: &Prometheus, printed: &[Value], records: &[Value]) {
    prometheus
        .wait_for("sum(secops_enrichments_total)", TICKETS as f64)
        .unwrap();
    for priority in ["P1", "P2", "P3", "P4", "P5"] {
        let count = |lines: &[Value], key: &str| {
            let found = lines.iter().filter(|line| line[key] == priority);
            found.count()
        };
        let expected = count(printed, "priority");
        assert_eq!(count(records, "priority_assigned"), expected, "{priority}");
        let series = format!(r#"sum(secops_enrichments_total{{priority="{priority}"}})"#);
        prometheus.wait_for(&series, expected as f64).unwrap();
    }
    let queries = records.iter().map(|record| &record["perplexity_queries"]);
    let queries: u64 = queries.map(|queries| queries.as_u64().unwrap()).sum();
    prometheus
        .wait_for("sum(secops_perplexity_calls_total)", queries as f64)
        .unwrap();
}

/// Tempo finds these traces and no other, by the workflow and by the call that each of them made.
fn found(tempo: &Tempo, traces: &BTreeSet<String>) {
    for query in [
        r#"{ span.secops.workflow.name = "security-alert-enrichment-v1" }"#,
        r#"{ name = "cve_research" && event:name = "secops.perplexity.call" }"#,
    ] {
        let mut last = BTreeSet::new();
        poll::until(query, SEARCHABLE, || {
            last = tempo
                .search(query)
                .unwrap_or_default()
                .into_iter()
                .collect();
            (last == *traces).then_some(())
        })
        .unwrap_or_else(|error| panic!("{error}: found {}; {}", last.len(), tempo.log()));
    }
}
