//! The same sample, written directly and sent as spans to a real collector: the files are equal, line by line.

use std::net::SocketAddr;

use secspan_tests::collector::{Collector, free_addresses};
use serde_json::Value;

use crate::cli_program::{extension, records, run};

/// Sends a sample both ways and compares the files.
fn assert_equal_files(
    records_wanted: &str,
    endpoint: impl Fn(&Collector) -> SocketAddr,
    more: &[&str],
) {
    let folder = tempfile::tempdir().unwrap();
    let written = run(
        folder.path(),
        &[
            "sample",
            "--seed",
            "11",
            "--records",
            records_wanted,
            "--out",
            "direct",
        ],
    );
    assert_eq!(written.code, Some(0), "{}", written.err);
    let mut direct = records(&folder.path().join("direct"));
    // Logs of messages that were sent are no records, and no span says what is in them.
    direct.retain(|(name, _)| extension(name) != "log");
    // Only the stop completes workflows: none is split by a pause between two requests.
    let collector = Collector::start(&["connectors.workflow.quiet_period=10m"]).unwrap();
    let address = format!("http://{}", endpoint(&collector));
    let mut arguments = vec![
        "sample",
        "--seed",
        "11",
        "--records",
        records_wanted,
        "--otlp",
        &address,
        "--summary",
        "json",
    ];
    arguments.extend(more);
    let sent = run(folder.path(), &arguments);
    assert_eq!(sent.code, Some(0), "{}", sent.err);
    let summary: Value = serde_json::from_str(&sent.out).unwrap();
    assert_eq!(
        summary["spans"]["produced"], summary["spans"]["exported"],
        "{summary}"
    );
    let log = collector.log();
    let (code, directory) = collector.stop().unwrap();
    let collected = records(directory.path());
    assert_eq!(code, Some(0), "{log}");
    for ((direct_name, direct_lines), (name, lines)) in direct.iter().zip(&collected) {
        assert_eq!((direct_name, direct_lines), (name, lines), "{log}");
    }
    assert_eq!(direct.len(), collected.len(), "{log}");
}

#[test]
fn fifty_records_come_out_of_the_collector_as_they_are_written_directly() {
    assert_equal_files("50", |collector| collector.grpc, &[]);
}

#[test]
fn five_hundred_records_over_http_too() {
    assert_equal_files("500", |collector| collector.http, &["--protocol", "http"]);
}

#[test]
fn a_collector_that_is_not_there_is_a_failure_with_an_honest_count() {
    let folder = tempfile::tempdir().unwrap();
    let [nobody] = free_addresses().unwrap();
    let address = format!("http://{nobody}");
    let ran = run(
        folder.path(),
        &[
            "sample",
            "--records",
            "5",
            "--otlp",
            &address,
            "--patience",
            "1",
            "--summary",
            "json",
        ],
    );
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let summary: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(summary["spans"]["exported"], 0);
    assert_eq!(
        summary["spans"]["produced"], summary["spans"]["failed"],
        "{summary}"
    );
    assert!(ran.err.contains("spans lost"), "{}", ran.err);
}
