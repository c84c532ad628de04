//! `secspan report --output`: what is replaced, what is written through, what is refused.

use std::fs;
use std::os::unix::fs::FileTypeExt as _;
use std::process::Command;

use crate::cli_program::run;
use crate::cli_report::with_sample;

#[test]
fn a_dash_is_standard_output() {
    let folder = with_sample("20");
    let direct = run(folder.path(), &["report", "quality"]);
    for name in ["-", "/dev/stdout", "/proc/self/fd/1"] {
        let ran = run(folder.path(), &["report", "quality", "--output", name]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert_eq!(ran.out, direct.out, "{name}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_pipe_stays_a_pipe() {
    let folder = with_sample("20");
    let pipe = folder.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    let ran = run(folder.path(), &["report", "quality", "--output", "pipe"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    let direct = run(folder.path(), &["report", "quality"]);
    assert_eq!(reader.join().unwrap(), direct.out);
}

#[test]
fn records_are_not_overwritten() {
    let folder = with_sample("20");
    let metrics = folder.path().join("secspan-data/metrics");
    let decisions = metrics.join("review-decisions.csv");
    fs::hard_link(&decisions, folder.path().join("same.txt")).unwrap();
    let before = fs::read(&decisions).unwrap();
    let named = "secspan-data/metrics/review-decisions.csv";
    let pattern = "secspan-data/metrics/*.csv";
    for (report, input) in [
        ("sampling", named),
        ("sampling", pattern),
        ("quality", "secspan-data"),
    ] {
        for output in [named, "same.txt"] {
            let ran = run(
                folder.path(),
                &["report", report, input, "--output", output],
            );
            assert_eq!(
                (ran.code, ran.out.as_str()),
                (Some(2), ""),
                "{input} {output}"
            );
            let said = format!("is one of the files of the input {input}; nothing was written");
            assert!(ran.err.contains(&said), "{}", ran.err);
            assert_eq!(fs::read(&decisions).unwrap(), before);
        }
    }
    let ran = run(folder.path(), &["report", "sampling", "--output", named]);
    assert_eq!(
        ran.code,
        Some(2),
        "the usual folder counts as named: {}",
        ran.err
    );
}
