//! What a batch of joined workflows becomes: lines in daily files, rejected ones in side files, none of them twice.
//!
//! Nothing here panics and nothing is lost silently: a batch whose file cannot be written is named in the report, so that
//! the caller can keep it and try again.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use secspan_records::assemble::Incomplete;
use secspan_records::definition::RecordKind;
use secspan_records::facts::UnixNanos;
use secspan_records::join::Joined;
use secspan_records::record::{Reading, Record, file_stem};
use secspan_records::timestamp::{Date, Timestamp};

use crate::append::{self, append};
use crate::error::{Cause, Step, WriteError};
use crate::seen::{Key, Seen, key};
use crate::side_file;

/// The directory below the configured one that holds records.
const METRICS_DIRECTORY: &str = "metrics";

/// What became of the items of a batch, or of all batches so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records written for the first time.
    pub written: u64,
    /// Corrections written.
    pub amended: u64,
    /// Records that were written before.
    pub duplicate: u64,
    /// Items that are no records, written to a side file.
    pub rejected: u64,
    /// Items that could not be written; each attempt counts.
    pub failed: u64,
    /// Torn lines of other writers, moved to a side file.
    pub repaired: u64,
}

/// What a call of [`Writer::write`] did.
#[derive(Debug, Default)]
pub struct Report {
    /// Counts by kind of record.
    pub counts: BTreeMap<RecordKind, Counts>,
    /// Positions of the items that are not on disk: to be kept and tried again.
    pub unwritten: Vec<usize>,
    /// What went wrong.
    pub failures: Vec<Failure>,
}

/// Something that went wrong with a file.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub error: WriteError,
    /// Whether to tell people: the first time of this cause since something was written.
    pub first: bool,
}

/// Settings of the writer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where files go; records are in `metrics` below it.
    pub directory: PathBuf,
    /// How batches are appended.
    pub append: append::Settings,
}

/// Writes joined workflows to files.
#[derive(Debug)]
pub struct Writer {
    settings: Settings,
    seen: Seen,
    totals: BTreeMap<RecordKind, Counts>,
    /// Causes that people were told about.
    told: HashSet<Cause>,
}

/// The lines of a batch for one file.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    items: Vec<usize>,
    keys: Vec<Key>,
    counts: Counts,
}

/// Where an item goes: records come before rejected ones, so that a file exists before its side file.
type Place = (RecordKind, Date, bool);

impl Writer {
    /// A writer; nothing is opened or made before the first record.
    pub fn new(settings: Settings) -> Self {
        let (seen, told) = (Seen::default(), HashSet::new());
        Self {
            settings,
            seen,
            totals: BTreeMap::new(),
            told,
        }
    }

    /// The file for records of a kind that completed on a date.
    pub fn path(&self, kind: RecordKind, date: Date) -> PathBuf {
        let name = format!("{}-{date}.jsonl", file_stem(kind));
        self.settings.directory.join(METRICS_DIRECTORY).join(name)
    }

    /// Writes the records among `items`, and the rejected ones to their side files. Workflows that are neither are left
    /// alone: they have no line.
    pub fn write(&mut self, items: &[Joined], now: UnixNanos) -> Report {
        let mut report = Report::default();
        let mut batches: BTreeMap<Place, Batch> = BTreeMap::new();
        for (at, item) in items.iter().enumerate() {
            match item {
                Joined::Record(record) => self.add(record, at, now, &mut batches, &mut report),
                Joined::Rejected(unfinished) => reject(unfinished, at, now, &mut batches),
                Joined::Incomplete(_) | Joined::Orphaned(_) => {}
            }
        }
        for (place, batch) in batches {
            self.put(place, batch, now, &mut report);
        }
        report.unwritten.sort_unstable();
        if report.failures.is_empty() && !report.counts.is_empty() {
            self.told.clear();
        }
        for (kind, counts) in &report.counts {
            self.totals.entry(*kind).or_default().add(*counts);
        }
        report
    }

    /// Everything so far, by kind of record.
    pub fn totals(&self) -> &BTreeMap<RecordKind, Counts> {
        &self.totals
    }

