//! Reports computed a second time, by a program in Python that shares nothing with ours but the files and the definitions:
//! every number of either must be the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use secspan_tests::collector::program;
use secspan_tests::stack::tool;

/// Runs a command to its end and returns what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{command:?}: {out}{err}");
    out.into_owned()
}

fn secspan(arguments: &[&str]) -> Command {
    let mut command = Command::new(program("secspan-cli", "secspan").unwrap());
    command.args(arguments).env_remove("SECSPAN_DATA_DIR");
    command
}

/// A folder with the records of a made-up team, and their files.
fn sample(seed: &str, records: &str) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let settings = ["sample", "--seed", seed, "--records", records, "--out"];
    run(secspan(&settings).arg(folder.path()));
    let metrics = fs::read_dir(folder.path().join("metrics")).unwrap();
    let mut files: Vec<PathBuf> = metrics.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| {
        let end = file.extension();
        end.is_some_and(|end| end == "jsonl" || end == "csv")
    });
    files.sort();
    assert!(files.len() > 2, "{files:?}");
    (folder, files)
}

/// The report as JSON, and what the program in Python says about it.
fn recomputed(folder: &Path, files: &[PathBuf], report: &[&str], python: &[&str]) -> String {
    let json = folder.join("report.json");
    let mut command = secspan(&["report"]);
    command.args(report).args(["--format", "json", "--output"]);
    command.arg(&json).args(files);
    command.env("SECSPAN_PSEUDONYM_KEY", KEY);
    run(&mut command);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("real/python/recompute_reports.py");
    let mut command = Command::new(tool("PYTHON_BIN").unwrap());
    run(command.arg(script).arg(&json).args(files).args(python))
}

#[test]
fn every_number_is_found_again() {
    let (folder, files) = sample("1", "2000");
    for report in ["enrichment", "quality", "sampling", "sla"] {
        let said = recomputed(folder.path(), &files, &[report], &[]);
        assert!(said.contains("every number is equal"), "{said}");
    }
}

/// A report, what is asked of it, and how the program in Python is told.
type Question = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const KEY: &str = "a key that is long enough";

const QUESTIONS: [Question; 8] = [
    (
        "enrichment",
        &["--kev-rule", "p2", "--pseudonyms", "--minimum-n", "90"],
        &[
            "--kev-rule",
            "p2",
            "--pseudonym-key",
            KEY,
            "--cases-min",
            "90",
        ],
    ),
    (
        "quality",
        &["--by-analyst", "--pseudonyms", "--minimum-n", "30"],
        &["--pseudonym-key", KEY, "--cases-min", "30"],
    ),
    (
        "sampling",
        &["--seed", "8", "--tolerance", "1"],
        &["--seed", "8", "--tolerance", "1"],
    ),
    ("sampling", &["--pseudonyms"], &["--pseudonym-key", KEY]),
    (
        "sla",
        &["--as-of", "2025-12-01", "--business-hours"],
        &["--as-of", "2025-12-01", "--business-hours"],
    ),
    (
        "sla",
        &["--business-hours=08:30-17:00+01:00"],
        &["--business-hours=08:30-17:00+01:00"],
    ),
    ("sla", &["--from", "2025-11-03"], &["--from", "2025-11-03"]),
    (
        "enrichment",
        &["--from", "2025-11-03", "--to", "2025-12-07"],
        &["--from", "2025-11-03", "--to", "2025-12-07"],
    ),
];

#[test]
fn every_number_is_found_again_whatever_was_asked_for() {
    let (folder, files) = sample("7", "400");
    for (report, own, python) in QUESTIONS {
        let asked = [&[report], own].concat();
        let said = recomputed(folder.path(), &files, &asked, python);
        assert!(said.contains("every number is equal"), "{said}");
    }
}

#[test]
fn a_number_that_differs_is_named() {
    let (folder, files) = sample("3", "60");
    recomputed(folder.path(), &files, &["enrichment"], &[]);
    let json = folder.path().join("report.json");
    let mut report: serde_json::Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    let mean = &mut report["sections"]["overview"]["tables"]["overview"][0]["mean_seconds"];
    *mean = serde_json::json!(mean.as_f64().unwrap() + 1e-6);
    fs::write(&json, report.to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("real/python/recompute_reports.py");
    let mut command = Command::new(tool("PYTHON_BIN").unwrap());
    let output = command
        .arg(script)
        .arg(&json)
        .args(&files)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.starts_with("sections.overview.tables.overview[0].mean_seconds: expected"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}
