//! Every kind of record in its file, as the contract has it, and what is no record beside it with its reasons.

use std::fs;
use std::path::Path;
use std::time::Duration;

use secspan_tests::collector::Collector;
use secspan_tests::facts::{Review, closing, decision};
use secspan_tests::workflow::Workflow;
use secspan_tests::{http, poll};
use serde_json::{Value, json};

const CSV: &str = "review-decisions";
const HEADER: &str = "ticket_id,priority,review_decision,reason,timestamp,reviewer";

fn send(collector: &Collector, spans: &[Value]) {
    let headers = [("content-type", "application/json")];
    let body = Workflow::request(spans);
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// The lines of some files, once there are so many.
fn lines(collector: &Collector, stem: &str, suffix: &str, count: usize) -> Vec<String> {
    let what = format!("{count} lines in {stem}*{suffix}");
    let found = poll::until(&what, Duration::from_secs(30), || {
        let lines = collector.lines(stem, suffix);
        (lines.len() >= count).then_some(lines)
    });
    let found = found.unwrap_or_else(|error| panic!("{error}: {}", collector.log()));
    assert_eq!(found.len(), count, "{found:?}");
    found
}

fn records(kind: &str, result: &str) -> String {
    format!("secops_records_total{{kind=\"{kind}\",result=\"{result}\"}}")
}

fn failures(kind: &str) -> String {
    format!("secops_record_write_failures_total{{kind=\"{kind}\"}}")
}

/// However often it was tried, each record was written and is nothing besides.
fn assert_one_result(collector: &Collector, kind: &str) {
    let page = http::get(collector.metrics, "/metrics", &[])
        .unwrap()
        .text();
    let of_kind = format!("secops_records_total{{kind=\"{kind}\"");
    let results = page.lines().filter(|line| line.starts_with(&of_kind));
    for line in results.filter(|line| !line.contains("result=\"written\"")) {
        assert!(line.split(' ').nth(1) == Some("0"), "{line}");
    }
}

/// The lines of all files in a folder whose names start so.
fn lines_of(folder: &Path, name: &str) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let wanted = files.filter(|file| file.file_name().to_string_lossy().starts_with(name));
    let texts = wanted.map(|file| fs::read_to_string(file.path()).unwrap_or_default());
    let lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    lines.collect()
}

fn utc(second: u64) -> String {
    let at =
        secspan_records::timestamp::Timestamp::from_unix_seconds(i64::try_from(second).unwrap());
    at.to_string()
}

