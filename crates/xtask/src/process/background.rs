//! A program that runs while we do, and never longer.
//!
//! The standard library can neither send SIGTERM nor tie a child's life to ours, and xtask takes no
//! dependency for it. A shell does both: it starts the program and waits for the end of a pipe that only
//! we hold. Whatever ends us, Ctrl-C and `kill -9` included, closes the pipe, and the shell then asks the
//! program to stop, and kills it when it does not.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::clock::{self, Deadline};
use crate::failure::{Failure, Result};
use crate::files;

/// How long a program may take to stop after SIGTERM, in tenths of a second.
const GRACE_TENTHS: u32 = 150;

/// How long to wait for the shell beyond that.
const SHELL_MARGIN: Duration = Duration::from_secs(5);

/// Lines of a log that a failure shows.
const TAIL_LINES: usize = 25;

/// Ctrl-C reaches the whole group of processes; the shell ignores it, because the pipe tells it anyway.
const SUPERVISOR: &str = r#"
trap "" INT
grace=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
(
  read -r _ <&3
  kill -TERM "$child" 2>/dev/null || exit 0
  while [ "$grace" -gt 0 ] && kill -0 "$child" 2>/dev/null; do sleep 0.1; grace=$((grace - 1)); done
  kill -KILL "$child" 2>/dev/null
) >/dev/null 2>&1 &
exec 3<&-
wait "$child"
"#;

/// A running program.
#[derive(Debug)]
pub(crate) struct Background {
    name: String,
    log: PathBuf,
    shell: Child,
    /// Closing it is the request to stop.
    leash: Option<ChildStdin>,
}

impl Background {
    /// Starts `command` with its output in `log`.
    pub(crate) fn start(name: &str, command: &Command, log: &Path) -> Result<Self> {
        if let Some(folder) = log.parent() {
            files::create_dir(folder)?;
        }
        let cannot = |error| Failure::new(format!("cannot start {name}: {error}"));
        let output = File::create(log).map_err(cannot)?;
        let mut shell = Command::new("sh");
        shell
            .args(["-c", SUPERVISOR, name, &GRACE_TENTHS.to_string()])
            .arg(command.get_program())
            .args(command.get_args())
            .stdin(Stdio::piped())
            .stdout(output.try_clone().map_err(cannot)?)
            .stderr(output);
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(key, value),
                None => shell.env_remove(key),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            shell.current_dir(folder);
        }
        let mut shell = shell.spawn().map_err(cannot)?;
        let leash = shell.stdin.take();
        Ok(Self {
            name: name.to_owned(),
            log: log.to_owned(),
            shell,
            leash,
        })
    }

    /// Fails, with the end of its log, when the program has ended.
    pub(crate) fn expect_running(&mut self) -> Result<()> {
        match self.shell.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(Failure::new(format!(
                "{} ended early ({status})\n{}",
                self.name,
                self.log_tail()
            ))),
            Err(error) => Err(Failure::new(format!("cannot watch {}: {error}", self.name))),
        }
    }

    /// Asks the program to stop and waits for its end.
    pub(crate) fn stop(&mut self) -> Result<()> {
        let status = self.end()?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{} did not stop cleanly ({status})\n{}",
            self.name,
            self.log_tail()
        )))
    }

    /// Waits until the program ends by itself.
    pub(crate) fn wait(&mut self) -> Result<ExitStatus> {
        self.shell
            .wait()
            .map_err(|error| Failure::new(format!("cannot wait for {}: {error}", self.name)))
    }

    /// The last lines of the program's output, indented.
    pub(crate) fn log_tail(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        let tail = lines
            .get(lines.len().saturating_sub(TAIL_LINES)..)
            .unwrap_or(&[]);
        format!(
            "the end of {}:\n    {}",
            self.log.display(),
            tail.join("\n    ")
        )
    }

    fn end(&mut self) -> Result<ExitStatus> {
        drop(self.leash.take());
        let grace = Duration::from_millis(u64::from(GRACE_TENTHS) * 100) + SHELL_MARGIN;
        let deadline = Deadline::after(grace);
        loop {
            match self.shell.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if !deadline.is_over() => {
                    clock::pause();
                }
                Ok(None) => {
                    return Err(Failure::new(format!("{} does not stop", self.name)));
                }
                Err(error) => {
                    return Err(Failure::new(format!("cannot watch {}: {error}", self.name)));
                }
            }
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Nobody is left to hear about it; the shell kills what does not stop.
        drop(self.end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("xtask-{}-{name}.log", std::process::id()))
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_program_is_asked_to_stop_and_may_clean_up() {
        let log = log("stop");
        let script = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done";
        let mut program = Background::start("it", &shell(script), &log).unwrap();
        while !files::read(&log).unwrap().contains("up") {
            program.expect_running().unwrap();
            std::thread::yield_now();
        }
        program.stop().unwrap();
        assert_eq!(files::read(&log).unwrap(), "up\nbye\n");
        std::fs::remove_file(log).unwrap();
    }

    #[test]
    fn an_early_end_is_reported_with_the_log() {
        let log = log("early");
        let mut program = Background::start("it", &shell("echo because; exit 4"), &log).unwrap();
        assert_eq!(program.wait().unwrap().code(), Some(4));
        let failure = program.expect_running().unwrap_err().to_string();
        assert!(
            failure.contains("it ended early") && failure.contains("because"),
            "{failure}"
        );
        std::fs::remove_file(log).unwrap();
    }
}
