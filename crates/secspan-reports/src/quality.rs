//! The report `quality`: how good finished analyses are, week by week, and whether quality holds its targets.
//!
//! One review is one case, in the week in which it ended. The two trend tables are those that teams know from their
//! scripts, with the fourth class in them and the ISO year in the name of the week.

mod alerts;
mod groups;
mod overview;
mod stages;
mod tally;
mod trend;
mod verification;

use secspan_records::entry::Entry;
use secspan_records::review::{Investigation, ReviewRecord};

use crate::calendar::{Day, Timeline, Week};
use crate::document::{Document, Note, Section, Source};
use crate::enrichment::weekly::Weekly;
use crate::pairing::Pairing;
use crate::people::{ByName, People};
use crate::period::Span;
use crate::statistics::Merge;

use tally::Tally;

/// What a user may choose.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How reviewers and analysts are shown.
    pub people: People,
    /// Whether results are shown by the analyst whose work was reviewed.
    pub reviewed_analysts: bool,
}

/// What is known so far.
#[derive(Clone, Debug)]
pub struct Accumulator {
    options: Options,
    span: Span,
    weeks: Timeline<Week, Tally>,
    days: Timeline<Day, u64>,
    investigations: [Tally; 2],
    reviewers: ByName<Tally>,
    analysts: ByName<Tally>,
    stages: stages::Stages,
    enrichments: Weekly,
    pairing: Pairing,
    other_records: u64,
}

impl Accumulator {
    /// Nothing is known yet.
    pub fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            span: Span::default(),
            weeks: Timeline::default(),
            days: Timeline::default(),
            investigations: Default::default(),
            reviewers: ByName::default(),
            analysts: ByName::default(),
            stages: stages::Stages::default(),
            enrichments: Weekly::default(),
            pairing: Pairing::default(),
            other_records: 0,
        }
    }

    /// Takes a record into account: reviews, and enrichments for what they have to do with them.
    #[inline]
    pub fn add(&mut self, entry: &Entry<'_>) {
        match entry {
            Entry::Review(review) => self.add_review(review),
            Entry::Enrichment(view) => {
                self.enrichments.add(view, Day::of(view.completed_at));
                self.pairing
                    .add_enrichment(&view.ticket, view.completed_at, view.total_seconds);
            }
            Entry::Decision(_) | Entry::Ticket(_) => self.other_records += 1,
        }
    }

    fn add_review(&mut self, review: &ReviewRecord) {
        let day = self.span.add(review.completed_at);
        self.weeks.at(day.week(), |tally| tally.add(review));
        self.days.at(day, |count| *count += 1);
        if let Some(tally) = self.investigations.get_mut(review.investigation as usize) {
            tally.add(review);
        }
        self.reviewers
            .at(review.reviewer.as_str(), |tally| tally.add(review));
        if let Some(analyst) = &review.reviewed_analyst {
            self.analysts
                .at(analyst.as_str(), |tally| tally.add(review));
        }
        self.stages.add(&review.durations);
        let score = review.result.score.get();
        let ticket = review.ticket.as_str();
        self.pairing.add_review(ticket, review.completed_at, score);
    }

    /// Takes over what another accumulator with the same options knows.
    pub fn merge(&mut self, other: Self) {
        self.span.merge(other.span);
        self.weeks.merge(other.weeks);
        self.days.merge(other.days);
        self.investigations.merge(other.investigations);
        self.reviewers.merge(other.reviewers);
        self.analysts.merge(other.analysts);
        self.stages.merge(other.stages);
        self.enrichments.merge(other.enrichments);
        self.pairing.merge(other.pairing);
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
            key: "quality",
            title: "Quality of reviewed analyses".to_owned(),
            period,
            source,
            sections,
        }
    }

    fn sections(self) -> Vec<Section> {
        let people = &self.options.people;
        let mut total = Tally::default();
        for tally in self.weeks.values() {
            total.merge(tally.clone());
        }
        let overview = overview::section(&total, &self.reviewers, &self.days);
        let weeks = crate::calendar::Weeks::with_gaps(self.weeks.into_sorted());
        let trend = trend::section(&weeks, self.enrichments.into_sorted());
        let mut sections = vec![
            overview,
            trend,
            alerts::section(&weeks),
            groups::investigations(&self.investigations),
            groups::reviewers(self.reviewers, people),
        ];
        if self.options.reviewed_analysts {
            sections.push(groups::analysts(self.analysts, people, total.n));
        }
        sections.push(self.stages.section());
        sections.push(verification::section(&total));
        sections.push(self.pairing.finish().section());
        sections
    }
}

/// The keys and titles of the sections that every report has, in order.
const SECTIONS: [(&str, &str); 8] = [
    ("overview", "Overview"),
    ("trend", "Trend"),
    ("alerts", "Alerts"),
    ("investigations", "By kind of investigation"),
    ("reviewers", "By reviewer"),
    ("stages", "Stages of a review"),
    ("verification", "Verification of facts"),
    ("speed_quality", "Speed against quality"),
];

/// The kinds of investigation, in the order of their numbers.
const INVESTIGATIONS: [Investigation; 2] = [Investigation::Cve, Investigation::Event];

fn empty_sections() -> Vec<Section> {
    let empty = |(key, title): (&'static str, &str)| Section {
        key,
        title: title.to_owned(),
        blocks: vec![Note::no_data("There is no review among the records.").into()],
    };
    SECTIONS.into_iter().map(empty).collect()
}

#[cfg(test)]
mod tests;
