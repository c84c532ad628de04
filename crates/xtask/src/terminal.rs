//! The one door to the terminal: answers on stdout, complaints on stderr.
//!
//! A closed pipe (`cargo xtask tidy | head`) is not an error of the task, so it is ignored.

use std::io::Write as _;

/// Says one line on stdout.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

/// Says one line on stderr.
pub(crate) fn complain(line: &str) {
    let mut out = std::io::stderr().lock();
    drop(writeln!(out, "{line}"));
}
