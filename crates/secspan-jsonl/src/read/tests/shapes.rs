//! Shapes of files: blocks of any size, line ends, archives, rows, pipes.

use std::io::Write;
use std::os::fd::AsRawFd;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

/// Lines with what a file may hold, and whether it is a record.
fn line() -> impl Strategy<Value = (Vec<u8>, bool)> {
    let record = (0..1000_u32).prop_map(|n| enrichment(&format!("OPS-{n}"), 0, 0));
    prop_oneof![
        6 => record.clone().prop_map(|line| (line.into_bytes(), true)),
        1 => record.clone().prop_map(|line| (format!("{line}\r").into_bytes(), true)),
        1 => record.prop_map(|line| (line.as_bytes()[..line.len() / 2].to_vec(), false)),
        1 => prop::collection::vec(any::<u8>().prop_filter("no line feed", |b| *b != b'\n'), 0..40)
            .prop_map(|bytes| (bytes, false)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// The places of malformed lines are those that counting from the start gives, whatever the blocks are.
    #[test]
    fn blocks_of_any_size_give_the_same_lines(
        files in prop::collection::vec((prop::collection::vec(line(), 0..12), any::<bool>()), 1..4),
        block_bytes in 1..3000_u64, threads in 1..4_usize, zipped in any::<bool>()
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut expected = (Vec::new(), Vec::new());
        for (at, (lines, feed)) in files.iter().enumerate() {
            let name = format!("enrichment-metrics-{at}.jsonl");
            let mut content = lines.iter().map(|(line, _)| &line[..]).collect::<Vec<_>>().join(&b'\n');
            let blank_end = lines.last().is_some_and(|(line, _)| line.is_empty());
            if !lines.is_empty() && (*feed || blank_end) {
                content.push(b'\n');
            }
            if zipped {
                content = zstd::encode_all(&content[..], 1).unwrap();
            }
            fs::write(folder.path().join(&name), content).unwrap();
            for (line, (bytes, valid)) in (1_u64..).zip(lines) {
                match valid {
                    true => expected.0.push(String::from_utf8_lossy(bytes).split('"').nth(7).unwrap().to_owned()),
                    false => expected.1.push((name.clone(), line)),
                }
            }
        }
        expected.0.sort();
        let sources = found(folder.path(), &["."]).unwrap();
        let (tickets, summary) = read_by(block_bytes, &sources, settings(threads, 1000));
        let places: Vec<(String, u64)> = summary.malformed_examples.iter()
            .map(|it| (it.file.rsplit('/').next().unwrap().to_owned(), it.line))
            .collect();
        prop_assert_eq!(summary.records, tickets.len() as u64);
        prop_assert_eq!(summary.malformed, places.len() as u64);
        prop_assert_eq!((tickets, places), expected);
    }
}

#[test]
fn every_malformed_line_is_named_with_its_reason() {
    let good = enrichment("OPS-1", 0, 0);
    let content = [
        format!("\u{feff}{good}").as_bytes(),
        good.as_bytes(),
        b"",
        b"\xff\xfe",
        &b"x".repeat(LINE_BYTES_MAX + 1),
        b"{\"rejected_at\":1}",
        good.replace("P1", "P9").as_bytes(),
        format!("\u{feff}{good}").as_bytes(),
        good.as_bytes(),
        &good.as_bytes()[..100],
    ]
    .join(&b'\n');
    let folder = folder(&[("enrichment-metrics-2025-12-03.jsonl", &content)]);
    let (tickets, summary) = read(folder.path(), &["."]);
    assert_eq!(
        tickets, ["OPS-1"; 3],
        "a mark at the start of the file is passed over"
    );
    assert_eq!(summary.malformed, 7);
    insta::assert_snapshot!(named(&summary, folder.path()).join("\n").replace("./", ""), @r#"
    enrichment-metrics-2025-12-03.jsonl:3 blank
    enrichment-metrics-2025-12-03.jsonl:4 not UTF-8 from byte 1 on
    enrichment-metrics-2025-12-03.jsonl:5 longer than 1048576 bytes
    enrichment-metrics-2025-12-03.jsonl:6 stage_durations: missing; an object with the six stage keys is required; workflow_id: missing; the key is required; ticket_id: missing; the key is required; analyst: missing; the key is required; enrichment_date: missing; the key is required; priority_assigned: missing; the key is required
    enrichment-metrics-2025-12-03.jsonl:7 priority_assigned: "P9" is not one of P1, P2, P3, P4, P5
    enrichment-metrics-2025-12-03.jsonl:8 a byte order mark stands before the record; only a file may begin with one
    enrichment-metrics-2025-12-03.jsonl:10 torn, its end is missing: ends in the middle of its JSON
    "#);
}

#[test]
fn the_first_malformed_lines_are_the_first_in_the_file() {
    let good = enrichment("OPS-1", 0, 0);
    let lines: Vec<&str> = (0..40_000)
        .map(|n| if n % 1000 == 999 { "{" } else { &good })
        .collect();
    let folder = folder(&[("lines.jsonl", lines.join("\n").as_bytes())]);
    let sources = found(folder.path(), &["lines.jsonl"]).unwrap();
    let (_, summary) = read_by(BLOCK_BYTES, &sources, settings(3, 4));
    assert_eq!((summary.records, summary.malformed), (39_960, 40));
    let lines: Vec<u64> = summary
        .malformed_examples
        .iter()
        .map(|it| it.line)
        .collect();
    assert_eq!(lines, [1000, 2000, 3000, 4000]);
}

#[test]
fn a_line_that_is_too_long_is_one_malformed_line_in_archives_too() {
    let good = enrichment("OPS-1", 0, 0);
    let long = "y".repeat(3 * LINE_BYTES_MAX);
    let content = format!("{good}\n{long}\n{good}\n{{\n");
    let packed = zstd::encode_all(content.as_bytes(), 1).unwrap();
    let folder = folder(&[("a.jsonl", content.as_bytes()), ("b.jsonl.zst", &packed)]);
    for file in ["a.jsonl", "b.jsonl.zst"] {
        let (tickets, summary) = read(folder.path(), &[file]);
        assert_eq!(tickets.len(), 2, "{file}");
        let lines: Vec<u64> = summary
            .malformed_examples
            .iter()
            .map(|it| it.line)
            .collect();
        assert_eq!(lines, [2, 4], "{file}");
    }
}

#[test]
fn archives_are_read_as_what_is_in_them() {
    let content = format!(
        "{}\n{}\n",
        enrichment("OPS-1", 0, 0),
        enrichment("OPS-2", 0, 0)
    );
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(content.as_bytes()).unwrap();
    // An archive that was appended to has several parts.
    let gzip = gzip.finish().unwrap().repeat(2);
    let zstd = zstd::encode_all(content.as_bytes(), 3).unwrap().repeat(2);
    let damaged = &zstd[..zstd.len() - 7];
    let folder = folder(&[
        ("enrichment-metrics-2025-12-01.jsonl.gz", &gzip),
        ("enrichment-metrics-2025-12-02.jsonl.zst", &zstd),
        ("damaged.zst", damaged),
    ]);
    let (tickets, summary) = read(folder.path(), &["."]);
    assert_eq!(
        tickets,
        [
            "OPS-1", "OPS-1", "OPS-1", "OPS-1", "OPS-2", "OPS-2", "OPS-2", "OPS-2"
        ]
    );
    assert_eq!(summary.malformed, 0);
    let (tickets, summary) = read(folder.path(), &["damaged.zst"]);
    assert_eq!(tickets, ["OPS-1", "OPS-2"]);
    let said = &summary.unreadable[0];
    assert_eq!((summary.malformed, said.line), (1, 3), "{said:?}");
}

#[test]
fn of_a_damaged_archive_everything_before_the_damage_counts() {
    let lines: String = (0..3000)
        .map(|n| enrichment(&format!("OPS-{n}"), n + 1, 0) + "\n")
        .collect();
    let rows: Vec<String> = (0..3000)
        .map(|n| format!("OPS-{n},P3,not_required,why,2025-12-03T12:15:44.{n:06}Z,\n"))
        .collect();
    let rows = rows.concat();
    let good = enrichment("OPS-9999", 9999, 0);
    for (name, content) in [
        ("enrichment-metrics-2025-12-01.jsonl", lines),
        ("review-decisions.csv", rows),
    ] {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(content.as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = zstd::encode_all(content.as_bytes(), 1).unwrap();
        for (end, packed) in [("gz", gzip), ("zst", zstd)] {
            let torn = format!("{name}.{end}");
            let folder = folder(&[
                (&torn, &packed[..packed.len() * 9 / 10]),
                ("enrichment-metrics-2025-12-02.jsonl", good.as_bytes()),
            ]);
            let (tickets, summary) = read(folder.path(), &["."]);
            assert!(tickets.contains(&"OPS-9999".to_owned()), "{torn}");
            let [said] = &summary.unreadable[..] else {
                panic!("{torn}: {summary:?}");
            };
            assert!(said.file.ends_with(&torn), "{said:?}");
            let before = said.line - 1;
            let start = format!("the archive is damaged after {before} lines: ");
            assert!(said.reason.starts_with(&start), "{said:?}");
            assert!(summary.malformed_examples.contains(said));
            assert_eq!(summary.records, before + 2 - summary.malformed, "{torn}");
            assert!(end != "gz" || before > 1000, "{said:?}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_named_beside_the_others() {
    let good = enrichment("OPS-1", 1, 0);
    let folder = folder(&[
        ("enrichment-metrics-2025-12-01.jsonl", b"{}"),
        ("enrichment-metrics-2025-12-02.jsonl", good.as_bytes()),
    ]);
    let sources = found(folder.path(), &["."]).unwrap();
    let path = folder.path().join("enrichment-metrics-2025-12-01.jsonl");
    let inputs = open::prepare(&sources).unwrap();
    fs::remove_file(path).unwrap();
    let reader = passes::Reader {
        inputs: &inputs,
        settings: settings(2, 0),
        block_bytes: BLOCK_BYTES,
        new: || (),
        each: |(): &mut (), _: &Record<'_>| {},
        progress: |_| {},
    };
    let scan = reader.scan().unwrap_or_else(|e| panic!("{e}"));
    let summary = scan.summary;
    assert_eq!((summary.records, summary.malformed), (1, 1));
    assert!(
        summary.unreadable[0].reason.starts_with("cannot be read: "),
        "{summary:?}"
    );
    assert_eq!(summary.malformed_examples, summary.unreadable);
}

#[test]
fn a_table_without_a_known_header_is_told_once() {
    let ours = "ticket_id,priority,review_decision,reason,timestamp,reviewer";
    let swapped = ours.replace(',', ";");
    for (name, content, said) in [
        ("a.csv", "id,prio\n1,2\n3,4\n", "found id,prio; nothing"),
        (
            "b.CSV",
            "id\tprio\n1\t2\n",
            "found id\tprio; separate the fields by commas;",
        ),
        (
            "c.txt",
            &format!("{swapped}\n1;2\n"),
            "; separate the fields by commas;",
        ),
        (
            "review-decisions.csv",
            &format!("{swapped}\n1;2\n3;4\n"),
            "by commas;",
        ),
    ] {
        let folder = folder(&[(name, content.as_bytes())]);
        let (_, summary) = read(folder.path(), &[name]);
        let named = named(&summary, folder.path());
        assert_eq!(named.len(), 1, "{named:?}");
        assert!(
            named[0].starts_with(&format!("{name}:1 no header {ours}; found ")),
            "{named:?}"
        );
        assert!(named[0].contains(said), "{named:?}");
    }
}

#[test]
fn rows_may_span_lines_and_blocks() {
    let header = "ticket_id,priority,review_decision,reason,timestamp,reviewer\n";
    let mut content = String::new();
    for part in 0..2 {
        content.push_str(header);
        for n in 0..4000 {
            let row = format!(
                "OPS-{part}-{n},P3,not_required,\"Not selected,\nsays \"\"Mira\"\"\",2025-12-03T12:15:44.{n:06}Z,\n"
            );
            content.push_str(&row);
        }
    }
    content
        .push_str("OPS-X,P7,required,why,2025-12-03T12:15:44.000310Z,\nOPS-Y,P1,required,\"open");
    let folder = folder(&[
        ("review-decisions.csv", content.as_bytes()),
        ("copied", content.as_bytes()),
    ]);
    for name in ["review-decisions.csv", "copied"] {
        let (tickets, summary) = read(folder.path(), &[name]);
        assert_eq!(tickets.len(), 8000, "{name}");
        assert_eq!(tickets[0], "OPS-0-0");
        assert_eq!(
            named(&summary, folder.path()),
            [
                format!("{name}:16003 priority: \"P7\" is not one of P1, P2, P3, P4, P5"),
                format!("{name}:16004 a quoted field has no closing quote: the row is torn"),
            ]
        );
    }
}

#[test]
fn a_pipe_is_read_like_a_file() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let content = format!("{}\n{{\n", enrichment("OPS-1", 7, 0)).repeat(300);
    let writing = std::thread::spawn(move || writer.write_all(content.as_bytes()).unwrap());
    let path = format!("/proc/self/fd/{}", reader.as_raw_fd());
    let (tickets, summary) = read(Path::new("/"), &[&path]);
    writing.join().unwrap();
    assert_eq!(
        tickets,
        ["OPS-1"],
        "two passes over what a pipe says only once"
    );
    assert_eq!(
        (summary.records, summary.superseded, summary.malformed),
        (300, 299, 300)
    );
}
