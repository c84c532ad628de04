//! Results by kind of investigation, by reviewer, and by the analyst whose work was reviewed.

use super::INVESTIGATIONS;
use super::tally::Tally;
use secspan_reports::cells::{NO_DATA, SPREAD_COLUMNS, TOO_FEW, many, spread, table, text};
use secspan_reports::document::{Block, Cell, Column, Note, Section, Unit};
use secspan_reports::people::{self, ByName, People};

const RESULT_COLUMNS: [Column; 6] = [
    Column::new("n", "n", Unit::Count),
    Column::new("mean_score", "Mean score", Unit::Score).of("n"),
    Column::new("median_score", "Median score", Unit::Score).of("n"),
    Column::new("first_pass_rate", "First pass", Unit::Share).of("n"),
    Column::new("critical_rate", "With critical issues", Unit::Share).of("n"),
    Column::new("issues_per_review", "Issues per review", Unit::Number).of("n"),
];

/// How many cells follow the name and the number of cases.
const RESULT_CELLS: usize = RESULT_COLUMNS.len() - 1 + SPREAD_COLUMNS.len();

fn columns(key: &'static str, title: &'static str) -> Vec<Column> {
    let first = Column::new(key, title, Unit::Plain);
    std::iter::once(first)
        .chain(RESULT_COLUMNS)
        .chain(SPREAD_COLUMNS)
        .collect()
}

fn results(tally: &Tally) -> Vec<Cell> {
    let mut row = vec![
        Cell::Count(tally.n),
        Cell::number(tally.scores.mean(), NO_DATA),
        Cell::number(tally.scores.median(), NO_DATA),
        Cell::number(tally.first_pass_rate().share(), NO_DATA),
        Cell::number(tally.critical_rate().share(), NO_DATA),
        Cell::number(tally.issues_per_review(), NO_DATA),
    ];
    row.extend(spread(&tally.seconds.distribution()));
    row
}

fn hidden(n: u64) -> Vec<Cell> {
    let mut row = vec![Cell::Count(n)];
    row.extend([const { Cell::Missing(TOO_FEW) }; RESULT_CELLS]);
    row
}

pub(super) fn investigations(tallies: &[Tally; 2]) -> Section {
    let rows = INVESTIGATIONS.iter().zip(tallies).map(|(kind, tally)| {
        let mut row = vec![text(kind.as_str())];
        row.extend(results(tally));
        row
    });
    let rows = rows.collect();
    Section {
        key: "investigations",
        title: "By kind of investigation".to_owned(),
        blocks: vec![table(
            "investigations",
            &columns("investigation", "Investigation"),
            rows,
        )],
    }
}

pub(super) fn reviewers(reviewers: ByName<Tally>, people: &People) -> Section {
    Section {
        key: "reviewers",
        title: "By reviewer".to_owned(),
        blocks: by_person(
            "reviewers",
            &columns("reviewer", "Reviewer"),
            reviewers,
            people,
        ),
    }
}

pub(super) fn analysts(analysts: ByName<Tally>, people: &People, all: u64) -> Section {
    let stated: u64 = analysts.values().map(|tally| tally.n).sum();
    let too_many = analysts.count().is_none();
    let mut blocks = Vec::new();
    if stated == 0 && !too_many {
        blocks.push(
            Note::no_data("No review states whose analysis it was (reviewed_analyst).").into(),
        );
    } else {
        let columns = columns("analyst", "Analyst");
        blocks = by_person("reviewed_analysts", &columns, analysts, people);
        if stated < all && !too_many {
            let words = many(
                all - stated,
                "review does not state",
                "reviews do not state",
            );
            blocks.push(Note::info(format!("{words} whose analysis it was.")).into());
        }
    }
    Section {
        key: "reviewed_analysts",
        title: "By reviewed analyst".to_owned(),
        blocks,
    }
}

fn by_person(
    key: &'static str,
    columns: &[Column],
    tallies: ByName<Tally>,
    people: &People,
) -> Vec<Block> {
    let role = if key == "reviewers" {
        "reviewer"
    } else {
        "analyst"
    };
    let listing = tallies.listing(people, role, |tally| tally.n);
    if let Some(note) = listing.overflow_note() {
        return vec![note.into()];
    }
    let rows = listing.rows(people, |tally| tally.n, results, hidden);
    vec![
        table(key, columns, rows),
        people::note(people, "reviews").into(),
    ]
}
