//! Wire bytes from values: requests for transcoding, tests and load, answers for receivers.
//!
//! Messages are written front to back into one buffer; there is no tree in between. What is not
//! written is not on the wire, so a span without a name is one without that field.
//!
//! ```
//! use secspan_otlp::encode::{Scope, TraceRequest};
//! use secspan_otlp::time::UnixNanos;
//! use secspan_otlp::view::{SpanId, StatusCode, TraceId};
//!
//! let mut request = TraceRequest::new();
//! request.resource(&[("service.name", "checkout".into())], |resource| {
//!     resource.scope(&Scope { name: "app", ..Scope::default() }, |scope| {
//!         scope.span(|span| {
//!             span.trace_id(TraceId([1; 16])).span_id(SpanId([2; 8])).name("pay");
//!             span.start(UnixNanos(1)).end(UnixNanos(5));
//!             span.attribute("attempt", 2);
//!             span.event("retried", UnixNanos(3), |event| {
//!                 event.attribute("delay", 0.5);
//!             });
//!             span.status(StatusCode::Ok, "");
//!         });
//!     });
//! });
//! let bytes = request.finish();
//! # assert_eq!(bytes.first(), Some(&0x0a));
//! ```

mod any;
mod logs;
mod metrics;
mod response;
mod traces;
mod writer;

pub(crate) use any::write_any;
pub use any::{Any, Attribute};
pub use logs::{LogRequest, LogWriter, ResourceLogsWriter, ScopeLogsWriter};
pub use metrics::{Exemplar, MetricRequest, PointWriter, PointsWriter, ScopeMetricsWriter};
pub(crate) use response::RETRY_INFO_TYPE;
pub use response::{export_response, status};
pub use traces::{
    EncodedSpans, EventWriter, LinkWriter, ResourceSpansWriter, ScopeSpansWriter, SpanWriter,
    TraceRequest,
};
pub(crate) use writer::Writer;

/// An instrumentation scope to be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'a> {
    /// Name of the instrumentation library.
    pub name: &'a str,
    /// Its version; empty is not written.
    pub version: &'a str,
    /// Its attributes.
    pub attributes: &'a [Attribute<'a>],
}

/// Writes the resource of a `ResourceSpans` or `ResourceLogs`.
fn write_resource(writer: &mut Writer, attributes: &[Attribute<'_>]) {
    writer.message(1, |writer| {
        for (key, value) in attributes {
            any::write_attribute(writer, 1, key, value);
        }
    });
}

/// Writes the scope of a `ScopeSpans` or `ScopeLogs`.
fn write_scope(writer: &mut Writer, scope: &Scope<'_>) {
    writer.message(1, |writer| {
        writer.text(1, scope.name);
        writer.text(2, scope.version);
        for (key, value) in scope.attributes {
            any::write_attribute(writer, 3, key, value);
        }
    });
}

#[cfg(test)]
mod tests;
