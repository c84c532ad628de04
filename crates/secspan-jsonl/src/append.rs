//! How bytes reach a file that others write to as well: by path, under an exclusive lock, in one write.
//!
//! The file is opened anew for every batch, because a legacy updater may have replaced it; the lock is `flock`, the same
//! that Python's `fcntl.flock` takes. A write that the disk cuts short is taken back, so a file never ends inside a line
//! because of us; one that another writer tore is repaired first.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use crate::error::{Step, WriteError};
use crate::torn::{End, end_of};

/// How often a file that is being replaced is opened again.
const REOPEN_MAX: u32 = 100;

/// How long the lock is waited for unless configured.
pub const LOCK_WAIT: Duration = Duration::from_secs(10);

/// Pauses between two attempts to lock.
const LOCK_PAUSE: Duration = Duration::from_millis(1);

/// When the disk is asked to keep what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sync {
    /// When the operating system thinks so: what was written survives a crash of the process, not of the machine.
    #[default]
    System,
    /// After every batch.
    Batch,
}

/// How batches are appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// When the disk is asked to keep a batch.
    pub sync: Sync,
    /// How long the lock of a file is waited for.
    pub lock_wait: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sync: Sync::default(),
            lock_wait: LOCK_WAIT,
        }
    }
}

/// Appends `lines`, each with its line feed, to the file at `path`. If the file ends in a torn line, `keep` is given that
/// line first; when `keep` fails, nothing is changed.
///
/// # Errors
/// When the file cannot be opened, locked, repaired or written; it then ends where it ended before.
pub fn append(
    path: &Path,
    lines: &[u8],
    settings: Settings,
    keep: impl FnOnce(&[u8]) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let mut file = locked(path, settings.lock_wait)?;
    let len = file
        .metadata()
        .map_err(WriteError::io(Step::Read, path))?
        .len();
    let (len, feed) = match end_of(&file, len).map_err(WriteError::io(Step::Read, path))? {
        End::Clean => (len, false),
        End::Unterminated => (len, true),
        End::Torn { start, bytes } => {
            keep(&bytes)?;
            file.set_len(start)
                .map_err(WriteError::io(Step::Write, path))?;
            (start, false)
        }
    };
    let batch = if feed {
        [b"\n", lines].concat()
    } else {
        Vec::new()
    };
    let bytes = if feed { &batch } else { lines };
    file.write_all(bytes).map_err(|error| {
        // A short write is taken back; if even that fails, the next writer finds a torn line and repairs it.
        let taken_back = file.set_len(len).err();
        WriteError::io(Step::Write, path)(worse(error, taken_back))
    })?;
    match settings.sync {
        Sync::System => Ok(()),
        Sync::Batch => file.sync_data().map_err(WriteError::io(Step::Sync, path)),
    }
}

/// The error of a write, with what went wrong when it was taken back.
fn worse(error: io::Error, taken_back: Option<io::Error>) -> io::Error {
    match taken_back {
        None => error,
        Some(second) => io::Error::new(
            error.kind(),
            format!("{error}; and it could not be taken back: {second}"),
        ),
    }
}

/// The file that has this path now, locked. Dropping it unlocks it.
fn locked(path: &Path, wait: Duration) -> Result<File, WriteError> {
    let mut waited = Duration::ZERO;
    for _ in 0..REOPEN_MAX {
        let file = open(path)?;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if waited >= wait => {
                    return Err(WriteError::Busy {
                        path: path.to_owned(),
                        waited,
                    });
                }
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(LOCK_PAUSE);
                    waited += LOCK_PAUSE;
                }
                Err(TryLockError::Error(error)) => {
                    return Err(WriteError::io(Step::Lock, path)(error));
                }
            }
        }
        if still_there(&file, path) {
            return Ok(file);
        }
    }
    Err(WriteError::Replaced {
        path: path.to_owned(),
    })
}

/// Whether the path still names the file that was locked.
fn still_there(file: &File, path: &Path) -> bool {
    let same = |a: &fs::Metadata, b: &fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(locked), Ok(named)) => same(&locked, &named),
        _ => false,
    }
}

fn open(path: &Path) -> Result<File, WriteError> {
    let open = || {
        OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
    };
    match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let directory = path.parent().unwrap_or(path);
            fs::create_dir_all(directory).map_err(WriteError::io(Step::CreateDirectory, path))?;
            open().map_err(WriteError::io(Step::Open, path))
        }
        other => other.map_err(WriteError::io(Step::Open, path)),
    }
}

#[cfg(test)]
mod tests;
