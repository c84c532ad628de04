//! Exactly one record per workflow, whatever the order, duplication, lateness or memory.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on panics; that is its report"
)]

mod bounds;
mod chaos;
mod events;
mod names;
mod times;

use std::time::Duration;

use proptest::prelude::*;
use secspan_otlp::view::{SpanId, StatusCode};
use secspan_otlp::walk::{self, WalkLimits};
use secspan_semconv::attribute;
use secspan_testkit::clock::FakeClock;
use secspan_testkit::draw::Draw;
use secspan_testkit::span::{TestSpan, log_request, request};
use secspan_testkit::workflow::{Workflow, enrichment, review};

use secspan_enrichment::kinds::{self, KINDS};
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{LogView, SpanView, TraceId};
use secspan_records::assemble::Incomplete;
use secspan_records::definition::Definitions;
use secspan_records::join::{Join, Joined, Settings};
use secspan_records::record::Record;

/// A join with its keys and a clock, fed with wire bytes.
struct Bench {
    keys: Keys,
    join: Join,
    clock: FakeClock,
    out: Vec<Joined>,
}

const QUIET: Duration = Settings::QUIET_PERIOD;

impl Bench {
    fn new(settings: Settings) -> Self {
        let mut keys = Keys::new();
        let join = Join::new(settings, Definitions::of(KINDS), &mut keys).unwrap();
        let clock = FakeClock::at(UnixNanos(1_900_000_000_000_000_000));
        Self {
            keys,
            join,
            clock,
            out: Vec::new(),
        }
    }

    fn send<'a>(&mut self, spans: impl IntoIterator<Item = &'a TestSpan>) {
        let bytes = request(spans);
        let mut stage = self.join.stage();
        let mut visit = |view: &SpanView<'_, '_>| self.join.observe(&mut stage, view);
        walk::traces(&bytes, &self.keys, &WalkLimits::DEFAULT, &mut visit).unwrap();
        self.join.commit(stage, self.clock.now());
    }

    fn send_logs(&mut self, bytes: &[u8]) {
        let mut stage = self.join.stage();
        let mut visit = |view: &LogView<'_, '_>| self.join.observe_log_event(&mut stage, view);
        walk::logs(bytes, &self.keys, &WalkLimits::DEFAULT, &mut visit).unwrap();
        self.join.commit(stage, self.clock.now());
    }

    fn after(&mut self, wait: Duration) -> Vec<Joined> {
        self.clock.advance(wait);
        self.join.tick(self.clock.now(), &mut self.out);
        std::mem::take(&mut self.out)
    }

    /// The lines of the records that are due after the quiet period; nothing else may be due.
    fn lines(&mut self) -> Vec<String> {
        self.after(QUIET).into_iter().map(line).collect()
    }
}

fn line(joined: Joined) -> String {
    match joined {
        Joined::Record(record) => record.to_line(),
        other => panic!("{other:?}"),
    }
}

fn bench() -> Bench {
    Bench::new(Settings::default())
}

/// What the workflow gives when it arrives whole and in order.
fn expected(workflow: &Workflow) -> Vec<String> {
    let mut bench = bench();
    bench.send(&workflow.spans);
    bench.lines()
}

fn json(line: &str) -> serde_json::Value {
    serde_json::from_str(line).unwrap()
}

#[test]
fn the_canonical_workflow_is_one_record() {
    let workflow = enrichment(771);
    let lines = expected(&workflow);
    assert_eq!(lines.len(), 1);
    let record = json(&lines[0]);
    let strict = secspan_records::origin::Reading {
        strict: true,
        ..Default::default()
    };
    assert!(Record::from_line(&kinds::ENRICHMENT, &lines[0], strict).is_ok());
    assert_eq!(record["ticket_id"], "OPS-771");
    assert_eq!(record["perplexity_tool"], "deep_research");
    assert_eq!(record["perplexity_queries"], 2);
    assert_eq!(record["sources_cited"], 6);
    assert_eq!(record["mitre_techniques_mapped"], 2);
    assert_eq!(record["trace_id"], workflow.trace().to_string());
    for (_, seconds) in record["stage_durations_detail"].as_object().unwrap() {
        assert!(seconds.as_u64().unwrap() > 5);
    }
}

