//! Whether required reviews are shared out evenly.

use super::section as named;
use secspan_reports::cells::{TOO_FEW, many, table};
use secspan_reports::document::{Cell, Column, Note, Section, Unit};
use secspan_reports::people::{self, ByName, People};

/// How far a reviewer's share may be from an even share, in percentage points.
const TOLERANCE_POINTS: f64 = 10.0;

/// Fewer reviews for each reviewer than this, on average, say nothing about balance.
const CASES_MIN: u64 = 5;

const COLUMNS: [Column; 3] = [
    Column::new("reviewer", "Reviewer", Unit::Plain),
    Column::new("n", "Reviews", Unit::Count),
    Column::new("share", "Share", Unit::Share),
];

pub(super) fn section(reviewers: ByName<u64>, unassigned: u64, people: &People) -> Section {
    let assigned: u64 = reviewers.values().sum();
    let count = reviewers.count();
    let mut blocks = Vec::new();
    if assigned == 0 && count.is_some() {
        let why =
            "No required review has a reviewer: the file names one only after the assignment.";
        return named("reviewers", vec![Note::no_data(why).into()]);
    }
    let even = 1.0 / count.unwrap_or(0).max(1) as f64;
    let share = |n: u64| n as f64 / assigned as f64;
    if let Some(many_people) = count.filter(|count| *count > 1) {
        let shares = reviewers.values().map(|n| (share(*n) - even).abs());
        blocks.push(verdict(shares.fold(0.0, f64::max), assigned, many_people));
    }
    let listing = reviewers.listing(people, "reviewer", |n| *n);
    let row = |n: &u64| vec![Cell::Count(*n), Cell::Number(share(*n))];
    let hidden = |n: u64| vec![Cell::Count(n), Cell::Missing(TOO_FEW)];
    match listing.overflow_note() {
        Some(note) => blocks.push(note),
        None => blocks.push(people::note(people, "reviews")),
    }
    let mut blocks: Vec<_> = blocks.into_iter().map(Into::into).collect();
    if count.is_some() {
        let rows = listing.rows(people, |n| *n, row, hidden);
        blocks.insert(0, table("reviewers", &COLUMNS, rows));
    }
    if unassigned > 0 {
        let reviews = many(unassigned, "required review has", "required reviews have");
        blocks.push(Note::info(format!("{reviews} no reviewer yet.")).into());
    }
    named("reviewers", blocks)
}

fn verdict(distance: f64, assigned: u64, people: u64) -> Note {
    let points = distance * 100.0;
    let words = format!(
        "An even share is {:.1} %; the largest distance from it is {points:.1} percentage points",
        100.0 / people as f64
    );
    if assigned < people * CASES_MIN {
        Note::info(format!(
            "{words}; {assigned} reviews by {people} people are too few to tell."
        ))
    } else if points > TOLERANCE_POINTS {
        Note::warning(format!("{words}, more than {TOLERANCE_POINTS}."))
    } else {
        Note::good(format!("{words}, at most {TOLERANCE_POINTS}."))
    }
}
