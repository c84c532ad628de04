//! How typed calls reach OpenTelemetry: facts of a workflow as attributes of the current span, facts on their own
//! as events that are never dropped.
//!
//! A fact on its own (a review was decided, a ticket was closed) is one span event that becomes one record. It goes
//! onto the current span. Where there is none, where that span has ended, or where it holds as many events as it may,
//! the event gets a short span of its own, below the current one if there is one.

use opentelemetry::trace::{Span as _, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue, Value, global};
use tracing::dispatcher;

use crate::handoff;
use crate::layer::Before;

/// Scope of spans that hold nothing but a fact, where the subscriber has no layer of ours.
const SCOPE: &str = env!("CARGO_PKG_NAME");

/// Sets an attribute of the current span, with its type, declared at the callsite or not.
pub(crate) fn set(name: &'static str, value: impl Into<Value>) {
    let attribute = KeyValue::new(name, value);
    Context::map_current(|context| context.span().set_attribute(attribute));
}

/// Records a fact on its own. `attributes` is asked once more when the current span has no room.
pub(crate) fn record(name: &'static str, attributes: impl Fn() -> Vec<KeyValue>) {
    Context::map_current(|context| {
        let current = context.span();
        let taken = current.is_recording()
            && handoff::adding_fact(|| current.add_event(name, attributes()));
        if !taken {
            alone(context, name, attributes);
        }
    });
}

/// A span that holds nothing but the event. No callsite of `tracing` opens it: the host app's filter might be off for it.
fn alone(parent: &Context, name: &'static str, attributes: impl Fn() -> Vec<KeyValue>) {
    dispatcher::get_default(|dispatch| match dispatch.downcast_ref::<Before>() {
        Some(layer) => {
            if let Some(tracer) = layer.tracer() {
                tracer
                    .start_with_context(name, parent)
                    .add_event(name, attributes());
            }
        }
        None => global::tracer(SCOPE)
            .start_with_context(name, parent)
            .add_event(name, attributes()),
    });
}