#[test]
fn every_kind_of_record_has_its_file() {
    let collector = Collector::start(&[]).unwrap();
    let review = Review::new(1);
    let (mandatory, _) = decision(2, "Mandatory review for P3, says \"policy\"", Some("Jonas"));
    let (sampled, decided) = decision(3, "Not selected for review (25% sampling)", None);
    let (closed, at) = closing(4, "2025-12-03T09:41:07Z");
    send(&collector, &Workflow::new(1).spans());
    send(&collector, &review.spans());
    send(&collector, &[mandatory]);
    send(&collector, &[sampled, closed]);
    assert_eq!(collector.enrichments(1).unwrap().len(), 1);

    let line = lines(&collector, "review-metrics-", ".jsonl", 1).remove(0);
    let start = r#"{"workflow_id":"security-analysis-review-v1","investigation_type":"cve","ticket_id":"OPS-501","reviewer":"Jonas","review_date":""#;
    assert!(line.starts_with(start), "{line}");
    let middle = r#"Z","total_duration_seconds":1010,"stage_durations":{"stage1":130,"stage2":390,"stage3":170,"stage4":110,"stage5":0,"stage6":150,"stage7":60},"overall_score":88,"quality_classification":"Good","critical_issues":0,"significant_gaps":1,"minor_improvements":4,"fact_verification_performed":false,"accuracy_score":null,"reviewed_analyst":"Mira","#;
    assert!(line.contains(middle), "{line}");
    assert!(line.contains(&review.trace_id()), "{line}");

    let rows = lines(&collector, CSV, ".csv", 3);
    assert_eq!(rows[0], HEADER);
    let decided = utc(decided).replace('Z', ".000310Z");
    let sampled =
        format!("OPS-503,P3,not_required,Not selected for review (25% sampling),{decided},");
    assert!(rows.contains(&sampled), "{sampled}: {rows:?}");
    let quoted = "OPS-502,P3,required,\"Mandatory review for P3, says \"\"policy\"\"\",";
    let mandatory = rows.iter().find(|row| row.starts_with(quoted));
    assert!(
        mandatory.is_some_and(|row| row.ends_with("Z,Jonas")),
        "{rows:?}"
    );

    let ticket = lines(&collector, "ticket-metrics-", ".jsonl", 1).remove(0);
    let ticket: Value = serde_json::from_str(&ticket).unwrap();
    assert_eq!(ticket["ticket_id"], "OPS-504");
    assert_eq!(ticket["priority"], "P2");
    assert_eq!(ticket["enrichment_date"], "2025-12-03T09:41:07Z");
    assert_eq!(ticket["closed_date"], utc(at));

    for (kind, count) in [
        ("enrichment", 1.0),
        ("review", 1.0),
        ("decision", 2.0),
        ("ticket", 1.0),
    ] {
        collector
            .wait_for_metric(&records(kind, "written"), count)
            .unwrap();
        collector.wait_for_metric(&failures(kind), 0.0).unwrap();
    }
}

#[test]
fn what_is_sent_again_is_written_once() {
    let collector = Collector::start(&[]).unwrap();
    let (decided, _) = decision(1, "Mandatory review for P3 priority", Some("Jonas"));
    let (closed, _) = closing(2, "2025-12-03T09:41:07Z");
    for _ in 0..3 {
        send(&collector, &[decided.clone(), closed.clone()]);
        send(&collector, &Review::new(3).spans());
    }
    // What is sent last is there last.
    send(&collector, &Review::new(4).spans());
    lines(&collector, "review-metrics-", ".jsonl", 2);
    lines(&collector, "ticket-metrics-", ".jsonl", 1);
    lines(&collector, CSV, ".csv", 2);
}

#[test]
fn a_review_that_is_no_record_is_rejected_with_its_reason() {
    let collector = Collector::start(&[]).unwrap();
    let broken = [
        (
            Review::new(1).without("secops.reviewer.name"),
            "reviewer: missing",
        ),
        (
            Review::new(2).without("secops.review.score"),
            "overall_score: missing",
        ),
        (
            Review::new(3).with("secops.review.score", Value::Null),
            "overall_score: ",
        ),
        (
            Review::new(4).with("secops.review.score", json!(101.0)),
            "overall_score: 101 is out of range",
        ),
        (
            Review::new(5).with("secops.review.classification", json!("Splendid")),
            "quality_classification: \"Splendid\"",
        ),
        (
            Review::new(6).with("secops.review.classification", json!("Excellent")),
            "quality_classification: ",
        ),
        (
            Review::new(7).with("secops.review.finding.critical.count", json!(-1)),
            "critical_issues: ",
        ),
        (
            Review::new(8).without("secops.ticket.id"),
            "ticket_id: missing",
        ),
    ];
    for (review, _) in &broken {
        send(&collector, &review.spans());
    }
    let sound = Review::new(9);
    send(&collector, &sound.spans());
    let rejected = lines(&collector, "review-metrics-", ".rejected", broken.len());
    for (review, reason) in &broken {
        let line = rejected
            .iter()
            .find(|line| line.contains(&review.trace_id()));
        let line: Value = serde_json::from_str(line.unwrap_or_else(|| panic!("{reason}"))).unwrap();
        let reasons = line["reasons"].as_array().unwrap();
        let found = reasons
            .iter()
            .any(|given| given.as_str().unwrap().starts_with(reason));
        assert!(found, "{reason}: {reasons:?}");
        assert_eq!(line["record"]["workflow_id"], "security-analysis-review-v1");
        assert!(line["rejected_at"].as_str().unwrap().ends_with('Z'));
    }
    let clean = lines(&collector, "review-metrics-", ".jsonl", 1);
    assert!(clean[0].contains(&sound.ticket()), "{clean:?}");
    let count = broken.len() as f64;
    collector
        .wait_for_metric(&records("review", "rejected"), count)
        .unwrap();
}

