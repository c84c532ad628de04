//! Spans to OTLP protobuf bytes, written directly.
//!
//! A batch is encoded once and kept as bytes: they are what a retry, the spool and the disk need,
//! and their size is what the limits count. A property test holds the bytes equal, field by field,
//! to what `opentelemetry-proto` makes of the same spans.

use opentelemetry::trace::{Event, Link, SpanContext, SpanId, SpanKind, Status};
use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;

use self::wire::{bytes_field, fixed64_field, len_prefix, string_field, varint_field};

pub(crate) mod wire;

#[cfg(test)]
mod tests;

/// An OTLP export request as bytes, and the number of spans in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) bytes: bytes::Bytes,
    pub(crate) spans: u64,
}

/// Collects spans and yields an export request.
#[derive(Debug)]
pub(crate) struct Encoder {
    /// The encoded `Resource` field, the same in every request.
    resource: Vec<u8>,
    /// One entry per instrumentation scope; nearly always one.
    scopes: Vec<(InstrumentationScope, Vec<u8>)>,
    spans: u64,
    scratch: Vec<u8>,
}

impl Encoder {
    pub(crate) fn new(resource: &Resource) -> Self {
        let mut body = Vec::new();
        for (name, value) in resource {
            attribute(&mut body, 1, name.as_str(), value);
        }
        let mut field = Vec::with_capacity(body.len() + 4);
        bytes_field(&mut field, 1, &body);
        Self {
            resource: field,
            scopes: Vec::new(),
            spans: 0,
            scratch: Vec::new(),
        }
    }

    /// Adds a span; the size of all spans so far, in bytes.
    pub(crate) fn add(&mut self, span: &SpanData) -> usize {
        self.scratch.clear();
        write_span(&mut self.scratch, span);
        let known = self
            .scopes
            .iter()
            .position(|(scope, _)| *scope == span.instrumentation_scope);
        let index = known.unwrap_or_else(|| {
            self.scopes
                .push((span.instrumentation_scope.clone(), Vec::new()));
            self.scopes.len() - 1
        });
        if let Some((_, spans)) = self.scopes.get_mut(index) {
            bytes_field(spans, 2, &self.scratch);
        }
        self.spans += 1;
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
        let mut scope_fields = Vec::new();
        let mut schema_url = "";
        for (scope, spans) in &self.scopes {
            let mut header = Vec::new();
            bytes_field(&mut header, 1, &scope_body(scope));
            let mut trailer = Vec::new();
            schema_url = scope.schema_url().unwrap_or(schema_url);
            string_field(&mut trailer, 3, scope.schema_url().unwrap_or_default());
            len_prefix(
                &mut scope_fields,
                2,
                header.len() + spans.len() + trailer.len(),
            );
            scope_fields.extend_from_slice(&header);
            scope_fields.extend_from_slice(spans);
            scope_fields.extend_from_slice(&trailer);
        }
        let mut request = Vec::with_capacity(self.resource.len() + scope_fields.len() + 16);
        len_prefix(&mut request, 1, self.resource.len() + scope_fields.len());
        request.extend_from_slice(&self.resource);
        request.extend_from_slice(&scope_fields);
        let batch = Batch {
            bytes: request.into(),
            spans: self.spans,
        };
        self.scopes.clear();
        self.spans = 0;
        Some(batch)
    }
}

fn scope_body(scope: &InstrumentationScope) -> Vec<u8> {
    let mut body = Vec::new();
    string_field(&mut body, 1, scope.name());
    string_field(&mut body, 2, scope.version().unwrap_or_default());
    for pair in scope.attributes() {
        attribute(&mut body, 3, pair.key.as_str(), &pair.value);
    }
    body
}

fn write_span(out: &mut Vec<u8>, span: &SpanData) {
    let context = &span.span_context;
    bytes_field(out, 1, &context.trace_id().to_bytes());
    bytes_field(out, 2, &context.span_id().to_bytes());
    string_field(out, 3, &context.trace_state().header());
    if span.parent_span_id != SpanId::INVALID {
        bytes_field(out, 4, &span.parent_span_id.to_bytes());
    }
    string_field(out, 5, &span.name);
    varint_field(out, 6, kind_number(&span.span_kind));
    fixed64_field(out, 7, wire::nanos(span.start_time));
    fixed64_field(out, 8, wire::nanos(span.end_time));
    attributes(out, 9, &span.attributes);
    varint_field(out, 10, u64::from(span.dropped_attributes_count));
    for event in &span.events.events {
        let body = event_body(event);
        bytes_field(out, 11, &body);
    }
    varint_field(out, 12, u64::from(span.events.dropped_count));
    for link in &span.links.links {
        bytes_field(out, 13, &link_body(link));
    }
    varint_field(out, 14, u64::from(span.links.dropped_count));
    write_status(out, &span.status);
    wire::fixed32_field(out, 16, flags(context, span.parent_span_is_remote));
}

