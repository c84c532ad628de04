//! Errors and panics in a host app, and what arrives of them.

use std::error::Error;
use std::fmt;

use opentelemetry::trace::{Status, TraceContextExt as _};
use secspan::testing::SinkValue;
use secspan_semconv::attribute as key;
use tracing::{info_span, instrument};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::setup::{only, quick, recorded};

#[derive(Debug)]
struct Outer(std::num::ParseIntError);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ticket number unreadable")
    }
}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[instrument(err)]
fn fails() -> Result<u8, Outer> {
    "x".parse().map_err(Outer)
}

#[test]
fn a_returned_error_becomes_an_exception_and_a_typed_status() {
    let span = only(quick(), || drop(fails()));
    assert_eq!(
        (span.status_code, span.status_message.as_str()),
        (2, "ticket number unreadable")
    );
    assert_eq!(span.text(key::ERROR_TYPE), Some("_OTHER"));
    let event = span.event("exception").unwrap();
    assert_eq!(
        event.text(key::EXCEPTION_MESSAGE),
        Some("ticket number unreadable")
    );
}

#[test]
fn an_error_value_brings_its_causes_as_text() {
    let span = only(quick(), || {
        let error = "x".parse::<i32>().map_err(Outer).unwrap_err();
        info_span!("s").in_scope(|| tracing::error!(error = &error as &(dyn Error + 'static)));
    });
    let event = span.event("exception").unwrap();
    assert_eq!(
        event.text(key::EXCEPTION_STACKTRACE),
        Some("caused by: invalid digit found in string")
    );
    assert_eq!(span.status_code, 2);
}

#[test]
fn an_error_recorded_on_a_span_brings_its_causes_as_text() {
    let span = only(quick(), || {
        let error = "x".parse::<i32>().map_err(Outer).unwrap_err();
        let span = info_span!("s", error = tracing::field::Empty).entered();
        span.record("error", &error as &(dyn Error + 'static));
    });
    assert!(
        matches!(
            span.get(key::EXCEPTION_STACKTRACE),
            Some(SinkValue::Text(_))
        ),
        "{span:?}"
    );
    assert_eq!(span.times(key::EXCEPTION_MESSAGE), 1);
}

#[test]
fn an_error_line_sets_the_status_with_its_text() {
    let span = only(quick(), || {
        info_span!("s").in_scope(|| tracing::error!("no answer from NVD"));
    });
    assert_eq!(
        (span.status_code, span.status_message.as_str()),
        (2, "no answer from NVD")
    );
}

#[test]
fn the_latest_error_wins_whatever_its_first_letter_and_ok_is_final() {
    let status = |last: Status| {
        let span = only(quick(), || {
            let _entered = info_span!("s").entered();
            let context = tracing::Span::current().context();
            context.span().set_status(Status::error("zzz"));
            context.span().set_status(last);
            context.span().set_status(Status::error("aaa"));
        });
        (span.status_code, span.status_message)
    };
    assert_eq!(status(Status::error("mmm")), (2, "aaa".to_owned()));
    assert_eq!(status(Status::Ok), (1, String::new()));
}

#[instrument]
fn panics() {
    panic!("out of tickets");
}

#[instrument]
fn outer() {
    struct OnDrop;
    impl Drop for OnDrop {
        fn drop(&mut self) {
            info_span!("clean_up").in_scope(|| {});
        }
    }
    let _on_drop = OnDrop;
    panics();
}

#[test]
fn a_panic_is_told_on_every_span_it_unwinds_through_and_on_no_other() {
    let spans = recorded(quick(), || {
        std::panic::catch_unwind(outer).unwrap_err();
        info_span!("afterwards").in_scope(|| {});
    });
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    for name in ["panics", "outer"] {
        let span = named(name);
        assert_eq!(
            (span.status_code, span.status_message.as_str()),
            (2, "panic: out of tickets")
        );
        assert_eq!(span.text(key::ERROR_TYPE), Some("panic"));
        let event = span.event("exception").unwrap();
        assert_eq!(event.text(key::EXCEPTION_MESSAGE), Some("out of tickets"));
        assert!(
            event
                .text(key::EXCEPTION_STACKTRACE)
                .unwrap()
                .contains(file!())
        );
    }
    for name in ["clean_up", "afterwards"] {
        assert_eq!(named(name).status_code, 0, "{name}");
    }
}

#[tokio::test]
async fn a_panic_in_an_async_function_is_told_as_well() {
    #[instrument]
    async fn stage() {
        tokio::task::yield_now().await;
        panic!("late");
    }
    let sink = secspan::testing::Sink::start().unwrap();
    let recording = crate::setup::record(quick().endpoint(sink.endpoint()));
    let joined = tokio::task::spawn(stage()).await;
    assert!(joined.unwrap_err().is_panic());
    recording.guard.shutdown().unwrap();
    let span = &sink.spans_named("stage").await_count(1).await.unwrap()[0];
    assert_eq!(span.text(key::ERROR_TYPE), Some("panic"));
}
