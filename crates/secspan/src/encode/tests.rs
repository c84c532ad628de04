//! Our bytes against those of `opentelemetry-proto`, for any span.

use std::time::{Duration, UNIX_EPOCH};

use opentelemetry::trace::{
    Event, Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{Array, InstrumentationScope, Key, KeyValue, StringValue, Value};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use proptest::prelude::*;
use prost::Message as _;

use super::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-zäß€]{1,12}", "x{120,140}"]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(Value::from),
        any::<i64>().prop_map(Value::I64),
        any::<bool>().prop_map(Value::Bool),
        // NaN is not equal to itself, which is no fault of the encoder.
        any::<f64>()
            .prop_filter("comparable", |f| !f.is_nan())
            .prop_map(Value::F64),
        prop::collection::vec(any::<i64>(), 0..4).prop_map(|v| Value::Array(Array::I64(v))),
        prop::collection::vec(any::<bool>(), 0..4).prop_map(|v| Value::Array(Array::Bool(v))),
        prop::collection::vec(0.0..9.0, 0..4).prop_map(|v| Value::Array(Array::F64(v))),
        prop::collection::vec(text().prop_map(StringValue::from), 0..4)
            .prop_map(|v| Value::Array(Array::String(v))),
    ]
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    let pair = (text(), value()).prop_map(|(key, value)| KeyValue::new(Key::from(key), value));
    prop::collection::vec(pair, 0..4)
}

fn context() -> impl Strategy<Value = SpanContext> {
    (
        any::<u128>(),
        any::<u64>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(trace, span, sampled, remote, state)| {
            let state = if state {
                TraceState::from_key_value([("vendor", "1"), ("other", "2")]).unwrap()
            } else {
                TraceState::NONE
            };
            let flags = TraceFlags::default().with_sampled(sampled);
            SpanContext::new(
                TraceId::from(trace),
                SpanId::from(span),
                flags,
                remote,
                state,
            )
        })
}

fn events() -> impl Strategy<Value = SpanEvents> {
    let event = (text(), 1..u32::MAX, attributes(), 0..3_u32).prop_map(
        |(name, at, attributes, dropped)| {
            let at = UNIX_EPOCH + Duration::from_nanos(at.into());
            Event::new(name, at, attributes, dropped)
        },
    );
    (prop::collection::vec(event, 0..3), any::<u32>()).prop_map(|(events, dropped)| {
        let mut all = SpanEvents::default();
        all.events = events;
        all.dropped_count = dropped;
        all
    })
}

fn links() -> impl Strategy<Value = SpanLinks> {
    let link = (context(), attributes(), 0..3_u32)
        .prop_map(|(context, attributes, dropped)| Link::new(context, attributes, dropped));
    (prop::collection::vec(link, 0..3), any::<u32>()).prop_map(|(links, dropped)| {
        let mut all = SpanLinks::default();
        all.links = links;
        all.dropped_count = dropped;
        all
    })
}

fn scope() -> impl Strategy<Value = InstrumentationScope> {
    prop_oneof![
        Just(
            InstrumentationScope::builder("secspan")
                .with_version("1")
                .build()
        ),
        Just(
            InstrumentationScope::builder("library")
                .with_schema_url("https://example.com/schema")
                .with_attributes([KeyValue::new("a", 1)])
                .build()
        ),
    ]
}

prop_compose! {
    fn span()(
        span_context in context(),
        parent in prop_oneof![Just(0), any::<u64>()],
        parent_span_is_remote in any::<bool>(),
        span_kind in prop_oneof![
            Just(SpanKind::Internal), Just(SpanKind::Server), Just(SpanKind::Client),
            Just(SpanKind::Producer), Just(SpanKind::Consumer),
        ],
        name in text(),
        times in (2..u64::MAX, any::<u32>()),
        attributes in attributes(),
        dropped_attributes_count in any::<u32>(),
        events in events(),
        links in links(),
        status in prop_oneof![Just(Status::Unset), Just(Status::Ok), text().prop_map(Status::error)],
        instrumentation_scope in scope(),
    ) -> SpanData {
        let start_time = UNIX_EPOCH + Duration::from_nanos(times.0 / 2);
        SpanData {
            span_context,
            parent_span_id: SpanId::from(parent),
            parent_span_is_remote,
            span_kind,
            name: name.into(),
            start_time,
            end_time: start_time + Duration::from_nanos(times.1.into()),
            attributes,
            dropped_attributes_count,
            events,
            links,
            status,
            instrumentation_scope,
        }
    }
}

proptest! {
    #[test]
    fn the_same_as_opentelemetry_proto(spans in prop::collection::vec(span(), 0..6)) {
        let resource = Resource::builder_empty().with_attribute(KeyValue::new("service.name", "a")).build();
        let mut encoder = Encoder::new(&resource);
        for span in &spans {
            encoder.add(span);
        }
        let Some(batch) = encoder.finish() else {
            prop_assert!(spans.is_empty());
            return Ok(());
        };
        prop_assert_eq!(batch.spans, spans.len() as u64);
        let ours = ExportTraceServiceRequest::decode(batch.bytes.as_ref()).unwrap();
        let shared = ResourceAttributesWithSchema::from(&resource);
        let theirs = ExportTraceServiceRequest {
            resource_spans: group_spans_by_resource_and_scope(spans, &shared),
        };
        prop_assert_eq!(&ours, &theirs);
        // Not only the same meaning: not one byte more.
        prop_assert_eq!(batch.bytes.len(), theirs.encoded_len());
        prop_assert!(encoder.finish().is_none(), "the encoder starts over");
    }
}
