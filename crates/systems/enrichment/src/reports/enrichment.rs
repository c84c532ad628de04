//! The report `enrichment`: how long enrichments take, where the time goes, what they assign, and how well that holds.
//!
//! Every record counts, whatever its outcome, as it does in the metrics of the same name; the outcomes stand beside each
//! other in the overview. All durations are `total_duration_seconds`, the time spent in stages; time between stages is
//! shown where records state it. Days and weeks are those of completion, in UTC.

mod analysts;
mod consistency;
mod headline;
mod overview;
mod perplexity;
mod priority;
mod stages;
mod velocity;
pub(crate) mod weekly;

use consistency::KevRule;

use crate::enrichment::Enrichment;
use crate::kinds;
use secspan_records::record::Record;

use crate::entry::Entry;
use secspan_reports::calendar::Day;
use secspan_reports::choices::{Choices, Form, Invalid, OptionDef};
use secspan_reports::document::Source;
use secspan_reports::people::{self, People};
use secspan_reports::period::Span;
use secspan_reports::report::{AnyReport, Body, Outline, Report, ReportDef, Use};
use secspan_reports::statistics::Merge;

use super::pairing::Pairing;

/// The report, as the inventory lists it.
pub(super) static REPORT: ReportDef = ReportDef {
    name: "enrichment",
    title: "Enrichment performance",
    about: "How long enrichments take, by stage and by analyst; Perplexity; priorities and whether they fit",
    examples: &[
        ("", "records below ./secspan-data, as text"),
        (
            "--format html --output enrichment.html",
            "one page, charts included",
        ),
        ("-", "lines of any kind, from standard input"),
    ],
    reads: &[&kinds::ENRICHMENT, &kinds::REVIEW],
    reads_before: &[],
    options: &[&people::PSEUDONYMS, &people::MINIMUM, &KEV_RULE],
    new,
};

static KEV_RULE: OptionDef = OptionDef {
    name: "kev-rule",
    about: "What a listed vulnerability does to a priority",
    heading: "Rules",
    form: Form::Choice {
        value: "RULE",
        words: &["p1", "p2"],
    },
};

fn new(choices: &Choices) -> Result<Box<dyn AnyReport>, Invalid> {
    Ok(Box::new(Performance::new(Options {
        people: People::chosen(choices)?,
        kev_rule: match choices.text(&KEV_RULE) {
            Some("p2") => KevRule::AtLeastP2,
            _ => KevRule::P1,
        },
        ..Options::default()
    })))
}

/// The most tickets that are listed for each kind of doubt about priorities.
const EXAMPLES_MAX: usize = 1000;

/// What a user may choose.
#[derive(Clone, Debug)]
struct Options {
    /// How analysts are shown.
    people: People,
    /// What a listed vulnerability does to a priority.
    kev_rule: KevRule,
    /// How many tickets are listed for each kind of doubt about priorities; at most [`EXAMPLES_MAX`].
    examples: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            people: People::default(),
            kev_rule: KevRule::default(),
            examples: 10,
        }
    }
}

/// What is known so far.
#[derive(Clone, Debug)]
struct Performance {
    options: Options,
    overview: overview::Overview,
    analysts: analysts::Analysts,
    stages: stages::Stages,
    perplexity: perplexity::Perplexity,
    priority: priority::Priorities,
    weeks: weekly::Weekly,
    velocity: velocity::Velocity,
    consistency: consistency::Consistency,
    pairing: Pairing,
}

impl Performance {
    /// Nothing is known yet.
    fn new(options: Options) -> Self {
        Self {
            overview: overview::Overview::default(),
            analysts: analysts::Analysts::default(),
            stages: stages::Stages::default(),
            perplexity: perplexity::Perplexity::default(),
            priority: priority::Priorities::default(),
            weeks: weekly::Weekly::default(),
            velocity: velocity::Velocity::default(),
            consistency: consistency::Consistency::new(&options),
            pairing: Pairing::default(),
            options,
        }
    }

    fn add_enrichment(&mut self, view: &Enrichment<'_>) {
        let day = Day::of(view.completed_at);
        self.overview.add(view);
        self.analysts.add(view, day);
        self.stages.add(view);
        self.perplexity.add(view);
        self.priority.add(view);
        self.weeks.add(view, day);
        self.velocity.add(day);
        self.consistency.add(view);
        self.pairing
            .add_enrichment(&view.ticket, view.completed_at, view.total_seconds);
    }
}

impl Merge for Performance {
    fn merge(&mut self, other: Self) {
        self.overview.merge(other.overview);
        self.analysts.merge(other.analysts);
        self.stages.merge(other.stages);
        self.perplexity.merge(other.perplexity);
        self.priority.merge(other.priority);
        self.weeks.merge(other.weeks);
        self.velocity.merge(other.velocity);
        self.consistency.merge(other.consistency);
        self.pairing.merge(other.pairing);
    }
}

impl Report for Performance {
    fn add(&mut self, record: &Record<'_>) -> Use {
        let Some(entry) = Entry::of(record) else {
            return Use::None;
        };
        match &entry {
            Entry::Enrichment(view) => {
                self.add_enrichment(view);
                Use::Fact(view.completed_at)
            }
            Entry::Review(review) => {
                let score = review.score.get();
                self.pairing
                    .add_review(&review.ticket, review.completed_at, score);
                Use::Beside
            }
            Entry::Decision(_) | Entry::Ticket(_) => Use::None,
        }
    }

    fn body(self, facts: &Span, _: &mut Source) -> Body {
        if facts.is_empty() {
            return OUTLINE.empty("There is no enrichment among the records.");
        }
        let people = &self.options.people;
        let velocity = self.velocity.days(facts, &self.analysts);
        let total = self.priority.total();
        let succeeded = self.overview.succeeded();
        let weeks = self.weeks.into_weeks();
        let sections = vec![
            self.overview.section(&total, &self.analysts, &velocity),
            self.analysts.section(people),
            self.stages.section(),
            self.perplexity.section(),
            self.priority.section(&weeks),
            velocity.section(facts, &weeks),
            self.consistency.section(),
            self.pairing.finish().section(),
        ];
        let targets = overview::targets(&total, &velocity);
        let longest = self.stages.longest();
        Body {
            headline: Some(headline::of(
                &total, succeeded, &targets, longest, &sections,
            )),
            sections,
        }
    }
}

/// The keys and titles of the sections, in order.
const OUTLINE: Outline = Outline(&[
    ("overview", "Overview"),
    ("analysts", "By analyst"),
    ("stages", "Stages"),
    ("perplexity", "Use of Perplexity"),
    ("priority", "Priorities"),
    ("velocity", "Velocity"),
    ("consistency", "Priority against CVSS, EPSS and KEV"),
    ("speed_quality", "Speed against quality"),
]);

#[cfg(test)]
mod tests;
