//! A document for spreadsheets and scripts: the whole report in long form, or one of its tables as it stands.
//!
//! Long form has one line for each value: `report,section,table,row,column,unit,value`. Rows count from 1. Besides the
//! tables of the report there are these, so that nothing stays behind: table `report` (title, period, and why there is no
//! data), section `headline` with the answer in its table `notes` and the figures in its table `headline`, table `notes` in
//! each section that has any, and the section `source` with tables `source`, `files` and `malformed`. Charts show numbers
//! that stand in a table.
//!
//! Values are not rounded, shares are from 0 to 1, flags are `true` and `false`, a missing value is empty. Fields are quoted
//! as in RFC 4180; lines end with a line feed alone, as tools of Unix expect.
//!
//! Spreadsheets compute what looks like a formula, and names in records are not ours: a text that begins with `=`, `+`,
//! `-`, `@`, a tab or a carriage return gets an apostrophe before it, as OWASP advises on CSV injection; a text that is a
//! number does not. Control characters and marks that turn the direction of text are shown as in the text form. Whoever
//! needs texts as they stand in the records reads the JSON form.

use std::borrow::Cow;
use std::fmt;

use crate::document::{Cell, Column, Document, Note, Section, Source, Table, Unit};
use crate::headline::Headline;
use crate::render::value::visible;

/// The columns of the long form.
const LONG_FORM: [&str; 7] = [
    "report", "section", "table", "row", "column", "unit", "value",
];

/// Columns of the table `report`.
const REPORT: [Column; 4] = [
    Column::new("title", "Title", Unit::Plain),
    Column::new("from", "From", Unit::Plain),
    Column::new("to", "To", Unit::Plain),
    Column::new("no_data", "No data", Unit::Plain),
];

/// Columns of the table `notes` of a section.
const NOTES: [Column; 2] = [
    Column::new("level", "Level", Unit::Plain),
    Column::new("text", "Text", Unit::Plain),
];

/// Columns of the table `source`.
const SOURCE: [Column; 6] = [
    Column::new("records", "Records", Unit::Count),
    Column::new("other_records", "Of other kinds", Unit::Count),
    Column::new("outside_period", "Outside of the dates", Unit::Count),
    Column::new("superseded", "Replaced or repeated", Unit::Count),
    Column::new("malformed", "Malformed", Unit::Count),
    Column::new("as_of", "Ages counted to", Unit::Plain),
];

/// Columns of the table `files`.
const FILES: [Column; 1] = [Column::new("file", "File", Unit::Plain)];

/// Columns of the table `malformed`.
const MALFORMED: [Column; 3] = [
    Column::new("file", "File", Unit::Plain),
    Column::new("line", "Line", Unit::Count),
    Column::new("reason", "Reason", Unit::Plain),
];

/// A report has no table of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownTable {
    /// What was asked for.
    pub given: String,
    /// The tables that there are.
    pub allowed: Vec<&'static str>,
}

impl fmt::Display for UnknownTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no table of this report; there are {}",
            self.given,
            self.allowed.join(", ")
        )
    }
}

impl std::error::Error for UnknownTable {}

/// The whole document in long form.
pub fn render(document: &Document) -> String {
    let mut rows = Rows::new(LONG_FORM);
    long(&mut rows, document.key, "report", &report(document));
    if let Some(headline) = &document.headline {
        let answer = notes([&headline.answer]);
        for table in [answer, headline.table()] {
            long(&mut rows, document.key, "headline", &table);
        }
    }
    for section in &document.sections {
        let notes = notes(section.notes());
        for table in section
            .tables()
            .chain((!notes.rows.is_empty()).then_some(&notes))
        {
            long(&mut rows, document.key, section.key, table);
        }
    }
    for table in sources(&document.source) {
        long(&mut rows, document.key, "source", &table);
    }
    rows.finish()
}

/// One table: its column keys, then its rows. Besides the tables of the sections, `headline`, `source`, `files` and `malformed`
/// are tables.
///
/// # Errors
/// When there is no such table.
pub fn table(document: &Document, key: &str) -> Result<String, UnknownTable> {
    let headline = document.headline.as_ref().map(Headline::table);
    let sources = sources(&document.source);
    let all = || {
        let sections = document.sections.iter().flat_map(Section::tables);
        headline.iter().chain(sections).chain(&sources)
    };
    let Some(table) = all().find(|table| table.key == key) else {
        return Err(UnknownTable {
            given: key.to_owned(),
            allowed: all().map(|table| table.key).collect(),
        });
    };
    let mut rows = Rows::new(table.columns.iter().map(|column| column.key));
    for row in &table.rows {
        rows.add(row.iter().map(value));
    }
    Ok(rows.finish())
}

