//! What a followed-up ticket looks like when it arrives at a collector.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

use clap::Parser as _;
use secspan::testing::{Sink, SinkSpan};
use secspan_enrichment::sampling::SamplingRule;
use secspan_enrichment::terms::Priority;
use secspan_semconv::{attribute as key, event};
use tracing_subscriber::layer::SubscriberExt as _;

use super::cli::Args;
use super::shift::{self, Summary};

const STAGES: [&str; 7] = [
    "preparation",
    "evaluation",
    "gap_identification",
    "bias_detection",
    "fact_verification",
    "documentation",
    "feedback_loop",
];

/// A record of the file contract, with this ticket, priority and analyst.
fn line(ticket: &str, priority: &str, analyst: &str) -> String {
    format!(
        r#"{{"workflow_id":"security-alert-enrichment-v1","ticket_id":"{ticket}","cve_id":"CVE-2099-0001","analyst":"{analyst}","enrichment_date":"2025-12-03T09:41:07Z","total_duration_seconds":60,"stage_durations":{{"stage1_fetch_ticket":10,"stage2_research_cve":10,"stage3_priority_assessment":10,"stage4_context_analysis":10,"stage5_remediation_guidance":10,"stage6_update_jira":10}},"perplexity_tool":"reason","perplexity_queries":2,"priority_assigned":"{priority}","cvss_score":7.5,"epss_score":0.4,"kev_status":false,"sources_cited":6,"mitre_techniques_mapped":2}}"#
    )
}

/// Follows the records up; the spans that arrive, the printed text and the summary.
fn run(lines: &[String]) -> (Vec<SinkSpan>, String, Summary) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for line in lines {
        writeln!(file, "{line}").unwrap();
    }
    let path = file.path().to_str().unwrap();
    let args = Args::parse_from(["review", path, "--speed", "50", "--concurrency", "64"]);
    let sink = Sink::start().unwrap();
    let (layer, guard) = secspan::configure()
        .endpoint(sink.endpoint())
        .variables(BTreeMap::new())
        .schedule_delay(Duration::from_millis(20))
        .shutdown_timeout(Duration::from_secs(30))
        .layer()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut out = Vec::new();
    let subscriber = tracing_subscriber::registry().with(layer);
    let summary = tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(shift::run(&args, &mut out)).unwrap()
    });
    guard.shutdown().unwrap();
    (sink.spans(), String::from_utf8(out).unwrap(), summary)
}

#[test]
fn an_urgent_ticket_is_decided_reviewed_in_seven_stages_and_closed() {
    let (spans, out, summary) = run(&[line("OPS-1", "P1", "Jonas (Security Analyst)")]);
    assert_eq!((summary.reviewed, summary.not_reviewed), (1, 0));
    let whole = spans.iter().find(|span| span.name == "follow_up").unwrap();
    let decided = whole.event(event::SECOPS_REVIEW_DECIDED).unwrap();
    assert_eq!(decided.flag(key::SECOPS_REVIEW_REQUIRED), Some(true));
    assert_eq!(
        decided.text(key::SECOPS_REVIEW_REASON),
        Some("Mandatory review for P1 priority")
    );
    let closed = whole.event(event::SECOPS_TICKET_CLOSED).unwrap();
    assert_eq!(
        closed.text(key::SECOPS_TICKET_ENRICHED_AT),
        Some("2025-12-03T09:41:07Z")
    );
    let review = spans.iter().find(|span| span.name == "review").unwrap();
    assert_eq!(
        review.text(key::SECOPS_WORKFLOW_NAME),
        Some(secspan::REVIEW)
    );
    let reviewer = review.text(key::SECOPS_REVIEWER_NAME).unwrap();
    assert_ne!(reviewer, "Jonas", "nobody reviews his own analysis");
    assert_eq!(decided.text(key::SECOPS_REVIEWER_NAME), Some(reviewer));
    let mut stages: Vec<&SinkSpan> = spans
        .iter()
        .filter(|span| span.parent_span_id == review.span_id)
        .collect();
    stages.sort_by_key(|span| span.start_unix_nanos);
    let names: Vec<&str> = stages.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, STAGES);
    let score = stages[1].double(key::SECOPS_REVIEW_SCORE).unwrap();
    assert_eq!(out, format!("OPS-1      P1  {score:>6.2}\n"));
    assert!(stages[4].int(key::SECOPS_REVIEW_ACCURACY).is_some());
}

#[test]
fn the_others_are_drawn_as_the_rule_says_and_all_are_closed() {
    let priorities = Priority::ALL.into_iter().cycle();
    let tickets: Vec<(String, Priority)> = (0..100)
        .map(|number| format!("OPS-{number}"))
        .zip(priorities)
        .collect();
    let lines: Vec<String> = tickets
        .iter()
        .map(|(ticket, priority)| line(ticket, priority.as_str(), "Mira"))
        .collect();
    let (spans, _, summary) = run(&lines);
    let rule = SamplingRule::with_seed(1);
    let expected = tickets
        .iter()
        .filter(|(ticket, priority)| rule.requires(ticket, *priority))
        .count();
    assert!((40..60).contains(&expected), "{expected}");
    assert_eq!(
        (summary.reviewed, summary.not_reviewed),
        (expected, 100 - expected)
    );
    let events = |name: &str| {
        let events = spans.iter().flat_map(|span| &span.events);
        events.filter(|event| event.name == name).count()
    };
    assert_eq!(events(event::SECOPS_REVIEW_DECIDED), 100);
    assert_eq!(events(event::SECOPS_TICKET_CLOSED), 100);
    let verified = spans.iter().filter(|span| span.name == "fact_verification");
    assert_eq!(verified.count(), 40, "only P1 and P2");
}
