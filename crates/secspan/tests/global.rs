//! `finish` installs for the whole process, so it has a process of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use secspan::ConfigureError;
use secspan::testing::Sink;

#[tracing::instrument(fields(secops.workflow.name = secspan::ENRICHMENT))]
fn enrich() {
    triage();
}

#[tracing::instrument]
fn triage() {
    opentelemetry::trace::Tracer::in_span(
        &opentelemetry::global::tracer("library"),
        "theirs",
        |_| {},
    );
}

#[test]
fn two_lines_of_set_up_and_an_attribute() {
    let sink = Sink::start().unwrap();
    let variables = BTreeMap::from([("OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), sink.endpoint())]);
    // At TRACE the exporter's HTTP stack, and the sink's, would record themselves without end.
    let guard = secspan::configure()
        .variables(variables.clone())
        .level(tracing::level_filters::LevelFilter::TRACE)
        .schedule_delay(Duration::from_millis(1))
        .finish()
        .unwrap();
    std::thread::spawn(enrich).join().unwrap();
    for _ in 0..20 {
        guard.flush().unwrap();
    }
    let again = secspan::configure()
        .variables(variables)
        .finish()
        .unwrap_err();
    assert!(
        matches!(again, ConfigureError::SubscriberInstalled),
        "{again}"
    );
    assert_eq!(guard.shutdown().unwrap().exported, 3);
    let spans = sink.spans();
    assert_eq!(
        spans
            .iter()
            .map(|span| span.name.as_str())
            .collect::<Vec<_>>(),
        ["theirs", "triage", "enrich"]
    );
    assert!(spans.iter().all(|span| span.trace_id == spans[0].trace_id));
}
