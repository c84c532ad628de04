//! Batches on disk: what memory has no room for, and what is undelivered when the process ends.
//!
//! Every process has its own folder inside the spool directory and holds a lock on it. A folder
//! whose lock is free belonged to a process that is gone: its batches are inherited and delivered.
//! A batch is one file, written beside its final name and then renamed, so a half-written file is
//! never read. The number of spans stands in the name: `0000000012-4096.otlp`.

use std::collections::VecDeque;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::encode::Batch;

const BATCH_EXTENSION: &str = "otlp";
const UNREADABLE_EXTENSION: &str = "unreadable";
const LOCK_FILE: &str = "lock";

/// A batch that waits on disk.
#[derive(Debug, Clone)]
pub(crate) struct SpoolFile {
    path: PathBuf,
    pub(crate) spans: u64,
    bytes: u64,
    /// Made by an earlier process.
    pub(crate) inherited: bool,
}

/// The files of this process and those it inherited, oldest first.
#[derive(Debug)]
pub(crate) struct DiskSpool {
    folder: PathBuf,
    files: VecDeque<SpoolFile>,
    bytes: u64,
    max_bytes: u64,
    next_number: u64,
    /// Tells other processes that our folder is in use; taken with the first batch.
    lock: Option<File>,
    /// Tells them the same of the folders whose batches we deliver.
    _inherited: Vec<File>,
}

impl DiskSpool {
    /// Opens the spool: a folder of our own, and the batches of processes that are gone.
    pub(crate) fn open(directory: &Path, max_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let mut inherited = Vec::new();
        let mut files = Vec::new();
        for entry in fs::read_dir(directory)? {
            let folder = entry?.path();
            if folder.is_dir()
                && let Some(lock) = try_lock(&folder)?
            {
                let found = batches(&folder)?;
                if found.is_empty() {
                    // Nothing in it but its lock; another process may be tidying it as well.
                    drop(fs::remove_dir_all(&folder));
                } else {
                    files.extend(found);
                    inherited.push(lock);
                }
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let folder = directory.join(folder_name());
        let bytes = files.iter().map(|file| file.bytes).sum();
        Ok(Self {
            folder,
            files: files.into(),
            bytes,
            max_bytes,
            next_number: 0,
            lock: None,
            _inherited: inherited,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Writes the batch; `false` when the spool has no room for it.
    pub(crate) fn push(&mut self, batch: &Batch) -> io::Result<bool> {
        let bytes = batch.bytes.len() as u64;
        if self.bytes + bytes > self.max_bytes {
            return Ok(false);
        }
        if self.lock.is_none() {
            fs::create_dir_all(&self.folder)?;
            self.lock = try_lock(&self.folder)?;
        }
        let name = format!("{:010}-{}.{BATCH_EXTENSION}", self.next_number, batch.spans);
        let path = self.folder.join(name);
        let unfinished = path.with_extension("part");
        fs::write(&unfinished, &batch.bytes)?;
        File::open(&unfinished)?.sync_all()?;
        fs::rename(&unfinished, &path)?;
        self.next_number += 1;
        self.bytes += bytes;
        self.files.push_back(SpoolFile {
            path,
            spans: batch.spans,
            bytes,
            inherited: false,
        });
        Ok(true)
    }

    /// The oldest batch.
    pub(crate) fn front(&self) -> Option<io::Result<Batch>> {
        let file = self.files.front()?;
        let read = fs::read(&file.path);
        Some(read.map(|bytes| Batch {
            bytes: Bytes::from(bytes),
            spans: file.spans,
        }))
    }

    /// Deletes the oldest batch, which has arrived or never will.
    pub(crate) fn remove_front(&mut self) -> SpoolFile {
        let file = self.take_front();
        // If the file stays, the next process sends it again: twice is better than never.
        drop(fs::remove_file(&file.path));
        file
    }

    /// Keeps the oldest batch, which cannot be read, for a person to look at.
    pub(crate) fn set_aside(&mut self) -> SpoolFile {
        let file = self.take_front();
        drop(fs::rename(
            &file.path,
            file.path.with_extension(UNREADABLE_EXTENSION),
        ));
        file
    }

    fn take_front(&mut self) -> SpoolFile {
        let empty = SpoolFile {
            path: PathBuf::new(),
            spans: 0,
            bytes: 0,
            inherited: true,
        };
        let file = self.files.pop_front().unwrap_or(empty);
        self.bytes -= file.bytes;
        file
    }
}

impl Drop for DiskSpool {
    fn drop(&mut self) {
        if self.files.is_empty() && self.lock.is_some() {
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

/// Sorts by time, and differs between processes and between instances within one.
fn folder_name() -> String {
    let now = crate::clock::since_1970();
    format!("{:020}-{}", now.as_nanos(), std::process::id())
}

fn try_lock(folder: &Path) -> io::Result<Option<File>> {
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK_FILE))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn batches(folder: &Path) -> io::Result<Vec<SpoolFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let is_batch = path
            .extension()
            .is_some_and(|extension| extension == BATCH_EXTENSION);
        let spans = path
            .file_stem()
            .and_then(|stem| stem.to_str()?.split_once('-')?.1.parse().ok())
            .filter(|_| is_batch);
        if let Some(spans) = spans {
            files.push(SpoolFile {
                path,
                spans,
                bytes: entry.metadata()?.len(),
                inherited: true,
            });
        }
    }
    Ok(files)
}
