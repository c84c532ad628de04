//! `cargo xtask test`: every test that needs only Rust.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use crate::failure::{Failure, Result};
use crate::terminal::{complain, say};
use crate::{clock, workspace};

/// What a test run did, read from its output.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Test programs that ran to their end.
    programs: u64,
    passed: u64,
    failed: u64,
    /// Names of single tests, and whether they passed.
    tests: Vec<(String, bool)>,
}

impl Tally {
    /// Takes one line of output.
    fn read(&mut self, line: &str) {
        if let Some((name, verdict)) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.split_once(" ... "))
        {
            // What a test prints may stand between; only the last word is the verdict.
            if verdict.ends_with("ok") || verdict.ends_with("FAILED") {
                self.tests.push((name.to_owned(), verdict.ends_with("ok")));
            }
        }
        let Some(counts) = line.strip_prefix("test result: ") else {
            return;
        };
        self.programs += 1;
        let mut words = counts
            .split([' ', ';', '.'])
            .filter(|word| !word.is_empty())
            .peekable();
        while let Some(word) = words.next() {
            match (word.parse::<u64>(), words.peek()) {
                (Ok(count), Some(&"passed")) => self.passed += count,
                (Ok(count), Some(&"failed")) => self.failed += count,
                _ => {}
            }
        }
    }

    /// Passed and failed tests whose names begin like this.
    pub(crate) fn of(&self, prefix: &str) -> (usize, usize) {
        let tests = self
            .tests
            .iter()
            .filter(|(name, _)| name.starts_with(prefix));
        let passed = tests.clone().filter(|(_, passed)| *passed).count();
        (passed, tests.count() - passed)
    }

    /// One line for the end.
    fn summary(&self, seconds: u64) -> String {
        format!(
            "{} passed, {} failed, {} test programs, {seconds} s",
            self.passed, self.failed, self.programs
        )
    }
}

/// Runs the workspace's tests. Arguments that choose packages replace `--workspace`.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let chosen = arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument.starts_with("-p") || argument.starts_with("--package"));
    let mut command = workspace::cargo(root);
    command.arg("test");
    if !chosen {
        command.arg("--workspace");
    }
    let mut tally = Tally::default();
    run_tests(
        command.arg("--no-fail-fast").args(arguments),
        "tests",
        &mut tally,
    )?;
    // A filter may match nothing; without one, silence would mean that the tests got lost.
    if tally.passed == 0 && arguments.is_empty() {
        return Err(Failure::new("no test ran at all"));
    }
    Ok(())
}

/// Runs a test command, shows its output, and fails when a test does.
pub(crate) fn run_tests(
    command: &mut std::process::Command,
    what: &str,
    tally: &mut Tally,
) -> Result<()> {
    let begin = clock::now();
    let cannot = |error| Failure::new(format!("cannot run {what}: {error}"));
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(cannot)?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line.map_err(cannot)?;
            tally.read(&line);
            say(&line);
        }
    }
    let status = child.wait().map_err(cannot)?;
    for (name, _) in tally.tests.iter().filter(|(_, passed)| !passed) {
        complain(&format!("failed: {name}"));
    }
    say(&format!(
        "{what}: {}",
        tally.summary(begin.elapsed().as_secs())
    ));
    if status.success() {
        Ok(())
    } else if tally.failed > 0 {
        Err(Failure::new(format!(
            "{} of the {what} failed",
            tally.failed
        )))
    } else {
        Err(Failure::new(format!(
            "{what} did not run to the end ({status})"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test a::b ... ok",
            "test a::c ... FAILED",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
            "test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        ] {
            tally.read(line);
        }
        assert_eq!(tally.of("a::"), (1, 1));
        assert_eq!(tally.of("b::"), (0, 0));
        assert_eq!(
            tally.summary(7),
            "42 passed, 1 failed, 2 test programs, 7 s"
        );
    }

    #[test]
    fn a_test_program_that_breaks_off_is_a_failure() {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", "echo 'test result: ok. 1 passed; 0 failed'; exit 101"]);
        let failure = run_tests(&mut command, "sample tests", &mut Tally::default())
            .unwrap_err()
            .to_string();
        assert!(failure.contains("did not run to the end"), "{failure}");
    }
}
