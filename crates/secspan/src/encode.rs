//! Spans to OTLP protobuf bytes.
//!
//! A batch is encoded once and kept as bytes: they are what a retry, the spool and the disk need,
//! and their size is what the limits count. A property test holds the bytes equal, field by field,
//! to what `opentelemetry-proto` makes of the same spans.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{Event, Link, SpanContext, SpanId, SpanKind, Status};
use opentelemetry::{Array, InstrumentationScope, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;
use secspan_otlp::encode::{
    Any, EncodedSpans, EventWriter, LinkWriter, Scope, SpanWriter, TraceRequest,
};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{self, DroppedCounts, StatusCode};

#[cfg(test)]
mod tests;

/// Room for what stands around the spans of a request: its resource, its scopes.
const FRAME_BYTES: usize = 1024;

/// An OTLP export request as bytes, and the number of spans in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) bytes: bytes::Bytes,
    pub(crate) spans: u64,
}

/// Collects spans and yields an export request.
#[derive(Debug)]
pub(crate) struct Encoder {
    resource: Resource,
    /// One entry per instrumentation scope; nearly always one.
    scopes: Vec<(InstrumentationScope, EncodedSpans)>,
    spans: u64,
}

impl Encoder {
    pub(crate) fn new(resource: &Resource) -> Self {
        Self {
            resource: resource.clone(),
            scopes: Vec::new(),
            spans: 0,
        }
    }

    /// Adds a span; the size of all spans so far, in bytes.
    pub(crate) fn add(&mut self, span: &SpanData) -> usize {
        let known = self
            .scopes
            .iter()
            .position(|(scope, _)| *scope == span.instrumentation_scope);
        let index = known.unwrap_or_else(|| {
            let scope = span.instrumentation_scope.clone();
            self.scopes.push((scope, EncodedSpans::default()));
            self.scopes.len() - 1
        });
        if let Some((_, spans)) = self.scopes.get_mut(index) {
            spans.span(|writer| write_span(writer, span));
        }
        self.spans += 1;
        self.bytes()
    }

    fn bytes(&self) -> usize {
        self.scopes.iter().map(|(_, spans)| spans.len()).sum()
    }

    /// Spans added since the last [`Self::finish`].
    pub(crate) fn spans(&self) -> u64 {
        self.spans
    }

    /// The request with everything added, if anything was.
    pub(crate) fn finish(&mut self) -> Option<Batch> {
        if self.spans == 0 {
            return None;
        }
        let mut request = TraceRequest::with_capacity(self.bytes() + FRAME_BYTES);
        with_attributes(self.resource.iter(), |attributes| {
            request.resource(attributes, |resource| {
                for (scope, spans) in &self.scopes {
                    with_attributes(
                        scope.attributes().map(|pair| (&pair.key, &pair.value)),
                        |attributes| {
                            let head = Scope {
                                name: scope.name(),
                                version: scope.version().unwrap_or_default(),
                                attributes,
                            };
                            resource.scope(&head, |writer| {
                                writer.encoded(spans);
                                writer.schema_url(scope.schema_url().unwrap_or_default());
                            });
                        },
                    );
                }
            });
        });
        let batch = Batch {
            bytes: request.finish().into(),
            spans: self.spans,
        };
        self.scopes.clear();
        self.spans = 0;
        Some(batch)
    }
}

