//! Closings by ISO week.

use std::collections::BTreeMap;

use crate::service_level::State;

use super::closed::Tally;
use super::judged::Judged;
use super::named;
use secspan_reports::calendar::{Week, Weeks};
use secspan_reports::cells::{NO_DATA, chart, table, text};
use secspan_reports::document::{Block, Cell, Column, Form, Note, Section, Unit};

const COLUMNS: [Column; 6] = [
    Column::new("week", "Week", Unit::Plain),
    Column::new("n", "Closed", Unit::Count),
    Column::new("met", "In time", Unit::Count),
    Column::new("missed", "Too late", Unit::Count),
    Column::new("compliance", "Compliance", Unit::Share).of("n"),
    Column::new("change_share", "Change", Unit::ShareDifference),
];

pub(super) fn section(judged: &Judged<'_>) -> Section {
    let mut weeks: BTreeMap<Week, Tally> = BTreeMap::new();
    for case in &judged.cases {
        let Some(closed_on) = case.closed_on.filter(|_| case.state != State::NoTarget) else {
            continue;
        };
        let tally = weeks.entry(closed_on.week()).or_default();
        match case.state {
            State::Met => tally.met += 1,
            _ => tally.missed += 1,
        }
    }
    if weeks.is_empty() {
        return named(
            "trend",
            vec![Note::no_data("No ticket with a target was closed.").into()],
        );
    }
    let weeks = Weeks::with_gaps(weeks.into_iter().collect());
    let rows = weeks
        .with_previous()
        .map(|(week, now, before)| row(week, now, before));
    let mut blocks = vec![
        table("trend", &COLUMNS, rows.collect()),
        Note::info(
            "A closing counts in the ISO week in which it happened, in UTC; tickets without a target are left out. A change \
             is to the week right before.",
        )
        .into(),
    ];
    blocks.extend(weeks.note.clone().map(Block::Note));
    blocks.push(chart(
        ("trend_compliance", "Compliance by week of closing"),
        (Form::Lines, Unit::Share),
        weeks.names(),
        vec![("compliance", weeks.series(|tally| tally.ratio().share()))],
    ));
    blocks.push(chart(
        ("trend_closings", "Closings by week"),
        (Form::StackedBars, Unit::Count),
        weeks.names(),
        vec![
            ("in time", weeks.series(|tally| Some(tally.met as f64))),
            ("too late", weeks.series(|tally| Some(tally.missed as f64))),
        ],
    ));
    named("trend", blocks)
}

fn row(week: Week, now: &Tally, before: Option<&Tally>) -> Vec<Cell> {
    let mut row = vec![text(week.name())];
    let share = now.ratio().share();
    let change = share
        .zip(before.and_then(|before| before.ratio().share()))
        .map(|(now, before)| now - before);
    row.extend([
        Cell::Count(now.n()),
        Cell::Count(now.met),
        Cell::Count(now.missed),
        Cell::number(share, NO_DATA),
        Cell::number(change, NO_DATA),
    ]);
    row
}
