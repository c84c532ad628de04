//! Decisions by ISO week, against what the rates give for the priorities of each week.

use crate::sampling::Rates;

use super::section as named;
use super::tally::Priorities;
use secspan_reports::calendar::{Week, Weeks};
use secspan_reports::cells::{NO_DATA, chart, table, text};
use secspan_reports::document::{Block, Cell, Column, Form, Note, Section, Unit};

const COLUMNS: [Column; 8] = [
    Column::new("week", "Week", Unit::Plain),
    Column::new("n", "Decisions", Unit::Count),
    Column::new("required", "Required", Unit::Count),
    Column::new("mandatory", "Mandatory", Unit::Count),
    Column::new("sampled", "Sampled", Unit::Count),
    Column::new("rate", "Rate", Unit::Share).of("n"),
    Column::new("expected_rate", "Expected", Unit::Share),
    Column::new("change_share", "Change", Unit::ShareDifference),
];

pub(super) fn section(weeks: &Weeks<Priorities>, rates: &Rates) -> Section {
    let rows = weeks
        .with_previous()
        .map(|(week, now, before)| row(week, now, before, rates));
    let rate = weeks.series(|week| week.all().rate().share());
    let expected = weeks.series(|week| week.expected(rates));
    let mut blocks = vec![
        table("trend", &COLUMNS, rows.collect()),
        Note::info(
            "Weeks are ISO weeks with their ISO year, in UTC. Expected is what the rates give for the priorities of the \
             week; a change is to the week right before.",
        )
        .into(),
    ];
    blocks.extend(weeks.note.clone().map(Block::Note));
    blocks.push(chart(
        ("trend_chart", "Share of required reviews by week"),
        (Form::Lines, Unit::Share),
        weeks.names(),
        vec![("rate", rate), ("expected", expected)],
    ));
    named("trend", blocks)
}

fn row(week: Week, now: &Priorities, before: Option<&Priorities>, rates: &Rates) -> Vec<Cell> {
    let mut row = vec![text(week.name())];
    let all = now.all();
    let rate = all.rate().share();
    let change = rate
        .zip(before.and_then(|before| before.all().rate().share()))
        .map(|(now, before)| now - before);
    row.extend([
        Cell::Count(all.n()),
        Cell::Count(all.required()),
        Cell::Count(all.mandatory),
        Cell::Count(all.sampled),
        Cell::number(rate, NO_DATA),
        Cell::number(now.expected(rates), NO_DATA),
        Cell::number(change, NO_DATA),
    ]);
    row
}
