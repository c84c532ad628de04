//! `cargo xtask check`: everything that must hold beside the tests. All steps run; all failures are reported.

mod licences;

use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::terminal::{complain, say};
use crate::{clock, process, tidy, workspace};

/// One step: its name, and what it does.
type Step = (&'static str, fn(&Path) -> Result<()>);

/// Quick steps first. Tidy includes that generated files are fresh.
const STEPS: [Step; 5] = [
    ("fmt", fmt),
    ("tidy", tidy::run),
    ("licences", licences::run),
    ("clippy", clippy),
    ("doc", doc),
];

/// What steps are called.
pub(crate) fn step_names() -> [&'static str; 5] {
    STEPS.map(|(name, _)| name)
}

/// Runs the steps named, or all.
pub(crate) fn run(root: &Path, names: &[String]) -> Result<()> {
    let chosen = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    let mut failed = Vec::new();
    for (name, step) in STEPS.into_iter().filter(|(name, _)| chosen(name)) {
        say(&format!("check: {name}"));
        let begin = clock::now();
        let verdict = match step(root) {
            Ok(()) => "ok".to_owned(),
            Err(failure) => {
                complain(&format!("error: {failure}"));
                failed.push(name);
                "FAILED".to_owned()
            }
        };
        say(&format!(
            "check: {name} {verdict} ({} s)",
            begin.elapsed().as_secs()
        ));
    }
    if failed.is_empty() {
        say("check: all clean");
        return Ok(());
    }
    Err(Failure::new(format!("not clean: {}", failed.join(", "))))
}

fn fmt(root: &Path) -> Result<()> {
    cargo(root, "cargo fmt", &["fmt", "--all", "--check"], |_| {})
}

fn clippy(root: &Path) -> Result<()> {
    let words = [
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ];
    cargo(root, "cargo clippy", &words, |_| {})
}

fn doc(root: &Path) -> Result<()> {
    let words = ["doc", "--quiet", "--workspace", "--no-deps"];
    cargo(root, "cargo doc", &words, |command| {
        command.env("RUSTDOCFLAGS", "-D warnings");
    })
}

fn cargo(root: &Path, what: &str, words: &[&str], adjust: fn(&mut Command)) -> Result<()> {
    let mut command = workspace::cargo(root);
    command.args(words);
    adjust(&mut command);
    process::run(what, &mut command)
}
