//! Writes `ExportTraceServiceRequest` messages.

use super::any::{self, Any, Attribute};
use super::writer::Writer;
use super::{Scope, write_resource, write_scope};
use crate::time::UnixNanos;
use crate::view::{DroppedCounts, SpanKind, StatusCode};

/// An `ExportTraceServiceRequest` in the making.
#[derive(Clone, Debug, Default)]
pub struct TraceRequest {
    writer: Writer,
}

impl TraceRequest {
    /// A request without resources.
    pub fn new() -> Self {
        Self::default()
    }

    /// A request with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            writer: Writer::with_capacity(bytes),
        }
    }

    /// Adds a resource with these attributes; `fill` adds its scopes.
    pub fn resource(
        &mut self,
        attributes: &[Attribute<'_>],
        fill: impl FnOnce(&mut ResourceSpansWriter<'_>),
    ) -> &mut Self {
        self.writer.message(1, |writer| {
            write_resource(writer, attributes);
            fill(&mut ResourceSpansWriter { writer });
        });
        self
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.writer.len()
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The wire bytes.
    pub fn finish(self) -> Vec<u8> {
        self.writer.finish()
    }
}

/// Adds scopes to a resource.
#[derive(Debug)]
pub struct ResourceSpansWriter<'w> {
    pub(super) writer: &'w mut Writer,
}

impl ResourceSpansWriter<'_> {
    /// Adds a scope; `fill` adds its spans.
    pub fn scope(
        &mut self,
        scope: &Scope<'_>,
        fill: impl FnOnce(&mut ScopeSpansWriter<'_>),
    ) -> &mut Self {
        self.writer.message(2, |writer| {
            write_scope(writer, scope);
            fill(&mut ScopeSpansWriter { writer });
        });
        self
    }

    /// The schema that the resource follows.
    pub fn schema_url(&mut self, url: &str) -> &mut Self {
        self.writer.text(3, url);
        self
    }
}

/// Adds spans to a scope.
#[derive(Debug)]
pub struct ScopeSpansWriter<'w> {
    writer: &'w mut Writer,
}

impl ScopeSpansWriter<'_> {
    /// Adds a span; `fill` writes its fields.
    pub fn span(&mut self, fill: impl FnOnce(&mut SpanWriter<'_>)) -> &mut Self {
        self.writer
            .message(2, |writer| fill(&mut SpanWriter { writer }));
        self
    }

    /// Adds spans that are encoded already.
    pub fn encoded(&mut self, spans: &EncodedSpans) -> &mut Self {
        self.writer.raw(spans.writer.as_bytes());
        self
    }

    /// The schema that the spans follow.
    pub fn schema_url(&mut self, url: &str) -> &mut Self {
        self.writer.text(3, url);
        self
    }
}

/// Spans of one scope, encoded as they end; a request takes them later.
#[derive(Clone, Debug, Default)]
pub struct EncodedSpans {
    writer: Writer,
}

impl EncodedSpans {
    /// Adds a span; `fill` writes its fields.
    pub fn span(&mut self, fill: impl FnOnce(&mut SpanWriter<'_>)) -> &mut Self {
        self.writer
            .message(2, |writer| fill(&mut SpanWriter { writer }));
        self
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.writer.len()
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Writes the fields of a span, in the order of the calls.
#[derive(Debug)]
pub struct SpanWriter<'w> {
    pub(crate) writer: &'w mut Writer,
}

impl SpanWriter<'_> {
    /// Trace id: 16 bytes to be valid.
    pub fn trace_id(&mut self, id: impl AsRef<[u8]>) -> &mut Self {
        self.writer.bytes(1, id.as_ref());
        self
    }

    /// Span id: 8 bytes to be valid.
    pub fn span_id(&mut self, id: impl AsRef<[u8]>) -> &mut Self {
        self.writer.bytes(2, id.as_ref());
        self
    }

    /// W3C trace state.
    pub fn trace_state(&mut self, state: &str) -> &mut Self {
        self.writer.text(3, state);
        self
    }

    /// The parent's span id.
    pub fn parent(&mut self, id: impl AsRef<[u8]>) -> &mut Self {
        self.writer.bytes(4, id.as_ref());
        self
    }

    /// Name.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.writer.text(5, name);
        self
    }

