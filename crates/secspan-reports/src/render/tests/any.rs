//! Whatever a document holds, every renderer gives whole output: ragged rows, extreme numbers, empty charts.

use proptest::collection::vec;
use proptest::prelude::*;

use super::sample::empty;
use crate::document::{
    Block, Cell, Chart, Column, Document, Form, Note, Section, Series, Table, Unit,
};
use crate::render::text::{Characters, Style};
use crate::render::{csv, html, json, markdown, text};

const UNITS: [Unit; 8] = [
    Unit::Plain,
    Unit::Count,
    Unit::Seconds,
    Unit::Hours,
    Unit::Share,
    Unit::ShareDifference,
    Unit::Score,
    Unit::Number,
];

const COLUMNS: [Column; 3] = [
    Column::new("words", "Words of any kind", Unit::Plain),
    Column::new("seconds", "Seconds", Unit::Seconds).of("n"),
    Column::new("n", "n", Unit::Count),
];

fn finite() -> impl Strategy<Value = f64> {
    let extreme = [
        0.0,
        -0.0,
        1.0,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        f64::EPSILON,
    ];
    prop_oneof![
        any::<f64>().prop_filter("finite", |value| value.is_finite()),
        proptest::sample::select(extreme.to_vec()),
        0.0..1000.0,
    ]
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Missing("too few")),
        any::<String>().prop_map(Cell::Text),
        any::<u64>().prop_map(Cell::Count),
        finite().prop_map(Cell::Number),
        any::<bool>().prop_map(Cell::Flag),
    ]
}

fn chart() -> impl Strategy<Value = Block> {
    let form = prop_oneof![Just(Form::Bars), Just(Form::StackedBars), Just(Form::Lines)];
    let series = (any::<String>(), vec(proptest::option::of(finite()), 0..6));
    let series = vec(
        series.prop_map(|(name, values)| Series { name, values }),
        0..9,
    );
    let parts = (
        any::<String>(),
        form,
        proptest::sample::select(UNITS.to_vec()),
        vec(any::<String>(), 0..6),
        series,
    );
    parts.prop_map(|(title, form, unit, categories, series)| {
        Block::Chart(Chart {
            key: "chart",
            title,
            form,
            unit,
            categories,
            series,
        })
    })
}

fn block() -> impl Strategy<Value = Block> {
    let table = vec(vec(cell(), 0..5), 0..4).prop_map(|rows| {
        Block::Table(Table {
            key: "table",
            columns: COLUMNS.to_vec(),
            rows,
        })
    });
    prop_oneof![
        any::<String>().prop_map(|text| Note::info(text).into()),
        table,
        chart()
    ]
}

fn document() -> impl Strategy<Value = Document> {
    (any::<String>(), vec(block(), 0..5)).prop_map(|(title, blocks)| Document {
        title: title.clone(),
        sections: vec![Section {
            key: "section",
            title,
            blocks,
        }],
        ..empty()
    })
}

proptest! {
    #[test]
    fn nothing_in_a_document_stops_a_renderer(document in document(), width in 0..200_usize, ascii in any::<bool>()) {
        let characters = if ascii { Characters::Ascii } else { Characters::Unicode };
        let style = Style { width: Some(width), colour: ascii, characters };
        prop_assert!(text::render(&document, &style).ends_with('\n'));
        prop_assert!(markdown::render(&document).ends_with('\n'));
        prop_assert!(csv::render(&document).ends_with('\n'));
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json::render(&document)).is_ok());
        let page = html::render(&document);
        prop_assert!(page.ends_with("</html>\n"));
        for part in page.split('<').filter(|part| part.starts_with("rect") || part.starts_with("path") || part.starts_with("circle") || part.starts_with("line")) {
            let tag = part.split('>').next().unwrap_or_default();
            prop_assert!(!tag.contains("NaN") && !tag.contains("inf"), "{}", tag);
        }
    }
}
