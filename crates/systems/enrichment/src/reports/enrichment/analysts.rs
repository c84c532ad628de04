//! Durations by analyst, and how much an analyst completes on a day.

use crate::enrichment::Enrichment;

use secspan_reports::calendar::{Day, Timeline};
use secspan_reports::cells::{NO_DATA, SPREAD_COLUMNS, TOO_FEW, spread, table};
use secspan_reports::document::{Block, Cell, Column, Section, Unit};
use secspan_reports::people::{self, ByName, People};
use secspan_reports::statistics::{Counts, Distribution, Merge};

/// One analyst.
#[derive(Clone, Debug, Default)]
struct Analyst {
    seconds: Counts,
    /// Completed enrichments by day.
    days: Timeline<Day, u64>,
}

impl Analyst {
    fn n(&self) -> u64 {
        self.days.values().sum()
    }
}

impl Merge for Analyst {
    fn merge(&mut self, other: Self) {
        self.seconds.merge(&other.seconds);
        self.days.merge(other.days);
    }
}

/// All analysts.
#[derive(Clone, Debug, Default)]
pub(super) struct Analysts(ByName<Analyst>);

impl Analysts {
    #[inline]
    pub(super) fn add(&mut self, view: &Enrichment<'_>, day: Day) {
        self.0.at(&view.analyst, |analyst| {
            analyst.seconds.add(view.total_seconds);
            analyst.days.at(day, |count| *count += 1);
        });
    }

    /// How many there are; `None` when there are too many to be people.
    pub(super) fn count(&self) -> Option<u64> {
        self.0.count()
    }

    /// How many enrichments an analyst completed on a day on which there was one.
    pub(super) fn per_day(&self) -> Distribution {
        let mut counts = Counts::default();
        for analyst in self.0.values() {
            for count in analyst.days.values() {
                counts.add(*count);
            }
        }
        counts.distribution()
    }

    pub(super) fn section(self, people: &People) -> Section {
        let listing = self.0.listing(people, "analyst", Analyst::n);
        let mut blocks: Vec<Block> = Vec::new();
        if let Some(note) = listing.overflow_note() {
            blocks.push(note.into());
        } else {
            let rows = listing.rows(people, Analyst::n, row, hidden);
            let columns: Vec<Column> = COLUMNS
                .into_iter()
                .chain(SPREAD_COLUMNS)
                .chain(PER_DAY)
                .collect();
            blocks.push(table("analysts", &columns, rows));
            blocks.push(people::note(people, "enrichments").into());
        }
        Section {
            key: "analysts",
            title: "By analyst".to_owned(),
            blocks,
        }
    }
}

impl Merge for Analysts {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

const COLUMNS: [Column; 2] = [
    Column::new("analyst", "Analyst", Unit::Plain),
    Column::new("n", "n", Unit::Count),
];

const PER_DAY: [Column; 2] = [
    Column::new("days", "Days with work", Unit::Count),
    Column::new("mean_per_day", "Per such day", Unit::Number).of("days"),
];

fn row(analyst: &Analyst) -> Vec<Cell> {
    let n = analyst.n();
    let days = analyst.days.values().count() as u64;
    let mut row = vec![Cell::Count(n)];
    row.extend(spread(&analyst.seconds.distribution()));
    row.push(Cell::Count(days));
    let per_day = (days > 0).then(|| n as f64 / days as f64);
    row.push(Cell::number(per_day, NO_DATA));
    row
}

fn hidden(n: u64) -> Vec<Cell> {
    let mut row = vec![Cell::Count(n)];
    row.extend([const { Cell::Missing(TOO_FEW) }; 5]);
    row
}
