//! The `tracing` layer: `tracing-opentelemetry`'s, with its traps closed.
//!
//! Span trees, contexts and the `OpenTelemetrySpanExt` methods are `tracing-opentelemetry`'s own,
//! so everything built on it keeps working. This wrapper changes what it records:
//!
//! - unsigned and 128-bit fields are integers, not text; errors are text, not arrays;
//! - an event has a static name: its own, `exception` for an error, [`LOG_EVENT`] for a log line
//!   (whose text is the attribute `message`), never a formatted message;
//! - `record("otel.name", ..)` and `record("otel.kind", ..)` work on a span that already runs;
//! - a panic that unwinds through a span leaves status ERROR, an `exception` event and
//!   `error.type = panic`;
//! - the exporter's own libraries are never recorded, whatever the user's filter says;
//! - location and target cost nothing here: they are read from the callsite on the export thread.

use opentelemetry::trace::{Status, TraceContextExt as _};
use opentelemetry::{Context as OtelContext, KeyValue, Value};
use secspan_semconv::attribute as key;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, get_otel_context};
use tracing_subscriber::layer::{Context, Filter, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::handoff;
use crate::preset::Preset;
use crate::tracer::Tracer;

pub(crate) mod panics;
pub(crate) mod visit;

#[cfg(test)]
mod tests;

/// Span-event name of a log line: `info!("text")` and everything else without a name of its own.
pub const LOG_EVENT: &str = "log";
/// Span-event name of an error, by OpenTelemetry's convention.
const EXCEPTION_EVENT: &str = "exception";
/// How `tracing` names an event that was given no name.
const UNNAMED_EVENT_PREFIX: &str = "event ";
/// Crates that the exporter itself runs on. Recording them would feed the exporter its own work.
const EXPORTER_CRATES: [&str; 8] = [
    "h2",
    "hyper",
    "hyper_util",
    "tonic",
    "tower",
    "reqwest",
    "rustls",
    "tokio_rustls",
];
const MESSAGE: &str = "message";
const LEVEL: &str = "level";
const TARGET: &str = "target";

/// Our layer, and beside it a `tracing-opentelemetry` layer that is never called: the latter only
/// answers the type look-ups by which `OpenTelemetrySpanExt` finds its way to a span. (Answering
/// them ourselves would take `unsafe`.)
pub(crate) fn compose<S>(
    tracer: Tracer,
    recording: bool,
    preset: Preset,
    level: LevelFilter,
) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let lookup = OpenTelemetryLayer::new(tracer.clone()).with_filter(LookupOnly);
    lookup.and_then(SecspanLayer::new(
        recording.then_some(tracer),
        preset,
        level,
    ))
}

/// Keeps every callback away from the layer it filters.
struct LookupOnly;

impl<S> Filter<S> for LookupOnly {
    fn enabled(&self, _metadata: &Metadata<'_>, _context: &Context<'_, S>) -> bool {
        false
    }

    fn callsite_enabled(&self, _metadata: &'static Metadata<'static>) -> Interest {
        Interest::never()
    }
}

/// Records `tracing` spans and events as OpenTelemetry spans.
struct SecspanLayer<S> {
    /// `None` when `OTEL_SDK_DISABLED` is set.
    inner: Option<OpenTelemetryLayer<S, Tracer>>,
    level: LevelFilter,
    preset: Preset,
    dispatch: std::sync::OnceLock<tracing::dispatcher::WeakDispatch>,
}

