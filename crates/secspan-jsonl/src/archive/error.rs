//! What can go wrong when a file is archived, with its path and what to do about it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::WriteError;

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Looking for files that are due.
    List,
    /// Making the folder of archives.
    CreateDirectory,
    /// Taking a lock.
    Lock,
    /// Compressing.
    Compress,
    /// Reading an archive back.
    ReadBack,
    /// Handing an archive over to the place where it stays.
    Store,
    /// Removing the file that was archived.
    Remove,
}

impl Step {
    fn verb(self) -> &'static str {
        match self {
            Self::List => "look for old files in",
            Self::CreateDirectory => "create",
            Self::Lock => "lock",
            Self::Compress => "compress into",
            Self::ReadBack => "read back",
            Self::Store => "store",
            Self::Remove => "remove the archived file",
        }
    }
}

/// A file was not archived. It is still where it was.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The operating system or the object store refused.
    #[error("cannot {} {}", step.verb(), path.display())]
    Io {
        /// What was being done.
        step: Step,
        /// To what.
        path: PathBuf,
        /// What was said.
        source: io::Error,
    },
    /// Another process holds the lock.
    #[error(transparent)]
    Lock(WriteError),
    /// What was compressed is not what is in the file.
    #[error("{} reads back different from what was compressed", path.display())]
    Different {
        /// The archive.
        path: PathBuf,
    },
    /// The file did not only grow.
    #[error("{} was changed while it was archived", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// There is no number left for another part.
    #[error("{} has {parts} archives already", path.display())]
    Parts {
        /// The file.
        path: PathBuf,
        /// How many.
        parts: u32,
    },
    /// Lines that a writer added after the file was removed could not be saved.
    #[error("{bytes} bytes that were added to {} while it was removed are lost", path.display())]
    Late {
        /// The file.
        path: PathBuf,
        /// How many bytes.
        bytes: u64,
        /// Why they could not be written to a new file.
        source: WriteError,
    },
    /// It was asked to stop.
    #[error("stopped before {} was archived", path.display())]
    Stopped {
        /// The file.
        path: PathBuf,
    },
}

/// What makes two errors the same trouble, which is told once as long as it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cause {
    Io(Step, ErrorKind),
    Lock,
    Different,
    Changed,
    Parts,
}

impl ArchiveError {
    pub(super) fn io(step: Step, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            step,
            path: path.to_owned(),
            source,
        }
    }

    /// The cause; `None` for what must be told every time.
    pub(super) fn cause(&self) -> Option<Cause> {
        match self {
            Self::Io { step, source, .. } => Some(Cause::Io(*step, source.kind())),
            Self::Lock(_) => Some(Cause::Lock),
            Self::Different { .. } => Some(Cause::Different),
            Self::Changed { .. } => Some(Cause::Changed),
            Self::Parts { .. } => Some(Cause::Parts),
            Self::Late { .. } | Self::Stopped { .. } => None,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        let kind = match self {
            Self::Lock(error) | Self::Late { source: error, .. } => return error.hint(),
            Self::Different { .. } => {
                return "check the disk and its memory: the file was not removed and is tried again";
            }
            Self::Changed { .. } => return "let programs only add lines to it; it is tried again",
            Self::Parts { .. } => {
                return "something writes to it again and again: find out what, and join its archives";
            }
            Self::Stopped { .. } => return "it is archived after the next start",
            // Said by an object store, not by the operating system.
            Self::Io { source, .. }
                if source.raw_os_error().is_none()
                    && matches!(
                        source.kind(),
                        ErrorKind::PermissionDenied | ErrorKind::NotFound
                    ) =>
            {
                return "check the address, the keys and their rights; the file is kept and tried again";
            }
            Self::Io { source, .. } => source.kind(),
        };
        match kind {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "free space on the disk of archives, or set `retention.archive.directory` to another one; the file is kept and tried again"
            }
            ErrorKind::PermissionDenied => {
                "give the user that runs secspan the right to read the file and to write to both folders; the file is kept"
            }
            ErrorKind::AlreadyExists => {
                "something else has this name; see what it is and move it away, the file is kept and tried again"
            }
            ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown => {
                "check the address of the object store and that it runs; the file is kept and tried again"
            }
            ErrorKind::Other | ErrorKind::TimedOut | ErrorKind::InvalidData => {
                "check the place of archives and the rights there; the file is kept and tried again"
            }
            _ => "check the disk and its mount; the file is kept and tried again",
        }
    }
}
