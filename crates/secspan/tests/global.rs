//! `finish` installs for the whole process, so it has a process of its own.

use std::collections::BTreeMap;

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
    let guard = secspan::configure()
        .variables(variables.clone())
        .finish()
        .unwrap();
    std::thread::spawn(enrich).join().unwrap();
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
