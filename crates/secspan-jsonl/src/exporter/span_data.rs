//! From a span of the SDK to what the join keeps of it.

use opentelemetry::trace::{Event, Status};
use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use secspan_records::capture::CallFacts;
use secspan_records::definition::Definitions;
use secspan_records::event::FactEvent;
use secspan_records::facts::{Call, FactValue, SpanFacts, SpanId, TraceId};
use secspan_records::kind::Calls;
use secspan_records::origin::Identity;
use secspan_semconv::attribute;

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
        let fact = definitions.fact(attribute.key.as_str());
        if let Some((fact, value)) = fact.zip(value(&attribute.value)) {
            facts.set(fact, value);
        }
    }
    let calls = span.events.iter();
    facts
        .calls
        .extend(calls.filter_map(|event| call(event, definitions)));
    facts.name_stage(definitions, &span.name);
    (TraceId(span.span_context.trace_id().to_bytes()), facts)
}

/// The events of a span that are records by themselves.
pub(super) fn events(
    span: &SpanData,
    definitions: &Definitions,
) -> impl Iterator<Item = FactEvent> {
    let identity = Identity {
        trace: TraceId(span.span_context.trace_id().to_bytes()),
        span: SpanId(span.span_context.span_id().to_bytes()),
    };
    span.events.iter().filter_map(move |event| {
        let kind = definitions.kind_of_event(&event.name)?;
        let get = |key: &'static str| last(&event.attributes, key).and_then(value);
        let time = nanos(event.timestamp);
        Some(FactEvent::read(kind, Some(identity), time, get))
    })
}

fn call(event: &Event, definitions: &Definitions) -> Option<Call> {
    let number = definitions.call_of_event(&event.name)?;
    let calls: &Calls = definitions.calls().get(usize::from(number))?;
    let get = |key: &str| last(&event.attributes, key);
    let text = |key: &str| match get(key) {
        Some(Value::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let facts = CallFacts {
        sort: text(calls.sort),
        tool: text(calls.tool),
        outcome: text(attribute::SECOPS_OUTCOME),
        error: get(attribute::ERROR_TYPE).is_some(),
        amount: get(calls.amount).and_then(value),
    };
    definitions.call(number, nanos(event.timestamp), &facts)
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
