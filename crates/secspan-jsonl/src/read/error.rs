//! Why sources cannot be read, with their path and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Sources cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such file or folder.
    #[error("{} does not exist", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// A pattern that no file matches.
    #[error("no file matches {pattern}")]
    NoMatch {
        /// The pattern.
        pattern: String,
    },
    /// A pattern that is none.
    #[error("{pattern} is not a pattern")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        source: glob::PatternError,
    },
    /// A folder without a file that holds records, or a file that cannot hold any.
    #[error("{} holds no record files; looked for {looked_for}", path.display())]
    NoRecordFiles {
        /// The folder or file.
        path: PathBuf,
        /// The names that were looked for.
        looked_for: String,
    },
    /// The operating system refused.
    #[error("cannot read {name}")]
    Io {
        /// The file, as the user named it.
        name: String,
        /// What the operating system said, or the decoder of an archive.
        source: io::Error,
    },
    /// A file was replaced or cut while it was read.
    #[error("{name} was replaced or cut while it was read")]
    Changed {
        /// The file, as the user named it.
        name: String,
    },
    /// A temporary file is needed and cannot be had.
    #[error("cannot use a temporary file")]
    Temporary {
        /// What the operating system said.
        source: io::Error,
    },
}

impl ReadError {
    pub(super) fn io(name: &str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            name: name.to_owned(),
            source,
        }
    }

    pub(super) fn temporary(source: io::Error) -> Self {
        Self::Temporary { source }
    }

    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::NotFound => Self::Missing {
                path: path.to_owned(),
            },
            _ => Self::Io {
                name: path.display().to_string(),
                source,
            },
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "name a file, a folder that holds record files, a pattern in quotes, or - for standard input"
            }
            Self::NoMatch { .. } => {
                "try the pattern with `ls`; * and ? match within one name, ** any folders"
            }
            Self::Pattern { .. } => "write [[] for an opening bracket that stands for itself",
            Self::NoRecordFiles { .. } => {
                "name the folder that the collector writes to (`directory` of its jsonl exporter), or its `metrics` folder"
            }
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied => "run as a user who may read it",
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                    "the archive is damaged: test it with `zstd -t` or `gzip -t`"
                }
                _ => "check the disk and its mount",
            },
            Self::Changed { .. } => "try again when nothing moves or shortens the file",
            Self::Temporary { .. } => {
                "free space in the folder for temporary files, or set TMPDIR to another one"
            }
        }
    }
}