#[test]
fn an_event_that_is_no_record_is_rejected_with_its_reason() {
    let collector = Collector::start(&[]).unwrap();
    let (mut event, _) = decision(1, "Mandatory review for P3 priority", None);
    let facts = event["events"][0]["attributes"].as_array_mut().unwrap();
    facts.retain(|fact| fact["key"] != "secops.priority");
    let (sound, _) = decision(2, "Mandatory review for P3 priority", None);
    send(&collector, &[event, sound]);
    let rejected = lines(&collector, CSV, ".rejected", 1).remove(0);
    assert!(
        rejected.contains("priority: missing") && rejected.contains("OPS-501"),
        "{rejected}"
    );
    lines(&collector, CSV, ".csv", 2);
    collector
        .wait_for_metric(&records("decision", "rejected"), 1.0)
        .unwrap();
    let log = collector.log();
    let told = "jsonl: decision rejected: priority: missing; set secops.priority on the event";
    assert_eq!(log.matches(told).count(), 1, "{log}");
}

#[test]
fn only_the_kinds_that_are_named_are_written() {
    let collector = Collector::start(&["exporters.jsonl.records=[decision, review]"]).unwrap();
    send(&collector, &Workflow::new(1).spans());
    send(&collector, &[closing(2, "2025-12-03T09:41:07Z").0]);
    send(
        &collector,
        &[decision(3, "Mandatory review for P3 priority", None).0],
    );
    lines(&collector, CSV, ".csv", 2);
    collector
        .wait_for_metric(&records("enrichment", "left_out"), 1.0)
        .unwrap();
    collector
        .wait_for_metric(&records("ticket", "left_out"), 1.0)
        .unwrap();
    let files = fs::read_dir(collector.directory().join("metrics")).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["review-decisions.csv"]);
}

#[test]
fn switched_off_nothing_is_written() {
    let collector = Collector::start(&["exporters.jsonl.enabled=false"]).unwrap();
    send(&collector, &Workflow::new(1).spans());
    let counted = r#"secops_enrichments_total{workflow="security-alert-enrichment-v1",priority="P2",outcome="success"}"#;
    collector.wait_for_metric(counted, 1.0).unwrap();
    collector
        .wait_for_metric(&records("enrichment", "left_out"), 1.0)
        .unwrap();
    assert!(!collector.directory().join("metrics").exists());
    let log = collector.log();
    let told = "jsonl is switched off: no records are written";
    assert_eq!(log.matches(told).count(), 1, "{log}");
}

#[test]
fn a_ticket_closed_once_is_counted_once_whatever_the_span() {
    let collector = Collector::start(&[]).unwrap();
    let (first, _) = closing(1, "2025-12-03T09:41:07Z");
    let mut second = first.clone();
    second["traceId"] = json!("5ec5ba11000000000000ffffffffffff");
    second["spanId"] = json!("00000000ffffffff");
    let (mut again, _) = decision(2, "Mandatory review for P3 priority", Some("Jonas"));
    let decided = again.clone();
    again["spanId"] = json!("00000000eeeeeeee");
    send(&collector, &[first, second, decided]);
    send(&collector, &[again]);
    // What is sent last is there last.
    send(&collector, &[closing(3, "2025-12-03T09:41:07Z").0]);
    lines(&collector, "ticket-metrics-", ".jsonl", 2);
    lines(&collector, CSV, ".csv", 2);
    collector
        .wait_for_metric("secops_tickets_closed_total{priority=\"P2\"}", 2.0)
        .unwrap();
    for (kind, count) in [("ticket", 2.0), ("decision", 1.0)] {
        collector
            .wait_for_metric(&records(kind, "written"), count)
            .unwrap();
        assert_eq!(collector.metric(&records(kind, "duplicate")), Some(0.0));
    }
}

