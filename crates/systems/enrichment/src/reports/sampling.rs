//! The report `sampling`: whether finished enrichments are reviewed as often as the rule says.
//!
//! One decision is one case, as in the script that teams know: a ticket that was decided about twice counts twice, and the
//! report says how many such decisions there are. A required review is mandatory when its reason holds the word
//! `Mandatory`, in this spelling, and sampled otherwise. A share that is outside of its tolerance is only called a miss
//! when the number of decisions allows to say so.

mod case;
mod compliance;
mod headline;
mod lists;
mod replay;
mod reviewers;
mod tally;
mod trend;
mod velocity;

use crate::decision::Decision;
use crate::kinds;
use secspan_records::record::Record;

use crate::entry::Entry;
use crate::sampling::{Rates, TOLERANCE_POINTS};
use secspan_records::timestamp::Timestamp;
use secspan_reports::calendar::{Day, Timeline, Week, Weeks};
use secspan_reports::choices::{Choices, Form, Invalid, OptionDef};
use secspan_reports::document::{Block, Section, Source};
use secspan_reports::hashing::number;
use secspan_reports::people::{self, ByName, People};
use secspan_reports::period::Span;
use secspan_reports::report::{AnyReport, Body, Outline, Report, ReportDef, Use};
use secspan_reports::statistics::Merge;

use lists::Lists;
use replay::Replay;
use tally::Priorities;
use velocity::Enrichments;

/// The report, as the inventory lists it.
pub(super) static REPORT: ReportDef = ReportDef {
    name: "sampling",
    title: "Sampling of reviews",
    about: "Whether as many tickets are reviewed as the sampling rule asks for",
    examples: &[("--seed 1 'metrics/*.csv'", "replay the decisions of a seed")],
    reads: &[&kinds::DECISION, &kinds::ENRICHMENT],
    reads_before: &[],
    options: &[&people::PSEUDONYMS, &people::MINIMUM, &TOLERANCE, &SEED],
    new,
};

static TOLERANCE: OptionDef = OptionDef {
    name: "tolerance",
    about: "How far a rate may be from its target, in percentage points",
    heading: "Rules",
    form: Form::Number {
        value: "POINTS",
        least: 0.0,
        most: 100.0,
        rule: "write percentage points",
    },
};

static SEED: OptionDef = OptionDef {
    name: "seed",
    about: "Replay the decisions that this seed makes, and name those that differ",
    heading: "Rules",
    form: Form::Whole {
        value: "N",
        least: 0,
        default: None,
    },
};

fn new(choices: &Choices) -> Result<Box<dyn AnyReport>, Invalid> {
    let defaults = Options::default();
    let tolerance = choices.number(&TOLERANCE)?;
    Ok(Box::new(Sampling::new(Options {
        tolerance_points: tolerance.unwrap_or(defaults.tolerance_points),
        seed: choices.number(&SEED)?,
        people: People::chosen(choices)?,
        ..defaults
    })))
}

/// How many of the latest decisions are listed.
const RECENT: usize = 10;

/// How many decisions are listed at most where something is wrong with them.
const LISTED: usize = 50;

/// What a user may choose.
#[derive(Clone, Debug)]
struct Options {
    /// How many tickets of each priority are to be reviewed.
    rates: Rates,
    /// How far a share may be from its rate, in percentage points; hundredths count.
    tolerance_points: f64,
    /// The seed of the sampling rule: every decision is then made again and compared.
    seed: Option<u64>,
    /// How reviewers are shown.
    people: People,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rates: Rates::default(),
            tolerance_points: TOLERANCE_POINTS,
            seed: None,
            people: People::default(),
        }
    }
}

/// What is known so far.
#[derive(Clone, Debug)]
struct Sampling {
    options: Options,
    weeks: Timeline<Week, Priorities>,
    /// A number for each ticket that was decided about.
    tickets: Vec<u64>,
    lists: Lists,
    replay: Option<Replay>,
    reviewers: ByName<u64>,
    unassigned: u64,
    enrichments: Enrichments,
}

