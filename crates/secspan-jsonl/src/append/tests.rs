//! Whole lines under every condition: threads, processes, replaced files, torn ends, full disks, held locks.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Child, Command};

use proptest::prelude::*;

use super::*;

/// Tells a process of this test binary to be a writer, and where to write.
const CHILD_FILE: &str = "SECSPAN_TEST_CHILD_FILE";
/// Tells it what to call itself.
const CHILD_NAME: &str = "SECSPAN_TEST_CHILD_NAME";

const BATCHES: usize = 60;
const LINES_PER_BATCH: usize = 7;

fn no_repair(repair: Repair<'_>) -> Result<(), WriteError> {
    panic!("{repair:?}")
}

fn json(path: &Path, lines: &[u8], settings: Settings) -> Result<(), WriteError> {
    append(path, Layout::Json, lines, settings, no_repair)
}

fn simple(path: &Path, lines: &str) -> Result<(), WriteError> {
    json(path, lines.as_bytes(), Settings::default())
}

/// Lines long enough that a write which is not atomic would be caught.
fn write_batches(path: &Path, name: &str) {
    for batch in 0..BATCHES {
        let filler = "x".repeat(500 + batch * 40);
        let lines: Vec<String> = (0..LINES_PER_BATCH)
            .map(|line| {
                format!(
                    "{{\"by\":\"{name}\",\"n\":{},\"f\":\"{filler}\"}}\n",
                    batch * LINES_PER_BATCH + line
                )
            })
            .collect();
        simple(path, &lines.concat()).unwrap();
    }
}

fn spawn_child(path: &Path, name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "append::tests::threads_and_processes_write_whole_lines",
            "--quiet",
        ])
        .env(CHILD_FILE, path)
        .env(CHILD_NAME, name)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn threads_and_processes_write_whole_lines() {
    let var = |name| std::env::var_os(name).map(PathBuf::from);
    if let (Some(path), Some(name)) = (var(CHILD_FILE), var(CHILD_NAME)) {
        // This is one of the processes that this very test started.
        return write_batches(&path, &name.to_string_lossy());
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("metrics/shared.jsonl");
    let children: Vec<Child> = (0..3)
        .map(|n| spawn_child(&path, &format!("process-{n}")))
        .collect();
    std::thread::scope(|scope| {
        for n in 0..3 {
            let path = &path;
            scope.spawn(move || write_batches(path, &format!("thread-{n}")));
        }
    });
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let mut written: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for line in fs::read_to_string(&path).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let by = line["by"].as_str().unwrap().to_owned();
        written
            .entry(by)
            .or_default()
            .push(line["n"].as_u64().unwrap());
    }
    assert_eq!(written.len(), 6);
    for (by, numbers) in written {
        let all: Vec<u64> = (0..(BATCHES * LINES_PER_BATCH) as u64).collect();
        assert_eq!(numbers, all, "{by}: none lost, none twice, in order");
    }
}

#[test]
fn the_directory_is_made_and_batches_follow_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a/b/c.jsonl");
    simple(&path, "{}\n").unwrap();
    let synced = Settings {
        sync: Sync::Batch,
        ..Settings::default()
    };
    json(&path, b"{\"n\":2}\n{}\n", synced).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{}\n{\"n\":2}\n{}\n");
}

#[test]
fn a_torn_end_is_moved_and_an_unterminated_object_is_ended() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.jsonl");
    fs::write(&path, "{\"n\":1}\n{\"n\":").unwrap();
    let mut torn = Vec::new();
    let keep = |repair: Repair<'_>| {
        if let Repair::Torn(bytes) = repair {
            torn.extend_from_slice(bytes);
        }
        Ok(())
    };
    let lines = b"{\"n\":2}\n";
    append(&path, Layout::Json, lines, Settings::default(), keep).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"n\":1}\n{\"n\":2}\n");
    assert_eq!(torn, b"{\"n\":");
    fs::write(&path, "{\"n\":1}").unwrap();
    simple(&path, "{\"n\":2}\n").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"n\":1}\n{\"n\":2}\n");
}

#[test]
fn a_torn_end_that_cannot_be_kept_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.jsonl");
    fs::write(&path, "{\"n\":").unwrap();
    let fail = |_: Repair<'_>| {
        Err(WriteError::Replaced {
            path: PathBuf::from("side"),
        })
    };
    assert!(append(&path, Layout::Json, b"{}\n", Settings::default(), fail).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"n\":");
}

