//! Disks that are full, read-only, or not what they should be: told once, nothing lost, on again by itself.

use std::os::unix::fs::symlink;
use std::process::Command;

use super::*;

/// A file that is always full, under the name of the file that is to be written.
fn full_disk(directory: &Path, name: &str) -> PathBuf {
    let path = directory.join("metrics").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    symlink("/dev/full", &path).unwrap();
    path
}

/// Writes while something is in the way, clears the way, and writes again.
fn assert_recovers(directory: &Path, hint: &str, clear: impl FnOnce()) {
    let items = join(&[enrichment(1), enrichment(2)]);
    let mut writer = writer(directory);
    for attempt in 0..3 {
        let report = writer.write(&items, NOW);
        assert_eq!(report.unwritten, [0, 1], "attempt {attempt}");
        let failure = &report.failures[0];
        assert_eq!(failure.first, attempt == 0, "told once");
        assert!(failure.error.hint().contains(hint), "{:?}", failure.error);
    }
    clear();
    let expected = Counts {
        written: 2,
        ..Counts::default()
    };
    assert_eq!(counts(&writer.write(&items, NOW)), expected);
    assert_eq!(lines(directory, FIRST_DAY), lines_of(&items));
    assert_eq!(writer.totals()[&kinds::ENRICHMENT].failed, 6);
}

#[test]
fn a_full_disk() {
    let directory = tempfile::tempdir().unwrap();
    let path = full_disk(directory.path(), FIRST_DAY);
    assert_recovers(directory.path(), "free space", || {
        fs::remove_file(path).unwrap();
    });
}

#[test]
fn a_folder_under_the_name_of_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("metrics").join(FIRST_DAY);
    fs::create_dir_all(&path).unwrap();
    assert_recovers(directory.path(), "a file stands where", || {
        fs::remove_dir(&path).unwrap();
    });
}

#[test]
fn a_file_under_the_name_of_the_folder() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("metrics");
    fs::write(&path, "").unwrap();
    assert_recovers(directory.path(), "a file stands where", || {
        fs::remove_file(&path).unwrap();
    });
}

/// A disk that fills up in the middle of a batch: what was written of it is taken back. The limit on file sizes stands in for the disk; it holds for a whole process, so this test runs itself in one.
#[test]
fn a_disk_that_fills_up_within_a_batch() {
    const INSIDE: &str = "SECSPAN_TEST_FILE_SIZE_LIMIT";
    let Some(directory) = std::env::var_os(INSIDE).map(PathBuf::from) else {
        let directory = tempfile::tempdir().unwrap();
        let name = "writer::tests::disks::a_disk_that_fills_up_within_a_batch";
        // Blocks of 512 or 1024 bytes, as shells like it; without the signal, a write beyond them fails.
        let script = "trap '' XFSZ; ulimit -f 8; exec \"$@\"";
        let output = Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture", "--test-threads", "1"])
            .env(INSIDE, directory.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}{why}"
        );
        return;
    };
    let mut writer = writer(&directory);
    let few = join(&[enrichment(1), enrichment(2)]);
    assert_eq!(counts(&writer.write(&few, NOW)).written, 2);
    let many: Vec<Workflow> = (3..40).map(enrichment).collect();
    let report = writer.write(&join(&many), NOW);
    assert_eq!(report.unwritten.len(), 37);
    assert_eq!(
        lines(&directory, FIRST_DAY),
        lines_of(&few),
        "nothing of it stayed"
    );
    let one = join(&[enrichment(3)]);
    assert_eq!(counts(&writer.write(&one, NOW)).written, 1);
}

#[test]
fn a_read_only_disk() {
    let directory = tempfile::tempdir().unwrap();
    let metrics = directory.path().join("metrics");
    fs::create_dir_all(&metrics).unwrap();
    let mut rights = fs::metadata(&metrics).unwrap().permissions();
    let before = rights.clone();
    rights.set_readonly(true);
    fs::set_permissions(&metrics, rights).unwrap();
    if fs::write(metrics.join("probe"), "").is_ok() {
        // This user may write anywhere; the other tests of this file stand in the way of everybody.
        fs::set_permissions(&metrics, before).unwrap();
        return;
    }
    assert_recovers(directory.path(), "the right to write", || {
        fs::set_permissions(&metrics, before).unwrap();
    });
}

#[test]
fn one_file_that_fails_does_not_delay_another() {
    let directory = tempfile::tempdir().unwrap();
    full_disk(directory.path(), FIRST_DAY);
    let items = join(&[enrichment(1), enrichment(24 * 60)]);
    let report = writer(directory.path()).write(&items, NOW);
    assert_eq!(report.unwritten, [0]);
    assert_eq!(report.counts[&kinds::ENRICHMENT].written, 1);
    assert_eq!(lines(directory.path(), SECOND_DAY).len(), 1);
}
