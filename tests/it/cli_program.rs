//! The program `secspan` as a child process: what it prints, and how it ends.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use secspan_tests::collector::program;

/// What a run of the program came to.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program with these arguments, in this folder, without anything of the environment that it reads.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program("secspan-cli", "secspan").unwrap());
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("SECSPAN_DATA_DIR")
        .env_remove("SECSPAN_PSEUDONYM_KEY")
        .stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Ran {
    ran(command(folder, arguments), "")
}

/// The same with a text on standard input.
pub(crate) fn run_with_input(folder: &Path, arguments: &[&str], input: &str) -> Ran {
    let mut command = command(folder, arguments);
    command.stdin(Stdio::piped());
    ran(command, input)
}

/// Runs a command that may have been changed.
pub(crate) fn ran(mut command: Command, input: &str) -> Ran {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).unwrap();
    }
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The files below `folder/metrics`, each with its lines, sorted.
pub(crate) fn records(folder: &Path) -> Vec<(String, Vec<String>)> {
    let Ok(entries) = fs::read_dir(folder.join("metrics")) else {
        return Vec::new();
    };
    let mut files: Vec<(String, Vec<String>)> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            (name, lines)
        })
        .collect();
    files.sort();
    files
}

/// What stands behind the last dot of a file's name.
pub(crate) fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
