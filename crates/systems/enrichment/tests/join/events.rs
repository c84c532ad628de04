//! Events that are records by themselves: one each, at once, wherever they happened and however often they are sent.

use insta::assert_snapshot;
use secspan_semconv::event;
use secspan_testkit::span::TestEvent;

use super::*;

/// 2025-12-03T12:15:44.000310999Z.
const AT: UnixNanos = UnixNanos(1_764_764_144_000_310_999);

fn decided(ticket: &str) -> TestEvent {
    TestEvent::new(event::SECOPS_REVIEW_DECIDED, AT)
        .with(attribute::SECOPS_TICKET_ID, ticket)
        .with(attribute::SECOPS_PRIORITY, "P3")
        .with(attribute::SECOPS_REVIEW_REQUIRED, false)
        .with(
            attribute::SECOPS_REVIEW_REASON,
            "Not selected for review (25% sampling)",
        )
}

fn closed(ticket: &str) -> TestEvent {
    TestEvent::new(event::SECOPS_TICKET_CLOSED, AT)
        .with(attribute::SECOPS_TICKET_ID, ticket)
        .with(attribute::SECOPS_PRIORITY, "p1")
        .with(attribute::SECOPS_TICKET_ENRICHED_AT, "2025-12-03T09:41:07Z")
}

fn plain(events: &[TestEvent]) -> TestSpan {
    let span = TestSpan::new(TraceId([0xab; 16]), SpanId([0xcd; 8]), "POST /tickets");
    events.iter().cloned().fold(span, TestSpan::event)
}

impl Bench {
    /// What is handed out without any waiting.
    fn at_once(&mut self) -> Vec<String> {
        self.after(Duration::ZERO).into_iter().map(line).collect()
    }
}

