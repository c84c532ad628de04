//! `review-decisions.csv`: six columns under one header, beside a legacy updater that replaces the file.

use std::fs::File;

use secspan_testkit::kinds::DECISION;

use super::*;

const FILE: &str = "review-decisions.csv";
const HEADER: &str = "ticket_id,priority,review_decision,reason,timestamp,reviewer";

fn decision(ticket: &str, reason: &str) -> Joined {
    let reason = reason.replace('"', "\"\"");
    let row = format!("{ticket},P3,not_required,\"{reason}\",2025-12-03T12:15:44.000310Z,");
    let record = Record::from_line(&DECISION, &row, Reading::default()).unwrap();
    Joined::Record(record)
}

fn rows(directory: &Path) -> Vec<String> {
    lines(directory, FILE)
}

fn side(directory: &Path) -> Vec<serde_json::Value> {
    lines(directory, &format!("{FILE}.rejected"))
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Puts `content` in place of the file.
fn put(directory: &Path, content: &str) {
    let path = directory.join("metrics").join(FILE);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn of(report: &Report) -> Counts {
    report.counts.get(&DECISION).copied().unwrap_or_default()
}

fn written(count: u64) -> Counts {
    Counts {
        written: count,
        ..Counts::default()
    }
}

const ONE: &str = "OPS-1,P3,not_required,plain,2025-12-03T12:15:44.000310Z,";

#[test]
fn the_header_is_there_once_and_fields_are_quoted_where_they_must_be() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = writer(directory.path());
    let first = [decision("OPS-1", "plain"), decision("OPS-2", "a, b")];
    assert_eq!(of(&writer.write(&first, NOW)), written(2));
    let second = [
        decision("OPS-3", "say \"no\""),
        decision("OPS-4", "two\nlines"),
    ];
    assert_eq!(of(&writer.write(&second, NOW)), written(2));
    assert_eq!(
        rows(directory.path()),
        [
            HEADER,
            ONE,
            "OPS-2,P3,not_required,\"a, b\",2025-12-03T12:15:44.000310Z,",
            "OPS-3,P3,not_required,\"say \"\"no\"\"\",2025-12-03T12:15:44.000310Z,",
            "OPS-4,P3,not_required,two lines,2025-12-03T12:15:44.000310Z,",
        ]
    );
}

#[test]
fn what_is_there_already_decides_what_is_added() {
    for (before, after) in [
        (String::new(), format!("{HEADER}\n{ONE}\n")),
        ("ticket_id,pri".to_owned(), format!("{HEADER}\n{ONE}\n")),
        (HEADER.to_owned(), format!("{HEADER}\n{ONE}\n")),
        (
            format!("{HEADER}\r\nOPS-9,P1,required,x,2025-12-03T12:15:44Z,Jo\r\n"),
            format!("{HEADER}\r\nOPS-9,P1,required,x,2025-12-03T12:15:44Z,Jo\r\n{ONE}\n"),
        ),
        (
            format!("{HEADER}\nOPS-9,P1,required,x,2025-12-03T12:15:44Z,"),
            format!("{HEADER}\nOPS-9,P1,required,x,2025-12-03T12:15:44Z,\n{ONE}\n"),
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        put(directory.path(), &before);
        let report = writer(directory.path()).write(&[decision("OPS-1", "plain")], NOW);
        assert_eq!(of(&report), written(1), "{before:?}");
        let text = fs::read_to_string(directory.path().join("metrics").join(FILE)).unwrap();
        assert_eq!(text, after);
    }
}

#[test]
fn a_torn_row_is_moved_to_the_side_file() {
    for torn in ["OPS-9,P1,requ", "OPS-9,P1,required,\"half\na sen"] {
        let directory = tempfile::tempdir().unwrap();
        put(directory.path(), &format!("{HEADER}\n{torn}"));
        let report = writer(directory.path()).write(&[decision("OPS-1", "plain")], NOW);
        let expected = Counts {
            repaired: 1,
            ..written(1)
        };
        assert_eq!(of(&report), expected);
        assert_eq!(rows(directory.path()), [HEADER, ONE]);
        let side = side(directory.path());
        assert_eq!(side[0]["record"], torn);
        assert!(side[0]["reasons"][0].as_str().unwrap().contains("torn"));
    }
}

#[test]
fn another_table_is_left_as_it_is_and_the_decision_is_kept_aside() {
    let nine = "ticket_id,priority,decision,decision_timestamp,a,b,c,d,e";
    for header in [nine, &format!("\u{feff}{HEADER}"), "", "OPS-1,P1,x,y,z,"] {
        let directory = tempfile::tempdir().unwrap();
        let before = format!("{header}\n1,2,3,4,5,6,7,8,9\n");
        put(directory.path(), &before);
        let mut writer = writer(directory.path());
        let report = writer.write(&[decision("OPS-1", "plain")], NOW);
        let expected = Counts {
            rejected: 1,
            ..Counts::default()
        };
        assert_eq!(of(&report), expected);
        assert_eq!(report.unwritten, [0; 0], "trying again would not help");
        let failure = &report.failures[0];
        let text = failure.error.to_string();
        assert!(failure.first && text.contains("is another table"), "{text}");
        assert!(failure.error.hint().starts_with("rename the file"));
        let report = writer.write(&[decision("OPS-2", "plain")], NOW);
        assert!(!report.failures[0].first, "one trouble is told once");
        let path = directory.path().join("metrics").join(FILE);
        assert_eq!(fs::read_to_string(&path).unwrap(), before, "untouched");
        let side = side(directory.path());
        assert_eq!(side.len(), 2);
        assert_eq!(side[0]["record"], ONE);
        fs::rename(&path, path.with_extension("old")).unwrap();
        assert_eq!(
            of(&writer.write(&[decision("OPS-3", "x")], NOW)),
            written(1)
        );
        assert_eq!(rows(directory.path()).len(), 2);
    }
}

#[test]
fn a_quote_that_is_never_closed_hides_no_rows() {
    let directory = tempfile::tempdir().unwrap();
    let open = "OPS-8,P1,required,\"open,2025-12-03T12:15:44Z,\n".to_owned();
    let before = format!("{HEADER}\n{open}{}", format!("{ONE}\n").repeat(2000));
    put(directory.path(), &format!("{before}torn"));
    let report = writer(directory.path()).write(&[decision("OPS-2", "plain")], NOW);
    assert_eq!(of(&report).rejected, 1);
    let text = report.failures[0].error.to_string();
    assert!(text.contains("a quote that is never closed"), "{text}");
    let path = directory.path().join("metrics").join(FILE);
    assert_eq!(fs::read_to_string(path).unwrap(), format!("{before}torn"));
}

#[test]
fn nothing_is_written_twice_not_even_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let both = [decision("OPS-1", "plain"), decision("OPS-2", "a, b")];
    assert_eq!(of(&writer(directory.path()).write(&both, NOW)), written(2));
    let again = [both[0].clone(), both[1].clone(), decision("OPS-3", "x")];
    let expected = Counts {
        duplicate: 2,
        ..written(1)
    };
    assert_eq!(of(&writer(directory.path()).write(&again, NOW)), expected);
    assert_eq!(rows(directory.path()).len(), 4);
}

#[test]
fn a_file_that_was_replaced_is_written_to_by_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = writer(directory.path());
    writer.write(&[decision("OPS-1", "plain")], NOW);
    let path = directory.path().join("metrics").join(FILE);
    // The updater writes the reviewer into a copy and puts that in place.
    let copy = path.with_extension("new");
    fs::write(&copy, format!("{HEADER}\n{ONE}Jonas\n")).unwrap();
    fs::rename(&copy, &path).unwrap();
    assert_eq!(
        of(&writer.write(&[decision("OPS-2", "x")], NOW)),
        written(1)
    );
    let rows = rows(directory.path());
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1], format!("{ONE}Jonas"));
    assert!(rows[2].starts_with("OPS-2,"));
}