#[test]
fn a_held_lock_is_waited_for_and_then_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.jsonl");
    fs::write(&path, "").unwrap();
    let holder = File::open(&path).unwrap();
    holder.lock().unwrap();
    let hasty = Settings {
        lock_wait: Duration::from_millis(5),
        ..Settings::default()
    };
    let error = json(&path, b"{}\n", hasty).unwrap_err();
    assert!(matches!(error, WriteError::Busy { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
    drop(holder);
    json(&path, b"{}\n", hasty).unwrap();
}

#[test]
fn a_file_that_is_replaced_while_it_is_locked_is_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.jsonl");
    fs::write(&path, "{\"old\":1}\n").unwrap();
    let updater = File::open(&path).unwrap();
    updater.lock().unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| simple(&path, "{\"n\":2}\n"));
        let replacement = directory.path().join("replacement");
        fs::write(&replacement, "{\"new\":1}\n").unwrap();
        fs::rename(&replacement, &path).unwrap();
        drop(updater);
        writer.join().unwrap().unwrap();
    });
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "{\"new\":1}\n{\"n\":2}\n"
    );
}

#[test]
fn what_stands_in_the_way_is_named_with_a_hint() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    for (path, step, hint) in [
        (directory.path().to_owned(), "cannot open ", "a file stands"),
        (file.join("x.jsonl"), "cannot open ", "a file stands"),
        (
            PathBuf::from("/dev/full"),
            "cannot write to /dev/full",
            "free space",
        ),
    ] {
        let error = simple(&path, "{}\n").unwrap_err();
        assert!(error.to_string().starts_with(step), "{error}");
        assert!(error.hint().starts_with(hint), "{error}: {}", error.hint());
        assert_eq!(error.path(), path);
        assert!(
            !error
                .to_string()
                .contains(OsStr::new("os error").to_str().unwrap())
        );
    }
}

/// Pieces that files are made of, when their writers are careful, careless or dead.
fn pieces(sound: &'static str) -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        6 => Just(sound.to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just(" ".to_owned()),
        1 => Just("{\"a\":".to_owned()),
        1 => Just("a,\"b".to_owned()),
        1 => "[a-z\",{}\u{feff}]{0,9}",
    ];
    prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat())
}

/// Appends below what is there, and looks what became of that: every byte is still in the file, or was handed over, or was
/// a blank.
fn assert_nothing_is_destroyed(layout: Layout, before: &str, line: &str) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x");
    fs::write(&path, before).unwrap();
    let mut torn = Vec::new();
    let mut marked = false;
    let repair = |repair: Repair<'_>| {
        match repair {
            Repair::Torn(bytes) => torn.extend_from_slice(bytes),
            Repair::Mark => marked = true,
            Repair::Blank => {}
        }
        Ok(())
    };
    let done = append(&path, layout, line.as_bytes(), Settings::default(), repair);
    let after = fs::read(&path).unwrap();
    if done.is_err() {
        assert_eq!(after, before.as_bytes(), "refused, so untouched");
        return;
    }
    let kept = after.strip_suffix(line.as_bytes()).unwrap();
    assert!(
        kept.is_empty() || kept.ends_with(b"\n"),
        "a line of its own"
    );
    let original = before.as_bytes();
    let before = if marked {
        before.replacen('\u{feff}', "   ", 1).into_bytes()
    } else {
        before.as_bytes().to_vec()
    };
    let header = layout.header().unwrap_or_default().as_bytes();
    let known = [&before[..], b"\n"].concat();
    if known.starts_with(kept) {
        let gone = before.get(kept.len()..).unwrap_or_default();
        // A torn end may begin with the mark itself, and then is handed over with or without it.
        let handed_over = gone == torn || original.get(kept.len()..) == Some(&torn);
        assert!(handed_over || gone.trim_ascii().is_empty(), "{gone:?}");
    } else {
        assert!(
            header.starts_with(&before),
            "a torn header is written again"
        );
        assert_eq!(kept, [header, b"\n"].concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_in_a_file_of_json_is_destroyed(before in pieces("{\"n\":1}\n")) {
        assert_nothing_is_destroyed(Layout::Json, &before, "{\"n\":2}\n");
    }

    #[test]
    fn nothing_in_a_table_is_destroyed(start in "(a,b\r?\n|a,|a,b,c\n)", rows in pieces("1,2\n")) {
        let layout = Layout::Csv { header: "a,b" };
        assert_nothing_is_destroyed(layout, &format!("{start}{rows}"), "3,4\n");
    }

    #[test]
    fn nothing_in_a_pipe_log_is_destroyed(before in pieces("1|2|3\n")) {
        assert_nothing_is_destroyed(Layout::Pipe { fields: 3 }, &before, "4|5|6\n");
    }
}
