//! One file, step by step: from its lock to its removal.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::codec::{self, Compression};
use super::error::{ArchiveError, Step};
use super::store::sync_folder;
use super::{Archived, Archiver, PARTIAL};
use crate::append::{self, SETTLE_PAUSE, append};
use crate::at;
use crate::error::{Step as WriteStep, WriteError};
use crate::layout::Layout;
use crate::retention::DailyFile;

/// Archives of one file at most.
const PARTS_MAX: u32 = 1000;

/// How often a file is looked at that grows while it is archived.
const LOOKS_MAX: u32 = 100;

/// How far the archives of a file reach.
#[derive(Clone, Copy, Debug, Default)]
struct Reach {
    /// Bytes at the start of the file that archives hold.
    bytes: u64,
    /// The number of the next part.
    next: u32,
}

/// A file that is being archived, and its lock.
#[derive(Debug)]
struct Source<'a> {
    daily: &'a DailyFile,
    path: PathBuf,
    file: File,
    stop: &'a AtomicBool,
}

impl Source<'_> {
    fn len(&self) -> Result<u64, ArchiveError> {
        let about = self.file.metadata();
        about
            .map(|about| about.len())
            .map_err(ArchiveError::io(Step::ReadBack, &self.path))
    }

    /// The error of a step, or that it was asked to stop.
    fn failed(&self, step: Step, path: &Path) -> impl FnOnce(std::io::Error) -> ArchiveError {
        let stopped = self.stop.load(Ordering::Relaxed);
        let (path, own) = (path.to_owned(), self.path.clone());
        move |source| {
            if stopped && source.raw_os_error().is_none() {
                return ArchiveError::Stopped { path: own };
            }
            ArchiveError::Io { step, path, source }
        }
    }
}

impl Archiver {
    /// Archives a file; `None` when it is gone already.
    pub(super) fn archive_file(
        &self,
        daily: &DailyFile,
        stop: &AtomicBool,
    ) -> Result<Option<Archived>, ArchiveError> {
        let path = self.settings.records.join(daily.name());
        if stop.load(Ordering::Relaxed) {
            return Err(ArchiveError::Stopped { path });
        }
        let file = match append::locked_by(&path, self.settings.lock_wait, open) {
            Ok(file) => file,
            Err(WriteError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                return Ok(None);
            }
            Err(error) => return Err(ArchiveError::Lock(error)),
        };
        let source = Source {
            daily,
            path,
            file,
            stop,
        };
        let (bytes, archives) = self.archive_all(&source)?;
        remove(&source)?;
        self.save_late_lines(&source, bytes)?;
        Ok(Some(Archived {
            path: source.path,
            bytes,
            archives,
        }))
    }

    /// Archives what no archive holds yet, until the file does not grow any more. Answers with its length.
    fn archive_all(&self, source: &Source<'_>) -> Result<(u64, Vec<(PathBuf, u64)>), ArchiveError> {
        let mut len = source.len()?;
        let mut reach = self.reach(source, len)?;
        let mut made = Vec::new();
        for _ in 0..LOOKS_MAX {
            if reach.bytes < len {
                made.push(self.archive_part(source, reach.next, reach.bytes..len)?);
                reach = Reach {
                    bytes: len,
                    next: reach.next + 1,
                };
            }
            // A writer in Python may add its line after it has unlocked.
            append::wait_for_writes(&source.file);
            len = source.len()?;
            if len == reach.bytes {
                return Ok((len, made));
            }
            if len < reach.bytes {
                break;
            }
        }
        Err(ArchiveError::Changed {
            path: source.path.clone(),
        })
    }

    /// How much of the file earlier runs archived: after a crash its archive is there and so is the file, and a writer may
    /// have added to it since.
    fn reach(&self, source: &Source<'_>, len: u64) -> Result<Reach, ArchiveError> {
        let mut reach = Reach::default();
        for part in 0..PARTS_MAX {
            let Some((name, compression, archive)) = self.part(source.daily, part)? else {
                reach.next = part;
                return Ok(reach);
            };
            let held = match codec::held(
                compression,
                archive,
                &source.file,
                reach.bytes..len,
                source.stop,
            ) {
                Ok(held) => held,
                // A damaged archive holds nothing that could be relied on; it is left as it is.
                Err(error) if codec::is_damage(&error) && !is_stopped(source) => None,
                Err(error) => {
                    let place = self.store.location_of(&name);
                    return Err(source.failed(Step::ReadBack, &place)(error));
                }
            };
            reach.bytes += held.unwrap_or(0);
        }
        Err(ArchiveError::Parts {
            path: source.path.clone(),
            parts: PARTS_MAX,
        })
    }

    /// The archive with this number, however it is compressed.
    fn part(
        &self,
        daily: &DailyFile,
        part: u32,
    ) -> Result<Option<(String, Compression, File)>, ArchiveError> {
        for compression in Compression::ALL {
            let name = archive_name(daily, part, compression);
            let archive = self.store.open(&name);
            let place = self.store.location_of(&name);
            if let Some(archive) = archive.map_err(ArchiveError::io(Step::ReadBack, &place))? {
                return Ok(Some((name, compression, archive)));
            }
        }
        Ok(None)
    }

