//! Where the time goes: the six stage keys of every record, the eight real stages where they are stated, and waiting.

use crate::enrichment::{Enrichment, KEY_COUNT as LEGACY, STAGE_COUNT as REAL};
use crate::kinds::enrichment::WORKFLOW;

use secspan_reports::cells::{
    NO_DATA, NOT_STATED, NOTHING, SPREAD_COLUMNS, chart, many, share, spread, table, text,
};
use secspan_reports::document::{Block, Cell, Column, Form, Note, Section, Unit};
use secspan_reports::render::value;
use secspan_reports::statistics::{Counts, Distribution, Merge};

/// Durations by stage.
#[derive(Clone, Debug, Default)]
pub(super) struct Stages {
    legacy: [Counts; LEGACY],
    real: [Counts; REAL],
    elapsed: Counts,
    /// Elapsed time that was spent in no stage.
    waiting: Counts,
    n: u64,
    /// Records that state the real stages.
    detailed: u64,
}

/// A stage with its durations, where it ran.
struct Row<'a> {
    name: &'a str,
    budget_seconds: Option<u64>,
    ran: Distribution,
}

const STAGE_COLUMNS: [Column; 2] = [
    Column::new("stage", "Stage", Unit::Plain),
    Column::new("n", "Ran", Unit::Count),
];

const BUDGET_COLUMNS: [Column; 4] = [
    Column::new("share", "Share of time", Unit::Share),
    Column::new("budget_seconds", "Budget", Unit::Seconds),
    Column::new("over_budget", "Over budget", Unit::Share).of("n"),
    Column::new("over_twice_budget", "Over twice", Unit::Share).of("n"),
];

const WAITING_COLUMNS: [Column; 2] = [
    Column::new("what", "Time", Unit::Plain),
    Column::new("n", "n", Unit::Count),
];

impl Stages {
    #[inline]
    pub(super) fn add(&mut self, view: &Enrichment<'_>) {
        self.n += 1;
        for (counts, seconds) in self.legacy.iter_mut().zip(view.legacy_seconds) {
            counts.add(seconds);
        }
        if let Some(detail) = view.detail_seconds {
            self.detailed += 1;
            for (counts, seconds) in self.real.iter_mut().zip(detail) {
                counts.add(seconds);
            }
        }
        if let Some(elapsed) = view.origin.elapsed_seconds {
            self.elapsed.add(elapsed);
            self.waiting.add(elapsed.saturating_sub(view.total_seconds));
        }
    }

    /// Durations by the six keys of every record.
    fn legacy_rows(&self) -> Vec<Row<'static>> {
        let keys = WORKFLOW.keys.names.iter().zip(&self.legacy);
        keys.enumerate()
            .map(|(at, (name, counts))| Row {
                name,
                budget_seconds: legacy_budget_seconds(at),
                ran: counts.distribution_above_zero(),
            })
            .collect()
    }

    /// Durations by the eight real stages.
    fn real_rows(&self) -> Vec<Row<'static>> {
        let stages = WORKFLOW.stages.iter().zip(&self.real);
        stages
            .map(|(stage, counts)| Row {
                name: stage.name,
                budget_seconds: stage.budget_seconds.map(u64::from),
                ran: counts.distribution_above_zero(),
            })
            .collect()
    }

    /// The rows that the chart shows.
    fn charted(&self) -> Vec<Row<'static>> {
        if self.detailed == 0 {
            self.legacy_rows()
        } else {
            self.real_rows()
        }
    }

    /// The stage of the chart in which most of the time goes, and its share.
    pub(super) fn longest(&self) -> Option<(&'static str, f64)> {
        longest(&self.charted())
    }

    pub(super) fn section(&self) -> Section {
        let (legacy, real) = (self.legacy_rows(), self.real_rows());
        let mut blocks = vec![
            bottleneck(&legacy).into(),
            stage_table("legacy_stages", &legacy),
        ];
        if self.detailed == 0 {
            blocks.push(
                Note::no_data("No record states the eight real stages (stage_durations_detail).")
                    .into(),
            );
        } else {
            if self.detailed < self.n {
                let stating = many(self.detailed, "record states", "records state");
                let of = value::count(self.n);
                blocks
                    .push(Note::info(format!("{stating} the eight real stages, of {of}.")).into());
            }
            blocks.push(stage_table("stages", &real));
        }
        blocks.push(shares_chart(&self.charted()));
        blocks.push(Note::info(RULE).into());
        blocks.extend(self.waiting());
        Section {
            key: "stages",
            title: "Stages".to_owned(),
            blocks,
        }
    }

    fn waiting(&self) -> Vec<Block> {
        let (elapsed, waiting) = (self.elapsed.distribution(), self.waiting.distribution());
        if elapsed.n() == 0 {
            let why = "No record states elapsed_seconds, so time between stages is not known.";
            return vec![Note::no_data(why).into()];
        }
        let row = |name: &str, values: &Distribution| {
            let mut row = vec![text(name), Cell::Count(values.n())];
            row.extend(spread(values));
            row.push(sum_share(values, elapsed.sum()));
            row
        };
        let rows = vec![
            row("from first start to last end", &elapsed),
            row("of that in no stage", &waiting),
        ];
        let share_column = Column::new("share", "Share", Unit::Share);
        let columns: Vec<Column> = WAITING_COLUMNS
            .into_iter()
            .chain(SPREAD_COLUMNS)
            .chain([share_column])
            .collect();
        vec![table("waiting", &columns, rows)]
    }
}

