//! The overview: how many reviews, what they came to, and which targets that meets.

use crate::grade::Classification;

use super::tally::Tally;
use secspan_reports::calendar::{Day, Timeline};
use secspan_reports::cells::{NO_DATA, SPREAD_COLUMNS, interval, share, spread, table, text};
use secspan_reports::document::{Block, Cell, Column, Note, Section, Unit};
use secspan_reports::people::ByName;
use secspan_reports::statistics::{Counts, Distribution, Ratio};
use secspan_reports::target::{self, Goal, Target};

const HEAD: [Column; 4] = [
    Column::new("n", "Reviews", Unit::Count),
    Column::new("reviewers", "Reviewers", Unit::Count),
    Column::new("mean_score", "Mean score", Unit::Score).of("n"),
    Column::new("median_score", "Median score", Unit::Score).of("n"),
];

const CLASS_COLUMNS: [Column; 5] = [
    Column::new("class", "Class", Unit::Plain),
    Column::new("n", "n", Unit::Count),
    Column::new("share", "Share", Unit::Share),
    Column::new("share_low", "95 % from", Unit::Share),
    Column::new("share_high", "95 % to", Unit::Share),
];

pub(super) fn section(
    total: &Tally,
    reviewers: &ByName<Tally>,
    days: &Timeline<Day, u64>,
) -> Section {
    let mut blocks = vec![head(total, reviewers)];
    blocks.extend(target::blocks(&targets(total, reviewers, days)));
    blocks.push(Note::info(DEFINITIONS).into());
    let classes = Classification::ALL.iter().zip(total.classes);
    let classes = classes.map(|(class, n)| {
        let mut row = vec![text(class.as_str()), Cell::Count(n), share(n, total.n)];
        row.extend(interval(Ratio::new(n, total.n)));
        row
    });
    blocks.push(table("classes", &CLASS_COLUMNS, classes.collect()));
    Section {
        key: "overview",
        title: "Overview".to_owned(),
        blocks,
    }
}

const DEFINITIONS: &str = "Reviews with critical issues are those with one at least; the first pass is met with neither a \
    critical issue nor a significant gap. Balance is the largest distance of a reviewer's share from an even share.";

fn head(total: &Tally, reviewers: &ByName<Tally>) -> Block {
    let people = reviewers.count();
    let mut row = vec![
        Cell::Count(total.n),
        people.map_or(Cell::Missing("too many"), Cell::Count),
        Cell::number(total.scores.mean(), NO_DATA),
        Cell::number(total.scores.median(), NO_DATA),
    ];
    row.extend(spread(&total.seconds.distribution()));
    let columns: Vec<Column> = HEAD.into_iter().chain(SPREAD_COLUMNS).collect();
    table("overview", &columns, vec![row])
}

/// What a team wants of its reviews.
pub(super) fn targets(
    total: &Tally,
    reviewers: &ByName<Tally>,
    days: &Timeline<Day, u64>,
) -> [Target; 7] {
    let percent = |ratio: Ratio| ratio.share().map(|share| share * 100.0);
    let accuracy = total.accuracy.distribution();
    let per_day = per_day(days);
    let target = |name, unit, goal, value, n| Target {
        name,
        unit,
        goal,
        value,
        n,
    };
    let seconds = total.seconds.distribution();
    let minutes = seconds.mean().map(|seconds| seconds / 60.0);
    let (critical, first_pass) = (total.critical_rate(), total.first_pass_rate());
    [
        target(
            "mean score",
            "points",
            Goal::Above(80.0),
            total.scores.mean(),
            total.n,
        ),
        target(
            "reviews with critical issues",
            "percent",
            Goal::Below(5.0),
            percent(critical),
            total.n,
        ),
        target(
            "mean accuracy",
            "percent",
            Goal::Above(95.0),
            accuracy.mean(),
            accuracy.n(),
        ),
        target(
            "first pass",
            "percent",
            Goal::Above(70.0),
            percent(first_pass),
            total.n,
        ),
        target(
            "mean duration",
            "minutes",
            Goal::Within(15.0, 20.0),
            minutes,
            total.n,
        ),
        target(
            "reviews per day with work",
            "per day",
            Goal::Within(10.0, 15.0),
            per_day.mean(),
            per_day.n(),
        ),
        target(
            "balance of reviewers",
            "percentage points",
            Goal::AtMost(10.0),
            imbalance(reviewers),
            total.n,
        ),
    ]
}

/// How many reviews were completed on each day on which there was one.
fn per_day(days: &Timeline<Day, u64>) -> Distribution {
    let mut counts = Counts::default();
    for count in days.values() {
        counts.add(*count);
    }
    counts.distribution()
}

/// The largest distance of a reviewer's share from an even share, in percentage points; one reviewer has no balance.
fn imbalance(reviewers: &ByName<Tally>) -> Option<f64> {
    let people = reviewers.count().filter(|people| *people > 1)?;
    let all: u64 = reviewers.values().map(|tally| tally.n).sum();
    let even = 1.0 / people as f64;
    let distances = reviewers
        .values()
        .map(|tally| (tally.n as f64 / all as f64 - even).abs() * 100.0);
    distances.reduce(f64::max)
}