#[test]
fn a_file_that_is_replaced_while_its_lock_is_waited_for_is_written_to_by_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = writer(directory.path());
    writer.write(&[decision("OPS-1", "plain")], NOW);
    let path = directory.path().join("metrics").join(FILE);
    let updater = File::open(&path).unwrap();
    updater.lock().unwrap();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| of(&writer.write(&[decision("OPS-2", "x")], NOW)));
        let copy = path.with_extension("new");
        fs::write(&copy, format!("{HEADER}\n{ONE}Jonas\n")).unwrap();
        fs::rename(&copy, &path).unwrap();
        drop(updater);
        assert_eq!(writing.join().unwrap(), written(1));
    });
    assert_eq!(rows(directory.path()).len(), 3);
}

#[test]
fn writers_that_begin_at_once_write_one_header() {
    for _ in 0..20 {
        let directory = tempfile::tempdir().unwrap();
        let start = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for number in 0..4 {
                let (start, directory) = (&start, directory.path());
                scope.spawn(move || {
                    let mut writer = writer(directory);
                    let decision = decision(&format!("OPS-{number}"), "x");
                    start.wait();
                    writer.write(&[decision], NOW);
                });
            }
        });
        let rows = rows(directory.path());
        assert_eq!(rows.len(), 5, "{rows:?}");
        assert_eq!(rows[0], HEADER);
        assert_eq!(rows.iter().filter(|row| *row == HEADER).count(), 1);
    }
}

#[test]
fn what_a_spreadsheet_computes_is_rejected_unless_it_is_wanted() {
    let cell = |ticket: &str, reason: &str, reviewer: &str| {
        let row = format!(
            "\"{ticket}\",P3,required,\"{reason}\",2025-12-03T12:15:44.000310Z,\"{reviewer}\""
        );
        Joined::Record(Record::from_line(&DECISION, &row, Reading::default()).unwrap())
    };
    let items = [
        cell("=HYPERLINK(1)", "plain", "Jonas"),
        cell("OPS-2", "@SUM(A1)", "Jonas"),
        cell("OPS-3", "plain", "+1+cmd|x"),
        cell("OPS-4", "-1 of 3", "Jonas"),
        cell("OPS-5", "1 - 1 = 0", "o'Neil-Smith"),
    ];
    let directory = tempfile::tempdir().unwrap();
    let mut strict = writer(directory.path());
    let counts = of(&strict.write(&items, NOW));
    assert_eq!((counts.written, counts.rejected), (1, 4));
    assert_eq!(rows(directory.path()).len(), 2);
    let reasons: Vec<String> = side(directory.path())
        .iter()
        .map(|line| line["reasons"][0].as_str().unwrap().to_owned())
        .collect();
    for (reason, field) in reasons
        .iter()
        .zip(["ticket_id", "reason", "reviewer", "reason"])
    {
        assert!(reason.starts_with(&format!("{field}: ")), "{reason}");
        assert!(reason.contains("is a formula to a spreadsheet"), "{reason}");
    }
    let wanted = tempfile::tempdir().unwrap();
    let mut settings = Settings::in_directory(wanted.path(), kinds::KINDS);
    settings.formulas = true;
    assert_eq!(of(&Writer::new(settings).write(&items, NOW)), written(5));
    assert!(rows(wanted.path())[1].starts_with("=HYPERLINK(1),P3,"));
}
