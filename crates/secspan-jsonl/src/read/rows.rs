//! Decisions in rows of CSV, a part of the file at a time: a row may span lines, so rows are found by reading them.

use std::borrow::Cow;
use std::io::{self, Read};

use secspan_records::csv::{self, ROW_BYTES_MAX, Rows};
use secspan_records::decision::{Columns, DecisionRecord};
use secspan_records::entry::Entry;
use secspan_records::invalid::Invalid;
use secspan_records::record::Reading;

use super::blocks::Stream;
use super::lines::short;

/// Rows of a source, read in parts.
pub(super) struct Table {
    reading: Reading,
    /// What the last header said; that of our writer until there is one.
    columns: Result<Columns, Invalid>,
    /// Lines that were read.
    lines: u32,
    /// Whether something was not UTF-8 and was replaced.
    damaged: bool,
}

impl Table {
    pub(super) fn new(reading: Reading) -> Self {
        Self {
            reading,
            columns: Ok(Columns::WRITTEN),
            lines: 0,
            damaged: false,
        }
    }

    /// Calls `take` with each row, judged, and the number of the line that it starts in, from 0; returns how many lines
    /// there were.
    pub(super) fn each<E>(
        mut self,
        mut stream: Stream<impl Read>,
        failed: impl Fn(io::Error) -> E,
        mut take: impl FnMut(u32, Result<Entry<'_>, String>) -> Result<(), E>,
    ) -> Result<u32, E> {
        let mut text = String::new();
        loop {
            let more = match stream.next().map_err(&failed)? {
                Some(lines) => {
                    let lines = String::from_utf8_lossy(lines);
                    self.damaged |= matches!(lines, Cow::Owned(_));
                    text.push_str(&lines);
                    true
                }
                None => false,
            };
            // A row that starts here may go on in the next part.
            let margin = if more { ROW_BYTES_MAX } else { 0 };
            let mut rows = csv::rows(&text);
            self.read(&mut rows, margin, &mut take)?;
            let read = text.len() - rows.rest().len();
            let lines = text.get(..read).unwrap_or_default().matches('\n').count();
            self.lines = self.lines.saturating_add(number(lines));
            text.drain(..read);
            if !more {
                return Ok(self.lines);
            }
        }
    }

    /// Reads rows until no more than `margin` bytes are left.
    fn read<E>(
        &mut self,
        rows: &mut Rows<'_>,
        margin: usize,
        take: &mut impl FnMut(u32, Result<Entry<'_>, String>) -> Result<(), E>,
    ) -> Result<(), E> {
        while rows.rest().len() > margin
            && let Some(row) = rows.next()
        {
            let (line, judged) = match row {
                Err(broken) => (broken.line, Some(Err(broken.to_string()))),
                Ok(row) => (row.line, self.judge(&row)),
            };
            if let Some(judged) = judged {
                take(self.lines.saturating_add(number(line) - 1), judged)?;
            }
        }
        Ok(())
    }

    /// What a row is; `None` for a header, which is neither a record nor malformed.
    fn judge(&mut self, row: &csv::Row<'_>) -> Option<Result<Entry<'static>, String>> {
        if self.damaged && row.text.contains(char::REPLACEMENT_CHARACTER) {
            return Some(Err("not UTF-8".to_owned()));
        }
        if Columns::is_header(&row.fields) {
            self.columns = Columns::of_header(&row.fields);
            let problem = self.columns.as_ref().err();
            return problem.map(|invalid| Err(short(&invalid.to_string())));
        }
        let record = match &self.columns {
            Ok(columns) => DecisionRecord::from_csv_fields(&row.fields, columns, self.reading),
            Err(_) => {
                return Some(Err(
                    "the header above it does not name its columns".to_owned()
                ));
            }
        };
        let entry = record.map(|record| Entry::Decision(Box::new(record)));
        Some(entry.map_err(|invalid| short(&invalid.to_string())))
    }
}

fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
