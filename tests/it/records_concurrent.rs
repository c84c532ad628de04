//! Five processes append to one file while it is moved away under them, and while the day changes: every line is whole,
//! none is lost, none is there twice. The same with a writer in Python, and with more lines, is in `tests/real`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use secspan_tests::collector::Collector;
use secspan_tests::facts::decision;
use secspan_tests::shared_file::{Archive, rotate, start, verify};
use secspan_tests::workflow::Workflow;
use secspan_tests::{http, poll};

/// Processes, and records of each.
const WRITERS: u64 = 5;
const COUNT: u64 = 600;

/// The size at which a file is moved away, in bytes: some thirty times in one run.
const ROTATED_BYTES: u64 = 64 << 10;

#[test]
fn five_writers_and_a_rotation() {
    let directory = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_record-writer"));
    let writers =
        (0..WRITERS).map(|writer| start(program, directory.path(), writer, COUNT).unwrap());
    let archive = Archive::CopiesAndRemoves;
    let moved = rotate(directory.path(), ROTATED_BYTES, archive, writers.collect()).unwrap();
    assert_eq!(
        verify(directory.path(), WRITERS, COUNT).unwrap(),
        WRITERS * COUNT
    );
    assert!(moved >= 5, "the files were moved {moved} times only");
}

/// Collectors, and tickets of each.
const COLLECTORS: u64 = 5;
const TICKETS: u64 = 20;

fn send(collector: &Collector, ticket: u64) {
    let mut spans = Workflow::new(ticket).spans();
    spans.push(decision(ticket, "Mandatory review for P3 priority", None).0);
    let headers = [("content-type", "application/json")];
    let body = Workflow::request(&spans);
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// All lines of the files whose names begin like this.
fn lines(folder: &Path, stem: &str) -> Vec<String> {
    let files = fs::read_dir(folder.join("metrics")).into_iter().flatten();
    let paths = files.flatten().map(|file| file.path());
    let wanted = paths.filter(|path| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with(stem)
    });
    wanted
        .flat_map(|path| {
            let text = fs::read_to_string(path).unwrap_or_default();
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn five_collectors_share_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let directory = format!("exporters.jsonl.directory={}", folder.path().display());
    let collectors: Vec<Collector> = (0..COLLECTORS)
        .map(|_| Collector::start(&[&directory]).unwrap())
        .collect();
    std::thread::scope(|scope| {
        for (number, collector) in (0..).zip(&collectors) {
            scope.spawn(move || {
                for ticket in 0..TICKETS {
                    send(collector, number * TICKETS + ticket);
                }
            });
        }
    });
    let all = usize::try_from(COLLECTORS * TICKETS).unwrap();
    let written = poll::until("every record", Duration::from_mins(1), || {
        let found = (
            lines(folder.path(), "enrichment-"),
            lines(folder.path(), "review-"),
        );
        (found.0.len() >= all && found.1.len() > all).then_some(found)
    });
    let (enrichments, decisions) = written.unwrap();
    let traces: BTreeSet<String> = enrichments
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|record| record["trace_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((enrichments.len(), traces.len()), (all, all));
    let rows: BTreeSet<&String> = decisions.iter().collect();
    assert_eq!((decisions.len(), rows.len()), (all + 1, all + 1));
    let headers = decisions.iter().filter(|row| row.starts_with("ticket_id,"));
    assert_eq!(headers.count(), 1);
}
