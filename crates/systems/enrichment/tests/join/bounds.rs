//! The bounds of the join: deadlines, memory, an end, a restart in the middle.

use super::*;

#[test]
fn stages_without_a_workflow_are_reported_at_the_deadline() {
    let mut bench = bench();
    let workflow = enrichment(13);
    bench.send(workflow.spans.iter().take(6));
    let lone = TestSpan::new(TraceId([5; 16]), SpanId([5; 8]), "documentation");
    bench.send([&lone]);
    assert!(bench.after(Settings::DEADLINE / 2).is_empty());
    let joined = bench.after(Settings::DEADLINE);
    let [Joined::Orphaned(orphaned)] = joined.as_slice() else {
        panic!("{joined:?}")
    };
    assert_eq!((orphaned.trace, orphaned.spans), (workflow.trace(), 2));
    let counters = bench.join.counters();
    assert_eq!(
        (
            counters.orphaned,
            counters.open_traces,
            counters.kept_traces
        ),
        (1, 0, 0)
    );
}

#[test]
fn finishing_completes_what_has_its_workflow_span() {
    let mut bench = bench();
    let (whole, part) = (enrichment(14), enrichment(15));
    bench.send(&whole.spans);
    bench.send(&part.spans[..7]);
    let mut out = Vec::new();
    bench.join.finish(bench.clock.now(), &mut out);
    assert_eq!(out.len(), 2, "{out:?}");
    assert!(out.iter().any(|joined| matches!(joined, Joined::Record(_))));
    assert!(
        out.iter()
            .any(|joined| matches!(joined, Joined::Orphaned(_)))
    );
}

#[test]
fn memory_is_bounded_and_what_gives_way_is_counted() {
    let settings = Settings {
        max_bytes: 256 << 10,
        ..Settings::default()
    };
    let mut bench = Bench::new(settings);
    let mut records = 0;
    for seed in 0..800 {
        let workflow = enrichment(seed);
        let whole = seed % 8 == 0;
        let spans = if whole {
            &workflow.spans[..]
        } else {
            &workflow.spans[..8]
        };
        bench.send(spans);
        assert!(bench.join.counters().bytes <= settings.max_bytes as u64);
        records += bench.after(Duration::from_millis(10)).len();
    }
    records += bench.after(QUIET).len();
    let counters = bench.join.counters();
    assert_eq!(
        counters.records, 100,
        "every whole workflow became a record"
    );
    assert_eq!(records as u64, counters.records + counters.orphaned);
    assert!(
        counters.completed_early > 0 && counters.dropped_traces > 0,
        "{counters:?}"
    );
}

#[test]
fn what_is_forgotten_for_memory_is_not_recorded_again() {
    let settings = Settings {
        max_bytes: 64 << 10,
        ..Settings::default()
    };
    let mut bench = Bench::new(settings);
    let workflow = enrichment(1);
    bench.send(&workflow.spans);
    assert_eq!(bench.lines().len(), 1);
    for seed in 100..140 {
        bench.send(&enrichment(seed).spans);
        bench.after(Duration::from_millis(1));
    }
    bench.after(QUIET);
    assert!(bench.join.counters().forgotten_early > 0);
    let before = bench.join.counters().records;
    bench.send(workflow.root());
    bench.send(&workflow.spans[..3]);
    assert!(bench.after(Settings::DEADLINE).is_empty());
    assert_eq!(bench.join.counters().records, before);
}

#[test]
fn a_cycle_of_parents_ends() {
    let workflow = enrichment(2);
    let (a, b) = (SpanId([1; 8]), SpanId([2; 8]));
    let (start, end) = (workflow.spans[0].start, workflow.spans[0].end);
    let spans = [
        TestSpan::new(workflow.trace(), a, "triage").below(b),
        TestSpan::new(workflow.trace(), b, "documentation").below(a),
    ]
    .map(|span| span.during(start, end));
    let mut bench = bench();
    bench.send(&spans);
    bench.send(&workflow.spans);
    assert_eq!(bench.lines().len(), 1);
}

