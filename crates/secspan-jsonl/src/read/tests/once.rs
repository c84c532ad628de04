//! Each record once: corrections, duplicates, whatever file they are in.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_last_of_the_highest_corrections_counts(
        records in prop::collection::vec((0..8_u64, 0..3_u32), 0..60),
        files in 1..4_usize, threads in 1..4_usize
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut contents = vec![String::new(); files];
        for (at, (span, amendment)) in records.iter().enumerate() {
            let line = enrichment(&format!("OPS-{at}"), *span, *amendment);
            contents[at % files] += &(line + "\n");
        }
        let mut best: BTreeMap<u64, (u32, usize, usize)> = BTreeMap::new();
        let mut expected = Vec::new();
        for (at, (span, amendment)) in records.iter().enumerate() {
            let this = (*amendment, at % files, at);
            match span {
                0 => expected.push(format!("OPS-{at}")),
                span => {
                    let known = best.entry(*span).or_insert(this);
                    *known = this.max(*known);
                }
            }
        }
        expected.extend(best.values().map(|(_, _, at)| format!("OPS-{at}")));
        expected.sort();
        for (at, content) in contents.iter().enumerate() {
            fs::write(folder.path().join(format!("enrichment-metrics-{at}.jsonl")), content).unwrap();
        }
        let sources = found(folder.path(), &["."]).unwrap();
        let (tickets, summary) = read_by(2000, &sources, settings(threads, 3));
        prop_assert_eq!(&tickets, &expected);
        prop_assert_eq!(summary.records, records.len() as u64);
        prop_assert_eq!(summary.superseded, (records.len() - expected.len()) as u64);
    }
}

#[test]
fn a_second_pass_counts_malformed_lines_once() {
    let line = enrichment("OPS-1", 1, 0);
    let content = format!("{{\n{line}\n{line}\n\n");
    let folder = folder(&[("enrichment-metrics-1.jsonl", content.as_bytes())]);
    let (tickets, summary) = read(folder.path(), &["."]);
    assert_eq!(tickets, ["OPS-1"]);
    assert_eq!(
        (summary.records, summary.superseded, summary.malformed),
        (2, 1, 2)
    );
    let lines: Vec<u64> = summary
        .malformed_examples
        .iter()
        .map(|it| it.line)
        .collect();
    assert_eq!(lines, [1, 4]);
}

#[test]
fn what_logrotate_leaves_is_read_and_other_names_are_given() {
    let line = |n: u64| enrichment(&format!("OPS-{n}"), n, 0) + "\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, line(3).as_bytes()).unwrap();
    let day = "enrichment-metrics-2025-12-03.jsonl";
    let folder = folder(&[
        (day, line(1).as_bytes()),
        (&format!("{day}.1"), (line(1) + &line(2)).as_bytes()),
        (&format!("{day}.2.gz"), &packed.finish().unwrap()),
        (&format!("{day}-20260101"), line(4).as_bytes()),
        (&format!("{day}.bak"), line(5).as_bytes()),
        (&format!("{day}.rejected"), line(6).as_bytes()),
        ("review-metrics-2025-12-03.jsonl.old", b""),
        ("notes.txt", b""),
    ]);
    let (tickets, summary) = read(folder.path(), &["."]);
    assert_eq!(tickets, ["OPS-1", "OPS-2", "OPS-3", "OPS-4"]);
    assert_eq!((summary.records, summary.superseded), (5, 1));
    let sources = Sources::find(&[folder.path()], &kinds::KINDS, &[&kinds::ENRICHMENT]).unwrap();
    assert_eq!(
        sources.passed_over(),
        [folder.path().join(format!("{day}.bak"))]
    );
}

#[test]
fn a_review_does_not_replace_an_enrichment_of_the_same_trace() {
    let review = r#"{"workflow_id":"security-analysis-review-v1","ticket_id":"OPS-2","reviewer":"Jonas","review_date":"2025-12-03T11:02:30Z","total_duration_seconds":0,"stage_durations":{},"overall_score":88,"quality_classification":"Good","critical_issues":0,"significant_gaps":1,"minor_improvements":4,"fact_verification_performed":false,"accuracy_score":null,"trace_id":"00000000000000000000000000000001","span_id":"0000000000000001"}"#;
    let content = format!("{}\n{review}\n{review}\n", enrichment("OPS-1", 1, 0));
    let folder = folder(&[("mixed.jsonl", content.as_bytes())]);
    let (tickets, summary) = read(folder.path(), &["mixed.jsonl"]);
    assert_eq!(tickets, ["OPS-1", "OPS-2"]);
    assert_eq!(summary.superseded, 1);
}

#[test]
fn progress_reaches_its_end_in_every_pass() {
    let line = enrichment("OPS-1", 1, 0);
    let content = format!("{line}\n").repeat(2000);
    let folder = folder(&[("enrichment-metrics-1.jsonl", content.as_bytes())]);
    let sources = found(folder.path(), &["."]).unwrap();
    let seen = std::sync::Mutex::new(BTreeMap::new());
    let note = |at: Progress| {
        assert_eq!(at.total, content.len() as u64);
        let mut seen = seen.lock().unwrap();
        let done = seen.entry(at.pass).or_insert(0);
        *done = at.done.max(*done);
    };
    scan(&sources, settings(2, 1), || (), |(), _| {}, note).unwrap();
    let total = content.len() as u64;
    assert_eq!(
        seen.into_inner().unwrap(),
        BTreeMap::from([(1, total), (2, total)])
    );
}
