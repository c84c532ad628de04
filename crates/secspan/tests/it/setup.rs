//! A sink, an SDK that sends to it, and a subscriber for this thread.

use std::collections::BTreeMap;
use std::time::Duration;

use secspan::testing::{Sink, SinkSpan};
use secspan::{Configure, Guard};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt as _;

/// Short pauses, and no variables of the machine that runs the test.
pub(crate) fn quick() -> Configure {
    secspan::configure()
        .service_name("test-host-app")
        .variables(BTreeMap::new())
        .schedule_delay(Duration::from_millis(20))
        .retry_backoff(Duration::from_millis(5), Duration::from_millis(40))
        .shutdown_timeout(Duration::from_secs(30))
}

/// An SDK that records what this thread does, until dropped.
pub(crate) struct Recording {
    pub(crate) guard: Guard,
    _subscriber: DefaultGuard,
}

pub(crate) fn record(configure: Configure) -> Recording {
    let (layer, guard) = configure.layer().unwrap();
    let subscriber = tracing_subscriber::registry().with(layer);
    Recording {
        guard,
        _subscriber: tracing::subscriber::set_default(subscriber),
    }
}

/// Runs `work` with everything recorded; the spans that arrived.
pub(crate) fn recorded(configure: Configure, work: impl FnOnce()) -> Vec<SinkSpan> {
    let sink = Sink::start().unwrap();
    let recording = record(configure.endpoint(sink.endpoint()));
    work();
    let report = recording.guard.shutdown().unwrap();
    assert_eq!(report.exported as usize, sink.span_count(), "{report}");
    sink.spans()
}

/// The only span that arrived.
pub(crate) fn only(configure: Configure, work: impl FnOnce()) -> SinkSpan {
    let mut spans = recorded(configure, work);
    assert_eq!(spans.len(), 1, "{spans:#?}");
    spans.remove(0)
}
