//! What `secspan` refuses because it belongs elsewhere, and what it reads in spite of damage.

use std::fs;

use crate::cli_program::run;
use crate::cli_report::with_sample;

#[test]
fn options_of_other_reports_are_refused() {
    let folder = with_sample("20");
    for (arguments, said) in [
        (
            &["report", "enrichment", "--seed", "2"][..],
            "--seed is for `secspan report` sampling",
        ),
        (
            &["report", "sla", "--by-analyst"],
            "--by-analyst is for `secspan report` quality",
        ),
        (
            &["report", "quality", "--kev-rule", "p2"],
            "--kev-rule is for",
        ),
        (
            &["report", "quality", "--business-hours"],
            "--business-hours is for",
        ),
        (
            &["report", "sla", "--business-hours", "9-17"],
            "hint: --business-hours=9-17",
        ),
        (&["report", "quality", "--minimum-n", "0"], "--minimum-n"),
        (
            &["sample", "--protocol", "http", "--out", "x"],
            "--protocol",
        ),
        (&["sample", "--until", "9999-12-31"], "--until"),
    ] {
        let ran = run(folder.path(), arguments);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(2), ""),
            "{arguments:?} {}",
            ran.err
        );
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn a_damaged_archive_does_not_silence_the_rest() {
    let folder = with_sample("100");
    let torn = "secspan-data/metrics/enrichment-metrics-2024-01-01.jsonl.gz";
    fs::write(folder.path().join(torn), b"\x1f\x8b\x08\0\0\0\0\0\0\x03no").unwrap();
    let ran = run(folder.path(), &["report", "enrichment", "--format", "json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let said = format!("warning: {torn}:1: the archive is damaged after 0 lines: ");
    assert!(ran.err.contains(&said), "{}", ran.err);
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["source"]["malformed"], 1);
    assert!(document["no_data"].is_null());
}