#[test]
fn a_restart_in_the_middle_of_a_workflow_changes_nothing() {
    let (early, torn) = (enrichment(20), enrichment(21));
    let mut events = Vec::new();
    let mut bare = torn.clone();
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
    for split in [3, 10, bare.spans.len() - 1] {
        let mut before = bench();
        before.send(&early.spans);
        before.send(&bare.spans[..split]);
        before.send_logs(&logs);
        let mut out = Vec::new();
        let bytes = before.join.suspend(before.clock.now(), &mut out);
        assert_eq!(
            out.into_iter().map(line).collect::<Vec<_>>(),
            expected(&early)
        );
        let mut after = bench();
        after.join.resume(&bytes, after.clock.now()).unwrap();
        after.send(&bare.spans[split..]);
        after.send(early.root());
        assert_eq!(after.lines(), expected(&torn), "split at {split}");
    }
}

#[test]
fn every_value_survives_a_restart() {
    let workflow = enrichment(22);
    let odd = TestSpan::new(workflow.trace(), SpanId([7; 8]), "note")
        .below(workflow.root().unwrap().span)
        .with(attribute::SECOPS_ENRICHMENT_TECHNIQUE_COUNT, -1)
        .with(attribute::SECOPS_REVIEWER_NAME, "x".repeat(5_000))
        .with(attribute::SECOPS_REVIEW_FACT_VERIFICATION, true)
        .with(attribute::SECOPS_REVIEW_SCORE, f64::MIN_POSITIVE)
        .ended(StatusCode::Error);
    let mut before = bench();
    before.send([&odd]);
    before.send(&workflow.spans[..9]);
    let bytes = before.join.suspend(before.clock.now(), &mut Vec::new());
    let after = bench();
    after.join.resume(&bytes, after.clock.now()).unwrap();
    assert_eq!(after.join.counters().open_traces, 1);
    assert_eq!(
        after.join.suspend(after.clock.now(), &mut Vec::new()).len(),
        bytes.len()
    );
}

#[test]
fn a_value_of_any_type_is_the_same_after_a_restart() {
    use secspan_testkit::span::Attr;
    for (key, odd) in [
        (
            attribute::SECOPS_REVIEW_SCORE,
            Attr::from(f64::MIN_POSITIVE),
        ),
        (attribute::SECOPS_REVIEW_ACCURACY, Attr::from(-1)),
        (
            attribute::SECOPS_REVIEWER_NAME,
            Attr::from("x".repeat(5_000)),
        ),
        (attribute::SECOPS_REVIEW_FACT_VERIFICATION, Attr::from(true)),
        (
            attribute::SECOPS_REVIEW_FACT_VERIFICATION,
            Attr::from(false),
        ),
    ] {
        let workflow = review(22).root_with(|root| root.without(key));
        let note = TestSpan::new(workflow.trace(), SpanId([7; 8]), "note")
            .below(workflow.root().unwrap().span)
            .with(key, odd);
        let (root, rest): (Vec<_>, Vec<_>) = workflow
            .spans
            .iter()
            .partition(|span| Some(span.span) == workflow.root().map(|root| root.span));
        let mut whole = bench();
        let mut before = bench();
        for bench in [&mut whole, &mut before] {
            bench.send([&note]);
            bench.send(rest.iter().copied());
        }
        let bytes = before.join.suspend(before.clock.now(), &mut Vec::new());
        let mut after = bench();
        after.join.resume(&bytes, after.clock.now()).unwrap();
        for bench in [&mut whole, &mut after] {
            bench.send(root.iter().copied());
        }
        assert_eq!(
            format!("{:?}", after.after(QUIET)),
            format!("{:?}", whole.after(QUIET)),
            "{key}"
        );
    }
}

#[test]
fn damaged_bytes_are_refused_and_change_nothing() {
    let mut before = bench();
    before.send(&enrichment(23).spans[..9]);
    before.send(&enrichment(24).spans);
    let bytes = before.join.suspend(before.clock.now(), &mut Vec::new());
    let after = bench();
    for cut in 0..bytes.len() {
        assert!(
            after.join.resume(&bytes[..cut], after.clock.now()).is_err(),
            "cut at {cut}"
        );
    }
    assert!(
        after
            .join
            .resume(b"something else", after.clock.now())
            .is_err()
    );
    assert_eq!(after.join.counters().open_traces, 0);
}