impl Sampling {
    /// Nothing is known yet.
    fn new(options: Options) -> Self {
        Self {
            weeks: Timeline::default(),
            tickets: Vec::new(),
            lists: Lists::default(),
            replay: options.seed.map(|seed| Replay::new(seed, options.rates)),
            reviewers: ByName::default(),
            unassigned: 0,
            enrichments: Enrichments::default(),
            options,
        }
    }

    fn add_decision(&mut self, decision: &Decision<'_>) -> Timestamp {
        let at = decision.decided_at.to_seconds();
        self.weeks
            .at(Day::of(at).week(), |priorities| priorities.add(decision));
        self.tickets.push(number(&decision.ticket));
        let mandatory = tally::is_mandatory(&self.options.rates, decision.priority);
        self.lists.add(decision, mandatory);
        if let Some(replay) = &mut self.replay {
            replay.add(decision);
        }
        match &decision.reviewer {
            _ if !decision.required => {}
            Some(reviewer) => self.reviewers.at(reviewer, |n| *n += 1),
            None => self.unassigned += 1,
        }
        at
    }
}

impl Merge for Sampling {
    fn merge(&mut self, other: Self) {
        self.weeks.merge(other.weeks);
        self.tickets.extend(other.tickets);
        self.lists.merge(other.lists);
        if let Some((mine, theirs)) = self.replay.as_mut().zip(other.replay) {
            mine.merge(theirs);
        }
        self.reviewers.merge(other.reviewers);
        self.unassigned += other.unassigned;
        self.enrichments.merge(other.enrichments);
    }
}

impl Report for Sampling {
    fn add(&mut self, record: &Record<'_>) -> Use {
        let Some(entry) = Entry::of(record) else {
            return Use::None;
        };
        match &entry {
            Entry::Decision(decision) => Use::Fact(self.add_decision(decision)),
            Entry::Enrichment(view) => {
                self.enrichments.add(view);
                Use::Beside
            }
            Entry::Review(_) | Entry::Ticket(_) => Use::None,
        }
    }

    fn body(mut self, facts: &Span, _: &mut Source) -> Body {
        if facts.is_empty() {
            return OUTLINE.empty("There is no review decision among the records.");
        }
        let options = &self.options;
        let mut total = Priorities::default();
        for week in self.weeks.values() {
            total.merge(*week);
        }
        let decisions = self.tickets.len();
        self.tickets.sort_unstable();
        self.tickets.dedup();
        let repeated = (decisions - self.tickets.len()) as u64;
        let weeks = Weeks::with_gaps(self.weeks.into_sorted());
        let missed = self.lists.missed();
        let sections = vec![
            compliance::overview(&total, repeated),
            compliance::by_priority(&total),
            compliance::section(&total, options),
            self.lists.missed_section(&options.people),
            replay::section(self.replay, &options.people),
            reviewers::section(self.reviewers, self.unassigned, &options.people),
            trend::section(&weeks, &options.rates),
            self.enrichments.section(weeks),
            self.lists.recent_section(&options.people),
        ];
        Body {
            headline: Some(headline::of(&total, missed, options, &sections)),
            sections,
        }
    }
}

/// The keys and titles of the sections of every report, in order.
const OUTLINE: Outline = Outline(&[
    ("overview", "Overview"),
    ("priorities", "By priority"),
    ("compliance", "Compliance with the targets"),
    ("missed", "Mandatory reviews that were not required"),
    ("replay", "Replay of the draws"),
    ("reviewers", "Balance of reviewers"),
    ("trend", "Trend"),
    ("velocity", "Velocity of enrichment"),
    ("recent", "Latest decisions"),
]);

/// A section by its key.
fn section(key: &'static str, blocks: Vec<Block>) -> Section {
    OUTLINE.section(key, blocks)
}

#[cfg(test)]
mod tests;
