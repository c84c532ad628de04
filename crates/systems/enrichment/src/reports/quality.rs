//! The report `quality`: how good finished analyses are, week by week, and whether quality holds its targets.
//!
//! One review is one case, in the week in which it ended. The two trend tables are those that teams know from their
//! scripts, with the fourth class in them and the ISO year in the name of the week.

mod alerts;
mod groups;
mod headline;
mod overview;
mod stages;
mod tally;
mod trend;
mod verification;

use crate::kinds;
use secspan_records::record::Record;

use crate::entry::Entry;
use crate::grade::Investigation;
use crate::review::Review;
use secspan_reports::calendar::{Day, Timeline, Week, Weeks};
use secspan_reports::choices::{Choices, Form, Invalid, OptionDef};
use secspan_reports::document::Source;
use secspan_reports::people::{self, ByName, People};
use secspan_reports::period::Span;
use secspan_reports::report::{AnyReport, Body, Outline, Report, ReportDef, Use};
use secspan_reports::statistics::Merge;

use super::enrichment::weekly::Weekly;
use super::pairing::Pairing;
use tally::Tally;

/// The report, as the inventory lists it.
pub(super) static REPORT: ReportDef = ReportDef {
    name: "quality",
    title: "Quality of reviewed analyses",
    about: "What reviews find: scores, classes, issues, week by week",
    examples: &[
        ("--from 2025-12-01 --to 2025-12-31 records/", "one month"),
        (
            "--format csv --table classes",
            "one table, for a spreadsheet",
        ),
    ],
    reads: &[&kinds::ENRICHMENT, &kinds::REVIEW],
    reads_before: &[],
    options: &[&people::PSEUDONYMS, &people::MINIMUM, &BY_ANALYST],
    new,
};

static BY_ANALYST: OptionDef = OptionDef {
    name: "by-analyst",
    about: "Show results by the analyst whose work was reviewed, too",
    heading: "Rules",
    form: Form::Flag,
};

fn new(choices: &Choices) -> Result<Box<dyn AnyReport>, Invalid> {
    Ok(Box::new(Quality {
        options: Options {
            people: People::chosen(choices)?,
            reviewed_analysts: choices.has(&BY_ANALYST),
        },
        ..Quality::default()
    }))
}

/// What a user may choose.
#[derive(Clone, Debug, Default)]
struct Options {
    /// How reviewers and analysts are shown.
    people: People,
    /// Whether results are shown by the analyst whose work was reviewed.
    reviewed_analysts: bool,
}

/// What is known so far.
#[derive(Clone, Debug, Default)]
struct Quality {
    options: Options,
    weeks: Timeline<Week, Tally>,
    days: Timeline<Day, u64>,
    investigations: [Tally; 2],
    reviewers: ByName<Tally>,
    analysts: ByName<Tally>,
    stages: stages::Stages,
    enrichments: Weekly,
    pairing: Pairing,
}

impl Quality {
    fn add_review(&mut self, review: &Review<'_>) {
        let day = Day::of(review.completed_at);
        self.weeks.at(day.week(), |tally| tally.add(review));
        self.days.at(day, |count| *count += 1);
        if let Some(tally) = self.investigations.get_mut(review.investigation as usize) {
            tally.add(review);
        }
        self.reviewers
            .at(&review.reviewer, |tally| tally.add(review));
        if let Some(analyst) = &review.reviewed_analyst {
            self.analysts.at(analyst, |tally| tally.add(review));
        }
        self.stages.add(review);
        let score = review.score.get();
        let ticket = &review.ticket;
        self.pairing.add_review(ticket, review.completed_at, score);
    }
}

impl Merge for Quality {
    fn merge(&mut self, other: Self) {
        self.weeks.merge(other.weeks);
        self.days.merge(other.days);
        self.investigations.merge(other.investigations);
        self.reviewers.merge(other.reviewers);
        self.analysts.merge(other.analysts);
        self.stages.merge(other.stages);
        self.enrichments.merge(other.enrichments);
        self.pairing.merge(other.pairing);
    }
}

impl Report for Quality {
    fn add(&mut self, record: &Record<'_>) -> Use {
        let Some(entry) = Entry::of(record) else {
            return Use::None;
        };
        match &entry {
            Entry::Review(review) => {
                self.add_review(review);
                Use::Fact(review.completed_at)
            }
            Entry::Enrichment(view) => {
                self.enrichments.add(view, Day::of(view.completed_at));
                self.pairing
                    .add_enrichment(&view.ticket, view.completed_at, view.total_seconds);
                Use::Beside
            }
            Entry::Decision(_) | Entry::Ticket(_) => Use::None,
        }
    }

    fn body(self, facts: &Span, _: &mut Source) -> Body {
        if facts.is_empty() {
            return OUTLINE.empty("There is no review among the records.");
        }
        let people = &self.options.people;
        let mut total = Tally::default();
        for tally in self.weeks.values() {
            total.merge(tally.clone());
        }
        let targets = overview::targets(&total, &self.reviewers, &self.days);
        let overview = overview::section(&total, &self.reviewers, &self.days);
        let weeks = Weeks::with_gaps(self.weeks.into_sorted());
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
        Body {
            headline: Some(headline::of(&total, &targets, &sections)),
            sections,
        }
    }
}

/// The keys and titles of the sections that every report has, in order.
const OUTLINE: Outline = Outline(&[
    ("overview", "Overview"),
    ("trend", "Trend"),
    ("alerts", "Alerts"),
    ("investigations", "By kind of investigation"),
    ("reviewers", "By reviewer"),
    ("stages", "Stages of a review"),
    ("verification", "Verification of facts"),
    ("speed_quality", "Speed against quality"),
]);

/// The kinds of investigation, in the order of their numbers.
const INVESTIGATIONS: [Investigation; 2] = [Investigation::Cve, Investigation::Event];

#[cfg(test)]
mod tests;
