//! The worked example of the documentation page, run as it stands there: every command, every line of output.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use secspan_tests::collector::program;

/// Stands for lines that the page leaves out, and at the end of a line for its rest.
const LEFT_OUT: &str = "…";
/// What a command begins with.
const PROMPT: &str = "$ ";

/// A command of the page, and what the page says that it prints.
struct Step {
    command: String,
    shown: Vec<String>,
}

/// The steps of all blocks that are marked as `console`, in order.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for block in page.split("```console\n").skip(1) {
        let (block, _) = block.split_once("\n```").unwrap();
        for line in block.lines() {
            if let Some(command) = line.strip_prefix(PROMPT) {
                steps.push(Step {
                    command: command.to_owned(),
                    shown: Vec::new(),
                });
            } else {
                steps.last_mut().unwrap().shown.push(line.to_owned());
            }
        }
    }
    steps
}

/// What a command prints in a folder where `secspan` can be found.
fn printed(folder: &Path, command: &str) -> String {
    let secspan = program("secspan-cli", "secspan").unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(secspan.parent().unwrap().to_owned());
    let path = std::env::join_paths(paths.chain(std::env::split_paths(&path))).unwrap();
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("SECSPAN_DATA_DIR")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Whether the lines are those that are shown, with anything in place of each mark.
fn agrees(lines: &[&str], shown: &[String]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((mark, rest)) if mark == LEFT_OUT => {
            (0..=lines.len()).any(|skipped| agrees(&lines[skipped..], rest))
        }
        Some((line, rest)) => lines
            .split_first()
            .is_some_and(|(first, others)| same(first, line) && agrees(others, rest)),
    }
}

fn same(line: &str, shown: &str) -> bool {
    match shown.strip_suffix(LEFT_OUT) {
        Some(start) => line.starts_with(start),
        None => line == shown,
    }
}

#[test]
fn every_command_of_the_page_prints_what_the_page_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/systems/enrichment/README.md");
    let steps = steps(&fs::read_to_string(page).unwrap());
    assert!(steps.len() >= 8, "only {} commands", steps.len());
    let folder = tempfile::tempdir().unwrap();
    for step in steps {
        let printed = printed(folder.path(), &step.command);
        let lines: Vec<&str> = printed.lines().collect();
        let shown = step.shown.join("\n");
        assert!(
            agrees(&lines, &step.shown),
            "{}\nprints\n{printed}\nthe page shows\n{shown}",
            step.command
        );
    }
}

#[test]
fn a_page_that_shows_something_else_is_found() {
    let shown = |lines: &[&str]| -> Vec<String> { lines.iter().map(|&l| l.to_owned()).collect() };
    let lines = ["a", "b", "c"];
    for right in [&["a", "b", "c"][..], &["…"], &["…", "b", "…"], &["a…", "…"]] {
        assert!(agrees(&lines, &shown(right)), "{right:?}");
    }
    for wrong in [&["a", "b"][..], &["…", "b"], &["a", "c"], &["b", "…"], &[]] {
        assert!(!agrees(&lines, &shown(wrong)), "{wrong:?}");
    }
}
