//! Where a result goes: standard output, a file that is either the old one or the new one, never a half, or a device or
//! pipe that is written to and stays what it is.

use std::fs;
use std::io::{self, Write};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::{Path, PathBuf};
use std::process;

use crate::exit::Failed;
use crate::interrupt::Interrupt;

/// The name of standard output where a file may be named.
const STDOUT: &str = "-";

/// How many symbolic links are followed, as Linux does.
const LINKS_MAX: usize = 40;

/// Where the links of open files are: what they lead to is open already, so it is written to and not replaced.
const OPEN_FILES: &str = "/proc";

/// Where a result goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Standard output.
    Stdout,
    /// A plain file, or a name that no file has yet; symbolic links were followed. It is replaced by a new file with the
    /// same mode, so other hard links to it keep the old text.
    File(PathBuf),
    /// What exists and is no plain file: a device, a pipe, an open file of this process.
    Through(PathBuf),
}

impl Target {
    /// What `--output` names, before any work is done for it.
    ///
    /// # Errors
    /// When it is a folder, or in a folder that does not exist.
    pub(crate) fn of(output: Option<&Path>) -> Result<Self, Failed> {
        let Some(path) = output.filter(|path| path.as_os_str() != STDOUT) else {
            return Ok(Self::Stdout);
        };
        if let Ok(about) = fs::metadata(path) {
            if about.is_dir() {
                let text = format!("--output {}: is a folder, not a file", path.display());
                return Err(Failed::usage(text));
            }
            if is_stdout(&about) {
                return Ok(Self::Stdout);
            }
            if !about.is_file() {
                return Ok(Self::Through(path.to_owned()));
            }
        }
        Self::behind_links(path)
    }

    /// The device and inode of a plain file that exists already and would be replaced.
    pub(crate) fn replaced(&self) -> Option<(u64, u64)> {
        match self {
            Self::File(path) => fs::metadata(path).ok().map(|about| identity(&about)),
            Self::Stdout | Self::Through(_) => None,
        }
    }

    /// Puts `text` there.
    pub(crate) fn write(&self, text: &str, interrupt: &Interrupt) -> Result<(), Failed> {
        match self {
            Self::Stdout => to_stdout(text),
            Self::File(path) => to_file(path, text, interrupt),
            Self::Through(path) => through(path, text),
        }
    }

    fn behind_links(named: &Path) -> Result<Self, Failed> {
        let mut path = named.to_owned();
        for _ in 0..LINKS_MAX {
            let folder = folder_of(&path);
            let Ok(real) = folder.canonicalize() else {
                let text = format!(
                    "--output {}: there is no folder {}",
                    named.display(),
                    folder.display()
                );
                return Err(Failed::usage(text).hint(format_args!("mkdir -p {}", folder.display())));
            };
            if real.starts_with(OPEN_FILES) {
                return Ok(Self::Through(named.to_owned()));
            }
            match fs::read_link(&path) {
                Ok(link) => path = folder.join(link),
                Err(_) => return Ok(Self::File(path)),
            }
        }
        let text = format!("--output {}: links lead in a circle", named.display());
        Err(Failed::usage(text))
    }
}

/// The device and inode of a file: two names with the same ones are the same file.
pub(crate) fn identity(about: &fs::Metadata) -> (u64, u64) {
    (about.dev(), about.ino())
}

fn is_stdout(about: &fs::Metadata) -> bool {
    let stdout = io::stdout().as_fd().try_clone_to_owned();
    let stdout = stdout.and_then(|stdout| fs::File::from(stdout).metadata());
    stdout.is_ok_and(|stdout| identity(&stdout) == identity(about))
}

/// Writes `text` to standard output. A reader that closed its pipe has read enough: that is no error.
pub(crate) fn to_stdout(text: &str) -> Result<(), Failed> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failed::caused("standard output cannot be written", &error))
        }
        _ => Ok(()),
    }
}

/// Writes `text` to what is there, behind what an open file holds already. A pipe waits for its reader, as in a shell.
fn through(path: &Path, text: &str) -> Result<(), Failed> {
    let opened = fs::OpenOptions::new().append(true).open(path);
    match opened.and_then(|mut file| file.write_all(text.as_bytes())) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(not_written(path, &error)),
        _ => Ok(()),
    }
}

/// Puts `text` where `path` says, at once: whoever reads the file meanwhile sees the old one.
fn to_file(path: &Path, text: &str, interrupt: &Interrupt) -> Result<(), Failed> {
    let temporary = temporary(path);
    let held = interrupt.hold();
    let written = write_new(&temporary, path, text).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The reason why it could not be written is the one to tell.
        drop(fs::remove_file(&temporary));
    }
    drop(held);
    written.map_err(|error| not_written(path, &error))
}

/// A new file, with the owner and mode of the one that it is to replace.
fn write_new(path: &Path, replaced: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    if let Ok(old) = fs::metadata(replaced) {
        // Only root may give files away; for everybody else the file is theirs.
        drop(fchown(&file, Some(old.uid()), Some(old.gid())));
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}

fn not_written(path: &Path, error: &io::Error) -> Failed {
    Failed::caused(format_args!("{} cannot be written", path.display()), error)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A name beside the file, on the same file system.
fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", process::id()))
}

#[cfg(test)]
mod tests;
