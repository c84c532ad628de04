//! Pipe logs: one event per line, five fields with a pipe between each two, as `notification-failures.log` and
//! `sla-alerts.log` have it.
//!
//! Parsers elsewhere split a line at its pipes into five and stop at anything else. So no field that is written holds a
//! pipe or a line break: both are escaped, and so is the backslash that escapes them (see [`escape`]). Reading splits at
//! the first four pipes only, and takes a timestamp without `Z`, which is how legacy writers leave it; these escape
//! nothing, so their backslashes are what they are.

mod entry;
mod escape;

use std::fs::{self, File};
use std::io;
use std::path::Path;

use secspan_records::facts::UnixNanos;
use secspan_records::timestamp::{Timestamp, TimestampError};

use crate::append::{self, Repair, append};
use crate::error::WriteError;
use crate::layout::Layout;
use crate::side_file;

pub use entry::{Channel, NotificationFailure, Severity, SlaAlert};
pub use escape::{escape, unescape};

/// Fields on a line.
pub const FIELDS: usize = 5;

/// Why a line is no entry of its log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// There are too few fields.
    #[error("{found} fields with pipes between them; expected are {FIELDS}")]
    Fields {
        /// How many there are.
        found: usize,
    },
    /// The first field is no time.
    #[error("the first field is no time")]
    Time(#[source] TimestampError),
    /// A field holds a word that it may not.
    #[error("{field}: unknown word {given:?}; allowed are {allowed}")]
    Word {
        /// What the field is.
        field: &'static str,
        /// What stands there, shortened.
        given: String,
        /// What may.
        allowed: &'static str,
    },
    /// The line is no text.
    #[error("not UTF-8")]
    Encoding,
}

/// What a log is made of.
pub trait Entry: Sized {
    /// The name of its file, below the directory for metrics.
    const FILE: &'static str;

    /// The fields as they stand on the line, not yet escaped.
    fn fields(&self) -> [String; FIELDS];

    /// Reads the fields of a line.
    ///
    /// # Errors
    /// When a field holds what it may not.
    fn from_fields(fields: [String; FIELDS]) -> Result<Self, EntryError>;

    /// The entry as one line, without the line feed.
    fn to_line(&self) -> String {
        self.fields().map(|field| escape(&field)).join("|")
    }

    /// Reads a line, without its line feed.
    ///
    /// # Errors
    /// When it is no entry of this log.
    fn from_line(line: &str) -> Result<Self, EntryError> {
        let raw: Vec<&str> = line.splitn(FIELDS, '|').collect();
        let raw: [&str; FIELDS] = raw
            .try_into()
            .map_err(|raw: Vec<&str>| EntryError::Fields { found: raw.len() })?;
        // Ours are the lines with a `Z`; others do not escape, and C:\new is a folder.
        let ours = raw.first().is_some_and(|at| at.ends_with('Z'));
        let field = |text: &str| {
            if ours {
                unescape(text)
            } else {
                text.to_owned()
            }
        };
        Self::from_fields(raw.map(field))
    }
}

/// Appends entries to the log at `path`: under the lock, in one write. A torn line of another writer is moved to the
/// `.rejected` file beside it.
///
/// # Errors
/// When the file cannot be opened, locked, repaired or written; it then ends where it ended before.
pub fn write<E: Entry>(
    path: &Path,
    entries: &[E],
    now: UnixNanos,
    settings: append::Settings,
) -> Result<(), WriteError> {
    if entries.is_empty() {
        return Ok(());
    }
    let lines: String = entries.iter().map(|entry| entry.to_line() + "\n").collect();
    let layout = Layout::Pipe { fields: FIELDS };
    append(path, layout, lines.as_bytes(), settings, |repair| {
        if let Repair::Torn(torn) = repair {
            let reasons = [side_file::TORN.to_owned()];
            let line = side_file::line(Timestamp::from_nanos(now), &reasons, torn);
            let side = side_file::path_of(path);
            append(&side, Layout::Json, &line, settings, |_| Ok(()))?;
        }
        Ok(())
    })
}

/// A line of a log that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<E> {
    /// Its number, from 1.
    pub number: usize,
    /// What it says, or why it says nothing.
    pub entry: Result<E, EntryError>,
}

/// Reads a log. Blank lines are passed over; a line that is no entry is among the answers and does not end the reading.
///
/// # Errors
/// When the file cannot be read.
pub fn read<E: Entry>(path: &Path) -> io::Result<Vec<Line<E>>> {
    // The lock keeps a batch that is being written from being seen half.
    let file = File::open(path)?;
    file.lock_shared()?;
    let bytes = fs::read(path)?;
    drop(file);
    let lines = bytes.split(|byte| *byte == b'\n');
    Ok((1..)
        .zip(lines)
        .map(|(number, line)| (number, line.strip_suffix(b"\r").unwrap_or(line)))
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| {
            let entry = str::from_utf8(line)
                .map_err(|_| EntryError::Encoding)
                .and_then(E::from_line);
            Line { number, entry }
        })
        .collect())
}

#[cfg(test)]
mod tests;
