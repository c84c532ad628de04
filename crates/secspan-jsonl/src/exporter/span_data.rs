//! From a span of the SDK to what the join keeps of it.

use opentelemetry::trace::{Event, Status};
use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use secspan_records::capture::CallFacts;
use secspan_records::definition::Definitions;
use secspan_records::event::{EventKind, FactEvent};
use secspan_records::facts::{Fact, FactValue, PerplexityCall, SpanFacts, SpanId, TraceId};
use secspan_records::record::Identity;
use secspan_semconv::{attribute, event};

use super::clock::nanos;

/// The trace and the facts of a span.
pub(super) fn facts(span: &SpanData, definitions: &Definitions) -> (TraceId, SpanFacts) {
    let mut facts = SpanFacts {
        span: SpanId(span.span_context.span_id().to_bytes()),
        parent: SpanId(span.parent_span_id.to_bytes()),
        start: nanos(span.start_time),
        end: nanos(span.end_time),
        failed: matches!(span.status, Status::Error { .. }),
        ..SpanFacts::default()
    };
    for attribute in &span.attributes {
        let fact = Fact::of_attribute(attribute.key.as_str());
        if let Some((fact, value)) = fact.zip(value(&attribute.value)) {
            facts.set(fact, value);
        }
    }
    let calls = span
        .events
        .iter()
        .filter(|event| event.name == event::SECOPS_PERPLEXITY_CALL);
    facts.calls.extend(calls.map(call));
    facts.name_stage(definitions, &span.name);
    (TraceId(span.span_context.trace_id().to_bytes()), facts)
}

/// The events of a span that are records by themselves.
pub(super) fn events(span: &SpanData) -> impl Iterator<Item = FactEvent> {
    let identity = Identity {
        trace: TraceId(span.span_context.trace_id().to_bytes()),
        span: SpanId(span.span_context.span_id().to_bytes()),
    };
    span.events.iter().filter_map(move |event| {
        let kind = EventKind::of_event(&event.name)?;
        let get = |key: &'static str| last(&event.attributes, key).and_then(value);
        let time = nanos(event.timestamp);
        Some(FactEvent::read(kind, Some(identity), time, get))
    })
}

fn call(event: &Event) -> PerplexityCall {
    let get = |key: &str| last(&event.attributes, key);
    let text = |key: &str| match get(key) {
        Some(Value::String(text)) => Some(text.as_str()),
        _ => None,
    };
    CallFacts {
        kind: text(attribute::SECOPS_PERPLEXITY_KIND),
        tool: text(attribute::GEN_AI_TOOL_NAME),
        outcome: text(attribute::SECOPS_OUTCOME),
        error: get(attribute::ERROR_TYPE).is_some(),
        citations: get(attribute::SECOPS_PERPLEXITY_CITATION_COUNT).and_then(value),
    }
    .at(nanos(event.timestamp))
}

/// The SDK keeps duplicate keys; the last one wins, as it does on the wire.
fn last<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
    attributes
        .iter()
        .rev()
        .find(|attribute| attribute.key.as_str() == key)
        .map(|found| &found.value)
}

fn value(value: &Value) -> Option<FactValue> {
    match value {
        Value::Bool(value) => Some(FactValue::Bool(*value)),
        Value::I64(value) => Some(FactValue::Int(*value)),
        Value::F64(value) => Some(FactValue::Double(*value)),
        Value::String(text) => FactValue::text(text.as_str()),
        Value::Array(array) => Some(FactValue::List(length(array))),
        _ => Some(FactValue::Other),
    }
}

fn length(array: &Array) -> u32 {
    let length = match array {
        Array::Bool(items) => items.len(),
        Array::I64(items) => items.len(),
        Array::F64(items) => items.len(),
        Array::String(items) => items.len(),
        _ => 0,
    };
    u32::try_from(length).unwrap_or(u32::MAX)
}
