//! Scripts in Python, with nothing but its standard library, beside us: one appends to the same files under `fcntl.flock`, one
//! replaces the file of decisions again and again, and one reads what the collector wrote as strictly as the report scripts
//! of security teams.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::thread::JoinHandle;
use std::time::Duration;

use secspan_jsonl::append::Settings;
use secspan_jsonl::pipe_log::{self, Channel, Entry as _, NotificationFailure, Severity, SlaAlert};
use secspan_jsonl::writer::{self, Writer};
use secspan_records::facts::UnixNanos;
use secspan_records::join::Joined;
use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_records::timestamp::Timestamp;
use secspan_tests::child::Process;
use secspan_tests::collector::Collector;
use secspan_tests::facts::{Review, closing, decision};
use secspan_tests::shared_file::{Archive, TEMPLATE, rotate, start, verify};
use secspan_tests::stack::tool;
use secspan_tests::workflow::Workflow;
use secspan_tests::{http, poll};
use serde_json::{Value, json};

/// Processes that append, and lines of each: 100 000 together.
const WRITERS: u64 = 5;
const COUNT: u64 = 20_000;

/// The size at which a file is moved away, in bytes: some forty times in one run.
const ROTATED_BYTES: u64 = 2 << 20;

fn script(name: &str) -> Command {
    let mut command = Command::new(tool("PYTHON_BIN").unwrap());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("real/scripts");
    command.arg(folder.join(name));
    command
}

#[test]
fn five_writers_append_a_hundred_thousand_lines_while_the_file_is_rotated() {
    let directory = tempfile::tempdir().unwrap();
    let ours = Path::new(env!("CARGO_BIN_EXE_record-writer"));
    let mut writers: Vec<Process> = (1..WRITERS)
        .map(|writer| start(ours, directory.path(), writer, COUNT).unwrap())
        .collect();
    let mut python = script("append_records.py");
    python.arg(directory.path()).args(["0", &COUNT.to_string()]);
    python.env("RECORD_TEMPLATE", TEMPLATE);
    writers.push(Process::start(&mut python).unwrap());
    // What the script appends to a file that was moved meanwhile is in the moved file.
    let moved = rotate(directory.path(), ROTATED_BYTES, Archive::Renames, writers).unwrap();
    let lines = verify(directory.path(), WRITERS, COUNT).unwrap();
    assert_eq!(lines, WRITERS * COUNT);
    assert!(moved >= 10, "the files were moved {moved} times only");
}

/// Decisions, and how many of them get their reviewer from the script.
const DECISIONS: u64 = 600;
const UPDATES: u64 = 400;

/// Writes decisions one by one, the first before this returns.
fn write_decisions(directory: &Path) -> JoinHandle<()> {
    let kind = secspan_systems::kind("decision").unwrap();
    let mut files = Writer::new(writer::Settings::in_directory(directory, [kind]));
    let mut write = move |number: u64| {
        let row = format!(
            "OPS-{number},P3,required,\"Mandatory, by policy\",2025-12-03T12:15:44.{number:06}Z,"
        );
        let record = Record::from_line(kind, &row, Reading::default()).unwrap();
        let report = files.write(&[Joined::Record(record)], UnixNanos(0));
        assert_eq!(report.counts[kind].written, 1, "{report:?}");
    };
    write(0);
    std::thread::spawn(move || (1..DECISIONS).for_each(write))
}

#[test]
fn an_updater_that_replaces_the_file_loses_no_decision() {
    let directory = tempfile::tempdir().unwrap();
    let writing = write_decisions(directory.path());
    let mut updater = script("update_decisions.py");
    updater.arg(directory.path()).arg(UPDATES.to_string());
    let updated = updater.output().unwrap();
    let error = String::from_utf8_lossy(&updated.stderr);
    assert!(updated.status.success(), "{error}");
    writing.join().unwrap();
    let decisions = &summary(directory.path())["decisions"];
    assert_eq!(decisions["rows"], DECISIONS);
    assert_eq!(decisions["mandatory"], DECISIONS);
    assert_eq!(decisions["with_reviewer"], UPDATES);
    let text = fs::read_to_string(directory.path().join("metrics/review-decisions.csv")).unwrap();
    let tickets: BTreeSet<&str> = text
        .lines()
        .filter_map(|row| row.split(',').next())
        .collect();
    assert_eq!(
        tickets.len() as u64,
        DECISIONS + 1,
        "each once, below the header"
    );
}

fn read(directory: &Path) -> Output {
    // All months of this century: the records are of now.
    script("read_records.py")
        .arg(directory)
        .arg("20")
        .output()
        .unwrap()
}