impl<S> SecspanLayer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn new(tracer: Option<Tracer>, preset: Preset, level: LevelFilter) -> Self {
        let forensic = preset == Preset::Forensic;
        let inner = tracer.map(|tracer| {
            OpenTelemetryLayer::new(tracer)
                .with_location(false)
                .with_target(false)
                .with_threads(forensic)
                .with_tracked_inactivity(forensic)
                .with_level(forensic)
                .with_context_activation(true)
        });
        Self {
            inner,
            level,
            preset,
            dispatch: std::sync::OnceLock::new(),
        }
    }

    /// Whether spans and events of this callsite are recorded by us.
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level && !is_exporter(metadata.target())
    }

    fn context_of(&self, id: &Id) -> Option<OtelContext> {
        let dispatch = self.dispatch.get()?.upgrade()?;
        get_otel_context(id, &dispatch)
    }

    fn add_event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut visitor = visit::EventVisitor::new(event.fields().count() + 4);
        event.record(&mut visitor);
        let named = !metadata.name().starts_with(UNNAMED_EVENT_PREFIX);
        let mut status = None;
        let name = if named {
            metadata.name()
        } else if let (Some(error), None) = (&visitor.error, &visitor.message) {
            status = Some(Status::error(error.to_string()));
            EXCEPTION_EVENT
        } else {
            LOG_EVENT
        };
        if status.is_none() && *metadata.level() == Level::ERROR {
            let text = visitor.message.as_ref().or(visitor.error.as_ref());
            status = Some(Status::error(
                text.map(ToString::to_string).unwrap_or_default(),
            ));
        }
        let attributes = self.event_attributes(visitor, name, metadata);
        let add = |context: &OtelContext| {
            let span = context.span();
            span.add_event(name, attributes);
            if let Some(status) = status {
                span.set_status(status);
            }
        };
        if let Some(parent) = event.parent() {
            if let Some(context) = self.context_of(parent) {
                add(&context);
            }
        } else if event.is_contextual() {
            OtelContext::map_current(add);
        }
    }

    fn event_attributes(
        &self,
        visitor: visit::EventVisitor,
        name: &str,
        metadata: &'static Metadata<'static>,
    ) -> Vec<KeyValue> {
        let mut attributes = visitor.attributes;
        if let Some(error) = visitor.error {
            let error_key = if name == EXCEPTION_EVENT {
                key::EXCEPTION_MESSAGE
            } else {
                visit::ERROR_FIELD
            };
            attributes.push(KeyValue::new(error_key, Value::String(error)));
        }
        if let Some(message) = visitor.message {
            attributes.push(KeyValue::new(MESSAGE, Value::String(message)));
        }
        if name == LOG_EVENT || self.preset == Preset::Forensic {
            attributes.push(KeyValue::new(LEVEL, metadata.level().as_str()));
            attributes.push(KeyValue::new(TARGET, metadata.target()));
        }
        if self.preset == Preset::Forensic {
            attributes.extend(location(metadata));
        }
        attributes
    }
}

impl<S> Layer<S> for SecspanLayer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        // A layer belongs to one subscriber; the first registration is the only one.
        self.dispatch.get_or_init(|| dispatch.downgrade());
    }

    fn register_callsite(&self, _metadata: &'static Metadata<'static>) -> Interest {
        // Other layers may want what we skip, so nothing is switched off here.
        Interest::always()
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        let Some(inner) = self.inner.as_ref().filter(|_| self.wants(metadata)) else {
            return;
        };
        let mut visitor = visit::SpanVisitor::new(attributes.fields().len());
        attributes.record(&mut visitor);
        handoff::put_attributes(visitor.attributes);
        let no_values = &[];
        let values = metadata.fields().value_set(no_values);
        let bare = if let Some(parent) = attributes.parent() {
            Attributes::child_of(parent.clone(), metadata, &values)
        } else if attributes.is_root() {
            Attributes::new_root(metadata, &values)
        } else {
            Attributes::new(metadata, &values)
        };
        inner.on_new_span(&bare, id, context);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let Some(inner) = &self.inner else { return };
        if std::thread::panicking() {
            panics::entered_while_panicking(id);
        }
        inner.on_enter(id, context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        let Some(inner) = &self.inner else { return };
        if std::thread::panicking()
            && panics::unwinds_through(id)
            && let Some(span) = self.context_of(id)
        {
            panics::record(&span.span());
        }
        inner.on_exit(id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(inner) = &self.inner else { return };
        let Some(metadata) = context.metadata(id).filter(|metadata| self.wants(metadata)) else {
            return;
        };
        inner.on_record(id, values, context.clone());
        let mut repair = visit::RepairVisitor::default();
        values.record(&mut repair);
        for (field, number) in &repair.integers {
            let pair = [(field, Some(number as &dyn tracing::Value))];
            let typed = metadata.fields().value_set(&pair);
            inner.on_record(id, &Record::new(&typed), context.clone());
        }
        if !repair.late.is_empty()
            && let Some(span) = self.context_of(id)
        {
            span.span().set_attributes(repair.late);
        }
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        if let Some(inner) = &self.inner {
            inner.on_follows_from(id, follows, context);
        }
    }

    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if self.inner.is_some() && self.wants(event.metadata()) {
            self.add_event(event);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(inner) = &self.inner else { return };
        handoff::put_callsite(context.metadata(&id));
        inner.on_close(id, context);
        handoff::put_callsite(None);
    }
}

/// Code location of a callsite, in OpenTelemetry's names.
pub(crate) fn location(metadata: &'static Metadata<'static>) -> impl Iterator<Item = KeyValue> {
    let file = metadata
        .file()
        .map(|file| KeyValue::new(key::CODE_FILE_PATH, file));
    let line = metadata
        .line()
        .map(|line| KeyValue::new(key::CODE_LINE_NUMBER, i64::from(line)));
    file.into_iter().chain(line)
}

fn is_exporter(target: &str) -> bool {
    // Nearly every target fails this test on its first byte.
    if !target.starts_with(['h', 't', 'r', 'o']) {
        return false;
    }
    let krate = target.split("::").next().unwrap_or(target);
    EXPORTER_CRATES.contains(&krate) || krate.starts_with("opentelemetry")
}
