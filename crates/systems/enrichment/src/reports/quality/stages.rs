//! Where the time of reviews goes, by their seven stages.

use crate::kinds::review::WORKFLOW;
use crate::review::Review;

use secspan_reports::cells::{NO_DATA, SPREAD_COLUMNS, spread, table, text};
use secspan_reports::document::{Cell, Column, Note, Section, Unit};
use secspan_reports::statistics::{Counts, Distribution, Merge};

/// Durations by stage.
#[derive(Clone, Debug, Default)]
pub(super) struct Stages([Counts; 7]);

const COLUMNS: [Column; 3] = [
    Column::new("stage", "Stage", Unit::Plain),
    Column::new("key", "Key", Unit::Plain),
    Column::new("n", "Ran", Unit::Count),
];

impl Stages {
    pub(super) fn add(&mut self, review: &Review<'_>) {
        for (counts, seconds) in self.0.iter_mut().zip(review.stage_seconds) {
            counts.add(seconds);
        }
    }

    pub(super) fn section(&self) -> Section {
        let ran: Vec<Distribution> = self.0.iter().map(Counts::distribution_above_zero).collect();
        let whole: u128 = ran.iter().map(Distribution::sum).sum();
        let stages = WORKFLOW.stages.iter().zip(WORKFLOW.keys.names);
        let rows = stages.zip(&ran);
        let rows = rows.map(|((stage, key), ran)| {
            let mut row = vec![text(stage.name), text(*key), Cell::Count(ran.n())];
            row.extend(spread(ran));
            let share = (whole > 0).then(|| ran.sum() as f64 / whole as f64);
            row.push(Cell::number(share, NO_DATA));
            row
        });
        let share_column = Column::new("share", "Share of time", Unit::Share);
        let columns: Vec<Column> = COLUMNS
            .into_iter()
            .chain(SPREAD_COLUMNS)
            .chain([share_column])
            .collect();
        Section {
            key: "stages",
            title: "Stages of a review".to_owned(),
            blocks: vec![
                table("stages", &columns, rows.collect()),
                Note::info(
                    "A stage of 0 seconds did not run and is not in its mean, median and 90th percentile. Shares are of \
                     the time in all stages.",
                )
                .into(),
            ],
        }
    }
}

impl Merge for Stages {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}
