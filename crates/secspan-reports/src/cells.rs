//! Cells, tables and charts in the words of the reports: one spelling for each kind of value.

use crate::document::{Block, Cell, Chart, Column, Form, Series, Table, Unit};
use crate::render::value;
use crate::statistics::{Distribution, Ratio};

/// Why a value is missing: nothing happened.
pub const NO_DATA: &str = "no data";
/// Why a value is missing: too little happened to say more.
pub const TOO_FEW: &str = "too few";
/// Why a value is missing: the records do not say.
pub const NOT_STATED: &str = "not stated";
/// Why a value is missing: the cell has no meaning in its row.
pub const NOTHING: &str = "";

/// Words.
pub fn text(words: impl Into<String>) -> Cell {
    Cell::Text(words.into())
}

/// The share, or that there is nothing to have a share of.
pub fn share(part: u64, whole: u64) -> Cell {
    Cell::number(Ratio::new(part, whole).share(), NO_DATA)
}

/// The two ends of the 95 % interval of a share.
pub fn interval(ratio: Ratio) -> [Cell; 2] {
    let ends = ratio.wilson();
    [
        Cell::number(ends.map(|(low, _)| low), NO_DATA),
        Cell::number(ends.map(|(_, high)| high), NO_DATA),
    ]
}

/// Mean, median and 90th percentile.
pub fn spread(values: &Distribution) -> [Cell; 3] {
    [
        Cell::number(values.mean(), NO_DATA),
        Cell::number(values.median(), NO_DATA),
        Cell::number(values.p90(), NO_DATA),
    ]
}

/// The columns of [`spread`], for durations of as many things as the column `n` says.
pub const SPREAD_COLUMNS: [Column; 3] = [
    Column::new("mean_seconds", "Mean", Unit::Seconds).of("n"),
    Column::new("median_seconds", "Median", Unit::Seconds).of("n"),
    Column::new("p90_seconds", "90th percentile", Unit::Seconds).of("n"),
];

/// A table.
pub fn table(key: &'static str, columns: &[Column], rows: Vec<Vec<Cell>>) -> Block {
    Block::Table(Table {
        key,
        columns: columns.to_vec(),
        rows,
    })
}

/// A chart whose series are given with their names.
pub fn chart(
    (key, title): (&'static str, &str),
    (form, unit): (Form, Unit),
    categories: Vec<String>,
    series: Vec<(&str, Vec<Option<f64>>)>,
) -> Block {
    let series = series.into_iter().map(|(name, values)| Series {
        name: name.to_owned(),
        values,
    });
    Block::Chart(Chart {
        key,
        title: title.to_owned(),
        form,
        unit,
        categories,
        series: series.collect(),
    })
}

/// `1 case`, `3 cases`, `1,204 cases`.
pub fn many(n: u64, one: &str, more: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{} {more}", value::count(n))
    }
}
