//! What can go wrong with a file, with the path and what to do about it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::layout::Layout;

/// What was being done to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Making its directory.
    CreateDirectory,
    /// Opening it.
    Open,
    /// Locking it.
    Lock,
    /// Reading its end.
    Read,
    /// Writing.
    Write,
    /// Asking the disk to keep it.
    Sync,
}

impl Step {
    fn verb(self) -> &'static str {
        match self {
            Self::CreateDirectory => "create the directory of",
            Self::Open => "open",
            Self::Lock => "lock",
            Self::Read => "read the end of",
            Self::Write => "write to",
            Self::Sync => "sync",
        }
    }
}

/// A batch did not reach its file.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The operating system refused.
    #[error("cannot {} {}", step.verb(), path.display())]
    Io {
        /// What was being done.
        step: Step,
        /// To which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Another process holds the lock.
    #[error("cannot lock {} within {} s", path.display(), waited.as_secs_f64())]
    Busy {
        /// The file.
        path: PathBuf,
        /// How long the lock was waited for.
        waited: Duration,
    },
    /// The file has another header than ours: it is somebody else's, and is left as it is.
    #[error("{} is another table: its header is \"{found}\", ours would be \"{expected}\"", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Its first line, shortened.
        found: String,
        /// The header that it should have.
        expected: &'static str,
    },
    /// A quote is open from here to the end of the file, so that no reader finds a row behind it.
    #[error("{} has a quote that is never closed, in the row at byte {start}", path.display())]
    Unclosed {
        /// The file.
        path: PathBuf,
        /// Where the row begins, in bytes.
        start: u64,
    },
    /// The file was replaced again and again while it was being locked.
    #[error("{} is replaced faster than it can be locked", path.display())]
    Replaced {
        /// The file.
        path: PathBuf,
    },
}

/// What makes two errors the same trouble: reported once until something was written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cause {
    step: Step,
    kind: ErrorKind,
}

impl WriteError {
    pub(crate) fn io(step: Step, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            step,
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn foreign(path: &Path, layout: Layout, found: String) -> Self {
        Self::Foreign {
            path: path.to_owned(),
            found,
            expected: layout.header().unwrap_or_default(),
        }
    }

    /// Whether it is the content of the file that is in the way: trying again does not help, a person must look.
    pub fn is_content(&self) -> bool {
        matches!(self, Self::Foreign { .. } | Self::Unclosed { .. })
    }

    /// The cause, without the path: a full disk is one trouble, however many files are on it.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Io { step, source, .. } => Cause {
                step: *step,
                kind: source.kind(),
            },
            Self::Busy { .. } => Cause {
                step: Step::Lock,
                kind: ErrorKind::WouldBlock,
            },
            Self::Replaced { .. } => Cause {
                step: Step::Lock,
                kind: ErrorKind::NotFound,
            },
            Self::Foreign { .. } | Self::Unclosed { .. } => Cause {
                step: Step::Read,
                kind: ErrorKind::InvalidData,
            },
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            Self::Io { path, .. }
            | Self::Busy { path, .. }
            | Self::Foreign { path, .. }
            | Self::Unclosed { path, .. }
            | Self::Replaced { path } => path,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        let kind = match self {
            Self::Busy { .. } => {
                return "another process holds the lock: see who with `lslocks`; the records are kept and tried again";
            }
            Self::Foreign { .. } => {
                return "rename the file and a new one is begun, or give it exactly this header, without a byte order mark; what could not be added is in the .rejected file beside it";
            }
            Self::Unclosed { .. } => {
                return "close the quote in that row; what could not be added is in the .rejected file beside it";
            }
            Self::Replaced { .. } => return "let one process at a time replace the file",
            Self::Io { source, .. } => source.kind(),
        };
        match kind {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "free space on the disk, or set `directory` to another one"
            }
            ErrorKind::PermissionDenied => {
                "give the user that runs secspan the right to write there, or set `directory` to a place of its own"
            }
            ErrorKind::ReadOnlyFilesystem => {
                "mount it writable, or set `directory` to a writable place"
            }
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists | ErrorKind::IsADirectory => {
                "a file stands where a directory is needed, or the other way round: move it, or set another `directory`"
            }
            _ => "check the disk and its mount",
        }
    }
}
