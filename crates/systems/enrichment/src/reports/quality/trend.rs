//! Scores and issues from week to week, and the enrichments of the same weeks.

use super::tally::Tally;
use crate::reports::enrichment::weekly::WeekOfWork;
use secspan_reports::calendar::{Week, Weeks};
use secspan_reports::cells::{NO_DATA, chart, table, text};
use secspan_reports::document::{Block, Cell, Column, Form, Note, Section, Unit};

const SCORE_COLUMNS: [Column; 9] = [
    Column::new("week", "Period", Unit::Plain),
    Column::new("n", "Reviews", Unit::Count),
    Column::new("mean_score", "Avg Score", Unit::Score).of("n"),
    Column::new("change", "Change", Unit::Score),
    Column::new("excellent", "Excellent", Unit::Count),
    Column::new("good", "Good", Unit::Count),
    Column::new("needs_improvement", "Needs Improvement", Unit::Count),
    Column::new("inadequate", "Inadequate", Unit::Count),
    Column::new("mean_seconds", "Avg Duration", Unit::Seconds).of("n"),
];

const ISSUE_COLUMNS: [Column; 8] = [
    Column::new("week", "Period", Unit::Plain),
    Column::new("n", "Reviews", Unit::Count),
    Column::new("critical_issues", "Critical Issues", Unit::Count),
    Column::new("significant_gaps", "Significant Gaps", Unit::Count),
    Column::new("minor_improvements", "Minor", Unit::Count),
    Column::new("issues_per_review", "Issues per Review", Unit::Number).of("n"),
    Column::new("critical_rate", "With Critical", Unit::Share).of("n"),
    Column::new("first_pass_rate", "First Pass", Unit::Share).of("n"),
];

const WORK_COLUMNS: [Column; 5] = [
    Column::new("week", "Period", Unit::Plain),
    Column::new("enrichments", "Enrichments", Unit::Count),
    Column::new("median_seconds", "Median Duration", Unit::Seconds).of("enrichments"),
    Column::new("reviews", "Reviews", Unit::Count),
    Column::new("mean_score", "Avg Score", Unit::Score).of("reviews"),
];

pub(super) fn section(weeks: &Weeks<Tally>, enrichments: Vec<(Week, WeekOfWork)>) -> Section {
    let scores = weeks
        .with_previous()
        .map(|(week, now, before)| score_row(week, now, before));
    let issues = weeks
        .weeks
        .iter()
        .map(|(week, tally)| issue_row(*week, tally));
    let mut blocks = vec![
        table("score_trend", &SCORE_COLUMNS, scores.collect()),
        chart(
            ("score_trend_chart", "Mean score by week"),
            (Form::Lines, Unit::Score),
            weeks.names(),
            vec![("mean score", weeks.series(|tally| tally.scores.mean()))],
        ),
        table("issue_trend", &ISSUE_COLUMNS, issues.collect()),
        Note::info(RULE).into(),
    ];
    blocks.extend(weeks.note.clone().map(Block::Note));
    blocks.extend(work(weeks, enrichments));
    Section {
        key: "trend",
        title: "Trend".to_owned(),
        blocks,
    }
}

const RULE: &str = "Weeks are ISO weeks with their ISO year, Monday to Sunday in UTC, so 2024-12-30 lies in 2025-W01. \
    Issues per review are critical issues and significant gaps. A week is compared with the one right before it.";

fn score_row(week: Week, now: &Tally, before: Option<&Tally>) -> Vec<Cell> {
    let mut row = vec![text(week.name())];
    let mean = now.scores.mean();
    let before = before.and_then(|before| before.scores.mean());
    let change = mean.zip(before).map(|(now, before)| now - before);
    row.extend([
        Cell::Count(now.n),
        Cell::number(mean, NO_DATA),
        Cell::number(change, NO_DATA),
    ]);
    row.extend(now.classes.map(Cell::Count));
    row.push(Cell::number(now.seconds.distribution().mean(), NO_DATA));
    row
}

fn issue_row(week: Week, tally: &Tally) -> Vec<Cell> {
    let mut row = vec![text(week.name())];
    row.extend([
        Cell::Count(tally.n),
        Cell::Count(tally.critical_issues),
        Cell::Count(tally.significant_gaps),
        Cell::Count(tally.minor_improvements),
        Cell::number(tally.issues_per_review(), NO_DATA),
        Cell::number(tally.critical_rate().share(), NO_DATA),
        Cell::number(tally.first_pass_rate().share(), NO_DATA),
    ]);
    row
}

/// What one week has of either kind.
#[derive(Default)]
struct Both {
    reviews: u64,
    mean_score: Option<f64>,
    work: WeekOfWork,
}

/// Enrichments and reviews of the same weeks side by side.
fn work(weeks: &Weeks<Tally>, enrichments: Vec<(Week, WeekOfWork)>) -> Vec<Block> {
    if enrichments.is_empty() {
        let why = "There are no enrichments among the records; give the enrichment files as well to see both by week.";
        return vec![Note::no_data(why).into()];
    }
    let mut both: std::collections::BTreeMap<Week, Both> = std::collections::BTreeMap::new();
    for (week, work) in enrichments {
        both.entry(week).or_default().work = work;
    }
    for (week, tally) in &weeks.weeks {
        let both = both.entry(*week).or_default();
        both.reviews = tally.n;
        both.mean_score = tally.scores.mean();
    }
    let both = Weeks::with_gaps(both.into_iter().collect());
    let rows = both.weeks.iter().map(|(week, both)| work_row(*week, both));
    let mut blocks = vec![table("enrichment_trend", &WORK_COLUMNS, rows.collect())];
    blocks.extend(both.note.clone().map(Block::Note));
    blocks
}

fn work_row(week: Week, both: &Both) -> Vec<Cell> {
    let median = both.work.seconds.distribution().median();
    vec![
        text(week.name()),
        Cell::Count(both.work.n()),
        Cell::number(median, NO_DATA),
        Cell::Count(both.reviews),
        Cell::number(both.mean_score, NO_DATA),
    ]
}
