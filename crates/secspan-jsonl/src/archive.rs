//! Archives old files: compressed, read back, compared byte by byte, and only then removed.
//!
//! ```text
//!  flock of the file ─> compress ─> fsync ─> read back, compare ─> keep under its name ─> fsync ─> remove the file
//!                       <name>.zst.partial                         <name>.zst
//! ```
//!
//! Whatever step is the last one before a crash, every line is in the file or in an archive that was compared with it. A
//! file that is still there beside its archive is compared with it first: what the archive holds is not archived again. A
//! writer that comes late begins a new file of the same name; that becomes a further part
//! (`enrichment-metrics-2025-12-03.1.jsonl.zst`), because an archive is never written to again.

use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use secspan_records::facts::UnixNanos;
use secspan_records::kind::Kind;

use crate::append;
use crate::retention::{self, DailyFile};

mod codec;
mod error;
mod file;
mod store;

pub use codec::Compression;
pub use error::{ArchiveError, Step};
pub use store::{ArchiveStore, Folder};

use error::Cause;

/// The file in the folder of archives whose lock keeps archivers apart.
const LOCK: &str = ".lock";

/// What the names of archives end with that are not whole yet.
const PARTIAL: &str = ".partial";

/// What is archived, when and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The kinds whose daily files are archived.
    pub kinds: Vec<&'static Kind>,
    /// The folder with the daily files.
    pub records: PathBuf,
    /// The folder in which archives are made. For [`Folder`] it must be the folder itself.
    pub staging: PathBuf,
    /// How old every record of a file is before it is archived.
    pub keep: Duration,
    /// How archives are compressed.
    pub compression: Compression,
    /// How hard: 1 to [`Compression::level_max`].
    pub level: u32,
    /// How long a lock is waited for.
    pub lock_wait: Duration,
}

/// Archives files.
pub struct Archiver {
    settings: Settings,
    store: Box<dyn ArchiveStore>,
    /// Troubles that people know of.
    told: HashSet<Cause>,
}

impl std::fmt::Debug for Archiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archiver")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A file that is no longer there, because its archives hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// Where it was.
    pub path: PathBuf,
    /// What was in it, in bytes.
    pub bytes: u64,
    /// The archives that were made of it now, and their sizes in bytes; none when there was nothing left to archive.
    pub archives: Vec<(PathBuf, u64)>,
}

/// Something that went wrong.
#[derive(Debug)]
pub struct Failure {
    /// What it was.
    pub error: ArchiveError,
    /// Whether to tell people: the first time since a run without it.
    pub first: bool,
}

/// What one run did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Files that were archived.
    pub archived: Vec<Archived>,
    /// Files that are still there, and why.
    pub failures: Vec<Failure>,
    /// Whether it was asked to stop before it was through.
    pub stopped: bool,
}

impl Archiver {
    /// An archiver; nothing is looked at before the first run.
    pub fn new(settings: Settings, store: impl ArchiveStore + 'static) -> Self {
        Self {
            settings,
            store: Box::new(store),
            told: HashSet::new(),
        }
    }

    /// Archives every file that is due at `now`. `stop` ends it within a moment, and the file in hand stays as it is.
    pub fn run(&mut self, now: UnixNanos, stop: &AtomicBool) -> Outcome {
        let mut outcome = Outcome::default();
        let mut errors = Vec::new();
        match self.due(now) {
            Ok(due) if due.is_empty() => {}
            Ok(due) => self.archive(&due, stop, &mut outcome, &mut errors),
            Err(error) => errors.push(error),
        }
        let mut causes = HashSet::new();
        for error in errors {
            let cause = error.cause();
            let known = cause.is_some_and(|cause| {
                // Both are asked, so that a cause is remembered either way.
                let repeated = !causes.insert(cause);
                self.told.contains(&cause) || repeated
            });
            let first = !known;
            outcome.failures.push(Failure { error, first });
        }
        if outcome.stopped {
            self.told.extend(causes);
        } else {
            self.told = causes;
        }
        outcome
    }

    fn archive(
        &self,
        due: &[DailyFile],
        stop: &AtomicBool,
        outcome: &mut Outcome,
        errors: &mut Vec<ArchiveError>,
    ) {
        // Until the end: no other archiver works in this folder.
        let lock = match self.prepare() {
            Ok(lock) => lock,
            Err(error) => {
                errors.push(error);
                return;
            }
        };
        for file in due {
            match self.archive_file(file, stop) {
                Ok(Some(archived)) => outcome.archived.push(archived),
                // Somebody else took it away.
                Ok(None) => {}
                Err(ArchiveError::Stopped { .. }) => {
                    outcome.stopped = true;
                    break;
                }
                Err(error) => errors.push(error),
            }
        }
        drop(lock);
    }

    /// The plain files that are due.
    fn due(&self, now: UnixNanos) -> Result<Vec<DailyFile>, ArchiveError> {
        let folder = &self.settings.records;
        let names = names_in(folder).map_err(ArchiveError::io(Step::List, folder))?;
        let names = names.iter().map(String::as_str);
        let mut due = retention::due(&self.settings.kinds, names, now, self.settings.keep);
        // What a link leads to is somebody else's.
        due.retain(|file| {
            let about = fs::symlink_metadata(folder.join(file.name()));
            about.is_ok_and(|about| about.is_file())
        });
        Ok(due)
    }

    /// Makes the folder of archives, locks it, and removes what a crash left in it.
    fn prepare(&self) -> Result<fs::File, ArchiveError> {
        let folder = &self.settings.staging;
        fs::create_dir_all(folder).map_err(ArchiveError::io(Step::CreateDirectory, folder))?;
        let lock = append::locked(&folder.join(LOCK), self.settings.lock_wait)
            .map_err(ArchiveError::Lock)?;
        let names = names_in(folder).map_err(ArchiveError::io(Step::List, folder))?;
        for name in names
            .iter()
            .filter(|name| is_partial(&self.settings.kinds, name))
        {
            let path = folder.join(name);
            fs::remove_file(&path).map_err(ArchiveError::io(Step::Remove, &path))?;
        }
        Ok(lock)
    }
}

/// Whether a file is an archive in the making, of ours: `enrichment-metrics-2025-12-03.1.jsonl.zst.partial`.
fn is_partial(kinds: &[&'static Kind], name: &str) -> bool {
    let Some(name) = name.strip_suffix(PARTIAL) else {
        return false;
    };
    Compression::ALL.into_iter().any(|compression| {
        let plain = name
            .strip_suffix(compression.extension())
            .and_then(|name| name.strip_suffix('.'));
        plain.is_some_and(|plain| is_part(kinds, plain))
    })
}

/// Whether a daily file or a part of one has this name.
fn is_part(kinds: &[&'static Kind], name: &str) -> bool {
    if DailyFile::of_name(kinds, name).is_some() {
        return true;
    }
    let Some((start, (number, rest))) = name
        .split_once('.')
        .and_then(|(start, rest)| Some((start, rest.split_once('.')?)))
    else {
        return false;
    };
    number.bytes().all(|byte| byte.is_ascii_digit())
        && DailyFile::of_name(kinds, &format!("{start}.{rest}")).is_some()
}

/// The names in a folder, as far as they are UTF-8; none when there is no such folder.
fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

#[cfg(test)]
mod tests;
