//! Five processes append to one file while it is moved away under them, and while the day changes: every line is whole,
//! none is lost, none is there twice. The same with a writer in Python, and with more lines, is in `tests/real`.

use std::path::Path;

use secspan_tests::shared_file::{Archive, rotate, start, verify};

/// Processes, and records of each.
const WRITERS: u64 = 5;
const COUNT: u64 = 600;

/// The size at which a file is moved away, in bytes: some thirty times in one run.
const ROTATED_BYTES: u64 = 64 << 10;

#[test]
fn five_writers_and_a_rotation() {
    let directory = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_record-writer"));
    let writers =
        (0..WRITERS).map(|writer| start(program, directory.path(), writer, COUNT).unwrap());
    let archive = Archive::CopiesAndRemoves;
    let moved = rotate(directory.path(), ROTATED_BYTES, archive, writers.collect()).unwrap();
    assert_eq!(
        verify(directory.path(), WRITERS, COUNT).unwrap(),
        WRITERS * COUNT
    );
    assert!(moved >= 5, "the files were moved {moved} times only");
}
