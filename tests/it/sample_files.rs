//! `secspan sample` writes files: the same ones for the same arguments, in whole lines, and never over those of others.

use std::fmt::Write as _;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use secspan_tests::poll;
use serde_json::Value;

use crate::cli_program::{command, extension, records, run};

#[test]
fn fifty_records_are_laid_out_as_the_collector_lays_them_out() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &["sample"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    let files = records(&folder.path().join("secspan-sample"));
    let lines = |stem: &str| -> usize {
        let of_stem = files.iter().filter(|(name, _)| name.starts_with(stem));
        of_stem.map(|(_, lines)| lines.len()).sum()
    };
    assert_eq!(lines("enrichment-metrics-"), 50);
    assert_eq!(lines("review-decisions.csv"), 51, "with its header");
    assert!(lines("review-metrics-") > 0);
    assert!(lines("ticket-metrics-") > 0);
    for (name, lines) in files.iter().filter(|(name, _)| extension(name) == "jsonl") {
        let date = name.rsplit_once('.').map_or("", |(stem, _)| stem);
        let date = date.splitn(3, '-').last().unwrap();
        for line in lines {
            let record: Value = serde_json::from_str(line).unwrap();
            let completed = ["closed_date", "review_date", "enrichment_date"]
                .iter()
                .find_map(|key| record[key].as_str())
                .unwrap();
            assert!(completed.starts_with(date), "{name}: {line}");
        }
    }
}

#[test]
fn logs_and_open_tickets_agree_with_the_records() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "sample",
        "--records",
        "600",
        "--open-tickets",
        "--summary",
        "json",
    ];
    let ran = run(folder.path(), &arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let summary: Value = serde_json::from_str(&ran.out).unwrap();
    // Every ticket has one record now: closed, or open.
    assert_eq!(summary["kinds"]["ticket"]["records"], 600, "{summary}");
    let files = records(&folder.path().join("secspan-sample"));
    for log in ["sla-alerts.log", "notification-failures.log"] {
        let (_, lines) = files.iter().find(|(name, _)| name == log).unwrap();
        assert_eq!(summary["logs"][log], lines.len(), "{summary}");
        // The way in which legacy parsers take them apart.
        assert!(
            lines.iter().all(|line| line.split('|').count() == 5),
            "{lines:?}"
        );
    }
}

#[test]
fn the_same_arguments_make_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let sample = |out: &str, seed: &str| {
        let ran = run(
            folder.path(),
            &["sample", "--records", "300", "--seed", seed, "--out", out],
        );
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        records(&folder.path().join(out))
    };
    let first = sample("a", "9");
    assert_eq!(first, sample("b", "9"));
    assert_ne!(first, sample("c", "10"));
}

#[test]
fn records_that_are_there_are_replaced_only_by_force() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = folder.path().join("secspan-sample/metrics");
    fs::create_dir_all(&metrics).unwrap();
    let (old, notes) = (
        metrics.join("enrichment-metrics-2020-01-01.jsonl"),
        metrics.join("notes"),
    );
    fs::write(&old, "{}\n").unwrap();
    fs::write(&notes, "mine").unwrap();
    let refused = run(folder.path(), &["sample"]);
    assert_eq!(refused.code, Some(2));
    insta::assert_snapshot!(refused.err, @r"
    error: secspan-sample/metrics is not empty
    hint: choose another folder with --out, or replace the record files there with --force
    ");
    let forced = run(folder.path(), &["sample", "--force", "--summary", "json"]);
    assert_eq!((forced.code, forced.err.as_str()), (Some(0), ""));
    let summary: Value = serde_json::from_str(&forced.out).unwrap();
    assert_eq!(summary["kinds"]["enrichment"]["records"], 50);
    assert!(!old.exists());
    assert_eq!(fs::read_to_string(notes).unwrap(), "mine");
}

#[test]
fn an_interrupted_sample_has_whole_lines() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["sample", "--records", "5000000", "--days", "3000"];
    let mut child = command(folder.path(), &arguments)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let metrics = folder.path().join("secspan-sample/metrics");
    poll::until("some files", Duration::from_mins(1), || {
        let count = fs::read_dir(&metrics).ok()?.count();
        (count > 20).then_some(())
    })
    .unwrap();
    let signalled = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(signalled.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    for entry in fs::read_dir(&metrics).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.ends_with('\n'), "{}", path.display());
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            for line in text.lines() {
                assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
            }
        }
    }
}

#[test]
fn what_cannot_be_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let mut said = String::new();
    for arguments in [
        &["sample", "--records", "0"][..],
        &["sample", "--until", "31.12.2025"],
        &["sample", "--until", "1971-06-01", "--days", "365"],
        &["sample", "--protocol", "grpc"],
        &["sample", "--out", "file"],
        &["sample", "--recrods", "5"],
    ] {
        let ran = run(folder.path(), arguments);
        writeln!(
            said,
            "$ secspan {}\n{}= {}\n",
            arguments.join(" "),
            ran.err,
            ran.code.unwrap()
        )
        .unwrap();
    }
    insta::assert_snapshot!(said);
}