#[test]
fn nothing_is_due_before_the_quiet_period_is_over() {
    let mut bench = bench();
    let workflow = enrichment(1);
    bench.send(&workflow.spans[..5]);
    assert!(
        bench.after(QUIET * 3).is_empty(),
        "the workflow span is missing"
    );
    bench.send(&workflow.spans[5..]);
    assert!(bench.after(QUIET / 2).is_empty());
    let plain = TestSpan::new(workflow.trace(), SpanId([1; 8]), "GET /");
    bench.send([&plain]);
    assert!(
        bench.after(QUIET / 2).is_empty(),
        "the trace is not quiet yet"
    );
    let due = bench.join.next_due().unwrap();
    assert!(due <= UnixNanos(bench.clock.now().0 + 5_000_000_000));
    assert_eq!(bench.lines(), expected(&workflow));
    assert!(bench.lines().is_empty(), "once");
}

#[test]
fn a_trace_that_never_rests_is_complete_at_the_deadline() {
    let mut bench = bench();
    let workflow = enrichment(1);
    bench.send(&workflow.spans);
    let mut records = Vec::new();
    for n in 0..Settings::DEADLINE.as_secs() {
        let id = SpanId((n + 1).to_be_bytes());
        bench.send([&TestSpan::new(workflow.trace(), id, "tick")]);
        records.extend(bench.after(Duration::from_secs(1)));
    }
    assert_eq!(
        records.into_iter().map(line).collect::<Vec<_>>(),
        expected(&workflow)
    );
}

#[test]
fn the_whole_request_again_makes_no_second_record() {
    let mut bench = bench();
    let workflow = enrichment(3);
    bench.send(&workflow.spans);
    assert_eq!(bench.lines().len(), 1);
    bench.send(&workflow.spans);
    assert!(bench.lines().is_empty());
    assert_eq!(bench.join.counters().late, 0);
    bench.after(Settings::DEADLINE);
    assert_eq!(bench.join.counters().kept_traces, 0);
    bench.send(&workflow.spans);
    assert!(bench.lines().is_empty(), "the identity outlives the spans");
}

