//! The headline as blocks like any other, for text and Markdown: the answer, its figures one below the other, its chart.

use super::value;
use crate::document::{Block, Cell, Column, Document, Table, Unit};
use crate::headline::{Figure, Headline, Status};

/// The columns; one in which no figure has anything is left out.
const COLUMNS: [Column; 5] = [
    Column::new("figure", "Figure", Unit::Plain),
    Column::new("value", "Value", Unit::Number),
    Column::new("n", "n", Unit::Count),
    Column::new("goal", "Target", Unit::Plain),
    Column::new("status", "Status", Unit::Plain),
];

/// The blocks; none without facts.
pub(super) fn blocks(document: &Document) -> Vec<Block> {
    let Some(headline) = &document.headline else {
        return Vec::new();
    };
    let mut blocks = vec![headline.answer.clone().into()];
    if !headline.figures.is_empty() {
        blocks.push(figures(headline).into());
    }
    blocks.extend(document.headline_chart().cloned().map(Block::Chart));
    blocks
}

fn figures(headline: &Headline) -> Table {
    let mut columns = COLUMNS.to_vec();
    let mut rows: Vec<Vec<Cell>> = headline.figures.iter().map(row).collect();
    for place in (0..columns.len()).rev() {
        let is_empty = |row: &Vec<Cell>| matches!(row.get(place), Some(Cell::Missing("")));
        if rows.iter().all(is_empty) {
            columns.remove(place);
            for row in &mut rows {
                row.remove(place);
            }
        }
    }
    Table {
        key: "headline",
        columns,
        rows,
    }
}

/// Values have a unit each, so they are words here.
fn row(figure: &Figure) -> Vec<Cell> {
    let words =
        |words: Option<&str>| words.map_or(Cell::Missing(""), |words| Cell::Text(words.to_owned()));
    vec![
        words(Some(figure.title)),
        words(Some(&value::cell(&figure.value, figure.unit))),
        figure.n.map_or(Cell::Missing(""), Cell::Count),
        words(figure.goal.as_deref()),
        words(figure.status.map(Status::words)),
    ]
}
