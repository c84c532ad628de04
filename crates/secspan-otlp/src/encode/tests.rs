//! What is written is read back, by the walk and by the readers of answers.

use std::time::Duration;

use super::*;
use crate::keys::Keys;
use crate::response::{self, PartialSuccess};
use crate::time::UnixNanos;
use crate::view::{DroppedCounts, LogView, SpanId, SpanKind, SpanView, StatusCode, TraceId, Value};
use crate::walk::{self, WalkLimits};

#[test]
fn a_span_is_read_back_whole() {
    let long = "x".repeat(300);
    let mut request = TraceRequest::new();
    request.resource(&[("service.name", "checkout".into())], |resource| {
        let attributes = [("pool", Any::Int(-3))];
        let scope = Scope {
            name: "lib",
            version: "1.2",
            attributes: &attributes,
        };
        resource.scope(&scope, |scope| {
            scope.span(|span| {
                span.trace_id(TraceId([1; 16]))
                    .span_id(SpanId([2; 8]))
                    .parent(SpanId([3; 8]));
                span.trace_state("a=b")
                    .name("pay")
                    .kind(SpanKind::Client)
                    .flags(0x101);
                span.start(UnixNanos(10)).end(UnixNanos(25));
                span.attribute("long", long.as_str()).attribute("ok", true);
                span.attribute("list", [Any::Int(1), Any::Double(0.5)].as_slice());
                span.attribute("texts", ["T1059", ""].as_slice());
                span.attribute("map", Any::Map(&[("k", Any::Bytes(b"\xff"))]));
                span.event("retry", UnixNanos(12), |event| {
                    event.attribute("delay", 0.25).dropped_attributes(1);
                });
                span.link(TraceId([4; 16]), SpanId([5; 8]), |link| {
                    link.trace_state("c=d").attribute("why", "follows").flags(1);
                });
                span.status(StatusCode::Error, "declined");
                span.dropped(DroppedCounts {
                    attributes: 7,
                    events: 0,
                    links: 9,
                });
            });
            scope.schema_url("https://example.test/scope");
        });
        resource.schema_url("https://example.test/resource");
    });
    let bytes = request.finish();
    let mut seen = 0;
    let mut check = |span: &SpanView<'_, '_>| {
        seen += 1;
        check_span(span, &long);
    };
    walk::traces(&bytes, &Keys::new(), &WalkLimits::DEFAULT, &mut check).unwrap();
    assert_eq!(seen, 1);
}

fn check_span(span: &SpanView<'_, '_>, long: &str) {
    assert_eq!(
        span.resource.attributes.by_key("service.name"),
        Some(Value::Str("checkout"))
    );
    assert_eq!(span.resource.schema_url, "https://example.test/resource");
    assert_eq!((span.scope.name, span.scope.version), ("lib", "1.2"));
    assert_eq!(span.scope.attributes.by_key("pool"), Some(Value::Int(-3)));
    assert_eq!(span.scope.schema_url, "https://example.test/scope");
    assert_eq!(span.trace_id(), Some(TraceId([1; 16])));
    assert_eq!(
        (span.span_id(), span.parent()),
        (Some(SpanId([2; 8])), Some(SpanId([3; 8])))
    );
    assert_eq!(
        (span.trace_state, span.name, span.flags),
        ("a=b", "pay", 0x101)
    );
    assert_eq!((span.kind, span.duration_nanos()), (SpanKind::Client, 15));
    assert_eq!(span.attributes.by_key("long"), Some(Value::Str(long)));
    let list = span
        .attributes
        .by_key("list")
        .and_then(|v| v.as_array())
        .unwrap();
    assert!(list.iter().eq([Value::Int(1), Value::Double(0.5)]));
    let map = span
        .attributes
        .by_key("map")
        .and_then(|v| v.as_map())
        .unwrap();
    assert_eq!(map.get("k"), Some(Value::Bytes(b"\xff")));
    let event = span.events.iter().next().unwrap();
    assert_eq!(
        (event.name, event.time, event.dropped_attributes),
        ("retry", UnixNanos(12), 1)
    );
    assert_eq!(event.attributes.by_key("delay"), Some(Value::Double(0.25)));
    let link = span.links.iter().next().unwrap();
    assert_eq!(
        (link.trace_id, link.span_id),
        ([4; 16].as_slice(), [5; 8].as_slice())
    );
    assert_eq!((link.trace_state, link.flags), ("c=d", 1));
    assert_eq!(
        link.attributes().next().unwrap().value,
        Value::Str("follows")
    );
    assert_eq!(
        (span.status, span.status_message),
        (StatusCode::Error, "declined")
    );
    assert_eq!(
        span.dropped,
        DroppedCounts {
            attributes: 7,
            events: 0,
            links: 9
        }
    );
}