#[test]
fn late_spans_are_numbered_amendments() {
    let mut bench = bench();
    let workflow = enrichment(4);
    let (late, early): (Vec<_>, Vec<_>) = workflow
        .spans
        .iter()
        .partition(|span| matches!(&*span.name, "triage" | "jira_update"));
    bench.send(early);
    let first = bench.lines();
    assert_eq!(json(&first[0])["stage_durations_detail"]["triage"], 0);
    bench.send([late[0]]);
    let second = json(&bench.lines()[0]);
    assert_eq!(second["amendment"], 1);
    assert!(second["stage_durations_detail"]["triage"].as_u64() > Some(0));
    bench.send([late[1], late[0]]);
    let third = bench.lines();
    assert_eq!(third.len(), 1);
    assert_eq!(
        third[0].replace(r#","amendment":2"#, ""),
        expected(&workflow)[0]
    );
    assert_eq!(bench.join.counters().late, 2);
}

#[test]
fn two_workflows_in_one_trace_are_two_records() {
    let (first, second) = (enrichment(5), enrichment(6));
    let top = TestSpan::new(first.trace(), SpanId([0xee; 8]), "batch");
    let moved = |workflow: &Workflow| -> Vec<TestSpan> {
        let root = workflow.root().unwrap().span;
        let spans = workflow.spans.iter().cloned();
        spans
            .map(|span| {
                let parent = if span.span == root {
                    top.span
                } else {
                    span.parent
                };
                TestSpan {
                    trace: top.trace,
                    parent,
                    ..span
                }
            })
            .collect()
    };
    let mut spans = [moved(&first), moved(&second), vec![top.clone()]].concat();
    Draw::new(1).shuffle(&mut spans);
    let mut bench = bench();
    for part in spans.chunks(7) {
        bench.send(part);
    }
    let strip = |workflow: &Workflow, line: &str| {
        line.replace(&workflow.trace().to_string(), &top.trace.to_string())
    };
    let mut lines = bench.lines();
    lines.sort();
    let mut both = [
        strip(&first, &expected(&first)[0]),
        strip(&second, &expected(&second)[0]),
    ];
    both.sort();
    assert_eq!(lines, both);
}

#[test]
fn a_workflow_inside_another_keeps_its_stages() {
    let trace = TraceId([3; 16]);
    let id = |n: u8| SpanId([n; 8]);
    let at = |seconds: u64| UnixNanos(1_764_752_400_000_000_000 + seconds * 1_000_000_000);
    let whole = |n, name| {
        enrichment(n)
            .root()
            .unwrap()
            .clone()
            .with(attribute::SECOPS_TICKET_ID, name)
            .with(attribute::SECOPS_WORKFLOW_RUN_ID, name)
    };
    let outer = TestSpan {
        trace,
        span: id(1),
        ..whole(1, "OUTER")
    }
    .during(at(0), at(100));
    let stage = TestSpan::new(trace, id(2), "triage")
        .below(id(1))
        .during(at(0), at(50));
    let inner = TestSpan {
        trace,
        span: id(3),
        ..whole(2, "INNER")
    }
    .below(id(2));
    let spans = [
        stage,
        inner.during(at(10), at(30)),
        TestSpan::new(trace, id(4), "cve-research")
            .below(id(3))
            .during(at(10), at(30)),
        TestSpan::new(trace, id(5), "jira_update")
            .below(id(2))
            .during(at(40), at(45)),
        outer,
    ];
    let mut bench = bench();
    bench.send(&spans);
    let lines = bench.lines();
    let total = |ticket: &str| {
        let line = lines
            .iter()
            .find(|line| json(line)["ticket_id"] == ticket)
            .unwrap();
        json(line)["stage_durations_detail"].clone()
    };
    assert_eq!(total("INNER")["cve_research"], 20);
    assert_eq!(total("OUTER")["triage"], 45);
    assert_eq!(total("OUTER")["jira_update"], 5);
    assert_eq!(total("OUTER")["cve_research"], 0);
}

#[test]
fn a_stage_whose_ancestors_got_lost_is_still_counted() {
    let workflow = enrichment(7);
    let kept: Vec<_> = workflow
        .spans
        .iter()
        .filter(|span| !span.name.starts_with("run "))
        .collect();
    let mut bench = bench();
    bench.send(kept);
    assert_eq!(bench.lines(), expected(&workflow));
}

#[test]
fn spans_beside_and_above_the_workflow_are_not_of_it() {
    let workflow = enrichment(8);
    let trace = workflow.trace();
    let far = SpanId([0xfe; 8]);
    let server = TestSpan::new(trace, SpanId([0xfd; 8]), "POST /alerts")
        .below(far)
        .with(attribute::SECOPS_VULNERABILITY_ID, "CVE-1999-0001");
    let beside = TestSpan::new(trace, SpanId([0xfc; 8]), "triage")
        .below(server.span)
        .during(UnixNanos(1), UnixNanos(900_000_000_001));
    let below = workflow.clone().root_with(|root| root.below(server.span));
    let mut bench = bench();
    bench.send([&beside, &server]);
    bench.send(&below.spans);
    assert_eq!(bench.lines(), expected(&workflow));
}

#[test]
fn calls_as_log_records_are_calls_as_events() {
    let workflow = enrichment(9);
    let mut bare = workflow.clone();
    let mut events = Vec::new();
    for span in &mut bare.spans {
        for event in std::mem::take(&mut span.events) {
            events.push((span.trace, span.span, event));
        }
    }
    let logs = log_request(
        events
            .iter()
            .map(|(trace, span, event)| (*trace, *span, event)),
    );
    for logs_first in [true, false] {
        for (what, spans) in [
            ("logs alone", &bare.spans),
            ("both shapes", &workflow.spans),
        ] {
            let mut bench = bench();
            if logs_first {
                bench.send_logs(&logs);
            }
            bench.send(spans);
            bench.send_logs(&logs);
            assert_eq!(bench.lines(), expected(&workflow), "{what}");
        }
    }
}

#[test]
fn a_record_without_a_required_field_is_rejected_once_and_heals() {
    let workflow = enrichment(10);
    let bare = workflow
        .clone()
        .root_with(|root| root.without(attribute::SECOPS_ANALYST_NAME));
    let mut bench = bench();
    bench.send(&bare.spans);
    let joined = bench.after(QUIET);
    let [Joined::Rejected(unfinished)] = joined.as_slice() else {
        panic!("{joined:?}")
    };
    assert_eq!(unfinished.reasons.len(), 1);
    assert!(
        unfinished.reasons[0].starts_with("analyst: missing"),
        "{:?}",
        unfinished.reasons
    );
    assert_eq!(json(&unfinished.partial)["ticket_id"], "OPS-10");
    let note = TestSpan::new(workflow.trace(), SpanId([9; 8]), "note")
        .below(bare.root().unwrap().span)
        .with(attribute::SECOPS_ANALYST_NAME, "Mira");
    bench.send([&note]);
    let line = bench.lines().remove(0);
    assert_eq!(json(&line)["analyst"], "Mira");
    assert_eq!(
        json(&line)["amendment"],
        serde_json::Value::Null,
        "it is the first record"
    );
}

#[test]
fn a_failed_workflow_counts_by_its_outcome() {
    let failed = |workflow: Workflow| workflow.root_with(|root| root.ended(StatusCode::Error));
    let mut bench = bench();
    bench.send(&failed(enrichment(11)).spans);
    assert_eq!(json(&bench.lines()[0])["outcome"], "failure");
    let bare = failed(enrichment(12)).root_with(|root| root.without(attribute::SECOPS_TICKET_ID));
    bench.send(&bare.spans);
    let joined = bench.after(QUIET);
    let [Joined::Incomplete(unfinished)] = joined.as_slice() else {
        panic!("{joined:?}")
    };
    assert_eq!(
        unfinished.outcome,
        secspan_records::outcome::Outcome::Failure
    );
    assert!(unfinished.draft.field("priority_assigned").is_some());
}

#[test]
fn a_review_is_a_record_of_its_own_kind() {
    let workflow = review(30);
    let line = expected(&workflow).remove(0);
    let strict = secspan_records::origin::Reading {
        strict: true,
        ..Default::default()
    };
    let record = Record::from_line(&kinds::REVIEW, &line, strict).unwrap();
    assert_eq!(record.kind().file.stem, "review-metrics");
    let verified = workflow
        .spans
        .iter()
        .any(|span| span.name == "fact_verification");
    assert_eq!(json(&line)["fact_verification_performed"], verified);
    assert_eq!(json(&line)["reviewed_analyst"], "Mira");
    assert_eq!(json(&line)["investigation_type"], "event");
}

#[test]
fn a_review_that_contradicts_itself_is_rejected() {
    let workflow = review(31).root_with(|root| {
        root.with(attribute::SECOPS_REVIEW_SCORE, 59.5)
            .with(attribute::SECOPS_REVIEW_CLASSIFICATION, "good")
            .with(attribute::SECOPS_REVIEW_ACCURACY, 120)
            .without(attribute::SECOPS_REVIEW_FINDING_MINOR_COUNT)
    });
    let mut bench = bench();
    bench.send(&workflow.spans);
    let joined = bench.after(QUIET);
    let [Joined::Rejected(unfinished)] = joined.as_slice() else {
        panic!("{joined:?}")
    };
    insta::assert_snapshot!(unfinished.reasons.join("\n"), @r#"
    accuracy_score: 120 is not an accuracy from 0 to 100
    quality_classification: "Good" contradicts the score of 59.5, which is "Inadequate"
    minor_improvements: missing; set secops.review.finding.minor.count on a span of the workflow
    "#);
}

/// The spans in another order, some of them twice, in requests of any size.
fn scattered(workflow: &Workflow, seed: u64) -> Vec<Vec<TestSpan>> {
    let mut draw = Draw::new(seed);
    let mut spans = workflow.spans.clone();
    for _ in 0..draw.between(0, 12) {
        let again = draw.pick(&workflow.spans).cloned();
        spans.extend(again);
    }
    draw.shuffle(&mut spans);
    let mut requests = Vec::new();
    while !spans.is_empty() {
        let size = draw.between(1, spans.len() as u64);
        requests.push(spans.drain(..usize::try_from(size).unwrap()).collect());
    }
    requests
}

proptest! {
    #[test]
    fn any_order_any_duplication_any_split_is_the_same_line(
        seed in 0_u64..1_000_000,
        others in 0_u64..4,
        scatter in any::<u64>(),
    ) {
        let either = |seed| if seed % 3 == 0 { review(seed) } else { enrichment(seed) };
        let workflows: Vec<Workflow> = (seed..=seed + others).map(either).collect();
        let mut requests: Vec<Vec<TestSpan>> =
            workflows.iter().flat_map(|workflow| scattered(workflow, scatter)).collect();
        Draw::new(scatter).shuffle(&mut requests);
        let mut bench = bench();
        for request in &requests {
            bench.send(request);
            prop_assert!(bench.after(Duration::from_millis(20)).is_empty());
        }
        let mut lines = bench.lines();
        lines.sort();
        let mut wanted: Vec<String> = workflows.iter().flat_map(expected).collect();
        wanted.sort();
        prop_assert_eq!(lines, wanted);
    }
}
