//! The latest decisions, and mandatory reviews that were not required.

use std::cmp::Reverse;

use crate::decision::Decision;

use super::case::{COLUMNS, Case, rows};
use super::{LISTED, RECENT, section};
use secspan_reports::cells::{many, table};
use secspan_reports::document::{Block, Note, Section};
use secspan_reports::foremost::Foremost;
use secspan_reports::people::People;
use secspan_reports::statistics::Merge;

/// Decisions that are listed one by one.
#[derive(Clone, Debug)]
pub(super) struct Lists {
    recent: Foremost<Reverse<Case>>,
    missed: Foremost<Case>,
}

impl Default for Lists {
    fn default() -> Self {
        Self {
            recent: Foremost::new(RECENT),
            missed: Foremost::new(LISTED),
        }
    }
}

impl Lists {
    /// `mandatory` says whether every ticket of this priority is to be reviewed.
    pub(super) fn add(&mut self, decision: &Decision<'_>, mandatory: bool) {
        let at = decision.decided_at;
        let make = || Case::of(decision);
        self.recent.offer(|last| at < last.0.at, || Reverse(make()));
        if mandatory && !decision.required {
            self.missed.offer(|last| at > last.at, make);
        }
    }

    /// How many mandatory reviews were not required.
    pub(super) fn missed(&self) -> u64 {
        self.missed.n()
    }

    pub(super) fn recent_section(self, people: &People) -> Section {
        let cases: Vec<Case> = self
            .recent
            .into_sorted()
            .into_iter()
            .map(|case| case.0)
            .collect();
        section(
            "recent",
            vec![table("recent", &COLUMNS, rows(&cases, people))],
        )
    }

    pub(super) fn missed_section(&mut self, people: &People) -> Section {
        let missed = std::mem::replace(&mut self.missed, Foremost::new(0));
        let n = missed.n();
        if n == 0 {
            let note =
                Note::good("A review was required for every ticket of a mandatory priority.");
            return section("missed", vec![note.into()]);
        }
        let mut sentence = many(
            n,
            "mandatory review was not required",
            "mandatory reviews were not required",
        );
        sentence.push('.');
        section("missed", listed("missed", sentence, missed, people))
    }
}

impl Merge for Lists {
    fn merge(&mut self, other: Self) {
        self.recent.merge(other.recent);
        self.missed.merge(other.missed);
    }
}

/// A warning, the earliest of the decisions that it is about, and how many more there are.
pub(super) fn listed(
    key: &'static str,
    sentence: String,
    cases: Foremost<Case>,
    people: &People,
) -> Vec<Block> {
    let n = cases.n();
    let cases = cases.into_sorted();
    let more = n.saturating_sub(cases.len() as u64);
    let mut blocks = vec![
        Note::warning(sentence).into(),
        table(key, &COLUMNS, rows(&cases, people)),
    ];
    if more > 0 {
        blocks.push(
            Note::info(format!(
                "{more} more are not listed; these are the earliest."
            ))
            .into(),
        );
    }
    blocks
}