#[test]
fn an_event_on_any_span_is_a_record_at_once() {
    let mut bench = bench();
    bench.send(&[plain(&[decided("OPS-802"), closed("OPS-771")])]);
    assert_eq!(bench.join.next_due(), Some(UnixNanos(0)));
    assert_snapshot!(bench.at_once().join("\n"), @r#"
    OPS-802,P3,not_required,Not selected for review (25% sampling),2025-12-03T12:15:44.000310Z,
    {"ticket_id":"OPS-771","priority":"P1","enrichment_date":"2025-12-03T09:41:07Z","closed_date":"2025-12-03T12:15:44Z","schema_version":"1","trace_id":"abababababababababababababababab","span_id":"cdcdcdcdcdcdcdcd"}
    "#);
    let counters = bench.join.counters();
    assert_eq!((counters.records, counters.open_traces), (2, 0));
    assert!(bench.after(Settings::DEADLINE).is_empty());
}

#[test]
fn an_event_inside_a_workflow_is_a_record_beside_the_workflows() {
    let workflow = enrichment(771).root_with(|root| root.event(decided("OPS-771")));
    let mut bench = bench();
    bench.send(&workflow.spans);
    assert_eq!(bench.at_once().len(), 1);
    assert_eq!(bench.lines(), expected(&enrichment(771)));
}

#[test]
fn what_is_sent_again_makes_no_second_record() {
    let mut bench = bench();
    let span = plain(&[decided("OPS-1"), decided("OPS-2"), closed("OPS-1")]);
    bench.send(std::slice::from_ref(&span));
    bench.send(&[span.clone(), span.clone()]);
    let as_logs = span
        .events
        .iter()
        .map(|event| (span.trace, span.span, event));
    bench.send_logs(&log_request(as_logs));
    assert_eq!(bench.at_once().len(), 3);
    bench.send(std::slice::from_ref(&span));
    assert!(bench.at_once().is_empty());
    assert_eq!(bench.join.counters().duplicates, 12);
    let later = TestEvent {
        time: UnixNanos(AT.0 + 1_000_000_000),
        ..decided("OPS-1")
    };
    bench.send(&[plain(&[later])]);
    assert_eq!(bench.at_once().len(), 1, "decided anew");
}

#[test]
fn one_ticket_and_one_time_are_one_record_whatever_the_span() {
    let mut bench = bench();
    let at = |event: TestEvent, nanos: u64| TestEvent {
        time: UnixNanos(AT.0 + nanos),
        ..event
    };
    let elsewhere = |event: TestEvent, id: u8| {
        TestSpan::new(TraceId([id; 16]), SpanId([id; 8]), "POST /tickets").event(event)
    };
    // A file has closings by the second, decisions by the microsecond.
    bench.send(&[
        elsewhere(closed("OPS-1"), 1),
        elsewhere(at(closed("OPS-1"), 900_000_000), 2),
        elsewhere(at(closed("OPS-1"), 1_000_000_000), 3),
        elsewhere(decided("OPS-1"), 1),
        elsewhere(decided("OPS-1"), 2),
        elsewhere(at(decided("OPS-1"), 1_000), 3),
    ]);
    assert_eq!(bench.at_once().len(), 4);
    assert_eq!(bench.join.counters().duplicates, 2);
}

#[test]
fn what_was_rejected_may_come_again_complete() {
    let mut bench = bench();
    let lacking =
        TestEvent::new(event::SECOPS_TICKET_CLOSED, AT).with(attribute::SECOPS_TICKET_ID, "OPS-1");
    bench.send(&[plain(&[lacking.clone(), lacking])]);
    assert_eq!(bench.after(Duration::ZERO).len(), 1, "told once");
    bench.send(&[plain(&[closed("OPS-1")])]);
    assert_eq!(bench.at_once().len(), 1);
}

#[test]
fn a_review_that_every_ticket_gets_is_called_mandatory() {
    let mut bench = bench();
    let given = [
        ("P1", true, "random"),
        ("p2", true, "policy, says Mira"),
        ("P1", true, "Mandatory by policy"),
        ("P1", true, "Randomly selected for review (25% sampling)"),
        ("P3", true, "random"),
        ("P1", false, "false alarm"),
    ];
    let events = (0_u64..)
        .zip(given)
        .map(|(number, (priority, required, reason))| {
            decided(&format!("OPS-{number}"))
                .with(attribute::SECOPS_PRIORITY, priority)
                .with(attribute::SECOPS_REVIEW_REQUIRED, required)
                .with(attribute::SECOPS_REVIEW_REASON, reason)
        });
    bench.send(&[plain(&events.collect::<Vec<_>>())]);
    assert_snapshot!(bench.at_once().join("\n"), @r#"
    OPS-0,P1,required,Mandatory review for P1 priority: random,2025-12-03T12:15:44.000310Z,
    OPS-1,P2,required,"Mandatory review for P2 priority: policy, says Mira",2025-12-03T12:15:44.000310Z,
    OPS-2,P1,required,Mandatory by policy,2025-12-03T12:15:44.000310Z,
    OPS-3,P1,required,Randomly selected for review (25% sampling),2025-12-03T12:15:44.000310Z,
    OPS-4,P3,required,random,2025-12-03T12:15:44.000310Z,
    OPS-5,P1,not_required,false alarm,2025-12-03T12:15:44.000310Z,
    "#);
}

#[test]
fn a_reason_that_becomes_too_long_loses_its_end() {
    let mut bench = bench();
    let long = decided("OPS-1")
        .with(attribute::SECOPS_PRIORITY, "P1")
        .with(attribute::SECOPS_REVIEW_REQUIRED, true)
        .with(attribute::SECOPS_REVIEW_REASON, "ü".repeat(500).as_str());
    bench.send(&[plain(&[long])]);
    let said = bench.after(Duration::ZERO);
    let [Joined::Record(record)] = said.as_slice() else {
        panic!("{said:?}")
    };
    let reason = record.text(kinds::decision::field::REASON).unwrap();
    assert!(
        reason.starts_with("Mandatory review for P1 priority: ü"),
        "{reason}"
    );
    assert!(
        reason.ends_with("ü…") && reason.len() <= 1024,
        "{}",
        reason.len()
    );
}

#[test]
fn a_log_record_needs_no_span() {
    let mut bench = bench();
    let (no_trace, no_span) = (TraceId::default(), SpanId::default());
    bench.send_logs(&log_request([(no_trace, no_span, &closed("OPS-5"))]));
    let unknown = TestEvent::new("secops.ticket.reopened", AT);
    bench.send_logs(&log_request([(no_trace, no_span, &unknown)]));
    assert_snapshot!(bench.at_once().join("\n"), @r#"{"ticket_id":"OPS-5","priority":"P1","enrichment_date":"2025-12-03T09:41:07Z","closed_date":"2025-12-03T12:15:44Z","schema_version":"1"}"#);
}

#[test]
fn what_lacks_a_field_is_rejected_with_a_hint() {
    let mut bench = bench();
    let empty =
        TestEvent::new(event::SECOPS_REVIEW_DECIDED, AT).with(attribute::SECOPS_PRIORITY, "P7");
    let timeless = TestEvent::new(event::SECOPS_TICKET_CLOSED, UnixNanos(0))
        .with(attribute::SECOPS_TICKET_ENRICHED_AT, "soon");
    bench.send(&[plain(&[empty, timeless])]);
    let said: Vec<String> = bench
        .after(Duration::ZERO)
        .into_iter()
        .map(|joined| match joined {
            Joined::Rejected(event) => {
                format!("{}\n  {}", event.partial, event.reasons.join("\n  "))
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_snapshot!(said.join("\n"), @r#"
    {"ticket_id":null,"priority":null,"review_decision":null,"reason":null,"timestamp":"2025-12-03T12:15:44.000310Z","reviewer":null}
      priority: "P7" is not one of P1, P2, P3, P4, P5
      ticket_id: missing; set secops.ticket.id on the event secops.review.decided
      review_decision: missing; set secops.review.required on the event secops.review.decided
      reason: missing; set secops.review.reason on the event secops.review.decided
    {"ticket_id":null,"priority":null,"enrichment_date":null,"closed_date":null,"schema_version":"1","trace_id":"abababababababababababababababab","span_id":"cdcdcdcdcdcdcdcd"}
      enrichment_date: "soon" is not a time; write UTC as 2025-12-03T09:41:07Z
      closed_date: missing; the event secops.ticket.closed must have a time
      ticket_id: missing; set secops.ticket.id on the event secops.ticket.closed
      priority: missing; set secops.priority on the event secops.ticket.closed
    "#);
    assert_eq!(bench.join.counters().rejected, 2);
}

#[test]
fn values_of_other_types_are_read() {
    let mut bench = bench();
    let decision = decided("")
        .with(attribute::SECOPS_TICKET_ID, 802)
        .with(attribute::SECOPS_REVIEW_REQUIRED, "True")
        .with(attribute::SECOPS_REVIEW_REASON, "Mandatory,\nalways")
        .with(attribute::SECOPS_REVIEWER_NAME, "Jonas");
    let ticket = closed("OPS-1").with(attribute::SECOPS_TICKET_ENRICHED_AT, 1_764_754_867);
    let impossible = closed("OPS-2").with(attribute::SECOPS_TICKET_ENRICHED_AT, i64::MAX);
    bench.send(&[plain(&[decision, ticket, impossible])]);
    let said = bench.after(Duration::ZERO);
    assert!(matches!(said.last(), Some(Joined::Rejected(_))));
    let lines: Vec<String> = said.into_iter().take(2).map(line).collect();
    assert_snapshot!(lines.join("\n"), @r#"
    802,P3,required,"Mandatory, always",2025-12-03T12:15:44.000310Z,Jonas
    {"ticket_id":"OPS-1","priority":"P1","enrichment_date":"2025-12-03T09:41:07Z","closed_date":"2025-12-03T12:15:44Z","schema_version":"1","trace_id":"abababababababababababababababab","span_id":"cdcdcdcdcdcdcdcd"}
    "#);
}

#[test]
fn a_restart_forgets_no_event() {
    let mut before = bench();
    let span = plain(&[decided("OPS-1"), closed("OPS-1")]);
    before.send(std::slice::from_ref(&span));
    let mut out = Vec::new();
    let bytes = before.join.suspend(before.clock.now(), &mut out);
    assert_eq!(out.len(), 2, "what is not handed out yet is handed out now");
    let mut after = bench();
    after.join.resume(&bytes, after.clock.now()).unwrap();
    after.send(&[span, plain(&[closed("OPS-3")])]);
    assert_eq!(after.at_once().len(), 1);
    let cut = &bytes[..bytes.len() - 1];
    assert!(after.join.resume(cut, after.clock.now()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_event_is_one_record_however_it_is_sent(
        tickets in prop::collection::vec((0_u8..40, any::<bool>(), 0_u64..3), 1..30),
        ways in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..60),
    ) {
        let events: Vec<TestEvent> = tickets.iter().map(|(ticket, closing, second)| {
            let ticket = format!("OPS-{ticket}");
            let event = if *closing { closed(&ticket) } else { decided(&ticket) };
            TestEvent { time: UnixNanos(AT.0 + second * 1_000_000_000), ..event }
        }).collect();
        let mut bench = bench();
        let mut said = Vec::new();
        let span = plain(&[]);
        // In any order, as span or log record, then all of them, so that none is left out.
        for (at, as_log) in ways {
            let event = at.get(&events);
            if as_log {
                bench.send_logs(&log_request([(span.trace, span.span, event)]));
            } else {
                bench.send(&[plain(std::slice::from_ref(event))]);
            }
            said.extend(bench.at_once());
        }
        bench.send(&[plain(&events)]);
        said.extend(bench.at_once());
        said.sort();
        let mut whole = self::bench();
        whole.send(&[plain(&events)]);
        let mut expected = whole.at_once();
        expected.sort();
        prop_assert_eq!(said, expected);
        let mut different = tickets;
        different.sort_unstable();
        different.dedup();
        prop_assert_eq!(bench.join.counters().records, different.len() as u64);
    }

    #[test]
    fn what_is_counted_is_what_a_file_has_lines(
        sent in prop::collection::vec((0_u8..3, any::<bool>(), 0_u64..2_500, 1_u8..4), 1..40),
    ) {
        let mut bench = bench();
        let mut keys = std::collections::BTreeSet::new();
        let mut lines = 0;
        for (ticket, closing, millis, span) in sent {
            let ticket = format!("OPS-{ticket}");
            let event = if closing { closed(&ticket) } else { decided(&ticket) };
            let event = TestEvent { time: UnixNanos(AT.0 + millis * 1_000_000), ..event };
            let precision = if closing { 1_000_000_000 } else { 1_000 };
            keys.insert((ticket, closing, event.time.0 / precision));
            let (trace, span) = (TraceId([span; 16]), SpanId([span; 8]));
            bench.send(&[TestSpan::new(trace, span, "desk").event(event)]);
            lines += bench.at_once().len();
        }
        prop_assert_eq!(lines, keys.len());
        prop_assert_eq!(bench.join.counters().records, keys.len() as u64);
    }
}
