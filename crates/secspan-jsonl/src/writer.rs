//! What a batch of records becomes: lines in the files of their kinds, rejected ones in side files, none of them twice.
//!
//! Nothing here panics and nothing is lost silently: a batch whose file cannot be written is named in the report, so that
//! the caller can keep it and try again. A file that turns out to be somebody else's is left alone, and what was meant for
//! it goes to its side file.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use secspan_records::assemble::Incomplete;
use secspan_records::facts::UnixNanos;
use secspan_records::join::Joined;
use secspan_records::key::Key;
use secspan_records::kind::{Format, Kind, Period, Type};
use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_records::timestamp::{Date, Timestamp};

use crate::append::{self, Repair, append};
use crate::error::{Step, WriteError};
use crate::layout::Layout;
use crate::seen::Seen;
use crate::side_file;
use crate::told::Told;

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
    /// What other writers left behind, was put right and noted in the side file: torn lines, byte order marks.
    pub repaired: u64,
    /// Blank lines at the end of a file that were taken out; there is nothing of them to note.
    pub blank: u64,
    /// Items of kinds that are switched off.
    pub left_out: u64,
}

/// What a call of [`Writer::write`] did.
#[derive(Debug, Default)]
pub struct Report {
    /// Counts by kind of record.
    pub counts: BTreeMap<&'static Kind, Counts>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where files go; records are in `metrics` below it.
    pub directory: PathBuf,
    /// How batches are appended.
    pub append: append::Settings,
    /// The kinds that are written; others are left out.
    pub records: BTreeSet<&'static Kind>,
    /// Whether rows of CSV may hold what a spreadsheet computes; else such records are rejected.
    pub formulas: bool,
}

impl Settings {
    /// These kinds, with files in `directory`.
    pub fn in_directory(
        directory: impl Into<PathBuf>,
        kinds: impl IntoIterator<Item = &'static Kind>,
    ) -> Self {
        Self {
            directory: directory.into(),
            append: append::Settings::default(),
            records: kinds.into_iter().collect(),
            formulas: false,
        }
    }
}

/// Writes records to files.
#[derive(Debug)]
pub struct Writer {
    settings: Settings,
    seen: Seen,
    totals: BTreeMap<&'static Kind, Counts>,
    /// Troubles that people know of.
    told: Told,
}

/// The lines of a batch for one file.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    items: Vec<usize>,
    keys: HashSet<Key>,
    counts: Counts,
}

/// Where an item goes: records come before rejected ones, so that a file exists before its side file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    kind: &'static Kind,
    /// The day whose file it is; any day where one file holds them all.
    date: Date,
    /// Whether it goes to the side file.
    rejected: bool,
}

impl Place {
    fn new(kind: &'static Kind, date: Date, rejected: bool) -> Self {
        let date = match kind.file.period {
            Period::Day => date,
            Period::Ever => Timestamp::default().date(),
        };
        Self {
            kind,
            date,
            rejected,
        }
    }
}

