//! Writes `ExportLogsServiceRequest` messages.

use super::any::{self, Any, Attribute};
use super::writer::Writer;
use super::{Scope, write_resource, write_scope};
use crate::time::UnixNanos;

/// An `ExportLogsServiceRequest` in the making.
#[derive(Clone, Debug, Default)]
pub struct LogRequest {
    writer: Writer,
}

impl LogRequest {
    /// A request without resources.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a resource with these attributes; `fill` adds its scopes.
    pub fn resource(
        &mut self,
        attributes: &[Attribute<'_>],
        fill: impl FnOnce(&mut ResourceLogsWriter<'_>),
    ) -> &mut Self {
        self.writer.message(1, |writer| {
            write_resource(writer, attributes);
            fill(&mut ResourceLogsWriter { writer });
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
pub struct ResourceLogsWriter<'w> {
    writer: &'w mut Writer,
}

impl ResourceLogsWriter<'_> {
    /// Adds a scope; `fill` adds its log records.
    pub fn scope(
        &mut self,
        scope: &Scope<'_>,
        fill: impl FnOnce(&mut ScopeLogsWriter<'_>),
    ) -> &mut Self {
        self.writer.message(2, |writer| {
            write_scope(writer, scope);
            fill(&mut ScopeLogsWriter { writer });
        });
        self
    }

    /// The schema that the resource follows.
    pub fn schema_url(&mut self, url: &str) -> &mut Self {
        self.writer.text(3, url);
        self
    }
}

/// Adds log records to a scope.
#[derive(Debug)]
pub struct ScopeLogsWriter<'w> {
    writer: &'w mut Writer,
}

impl ScopeLogsWriter<'_> {
    /// Adds a log record; `fill` writes its fields.
    pub fn log(&mut self, fill: impl FnOnce(&mut LogWriter<'_>)) -> &mut Self {
        self.writer
            .message(2, |writer| fill(&mut LogWriter { writer }));
        self
    }

    /// The schema that the log records follow.
    pub fn schema_url(&mut self, url: &str) -> &mut Self {
        self.writer.text(3, url);
        self
    }
}

/// Writes the fields of a log record, in the order of the calls.
#[derive(Debug)]
pub struct LogWriter<'w> {
    writer: &'w mut Writer,
}

impl LogWriter<'_> {
    /// When it happened.
    pub fn time(&mut self, time: UnixNanos) -> &mut Self {
        self.writer.fixed64(1, time.0);
        self
    }

    /// When it was collected.
    pub fn observed_time(&mut self, time: UnixNanos) -> &mut Self {
        self.writer.fixed64(11, time.0);
        self
    }

    /// Severity number, 1 (trace) to 24 (fatal), and text; empty text is not written.
    pub fn severity(&mut self, number: i32, text: &str) -> &mut Self {
        self.writer.varint(2, i64::from(number).cast_unsigned());
        self.writer.text(3, text);
        self
    }

    /// Event name: makes the log record an event.
    pub fn event_name(&mut self, name: &str) -> &mut Self {
        self.writer.text(12, name);
        self
    }

    /// Body.
    pub fn body<'v>(&mut self, value: impl Into<Any<'v>>) -> &mut Self {
        let value = value.into();
        self.writer
            .message(5, |writer| any::write_any(writer, &value));
        self
    }

    /// Adds an attribute.
    pub fn attribute<'v>(&mut self, key: &str, value: impl Into<Any<'v>>) -> &mut Self {
        any::write_attribute(self.writer, 6, key, &value.into());
        self
    }

    /// How many attributes the sender's limits dropped.
    pub fn dropped_attributes(&mut self, count: u32) -> &mut Self {
        self.writer.varint(7, count.into());
        self
    }

    /// W3C flags.
    pub fn flags(&mut self, flags: u32) -> &mut Self {
        self.writer.fixed32(8, flags);
        self
    }

    /// Trace id: 16 bytes to be valid.
    pub fn trace_id(&mut self, id: impl AsRef<[u8]>) -> &mut Self {
        self.writer.bytes(9, id.as_ref());
        self
    }

    /// Span id: 8 bytes to be valid.
    pub fn span_id(&mut self, id: impl AsRef<[u8]>) -> &mut Self {
        self.writer.bytes(10, id.as_ref());
        self
    }
}
