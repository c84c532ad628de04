//! What the SDK passes to the tracer underneath `tracing-opentelemetry`, within one call.
//!
//! `tracing-opentelemetry` stands between our layer and our tracer and has no room for typed
//! unsigned fields or for the callsite of a span; OpenTelemetry's API has no answer to an event.
//! The calls happen on the same thread and within the call that we make, so a thread-local slot
//! carries these across.

use std::cell::Cell;

use opentelemetry::KeyValue;
use tracing::Metadata;

thread_local! {
    static ATTRIBUTES: Cell<Option<Vec<KeyValue>>> = const { Cell::new(None) };
    static FACT: Cell<Fact> = const { Cell::new(Fact::None) };
    static CALLSITE: Cell<Option<&'static Metadata<'static>>> = const { Cell::new(None) };
}

/// What became of an event that must not be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    /// There is none: an ordinary event.
    None,
    /// It is being added.
    Adding,
    /// The span has no room for it.
    Refused,
}

/// Says that the event that `add` adds to a span is a fact; whether the span had room for it.
pub(crate) fn adding_fact(add: impl FnOnce()) -> bool {
    FACT.set(Fact::Adding);
    add();
    FACT.replace(Fact::None) != Fact::Refused
}

/// A span has no room for an event. Whether that event is a fact, and so will be told elsewhere.
pub(crate) fn refuse_fact() -> bool {
    let fact = FACT.get() != Fact::None;
    if fact {
        FACT.set(Fact::Refused);
    }
    fact
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
