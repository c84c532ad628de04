//! Files as the contract wants them, each record once, and honest reports when the disk does not play along.

use std::fs;
use std::time::Duration;

use secspan_otlp::keys::Keys;
use secspan_otlp::view::SpanView;
use secspan_otlp::walk::{self, WalkLimits};
use secspan_records::definition::Definitions;
use secspan_records::join::Join;
use secspan_semconv::attribute;
use secspan_testkit::kinds;
use secspan_testkit::workflow::{Workflow, enrichment};

use super::*;

mod decisions;
mod disks;
mod foreign;

const NOW: UnixNanos = UnixNanos(1_800_000_000_000_000_000);

fn join(workflows: &[Workflow]) -> Vec<Joined> {
    let mut keys = Keys::new();
    let settings = secspan_records::join::Settings {
        quiet_period: Duration::ZERO,
        ..Default::default()
    };
    let join = Join::new(settings, Definitions::of(kinds::KINDS), &mut keys).unwrap();
    let mut joined = Vec::new();
    for workflow in workflows {
        let mut stage = join.stage();
        let mut visit = |view: &SpanView<'_, '_>| join.observe(&mut stage, view);
        walk::traces(&workflow.request(), &keys, &WalkLimits::DEFAULT, &mut visit).unwrap();
        join.commit(stage, NOW);
        join.tick(NOW, &mut joined);
    }
    joined
}

fn incomplete(seed: u64) -> Workflow {
    enrichment(seed).root_with(|root| root.without(attribute::SECOPS_ANALYST_NAME))
}

fn writer(directory: &Path) -> Writer {
    Writer::new(Settings::in_directory(directory, kinds::KINDS))
}

fn counts(report: &Report) -> Counts {
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    report
        .counts
        .get(&kinds::ENRICHMENT)
        .copied()
        .unwrap_or_default()
}

fn lines(directory: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(directory.join("metrics").join(name)).unwrap();
    assert!(text.ends_with('\n') && !text.contains("\n\n"));
    text.lines().map(str::to_owned).collect()
}

const FIRST_DAY: &str = "enrichment-metrics-2025-12-03.jsonl";
const SECOND_DAY: &str = "enrichment-metrics-2025-12-04.jsonl";

#[test]
fn records_go_into_the_file_of_their_utc_date() {
    let directory = tempfile::tempdir().unwrap();
    let items = join(&[enrichment(1), enrichment(2), enrichment(24 * 60)]);
    let report = writer(directory.path()).write(&items, NOW);
    assert_eq!(
        counts(&report),
        Counts {
            written: 3,
            ..Counts::default()
        }
    );
    let strict = Reading {
        strict: true,
        ..Reading::default()
    };
    for (name, expected) in [(FIRST_DAY, 2), (SECOND_DAY, 1)] {
        let lines = lines(directory.path(), name);
        assert_eq!(lines.len(), expected);
        for line in lines {
            assert!(
                Record::from_line(&kinds::ENRICHMENT, &line, strict).is_ok(),
                "{line}"
            );
        }
    }
}

#[test]
fn what_is_no_record_goes_into_the_side_file_with_its_reasons() {
    let directory = tempfile::tempdir().unwrap();
    let items = join(&[enrichment(1), incomplete(2)]);
    let report = writer(directory.path()).write(&items, NOW);
    assert_eq!(
        counts(&report),
        Counts {
            written: 1,
            rejected: 1,
            ..Counts::default()
        }
    );
    assert_eq!(lines(directory.path(), FIRST_DAY).len(), 1);
    let side = lines(directory.path(), &format!("{FIRST_DAY}.rejected"));
    let side: serde_json::Value = serde_json::from_str(&side[0]).unwrap();
    assert_eq!(side["rejected_at"], "2027-01-15T08:00:00Z");
    assert!(
        side["reasons"][0]
            .as_str()
            .unwrap()
            .starts_with("analyst: missing")
    );
    assert_eq!(side["record"]["ticket_id"], "OPS-2");
    assert_eq!(side["record"]["analyst"], serde_json::Value::Null);
}

