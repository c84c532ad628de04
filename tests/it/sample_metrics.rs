//! What the collector counts is what stands in the files that it writes: every derived metric of a sample, added up again from
//! the lines.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use secspan_records::timestamp::Timestamp;
use secspan_tests::collector::Collector;
use secspan_tests::{http, poll};
use serde_json::Value;

use crate::cli_program::run;

const PRIORITIES: [&str; 5] = ["P1", "P2", "P3", "P4", "P5"];

/// The records of one kind.
fn records(collector: &Collector, stem: &str) -> Vec<Value> {
    let lines = collector.lines(stem, ".jsonl");
    let records = lines.iter().map(|line| serde_json::from_str(line).unwrap());
    records.collect()
}

fn text<'r>(record: &'r Value, field: &str) -> &'r str {
    record[field].as_str().unwrap_or_default()
}

fn number(record: &Value, field: &str) -> f64 {
    record[field].as_f64().unwrap()
}

/// How many records are as they should be.
fn count(records: &[Value], fits: impl Fn(&Value) -> bool) -> f64 {
    records.iter().filter(|record| fits(record)).count() as f64
}

/// What must stand on the page, by series.
type Expected = BTreeMap<String, f64>;

fn tickets(enrichments: &[Value], tickets: &[Value], expected: &mut Expected) {
    let closed: BTreeSet<&str> = tickets.iter().map(|it| text(it, "ticket_id")).collect();
    for priority in PRIORITIES {
        let open = enrichments.iter().filter(|it| {
            text(it, "priority_assigned") == priority && !closed.contains(text(it, "ticket_id"))
        });
        let since: Vec<i64> = open
            .map(|it| Timestamp::parse(text(it, "enrichment_date")).unwrap())
            .map(Timestamp::unix_seconds)
            .collect();
        let series = |name: &str| format!("{name}{{priority=\"{priority}\"}}");
        expected.insert(series("secops_tickets_open"), since.len() as f64);
        if let Some(oldest) = since.iter().min() {
            let name = series("secops_ticket_oldest_open_timestamp_seconds");
            expected.insert(name, *oldest as f64);
        }
        let closings = count(tickets, |it| text(it, "priority") == priority);
        expected.insert(series("secops_tickets_closed_total"), closings);
    }
}

fn reviews(reviews: &[Value], expected: &mut Expected) {
    for kind in ["cve", "event"] {
        let of_kind = |it: &Value| text(it, "investigation_type") == kind;
        let series = |name: &str| format!("{name}{{investigation_type=\"{kind}\"}}");
        let critical = count(reviews, |it| {
            of_kind(it) && number(it, "critical_issues") > 0.0
        });
        expected.insert(series("secops_reviews_critical_total"), critical);
        let clean = count(reviews, |it| {
            of_kind(it) && number(it, "critical_issues") + number(it, "significant_gaps") == 0.0
        });
        expected.insert(series("secops_reviews_first_pass_total"), clean);
    }
    for (severity, field) in [
        ("critical", "critical_issues"),
        ("significant", "significant_gaps"),
        ("minor", "minor_improvements"),
    ] {
        let sum = reviews.iter().map(|it| number(it, field)).sum();
        let name = format!("secops_review_findings_total{{severity=\"{severity}\"}}");
        expected.insert(name, sum);
    }
    for class in ["Excellent", "Good", "Needs Improvement", "Inadequate"] {
        let name = format!("secops_reviews_total{{classification=\"{class}\"}}");
        let of_class = count(reviews, |it| text(it, "quality_classification") == class);
        expected.insert(name, of_class);
    }
}

fn enrichments(enrichments: &[Value], expected: &mut Expected) {
    let workflow = "security-alert-enrichment-v1";
    for priority in PRIORITIES {
        let fits = |it: &&Value| text(it, "priority_assigned") == priority;
        let these: Vec<&Value> = enrichments.iter().filter(fits).collect();
        let labels = format!("workflow=\"{workflow}\",priority=\"{priority}\"");
        let name = format!("secops_enrichment_duration_seconds_count{{{labels}}}");
        expected.insert(name, these.len() as f64);
        let seconds = these.iter().map(|it| number(it, "total_duration_seconds"));
        let name = format!("secops_enrichment_duration_seconds_sum{{{labels}}}");
        expected.insert(name, seconds.sum());
        let exploited = these.iter().filter(|it| it["kev_status"] == true).count();
        let name = format!("secops_enrichment_kev_total{{priority=\"{priority}\"}}");
        expected.insert(name, exploited as f64);
    }
}

fn decisions(rows: &[String], expected: &mut Expected) {
    for priority in PRIORITIES {
        for decision in ["required", "not_required"] {
            let middle = format!(",{priority},{decision},");
            let count = rows.iter().filter(|row| row.contains(&middle)).count();
            let labels = format!("priority=\"{priority}\",decision=\"{decision}\"");
            let name = format!("secops_review_decisions_total{{{labels}}}");
            expected.insert(name, count as f64);
        }
    }
}

/// What must stand on the page, from the files as they are now.
fn expected(collector: &Collector) -> Expected {
    let records = |stem: &str| records(collector, stem);
    let mut expected = Expected::new();
    let enriched = records("enrichment-metrics-");
    enrichments(&enriched, &mut expected);
    reviews(&records("review-metrics-"), &mut expected);
    tickets(&enriched, &records("ticket-metrics-"), &mut expected);
    let rows = collector.lines("review-decisions", ".csv");
    decisions(&rows, &mut expected);
    expected
}

/// Every series that is not as expected.
fn differences(collector: &Collector, expected: &Expected) -> Vec<String> {
    let page = http::get(collector.metrics, "/metrics", &[])
        .unwrap()
        .text();
    let found = |series: &str| -> Option<f64> {
        let mut lines = page.lines();
        let rest = lines.find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let wrong = expected.iter().filter_map(|(series, wanted)| {
        let found = found(series);
        let same = found.is_some_and(|found| (found - wanted).abs() < 1e-9 * wanted.max(1.0));
        (!same).then(|| format!("{series}: wanted {wanted}, found {found:?}"))
    });
    wrong.collect()
}

#[test]
fn every_metric_of_a_sample_is_the_sum_of_its_records() {
    let collector = Collector::start(&[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let address = format!("http://{}", collector.grpc);
    let size = ["--seed", "7", "--records", "300"];
    let arguments = [&["sample"][..], &size, &["--otlp", &address]].concat();
    let sent = run(folder.path(), &arguments);
    assert_eq!(sent.code, Some(0), "{}", sent.err);
    collector.enrichments(300).unwrap();
    // Workflows end after a pause, and files are a moment before or behind the page.
    let mut wrong = Vec::new();
    let equal = poll::until("equal sums", Duration::from_mins(1), || {
        let expected = expected(&collector);
        let told = expected.values().filter(|value| **value > 0.0).count();
        assert!(expected.len() > 40, "{expected:?}");
        wrong = differences(&collector, &expected);
        (wrong.is_empty() && told > 25).then_some(())
    });
    equal.unwrap_or_else(|error| panic!("{error}: {wrong:#?}"));
    let dropped = collector.metric(r#"secops_open_dropped_total{items="tickets"}"#);
    assert_eq!(dropped, Some(0.0));
}