    /// Kind.
    pub fn kind(&mut self, kind: SpanKind) -> &mut Self {
        self.kind_number(kind.number())
    }

    pub(crate) fn kind_number(&mut self, number: i32) -> &mut Self {
        self.writer.varint(6, i64::from(number).cast_unsigned());
        self
    }

    /// Start.
    pub fn start(&mut self, time: UnixNanos) -> &mut Self {
        self.writer.fixed64(7, time.0);
        self
    }

    /// End.
    pub fn end(&mut self, time: UnixNanos) -> &mut Self {
        self.writer.fixed64(8, time.0);
        self
    }

    /// Adds an attribute.
    pub fn attribute<'v>(&mut self, key: &str, value: impl Into<Any<'v>>) -> &mut Self {
        any::write_attribute(self.writer, 9, key, &value.into());
        self
    }

    /// Adds an event; `fill` adds its attributes.
    pub fn event(
        &mut self,
        name: &str,
        time: UnixNanos,
        fill: impl FnOnce(&mut EventWriter<'_>),
    ) -> &mut Self {
        self.writer.message(11, |writer| {
            writer.fixed64(1, time.0);
            writer.text(2, name);
            fill(&mut EventWriter { writer });
        });
        self
    }

    /// Adds a link to another span; `fill` adds what else it carries.
    pub fn link(
        &mut self,
        trace_id: impl AsRef<[u8]>,
        span_id: impl AsRef<[u8]>,
        fill: impl FnOnce(&mut LinkWriter<'_>),
    ) -> &mut Self {
        self.writer.message(13, |writer| {
            writer.bytes(1, trace_id.as_ref());
            writer.bytes(2, span_id.as_ref());
            fill(&mut LinkWriter { writer });
        });
        self
    }

    /// Status code and message.
    pub fn status(&mut self, code: StatusCode, message: &str) -> &mut Self {
        self.writer.message(15, |writer| {
            writer.text(2, message);
            if code != StatusCode::Unset {
                writer.varint(3, i64::from(code.number()).cast_unsigned());
            }
        });
        self
    }

    /// W3C flags.
    pub fn flags(&mut self, flags: u32) -> &mut Self {
        self.writer.fixed32(16, flags);
        self
    }

    /// How much the sender's limits dropped; zeros are not written.
    pub fn dropped(&mut self, dropped: DroppedCounts) -> &mut Self {
        for (field, count) in [
            (10, dropped.attributes),
            (12, dropped.events),
            (14, dropped.links),
        ] {
            if count != 0 {
                self.writer.varint(field, count.into());
            }
        }
        self
    }
}

/// Adds attributes to an event.
#[derive(Debug)]
pub struct EventWriter<'w> {
    writer: &'w mut Writer,
}

impl EventWriter<'_> {
    /// Adds an attribute.
    pub fn attribute<'v>(&mut self, key: &str, value: impl Into<Any<'v>>) -> &mut Self {
        any::write_attribute(self.writer, 3, key, &value.into());
        self
    }

    /// How many attributes the sender's limits dropped.
    pub fn dropped_attributes(&mut self, count: u32) -> &mut Self {
        self.writer.varint(4, count.into());
        self
    }
}

/// Adds what a link carries besides its ids.
#[derive(Debug)]
pub struct LinkWriter<'w> {
    writer: &'w mut Writer,
}

impl LinkWriter<'_> {
    /// W3C trace state.
    pub fn trace_state(&mut self, state: &str) -> &mut Self {
        self.writer.text(3, state);
        self
    }

    /// Adds an attribute.
    pub fn attribute<'v>(&mut self, key: &str, value: impl Into<Any<'v>>) -> &mut Self {
        any::write_attribute(self.writer, 4, key, &value.into());
        self
    }

    /// How many attributes the sender's limits dropped.
    pub fn dropped_attributes(&mut self, count: u32) -> &mut Self {
        self.writer.varint(5, count.into());
        self
    }

    /// W3C flags.
    pub fn flags(&mut self, flags: u32) -> &mut Self {
        self.writer.fixed32(6, flags);
        self
    }
}