    /// Makes one archive, compares it with the file and keeps it.
    fn archive_part(
        &self,
        source: &Source<'_>,
        part: u32,
        range: std::ops::Range<u64>,
    ) -> Result<(PathBuf, u64), ArchiveError> {
        let name = archive_name(source.daily, part, self.settings.compression);
        let partial = self.settings.staging.join(format!("{name}{PARTIAL}"));
        let kept = self.make(source, range, &partial).and_then(|bytes| {
            let place = self.store.location_of(&name);
            let kept = self.store.keep(&name, &partial);
            kept.map_err(source.failed(Step::Store, &place))?;
            Ok((place, bytes))
        });
        match fs::remove_file(&partial) {
            Err(error) if error.kind() != ErrorKind::NotFound && kept.is_ok() => {
                Err(ArchiveError::io(Step::Remove, &partial)(error))
            }
            _ => kept,
        }
    }

    /// Compresses a piece of the file into `partial` and compares them. Answers with the size of the archive.
    fn make(
        &self,
        source: &Source<'_>,
        range: std::ops::Range<u64>,
        partial: &Path,
    ) -> Result<u64, ArchiveError> {
        let how = (self.settings.compression, self.settings.level);
        let file = create_like(&source.file, partial)
            .map_err(ArchiveError::io(Step::Compress, partial))?;
        codec::compress(how, &source.file, range.clone(), file, source.stop)
            .map_err(source.failed(Step::Compress, partial))?;
        let archive = File::open(partial).map_err(ArchiveError::io(Step::ReadBack, partial))?;
        let about = archive.metadata();
        let bytes = about
            .map_err(ArchiveError::io(Step::ReadBack, partial))?
            .len();
        let all = range.end - range.start;
        match codec::held(how.0, archive, &source.file, range, source.stop) {
            Ok(Some(held)) if held == all => Ok(bytes),
            Err(error) if is_stopped(source) || !codec::is_damage(&error) => {
                Err(source.failed(Step::ReadBack, partial)(error))
            }
            Ok(_) | Err(_) => Err(ArchiveError::Different {
                path: partial.to_owned(),
            }),
        }
    }

    /// Gives back what a writer added that waited for the lock and does not look whether the file is still there: it
    /// becomes a new file.
    fn save_late_lines(&self, source: &Source<'_>, len: u64) -> Result<(), ArchiveError> {
        let Source { path, file, .. } = source;
        let mut saved = len;
        loop {
            let settled = settle(file).and_then(|()| {
                let now = file.metadata()?.len();
                Ok((now, at::read(file, saved.min(now), now)?))
            });
            let (now, late) = settled.map_err(ArchiveError::io(Step::ReadBack, path))?;
            if late.is_empty() {
                return Ok(());
            }
            let settings = append::Settings {
                lock_wait: self.settings.lock_wait,
                ..append::Settings::default()
            };
            let added = append(path, Layout::Json, &late, settings, |_| {
                // Torn lines stay as they are: the next writer of records knows where to put them.
                Err(WriteError::io(WriteStep::Write, path)(
                    ErrorKind::ResourceBusy.into(),
                ))
            });
            added.map_err(|source| ArchiveError::Late {
                path: path.clone(),
                bytes: now - saved,
                source,
            })?;
            saved = now;
        }
    }
}

/// Lets everybody have the lock who waits for it, and takes it again.
fn settle(file: &File) -> std::io::Result<()> {
    file.unlock()?;
    std::thread::sleep(SETTLE_PAUSE);
    file.lock()?;
    append::wait_for_writes(file);
    Ok(())
}

/// Removes the file, if its path still names it.
fn remove(source: &Source<'_>) -> Result<(), ArchiveError> {
    let Source { path, file, .. } = source;
    if !append::still_there(file, path) {
        return Err(ArchiveError::Changed { path: path.clone() });
    }
    let folder = path.parent().unwrap_or(path);
    fs::remove_file(path)
        .and_then(|()| sync_folder(folder))
        .map_err(ArchiveError::io(Step::Remove, path))
}

fn is_stopped(source: &Source<'_>) -> bool {
    source.stop.load(Ordering::Relaxed)
}

fn archive_name(daily: &DailyFile, part: u32, compression: Compression) -> String {
    format!("{}.{}", daily.part_name(part), compression.extension())
}

/// Opens a file as its writers do, except that it is not made. Some network disks lock only what may be written to.
fn open(path: &Path) -> Result<File, WriteError> {
    let file = OpenOptions::new().read(true).append(true).open(path);
    file.map_err(WriteError::io(WriteStep::Open, path))
}

/// A new file that the same people may read.
fn create_like(source: &File, path: &Path) -> std::io::Result<File> {
    let rights = source.metadata()?.permissions();
    let file = File::create(path)?;
    file.set_permissions(rights)?;
    Ok(file)
}