fn summary(directory: &Path) -> Value {
    let output = read(directory);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Sends a few facts of every kind, broken ones among them, and waits until all are in files.
fn send_everything(collector: &Collector) {
    let mut spans = Vec::new();
    for number in 0..4 {
        spans.extend(Workflow::new(number).spans());
        spans.extend(Review::new(number).spans());
    }
    spans.extend(
        Review::new(10)
            .with("secops.review.score", Value::Null)
            .spans(),
    );
    spans.extend(
        Review::new(11)
            .with("secops.review.classification", json!("Splendid"))
            .spans(),
    );
    let excellent = Review::new(12).with("secops.review.score", json!(93.75));
    spans.extend(
        excellent
            .with("secops.review.classification", json!("Excellent"))
            .spans(),
    );
    spans.push(
        decision(
            20,
            "Mandatory review for P3, by \"policy\"",
            Some("Jonas, R."),
        )
        .0,
    );
    spans.push(
        decision(
            21,
            "Randomly selected for review (25% sampling)",
            Some("Riley"),
        )
        .0,
    );
    spans.push(decision(22, "Not selected for review\n(25% sampling)", None).0);
    spans.push(closing(30, "2025-12-03T09:41:07Z").0);
    let headers = [("content-type", "application/json")];
    let body = Workflow::request(&spans);
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let files = [
        ("enrichment-", ".jsonl", 4),
        ("review-m", ".jsonl", 5),
        ("review-m", ".rejected", 2),
        ("review-d", ".csv", 4),
        ("ticket-", ".jsonl", 1),
    ];
    for (stem, suffix, count) in files {
        let what = format!("{count} lines in {stem}*{suffix}");
        let there = poll::until(&what, Duration::from_secs(30), || {
            (collector.lines(stem, suffix).len() >= count).then_some(())
        });
        there.unwrap_or_else(|error| panic!("{error}: {}", collector.log()));
    }
}

/// Leaves two lines in each pipe log, with everything in them that breaks parsers.
fn write_pipe_logs(directory: &Path) {
    let metrics = directory.join("metrics");
    let (at, settings) = (
        Timestamp::from_unix_seconds(1_764_754_867),
        Settings::default(),
    );
    let nasty = "HTTP 503 | retry\r\nin C:\\new\u{2028}\u{85}\u{b}";
    let failure = |channel, error: &str| NotificationFailure {
        at,
        channel,
        ticket: "OPS-802".to_owned(),
        reviewer: "Jonas | Riley".to_owned(),
        error: error.to_owned(),
    };
    let failures = [
        failure(Channel::Slack, nasty),
        failure(Channel::Email, "refused"),
    ];
    let path = metrics.join(NotificationFailure::FILE);
    pipe_log::write(&path, &failures, UnixNanos(0), settings).unwrap();
    let alert = SlaAlert {
        at,
        ticket: "OPS|802".to_owned(),
        severity: Severity::Violated,
        channel: "pager".to_owned(),
        recipient: nasty.to_owned(),
    };
    let path = metrics.join(SlaAlert::FILE);
    pipe_log::write(&path, &[alert], UnixNanos(0), settings).unwrap();
}

#[test]
fn strict_readers_read_what_the_collector_writes() {
    let collector = Collector::start(&[]).unwrap();
    send_everything(&collector);
    write_pipe_logs(collector.directory());
    assert_eq!(
        summary(collector.directory()),
        json!({
            "enrichments": { "count": 4, "seconds": 4 * 720 },
            "reviews": {
                "count": 5, "score": 4.0 * 88.0 + 93.75, "issues": 0, "gaps": 5, "seconds": 5 * 1010,
                "excellent": 1, "good": 4, "needs_improvement": 0, "inadequate": 0,
            },
            "decisions": { "rows": 3, "mandatory": 1, "sampled": 1, "not_required": 1, "with_reviewer": 2 },
            "tickets": { "count": 1, "closed": 1 },
            "notification_failures": { "slack": 1, "email": 1 },
            "sla_alerts": { "OPS\\u007c802": 1 },
        })
    );
}

/// The reader forgives nothing: a check that cannot fail would prove nothing about the files that pass it.
#[test]
fn the_strict_reader_stops_at_anything() {
    let files = [
        ("review-metrics-2025-12-03.jsonl", "\n", "JSONDecodeError"),
        (
            "review-metrics-2025-12-03.jsonl",
            "{\"review_date\":\"2025-12-03T09:41:07Z\"}\n",
            "KeyError",
        ),
        (
            "enrichment-metrics-2025-12-03.jsonl",
            "\u{feff}{}\n",
            "JSONDecodeError",
        ),
        (
            "enrichment-metrics-2025-12-03.jsonl",
            "{\"a\":",
            "JSONDecodeError",
        ),
        (
            "review-decisions.csv",
            "ticket_id,priority,decision\n",
            "ValueError",
        ),
        (
            "review-decisions.csv",
            "ticket_id,priority,review_decision,reason,timestamp,reviewer\nOPS-1,P1\n",
            "ValueError",
        ),
        (
            "sla-alerts.log",
            "2025-12-03T12:20:05Z|OPS-802|WARNING|pager\n",
            "ValueError",
        ),
        (
            "ticket-metrics-2025-12-03.jsonl",
            "{\"ticket_id\":\"OPS-1\"}\n",
            "KeyError",
        ),
    ];
    for (name, content, error) in files {
        let directory = tempfile::tempdir().unwrap();
        let metrics = directory.path().join("metrics");
        fs::create_dir_all(&metrics).unwrap();
        fs::write(metrics.join(name), content).unwrap();
        let output = read(directory.path());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && said.contains(error),
            "{name}: {content}: {said}"
        );
    }
}
