//! A graceful stop keeps what was taken, and a start that could keep nothing does not happen.

use std::fs;

use secspan_tests::collector::Collector;
use secspan_tests::http;
use secspan_tests::workflow::Workflow;

#[test]
fn a_workflow_that_ended_is_written_before_the_collector_stops() {
    // The quiet period is far longer than the test: only the stop completes the workflow.
    let collector = Collector::start(&["connectors.workflow.quiet_period=10m"]).unwrap();
    let body = Workflow::request(&Workflow::new(6).spans());
    let headers = [("content-type", "application/json")];
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (code, directory) = collector.stop().unwrap();
    assert_eq!(code, Some(0));
    let files: Vec<_> = fs::read_dir(directory.path().join("metrics"))
        .unwrap()
        .flatten()
        .collect();
    let lines: usize = files
        .iter()
        .filter(|file| {
            file.path()
                .extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .map(|file| fs::read_to_string(file.path()).unwrap().lines().count())
        .sum();
    assert_eq!(lines, 1, "{files:?}");
}

#[test]
fn an_unreachable_destination_does_not_delay_records() {
    let [dead] = secspan_tests::collector::free_addresses().unwrap();
    let endpoint = format!("http://{dead}");
    let collector =
        Collector::start_with(&[], &[("SECSPAN_TEMPO_ENDPOINT", endpoint.as_str())]).unwrap();
    let body = Workflow::request(&Workflow::new(7).spans());
    let headers = [("content-type", "application/json")];
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(collector.enrichments(1).unwrap().len(), 1);
    let page = http::get(collector.telemetry, "/metrics", &[])
        .unwrap()
        .text();
    let queued = page
        .lines()
        .find(|line| {
            line.starts_with("secops_ledger_spans{destination=\"otlp")
                && line.contains("state=\"queued\"")
        })
        .unwrap_or_else(|| panic!("no queued spans: {page}"));
    assert!(queued.ends_with(" 9"), "{queued}");
    let (code, _) = collector.stop().unwrap();
    // Spans were taken that Tempo never got: the exit code says so.
    assert_eq!(code, Some(1));
}

#[test]
fn a_folder_that_cannot_be_written_is_found_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "in the way").unwrap();
    let setting = format!("exporters.jsonl.directory={}", file.display());
    let error = Collector::start(&[&setting]).unwrap_err().to_string();
    assert!(error.contains("cannot write to"), "{error}");
    assert!(error.contains("a-file"), "{error}");
}
