//! What the layer passes to the tracer underneath `tracing-opentelemetry`, within one call.
//!
//! `tracing-opentelemetry` stands between our layer and our tracer and has no room for typed
//! unsigned fields or for the callsite of a span. Both calls it makes happen on the same thread
//! and within the call that our layer makes, so a thread-local slot carries them across.

use std::cell::Cell;

use opentelemetry::KeyValue;
use tracing::Metadata;

thread_local! {
    static ATTRIBUTES: Cell<Option<Vec<KeyValue>>> = const { Cell::new(None) };
    static CALLSITE: Cell<Option<&'static Metadata<'static>>> = const { Cell::new(None) };
}

/// Leaves the attributes of the span that is about to be built.
pub(crate) fn put_attributes(attributes: Vec<KeyValue>) {
    ATTRIBUTES.set(Some(attributes));
}

/// The attributes left by [`put_attributes`], once.
pub(crate) fn take_attributes() -> Option<Vec<KeyValue>> {
    ATTRIBUTES.take()
}

/// Leaves the callsite of the span that is about to end.
pub(crate) fn put_callsite(callsite: Option<&'static Metadata<'static>>) {
    CALLSITE.set(callsite);
}

/// The callsite left by [`put_callsite`], once.
pub(crate) fn take_callsite() -> Option<&'static Metadata<'static>> {
    CALLSITE.take()
}