/// Rows written to memory.
struct Rows(csv::Writer<Vec<u8>>);

impl Rows {
    fn new<'a>(header: impl IntoIterator<Item = &'a str>) -> Self {
        let mut writer = csv::WriterBuilder::new();
        let mut rows = Self(writer.flexible(true).from_writer(Vec::new()));
        rows.add(header.into_iter().map(Cow::Borrowed));
        rows
    }

    fn add<'a>(&mut self, fields: impl IntoIterator<Item = Cow<'a, str>>) {
        // Memory takes what it is given, and rows of any length are allowed: nothing here can fail.
        for field in fields {
            drop(self.0.write_field(field.as_bytes()));
        }
        drop(self.0.write_record(None::<&[u8]>));
    }

    fn finish(self) -> String {
        let bytes = self.0.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

fn long(rows: &mut Rows, report: &str, section: &str, table: &Table) {
    for (number, row) in (1_u64..).zip(&table.rows) {
        for (cell, column) in row.iter().zip(&table.columns) {
            let fields = [
                Cow::Borrowed(report),
                Cow::Borrowed(section),
                Cow::Borrowed(table.key),
                Cow::Owned(number.to_string()),
                Cow::Borrowed(column.key),
                Cow::Borrowed(column.unit.as_str()),
                value(cell),
            ];
            rows.add(fields);
        }
    }
}

fn value(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Missing(_) => Cow::Borrowed(""),
        Cell::Text(text) => harmless(text),
        Cell::Count(count) => Cow::Owned(count.to_string()),
        // The shortest digits that read back as the same number, as in JSON.
        Cell::Number(value) => Cow::Owned(serde_json::Value::from(*value).to_string()),
        Cell::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
    }
}

/// A text that no spreadsheet takes for a formula, with everything in it to be seen.
fn harmless(text: &str) -> Cow<'_, str> {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(text);
    if formula {
        Cow::Owned(format!("'{}", visible(text)))
    } else {
        visible(text)
    }
}

/// Digits with a sign, a decimal point, an exponent; the words that Rust reads as numbers are none.
fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

fn report(document: &Document) -> Table {
    let date = |date: Option<String>| date.map_or(Cell::Missing(""), Cell::Text);
    Table {
        key: "report",
        columns: REPORT.to_vec(),
        rows: vec![vec![
            Cell::Text(document.title.clone()),
            date(document.period.map(|period| period.from.to_string())),
            date(document.period.map(|period| period.to.to_string())),
            date(document.no_data()),
        ]],
    }
}

fn notes<'a>(notes: impl IntoIterator<Item = &'a Note>) -> Table {
    let row = |note: &Note| {
        vec![
            Cell::Text(note.level.as_str().to_owned()),
            Cell::Text(note.text.clone()),
        ]
    };
    Table {
        key: "notes",
        columns: NOTES.to_vec(),
        rows: notes.into_iter().map(row).collect(),
    }
}

/// What the report was computed from.
fn sources(source: &Source) -> [Table; 3] {
    let counts = vec![
        Cell::Count(source.records),
        Cell::Count(source.other_records),
        Cell::Count(source.outside_period),
        Cell::Count(source.superseded),
        Cell::Count(source.malformed),
        source
            .as_of
            .map_or(Cell::Missing(""), |at| Cell::Text(at.to_string())),
    ];
    let files = source
        .files
        .iter()
        .map(|file| vec![Cell::Text(file.clone())]);
    let malformed = source.malformed_examples.iter().map(|example| {
        vec![
            Cell::Text(example.file.clone()),
            Cell::Count(example.line),
            Cell::Text(example.reason.clone()),
        ]
    });
    [
        ("source", SOURCE.to_vec(), vec![counts]),
        ("files", FILES.to_vec(), files.collect()),
        ("malformed", MALFORMED.to_vec(), malformed.collect()),
    ]
    .map(|(key, columns, rows)| Table { key, columns, rows })
}
