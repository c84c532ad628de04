//! The review example against the real collector: what it says on standard output, the three files and the metrics are one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use secspan_enrichment::kinds::REVIEW;
use secspan_enrichment::review::Review;
use secspan_enrichment::sampling::SamplingRule;
use secspan_enrichment::terms::Priority;
use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_tests::collector::{Collector, program};
use secspan_tests::{http, poll};
use serde_json::Value;

const TICKETS: usize = 60;
const SEED: u64 = 7;

/// Runs an example that sends to this collector; what it printed.
fn run(name: &str, collector: &Collector, arguments: &[&str]) -> String {
    let output = Command::new(program("secspan-examples", name).unwrap())
        .args(arguments)
        .env(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            format!("http://{}", collector.grpc),
        )
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The lines of a file, once there are so many; never more.
fn lines(collector: &Collector, stem: &str, suffix: &str, count: usize) -> Vec<String> {
    let what = format!("{count} lines in {stem}*{suffix}");
    let mut found = Vec::new();
    poll::until(&what, Duration::from_secs(30), || {
        found = collector.lines(stem, suffix);
        (found.len() >= count).then_some(())
    })
    .unwrap_or_else(|error| panic!("{error}, found {}: {}", found.len(), collector.log()));
    assert_eq!(found.len(), count, "{stem}");
    found
}

/// The priority of each enriched ticket, and what the review example says of it.
fn followed_up(collector: &Collector) -> (BTreeMap<String, Priority>, BTreeMap<String, String>) {
    let tickets = TICKETS.to_string();
    run(
        "enrichment",
        collector,
        &["--tickets", &tickets, "--concurrency", &tickets],
    );
    let enriched = collector.enrichments(TICKETS).unwrap();
    let priorities = enriched.iter().map(|line| {
        let record: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| record[key].as_str().unwrap().to_owned();
        let priority = Priority::parse(&text("priority_assigned")).unwrap();
        (text("ticket_id"), priority)
    });
    let priorities = priorities.collect();
    // Around midnight there are two files.
    let files = std::fs::read_dir(collector.directory().join("metrics")).unwrap();
    let files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    let mut arguments: Vec<&str> = files.iter().map(|path| path.to_str().unwrap()).collect();
    let seed = SEED.to_string();
    arguments.extend(["--seed", &seed, "--speed", "10", "--concurrency", "20"]);
    let said = run("review", collector, &arguments);
    let said = said.lines().map(|line| {
        // The ticket, its priority, and the score or that there is none.
        let words: Vec<&str> = line.split_whitespace().collect();
        (words[0].to_owned(), words[2..].join(" "))
    });
    (priorities, said.collect())
}

#[test]
fn decisions_reviews_and_closings_are_what_the_rule_and_the_example_say() {
    let collector = Collector::start(&[]).unwrap();
    let (priorities, said) = followed_up(&collector);
    let rule = SamplingRule::with_seed(SEED);
    let required = |ticket: &str| rule.requires(ticket, priorities[ticket]);
    let due = priorities.keys().filter(|ticket| required(ticket)).count();
    assert!((1..TICKETS).contains(&due), "{due}");

    let reviews = lines(&collector, "review-metrics-", ".jsonl", due);
    for line in &reviews {
        let strict = Reading {
            strict: true,
            ..Reading::default()
        };
        let record = Record::from_line(&REVIEW, line, strict).unwrap();
        let record = Review::of(&record).unwrap();
        let ticket = record.ticket.as_ref();
        assert!(required(ticket), "{line}");
        assert_eq!(said[ticket], format!("{:.2}", record.score.get()));
        let urgent = matches!(priorities[ticket], Priority::P1 | Priority::P2);
        assert_eq!(record.fact_verification, urgent, "{line}");
        assert_eq!(record.accuracy.is_some(), urgent, "{line}");
    }

    let decisions = lines(&collector, "review-decisions", ".csv", TICKETS + 1);
    let mut rows = BTreeSet::new();
    for row in &decisions[1..] {
        let columns: Vec<&str> = row.split(',').collect();
        assert_eq!(columns.len(), 6, "{row}");
        let known = priorities[columns[0]];
        assert_eq!(columns[1], known.as_str(), "{row}");
        let needed = required(columns[0]);
        let word = if needed { "required" } else { "not_required" };
        assert_eq!(columns[2], word, "{row}");
        assert_eq!(columns[3], rule.reason(known, needed), "{row}");
        assert_eq!(columns[5].is_empty(), !needed, "{row}");
        rows.insert(columns[0].to_owned());
    }
    assert_eq!(rows.len(), TICKETS, "every ticket once");

    let closings = lines(&collector, "ticket-metrics-", ".jsonl", TICKETS);
    let enriched: BTreeMap<String, Value> = collector
        .enrichments(TICKETS)
        .unwrap()
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|record| (record["ticket_id"].as_str().unwrap().to_owned(), record))
        .collect();
    for line in &closings {
        let closing: Value = serde_json::from_str(line).unwrap();
        let record = &enriched[closing["ticket_id"].as_str().unwrap()];
        assert_eq!(closing["priority"], record["priority_assigned"]);
        assert_eq!(closing["enrichment_date"], record["enrichment_date"]);
        assert!(closing["closed_date"].is_string(), "{line}");
    }
    assert_eq!(collector.lines("", ".rejected"), Vec::<String>::new());
    agree(&collector, due);
}

/// The metrics count what the files hold.
fn agree(collector: &Collector, due: usize) {
    let not_due = TICKETS - due;
    for (name, label, wanted) in [
        ("secops_reviews_total", "", due),
        (
            "secops_review_decisions_total",
            r#"decision="required""#,
            due,
        ),
        (
            "secops_review_decisions_total",
            r#"decision="not_required""#,
            not_due,
        ),
        ("secops_tickets_closed_total", "", TICKETS),
    ] {
        let what = format!("{name}{{{label}}} = {wanted}");
        let mut last = 0.0;
        poll::until(&what, Duration::from_secs(20), || {
            let page = http::get(collector.metrics, "/metrics", &[]).ok()?.text();
            last = page
                .lines()
                .filter(|line| line.starts_with(&format!("{name}{{")) && line.contains(label))
                .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
                .sum();
            ((last - wanted as f64).abs() < 1e-9).then_some(())
        })
        .unwrap_or_else(|error| panic!("{error}: last {last}"));
    }
}
