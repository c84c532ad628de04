//! Open tickets: how old they are, how many are late, and which are the latest.

use std::cmp::Reverse;

use crate::service_level::State;
use crate::terms::Priority;
use secspan_records::timestamp::Timestamp;

use super::closed::NO_TARGET;
use super::judged::{Case, Judged, ascending, hours, quantile_hours};
use super::{LISTED, named};
use secspan_reports::cells::{NO_DATA, chart, many, table, text};
use secspan_reports::document::{Block, Cell, Column, Form, Note, Section, Unit};
use secspan_reports::foremost::Foremost;

const OPEN: [Column; 7] = [
    Column::new("priority", "Priority", Unit::Plain),
    Column::new("open", "Open", Unit::Count),
    Column::new("within", "In time", Unit::Count),
    Column::new("warning", "Little time left", Unit::Count),
    Column::new("overdue", "Overdue", Unit::Count),
    Column::new("median_age_hours", "Median age", Unit::Hours).of("open"),
    Column::new("oldest_hours", "Oldest", Unit::Hours),
];

const OVERDUE: [Column; 6] = [
    Column::new("ticket_id", "Ticket", Unit::Plain),
    Column::new("priority", "Priority", Unit::Plain),
    Column::new("enriched_at", "Enriched at", Unit::Plain),
    Column::new("due_at", "Due at", Unit::Plain),
    Column::new("age_hours", "Age", Unit::Hours),
    Column::new("over_hours", "Over", Unit::Hours),
];

pub(super) fn section(judged: &Judged<'_>) -> Section {
    let rows = Priority::ALL.map(|priority| row(judged, priority));
    let states = [
        ("in time", State::OpenWithin),
        ("little time left", State::OpenWarning),
        ("overdue", State::OpenOverdue),
    ];
    let series = states.map(|(name, state)| {
        let counts =
            Priority::ALL.map(|priority| Judged::count(judged.of_priority(priority), state));
        (name, counts.map(|count| Some(count as f64)).to_vec())
    });
    let mut blocks = vec![table("open", &OPEN, rows.to_vec())];
    if judged.cases.iter().all(|case| case.closed_on.is_some()) {
        blocks.push(Note::info("No ticket is open.").into());
    } else {
        let categories = Priority::ALL.map(|priority| priority.as_str().to_owned());
        blocks.push(chart(
            ("open_chart", "Open tickets with a target by priority"),
            (Form::StackedBars, Unit::Count),
            categories.to_vec(),
            series.to_vec(),
        ));
    }
    named("open", blocks)
}

fn row(judged: &Judged<'_>, priority: Priority) -> Vec<Cell> {
    let open = || {
        judged
            .of_priority(priority)
            .filter(|case| case.closed_on.is_none())
    };
    let ages = ascending(open().map(|case| case.elapsed_seconds));
    let count = |state| {
        let target = judged.levels.target(priority);
        target.map_or(Cell::Missing(NO_TARGET), |_| {
            Cell::Count(Judged::count(open(), state))
        })
    };
    let oldest = ages.last().map(|(seconds, _)| hours(*seconds as f64));
    vec![
        text(priority.as_str()),
        Cell::Count(ages.len() as u64),
        count(State::OpenWithin),
        count(State::OpenWarning),
        count(State::OpenOverdue),
        Cell::number(quantile_hours(&ages, 1, 2), NO_DATA),
        Cell::number(oldest, NO_DATA),
    ]
}

/// An overdue ticket; the one that is over its time by most comes first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Late<'a> {
    over_seconds: Reverse<u64>,
    ticket: &'a str,
    priority: Priority,
    enriched_at: Timestamp,
    due: Option<Timestamp>,
    age_seconds: u64,
}

impl<'a> Late<'a> {
    fn of(case: &Case, judged: &'a Judged<'_>) -> Self {
        let target = judged.levels.target(case.priority);
        let limit = target.map_or(0, |target| target.limit_seconds);
        Self {
            over_seconds: Reverse(case.elapsed_seconds.saturating_sub(limit)),
            ticket: judged.names.of(case.ticket),
            priority: case.priority,
            enriched_at: case.enriched_at,
            due: target.map(|target| target.hours.after(case.enriched_at, limit)),
            age_seconds: case.elapsed_seconds,
        }
    }

    fn row(&self) -> Vec<Cell> {
        vec![
            text(self.ticket),
            text(self.priority.as_str()),
            text(self.enriched_at.to_string()),
            self.due
                .map_or(Cell::Missing(NO_TARGET), |due| text(due.to_string())),
            Cell::Number(hours(self.age_seconds as f64)),
            Cell::Number(hours(self.over_seconds.0 as f64)),
        ]
    }
}

pub(super) fn overdue(judged: &Judged<'_>) -> Section {
    let mut late = Foremost::new(LISTED);
    for case in &judged.cases {
        if case.state == State::OpenOverdue {
            let case = Late::of(case, judged);
            late.offer(|_| false, || case);
        }
    }
    let n = late.n();
    if n == 0 {
        return named(
            "overdue",
            vec![Note::good("No open ticket is overdue.").into()],
        );
    }
    let late = late.into_sorted();
    let more = n - late.len() as u64;
    let mut blocks: Vec<Block> = vec![
        Note::warning(format!(
            "{} overdue.",
            many(n, "open ticket is", "open tickets are")
        ))
        .into(),
        table("overdue", &OVERDUE, late.iter().map(Late::row).collect()),
    ];
    if more > 0 {
        blocks.push(
            Note::info(format!(
                "{more} more are not listed; these are over their time by most."
            ))
            .into(),
        );
    }
    named("overdue", blocks)
}
