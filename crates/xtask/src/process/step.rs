//! One command that runs to its end and must succeed.

use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use crate::failure::{Failure, Result};

/// Runs a command whose output goes to the terminal.
pub(crate) fn run(what: &str, command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .map_err(|error| Failure::new(format!("cannot start {what}: {error}")))?;
    judge(what, status)
}

/// Runs a command silently; its output appears in the failure only.
pub(crate) fn run_quietly(what: &str, command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("cannot start {what}: {error}")))?;
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    judge(what, output.status).map_err(|failure| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        Failure::new(format!("{failure}\n{}{}", answer, complaint.trim_end()))
    })?;
    Ok(answer)
}

fn judge(what: &str, status: ExitStatus) -> Result<()> {
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("{what} failed ({status})")))
    }
}

/// The file of a program on the PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_a_failure_with_its_output() {
        let failure = run_quietly(
            "the shell",
            Command::new("sh").args(["-c", "echo why >&2; exit 3"]),
        )
        .unwrap_err()
        .to_string();
        assert!(
            failure.contains("the shell failed") && failure.contains("why"),
            "{failure}"
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = run("it", &mut Command::new("no-such-program-here"))
            .unwrap_err()
            .to_string();
        assert!(failure.starts_with("cannot start it"), "{failure}");
    }

    #[test]
    fn the_shell_is_on_the_path() {
        assert!(on_path("sh").is_some());
        assert_eq!(on_path("no-such-program-here"), None);
    }
}
