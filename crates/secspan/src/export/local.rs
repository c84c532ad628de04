//! Destinations inside the process: the console, and any exporter written for `opentelemetry_sdk`.

use std::fmt;
use std::io::Write as _;
use std::pin::Pin;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// A destination that takes spans as values instead of bytes.
pub(crate) struct LocalExporter(Box<dyn DynExporter>);

impl fmt::Debug for LocalExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalExporter")
    }
}

impl LocalExporter {
    pub(crate) fn new(exporter: impl SpanExporter + 'static) -> Self {
        Self(Box::new(exporter))
    }

    pub(crate) async fn export(&self, spans: Vec<SpanData>) -> OTelSdkResult {
        self.0.export(spans).await
    }

    pub(crate) fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }

    pub(crate) fn shutdown(&self) -> OTelSdkResult {
        self.0.shutdown()
    }
}

/// `SpanExporter` in a form that fits behind a pointer.
trait DynExporter: Send {
    fn export<'a>(
        &'a self,
        spans: Vec<SpanData>,
    ) -> Pin<Box<dyn Future<Output = OTelSdkResult> + Send + 'a>>;
    fn set_resource(&mut self, resource: &Resource);
    fn shutdown(&self) -> OTelSdkResult;
}

impl<E: SpanExporter> DynExporter for E {
    fn export<'a>(
        &'a self,
        spans: Vec<SpanData>,
    ) -> Pin<Box<dyn Future<Output = OTelSdkResult> + Send + 'a>> {
        Box::pin(SpanExporter::export(self, spans))
    }

    fn set_resource(&mut self, resource: &Resource) {
        SpanExporter::set_resource(self, resource);
    }

    fn shutdown(&self) -> OTelSdkResult {
        SpanExporter::shutdown(self)
    }
}

/// One line per span on standard output: `OTEL_TRACES_EXPORTER=console`.
#[derive(Debug)]
pub(crate) struct ConsoleExporter;

impl SpanExporter for ConsoleExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let mut text = String::new();
        for span in &batch {
            line(&mut text, span);
        }
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| OTelSdkError::InternalFailure(error.to_string()))
    }
}

#[expect(
    clippy::use_debug,
    reason = "quotes and escapes text values on one line"
)]
fn line(out: &mut String, span: &SpanData) {
    use fmt::Write as _;

    let millis = span
        .end_time
        .duration_since(span.start_time)
        .unwrap_or_default()
        .as_secs_f64()
        * 1e3;
    let context = &span.span_context;
    // Writing to a String cannot fail.
    write!(
        out,
        "{} trace={} span={} parent={} {millis:.3}ms status={:?}",
        span.name,
        context.trace_id(),
        context.span_id(),
        span.parent_span_id,
        span.status,
    )
    .ok();
    for pair in &span.attributes {
        write!(out, " {}={:?}", pair.key, pair.value.as_str()).ok();
    }
    for event in &span.events.events {
        write!(out, " [{}", event.name).ok();
        for pair in &event.attributes {
            write!(out, " {}={:?}", pair.key, pair.value.as_str()).ok();
        }
        out.push(']');
    }
    out.push('\n');
}
