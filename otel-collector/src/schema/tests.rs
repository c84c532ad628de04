//! Which spans the schema rejects, and what senders are told.

use secspan_otlp::encode::{Scope, SpanWriter, TraceRequest};
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, SpanView, TraceId};
use secspan_otlp::walk::{self, WalkLimits};
use secspan_records::event::EventKind;
use secspan_records::facts::Fact;
use secspan_semconv::{attribute, event};

use super::*;

/// Checks spans that the closures write.
fn violations(spans: &[&dyn Fn(&mut SpanWriter<'_>)]) -> Violations {
    let mut request = TraceRequest::new();
    request.resource(&[], |resource| {
        resource.scope(&Scope::default(), |scope| {
            for write in spans {
                scope.span(|span| write(span));
            }
        });
    });
    let mut found = Violations::default();
    let mut visit = |span: &SpanView<'_, '_>| {
        found.check(span);
    };
    walk::traces(
        &request.finish(),
        &Keys::new(),
        &WalkLimits::default(),
        &mut visit,
    )
    .unwrap();
    found
}

fn with_ids<'a, 'w>(span: &'a mut SpanWriter<'w>) -> &'a mut SpanWriter<'w> {
    span.trace_id(TraceId([1; 16])).span_id(SpanId([2; 8]))
}

fn message(write: impl Fn(&mut SpanWriter<'_>)) -> String {
    let found = violations(&[&write]);
    assert_eq!(found.rejected().is_empty(), found.message().is_empty());
    found.message()
}

#[test]
fn ids_must_be_ids() {
    insta::assert_snapshot!(message(|span| { span.name("a"); }), @"span 0: trace_id has 0 bytes, allowed: 16");
    let zero = message(|span| {
        span.trace_id(TraceId([0; 16])).span_id(SpanId([2; 8]));
    });
    insta::assert_snapshot!(zero, @"span 0: trace_id is all zero");
    let zero = message(|span| {
        span.trace_id(TraceId([1; 16])).span_id(SpanId([0; 8]));
    });
    insta::assert_snapshot!(zero, @"span 0: span_id is all zero");
    assert_eq!(
        message(|span| {
            with_ids(span).parent(SpanId([0; 8]));
        }),
        ""
    );
    assert_eq!(
        message(|span| {
            with_ids(span);
        }),
        ""
    );
}

#[test]
fn known_attributes_must_have_a_type_that_readers_take() {
    let score = attribute::SECOPS_VULNERABILITY_SCORE_BASE;
    let listed = attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED;
    assert_eq!(
        message(|span| {
            with_ids(span).attribute(score, 9.8);
        }),
        ""
    );
    assert_eq!(
        message(|span| {
            with_ids(span).attribute(score, 9);
        }),
        ""
    );
    assert_eq!(
        message(|span| {
            with_ids(span).attribute(listed, true);
        }),
        ""
    );
    assert_eq!(
        message(|span| {
            with_ids(span).attribute(listed, "Listed");
        }),
        ""
    );
    assert_eq!(
        message(|span| {
            with_ids(span).attribute("secops.own.idea", 1);
        }),
        ""
    );
    let wrong = message(|span| {
        with_ids(span).attribute(score, true);
    });
    insta::assert_snapshot!(wrong, @"span 0: secops.vulnerability.score.base is bool, allowed: double or int or string");
    let wrong = message(|span| {
        with_ids(span).attribute(attribute::SECOPS_TICKET_ID, 7);
    });
    insta::assert_snapshot!(wrong, @"span 0: secops.ticket.id is int, allowed: string");
}

/// What is not one of the words that a fact is read from rejects its record, with a reason, and not the whole span.
#[test]
fn every_fact_that_is_true_or_false_may_be_a_text() {
    let facts = Fact::ATTRIBUTES.iter().map(|(_, key)| *key);
    let events = EventKind::ALL.into_iter().flat_map(EventKind::fields);
    let events = events.map(|field| field.attribute());
    let of_records: Vec<&str> = facts
        .chain(events)
        .filter(|key| DEFINITIONS[key].kind == AttributeKind::Bool)
        .collect();
    assert_eq!(of_records.len(), 3, "{of_records:?}");
    for key in of_records {
        for text in ["true", "False", "perhaps"] {
            let said = message(|span| {
                with_ids(span).attribute(key, text);
            });
            assert_eq!(said, "", "{key}");
        }
    }
    let wrong = message(|span| {
        with_ids(span).attribute(attribute::SECOPS_REVIEW_REQUIRED, 1);
    });
    insta::assert_snapshot!(wrong, @"span 0: secops.review.required is int, allowed: bool or string");
}

#[test]
fn attributes_of_events_are_checked_too() {
    let wrong = message(|span| {
        with_ids(span).event(event::SECOPS_PERPLEXITY_CALL, UnixNanos(1), |event| {
            event.attribute(attribute::SECOPS_PERPLEXITY_KIND, 1);
        });
    });
    insta::assert_snapshot!(wrong, @"span 0: secops.perplexity.kind is int, allowed: string");
}

#[test]
fn the_message_names_the_first_spans_and_counts_the_rest() {
    let good = |span: &mut SpanWriter<'_>| {
        with_ids(span);
    };
    let bad = |span: &mut SpanWriter<'_>| {
        with_ids(span).attribute(attribute::SECOPS_TICKET_ID, 7);
    };
    let mut spans: Vec<&dyn Fn(&mut SpanWriter<'_>)> = vec![&good, &bad];
    let found = violations(&spans);
    assert_eq!(found.rejected(), [1]);
    assert_eq!(
        found.message(),
        "span 1: secops.ticket.id is int, allowed: string"
    );
    spans.resize(500, &bad);
    let found = violations(&spans);
    assert_eq!(found.rejected().len(), 499);
    let message = found.message();
    assert!(message.len() <= MESSAGE_MAX_BYTES, "{}", message.len());
    let listed = message.matches("span ").count();
    assert!(
        listed > 5 && message.ends_with(&format!("; and {} more", 499 - listed)),
        "{message}"
    );
}
