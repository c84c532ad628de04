//! Priorities: how many of each, how long they take, and how the mix changes from week to week.

use crate::enrichment::Enrichment;
use crate::terms::Priority;

use super::weekly::WeekOfWork;
use secspan_reports::calendar::Weeks;
use secspan_reports::cells::{
    NO_DATA, SPREAD_COLUMNS, chart, interval, share, spread, table, text,
};
use secspan_reports::document::{Block, Cell, Column, Form, Note, Section, Unit};
use secspan_reports::statistics::{Counts, Distribution, Merge, Ratio};

/// Durations by priority, P1 first.
#[derive(Clone, Debug, Default)]
pub(super) struct Priorities([Counts; 5]);

const COLUMNS: [Column; 5] = [
    Column::new("priority", "Priority", Unit::Plain),
    Column::new("n", "n", Unit::Count),
    Column::new("share", "Share", Unit::Share),
    Column::new("share_low", "95 % from", Unit::Share),
    Column::new("share_high", "95 % to", Unit::Share),
];

const WEEK_COLUMNS: [Column; 8] = [
    Column::new("week", "Week", Unit::Plain),
    Column::new("n", "Enrichments", Unit::Count),
    Column::new("change", "Against week before", Unit::Number),
    Column::new("p1", "P1", Unit::Count),
    Column::new("p2", "P2", Unit::Count),
    Column::new("p3", "P3", Unit::Count),
    Column::new("p4", "P4", Unit::Count),
    Column::new("p5", "P5", Unit::Count),
];

const SHARE_COLUMNS: [Column; 11] = [
    Column::new("week", "Week", Unit::Plain),
    Column::new("p1_share", "P1", Unit::Share),
    Column::new("p1_change_share", "change", Unit::ShareDifference),
    Column::new("p2_share", "P2", Unit::Share),
    Column::new("p2_change_share", "change", Unit::ShareDifference),
    Column::new("p3_share", "P3", Unit::Share),
    Column::new("p3_change_share", "change", Unit::ShareDifference),
    Column::new("p4_share", "P4", Unit::Share),
    Column::new("p4_change_share", "change", Unit::ShareDifference),
    Column::new("p5_share", "P5", Unit::Share),
    Column::new("p5_change_share", "change", Unit::ShareDifference),
];

impl Priorities {
    #[inline]
    pub(super) fn add(&mut self, view: &Enrichment<'_>) {
        if let Some(counts) = self.0.get_mut(view.priority as usize) {
            counts.add(view.total_seconds);
        }
    }

    /// The durations of all priorities together.
    pub(super) fn total(&self) -> Distribution {
        let mut total = Counts::default();
        for counts in &self.0 {
            total.merge(counts);
        }
        total.distribution()
    }

    pub(super) fn section(&self, weeks: &Weeks<WeekOfWork>) -> Section {
        let all: u64 = self.0.iter().map(|counts| counts.distribution().n()).sum();
        let rows = Priority::ALL.iter().zip(&self.0).map(|(priority, counts)| {
            let values = counts.distribution();
            let mut row = vec![
                text(priority.as_str()),
                Cell::Count(values.n()),
                share(values.n(), all),
            ];
            row.extend(interval(Ratio::new(values.n(), all)));
            row.extend(spread(&values));
            row
        });
        let columns: Vec<Column> = COLUMNS.into_iter().chain(SPREAD_COLUMNS).collect();
        let weekly = weeks.with_previous();
        let week_rows = weekly.map(|(week, now, before)| week_row(week.name(), now, before));
        let weekly = weeks.with_previous();
        let share_rows = weekly.map(|(week, now, before)| share_row(week.name(), now, before));
        let mut blocks = vec![
            table("priorities", &columns, rows.collect()),
            table("priority_weeks", &WEEK_COLUMNS, week_rows.collect()),
            table("priority_week_shares", &SHARE_COLUMNS, share_rows.collect()),
            trend(weeks),
            Note::info(
                "Weeks are ISO weeks with their ISO year, Monday to Sunday in UTC; the first and the last may be cut by the \
                 period. A week is compared with the one right before it.",
            )
            .into(),
        ];
        blocks.extend(weeks.note.clone().map(Block::Note));
        Section {
            key: "priority",
            title: "Priorities".to_owned(),
            blocks,
        }
    }
}

impl Merge for Priorities {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

fn week_row(name: String, now: &WeekOfWork, before: Option<&WeekOfWork>) -> Vec<Cell> {
    let mut row = vec![text(name)];
    let change = before.map(|before| now.n() as f64 - before.n() as f64);
    row.extend([Cell::Count(now.n()), Cell::number(change, NO_DATA)]);
    row.extend(now.by_priority.map(Cell::Count));
    row
}

fn share_row(name: String, now: &WeekOfWork, before: Option<&WeekOfWork>) -> Vec<Cell> {
    let mut row = vec![text(name)];
    for at in 0..Priority::ALL.len() {
        let share_of = |work: &WeekOfWork| {
            let part = work.by_priority.get(at).copied().unwrap_or(0);
            Ratio::new(part, work.n()).share()
        };
        let now = share_of(now);
        let before = before.and_then(share_of);
        let change = now.zip(before).map(|(now, before)| now - before);
        row.extend([Cell::number(now, NO_DATA), Cell::number(change, NO_DATA)]);
    }
    row
}

fn trend(weeks: &Weeks<WeekOfWork>) -> Block {
    let series = Priority::ALL.iter().enumerate().map(|(at, priority)| {
        let values = weeks.series(|work| work.by_priority.get(at).map(|count| *count as f64));
        (priority.as_str(), values)
    });
    chart(
        ("priority_trend", "Enrichments by priority and week"),
        (Form::StackedBars, Unit::Count),
        weeks.names(),
        series.collect(),
    )
}
