//! What machines read back is what stood in the document, for every text and every number.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use super::super::{csv, json};
use super::sample::empty;
use crate::document::{Block, Cell, Column, Document, Section, Table, Unit};
use crate::render::value::visible;

const COLUMNS: [Column; 3] = [
    Column::new("words", "Words", Unit::Plain),
    Column::new("anything", "Anything", Unit::Plain),
    Column::new("value", "Value", Unit::Number),
];

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Missing("n < 5")),
        any::<String>().prop_map(Cell::Text),
        "[a,\"\n\r |<&']{0,6}".prop_map(Cell::Text),
        any::<u64>().prop_map(Cell::Count),
        any::<f64>()
            .prop_filter("finite", |value| value.is_finite())
            .prop_map(Cell::Number),
        any::<bool>().prop_map(Cell::Flag),
    ]
}

fn document(rows: Vec<Vec<Cell>>) -> Document {
    let table = Table {
        key: "cells",
        columns: COLUMNS.to_vec(),
        rows,
    };
    Document {
        sections: vec![Section {
            key: "section",
            title: String::new(),
            blocks: vec![Block::Table(table)],
        }],
        ..empty()
    }
}

/// What JSON has for a cell.
fn as_json(cell: &Cell) -> Value {
    match cell {
        Cell::Missing(_) => Value::Null,
        Cell::Text(text) => Value::from(text.as_str()),
        Cell::Count(count) => Value::from(*count),
        Cell::Number(value) => Value::from(*value),
        Cell::Flag(flag) => Value::from(*flag),
    }
}

/// Whether a field of CSV says what a cell says.
fn says(field: &str, cell: &Cell) -> bool {
    match cell {
        Cell::Missing(_) => field.is_empty(),
        // Nothing that a spreadsheet computes; an apostrophe more than the text has is what keeps it from that.
        Cell::Text(text) => {
            let computed = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
            let shown = visible(text);
            (field == shown || field.strip_prefix('\'') == Some(&*shown))
                && (!computed || field.parse::<f64>().is_ok())
        }
        Cell::Count(count) => field.parse() == Ok(*count),
        Cell::Number(value) => field
            .parse::<f64>()
            .is_ok_and(|read| read.to_bits() == value.to_bits()),
        Cell::Flag(flag) => field.parse() == Ok(*flag),
    }
}

/// A reader of RFC 4180, written apart from the writer.
fn parse(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    assert!(
        row.is_empty() && field.is_empty() && !quoted,
        "the last line ends"
    );
    rows
}

proptest! {
    #[test]
    fn json_reads_back(rows in vec(vec(cell(), 3), 0..6)) {
        let read: Value = serde_json::from_str(&json::render(&document(rows.clone()))).expect("JSON");
        let read = read["sections"]["section"]["tables"]["cells"].as_array().expect("a table").clone();
        prop_assert_eq!(read.len(), rows.len());
        for (read, row) in read.iter().zip(&rows) {
            for (column, cell) in COLUMNS.iter().zip(row) {
                prop_assert_eq!(&read[column.key], &as_json(cell));
            }
        }
    }

    #[test]
    fn one_table_as_csv_reads_back(rows in vec(vec(cell(), 3), 0..6)) {
        let read = parse(&csv::table(&document(rows.clone()), "cells").expect("a table"));
        prop_assert_eq!(read.len(), rows.len() + 1);
        prop_assert_eq!(&read[0], &["words", "anything", "value"]);
        for (read, row) in read[1..].iter().zip(&rows) {
            prop_assert!(read.iter().zip(row).all(|(field, cell)| says(field, cell)), "{:?} {:?}", read, row);
        }
    }

    #[test]
    fn long_csv_reads_back(rows in vec(vec(cell(), 3), 0..6)) {
        let read = parse(&csv::render(&document(rows.clone())));
        let mut read = read.into_iter().filter(|line| line[2] == "cells");
        for (number, row) in (1..).zip(&rows) {
            for (column, cell) in COLUMNS.iter().zip(row) {
                let line = read.next().expect("a line for each cell");
                prop_assert_eq!(&line[..2], &["sampling", "section"]);
                prop_assert_eq!(&line[3..6], &[number.to_string(), column.key.to_owned(), column.unit.as_str().to_owned()]);
                prop_assert!(says(&line[6], cell), "{:?} {:?}", line, cell);
            }
        }
        prop_assert!(read.next().is_none());
    }
}
