//! A panic that unwinds through a span is told on that span.
//!
//! `tracing` exits a span normally while a panic unwinds, so without this the span looks fine.
//! The hook only remembers text and place of the panic; the layer writes them when it sees a span
//! exit on a panicking thread. Spans that a destructor opens *during* the unwinding are not the
//! panic's victims and are left alone.

use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanRef, Status};
use secspan_semconv::attribute as key;
use tracing::span::Id;

/// `error.type` and `exception.type` of a panic.
const PANIC: &str = "panic";

thread_local! {
    static LAST: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
    static OPENED_WHILE_PANICKING: RefCell<Vec<Id>> = const { RefCell::new(Vec::new()) };
}

/// Installs the hook in front of the present one, once per process.
pub(crate) fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            remember(info);
            next(info);
        }));
    });
}

fn remember(info: &PanicHookInfo<'_>) {
    let message = info
        .payload_as_str()
        .unwrap_or("panic with a payload that is not text");
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    // A panic inside this very access is possible only in a thread that is being torn down.
    LAST.with(|last| {
        if let Ok(mut last) = last.try_borrow_mut() {
            *last = Some((message.to_owned(), place));
        }
    });
}

/// Notes a span that is opened by a destructor while its thread panics.
pub(super) fn entered_while_panicking(id: &Id) {
    OPENED_WHILE_PANICKING.with_borrow_mut(|opened| opened.push(id.clone()));
}

/// Whether the panic passes through this span; forgets it if it was opened during the panic.
pub(super) fn unwinds_through(id: &Id) -> bool {
    OPENED_WHILE_PANICKING.with_borrow_mut(|opened| {
        let position = opened.iter().rposition(|known| known == id);
        position.map(|index| opened.swap_remove(index)).is_none()
    })
}

/// Tells the panic on the span.
pub(super) fn record(span: &SpanRef<'_>) {
    let known = LAST.with_borrow(Clone::clone);
    let (message, place) = known.unwrap_or_else(|| ("panic".to_owned(), String::new()));
    span.set_status(Status::error(format!("panic: {message}")));
    span.set_attribute(KeyValue::new(key::ERROR_TYPE, PANIC));
    span.add_event(
        super::EXCEPTION_EVENT,
        vec![
            KeyValue::new(key::EXCEPTION_TYPE, PANIC),
            KeyValue::new(key::EXCEPTION_MESSAGE, message),
            KeyValue::new(key::EXCEPTION_STACKTRACE, format!("panicked at {place}")),
        ],
    );
}
