//! What tests of several reports need.

use secspan_reports::document::{Cell, Document, Section};
use secspan_reports::headline::{Headline, Status};

/// Compares with a file that other programs read too, so it has no header; `INSTA_UPDATE=always` writes it.
pub(crate) fn assert_file(path: &str, text: &str) {
    if std::env::var_os("INSTA_UPDATE").is_some_and(|how| how == "always") {
        std::fs::write(path, text).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let line = expected
        .lines()
        .zip(text.lines())
        .position(|(one, other)| one != other);
    assert!(
        expected == text,
        "{path} differs, first in line {:?}",
        line.map(|at| at + 1)
    );
}

/// The headline of a report with facts: one sentence, figures that stand in a table too, a chart of one of the sections.
pub(crate) fn headline(document: &Document) -> &Headline {
    let headline = document.headline.as_ref().expect("a headline");
    let answer = headline.answer.text.as_str();
    assert!(
        answer
            .strip_suffix('.')
            .is_some_and(|it| !it.contains(". ")),
        "{answer}"
    );
    let tables = || document.sections.iter().flat_map(Section::tables);
    let cells = || tables().flat_map(|table| table.rows.iter().flatten());
    for figure in &headline.figures {
        let stands = match &figure.value {
            Cell::Missing(_) => true,
            // Tables of targets have shares in percent.
            Cell::Number(value) => {
                let is = |it: f64| [1.0, 100.0].iter().any(|by| (it - value * by).abs() < 1e-9);
                cells().any(|cell| matches!(cell, Cell::Number(it) if is(*it)))
            }
            value => cells().any(|cell| cell == value),
        };
        assert!(stands, "{figure:?} stands in no table");
        assert_eq!(figure.goal.is_some(), figure.status.is_some(), "{figure:?}");
    }
    assert_eq!(
        headline.chart,
        document.headline_chart().map(|chart| chart.key)
    );
    headline
}

/// Key and status of the figures that have a target.
pub(crate) fn statuses(document: &Document) -> Vec<(&'static str, &'static str)> {
    let figures = headline(document).figures.iter();
    figures
        .filter_map(|figure| Some((figure.key, figure.status.map(Status::as_str)?)))
        .collect()
}
