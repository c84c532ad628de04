//! How many enrichments there were, and how many of them were decided about, week by week.

use std::collections::BTreeMap;

use crate::enrichment::Enrichment;

use super::section as named;
use super::tally::Priorities;
use crate::reports::enrichment::weekly::{WeekOfWork, Weekly};
use secspan_reports::calendar::{Week, Weeks};
use secspan_reports::cells::{NO_DATA, table, text};
use secspan_reports::document::{Block, Cell, Column, Note, Section, Unit};
use secspan_reports::period::Span;
use secspan_reports::statistics::Merge;

const COLUMNS: [Column; 5] = [
    Column::new("enrichments", "Enrichments", Unit::Count),
    Column::new("days", "Days", Unit::Count),
    Column::new("active_days", "Days with work", Unit::Count),
    Column::new("per_day", "Per day", Unit::Number).of("days"),
    Column::new("per_active_day", "Per day with work", Unit::Number).of("active_days"),
];

const WEEKS: [Column; 6] = [
    Column::new("week", "Week", Unit::Plain),
    Column::new("enrichments", "Enrichments", Unit::Count),
    Column::new("active_days", "Days with work", Unit::Count),
    Column::new("per_active_day", "Per day with work", Unit::Number).of("active_days"),
    Column::new("decisions", "Decisions", Unit::Count),
    Column::new(
        "decisions_per_enrichment",
        "Decisions per enrichment",
        Unit::Number,
    ),
];

/// Enrichments among the records.
#[derive(Clone, Debug, Default)]
pub(super) struct Enrichments {
    span: Span,
    weeks: Weekly,
}

impl Enrichments {
    #[inline]
    pub(super) fn add(&mut self, view: &Enrichment<'_>) {
        let day = self.span.add(view.completed_at);
        self.weeks.add(view, day);
    }

    pub(super) fn section(self, decisions: Weeks<Priorities>) -> Section {
        let Some((first, last)) = self.span.days() else {
            let why = "There are no enrichments among the records; give the enrichment files as well to see how many there are in a day.";
            return named("velocity", vec![Note::no_data(why).into()]);
        };
        let weeks = self.weeks.into_sorted();
        let n: u64 = weeks.iter().map(|(_, work)| work.n()).sum();
        let active: u64 = weeks.iter().map(|(_, work)| work.active_days()).sum();
        let days = first.days_to(last);
        let row = vec![
            Cell::Count(n),
            Cell::Count(days),
            Cell::Count(active),
            per(n, days),
            per(n, active),
        ];
        let weeks = both(weeks, decisions);
        let rows = weeks.weeks.iter().map(|(week, both)| week_row(*week, both));
        let mut blocks = vec![
            table("velocity", &COLUMNS, vec![row]),
            Note::info(
                "Days are those from the first to the last enrichment, in UTC, weekends included.",
            )
            .into(),
            table("velocity_weeks", &WEEKS, rows.collect()),
        ];
        blocks.extend(weeks.note.clone().map(Block::Note));
        named("velocity", blocks)
    }
}

impl Merge for Enrichments {
    fn merge(&mut self, other: Self) {
        self.span.merge(other.span);
        self.weeks.merge(other.weeks);
    }
}

/// What one week has of either kind.
#[derive(Default)]
struct Both {
    work: WeekOfWork,
    decisions: u64,
}

fn both(work: Vec<(Week, WeekOfWork)>, decisions: Weeks<Priorities>) -> Weeks<Both> {
    let mut both: BTreeMap<Week, Both> = BTreeMap::new();
    for (week, work) in work {
        both.entry(week).or_default().work = work;
    }
    for (week, priorities) in decisions.weeks {
        both.entry(week).or_default().decisions = priorities.all().n();
    }
    Weeks::with_gaps(both.into_iter().collect())
}

fn per(n: u64, days: u64) -> Cell {
    Cell::number((days > 0).then(|| n as f64 / days as f64), NO_DATA)
}

fn week_row(week: Week, both: &Both) -> Vec<Cell> {
    let (enrichments, active) = (both.work.n(), both.work.active_days());
    vec![
        text(week.name()),
        Cell::Count(enrichments),
        Cell::Count(active),
        per(enrichments, active),
        Cell::Count(both.decisions),
        per(both.decisions, enrichments),
    ]
}
