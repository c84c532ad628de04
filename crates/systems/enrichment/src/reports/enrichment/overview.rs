//! The overview: how many, how long, how they ended, and which targets that meets.

use crate::enrichment::Enrichment;
use secspan_records::outcome::Outcome;

use super::analysts::Analysts;
use super::velocity::Days;
use secspan_reports::cells::{SPREAD_COLUMNS, many, share, spread, table, text};
use secspan_reports::document::{Block, Cell, Column, Note, Section, Unit};
use secspan_reports::people::ByName;
use secspan_reports::statistics::{Counts, Distribution, Merge};
use secspan_reports::target::{self, Goal, Target};

/// What the overview needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Overview {
    workflows: ByName<Counts>,
    outcomes: [Counts; 6],
}

const HEAD: [Column; 3] = [
    Column::new("n", "Enrichments", Unit::Count),
    Column::new("analysts", "Analysts", Unit::Count),
    Column::new("total_hours", "Time in all", Unit::Hours),
];

const GROUP: [Column; 2] = [
    Column::new("n", "n", Unit::Count),
    Column::new("share", "Share", Unit::Share),
];

impl Overview {
    #[inline]
    pub(super) fn add(&mut self, view: &Enrichment<'_>) {
        if let Some(counts) = self.outcomes.get_mut(view.origin.outcome as usize) {
            counts.add(view.total_seconds);
        }
        self.workflows
            .at(&view.workflow, |counts| counts.add(view.total_seconds));
    }

    pub(super) fn section(self, total: &Distribution, analysts: &Analysts, days: &Days) -> Section {
        let mut blocks = vec![head(total, analysts)];
        blocks.extend(target::blocks(&targets(total, days)));
        let outcomes = Outcome::ALL
            .iter()
            .zip(self.outcomes.iter().map(Counts::distribution))
            .filter(|(_, values)| values.n() > 0);
        let outcomes = outcomes.map(|(outcome, values)| group(outcome.as_str(), &values, total));
        blocks.push(grouped(
            "outcomes",
            "outcome",
            "Outcome",
            outcomes.collect(),
        ));
        let unfinished = total.n() - self.succeeded();
        if unfinished > 0 {
            let words = many(unfinished, "enrichment did", "enrichments did");
            blocks.push(
                Note::info(format!(
                    "{words} not end in success; all numbers of this report include them."
                ))
                .into(),
            );
        }
        if self.workflows.count().is_some() {
            let workflows = self.workflows.into_sorted().into_iter();
            let workflows =
                workflows.map(|(name, counts)| group(&name, &counts.distribution(), total));
            blocks.push(grouped(
                "workflows",
                "workflow",
                "Workflow",
                workflows.collect(),
            ));
        }
        Section {
            key: "overview",
            title: "Overview".to_owned(),
            blocks,
        }
    }

    /// How many ended in success.
    pub(super) fn succeeded(&self) -> u64 {
        let success = self.outcomes.get(Outcome::Success as usize);
        success.map_or(0, |counts| counts.distribution().n())
    }
}

impl Merge for Overview {
    fn merge(&mut self, other: Self) {
        self.workflows.merge(other.workflows);
        self.outcomes.merge(other.outcomes);
    }
}

fn head(total: &Distribution, analysts: &Analysts) -> Block {
    let hours = total.sum() as f64 / 3600.0;
    let people = analysts.count();
    let mut row = vec![
        Cell::Count(total.n()),
        people.map_or(Cell::Missing("too many"), Cell::Count),
        Cell::Number(hours),
    ];
    row.extend(spread(total));
    let columns: Vec<Column> = HEAD.into_iter().chain(SPREAD_COLUMNS).collect();
    table("overview", &columns, vec![row])
}

/// What a team wants of its enrichments: how long they take, how many there are.
pub(super) fn targets(total: &Distribution, days: &Days) -> [Target; 2] {
    [
        Target {
            name: "mean duration",
            unit: "minutes",
            goal: Goal::Within(10.0, 15.0),
            value: total.mean().map(|seconds| seconds / 60.0),
            n: total.n(),
        },
        Target {
            name: "enrichments per day with work",
            unit: "per day",
            goal: Goal::Within(15.0, 20.0),
            value: days.active.mean(),
            n: days.active.n(),
        },
    ]
}

fn group(name: &str, values: &Distribution, total: &Distribution) -> Vec<Cell> {
    let mut row = vec![
        text(name),
        Cell::Count(values.n()),
        share(values.n(), total.n()),
    ];
    row.extend(spread(values));
    row
}

fn grouped(
    key: &'static str,
    column: &'static str,
    title: &'static str,
    rows: Vec<Vec<Cell>>,
) -> Block {
    let first = Column::new(column, title, Unit::Plain);
    let columns: Vec<Column> = std::iter::once(first)
        .chain(GROUP)
        .chain(SPREAD_COLUMNS)
        .collect();
    table(key, &columns, rows)
}