#[test]
fn a_record_that_breaks_the_schema_never_reaches_the_clean_file() {
    let directory = tempfile::tempdir().unwrap();
    let line = lines_of(&join(&[enrichment(1)])).remove(0);
    let broken = line.replace(r#""jira_update":"#, r#""jira_update":9"#);
    let record = Record::from_line(&kinds::ENRICHMENT, &broken, Reading::default()).unwrap();
    let report = writer(directory.path()).write(&[Joined::Record(record)], NOW);
    assert_eq!(
        counts(&report),
        Counts {
            rejected: 1,
            ..Counts::default()
        }
    );
    assert!(!directory.path().join("metrics").join(FIRST_DAY).exists());
    let side = lines(directory.path(), &format!("{FIRST_DAY}.rejected"));
    assert!(
        side[0].contains("stage6_update_jira adds up to"),
        "{}",
        side[0]
    );
}

fn lines_of(items: &[Joined]) -> Vec<String> {
    let line = |item: &Joined| match item {
        Joined::Record(record) => record.to_line(),
        other => panic!("{other:?}"),
    };
    items.iter().map(line).collect()
}

#[test]
fn nothing_is_written_twice_not_even_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let items = join(&[enrichment(1), enrichment(2)]);
    let twice = [items.clone(), items.clone()].concat();
    let mut first = writer(directory.path());
    let expected = Counts {
        written: 2,
        duplicate: 2,
        ..Counts::default()
    };
    assert_eq!(counts(&first.write(&twice, NOW)), expected);
    let expected = Counts {
        duplicate: 2,
        ..Counts::default()
    };
    assert_eq!(counts(&first.write(&items, NOW)), expected);
    assert_eq!(
        counts(&writer(directory.path()).write(&items, NOW)),
        expected
    );
    assert_eq!(lines(directory.path(), FIRST_DAY).len(), 2);
}

#[test]
fn a_correction_is_a_line_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let items = join(&[enrichment(1)]);
    let [Joined::Record(record)] = items.as_slice() else {
        panic!("{items:?}")
    };
    let amended = Joined::Record(record.clone().as_amendment(1));
    let report = writer(directory.path()).write(&[items[0].clone(), amended], NOW);
    assert_eq!(
        counts(&report),
        Counts {
            written: 1,
            amended: 1,
            ..Counts::default()
        }
    );
}

#[test]
fn a_torn_line_is_repaired_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    let items = join(&[enrichment(1), enrichment(2)]);
    let both = lines_of(&items);
    let path = directory.path().join("metrics").join(FIRST_DAY);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let half = both[1].split_at(100).0;
    fs::write(&path, format!("{}\n{half}", both[0])).unwrap();
    let report = writer(directory.path()).write(&items, NOW);
    let expected = Counts {
        written: 1,
        duplicate: 1,
        repaired: 1,
        ..Counts::default()
    };
    assert_eq!(counts(&report), expected);
    assert_eq!(lines(directory.path(), FIRST_DAY), both);
    let side = lines(directory.path(), &format!("{FIRST_DAY}.rejected"));
    let side: serde_json::Value = serde_json::from_str(&side[0]).unwrap();
    assert_eq!(side["record"], half);
}

#[test]
fn what_cannot_be_written_is_named_and_written_later() {
    let directory = tempfile::tempdir().unwrap();
    let blocked = directory.path().join("data");
    fs::write(&blocked, "").unwrap();
    let items = join(&[enrichment(1), incomplete(2)]);
    let mut writer = writer(&blocked);
    let report = writer.write(&items, NOW);
    assert_eq!(report.unwritten, [0, 1]);
    assert!(report.failures[0].first);
    assert!(
        !writer.write(&items, NOW).failures[0].first,
        "one trouble is told once"
    );
    fs::remove_file(&blocked).unwrap();
    let report = writer.write(&items, NOW);
    assert_eq!(
        counts(&report),
        Counts {
            written: 1,
            rejected: 1,
            ..Counts::default()
        }
    );
    let total = writer.totals().get(&kinds::ENRICHMENT).copied().unwrap();
    assert_eq!((total.written, total.rejected, total.failed), (1, 1, 4));
    fs::remove_dir_all(&blocked).unwrap();
    fs::write(&blocked, "").unwrap();
    assert!(
        writer.write(&join(&[enrichment(3)]), NOW).failures[0].first,
        "it is new trouble"
    );
}
