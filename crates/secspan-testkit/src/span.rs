//! Spans as tests write them, and the bytes of the requests that carry them.

use secspan_otlp::encode::{Any, Attribute, LogRequest, Scope, TraceRequest};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, SpanKind, StatusCode, TraceId};
use secspan_semconv::attribute;

/// An owned attribute value.
#[derive(Clone, Debug, PartialEq)]
pub enum Attr {
    /// Text.
    Str(String),
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// A list of texts.
    List(Vec<String>),
}

impl From<&str> for Attr {
    fn from(text: &str) -> Self {
        Self::Str(text.to_owned())
    }
}

impl From<String> for Attr {
    fn from(text: String) -> Self {
        Self::Str(text)
    }
}

impl From<bool> for Attr {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Attr {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<i64> for Attr {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Attr {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

impl From<&[&str]> for Attr {
    fn from(items: &[&str]) -> Self {
        Self::List(items.iter().map(|item| (*item).to_owned()).collect())
    }
}

/// An event of a span, or a log record with an event name.
#[derive(Clone, Debug, PartialEq)]
pub struct TestEvent {
    /// Name.
    pub name: String,
    /// When it happened.
    pub time: UnixNanos,
    /// Attributes.
    pub attributes: Vec<(String, Attr)>,
}

impl TestEvent {
    /// An event without attributes.
    pub fn new(name: &str, time: UnixNanos) -> Self {
        Self {
            name: name.to_owned(),
            time,
            attributes: Vec::new(),
        }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Attr>) -> Self {
        self.attributes.push((key.to_owned(), value.into()));
        self
    }
}

/// A span.
#[derive(Clone, Debug, PartialEq)]
pub struct TestSpan {
    /// Trace id.
    pub trace: TraceId,
    /// Span id.
    pub span: SpanId,
    /// Parent; all zero for a root.
    pub parent: SpanId,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: SpanKind,
    /// Start.
    pub start: UnixNanos,
    /// End.
    pub end: UnixNanos,
    /// Status.
    pub status: StatusCode,
    /// Attributes, in order.
    pub attributes: Vec<(String, Attr)>,
    /// Events, in order.
    pub events: Vec<TestEvent>,
}

impl TestSpan {
    /// An internal root span of no duration.
    pub fn new(trace: TraceId, span: SpanId, name: &str) -> Self {
        Self {
            trace,
            span,
            parent: SpanId::default(),
            name: name.to_owned(),
            kind: SpanKind::Internal,
            start: UnixNanos::default(),
            end: UnixNanos::default(),
            status: StatusCode::Unset,
            attributes: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Below `parent`.
    #[must_use]
    pub fn below(mut self, parent: SpanId) -> Self {
        self.parent = parent;
        self
    }

    /// From `start` to `end`.
    #[must_use]
    pub fn during(mut self, start: UnixNanos, end: UnixNanos) -> Self {
        (self.start, self.end) = (start, end);
        self
    }

    /// Adds an attribute.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Attr>) -> Self {
        self.attributes.push((key.to_owned(), value.into()));
        self
    }

    /// Removes an attribute.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.attributes.retain(|(known, _)| known != key);
        self
    }

    /// Adds an event.
    #[must_use]
    pub fn event(mut self, event: TestEvent) -> Self {
        self.events.push(event);
        self
    }

    /// With this status.
    #[must_use]
    pub fn ended(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

/// Lists borrowed for the encoder, which takes slices.
fn lists(attributes: &[(String, Attr)]) -> Vec<Vec<Any<'_>>> {
    let list = |attr: &'_ Attr| match attr {
        Attr::List(items) => items.len(),
        _ => 0,
    };
    let mut all = Vec::with_capacity(attributes.len());
    for (_, attr) in attributes {
        let mut items = Vec::with_capacity(list(attr));
        if let Attr::List(texts) = attr {
            items.extend(texts.iter().map(|text| Any::Str(text)));
        }
        all.push(items);
    }
    all
}

fn any<'a>(attr: &'a Attr, list: &'a [Any<'a>]) -> Any<'a> {
    match attr {
        Attr::Str(text) => Any::Str(text),
        Attr::Bool(value) => Any::Bool(*value),
        Attr::Int(value) => Any::Int(*value),
        Attr::Double(value) => Any::Double(*value),
        Attr::List(_) => Any::Array(list),
    }
}

/// Shows each attribute of `attributes` as the encoder takes it.
fn each(attributes: &[(String, Attr)], mut write: impl FnMut(&str, Any<'_>)) {
    let lists = lists(attributes);
    for ((key, attr), list) in attributes.iter().zip(&lists) {
        write(key, any(attr, list));
    }
}

const SERVICE: [Attribute<'static>; 1] = [(attribute::SERVICE_NAME, Any::Str("secspan-testkit"))];

/// The bytes of an `ExportTraceServiceRequest` with these spans, in this order.
pub fn request<'a>(spans: impl IntoIterator<Item = &'a TestSpan>) -> Vec<u8> {
    let mut request = TraceRequest::new();
    request.resource(&SERVICE, |resource| {
        resource.scope(
            &Scope {
                name: "testkit",
                ..Scope::default()
            },
            |scope| {
                for span in spans {
                    scope.span(|writer| write_span(writer, span));
                }
            },
        );
    });
    request.finish()
}

fn write_span(writer: &mut secspan_otlp::encode::SpanWriter<'_>, span: &TestSpan) {
    writer.trace_id(span.trace.0).span_id(span.span.0);
    if span.parent.is_valid() {
        writer.parent(span.parent.0);
    }
    writer
        .name(&span.name)
        .kind(span.kind)
        .start(span.start)
        .end(span.end);
    each(&span.attributes, |key, value| {
        writer.attribute(key, value);
    });
    for event in &span.events {
        writer.event(&event.name, event.time, |writer| {
            each(&event.attributes, |key, value| {
                writer.attribute(key, value);
            });
        });
    }
    if span.status != StatusCode::Unset {
        writer.status(span.status, "");
    }
}

/// The bytes of an `ExportLogsServiceRequest` with these events as log records of their spans.
pub fn log_request<'a>(
    events: impl IntoIterator<Item = (TraceId, SpanId, &'a TestEvent)>,
) -> Vec<u8> {
    let mut request = LogRequest::new();
    request.resource(&SERVICE, |resource| {
        resource.scope(
            &Scope {
                name: "testkit",
                ..Scope::default()
            },
            |scope| {
                for (trace, span, event) in events {
                    scope.log(|writer| {
                        writer.time(event.time).event_name(&event.name);
                        writer.trace_id(trace.0).span_id(span.0);
                        each(&event.attributes, |key, value| {
                            writer.attribute(key, value);
                        });
                    });
                }
            },
        );
    });
    request.finish()
}
