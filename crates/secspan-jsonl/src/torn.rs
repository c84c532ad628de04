//! The end of a shared file: what a writer that died in the middle of a line left behind.
//!
//! Called under the lock, so no writer that takes the lock is in the middle of anything. A whole line that lacks only
//! its line feed is given one. Anything else is taken out of the file, so that readers that stop at the first bad line
//! do not stop there, and handed to the caller for the side file.

use std::fs::File;
use std::io;

use crate::at::read;
use crate::layout::Layout;
use crate::rows::{ends_with_row, last_row};

/// The longest torn line, in bytes, that is moved; a longer one is only ended with a line feed.
const TORN_BYTES_MAX: u64 = 16 << 20;

/// The longest torn row of a table, in bytes, that is moved: an open quote further back hides whole rows.
const TORN_ROW_BYTES_MAX: u64 = 64 << 10;

/// How much is read at a time while the start of the last line is looked for, in bytes.
const STEP_BYTES: u64 = 64 << 10;

/// How far back blank lines are looked for, in bytes.
const BLANK_BYTES_MAX: u64 = 4 << 10;

/// What the end of a file needs before a line may follow.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Nothing: it is empty, or ends with a line feed.
    Clean,
    /// A line feed.
    Unterminated,
    /// What follows `start` are blank lines, at which strict readers stop.
    Blank {
        /// Where the last line ends.
        start: u64,
    },
    /// The bytes from `start` to the end are no line.
    Torn {
        /// Where the last whole line ends.
        start: u64,
        /// What follows it.
        bytes: Vec<u8>,
    },
    /// A quote far back was never closed: where the last row begins cannot be told.
    Hidden {
        /// Where the row with the open quote begins, in bytes.
        start: u64,
    },
}

/// Looks at the end of `file`, which is `len` bytes long.
pub(crate) fn end_of(layout: Layout, file: &File, len: u64) -> io::Result<End> {
    if len == 0 {
        return Ok(End::Clean);
    }
    match layout {
        Layout::Csv { header } => table_end(file, len, header.split(',').count()),
        Layout::Json => match blank_end(file, len)? {
            Some(end) => Ok(end),
            None => line_end(file, len, is_object),
        },
        Layout::Pipe { fields } => {
            if read(file, len - 1, len)? == b"\n" {
                return Ok(End::Clean);
            }
            let whole = |line: &[u8]| line.split(|byte| *byte == b'|').count() >= fields;
            line_end(file, len, whole)
        }
    }
}

/// What a file that ends in blanks needs; `None` when it ends in something else.
fn blank_end(file: &File, len: u64) -> io::Result<Option<End>> {
    let from = len.saturating_sub(BLANK_BYTES_MAX);
    let tail = read(file, from, len)?;
    let content = tail.trim_ascii_end();
    let blanks = tail.get(content.len()..).unwrap_or_default();
    let Some(feed) = blanks.iter().position(|byte| *byte == b'\n') else {
        return Ok(None);
    };
    let kept = if content.is_empty() && from == 0 {
        // Nothing but blanks.
        0
    } else {
        content.len() + feed + 1
    };
    if kept == tail.len() {
        return Ok(Some(End::Clean));
    }
    let start = from + kept as u64;
    Ok(Some(End::Blank { start }))
}

fn table_end(file: &File, len: u64, columns: usize) -> io::Result<End> {
    if ends_with_row(file, len, columns)? {
        return Ok(End::Clean);
    }
    let row = last_row(file, len)?;
    if row.start == len {
        return Ok(End::Clean);
    }
    if !row.open && row.fields >= columns {
        return Ok(End::Unterminated);
    }
    if len - row.start > TORN_ROW_BYTES_MAX {
        return Ok(End::Hidden { start: row.start });
    }
    let bytes = read(file, row.start, len)?;
    let start = row.start;
    Ok(End::Torn { start, bytes })
}

/// The end of a file whose last byte is no line feed.
fn line_end(file: &File, len: u64, whole: impl Fn(&[u8]) -> bool) -> io::Result<End> {
    let mut from = len;
    let mut bytes = Vec::new();
    while from > 0 && len - from < TORN_BYTES_MAX {
        let start = from.saturating_sub(STEP_BYTES);
        let chunk = read(file, start, from)?;
        let feed = chunk.iter().rposition(|byte| *byte == b'\n');
        let kept = chunk.get(feed.map_or(0, |at| at + 1)..).unwrap_or_default();
        bytes.splice(0..0, kept.iter().copied());
        from = len - bytes.len() as u64;
        if feed.is_some() || from == 0 {
            return Ok(if whole(&bytes) {
                End::Unterminated
            } else {
                End::Torn { start: from, bytes }
            });
        }
    }
    Ok(End::Unterminated)
}

fn is_object(line: &[u8]) -> bool {
    let line = line
        .strip_prefix(crate::layout::BYTE_ORDER_MARK)
        .unwrap_or(line);
    matches!(
        serde_json::from_slice::<serde_json::Value>(line),
        Ok(serde_json::Value::Object(_))
    )
}

#[cfg(test)]
mod tests;