#[test]
fn a_log_record_is_read_back_whole() {
    let mut keys = Keys::new();
    let name = keys.slot("scan.done").unwrap();
    let mut request = LogRequest::new();
    request.resource(&[("service.name", "scanner".into())], |resource| {
        resource.scope(&Scope::default(), |scope| {
            scope.log(|log| {
                log.time(UnixNanos(5))
                    .observed_time(UnixNanos(6))
                    .severity(9, "INFO");
                log.event_name("scan.done")
                    .body("42 findings")
                    .attribute("count", 42);
                log.trace_id(TraceId([1; 16]))
                    .span_id(SpanId([2; 8]))
                    .flags(1);
                log.dropped_attributes(2);
            });
        });
    });
    let mut seen = 0;
    let mut check = |log: &LogView<'_, '_>| {
        seen += 1;
        assert_eq!((log.time, log.observed_time), (UnixNanos(5), UnixNanos(6)));
        assert_eq!((log.severity, log.severity_text), (9, "INFO"));
        assert_eq!(
            (log.event_name, log.event_name_slot),
            ("scan.done", Some(name))
        );
        assert_eq!(log.body, Value::Str("42 findings"));
        assert_eq!(log.attributes.by_key("count"), Some(Value::Int(42)));
        assert_eq!(log.trace_id(), Some(TraceId([1; 16])));
        assert_eq!(log.span_id(), Some(SpanId([2; 8])));
        assert_eq!((log.flags, log.dropped_attributes), (1, 2));
    };
    walk::logs(&request.finish(), &keys, &WalkLimits::DEFAULT, &mut check).unwrap();
    assert_eq!(seen, 1);
}

#[test]
fn nothing_rejected_is_an_empty_answer() {
    assert_eq!(export_response(0, ""), b"");
    for (rejected, message) in [
        (0, "slow down"),
        (3, ""),
        (u64::from(u32::MAX), "no trace id"),
    ] {
        let expected = PartialSuccess {
            rejected,
            message: message.to_owned(),
        };
        let answer = export_response(rejected, message);
        assert_eq!(response::partial_success(&answer), Ok(expected));
    }
}

#[test]
fn retry_info_is_read_back() {
    for delay in [
        None,
        Some(Duration::ZERO),
        Some(Duration::from_millis(1500)),
    ] {
        let bytes = status(14, "queue is full", delay);
        let read = response::status(&bytes).unwrap();
        assert_eq!((read.code, read.message.as_str()), (14, "queue is full"));
        assert_eq!(read.retry_after, delay);
        assert_eq!(response::retry_after(&bytes), delay);
    }
    assert_eq!(response::retry_after(b"\xff"), None);
}

#[test]
fn lengths_of_any_size_are_read_back() {
    for len in [0, 1, 127, 128, 16_383, 16_384, 300_000] {
        let text = "x".repeat(len);
        let mut request = TraceRequest::new();
        request.resource(&[("key", text.as_str().into())], |resource| {
            resource.scope(&Scope::default(), |scope| {
                scope.span(|_| {});
            });
        });
        let mut check = |span: &SpanView<'_, '_>| {
            assert_eq!(
                span.resource.attributes.by_key("key"),
                Some(Value::Str(&text))
            );
        };
        let bytes = request.finish();
        let summary = walk::traces(&bytes, &Keys::new(), &WalkLimits::DEFAULT, &mut check);
        assert_eq!(summary.unwrap().spans, 1, "{len}");
    }
}