impl Writer {
    /// A writer; nothing is opened or made before the first record.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            seen: Seen::default(),
            totals: BTreeMap::new(),
            told: Told::default(),
        }
    }

    /// The file for records of a kind that completed on a date.
    pub fn path(&self, kind: &'static Kind, date: Date) -> PathBuf {
        let directory = self.settings.directory.join(METRICS_DIRECTORY);
        directory.join(kind.file_name(date))
    }

    /// Writes the records among `items`, and the rejected ones to their side files. Workflows that are neither are left
    /// alone: they have no line.
    pub fn write(&mut self, items: &[Joined], now: UnixNanos) -> Report {
        let mut report = Report::default();
        let mut batches: BTreeMap<Place, Batch> = BTreeMap::new();
        for (at, item) in items.iter().enumerate() {
            match item {
                Joined::Record(record) if self.has(record.kind(), &mut report) => {
                    self.add(record, at, now, &mut batches, &mut report);
                }
                Joined::Rejected(unfinished) if self.has(unfinished.kind, &mut report) => {
                    Self::reject(unfinished, at, now, &mut batches);
                }
                _ => {}
            }
        }
        for (place, batch) in batches {
            self.put(place, batch, now, &mut report);
        }
        report.unwritten.sort_unstable();
        for (kind, counts) in &report.counts {
            self.totals.entry(kind).or_default().add(*counts);
        }
        report
    }

    /// Everything so far, by kind of record.
    pub fn totals(&self) -> &BTreeMap<&'static Kind, Counts> {
        &self.totals
    }

    /// Whether a kind is written; one that is not is counted.
    fn has(&self, kind: &'static Kind, report: &mut Report) -> bool {
        let has = self.settings.records.contains(&kind);
        if !has {
            report.counts.entry(kind).or_default().left_out += 1;
        }
        has
    }

    /// Adds a record to its batch, unless it was written before or is not what the schema says.
    fn add(
        &mut self,
        record: &Record<'_>,
        at: usize,
        now: UnixNanos,
        batches: &mut BTreeMap<Place, Batch>,
        report: &mut Report,
    ) {
        let kind = record.kind();
        let mut place = Place::new(kind, record.date(), false);
        if !batches.contains_key(&place)
            && let Err(error) = self.read_back(place)
        {
            self.fail(error, kind, &[at], report);
            return;
        }
        let line = record.to_line();
        let strict = Reading {
            strict: true,
            ..Reading::default()
        };
        if let Err(invalid) = Record::from_line(kind, &line, strict) {
            place.rejected = true;
            let batch = batches.entry(place).or_default();
            batch.reject(at, now, &invalid.reasons(), line.as_bytes());
            return;
        }
        if let Some(reason) = formula(record).filter(|_| !self.settings.formulas) {
            place.rejected = true;
            let batch = batches.entry(place).or_default();
            batch.reject(at, now, &[reason], line.as_bytes());
            return;
        }
        let batch = batches.entry(place).or_default();
        if let Some(key) = record.key()
            && (self.seen.contains(&key) || !batch.keys.insert(key))
        {
            report.counts.entry(kind).or_default().duplicate += 1;
            return;
        }
        batch.items.push(at);
        batch.bytes.extend_from_slice(line.as_bytes());
        batch.bytes.push(b'\n');
        if record.amendment() == 0 {
            batch.counts.written += 1;
        } else {
            batch.counts.amended += 1;
        }
    }

    /// Learns which records the file of a place holds, before the first one is added to it.
    fn read_back(&mut self, place: Place) -> Result<(), WriteError> {
        let path = self.path(place.kind, place.date);
        self.seen
            .read_back(place.kind, &path)
            .map_err(WriteError::io(Step::Read, &path))
    }

    fn reject(
        unfinished: &Incomplete,
        at: usize,
        now: UnixNanos,
        batches: &mut BTreeMap<Place, Batch>,
    ) {
        let place = Place::new(unfinished.kind, unfinished.completed_at.date(), true);
        let batch = batches.entry(place).or_default();
        batch.reject(at, now, &unfinished.reasons, unfinished.partial.as_bytes());
    }

    /// Writes one batch to its file.
    fn put(&mut self, place: Place, batch: Batch, now: UnixNanos, report: &mut Report) {
        if batch.bytes.is_empty() {
            return;
        }
        let file = self.path(place.kind, place.date);
        let (path, layout) = if place.rejected {
            (side_file::path_of(&file), Layout::Json)
        } else {
            (file, layout_of(place.kind))
        };
        let mut counts = batch.counts;
        let repair = |repair: Repair<'_>| {
            match repair {
                Repair::Torn(_) | Repair::Mark => counts.repaired += 1,
                Repair::Blank => counts.blank += 1,
            }
            self.keep(&path, repair, now)
        };
        match append(&path, layout, &batch.bytes, self.settings.append, repair) {
            Ok(()) => {
                self.told.is_well(&path);
                report.counts.entry(place.kind).or_default().add(counts);
                for key in batch.keys {
                    self.seen.insert(key);
                }
            }
            Err(error) if error.is_content() && !place.rejected => {
                let aside = batch.aside(now, &error);
                let side = Place {
                    rejected: true,
                    ..place
                };
                let first = self.told.is_first(&error);
                report.failures.push(Failure { error, first });
                self.put(side, aside, now, report);
            }
            Err(error) => self.fail(error, place.kind, &batch.items, report),
        }
    }

    /// Puts into the side file what another writer left behind; a side file gets no side file of its own.
    fn keep(&self, path: &Path, repair: Repair<'_>, now: UnixNanos) -> Result<(), WriteError> {
        let (reason, what) = match repair {
            Repair::Torn(bytes) => (side_file::TORN, bytes),
            Repair::Mark => (side_file::MARK, &b""[..]),
            Repair::Blank => return Ok(()),
        };
        let line = side_file::line(Timestamp::from_nanos(now), &[reason.to_owned()], what);
        let is_side_file = path
            .extension()
            .is_some_and(|extension| extension == "rejected");
        let side = if is_side_file {
            path.with_extension("torn")
        } else {
            side_file::path_of(path)
        };
        append(&side, Layout::Json, &line, self.settings.append, |_| Ok(()))
    }

    fn fail(
        &mut self,
        error: WriteError,
        kind: &'static Kind,
        items: &[usize],
        report: &mut Report,
    ) {
        let first = self.told.is_first(&error);
        report.counts.entry(kind).or_default().failed += items.len() as u64;
        report.unwritten.extend_from_slice(items);
        report.failures.push(Failure { error, first });
    }
}

/// What a spreadsheet would compute in the row of a record. People open these files, and a sender chooses what is in them;
/// scripts read every byte, so that nothing may be put before it.
fn formula(record: &Record<'_>) -> Option<String> {
    let kind = record.kind();
    if !matches!(kind.file.format, Format::Csv { .. }) {
        return None;
    }
    let fields = kind.fields.iter().enumerate();
    let mut names = fields.filter(|(_, field)| matches!(field.of, Type::Name));
    names.find_map(|(at, field)| {
        let text = record.text(at)?;
        let computed = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        computed.then(|| {
            format!(
                "{}: {text:?} is a formula to a spreadsheet; allowed: what does not begin with = + - @",
                field.key
            )
        })
    })
}

/// What the file of a kind is made of.
fn layout_of(kind: &'static Kind) -> Layout {
    match kind.file.format {
        Format::JsonLines => Layout::Json,
        Format::Csv { header } => Layout::Csv { header },
    }
}

impl Batch {
    fn reject(&mut self, at: usize, now: UnixNanos, reasons: &[String], record: &[u8]) {
        self.bytes
            .extend(side_file::line(Timestamp::from_nanos(now), reasons, record));
        self.items.push(at);
        self.counts.rejected += 1;
    }

    /// The same records as lines of the side file, because their file cannot take them.
    fn aside(self, now: UnixNanos, error: &WriteError) -> Self {
        let reasons = [error.to_string()];
        let lines = self.bytes.split(|byte| *byte == b'\n');
        let bytes = lines
            .filter(|line| !line.is_empty())
            .flat_map(|line| side_file::line(Timestamp::from_nanos(now), &reasons, line))
            .collect();
        let counts = Counts {
            rejected: self.items.len() as u64,
            ..Counts::default()
        };
        Self {
            bytes,
            counts,
            ..self
        }
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
        self.blank += other.blank;
        self.left_out += other.left_out;
    }
}

#[cfg(test)]
mod tests;
