//! Typed facts: those of a review on its spans, and those on their own, which are never lost silently.

use secspan::enrichment::Priority;
use secspan::review::{self, Classification, Decision, Investigation};
use secspan::testing::{Sink, SinkEvent, SinkSpan};
use secspan::ticket::{self, Closing};
use secspan_semconv::{attribute as key, event};
use tracing::{info_span, instrument};
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::setup::{only, quick, recorded};

/// As many events as a span may hold, by default.
const EVENT_LIMIT: usize = 128;

#[instrument(fields(secops.workflow.name = secspan::REVIEW))]
fn review_workflow() {
    review::ticket("OPS-1");
    review::reviewer("Jonas");
    review::analyst("Mira");
    review::investigation(Investigation::Event);
    evaluation();
}

#[instrument]
fn evaluation() {
    review::score(88.5);
    review::classification(Classification::Good);
    review::critical_issues(0);
    review::significant_gaps(1);
    review::minor_improvements(4);
    review::fact_verification(true);
    review::accuracy(95);
}

#[test]
fn facts_of_a_review_are_typed_attributes_of_its_spans() {
    let spans = recorded(quick(), review_workflow);
    let [stage, root] = &spans[..] else {
        panic!("{spans:#?}")
    };
    let texts = [
        (key::SECOPS_WORKFLOW_NAME, "security-analysis-review-v1"),
        (key::SECOPS_TICKET_ID, "OPS-1"),
        (key::SECOPS_REVIEWER_NAME, "Jonas"),
        (key::SECOPS_ANALYST_NAME, "Mira"),
        (key::SECOPS_REVIEW_INVESTIGATION_TYPE, "event"),
    ];
    for (name, text) in texts {
        assert_eq!(root.text(name), Some(text), "{name}");
    }
    assert_eq!(stage.name, "evaluation");
    assert_eq!(stage.double(key::SECOPS_REVIEW_SCORE), Some(88.5));
    assert_eq!(stage.text(key::SECOPS_REVIEW_CLASSIFICATION), Some("Good"));
    let counts = [
        (key::SECOPS_REVIEW_FINDING_CRITICAL_COUNT, 0),
        (key::SECOPS_REVIEW_FINDING_SIGNIFICANT_COUNT, 1),
        (key::SECOPS_REVIEW_FINDING_MINOR_COUNT, 4),
        (key::SECOPS_REVIEW_ACCURACY, 95),
    ];
    for (name, count) in counts {
        assert_eq!(stage.int(name), Some(count), "{name}");
    }
    assert_eq!(stage.flag(key::SECOPS_REVIEW_FACT_VERIFICATION), Some(true));
}

#[test]
fn every_class_is_a_value_of_the_registry() {
    let classes = [
        Classification::Inadequate,
        Classification::NeedsImprovement,
        Classification::Good,
        Classification::Excellent,
    ];
    let words = ["Inadequate", "Needs Improvement", "Good", "Excellent"];
    assert_eq!(classes.map(Classification::as_str), words);
    let kinds = [Investigation::Cve, Investigation::Event];
    assert_eq!(kinds.map(Investigation::as_str), ["cve", "event"]);
}

fn decide(ticket: &str) {
    review::decided(&Decision {
        ticket,
        priority: Priority::P3,
        required: false,
        reason: "Not selected for review (25% sampling)",
        reviewer: None,
    });
}

fn decisions(spans: &[SinkSpan]) -> Vec<&SinkEvent> {
    let events = spans.iter().flat_map(|span| &span.events);
    events
        .filter(|event| event.name == event::SECOPS_REVIEW_DECIDED)
        .collect()
}

