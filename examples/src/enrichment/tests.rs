//! What a ticket looks like when it arrives at a collector.

use std::num::NonZeroUsize;
use std::time::Duration;

use secspan::testing::{Sink, SinkSpan};
use secspan_semconv::{attribute as key, event};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::app::{self, Summary};
use crate::cli::Args;

const STAGES: [&str; 8] = [
    "triage",
    "cve_research",
    "business_context",
    "remediation_planning",
    "attack_mapping",
    "priority_assessment",
    "documentation",
    "jira_update",
];

fn args(tickets: u32) -> Args {
    Args {
        tickets,
        concurrency: NonZeroUsize::new(16).unwrap(),
        speed: 20.0,
        fail_ratio: 0.0,
        seed: 1,
        json: true,
    }
}

/// The spans that arrive, the printed lines and the summary.
fn run(args: &Args) -> (Vec<SinkSpan>, Vec<serde_json::Value>, Summary) {
    let sink = Sink::start().unwrap();
    let (layer, guard) = secspan::configure()
        .service_name("test")
        .endpoint(sink.endpoint())
        .variables(std::collections::BTreeMap::new())
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
        runtime.block_on(app::run(args, None, &mut out)).unwrap()
    });
    let report = guard.shutdown().unwrap();
    assert_eq!(report.exported, u64::try_from(sink.span_count()).unwrap());
    let lines = String::from_utf8(out).unwrap();
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (sink.spans(), lines.collect(), summary)
}

/// The spans of a trace: the workflow span, and the others in the order in which they began.
fn trace(spans: &[SinkSpan], id: &str) -> (SinkSpan, Vec<SinkSpan>) {
    let mut spans: Vec<SinkSpan> = spans
        .iter()
        .filter(|span| span.trace_id == id)
        .cloned()
        .collect();
    spans.sort_by_key(|span| (!span.parent_span_id.is_empty(), span.start_unix_nanos));
    let root = spans.remove(0);
    assert!(root.text(key::SECOPS_WORKFLOW_NAME).is_some(), "{root:?}");
    (root, spans)
}

/// The fact as the collector would find it: on the workflow span, else on any stage.
fn has(root: &SinkSpan, stages: &[SinkSpan], name: &str) -> bool {
    std::iter::once(root)
        .chain(stages)
        .any(|span| span.get(name).is_some())
}

#[test]
fn a_ticket_is_eight_stages_below_a_workflow_with_every_fact() {
    let (spans, lines, summary) = run(&args(1));
    assert_eq!((summary.succeeded, summary.failed, spans.len()), (1, 0, 9));
    let (root, stages) = trace(&spans, lines[0]["trace_id"].as_str().unwrap());
    let names: Vec<&str> = stages.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, STAGES);
    assert!(
        stages
            .iter()
            .all(|stage| stage.parent_span_id == root.span_id)
    );
    assert_eq!(
        root.text(key::SECOPS_WORKFLOW_NAME),
        Some(secspan::ENRICHMENT)
    );
    assert_eq!(
        root.text(key::SECOPS_TICKET_ID),
        lines[0]["ticket"].as_str()
    );
    for fact in [
        key::SECOPS_ANALYST_NAME,
        key::SECOPS_VULNERABILITY_ID,
        key::SECOPS_PRIORITY,
        key::SECOPS_VULNERABILITY_SCORE_BASE,
        key::SECOPS_VULNERABILITY_EPSS_SCORE,
        key::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
        key::SECOPS_ENRICHMENT_SOURCE_COUNT,
        key::SECOPS_ENRICHMENT_TECHNIQUE_COUNT,
    ] {
        assert!(has(&root, &stages, fact), "{fact}");
    }
}

#[test]
fn calls_are_events_of_the_stage_that_makes_them() {
    let (spans, lines, _) = run(&args(1));
    let (_, stages) = trace(&spans, lines[0]["trace_id"].as_str().unwrap());
    let events = |stage: usize, name: &str| {
        let events = &stages[stage].events;
        events.iter().filter(|event| event.name == name).count()
    };
    assert_eq!(events(0, event::SECOPS_MCP_CALL), 1);
    assert!(events(1, event::SECOPS_PERPLEXITY_CALL) >= 2);
    assert!(events(7, event::SECOPS_MCP_CALL) >= 1);
    let first = stages[1].event(event::SECOPS_PERPLEXITY_CALL).unwrap();
    assert_eq!(first.text(key::SECOPS_PERPLEXITY_KIND), Some("reason"));
    assert!(first.double(key::SECOPS_DURATION).unwrap() > 0.0);
}

#[test]
fn faults_that_pass_leave_events_but_no_failure() {
    let (spans, _, summary) = run(&args(60));
    assert_eq!((summary.succeeded, summary.failed), (60, 0));
    let calls: Vec<_> = spans
        .iter()
        .flat_map(|span| &span.events)
        .filter(|event| event.name == event::SECOPS_PERPLEXITY_CALL)
        .collect();
    let with = |name: &str, value: &str| {
        calls
            .iter()
            .filter(|call| call.text(name) == Some(value))
            .count()
    };
    assert!(with(key::ERROR_TYPE, "429") > 0);
    assert!(with(key::SECOPS_OUTCOME, "timeout") > 0);
    let late = calls
        .iter()
        .find(|call| call.text(key::SECOPS_OUTCOME) == Some("timeout"));
    assert_eq!(
        late.unwrap().text(key::SECOPS_PERPLEXITY_KIND),
        Some("deep_research")
    );
    let again = spans
        .iter()
        .filter(|span| span.int(key::SECOPS_STAGE_ATTEMPT) == Some(2));
    assert!(again.count() > 0, "no update was tried twice");
    assert!(spans.iter().all(|span| span.status_code != 2));
}

#[test]
fn hundreds_of_tickets_at_once_are_no_fault() {
    let args = Args {
        concurrency: NonZeroUsize::new(300).unwrap(),
        ..args(300)
    };
    let (_, _, summary) = run(&args);
    assert_eq!((summary.succeeded, summary.failed), (300, 0));
}

#[test]
fn tickets_that_must_fail_do_so_in_three_ways() {
    let args = Args {
        fail_ratio: 0.5,
        ..args(6)
    };
    let (spans, lines, summary) = run(&args);
    assert_eq!(
        summary,
        Summary {
            succeeded: 3,
            failed_as_told: 3,
            failed: 0
        }
    );
    let mut outcomes: Vec<&str> = Vec::new();
    for line in lines.iter().filter(|line| line["outcome"] != "success") {
        let (root, _) = trace(&spans, line["trace_id"].as_str().unwrap());
        assert_eq!(root.status_code, 2, "{root:?}");
        assert_eq!(root.text(key::SECOPS_OUTCOME), line["outcome"].as_str());
        assert!(line["error"].is_string(), "{line}");
        outcomes.push(line["outcome"].as_str().unwrap());
    }
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["error", "failure", "timeout"]);
}