fn write_status(out: &mut Vec<u8>, status: &Status) {
    let (code, description) = match status {
        Status::Unset => (0, ""),
        Status::Ok => (1, ""),
        Status::Error { description } => (2, description.as_ref()),
    };
    let mut body = Vec::with_capacity(description.len() + 8);
    string_field(&mut body, 2, description);
    varint_field(&mut body, 3, code);
    bytes_field(out, 15, &body);
}

fn event_body(event: &Event) -> Vec<u8> {
    let mut body = Vec::with_capacity(64 + 48 * event.attributes.len());
    fixed64_field(&mut body, 1, wire::nanos(event.timestamp));
    string_field(&mut body, 2, &event.name);
    attributes(&mut body, 3, &event.attributes);
    varint_field(&mut body, 4, u64::from(event.dropped_attributes_count));
    body
}

fn link_body(link: &Link) -> Vec<u8> {
    let context = &link.span_context;
    let mut body = Vec::with_capacity(64);
    bytes_field(&mut body, 1, &context.trace_id().to_bytes());
    bytes_field(&mut body, 2, &context.span_id().to_bytes());
    string_field(&mut body, 3, &context.trace_state().header());
    attributes(&mut body, 4, &link.attributes);
    varint_field(&mut body, 5, u64::from(link.dropped_attributes_count));
    wire::fixed32_field(&mut body, 6, flags(context, context.is_remote()));
    body
}

fn kind_number(kind: &SpanKind) -> u64 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}

/// Trace flags, and whether the context came from another process (known: 0x100; yes: 0x200).
fn flags(context: &SpanContext, remote: bool) -> u32 {
    u32::from(context.trace_flags().to_u8()) | 0x100 | if remote { 0x200 } else { 0 }
}

fn attributes(out: &mut Vec<u8>, number: u32, pairs: &[KeyValue]) {
    for pair in pairs {
        attribute(out, number, pair.key.as_str(), &pair.value);
    }
}

fn attribute(out: &mut Vec<u8>, number: u32, name: &str, value: &Value) {
    let value_len = any_value_len(value);
    let name_len = if name.is_empty() {
        0
    } else {
        wire::field_len(1, name.len())
    };
    len_prefix(out, number, name_len + wire::field_len(2, value_len));
    string_field(out, 1, name);
    len_prefix(out, 2, value_len);
    any_value(out, value);
}

/// Members of a `oneof` are written even when they are zero or empty.
fn any_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => bytes_field(out, 1, text.as_str().as_bytes()),
        Value::Bool(flag) => wire::varint_member(out, 2, u64::from(*flag)),
        Value::I64(number) => wire::varint_member(out, 3, number.cast_unsigned()),
        Value::F64(number) => wire::fixed64_member(out, 4, number.to_bits()),
        Value::Array(array) => {
            let mut body = Vec::new();
            array_body(&mut body, array);
            bytes_field(out, 5, &body);
        }
        other => bytes_field(out, 1, other.as_str().as_bytes()),
    }
}

fn any_value_len(value: &Value) -> usize {
    match value {
        Value::String(text) => wire::field_len(1, text.as_str().len()),
        Value::Bool(_) => 2,
        Value::I64(number) => 1 + wire::varint_len(number.cast_unsigned()),
        Value::F64(_) => 9,
        Value::Array(array) => {
            let mut body = Vec::new();
            array_body(&mut body, array);
            wire::field_len(5, body.len())
        }
        other => wire::field_len(1, other.as_str().len()),
    }
}

fn array_body(out: &mut Vec<u8>, array: &Array) {
    let mut element = |value: Value| {
        let mut body = Vec::new();
        any_value(&mut body, &value);
        bytes_field(out, 1, &body);
    };
    match array {
        Array::Bool(flags) => flags.iter().for_each(|flag| element(Value::Bool(*flag))),
        Array::I64(numbers) => numbers
            .iter()
            .for_each(|number| element(Value::I64(*number))),
        Array::F64(numbers) => numbers
            .iter()
            .for_each(|number| element(Value::F64(*number))),
        Array::String(texts) => texts
            .iter()
            .for_each(|text| element(Value::String(text.clone()))),
        // A later kind of array is not known here; an empty array is honest about that.
        _ => {}
    }
}
