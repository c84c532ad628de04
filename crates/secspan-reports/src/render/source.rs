//! What a report was computed from, as a section like any other: renderers for people show it last.

use super::value::count;
use crate::document::{Block, Cell, Column, Note, Section, Source, Table, Unit};

/// How many files are named one by one; of more, the first and the last are.
const FILES_NAMED: usize = 5;

/// Lines by what became of them.
const LINES: [Column; 2] = [
    Column::new("what", "Lines", Unit::Plain),
    Column::new("lines", "Number", Unit::Count),
];

/// The first malformed lines.
const MALFORMED: [Column; 3] = [
    Column::new("file", "Malformed line in", Unit::Plain),
    Column::new("line", "Line", Unit::Count),
    Column::new("reason", "Reason", Unit::Plain),
];

/// The section.
pub(super) fn section(source: &Source) -> Section {
    let mut blocks = vec![Block::Table(lines(source)), files(source).into()];
    if let Some(as_of) = source.as_of {
        blocks.push(Note::info(format!("Ages are counted to {as_of}.")).into());
    }
    if source.malformed > 0 {
        let shown = source.malformed_examples.len();
        let listed = match u64::try_from(shown).unwrap_or(u64::MAX) {
            0 => String::new(),
            all if all >= source.malformed => " They are:".to_owned(),
            some => format!(" The first {}:", count(some)),
        };
        let lines = if source.malformed == 1 {
            "1 line is no record and was left out.".to_owned()
        } else {
            format!(
                "{} lines are no records and were left out.",
                count(source.malformed)
            )
        };
        blocks.push(Note::warning(format!("{lines}{listed}")).into());
        if shown > 0 {
            blocks.push(Block::Table(malformed(source)));
        }
    }
    Section {
        key: "source",
        title: "Source".to_owned(),
        blocks,
    }
}

fn lines(source: &Source) -> Table {
    let mut rows = Vec::new();
    for (what, number, always) in [
        ("records read", source.records, true),
        (
            "of other kinds than this report uses",
            source.other_records,
            false,
        ),
        (
            "outside of the dates asked for",
            source.outside_period,
            false,
        ),
        (
            "replaced by a correction, or repeated",
            source.superseded,
            false,
        ),
        ("malformed", source.malformed, true),
    ] {
        if always || number > 0 {
            rows.push(vec![Cell::Text(what.to_owned()), Cell::Count(number)]);
        }
    }
    Table {
        key: "lines",
        columns: LINES.to_vec(),
        rows,
    }
}

fn files(source: &Source) -> Note {
    let files = &source.files;
    Note::info(match (files.first(), files.last()) {
        (Some(first), Some(last)) if files.len() > FILES_NAMED => format!(
            "Read from {} files, {first} to {last}.",
            count(u64::try_from(files.len()).unwrap_or(u64::MAX))
        ),
        (Some(_), Some(_)) => format!("Read from {}.", files.join(", ")),
        _ => "No file was read.".to_owned(),
    })
}

fn malformed(source: &Source) -> Table {
    let row = |example: &crate::document::Malformed| {
        vec![
            Cell::Text(example.file.clone()),
            Cell::Count(example.line),
            Cell::Text(example.reason.clone()),
        ]
    };
    Table {
        key: "malformed",
        columns: MALFORMED.to_vec(),
        rows: source.malformed_examples.iter().map(row).collect(),
    }
}
