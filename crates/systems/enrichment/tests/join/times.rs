//! Times that no working clock shows make no record, and no file of a day of their own.

use secspan_semconv::event;
use secspan_testkit::span::TestEvent;

use super::*;
use secspan_records::timestamp::Timestamp;

fn rejected(bench: &mut Bench) -> Incomplete {
    match bench.after(QUIET).as_slice() {
        [Joined::Rejected(unfinished)] => Incomplete::clone(unfinished),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_workflow_that_starts_at_the_epoch_is_no_record_of_fifty_years() {
    let workflow = enrichment(1);
    let (start, end) = (workflow.root().unwrap().start, workflow.root().unwrap().end);
    for times in [
        (UnixNanos(0), end),
        (end, start),
        (UnixNanos(7), UnixNanos(9)),
    ] {
        let odd = workflow
            .clone()
            .root_with(|root| root.during(times.0, times.1));
        let mut bench = bench();
        bench.send(&odd.spans);
        let unfinished = rejected(&mut bench);
        let reasons = unfinished.reasons.join("\n");
        assert!(
            reasons.contains("total_duration_seconds: the workflow span "),
            "{reasons}"
        );
    }
}

#[test]
fn a_stage_that_starts_at_the_epoch_is_named() {
    let mut workflow = enrichment(2);
    let stage = workflow.spans.iter_mut().find(|span| span.name == "triage");
    stage.unwrap().start = UnixNanos(0);
    let mut bench = bench();
    bench.send(&workflow.spans);
    let reasons = rejected(&mut bench).reasons;
    insta::assert_snapshot!(reasons.join("\n"), @"total_duration_seconds: a stage starts at 1970-01-01T00:00:00Z; allowed: from 2000-01-01T00:00:00Z");
}

#[test]
fn a_note_without_times_costs_nothing() {
    let workflow = enrichment(3);
    let note = TestSpan::new(workflow.trace(), SpanId([9; 8]), "note")
        .below(workflow.root().unwrap().span)
        .with(attribute::SECOPS_ENRICHMENT_SOURCE_COUNT, 3);
    let mut bench = bench();
    bench.send(&workflow.spans);
    bench.send([&note]);
    let record = json(&bench.lines()[0]);
    let whole = json(&expected(&workflow)[0]);
    assert_eq!(record["sources_cited"], 3);
    assert_eq!(record["elapsed_seconds"], whole["elapsed_seconds"]);
}

#[test]
fn what_is_too_far_from_now_is_rejected_today() {
    let day = 86_400_000_000_000;
    let now = Timestamp::from_nanos(bench().clock.now());
    let shifted = |by: i64| {
        let mut workflow = enrichment(4);
        let now = bench().clock.now().0;
        let end = workflow.root().unwrap().end.0;
        for span in &mut workflow.spans {
            let moved = |at: UnixNanos| UnixNanos((now - end + at.0).saturating_add_signed(by));
            (span.start, span.end) = (moved(span.start), moved(span.end));
        }
        workflow
    };
    for (by, kept) in [
        (0, true),
        (day / 2, true),
        (2 * day, false),
        (-4_000 * day, false),
    ] {
        let mut bench = bench();
        bench.send(&shifted(by).spans);
        if kept {
            assert_eq!(bench.lines().len(), 1, "{by}");
        } else {
            let unfinished = rejected(&mut bench);
            assert!(unfinished.reasons[0].contains("too far from now"), "{by}");
            assert!(unfinished.completed_at >= now, "{by}");
        }
    }
}

#[test]
fn an_event_of_another_century_is_rejected_today() {
    let at = UnixNanos(16_138_000_000_000_000_000);
    let closed = TestEvent::new(event::SECOPS_TICKET_CLOSED, at)
        .with(attribute::SECOPS_TICKET_ID, "OPS-1")
        .with(attribute::SECOPS_PRIORITY, "P1");
    let span = TestSpan::new(TraceId([1; 16]), SpanId([2; 8]), "POST /tickets").event(closed);
    let mut bench = bench();
    bench.send([&span]);
    let unfinished = rejected(&mut bench);
    assert!(
        unfinished.reasons[0].contains("too far from now"),
        "{:?}",
        unfinished.reasons
    );
    assert_eq!(json(&unfinished.partial)["ticket_id"], "OPS-1");
}
