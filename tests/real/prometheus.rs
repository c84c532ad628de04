//! A real Prometheus scrapes the derived metrics and answers PromQL over them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use secspan_tests::collector::Collector;
use secspan_tests::poll;
use secspan_tests::stack::Prometheus;
use secspan_tests::workflow::Workflow;
use serde_json::Value;

use crate::send;

const SERIES: &str = r#"secops_enrichments_total{workflow="security-alert-enrichment-v1",priority="P2",outcome="success"}"#;

/// Evaluated at the time of the last sample, where PromQL extrapolates nothing.
fn increase(prometheus: &Prometheus, series: &str) -> f64 {
    let time = prometheus.number(&format!("timestamp({series})")).unwrap();
    let result = prometheus
        .query_at(&format!("increase({series}[5m])"), time)
        .unwrap();
    result[0]["value"][1].as_str().unwrap().parse().unwrap()
}

#[test]
fn one_single_workflow_increases_by_one() {
    let collector = Collector::start(&[]).unwrap();
    let prometheus = Prometheus::start(collector.metrics).unwrap();
    // A closed label set is there before the first event.
    prometheus.wait_for(SERIES, 0.0).unwrap();
    send(&collector, &Workflow::new(1));
    collector.enrichments(1).unwrap();
    prometheus.wait_for(SERIES, 1.0).unwrap();
    let increase = increase(&prometheus, SERIES);
    assert!((increase - 1.0).abs() < 1e-9, "increase is {increase}");
}

#[test]
fn a_series_that_was_not_foreseen_also_increases_by_one() {
    let collector = Collector::start(&[]).unwrap();
    let prometheus = Prometheus::start(collector.metrics).unwrap();
    prometheus.wait_for(SERIES, 0.0).unwrap();
    send(&collector, &Workflow::new(2));
    let series = r#"traces_span_metrics_calls_total{span_name="triage"}"#;
    prometheus.wait_for(series, 1.0).unwrap();
    let increase = increase(&prometheus, series);
    assert!((increase - 1.0).abs() < 1e-9, "increase is {increase}");
}

#[test]
fn fifty_workflows_are_fifty_in_promql() {
    let collector = Collector::start(&[]).unwrap();
    let prometheus = Prometheus::start(collector.metrics).unwrap();
    for number in 0..50 {
        send(&collector, &Workflow::new(100 + number));
    }
    assert_eq!(collector.enrichments(50).unwrap().len(), 50);
    prometheus
        .wait_for("sum(secops_enrichments_total)", 50.0)
        .unwrap();
    let duration = "sum(secops_enrichment_duration_seconds_sum)";
    prometheus.wait_for(duration, 50.0 * 720.0).unwrap();
}

#[test]
fn exemplars_lead_to_the_trace() {
    let collector = Collector::start(&[]).unwrap();
    let prometheus = Prometheus::start(collector.metrics).unwrap();
    let workflow = Workflow::new(3);
    send(&collector, &workflow);
    collector.enrichments(1).unwrap();
    let found = poll::until("an exemplar", Duration::from_secs(40), || {
        let exemplars = prometheus
            .exemplars("secops_enrichment_duration_seconds_bucket")
            .unwrap_or_default();
        let ids: Vec<String> = exemplars
            .iter()
            .flat_map(|series| series["exemplars"].as_array().cloned().unwrap_or_default())
            .filter_map(|exemplar| exemplar["labels"]["trace_id"].as_str().map(str::to_owned))
            .collect();
        (!ids.is_empty()).then_some(ids)
    })
    .unwrap();
    assert!(found.contains(&workflow.trace_id()), "{found:?}");
}

#[test]
fn native_histograms_give_a_quantile_close_to_the_truth() {
    let collector = Collector::start(&[]).unwrap();
    let prometheus = Prometheus::start(collector.metrics).unwrap();
    for number in 0..5 {
        send(&collector, &Workflow::new(200 + number));
    }
    collector.enrichments(5).unwrap();
    // The name without _bucket is the native histogram.
    prometheus
        .wait_for(
            "sum(histogram_count(secops_enrichment_duration_seconds))",
            5.0,
        )
        .unwrap();
    let median = prometheus
        .number("histogram_quantile(0.5, sum(secops_enrichment_duration_seconds))")
        .unwrap();
    // All five took 720 s; a native bucket is far narrower than the classic 600 to 900.
    assert!((median - 720.0).abs() < 72.0, "median is {median}");
}

/// What Grafana puts in place of its own variables.
const VARIABLES: [(&str, &str); 2] = [("$__rate_interval", "1m"), ("$__range", "5m")];

#[test]
fn every_query_of_a_dashboard_is_answered() {
    let collector = Collector::start(&[]).unwrap();
    let prometheus = Prometheus::start(collector.metrics).unwrap();
    send(&collector, &Workflow::new(4));
    collector.enrichments(1).unwrap();
    prometheus
        .wait_for("sum(secops_enrichments_total)", 1.0)
        .unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../grafana/dashboards");
    let mut answered = 0;
    for file in fs::read_dir(folder).unwrap().flatten() {
        let text = fs::read_to_string(file.path()).unwrap();
        let dashboard: Value = serde_json::from_str(&text).unwrap();
        let panels = dashboard["panels"].as_array().unwrap();
        let targets = panels
            .iter()
            .flat_map(|panel| panel["targets"].as_array().unwrap());
        for expression in targets.filter_map(|target| target["expr"].as_str()) {
            let expression = VARIABLES
                .iter()
                .fold(expression.to_owned(), |text, (from, to)| {
                    text.replace(from, to)
                });
            prometheus
                .query(&expression)
                .unwrap_or_else(|error| panic!("{expression}: {error}"));
            answered += 1;
        }
    }
    assert!(answered > 10, "only {answered} queries");
}