const RULE: &str = "A stage of 0 seconds did not run and is not in its mean, median and 90th percentile. Shares are of the \
    time in all stages. Budgets are upper bounds; a legacy key has the budgets of the stages behind it together.";

impl Merge for Stages {
    fn merge(&mut self, other: Self) {
        self.legacy.merge(other.legacy);
        self.real.merge(other.real);
        self.elapsed.merge(&other.elapsed);
        self.waiting.merge(&other.waiting);
        self.n += other.n;
        self.detailed += other.detailed;
    }
}

/// What the real stages behind a legacy key may take together.
fn legacy_budget_seconds(legacy: usize) -> Option<u64> {
    let stages = WORKFLOW.stages.iter();
    stages
        .filter(|stage| usize::from(stage.key) == legacy)
        .map(|stage| stage.budget_seconds.map(u64::from))
        .sum()
}

fn sum_share(values: &Distribution, whole: u128) -> Cell {
    let share = (whole > 0).then(|| values.sum() as f64 / whole as f64);
    Cell::number(share, NO_DATA)
}

fn time_in_all(rows: &[Row<'_>]) -> u128 {
    rows.iter().map(|row| row.ran.sum()).sum()
}

fn stage_table(key: &'static str, rows: &[Row<'_>]) -> Block {
    let whole = time_in_all(rows);
    let cells = rows.iter().map(|row| {
        let ran = &row.ran;
        let mut cells = vec![text(row.name), Cell::Count(ran.n())];
        cells.extend(spread(ran));
        cells.push(sum_share(ran, whole));
        match row.budget_seconds {
            Some(budget) => cells.extend([
                Cell::Count(budget),
                share(ran.above(budget), ran.n()),
                share(ran.above(2 * budget), ran.n()),
            ]),
            None => cells.extend([const { Cell::Missing(NOTHING) }; 3]),
        }
        cells
    });
    let columns: Vec<Column> = STAGE_COLUMNS
        .into_iter()
        .chain(SPREAD_COLUMNS)
        .chain(BUDGET_COLUMNS)
        .collect();
    table(key, &columns, cells.collect())
}

/// The stage in which most of the time goes, and its share.
fn longest<'a>(rows: &[Row<'a>]) -> Option<(&'a str, f64)> {
    let whole = time_in_all(rows);
    let mut longest: Option<(&str, u128)> = None;
    for row in rows {
        let sum = row.ran.sum();
        if sum > longest.map_or(0, |(_, most)| most) {
            longest = Some((row.name, sum));
        }
    }
    longest.map(|(name, sum)| (name, sum as f64 / whole as f64))
}

fn bottleneck(rows: &[Row<'_>]) -> Note {
    match longest(rows) {
        None => Note::no_data(format!("The time in stages is {NOT_STATED}.")),
        Some((name, share)) => {
            let percent = share * 100.0;
            Note::info(format!(
                "The bottleneck is {name}: {percent:.1} % of the time in stages."
            ))
        }
    }
}

fn shares_chart(rows: &[Row<'_>]) -> Block {
    let whole = time_in_all(rows);
    let shares = rows
        .iter()
        .map(|row| (whole > 0).then(|| row.ran.sum() as f64 / whole as f64));
    chart(
        ("stage_shares", "Share of time by stage"),
        (Form::Bars, Unit::Share),
        rows.iter().map(|row| row.name.to_owned()).collect(),
        vec![("share", shares.collect())],
    )
}
