//! Every span is accounted for, whatever the collector does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use secspan::testing::{Behaviour, Sink};
use secspan::{DeliveryError, DeliveryReport};
use tracing::info_span;

use crate::setup::{quick, record};

fn spans(count: usize) {
    for _ in 0..count {
        info_span!("s", n = 1).in_scope(|| {});
    }
}

fn balanced(report: &DeliveryReport) {
    let DeliveryReport {
        produced,
        exported,
        rejected,
        dropped,
        failed,
        pending,
        spooled,
        ..
    } = *report;
    assert_eq!(
        produced,
        exported + rejected + dropped + failed + pending + spooled,
        "{report}"
    );
}

#[test]
fn a_burst_within_the_queue_loses_nothing() {
    let sink = Sink::start().unwrap();
    let recording = record(quick().endpoint(sink.endpoint()));
    spans(60_000);
    let report = recording.guard.shutdown().unwrap();
    assert_eq!(
        (report.produced, report.exported, report.lost()),
        (60_000, 60_000, 0)
    );
    assert_eq!(sink.span_count(), 60_000);
}

#[test]
fn a_burst_beyond_the_queue_reports_exactly_what_it_dropped() {
    let sink = Sink::start().unwrap();
    // Nothing leaves while the burst lasts: how fast the exporter is decides nothing.
    sink.go_away();
    let configure = quick().queue_size(500).batch_size(100).spool_bytes(10_000);
    let recording = record(configure.endpoint(sink.endpoint()));
    spans(20_000);
    sink.come_back().unwrap();
    let error = recording.guard.shutdown().unwrap_err();
    let report = error.report();
    balanced(report);
    assert!(matches!(error, DeliveryError::Lost { .. }));
    assert!(
        report.dropped > 0 && report.dropped == report.lost(),
        "{report}"
    );
    assert_eq!(
        (report.produced, report.exported as usize),
        (20_000, sink.span_count())
    );
}

#[test]
fn a_collector_that_is_away_gets_everything_when_it_is_back() {
    let sink = Sink::start().unwrap();
    sink.go_away();
    let recording = record(quick().endpoint(sink.endpoint()));
    spans(3_000);
    while recording.guard.report().retries == 0 {
        std::thread::yield_now();
    }
    let error = recording
        .guard
        .flush_within(Duration::from_millis(1))
        .unwrap_err();
    assert!(
        matches!(error, DeliveryError::Undelivered { .. }),
        "{error}"
    );
    assert_eq!((error.report().pending, error.report().lost()), (3_000, 0));
    sink.come_back().unwrap();
    spans(500);
    let report = recording.guard.shutdown().unwrap();
    assert_eq!((report.produced, report.exported), (3_500, 3_500));
    assert_eq!(sink.span_count(), 3_500);
}

#[test]
fn a_collector_that_goes_away_in_the_middle_loses_and_doubles_nothing() {
    let sink = Sink::start().unwrap();
    let recording = record(quick().batch_size(50).endpoint(sink.endpoint()));
    for round in 0..6 {
        spans(400);
        if round % 2 == 0 {
            recording.guard.flush().unwrap();
            sink.go_away();
        } else {
            sink.come_back().unwrap();
        }
    }
    let report = recording.guard.shutdown().unwrap();
    assert_eq!((report.produced, report.exported), (2_400, 2_400));
    let mut ids: Vec<_> = sink.spans().into_iter().map(|span| span.span_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 2_400);
}

#[test]
fn many_refusals_are_not_the_end() {
    let sink = Sink::start().unwrap();
    sink.behave(Behaviour::Unavailable { retry_after: None });
    let recording = record(quick().endpoint(sink.endpoint()));
    spans(10);
    sink.wait_requests(12).unwrap();
    sink.behave(Behaviour::Accept);
    let report = recording.guard.shutdown().unwrap();
    assert_eq!(report.exported, 10);
    assert!(report.retries >= 11, "{report:?}");
}

#[test]
fn a_pause_the_collector_asks_for_is_kept() {
    let sink = Sink::start().unwrap();
    let pause = Duration::from_millis(400);
    sink.behave(Behaviour::Unavailable {
        retry_after: Some(pause),
    });
    let recording = record(quick().endpoint(sink.endpoint()));
    let begun = std::time::Instant::now();
    spans(10);
    sink.wait_requests(1).unwrap();
    sink.behave(Behaviour::Accept);
    recording.guard.shutdown().unwrap();
    // Our own first pause would have been 5 ms.
    assert!(begun.elapsed() >= pause, "{:?}", begun.elapsed());
}

