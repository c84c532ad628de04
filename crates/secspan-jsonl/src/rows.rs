//! Where the rows of a table in RFC 4180 begin, which only the quotes before them tell.

use std::fs::File;
use std::io;

use crate::at::read;

/// How much is read at a time, in bytes.
const STEP_BYTES: u64 = 256 << 10;

/// How far back the last line is looked for before the whole table is read, in bytes.
const TAIL_BYTES: u64 = 8 << 10;

/// Where reading stands within a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first byte of a field.
    FieldStart,
    /// In a field without quotes; a quote there is a letter like any other, as Python's reader has it.
    Plain,
    /// Between quotes.
    Quoted,
    /// After a quote that ended the field, or was the first of a doubled one.
    QuoteSeen,
}

/// The last row of a table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LastRow {
    /// Where it begins: at the end of the file when every row has its line feed.
    pub(crate) start: u64,
    /// How many fields it has so far.
    pub(crate) fields: usize,
    /// Whether the file ends between quotes.
    pub(crate) open: bool,
}

/// Finds the last row of `file`, which is `len` bytes long, by reading all of it.
pub(crate) fn last_row(file: &File, len: u64) -> io::Result<LastRow> {
    let mut scan = Scan::new();
    let mut from = 0;
    while from < len {
        let to = len.min(from + STEP_BYTES);
        scan.take(&read(file, from, to)?);
        from = to;
    }
    Ok(scan.last_row())
}

/// Whether `file`, which is `len` bytes long, ends with a line that is a whole row of this many fields. Reads the end
/// alone; a row that a line break within quotes cuts in two is not seen as one.
pub(crate) fn ends_with_row(file: &File, len: u64, fields: usize) -> io::Result<bool> {
    let tail = read(file, len.saturating_sub(TAIL_BYTES), len)?;
    let Some(lines) = tail.strip_suffix(b"\n") else {
        return Ok(false);
    };
    let feed = lines.iter().rposition(|byte| *byte == b'\n');
    if feed.is_none() && tail.len() as u64 != len {
        return Ok(false);
    }
    let mut scan = Scan::new();
    scan.take(lines.get(feed.map_or(0, |at| at + 1)..).unwrap_or_default());
    let row = scan.last_row();
    Ok(row.fields == fields && !row.open)
}

/// Reading row by row.
struct Scan {
    place: Place,
    at: u64,
    start: u64,
    fields: usize,
}

impl Scan {
    fn new() -> Self {
        Self {
            place: Place::FieldStart,
            at: 0,
            start: 0,
            fields: 1,
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.at += 1;
            self.place = match (self.place, byte) {
                (Place::Quoted, b'"') => Place::QuoteSeen,
                (Place::FieldStart | Place::QuoteSeen, b'"') | (Place::Quoted, _) => Place::Quoted,
                (_, b',') => {
                    self.fields += 1;
                    Place::FieldStart
                }
                (_, b'\n') => {
                    (self.start, self.fields) = (self.at, 1);
                    Place::FieldStart
                }
                _ => Place::Plain,
            };
        }
    }

    fn last_row(&self) -> LastRow {
        LastRow {
            start: self.start,
            fields: self.fields,
            open: self.place == Place::Quoted,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn of(content: &str) -> (u64, usize, bool) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        let row = last_row(&file, content.len() as u64).unwrap();
        (row.start, row.fields, row.open)
    }

    #[test]
    fn only_quotes_tell_where_a_row_begins() {
        for (content, expected) in [
            ("", (0, 1, false)),
            ("a,b\n", (4, 1, false)),
            ("a,b\n1,2", (4, 2, false)),
            ("a,b\r\n1,2", (5, 2, false)),
            ("a,b\n\"1,\n2\",3", (4, 2, false)),
            ("a,b\n\"1,\n2", (4, 1, true)),
            ("a,b\n\"1\"\"\n", (4, 1, true)),
            ("a,b\n\"1\"\"\n\",2\n", (13, 1, false)),
            ("a,b\n1 \"x,2\n", (11, 1, false)),
            ("a,b\n1,\"", (4, 2, true)),
        ] {
            assert_eq!(of(content), expected, "{content:?}");
        }
    }

    #[test]
    fn rows_may_be_longer_than_a_step() {
        let long = format!("a,b\n\"{}\n\",2", "x".repeat(300_000));
        assert_eq!(of(&long), (4, 2, false));
    }

    #[test]
    fn most_tables_show_at_their_last_line_that_they_are_whole() {
        for (content, expected) in [
            ("a,b\n", true),
            ("a,b\r\n1,2\r\n", true),
            ("a,b\n1,\"2\"\n", true),
            ("a,b\n1,2", false),
            ("a,b\n1\n", false),
            ("a,b\n1,\"2\n", false),
            ("a,b\n1,\"2\n3\"\n", false),
        ] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(content.as_bytes()).unwrap();
            let whole = ends_with_row(&file, content.len() as u64, 2).unwrap();
            assert_eq!(whole, expected, "{content:?}");
        }
    }
}