#[test]
fn a_decision_is_an_event_of_the_current_span() {
    let span = only(quick(), || {
        info_span!("dispatch").in_scope(|| {
            review::decided(&Decision {
                ticket: "OPS-1",
                priority: Priority::P1,
                required: true,
                reason: "Mandatory review for P1 priority",
                reviewer: Some("Jonas"),
            });
        });
    });
    assert_eq!(span.name, "dispatch");
    let event = &span.events[0];
    assert_eq!(event.name, event::SECOPS_REVIEW_DECIDED);
    assert_eq!(event.text(key::SECOPS_TICKET_ID), Some("OPS-1"));
    assert_eq!(event.text(key::SECOPS_PRIORITY), Some("P1"));
    assert_eq!(event.flag(key::SECOPS_REVIEW_REQUIRED), Some(true));
    let reason = event.text(key::SECOPS_REVIEW_REASON);
    assert_eq!(reason, Some("Mandatory review for P1 priority"));
    assert_eq!(event.text(key::SECOPS_REVIEWER_NAME), Some("Jonas"));
}

#[test]
fn the_closing_of_a_ticket_is_an_event_too() {
    let enriched_at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_764_754_867);
    let spans = recorded(quick(), || {
        for enriched_at in [Some(enriched_at), None] {
            ticket::closed(&Closing {
                ticket: "OPS-1",
                priority: Priority::P2,
                enriched_at,
            });
        }
    });
    let times = spans.iter().map(|span| {
        let event = span.event(event::SECOPS_TICKET_CLOSED).unwrap();
        assert_eq!(event.text(key::SECOPS_TICKET_ID), Some("OPS-1"));
        assert_eq!(event.text(key::SECOPS_PRIORITY), Some("P2"));
        event.text(key::SECOPS_TICKET_ENRICHED_AT)
    });
    assert_eq!(
        times.collect::<Vec<_>>(),
        [Some("2025-12-03T09:41:07Z"), None]
    );
}

#[test]
fn without_a_span_a_fact_gets_a_short_one_of_its_own() {
    let span = only(quick(), || decide("OPS-2"));
    assert_eq!(span.name, event::SECOPS_REVIEW_DECIDED);
    assert_eq!(span.parent_span_id, "");
    let event = &span.events[0];
    assert_eq!(event.text(key::SECOPS_TICKET_ID), Some("OPS-2"));
    assert_eq!(event.times(key::SECOPS_REVIEWER_NAME), 0);
}

#[test]
fn a_full_span_loses_no_fact_and_says_what_else_it_dropped() {
    let facts = EVENT_LIMIT + 3;
    let spans = recorded(quick(), || {
        info_span!("nightly").in_scope(|| {
            for number in 0..facts {
                decide(&format!("OPS-{number}"));
            }
            tracing::info!("one too many");
        });
    });
    let outer = spans.iter().find(|span| span.name == "nightly").unwrap();
    assert_eq!((outer.events.len(), outer.dropped_events), (EVENT_LIMIT, 1));
    let found = decisions(&spans);
    assert_eq!(found.len(), facts);
    let extra = spans.iter().filter(|span| span.name != "nightly");
    for span in extra {
        assert_eq!(span.trace_id, outer.trace_id);
        assert_eq!(span.parent_span_id, outer.span_id);
        assert_eq!(span.events.len(), 1);
    }
}

#[test]
fn a_filter_of_the_host_app_does_not_lose_facts() {
    let sink = Sink::start().unwrap();
    let (layer, guard) = quick().endpoint(sink.endpoint()).layer().unwrap();
    let mine = tracing_subscriber::filter::filter_fn(|metadata| metadata.target() == "my_app");
    let subscriber = tracing_subscriber::registry().with(layer.with_filter(mine));
    tracing::subscriber::with_default(subscriber, || {
        info_span!("filtered").in_scope(|| decide("OPS-3"));
    });
    assert_eq!(guard.shutdown().unwrap().exported, 1);
    assert_eq!(decisions(&sink.spans()).len(), 1);
}

#[test]
fn what_is_switched_off_records_no_fact() {
    let settings = [
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_TRACES_SAMPLER", "always_off"),
    ];
    for setting in settings {
        let spans = recorded(quick().variables([setting]), || {
            decide("OPS-4");
            info_span!("s").in_scope(|| decide("OPS-5"));
        });
        assert_eq!(spans, [], "{setting:?}");
    }
    decide("without any subscriber");
}
