//! What is read: folders, patterns, what is passed over, and what a person is told when there is nothing.

use super::*;

fn names(sources: &Sources, folder: &Path) -> Vec<String> {
    let start = format!("{}/", folder.display());
    sources
        .names()
        .map(|name| name.replace(&start, "").replace("./", ""))
        .collect()
}

fn some() -> TempDir {
    folder(&[
        ("data/metrics/enrichment-metrics-2025-12-02.jsonl", b""),
        ("data/metrics/enrichment-metrics-2025-12-01.jsonl.zst", b""),
        (
            "data/metrics/enrichment-metrics-2025-12-02.jsonl.rejected",
            b"{}\n",
        ),
        ("data/metrics/review-metrics-2025-12-02.jsonl", b""),
        ("data/metrics/review-decisions.csv", b""),
        ("data/metrics/sla-alerts.log", b"x\n"),
        ("data/metrics/notes.txt", b"x\n"),
        ("data/enrichment-metrics-9.jsonl", b""),
        ("empty/notes.txt", b""),
    ])
}

#[test]
fn a_folder_gives_its_record_files_in_the_order_of_their_names() {
    let folder = some();
    let all = [
        "data/metrics/enrichment-metrics-2025-12-01.jsonl.zst",
        "data/metrics/enrichment-metrics-2025-12-02.jsonl",
        "data/metrics/review-decisions.csv",
        "data/metrics/review-metrics-2025-12-02.jsonl",
    ];
    for argument in ["data", "data/metrics"] {
        let sources = found(folder.path(), &[argument]).unwrap();
        assert_eq!(names(&sources, folder.path()), all, "{argument}");
    }
    let path = [folder.path().join("data")];
    let sources = Sources::find(&path, &kinds::KINDS, &[&kinds::DECISION]).unwrap();
    assert_eq!(names(&sources, folder.path()), all[2..3]);
}

#[test]
fn a_pattern_gives_what_it_matches_and_a_file_that_is_named_twice_counts_once() {
    let folder = some();
    let arguments = [
        "data/metrics/*-2025-12-0?.jsonl*",
        "data/metrics/enrichment-metrics-2025-12-02.jsonl",
    ];
    let sources = found(folder.path(), &arguments).unwrap();
    assert_eq!(
        names(&sources, folder.path()),
        [
            "data/metrics/enrichment-metrics-2025-12-01.jsonl.zst",
            "data/metrics/enrichment-metrics-2025-12-02.jsonl",
            "data/metrics/review-metrics-2025-12-02.jsonl",
        ]
    );
    let sources = found(folder.path(), &["*/metrics"]).unwrap();
    assert_eq!(
        sources.names().count(),
        4,
        "folders that a pattern matches are looked into"
    );
}

#[test]
fn a_person_is_told_what_is_missing() {
    let folder = some();
    let told = |argument: &str| {
        let error = found(folder.path(), &[argument]).unwrap_err();
        assert!(!error.hint().is_empty());
        error
            .to_string()
            .replace(&format!("{}/", folder.path().display()), "")
    };
    assert_eq!(told("gone.jsonl"), "gone.jsonl does not exist");
    assert_eq!(told("data/*.zip"), "no file matches data/*.zip");
    assert_eq!(
        told("empty"),
        "empty holds no record files; looked for enrichment-metrics-*.jsonl, review-metrics-*.jsonl, review-decisions.csv, ticket-metrics-*.jsonl (also .zst and .gz)"
    );
    let side_file = "data/metrics/enrichment-metrics-2025-12-02.jsonl.rejected";
    assert!(told(side_file).starts_with(&format!("{side_file} holds no record files")));
    assert_eq!(told("data/***"), "data/*** is not a pattern");
}

#[test]
fn empty_files_are_read_and_named() {
    let folder = some();
    let (tickets, summary) = read(folder.path(), &["data"]);
    assert_eq!(
        (tickets.len(), summary.malformed, summary.files.len()),
        (0, 0, 4)
    );
}

#[test]
fn a_file_that_grows_is_read_up_to_the_line_that_was_being_written() {
    let line = enrichment("OPS-1", 0, 0);
    let folder = folder(&[("a.jsonl", line.as_bytes())]);
    let sources = found(folder.path(), &["a.jsonl"]).unwrap();
    let path = folder.path().join("a.jsonl");
    let (tickets, _) = read_by(BLOCK_BYTES, &sources, settings(1, 1));
    assert_eq!(tickets.len(), 1, "a whole record needs no line feed");
    fs::write(&path, &line.as_bytes()[..50]).unwrap();
    let input = &open::prepare(&sources).unwrap()[0];
    let shape = input.shape.as_ref().unwrap();
    let file = input.open(shape).unwrap();
    fs::write(&path, format!("{line}\n{line}\n")).unwrap();
    let mut buffer = blocks::Buffer::default();
    let lines = buffer.read(&file, 0, shape.length).unwrap();
    assert_eq!(lines, format!("{line}\n").as_bytes());
    fs::write(&path, "").unwrap();
    let error = input.open(shape).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("was replaced or cut while it was read"),
        "{error}"
    );
}