#[test]
fn a_review_that_every_ticket_gets_is_mandatory_in_its_row() {
    let collector = Collector::start(&[]).unwrap();
    let (mut event, _) = decision(1, "random", Some("Jonas"));
    let facts = event["events"][0]["attributes"].as_array_mut().unwrap();
    for fact in facts {
        if fact["key"] == "secops.priority" {
            fact["value"] = json!({"stringValue": "P1"});
        }
        if fact["key"] == "secops.review.required" {
            fact["value"] = json!({"stringValue": "true"});
        }
    }
    send(&collector, &[event]);
    let row = lines(&collector, CSV, ".csv", 2).remove(1);
    let start = "OPS-501,P1,required,Mandatory review for P1 priority: random,";
    assert!(row.starts_with(start), "{row}");
}

/// What a writer elsewhere left behind while the collector was running.
fn leave_behind(collector: &Collector, stem: &str, change: impl Fn(&Path)) {
    let files = fs::read_dir(collector.directory().join("metrics")).unwrap();
    for file in files {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with(stem) {
            change(&path);
        }
    }
}

#[test]
fn torn_lines_and_byte_order_marks_of_other_writers_are_put_right() {
    let collector = Collector::start(&[]).unwrap();
    send(&collector, &Review::new(1).spans());
    let first = lines(&collector, "review-metrics-", ".jsonl", 1).remove(0);
    leave_behind(&collector, "review-metrics-", |path| {
        fs::write(path, format!("\u{feff}{first}\n{{\"workflow_id\":\"tor")).unwrap();
    });
    send(&collector, &Review::new(2).spans());
    let clean = poll::until("the second review", Duration::from_secs(30), || {
        let lines = collector.lines("review-metrics-", ".jsonl");
        lines.last()?.contains("OPS-502").then_some(lines)
    });
    let clean = clean.unwrap();
    for line in &clean {
        serde_json::from_str::<Value>(line).unwrap();
    }
    assert_eq!(clean.len(), 2, "{clean:?}");
    let side = lines(&collector, "review-metrics-", ".rejected", 2);
    assert!(
        side.iter().any(|line| line.contains("byte order mark")),
        "{side:?}"
    );
    let torn = side.iter().find(|line| line.contains("the line was torn"));
    assert!(
        torn.unwrap()
            .contains(r#""record":"{\"workflow_id\":\"tor""#),
        "{side:?}"
    );
    assert!(
        collector
            .log()
            .contains("of another writer was taken out, see .rejected"),
        "{}",
        collector.log()
    );
}

#[test]
fn blank_lines_of_other_writers_are_taken_out_and_no_side_file_is_named() {
    let collector = Collector::start(&[]).unwrap();
    send(&collector, &Review::new(1).spans());
    let first = lines(&collector, "review-metrics-", ".jsonl", 1).remove(0);
    leave_behind(&collector, "review-metrics-", |path| {
        fs::write(path, format!("{first}\n\n\n")).unwrap();
    });
    send(&collector, &Review::new(2).spans());
    let told = "blank lines of another writer at the end were taken out";
    poll::until(told, Duration::from_secs(30), || {
        collector.log().contains(told).then_some(())
    })
    .unwrap();
    lines(&collector, "review-metrics-", ".jsonl", 2);
    assert!(
        !collector.log().contains(".rejected"),
        "{}",
        collector.log()
    );
}

#[test]
fn decisions_leave_another_table_alone() {
    let collector = Collector::start(&[]).unwrap();
    send(
        &collector,
        &[decision(1, "Mandatory review for P3 priority", None).0],
    );
    lines(&collector, CSV, ".csv", 2);
    let nine = "ticket_id,priority,decision,decision_timestamp,reason,a,b,c,d\n";
    leave_behind(&collector, CSV, |path| fs::write(path, nine).unwrap());
    send(
        &collector,
        &[decision(2, "Mandatory, by policy", Some("Jonas")).0],
    );
    send(
        &collector,
        &[decision(3, "Mandatory, by policy", Some("Jonas")).0],
    );
    let aside = lines(&collector, CSV, ".rejected", 2);
    let row = "OPS-502,P3,required,\\\"Mandatory, by policy\\\",";
    assert!(
        aside[0].contains("is another table") && aside[0].contains(row),
        "{aside:?}"
    );
    assert_eq!(collector.lines(CSV, ".csv"), [nine.trim_end()]);
    // The line follows the file.
    let logged = || collector.log().matches("rename the file").count();
    let seen = poll::until("a line about the table", Duration::from_secs(10), || {
        (logged() > 0).then_some(())
    });
    seen.unwrap_or_else(|error| panic!("{error}: {}", collector.log()));
    // Other files go on.
    send(&collector, &Review::new(4).spans());
    lines(&collector, "review-metrics-", ".jsonl", 1);
    collector
        .wait_for_metric(&records("decision", "rejected"), 2.0)
        .unwrap();
    assert_eq!(logged(), 1, "{}", collector.log());
}

#[test]
fn a_failing_disk_blocks_nobody_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = folder.path().join("metrics");
    fs::write(&metrics, "a file stands where the folder should be").unwrap();
    let directory = format!("exporters.jsonl.directory={}", folder.path().display());
    let collector = Collector::start(&[&directory]).unwrap();
    for number in 0..20 {
        send(&collector, &Workflow::new(number).spans());
        send(
            &collector,
            &[decision(100 + number, "Mandatory review for P3 priority", None).0],
        );
    }
    // The first batch is tried again and again; what is in it depends on the moment.
    let failed = poll::until("failed attempts", Duration::from_secs(30), || {
        let kinds = ["enrichment", "decision"].into_iter();
        let failed = kinds.filter_map(|kind| collector.metric(&failures(kind)));
        (failed.sum::<f64>() > 2.0).then_some(())
    });
    failed.unwrap_or_else(|error| panic!("{error}: {}", collector.log()));
    let counted = r#"secops_enrichments_total{workflow="security-alert-enrichment-v1",priority="P2",outcome="success"}"#;
    collector.wait_for_metric(counted, 20.0).unwrap();
    let log = collector.log();
    let told = log.lines().filter(|line| line.contains(" error jsonl: "));
    let told: Vec<&str> = told
        .filter(|line| line.contains("a file stands where"))
        .collect();
    assert_eq!(told.len(), 1, "told once: {log}");
    fs::remove_file(&metrics).unwrap();
    let back = poll::until("every record", Duration::from_mins(1), || {
        let (enrichments, rows) = (
            lines_of(&metrics, "enrichment-metrics-"),
            lines_of(&metrics, CSV),
        );
        (enrichments.len() >= 20 && rows.len() >= 21).then_some((enrichments, rows))
    });
    let (mut enrichments, mut rows) =
        back.unwrap_or_else(|error| panic!("{error}: {}", collector.log()));
    enrichments.sort();
    enrichments.dedup();
    rows.sort();
    rows.dedup();
    assert_eq!(
        (enrichments.len(), rows.len()),
        (20, 21),
        "none lost, none twice"
    );
    collector
        .wait_for_metric(&records("enrichment", "written"), 20.0)
        .unwrap();
    collector
        .wait_for_metric(&records("decision", "written"), 20.0)
        .unwrap();
    assert_one_result(&collector, "enrichment");
}