/// Hands over a whole set of attributes, as resources and scopes take them.
fn with_attributes<'v>(
    pairs: impl Iterator<Item = (&'v opentelemetry::Key, &'v Value)>,
    write: impl FnOnce(&[(&str, Any<'_>)]),
) {
    let pairs: Vec<_> = pairs
        .map(|(key, value)| (key.as_str(), value, elements(value)))
        .collect();
    let attributes: Vec<_> = pairs
        .iter()
        .map(|(key, value, elements)| (*key, to_any(value, elements)))
        .collect();
    write(&attributes);
}

fn write_span(writer: &mut SpanWriter<'_>, span: &SpanData) {
    let context = &span.span_context;
    writer.trace_id(context.trace_id().to_bytes());
    writer.span_id(context.span_id().to_bytes());
    writer.trace_state(&context.trace_state().header());
    if span.parent_span_id != SpanId::INVALID {
        writer.parent(span.parent_span_id.to_bytes());
    }
    writer.name(&span.name).kind(kind(&span.span_kind));
    writer.start(nanos(span.start_time));
    writer.end(nanos(span.end_time));
    for pair in &span.attributes {
        writer.attribute(
            pair.key.as_str(),
            to_any(&pair.value, &elements(&pair.value)),
        );
    }
    for event in &span.events.events {
        let time = nanos(event.timestamp);
        writer.event(&event.name, time, |writer| write_event(writer, event));
    }
    for link in &span.links.links {
        let (trace, span) = (link.span_context.trace_id(), link.span_context.span_id());
        writer.link(trace.to_bytes(), span.to_bytes(), |writer| {
            write_link(writer, link);
        });
    }
    writer.dropped(DroppedCounts {
        attributes: span.dropped_attributes_count,
        events: span.events.dropped_count,
        links: span.links.dropped_count,
    });
    match &span.status {
        Status::Unset => writer.status(StatusCode::Unset, ""),
        Status::Ok => writer.status(StatusCode::Ok, ""),
        Status::Error { description } => writer.status(StatusCode::Error, description),
    };
    writer.flags(flags(context, span.parent_span_is_remote));
}

fn write_event(writer: &mut EventWriter<'_>, event: &Event) {
    for pair in &event.attributes {
        writer.attribute(
            pair.key.as_str(),
            to_any(&pair.value, &elements(&pair.value)),
        );
    }
    if event.dropped_attributes_count != 0 {
        writer.dropped_attributes(event.dropped_attributes_count);
    }
}

fn write_link(writer: &mut LinkWriter<'_>, link: &Link) {
    let context = &link.span_context;
    writer.trace_state(&context.trace_state().header());
    for pair in &link.attributes {
        writer.attribute(
            pair.key.as_str(),
            to_any(&pair.value, &elements(&pair.value)),
        );
    }
    if link.dropped_attributes_count != 0 {
        writer.dropped_attributes(link.dropped_attributes_count);
    }
    writer.flags(flags(context, context.is_remote()));
}

/// Nanoseconds since 1970; 0 for a time before, the greatest number beyond the year 2554.
fn nanos(time: SystemTime) -> UnixNanos {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixNanos(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

fn kind(kind: &SpanKind) -> view::SpanKind {
    match kind {
        SpanKind::Internal => view::SpanKind::Internal,
        SpanKind::Server => view::SpanKind::Server,
        SpanKind::Client => view::SpanKind::Client,
        SpanKind::Producer => view::SpanKind::Producer,
        SpanKind::Consumer => view::SpanKind::Consumer,
    }
}

/// Trace flags, and whether the context came from another process (known: 0x100; yes: 0x200).
fn flags(context: &SpanContext, remote: bool) -> u32 {
    u32::from(context.trace_flags().to_u8()) | 0x100 | if remote { 0x200 } else { 0 }
}

/// A value to be written; `elements` are those of an array.
fn to_any<'v>(value: &'v Value, elements: &'v [Any<'v>]) -> Any<'v> {
    match value {
        Value::String(text) => Any::Str(text.as_str()),
        Value::Bool(flag) => Any::Bool(*flag),
        Value::I64(number) => Any::Int(*number),
        Value::F64(number) => Any::Double(*number),
        // A later kind of value is not known here; an empty list is honest about that.
        _ => Any::Array(elements),
    }
}

/// The elements of an array; empty, and no allocation, for any other value.
fn elements(value: &Value) -> Vec<Any<'_>> {
    match value {
        Value::Array(Array::Bool(flags)) => flags.iter().map(|flag| Any::Bool(*flag)).collect(),
        Value::Array(Array::I64(numbers)) => numbers.iter().map(|n| Any::Int(*n)).collect(),
        Value::Array(Array::F64(numbers)) => numbers.iter().map(|n| Any::Double(*n)).collect(),
        Value::Array(Array::String(texts)) => {
            texts.iter().map(|text| Any::Str(text.as_str())).collect()
        }
        _ => Vec::new(),
    }
}
