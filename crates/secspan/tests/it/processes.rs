//! One workflow in two processes, joined by HTTP headers.

use http::HeaderMap;
use secspan::testing::{Sink, SinkSpan};
use secspan_semconv::attribute as key;
use tracing::instrument;

use crate::setup::{quick, record};

#[instrument(fields(secops.workflow.name = secspan::ENRICHMENT))]
async fn enrich() -> HeaderMap {
    let mut headers = HeaderMap::new();
    secspan::propagation::inject(&mut headers);
    headers
}

#[instrument]
async fn cve_research(ticket: &str) {
    tokio::task::yield_now().await;
    secspan::enrichment::cvss(9.8);
}

/// What one process does: its own runtime, its own thread, its own SDK.
fn process<T: Send>(sink: &Sink, work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let recording = record(quick().endpoint(sink.endpoint()));
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            let value = runtime.block_on(work);
            recording.guard.shutdown().unwrap();
            value
        });
        worker.join().unwrap()
    })
}

#[test]
fn a_workflow_spans_two_processes() {
    let sink = Sink::start().unwrap();
    let headers = process(&sink, secspan::workflow::run("run-7", enrich()));
    assert!(
        headers.contains_key("traceparent") && headers.contains_key("baggage"),
        "{headers:?}"
    );
    let handler = secspan::propagation::continue_from(&headers, || cve_research("OPS-1"));
    process(&sink, handler);

    let spans = sink.all_spans().wait_count(2).unwrap();
    let named = |name: &str| -> &SinkSpan { spans.iter().find(|span| span.name == name).unwrap() };
    let (workflow, stage) = (named("enrich"), named("cve_research"));
    assert_eq!(stage.trace_id, workflow.trace_id);
    assert_eq!(stage.parent_span_id, workflow.span_id);
    assert_eq!(stage.flags & 0x200, 0x200, "the parent is remote");
    for span in [workflow, stage] {
        assert_eq!(
            span.text(key::SECOPS_WORKFLOW_RUN_ID),
            Some("run-7"),
            "{}",
            span.name
        );
    }
}

#[test]
fn without_headers_a_handler_starts_its_own_trace() {
    let sink = Sink::start().unwrap();
    process(
        &sink,
        secspan::propagation::continue_from(&HeaderMap::new(), || cve_research("OPS-1")),
    );
    assert_eq!(sink.spans()[0].parent_span_id, "");
}
