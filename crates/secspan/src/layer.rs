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

use std::sync::{Arc, OnceLock};

use opentelemetry::trace::{Status, TraceContextExt as _};
use opentelemetry::{Context as OtelContext, KeyValue, Value};
use secspan_semconv::attribute as key;
use tracing::dispatcher::WeakDispatch;
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

/// Three layers in the order in which they are called: [`Before`] leaves what `tracing` knows better
/// where our tracer finds it, `tracing-opentelemetry` keeps the span tree, [`After`] mends what it
/// does to late fields. It is called for the spans we want and for no event.
pub(crate) fn compose<S>(
    tracer: Tracer,
    recording: bool,
    preset: Preset,
    level: LevelFilter,
) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let level = if recording { level } else { LevelFilter::OFF };
    let wanted = Wanted { level };
    let forensic = preset == Preset::Forensic;
    let spans = OpenTelemetryLayer::new(tracer.clone())
        .with_location(false)
        .with_target(false)
        .with_threads(forensic)
        .with_tracked_inactivity(forensic)
        .with_level(forensic)
        .with_context_activation(true);
    let dispatch = Arc::new(OnceLock::new());
    let before = Before {
        tracer: (level > LevelFilter::OFF).then(|| tracer.clone()),
        wanted,
        preset,
        dispatch: Arc::clone(&dispatch),
    };
    let after = After {
        wanted,
        dispatch,
        again: OpenTelemetryLayer::new(tracer),
    };
    before.and_then(spans.with_filter(wanted)).and_then(after)
}

/// The subscriber that the layers belong to.
type Home = Arc<OnceLock<WeakDispatch>>;

fn context_of(home: &Home, id: &Id) -> Option<OtelContext> {
    get_otel_context(id, &home.get()?.upgrade()?)
}

/// Which callsites are recorded.
#[derive(Clone, Copy)]
struct Wanted {
    level: LevelFilter,
}

impl Wanted {
    fn wants(self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level && !is_exporter(metadata.target())
    }
}

/// For `tracing-opentelemetry`: the wanted spans, and no event.
impl<S> Filter<S> for Wanted {
    fn enabled(&self, metadata: &Metadata<'_>, _context: &Context<'_, S>) -> bool {
        metadata.is_span() && self.wants(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.is_span() && self.wants(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }
}

/// Prepares spans, and records events and panics.
pub(crate) struct Before {
    /// For spans that no callsite opens; `None` when nothing is recorded.
    tracer: Option<Tracer>,
    wanted: Wanted,
    preset: Preset,
    dispatch: Home,
}

/// Mends late fields.
struct After<S> {
    wanted: Wanted,
    dispatch: Home,
    /// Called only to record a field once more, with its type.
    again: OpenTelemetryLayer<S, Tracer>,
}

impl Before {
    /// What to start a span with, when `tracing` does not.
    pub(crate) fn tracer(&self) -> Option<&Tracer> {
        self.tracer.as_ref()
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
            if let Some(context) = context_of(&self.dispatch, parent) {
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

impl<S> Layer<S> for Before
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        // A layer belongs to one subscriber; the first registration is the only one.
        self.dispatch.get_or_init(|| dispatch.downgrade());
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, _id: &Id, _context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if !self.wanted.wants(metadata) {
            return;
        }
        let mut integers = visit::IntegerVisitor::default();
        attributes.record(&mut integers);
        if let Some(integers) = integers.found(attributes.fields().len()) {
            handoff::put_attributes(integers);
        }
    }

    fn on_enter(&self, id: &Id, _context: Context<'_, S>) {
        if std::thread::panicking() {
            panics::entered_while_panicking(id);
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        if std::thread::panicking()
            && panics::unwinds_through(id)
            && context
                .metadata(id)
                .is_some_and(|metadata| self.wanted.wants(metadata))
            && let Some(span) = context_of(&self.dispatch, id)
        {
            panics::record(&span.span());
        }
    }

    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if self.wanted.wants(event.metadata()) {
            self.add_event(event);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if self.preset != Preset::Lean {
            handoff::put_callsite(context.metadata(&id));
        }
    }
}

impl<S> Layer<S> for After<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut late = visit::LateVisitor::default();
        values.record(&mut late);
        if late.integers.is_empty() && late.special.is_empty() {
            return;
        }
        let metadata = context
            .metadata(id)
            .filter(|metadata| self.wanted.wants(metadata));
        let Some(metadata) = metadata else { return };
        for (field, number) in &late.integers {
            let pair = [(field, Some(number as &dyn tracing::Value))];
            let typed = metadata.fields().value_set(&pair);
            self.again
                .on_record(id, &Record::new(&typed), context.clone());
        }
        if !late.special.is_empty()
            && let Some(span) = context_of(&self.dispatch, id)
        {
            span.span().set_attributes(late.special);
        }
    }

    fn on_close(&self, _id: Id, _context: Context<'_, S>) {
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

/// Asked for every span and event: plain comparisons, and for nearly every target only the first.
fn is_exporter(target: &str) -> bool {
    if !target.starts_with(['h', 't', 'r', 'o']) {
        return false;
    }
    target.starts_with("opentelemetry")
        || EXPORTER_CRATES.iter().any(|name| {
            let rest = target.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        })
}
