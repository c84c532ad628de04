//! Records in rows of CSV, a part of the file at a time: a row may span lines, so rows are found by reading them.

use std::borrow::Cow;
use std::io::{self, Read};
use std::mem;

use secspan_records::csv::{self, ROW_BYTES_MAX, Rows};
use secspan_records::invalid::Invalid;
use secspan_records::kind::Kind;
use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_records::row::{self, Columns};

use super::blocks::Stream;
use super::lines::short;

/// What other programs put between fields.
const OTHER_DELIMITERS: [char; 2] = [';', '\t'];

/// How much of a line that should be a header is shown, in characters.
const FOUND_CHARS_MAX: usize = 100;

/// How far a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No row was read.
    AtStart {
        /// Whether rows without a header above them are no records: nothing but the file's extension says they may be.
        header_needed: bool,
    },
    /// The file holds rows of ours.
    Inside,
    /// The rows that follow cannot be read.
    GivenUp,
}

impl State {
    /// Whether a row, which is no header, shows that the file holds no rows of ours.
    fn finds_foreign(self, row: &csv::Row<'_>) -> bool {
        let Self::AtStart { header_needed } = self else {
            return false;
        };
        header_needed || row.fields.len() == 1 && row.text.contains(OTHER_DELIMITERS)
    }
}

/// Rows of a source, read in parts.
pub(super) struct Table {
    kind: &'static Kind,
    reading: Reading,
    /// What the last header said; that of our writer until there is one.
    columns: Result<Columns, Invalid>,
    state: State,
    /// Lines that were read.
    lines: u32,
    /// Whether something was not UTF-8 and was replaced.
    damaged: bool,
}

impl Table {
    pub(super) fn new(kind: &'static Kind, reading: Reading, header_needed: bool) -> Self {
        Self {
            kind,
            reading,
            columns: Ok(Columns::written(kind)),
            state: State::AtStart { header_needed },
            lines: 0,
            damaged: false,
        }
    }

    /// Calls `take` with each row, judged, and the number of the line that it starts in, from 0; returns how many lines
    /// there were, and why there are no more where the stream broke.
    pub(super) fn each(
        mut self,
        mut stream: Stream<impl Read>,
        mut take: impl FnMut(u32, Result<Record<'_>, String>),
    ) -> (u32, Option<io::Error>) {
        let mut text = String::new();
        loop {
            let mut error = None;
            let more = match stream.next() {
                Ok(Some(lines)) => {
                    let lines = String::from_utf8_lossy(lines);
                    self.damaged |= matches!(lines, Cow::Owned(_));
                    text.push_str(&lines);
                    true
                }
                Ok(None) => false,
                Err(found) => {
                    error = Some(found);
                    false
                }
            };
            // A row that starts here may go on in the next part.
            let margin = if more { ROW_BYTES_MAX } else { 0 };
            let mut rows = csv::rows(&text);
            self.read(&mut rows, margin, &mut take);
            let read = text.len() - rows.rest().len();
            let lines = text.get(..read).unwrap_or_default().matches('\n').count();
            self.lines = self.lines.saturating_add(number(lines));
            text.drain(..read);
            if !more || self.state == State::GivenUp {
                return (self.lines, error);
            }
        }
    }

    /// Reads rows until no more than `margin` bytes are left.
    fn read(
        &mut self,
        rows: &mut Rows<'_>,
        margin: usize,
        take: &mut impl FnMut(u32, Result<Record<'_>, String>),
    ) {
        while self.state != State::GivenUp
            && rows.rest().len() > margin
            && let Some(row) = rows.next()
        {
            let (line, judged) = match row {
                Err(broken) => (broken.line, Some(Err(broken.to_string()))),
                Ok(row) => (row.line, self.judge(&row)),
            };
            if let Some(judged) = judged {
                take(self.lines.saturating_add(number(line) - 1), judged);
            }
        }
    }

    /// What a row is; `None` for a header, which is neither a record nor malformed.
    fn judge(&mut self, row: &csv::Row<'_>) -> Option<Result<Record<'static>, String>> {
        let state = mem::replace(&mut self.state, State::Inside);
        if !Columns::is_header(self.kind, &row.fields) && state.finds_foreign(row) {
            self.state = State::GivenUp;
            return Some(Err(no_header(self.kind, row)));
        }
        if self.damaged && row.text.contains(char::REPLACEMENT_CHARACTER) {
            return Some(Err("not UTF-8".to_owned()));
        }
        if Columns::is_header(self.kind, &row.fields) {
            self.columns = Columns::of_header(self.kind, &row.fields);
            let problem = self.columns.as_ref().err();
            return problem.map(|invalid| Err(short(&invalid.to_string())));
        }
        let record = match &self.columns {
            Ok(columns) => row::record(&row.fields, columns, self.reading),
            Err(_) => {
                return Some(Err(
                    "the header above it does not name its columns".to_owned()
                ));
            }
        };
        Some(record.map_err(|invalid| short(&invalid.to_string())))
    }
}

/// Why nothing of a file is read.
fn no_header(kind: &Kind, row: &csv::Row<'_>) -> String {
    let line = row.text.lines().next().unwrap_or_default();
    let found: String = line.chars().take(FOUND_CHARS_MAX).collect();
    let more = if found.len() < line.len() { "…" } else { "" };
    let hint = if line.contains(OTHER_DELIMITERS) && !line.contains(',') {
        "; separate the fields by commas"
    } else {
        ""
    };
    let header = kind.header().unwrap_or_default();
    format!("no header {header}; found {found}{more}{hint}; nothing of the file was read")
}

fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
