//! The report `sampling`: whether finished enrichments are reviewed as often as the rule says.
//!
//! One decision is one case, as in the script that teams know: a ticket that was decided about twice counts twice, and the
//! report says how many such decisions there are. A required review is mandatory when its reason holds the word
//! `Mandatory`, in this spelling, and sampled otherwise. A share that is outside of its tolerance is only called a miss
//! when the number of decisions allows to say so.

mod case;
mod compliance;
mod lists;
mod replay;
mod reviewers;
mod tally;
mod trend;
mod velocity;

use secspan_records::decision::DecisionRecord;
use secspan_records::entry::Entry;
use secspan_records::sampling::{Rates, TOLERANCE_POINTS};

use crate::calendar::{Day, Timeline, Week, Weeks};
use crate::document::{Document, Note, Section, Source};
use crate::hashing::number;
use crate::people::{ByName, People};
use crate::period::Span;
use crate::statistics::Merge;

use lists::Lists;
use replay::Replay;
use tally::Priorities;
use velocity::Enrichments;

/// How many of the latest decisions are listed.
pub const RECENT: usize = 10;

/// How many decisions are listed at most where something is wrong with them.
pub const LISTED: usize = 50;

/// What a user may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many tickets of each priority are to be reviewed.
    pub rates: Rates,
    /// How far a share may be from its rate, in percentage points; hundredths count.
    pub tolerance_points: f64,
    /// The seed of the sampling rule: every decision is then made again and compared.
    pub seed: Option<u64>,
    /// How reviewers are shown.
    pub people: People,
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
pub struct Accumulator {
    options: Options,
    span: Span,
    weeks: Timeline<Week, Priorities>,
    /// A number for each ticket that was decided about.
    tickets: Vec<u64>,
    lists: Lists,
    replay: Option<Replay>,
    reviewers: ByName<u64>,
    unassigned: u64,
    enrichments: Enrichments,
    other_records: u64,
}

impl Accumulator {
    /// Nothing is known yet.
    pub fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            span: Span::default(),
            weeks: Timeline::default(),
            tickets: Vec::new(),
            lists: Lists::default(),
            replay: options.seed.map(|seed| Replay::new(seed, options.rates)),
            reviewers: ByName::default(),
            unassigned: 0,
            enrichments: Enrichments::default(),
            other_records: 0,
        }
    }

    /// Takes a record into account: decisions, and enrichments for how many there were.
    #[inline]
    pub fn add(&mut self, entry: &Entry<'_>) {
        match entry {
            Entry::Decision(decision) => self.add_decision(decision),
            Entry::Enrichment(view) => self.enrichments.add(view),
            Entry::Review(_) | Entry::Ticket(_) => self.other_records += 1,
        }
    }

    fn add_decision(&mut self, decision: &DecisionRecord) {
        let day: Day = self.span.add(decision.decided_at.to_seconds());
        self.weeks
            .at(day.week(), |priorities| priorities.add(decision));
        self.tickets.push(number(decision.ticket.as_str()));
        let mandatory = tally::is_mandatory(&self.options.rates, decision.priority);
        self.lists.add(decision, mandatory);
        if let Some(replay) = &mut self.replay {
            replay.add(decision);
        }
        match &decision.reviewer {
            _ if !decision.required => {}
            Some(reviewer) => self.reviewers.at(reviewer.as_str(), |n| *n += 1),
            None => self.unassigned += 1,
        }
    }

    /// Takes over what another accumulator with the same options knows.
    pub fn merge(&mut self, other: Self) {
        self.span.merge(other.span);
        self.weeks.merge(other.weeks);
        self.tickets.extend(other.tickets);
        self.lists.merge(other.lists);
        if let Some((mine, theirs)) = self.replay.as_mut().zip(other.replay) {
            mine.merge(theirs);
        }
        self.reviewers.merge(other.reviewers);
        self.unassigned += other.unassigned;
        self.enrichments.merge(other.enrichments);
        self.other_records += other.other_records;
    }

    /// The report. Records of kinds that it does not use are added to those that `source` counts.
    pub fn finish(self, mut source: Source) -> Document {
        source.other_records += self.other_records;
        let period = self.span.period();
        let sections = if period.is_some() {
            self.sections()
        } else {
            empty_sections()
        };
        Document {
            key: "sampling",
            title: "Sampling of reviews".to_owned(),
            period,
            source,
            sections,
        }
    }

    fn sections(mut self) -> Vec<Section> {
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
        vec![
            compliance::overview(&total, repeated),
            compliance::by_priority(&total),
            compliance::section(&total, options),
            self.lists.missed_section(&options.people),
            replay::section(self.replay, &options.people),
            reviewers::section(self.reviewers, self.unassigned, &options.people),
            trend::section(&weeks, &options.rates),
            self.enrichments.section(weeks),
            self.lists.recent_section(&options.people),
        ]
    }
}

/// The keys and titles of the sections of every report, in order.
const SECTIONS: [(&str, &str); 9] = [
    ("overview", "Overview"),
    ("priorities", "By priority"),
    ("compliance", "Compliance with the targets"),
    ("missed", "Mandatory reviews that were not required"),
    ("replay", "Replay of the draws"),
    ("reviewers", "Balance of reviewers"),
    ("trend", "Trend"),
    ("velocity", "Velocity of enrichment"),
    ("recent", "Latest decisions"),
];

/// A section by its key.
fn section(key: &'static str, blocks: Vec<crate::document::Block>) -> Section {
    let title = SECTIONS
        .into_iter()
        .find_map(|(known, title)| (known == key).then_some(title));
    Section {
        key,
        title: title.unwrap_or(key).to_owned(),
        blocks,
    }
}

fn empty_sections() -> Vec<Section> {
    let why = "There is no review decision among the records.";
    let empty = |(key, _): (&'static str, &str)| section(key, vec![Note::no_data(why).into()]);
    SECTIONS.into_iter().map(empty).collect()
}

#[cfg(test)]
mod tests;