#[test]
fn what_the_collector_rejects_is_counted_as_rejected() {
    let sink = Sink::start().unwrap();
    sink.behave(Behaviour::Reject(3));
    let recording = record(quick().endpoint(sink.endpoint()));
    spans(10);
    let DeliveryError::Lost { report, last_error } = recording.guard.shutdown().unwrap_err() else {
        panic!("rejected spans are lost")
    };
    assert_eq!((report.exported, report.rejected), (7, 3));
    assert_eq!(last_error.as_deref(), Some("rejected by the test"));
}

#[test]
fn what_the_collector_calls_invalid_is_failed_and_not_retried() {
    let sink = Sink::start().unwrap();
    sink.behave(Behaviour::Invalid);
    let recording = record(quick().endpoint(sink.endpoint()));
    spans(10);
    let error = recording.guard.flush().unwrap_err();
    assert_eq!((error.report().failed, sink.requests()), (10, 1));
    assert!(error.to_string().contains("told to by the test"), "{error}");
}

#[test]
fn a_collector_that_never_answers_does_not_hold_the_end_up() {
    let sink = Sink::start().unwrap();
    sink.behave(Behaviour::Hang);
    let recording = record(quick().endpoint(sink.endpoint()));
    spans(10);
    let begun = std::time::Instant::now();
    let error = recording
        .guard
        .shutdown_within(Duration::from_millis(300))
        .unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!((error.report().failed, error.report().pending), (10, 0));
    balanced(error.report());
}

#[test]
fn a_request_that_is_not_answered_in_time_is_repeated() {
    let sink = Sink::start().unwrap();
    sink.behave(Behaviour::Hang);
    let recording = record(
        quick()
            .timeout(Duration::from_millis(50))
            .endpoint(sink.endpoint()),
    );
    spans(10);
    sink.wait_requests(3).unwrap();
    sink.behave(Behaviour::Accept);
    assert_eq!(recording.guard.shutdown().unwrap().exported, 10);
}

#[test]
fn what_waits_for_the_collector_does_not_wait_in_the_queue() {
    let sink = Sink::start().unwrap();
    sink.behave(Behaviour::Hang);
    let configure = quick().queue_size(300).batch_size(100);
    let configure = configure.timeout(Duration::from_millis(200));
    let recording = record(configure.endpoint(sink.endpoint()));
    for _ in 0..10 {
        spans(200);
        // Even a flush that is too short to deliver empties the queue.
        let flushed = recording.guard.flush_within(Duration::from_millis(1));
        assert!(matches!(flushed, Err(DeliveryError::Undelivered { .. })));
    }
    sink.behave(Behaviour::Accept);
    let report = recording.guard.shutdown().unwrap();
    assert_eq!((report.exported, report.dropped), (2_000, 0));
}

#[test]
fn a_slow_collector_gets_everything() {
    let sink = Sink::start().unwrap();
    sink.behave(Behaviour::Slow(Duration::from_millis(20)));
    let recording = record(quick().batch_size(100).endpoint(sink.endpoint()));
    spans(1_000);
    let report = recording.guard.shutdown().unwrap();
    assert_eq!((report.exported, report.retries), (1_000, 0));
}

#[test]
fn a_full_memory_spool_drops_and_says_so() {
    let sink = Sink::start().unwrap();
    sink.go_away();
    let recording = record(
        quick()
            .batch_size(100)
            .spool_bytes(20_000)
            .endpoint(sink.endpoint()),
    );
    spans(2_000);
    let error = recording
        .guard
        .flush_within(Duration::from_millis(50))
        .unwrap_err();
    assert!(error.report().dropped > 0, "{error}");
    balanced(error.report());
    sink.come_back().unwrap();
    let error = recording.guard.shutdown().unwrap_err();
    balanced(error.report());
    assert_eq!(error.report().exported as usize, sink.span_count());
    assert_eq!(error.report().exported + error.report().dropped, 2_000);
}

#[test]
fn what_memory_has_no_room_for_goes_to_disk_and_comes_back() {
    let sink = Sink::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    sink.go_away();
    let configure = quick()
        .batch_size(100)
        .spool_bytes(20_000)
        .spool_dir(folder.path());
    let recording = record(configure.endpoint(sink.endpoint()));
    spans(2_000);
    let error = recording
        .guard
        .flush_within(Duration::from_millis(50))
        .unwrap_err();
    assert!(
        error.report().spooled > 0 && error.report().lost() == 0,
        "{error}"
    );
    sink.come_back().unwrap();
    let report = recording.guard.shutdown().unwrap();
    assert_eq!(
        (report.exported, report.spooled, sink.span_count()),
        (2_000, 0, 2_000)
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing is left behind"
    );
}

