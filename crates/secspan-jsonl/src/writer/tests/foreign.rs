//! What other writers leave in a shared file, and kinds of records that are switched off.

use super::*;

fn file(directory: &Path) -> PathBuf {
    let path = directory.join("metrics").join(FIRST_DAY);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

fn repaired(written: u64) -> Counts {
    Counts {
        written,
        repaired: 1,
        ..Counts::default()
    }
}

#[test]
fn a_byte_order_mark_is_overwritten_and_noted() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(directory.path());
    fs::write(&path, "\u{feff}{\"ticket_id\":\"OPS-0\"}\n").unwrap();
    let items = join(&[enrichment(1)]);
    let mut writer = writer(directory.path());
    assert_eq!(counts(&writer.write(&items, NOW)), repaired(1));
    let read = lines(directory.path(), FIRST_DAY);
    assert_eq!(read[0], "   {\"ticket_id\":\"OPS-0\"}");
    assert_eq!(read[1..], lines_of(&items));
    let side = lines(directory.path(), &format!("{FIRST_DAY}.rejected"));
    assert!(side[0].contains("byte order mark"), "{}", side[0]);
    let more = join(&[enrichment(2)]);
    assert_eq!(counts(&writer.write(&more, NOW)).repaired, 0, "once");
}

#[test]
fn blank_lines_at_the_end_are_taken_out() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(file(directory.path()), "{\"ticket_id\":\"OPS-0\"}\n\n \n").unwrap();
    let items = join(&[enrichment(1)]);
    let expected = Counts {
        written: 1,
        blank: 1,
        ..Counts::default()
    };
    assert_eq!(
        counts(&writer(directory.path()).write(&items, NOW)),
        expected
    );
    assert_eq!(lines(directory.path(), FIRST_DAY).len(), 2);
    let side = side_file::path_of(&file(directory.path()));
    assert!(!side.exists(), "nothing to note");
}

#[test]
fn a_line_that_only_lacks_its_end_stays_where_it_is() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(file(directory.path()), "{\"ticket_id\":\"OPS-0\"}").unwrap();
    let items = join(&[enrichment(1)]);
    let expected = Counts {
        repaired: 0,
        ..repaired(1)
    };
    assert_eq!(
        counts(&writer(directory.path()).write(&items, NOW)),
        expected
    );
    assert_eq!(lines(directory.path(), FIRST_DAY).len(), 2);
}

#[test]
fn a_torn_side_file_is_repaired_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let side = side_file::path_of(&file(directory.path()));
    fs::write(&side, "{\"rejected_at\":\"20").unwrap();
    let report = writer(directory.path()).write(&join(&[incomplete(2)]), NOW);
    let expected = Counts {
        rejected: 1,
        repaired: 1,
        ..Counts::default()
    };
    assert_eq!(counts(&report), expected);
    assert_eq!(
        lines(directory.path(), &format!("{FIRST_DAY}.rejected")).len(),
        1
    );
    assert_eq!(
        lines(directory.path(), &format!("{FIRST_DAY}.torn")).len(),
        1
    );
}

#[test]
fn a_kind_that_is_switched_off_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = Settings::in_directory(directory.path(), kinds::KINDS);
    settings.records.remove(&kinds::ENRICHMENT);
    let items = join(&[enrichment(1), incomplete(2)]);
    let report = Writer::new(settings).write(&items, NOW);
    let expected = Counts {
        left_out: 2,
        ..Counts::default()
    };
    assert_eq!(counts(&report), expected);
    assert!(!directory.path().join("metrics").exists());
}
