//! `secspan report`: what it prints, where, with which exit code; and the same bytes for the same records.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use secspan_tests::poll;
use serde_json::Value;

use crate::cli_program::{Ran, command, ran, run, run_with_input};

/// The names of all reports of all systems.
fn reports() -> impl Iterator<Item = &'static str> {
    let systems = secspan_systems::SYSTEMS.iter();
    systems.flat_map(|system| system.reports.iter().map(|report| report.name))
}

const FORMATS: [&str; 5] = ["text", "markdown", "html", "json", "csv"];

/// A folder with a sample below `secspan-data`, where reports look when nobody says where.
pub(crate) fn with_sample(records: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(
        folder.path(),
        &["sample", "--records", records, "--out", "secspan-data"],
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = vec!["report"];
    all.extend(arguments);
    all.extend(["--format", "json"]);
    let ran = run(folder, &all);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn transcript(folder: &Path, commands: &[&[&str]]) -> String {
    let mut said = String::new();
    for arguments in commands {
        let Ran { code, out, err } = run(folder, arguments);
        assert_eq!(out, "", "{arguments:?}");
        writeln!(
            said,
            "$ secspan {}\n{err}= {}\n",
            arguments.join(" "),
            code.unwrap()
        )
        .unwrap();
    }
    said
}

#[test]
fn every_report_comes_in_every_form() {
    let folder = with_sample("200");
    for report in reports() {
        for format in FORMATS {
            let ran = run(folder.path(), &["report", report, "--format", format]);
            assert_eq!(
                (ran.code, ran.err.as_str()),
                (Some(0), ""),
                "{report} {format}"
            );
            assert!(ran.out.ends_with('\n'), "{report} {format}");
            let is_what_it_says = match format {
                "json" => {
                    serde_json::from_str::<Value>(&ran.out).is_ok_and(|it| it["report"] == report)
                }
                "html" => ran.out.starts_with("<!") && ran.out.trim_end().ends_with("</html>"),
                "csv" => ran
                    .out
                    .starts_with("report,section,table,row,column,unit,value\n"),
                "markdown" => ran.out.starts_with("# "),
                _ => ran.out.contains("\n═"),
            };
            assert!(is_what_it_says, "{report} {format}: {}", ran.out);
            assert!(!ran.out.contains('\u{1b}'), "{report} {format}");
        }
    }
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let folder = with_sample("400");
    let metrics = folder.path().join("secspan-data/metrics");
    let mut files: Vec<String> = fs::read_dir(metrics)
        .unwrap()
        .map(|entry| {
            let name = entry.unwrap().file_name();
            format!("secspan-data/metrics/{}", name.to_string_lossy())
        })
        .collect();
    files.sort();
    let mut shuffled = files.clone();
    shuffled.reverse();
    shuffled.rotate_left(files.len() / 3);
    for report in reports() {
        for format in ["text", "json", "html"] {
            let with = |files: &[String], threads: &str| {
                let mut arguments =
                    vec!["report", report, "--format", format, "--threads", threads];
                arguments.extend(files.iter().map(String::as_str));
                let ran = run(folder.path(), &arguments);
                assert_eq!(ran.code, Some(0), "{}", ran.err);
                ran.out
            };
            let first = with(&files, "1");
            assert_eq!(first, with(&shuffled, "2"), "{report} {format}");
            assert_eq!(first, with(&shuffled, "7"), "{report} {format}");
        }
    }
}

#[test]
fn standard_input_gives_the_same_answer() {
    let folder = with_sample("100");
    let metrics = folder.path().join("secspan-data/metrics");
    let mut lines = String::new();
    for entry in fs::read_dir(metrics).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            lines.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    for report in ["enrichment", "quality", "sla"] {
        let from_files = json(folder.path(), &[report]);
        let arguments = ["report", report, "--format", "json", "-"];
        let piped = run_with_input(folder.path(), &arguments, &lines);
        assert_eq!(piped.code, Some(0), "{}", piped.err);
        let piped: Value = serde_json::from_str(&piped.out).unwrap();
        assert_eq!(from_files["sections"], piped["sections"], "{report}");
    }
}

#[test]
fn a_report_says_what_the_sample_made() {
    let folder = with_sample("500");
    let tables = |document: &Value, section: &str| document["sections"][section]["tables"].clone();
    let enrichment = json(folder.path(), &["enrichment"]);
    assert_eq!(tables(&enrichment, "overview")["overview"][0]["n"], 500);
    let replay = |seed: &str| {
        let document = json(folder.path(), &["sampling", "--seed", seed]);
        tables(&document, "replay")["replay"][0].clone()
    };
    let row = replay("1");
    assert_eq!(
        (&row["checked"], &row["equal"]),
        (&500.into(), &500.into()),
        "{row}"
    );
    let row = replay("2");
    assert!(row["equal"].as_u64().unwrap() < 450, "{row}");
}

#[test]
fn dates_select_records_and_say_how_many_they_leave_out() {
    let folder = with_sample("300");
    let whole = json(folder.path(), &["enrichment"]);
    let part = json(
        folder.path(),
        &["enrichment", "--from", "2025-11-01", "--to", "2025-11-30"],
    );
    assert_eq!(whole["source"]["outside_period"], 0);
    let outside = part["source"]["outside_period"].as_u64().unwrap();
    assert!(outside > 100, "{outside}");
    assert_eq!(part["source"]["records"], whole["source"]["records"]);
    for end in ["from", "to"] {
        assert!(
            part["period"][end]
                .as_str()
                .unwrap()
                .starts_with("2025-11-"),
            "{part}"
        );
    }
}

#[test]
fn lines_that_are_no_records_are_counted_and_named() {
    let folder = with_sample("20");
    let file = folder
        .path()
        .join("secspan-data/metrics/enrichment-metrics-2025-12-30.jsonl");
    let text = fs::read_to_string(&file).unwrap_or_default();
    let lines = text.lines().count();
    fs::write(&file, format!("{text}{{\"ticket_id\":\n\n")).unwrap();
    let ran = run(folder.path(), &["report", "enrichment", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let place = format!("enrichment-metrics-2025-12-30.jsonl:{}", lines + 1);
    assert!(
        ran.err.starts_with("warning: ") && ran.err.contains(&place),
        "{}",
        ran.err
    );
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_ne!(document["source"]["malformed"], 0);
}

#[test]
fn what_holds_no_records_is_left_out_beside_others() {
    let folder = with_sample("300");
    let metrics = "secspan-data/metrics";
    let log = format!("{metrics}/sla-alerts.log");
    assert!(folder.path().join(&log).exists());
    let ran = run(
        folder.path(),
        &["report", "sla", "--format", "json", &log, metrics],
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(
        ran.err,
        format!("warning: left out, because no records are in it: {log}\n")
    );
    let direct = json(folder.path(), &["sla", metrics]);
    assert_eq!(json_of(&ran), direct);
    let alone = run(folder.path(), &["report", "sla", &log]);
    assert_eq!(alone.code, Some(1));
}

#[test]
fn nothing_to_report_is_said_in_a_whole_document() {
    let folder = tempfile::tempdir().unwrap();
    for report in reports() {
        for format in FORMATS {
            let ran = run(folder.path(), &["report", report, "--format", format]);
            assert_eq!(ran.code, Some(1), "{report} {format}");
            assert!(ran.err.contains("nothing to report"), "{}", ran.err);
            assert!(ran.out.ends_with('\n'), "{report} {format}");
        }
    }
    let empty = json_of(&run(folder.path(), &["report", "sla", "--format", "json"]));
    assert!(empty["no_data"].is_string());
    let folder = with_sample("20");
    let outside = [
        "report",
        "quality",
        "--from",
        "2030-01-01",
        "--format",
        "json",
    ];
    let ran = run(folder.path(), &outside);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("outside of the dates"), "{}", ran.err);
}

fn json_of(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = with_sample("50");
    let page = folder.path().join("quality.html");
    let arguments = [
        "report",
        "quality",
        "--format",
        "html",
        "--output",
        "quality.html",
    ];
    let ran = run(folder.path(), &arguments);
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (Some(0), "", "")
    );
    let direct = run(folder.path(), &["report", "quality", "--format", "html"]);
    assert_eq!(fs::read_to_string(&page).unwrap(), direct.out);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = with_sample("50");
    let mut child = command(folder.path(), &["report", "enrichment", "--format", "html"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn names_become_pseudonyms_only_with_a_key() {
    let folder = with_sample("200");
    let analysts = ["Mira", "Robin", "Tariq", "Ines", "Noor"];
    let plain = run(folder.path(), &["report", "enrichment"]);
    assert!(
        analysts.iter().all(|name| plain.out.contains(name)),
        "{}",
        plain.out
    );
    let arguments = ["report", "enrichment", "--pseudonyms"];
    let refused = run(folder.path(), &arguments);
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
    let mut by_variable = command(folder.path(), &arguments);
    by_variable.env("SECSPAN_PSEUDONYM_KEY", "0123456789abcdef");
    let by_variable = ran(by_variable, "");
    assert_eq!(by_variable.code, Some(0), "{}", by_variable.err);
    assert!(
        !analysts.iter().any(|name| by_variable.out.contains(name)),
        "{}",
        by_variable.out
    );
    fs::write(folder.path().join("key"), "0123456789abcdef\n").unwrap();
    let by_file = [&arguments[..], &["--pseudonym-key-file", "key"]].concat();
    assert_eq!(run(folder.path(), &by_file).out, by_variable.out);
}

#[test]
fn colours_are_on_standard_output_only_when_asked_for() {
    let folder = with_sample("50");
    let coloured = |arguments: &[&str]| run(folder.path(), arguments).out.contains('\u{1b}');
    assert!(coloured(&["report", "enrichment", "--color", "always"]));
    assert!(!coloured(&["report", "enrichment", "--color", "never"]));
    assert!(!coloured(&["report", "enrichment", "--color", "auto"]));
}

#[test]
fn an_interrupt_ends_a_report_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(
        folder.path(),
        &["report", "enrichment", "-", "--output", "out.txt"],
    )
    .stdin(Stdio::piped())
    .spawn()
    .unwrap();
    // Waiting would close it, and the report would end by itself.
    let stdin = child.stdin.take();
    // The signal thread says in /proc that it is there.
    let tasks = format!("/proc/{}/task", child.id());
    poll::until(
        "the signal thread",
        std::time::Duration::from_secs(20),
        || {
            fs::read_dir(&tasks).ok()?.flatten().find_map(|task| {
                let status = fs::read_to_string(task.path().join("status")).ok()?;
                let caught = status
                    .lines()
                    .find_map(|line| line.strip_prefix("SigCgt:"))?;
                let caught = u64::from_str_radix(caught.trim(), 16).ok()?;
                (caught & 1 << 1 != 0).then_some(())
            })
        },
    )
    .unwrap();
    let signalled = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(signalled.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_wrong_is_said_with_what_is_allowed() {
    let folder = with_sample("20");
    let commands: &[&[&str]] = &[
        &["report"],
        &["report", "enrichments"],
        &["report", "quality", "missing.jsonl"],
        &["report", "quality", "no-*.jsonl"],
        &["report", "quality", "--from", "2025-02-30"],
        &[
            "report",
            "quality",
            "--from",
            "2025-12-02",
            "--to",
            "2025-12-01",
        ],
        &["report", "quality", "--format", "pdf"],
        &["report", "quality", "--output", "no/such/folder.html"],
        &["report", "quality", "--output", "secspan-data"],
        &["report", "quality", "--table", "weeks"],
        &["report", "sampling", "--format", "csv", "--table", "weeks"],
        &["report", "sampling", "--tolerance", "101"],
        &["report", "sla", "--business-hours=17-9"],
        &["report", "sla", "--business-hours=nine"],
        &["report", "sla", "--as-of", "soon"],
        &["report", "quality", "--pseudonyms"],
        &["report", "quality", "--threads", "0"],
        &["reprot"],
    ];
    insta::assert_snapshot!(transcript(folder.path(), commands));
}

#[test]
fn help_says_it_with_examples() {
    let folder = tempfile::tempdir().unwrap();
    for (name, arguments) in [
        ("help", &["--help"][..]),
        ("help_report", &["report", "--help"]),
        ("help_report_sla", &["report", "sla", "--help"]),
        ("help_sample", &["sample", "--help"]),
    ] {
        let ran = run(folder.path(), arguments);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        insta::assert_snapshot!(name, ran.out);
    }
    let version = run(folder.path(), &["--version"]);
    assert_eq!(
        version.out,
        concat!("secspan ", env!("CARGO_PKG_VERSION"), "\n")
    );
    for shell in ["bash", "zsh", "fish"] {
        let script = run(folder.path(), &["completions", shell]);
        assert_eq!(script.code, Some(0));
        assert!(script.out.contains("business-hours"), "{shell}");
    }
}