#[test]
fn what_one_process_could_not_deliver_the_next_one_does() {
    let sink = Sink::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    sink.go_away();
    let first = record(quick().spool_dir(folder.path()).endpoint(sink.endpoint()));
    spans(300);
    let report = first
        .guard
        .shutdown_within(Duration::from_millis(50))
        .unwrap();
    assert_eq!(
        (report.spooled, report.exported, report.lost()),
        (300, 0, 0)
    );
    drop(first);
    sink.come_back().unwrap();
    let second = record(quick().spool_dir(folder.path()).endpoint(sink.endpoint()));
    spans(5);
    let report = second.guard.shutdown().unwrap();
    assert_eq!(
        (report.produced, report.exported, report.recovered),
        (5, 5, 300)
    );
    assert_eq!(sink.span_count(), 305);
}

#[test]
fn the_end_can_be_asked_for_again_and_nothing_is_recorded_after_it() {
    let sink = Sink::start().unwrap();
    let recording = record(quick().endpoint(sink.endpoint()));
    spans(10);
    let first = recording.guard.shutdown().unwrap();
    spans(4);
    assert_eq!(recording.guard.shutdown(), Ok(first));
    assert_eq!(recording.guard.flush(), Ok(first));
    let now = recording.guard.report();
    assert_eq!((now.produced, now.dropped), (14, 4));
    balanced(&now);
    assert_eq!(sink.span_count(), 10);
}

#[test]
fn dropping_the_guard_delivers() {
    let sink = Sink::start().unwrap();
    let recording = record(
        quick()
            .schedule_delay(Duration::from_mins(1))
            .endpoint(sink.endpoint()),
    );
    spans(10);
    drop(recording);
    assert_eq!(sink.span_count(), 10);
}

#[test]
fn a_panic_that_ends_the_program_delivers_what_led_to_it() {
    let sink = Sink::start().unwrap();
    let endpoint = sink.endpoint();
    let unwound = std::panic::catch_unwind(move || {
        let _recording = record(quick().endpoint(endpoint));
        spans(5);
        let _entered = info_span!("last").entered();
        panic!("the end");
    });
    unwound.unwrap_err();
    let last = &sink.spans_named("last").wait_count(1).unwrap()[0];
    assert_eq!(
        (last.status_message.as_str(), sink.span_count()),
        ("panic: the end", 6)
    );
}

#[tokio::test(flavor = "current_thread")]
async fn ending_inside_a_current_thread_runtime_delivers() {
    let sink = Sink::start().unwrap();
    let recording = record(quick().endpoint(sink.endpoint()));
    spans(100);
    assert_eq!(recording.guard.flush().unwrap().exported, 100);
    spans(100);
    assert_eq!(recording.guard.shutdown().unwrap().exported, 200);
}

#[test]
fn flushing_while_others_produce_comes_to_an_end() {
    let sink = Sink::start().unwrap();
    let recording = record(quick().endpoint(sink.endpoint()));
    let stop = std::sync::atomic::AtomicBool::new(false);
    let dispatch = tracing::dispatcher::get_default(Clone::clone);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            tracing::dispatcher::with_default(&dispatch, || {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    spans(10);
                    std::thread::yield_now();
                }
            });
        });
        spans(100);
        let report = recording.guard.flush().unwrap();
        assert!(report.exported >= 100, "{report}");
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let report = recording.guard.shutdown().unwrap();
    assert_eq!(report.produced, report.exported);
}

#[derive(Debug, Clone, Default)]
struct Names(Arc<Mutex<Vec<String>>>);

impl opentelemetry_sdk::trace::SpanExporter for Names {
    async fn export(&self, batch: Vec<opentelemetry_sdk::trace::SpanData>) -> OTelSdkResult {
        self.0
            .lock()
            .unwrap()
            .extend(batch.into_iter().map(|span| span.name.into_owned()));
        Ok(())
    }
}

#[derive(Debug)]
struct Broken;

impl opentelemetry_sdk::trace::SpanExporter for Broken {
    async fn export(&self, _batch: Vec<opentelemetry_sdk::trace::SpanData>) -> OTelSdkResult {
        Err(OTelSdkError::InternalFailure("disk full".to_owned()))
    }
}

#[test]
fn an_exporter_of_the_opentelemetry_sdk_takes_the_place_of_otlp() {
    let names = Names::default();
    let recording = record(quick().exporter(names.clone()));
    info_span!("first").in_scope(|| {});
    info_span!("second").in_scope(|| {});
    assert_eq!(recording.guard.shutdown().unwrap().exported, 2);
    assert_eq!(*names.0.lock().unwrap(), ["first", "second"]);
}

#[test]
fn an_exporter_that_fails_is_told() {
    let recording = record(quick().exporter(Broken));
    info_span!("s").in_scope(|| {});
    let error = recording.guard.shutdown().unwrap_err();
    assert_eq!(error.report().failed, 1);
    assert!(error.to_string().contains("disk full"), "{error}");
}
