//! Which spans the schema rejects, which facts nobody reads, and what senders hear of it.

use secspan_otlp::encode::{Any, Scope, SpanWriter, TraceRequest};
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, SpanView, TraceId};
use secspan_otlp::walk::{self, WalkLimits};
use secspan_records::kind::{Field, Type};
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

/// What is said of one attribute; the span is taken whatever it is.
fn of_attribute<'v>(key: &str, value: impl Into<Any<'v>> + Copy) -> String {
    let found = violations(&[&|span: &mut SpanWriter<'_>| {
        with_ids(span).attribute(key, value);
    }]);
    assert_eq!(found.rejected(), [0; 0], "{key}");
    found.message()
}

#[test]
fn what_can_be_read_without_loss_is_read() {
    let score = attribute::SECOPS_VULNERABILITY_SCORE_BASE;
    let listed = attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED;
    let sources = attribute::SECOPS_ENRICHMENT_SOURCE_COUNT;
    let ticket = attribute::SECOPS_TICKET_ID;
    for said in [
        of_attribute(score, 9.8),
        of_attribute(score, 9),
        of_attribute(sources, 3.0),
        of_attribute(sources, "3"),
        of_attribute(ticket, 4711),
        of_attribute(ticket, 4711.5),
        of_attribute(listed, true),
        of_attribute(listed, "Listed"),
        of_attribute(listed, 1),
        of_attribute(listed, 0),
        of_attribute(listed, 1.0),
        of_attribute("secops.own.idea", 1),
    ] {
        assert_eq!(said, "");
    }
}

#[test]
fn what_cannot_be_read_costs_that_fact_and_is_said() {
    let score = attribute::SECOPS_VULNERABILITY_SCORE_BASE;
    let listed = attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED;
    let sources = attribute::SECOPS_ENRICHMENT_SOURCE_COUNT;
    insta::assert_snapshot!(of_attribute(score, true), @"span 0: secops.vulnerability.score.base is not read: bool, allowed: double or int or string");
    insta::assert_snapshot!(of_attribute(listed, 2), @"span 0: secops.vulnerability.known_exploited is not read: int, allowed: bool or string");
    insta::assert_snapshot!(of_attribute(sources, 3.5), @"span 0: secops.enrichment.source.count is not read: double, allowed: int or string");
    insta::assert_snapshot!(of_attribute(attribute::SECOPS_TICKET_ID, Value::Bytes(b"x")), @"span 0: secops.ticket.id is not read: bytes, allowed: string");
}

/// What is not one of the words that a fact is read from is for its reader to judge.
#[test]
fn every_fact_that_is_true_or_false_may_be_a_text_or_a_digit() {
    let fields = secspan_systems::kinds().iter().flat_map(|kind| kind.fields);
    let flags = fields.filter(|field| matches!(field.of, Type::Flag(_)));
    let of_records: Vec<&str> = flags.flat_map(Field::attributes).collect();
    assert_eq!(of_records.len(), 3, "{of_records:?}");
    for key in of_records {
        for text in ["true", "False", "perhaps"] {
            assert_eq!(of_attribute(key, text), "", "{key}");
        }
        assert_eq!(of_attribute(key, 1), "", "{key}");
    }
}

#[test]
fn attributes_of_events_are_checked_too() {
    let wrong = message(|span| {
        with_ids(span).event(event::SECOPS_PERPLEXITY_CALL, UnixNanos(1), |event| {
            event.attribute(attribute::SECOPS_PERPLEXITY_CITATION_COUNT, true);
        });
    });
    insta::assert_snapshot!(wrong, @"span 0: secops.perplexity.citation.count is not read: bool, allowed: int or string");
}

#[test]
fn the_message_names_the_first_spans_and_counts_the_rest() {
    let good = |span: &mut SpanWriter<'_>| {
        with_ids(span);
    };
    let bad = |span: &mut SpanWriter<'_>| {
        span.trace_id(TraceId([1; 16]));
    };
    let mut spans: Vec<&dyn Fn(&mut SpanWriter<'_>)> = vec![&good, &bad];
    let found = violations(&spans);
    assert_eq!(found.rejected(), [1]);
    assert_eq!(found.message(), "span 1: span_id has 0 bytes, allowed: 8");
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