    /// Adds a record to its batch, unless it was written before or is not what the schema says.
    fn add(
        &mut self,
        record: &Record,
        at: usize,
        now: UnixNanos,
        batches: &mut BTreeMap<Place, Batch>,
        report: &mut Report,
    ) {
        let (kind, date) = (record.kind(), record.date());
        let path = self.path(kind, date);
        if let Err(source) = self.seen.read_back(kind, &path) {
            let error = WriteError::io(Step::Read, &path)(source);
            self.fail(error, kind, &[at], report);
            return;
        }
        let line = record.to_line();
        let strict = Reading {
            strict: true,
            ..Reading::default()
        };
        if let Err(invalid) = Record::from_line(kind, &line, strict) {
            let batch = batches.entry((kind, date, true)).or_default();
            batch.reject(at, now, &invalid.reasons(), line.as_bytes());
            return;
        }
        let batch = batches.entry((kind, date, false)).or_default();
        let key = key(record);
        if key.is_some_and(|key| self.seen.contains(&key) || batch.keys.contains(&key)) {
            report.counts.entry(kind).or_default().duplicate += 1;
            return;
        }
        batch.keys.extend(key);
        batch.items.push(at);
        batch.bytes.extend_from_slice(line.as_bytes());
        batch.bytes.push(b'\n');
        if record.amendment() == 0 {
            batch.counts.written += 1;
        } else {
            batch.counts.amended += 1;
        }
    }

    /// Writes one batch to its file.
    fn put(&mut self, place: Place, batch: Batch, now: UnixNanos, report: &mut Report) {
        let (kind, date, rejected) = place;
        if batch.bytes.is_empty() {
            return;
        }
        let file = self.path(kind, date);
        let path = if rejected {
            side_file::path_of(&file)
        } else {
            file
        };
        let mut counts = batch.counts;
        let keep = |torn: &[u8]| {
            counts.repaired += 1;
            self.keep_torn(&path, torn, now)
        };
        match append(&path, &batch.bytes, self.settings.append, keep) {
            Ok(()) => {
                report.counts.entry(kind).or_default().add(counts);
                for key in batch.keys {
                    self.seen.insert(key);
                }
            }
            Err(error) => self.fail(error, kind, &batch.items, report),
        }
    }

    /// Puts a torn line of another writer into the side file; a torn side file gets no side file of its own.
    fn keep_torn(&self, path: &Path, torn: &[u8], now: UnixNanos) -> Result<(), WriteError> {
        let reasons = ["the line was torn: its writer stopped in the middle of it".to_owned()];
        let line = side_file::line(Timestamp::from_nanos(now), &reasons, torn);
        let is_side_file = path
            .extension()
            .is_some_and(|extension| extension == "rejected");
        let side = if is_side_file {
            path.with_extension("torn")
        } else {
            side_file::path_of(path)
        };
        append(&side, &line, self.settings.append, |_| Ok(()))
    }

    fn fail(&mut self, error: WriteError, kind: RecordKind, items: &[usize], report: &mut Report) {
        let first = self.told.insert(error.cause());
        report.counts.entry(kind).or_default().failed += items.len() as u64;
        report.unwritten.extend_from_slice(items);
        report.failures.push(Failure { error, first });
    }
}

fn reject(
    unfinished: &Incomplete,
    at: usize,
    now: UnixNanos,
    batches: &mut BTreeMap<Place, Batch>,
) {
    let place = (unfinished.kind, unfinished.completed_at.date(), true);
    let batch = batches.entry(place).or_default();
    batch.reject(at, now, &unfinished.reasons, unfinished.partial.as_bytes());
}

impl Batch {
    fn reject(&mut self, at: usize, now: UnixNanos, reasons: &[String], record: &[u8]) {
        self.bytes
            .extend(side_file::line(Timestamp::from_nanos(now), reasons, record));
        self.items.push(at);
        self.counts.rejected += 1;
    }
}

impl Counts {
    /// Adds another count.
    pub fn add(&mut self, other: Self) {
        self.written += other.written;
        self.amended += other.amended;
        self.duplicate += other.duplicate;
        self.rejected += other.rejected;
        self.failed += other.failed;
        self.repaired += other.repaired;
    }
}

#[cfg(test)]
mod tests;
