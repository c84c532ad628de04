//! Weeks in which quality broke a limit, each with the numbers that say so.

use super::tally::Tally;
use secspan_reports::calendar::{Week, Weeks};
use secspan_reports::cells::{NO_DATA, many, table, text};
use secspan_reports::document::{Cell, Column, Note, Section, Unit};
use secspan_reports::target::CASES_MIN;

/// A weekly mean score below this is an alert.
const SCORE_MIN: f64 = 75.0;
/// A mean score that is lower than in the week before by more than this share of it is an alert.
const DROP_MAX: f64 = 0.15;
/// A larger share of reviews with critical issues is an alert.
const CRITICAL_MAX: f64 = 0.15;

const COLUMNS: [Column; 8] = [
    Column::new("week", "Week", Unit::Plain),
    Column::new("alert", "Alert", Unit::Plain),
    Column::new("n", "Reviews", Unit::Count),
    Column::new("mean_score", "Mean score", Unit::Score).of("n"),
    Column::new("previous_mean_score", "Week before", Unit::Score).of("previous_n"),
    Column::new("previous_n", "Reviews then", Unit::Count),
    Column::new("drop", "Drop", Unit::Share),
    Column::new("critical_rate", "With critical issues", Unit::Share).of("n"),
];

pub(super) fn section(weeks: &Weeks<Tally>) -> Section {
    let mut rows = Vec::new();
    let mut on_few = 0;
    for (week, now, before) in weeks.with_previous() {
        for alert in alerts(now, before) {
            on_few += u64::from(now.n < CASES_MIN);
            rows.push(row(week, alert, now, before));
        }
    }
    let mut blocks = Vec::new();
    if rows.is_empty() {
        blocks.push(Note::good("No week broke a limit.").into());
    } else {
        let n = rows.len() as u64;
        let words = many(n, "alert", "alerts");
        let few = match on_few {
            0 => String::new(),
            few => format!(", {few} of them on fewer than {CASES_MIN} reviews"),
        };
        blocks.push(Note::warning(format!("{words}{few}.")).into());
        blocks.push(table("alerts", &COLUMNS, rows));
    }
    blocks.push(
        Note::info(
            "Limits by week: a mean score below 75, a mean score more than 15 % below that of the week before, critical \
             issues in more than 15 % of reviews.",
        )
        .into(),
    );
    Section {
        key: "alerts",
        title: "Alerts".to_owned(),
        blocks,
    }
}

/// By how much of it the mean score is lower than in the week before.
fn drop_of(now: &Tally, before: Option<&Tally>) -> Option<f64> {
    let before = before.and_then(|before| before.scores.mean())?;
    let now = now.scores.mean()?;
    (before > 0.0).then(|| (before - now) / before)
}

fn alerts(now: &Tally, before: Option<&Tally>) -> Vec<&'static str> {
    let low = now.scores.mean().is_some_and(|mean| mean < SCORE_MIN);
    let dropped = drop_of(now, before).is_some_and(|drop| drop > DROP_MAX);
    let critical = now
        .critical_rate()
        .share()
        .is_some_and(|rate| rate > CRITICAL_MAX);
    [
        (low, "low mean score"),
        (dropped, "mean score dropped"),
        (critical, "many critical issues"),
    ]
    .into_iter()
    .filter(|(raised, _)| *raised)
    .map(|(_, name)| name)
    .collect()
}

fn row(week: Week, alert: &str, now: &Tally, before: Option<&Tally>) -> Vec<Cell> {
    let previous = before.and_then(|before| before.scores.mean());
    vec![
        text(week.name()),
        text(alert),
        Cell::Count(now.n),
        Cell::number(now.scores.mean(), NO_DATA),
        Cell::number(previous, NO_DATA),
        before.map_or(Cell::Missing(NO_DATA), |before| Cell::Count(before.n)),
        Cell::number(drop_of(now, before), NO_DATA),
        Cell::number(now.critical_rate().share(), NO_DATA),
    ]
}
