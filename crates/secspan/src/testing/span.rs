//! Spans as they arrived, with look-ups that are exact about types.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::{Span, span};

/// An attribute's value.
#[derive(Debug, Clone, PartialEq)]
pub enum SinkValue {
    /// `string_value`.
    Text(String),
    /// `int_value`.
    Int(i64),
    /// `double_value`.
    Double(f64),
    /// `bool_value`.
    Bool(bool),
    /// `array_value`.
    Array(Vec<Self>),
    /// Any other kind, or none.
    Other,
}

type Attributes = Vec<(String, SinkValue)>;

/// A span as it arrived.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names are OTLP's")]
pub struct SinkSpan {
    pub name: String,
    /// 32 hex digits.
    pub trace_id: String,
    /// 16 hex digits.
    pub span_id: String,
    /// 16 hex digits, empty for a root.
    pub parent_span_id: String,
    /// 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
    pub kind: i32,
    pub start_unix_nanos: u64,
    pub end_unix_nanos: u64,
    /// 0 unset, 1 ok, 2 error.
    pub status_code: i32,
    pub status_message: String,
    pub flags: u32,
    pub attributes: Attributes,
    pub dropped_attributes: u32,
    pub events: Vec<SinkEvent>,
    pub dropped_events: u32,
    /// Trace and span id of each link.
    pub links: Vec<(String, String)>,
    pub resource: Attributes,
    pub scope: String,
}

/// A span event as it arrived.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names are OTLP's")]
pub struct SinkEvent {
    pub name: String,
    pub unix_nanos: u64,
    pub attributes: Attributes,
}

macro_rules! lookups {
    ($kind:ty) => {
        impl $kind {
            /// The value of an attribute; the first when the key is there twice.
            pub fn get(&self, key: &str) -> Option<&SinkValue> {
                find(&self.attributes, key)
            }

            /// The value, if it is text.
            pub fn text(&self, key: &str) -> Option<&str> {
                text(self.get(key)?)
            }

            /// The value, if it is an integer.
            pub fn int(&self, key: &str) -> Option<i64> {
                match self.get(key)? {
                    SinkValue::Int(number) => Some(*number),
                    _ => None,
                }
            }

            /// The value, if it is a double.
            pub fn double(&self, key: &str) -> Option<f64> {
                match self.get(key)? {
                    SinkValue::Double(number) => Some(*number),
                    _ => None,
                }
            }

            /// The value, if it is a bool.
            pub fn flag(&self, key: &str) -> Option<bool> {
                match self.get(key)? {
                    SinkValue::Bool(flag) => Some(*flag),
                    _ => None,
                }
            }

            /// The value, if it is an array of text.
            pub fn texts(&self, key: &str) -> Option<Vec<&str>> {
                match self.get(key)? {
                    SinkValue::Array(values) => values.iter().map(text).collect(),
                    _ => None,
                }
            }

            /// How often the key is there; never more than once from secspan.
            pub fn times(&self, key: &str) -> usize {
                self.attributes
                    .iter()
                    .filter(|(known, _)| known == key)
                    .count()
            }

            /// All keys, in order.
            pub fn keys(&self) -> Vec<&str> {
                self.attributes
                    .iter()
                    .map(|(key, _)| key.as_str())
                    .collect()
            }
        }
    };
}

lookups!(SinkSpan);
lookups!(SinkEvent);

impl SinkSpan {
    /// The first event of this name.
    pub fn event(&self, name: &str) -> Option<&SinkEvent> {
        self.events.iter().find(|event| event.name == name)
    }

    /// The value of a resource attribute, if it is text.
    pub fn resource_text(&self, key: &str) -> Option<&str> {
        text(find(&self.resource, key)?)
    }
}

fn find<'a>(attributes: &'a Attributes, key: &str) -> Option<&'a SinkValue> {
    attributes
        .iter()
        .find(|(known, _)| known == key)
        .map(|(_, value)| value)
}

fn text(value: &SinkValue) -> Option<&str> {
    match value {
        SinkValue::Text(text) => Some(text),
        _ => None,
    }
}

/// Every span of a request.
pub(super) fn spans(request: ExportTraceServiceRequest) -> Vec<SinkSpan> {
    let mut all = Vec::new();
    for resource_spans in request.resource_spans {
        let resource = attributes(resource_spans.resource.unwrap_or_default().attributes);
        for scope_spans in resource_spans.scope_spans {
            let scope = scope_spans.scope.unwrap_or_default().name;
            let spans = scope_spans.spans.into_iter();
            all.extend(spans.map(|span| sink_span(span, resource.clone(), scope.clone())));
        }
    }
    all
}

fn sink_span(span: Span, resource: Attributes, scope: String) -> SinkSpan {
    let status = span.status.unwrap_or_default();
    SinkSpan {
        name: span.name,
        trace_id: hex(&span.trace_id),
        span_id: hex(&span.span_id),
        parent_span_id: hex(&span.parent_span_id),
        kind: span.kind,
        start_unix_nanos: span.start_time_unix_nano,
        end_unix_nanos: span.end_time_unix_nano,
        status_code: status.code,
        status_message: status.message,
        flags: span.flags,
        attributes: attributes(span.attributes),
        dropped_attributes: span.dropped_attributes_count,
        events: span.events.into_iter().map(sink_event).collect(),
        dropped_events: span.dropped_events_count,
        links: span
            .links
            .iter()
            .map(|link| (hex(&link.trace_id), hex(&link.span_id)))
            .collect(),
        resource,
        scope,
    }
}

fn sink_event(event: span::Event) -> SinkEvent {
    SinkEvent {
        name: event.name,
        unix_nanos: event.time_unix_nano,
        attributes: attributes(event.attributes),
    }
}

fn attributes(pairs: Vec<KeyValue>) -> Attributes {
    pairs
        .into_iter()
        .map(|pair| (pair.key, value(pair.value)))
        .collect()
}

fn value(value: Option<AnyValue>) -> SinkValue {
    match value.and_then(|value| value.value) {
        Some(any_value::Value::StringValue(text)) => SinkValue::Text(text),
        Some(any_value::Value::IntValue(number)) => SinkValue::Int(number),
        Some(any_value::Value::DoubleValue(number)) => SinkValue::Double(number),
        Some(any_value::Value::BoolValue(flag)) => SinkValue::Bool(flag),
        Some(any_value::Value::ArrayValue(array)) => SinkValue::Array(
            array
                .values
                .into_iter()
                .map(|inner| self::value(Some(inner)))
                .collect(),
        ),
        _ => SinkValue::Other,
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}
