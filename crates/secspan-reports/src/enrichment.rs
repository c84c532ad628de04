//! The report `enrichment`: how long enrichments take, where the time goes, what they assign, and how well that holds.
//!
//! Every record counts, whatever its outcome, as it does in the metrics of the same name; the outcomes stand beside each
//! other in the overview. All durations are `total_duration_seconds`, the time spent in stages; time between stages is
//! shown where records state it. Days and weeks are those of completion, in UTC.

mod analysts;
mod consistency;
mod overview;
mod perplexity;
mod priority;
mod stages;
mod velocity;
pub(crate) mod weekly;

pub use consistency::KevRule;

use secspan_records::entry::{EnrichmentView, Entry};

use crate::document::{Document, Note, Section, Source};
use crate::pairing::Pairing;
use crate::people::People;
use crate::period::Span;
use crate::statistics::Merge;

/// The most tickets that are listed for each kind of doubt about priorities.
pub const EXAMPLES_MAX: usize = 1000;

/// What a user may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// How analysts are shown.
    pub people: People,
    /// What a listed vulnerability does to a priority.
    pub kev_rule: KevRule,
    /// How many tickets are listed for each kind of doubt about priorities; at most [`EXAMPLES_MAX`].
    pub examples: usize,
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
pub struct Accumulator {
    options: Options,
    span: Span,
    overview: overview::Overview,
    analysts: analysts::Analysts,
    stages: stages::Stages,
    perplexity: perplexity::Perplexity,
    priority: priority::Priorities,
    weeks: weekly::Weekly,
    velocity: velocity::Velocity,
    consistency: consistency::Consistency,
    pairing: Pairing,
    other_records: u64,
}

impl Accumulator {
    /// Nothing is known yet.
    pub fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            span: Span::default(),
            overview: overview::Overview::default(),
            analysts: analysts::Analysts::default(),
            stages: stages::Stages::default(),
            perplexity: perplexity::Perplexity::default(),
            priority: priority::Priorities::default(),
            weeks: weekly::Weekly::default(),
            velocity: velocity::Velocity::default(),
            consistency: consistency::Consistency::new(options),
            pairing: Pairing::default(),
            other_records: 0,
        }
    }

    /// Takes a record into account: enrichments, and reviews for their scores.
    #[inline]
    pub fn add(&mut self, entry: &Entry<'_>) {
        match entry {
            Entry::Enrichment(view) => self.add_enrichment(view),
            Entry::Review(review) => {
                let score = review.result.score.get();
                let ticket = review.ticket.as_str();
                self.pairing.add_review(ticket, review.completed_at, score);
            }
            Entry::Decision(_) | Entry::Ticket(_) => self.other_records += 1,
        }
    }

    fn add_enrichment(&mut self, view: &EnrichmentView<'_>) {
        let day = self.span.add(view.completed_at);
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

    /// Takes over what another accumulator with the same options knows.
    pub fn merge(&mut self, other: Self) {
        self.span.merge(other.span);
        self.overview.merge(other.overview);
        self.analysts.merge(other.analysts);
        self.stages.merge(other.stages);
        self.perplexity.merge(other.perplexity);
        self.priority.merge(other.priority);
        self.weeks.merge(other.weeks);
        self.velocity.merge(other.velocity);
        self.consistency.merge(other.consistency);
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
            key: "enrichment",
            title: "Enrichment performance".to_owned(),
            period,
            source,
            sections,
        }
    }

    fn sections(self) -> Vec<Section> {
        let people = &self.options.people;
        let velocity = self.velocity.days(&self.span, &self.analysts);
        let total = self.priority.total();
        let weeks = self.weeks.into_weeks();
        vec![
            self.overview.section(&total, &self.analysts, &velocity),
            self.analysts.section(people),
            self.stages.section(),
            self.perplexity.section(),
            self.priority.section(&weeks),
            velocity.section(&self.span, &weeks),
            self.consistency.section(),
            self.pairing.finish().section(),
        ]
    }
}

/// The keys and titles of the sections, in order.
const SECTIONS: [(&str, &str); 8] = [
    ("overview", "Overview"),
    ("analysts", "By analyst"),
    ("stages", "Stages"),
    ("perplexity", "Use of Perplexity"),
    ("priority", "Priorities"),
    ("velocity", "Velocity"),
    ("consistency", "Priority against CVSS, EPSS and KEV"),
    ("speed_quality", "Speed against quality"),
];

fn empty_sections() -> Vec<Section> {
    let empty = |(key, title): (&'static str, &str)| Section {
        key,
        title: title.to_owned(),
        blocks: vec![Note::no_data("There is no enrichment among the records.").into()],
    };
    SECTIONS.into_iter().map(empty).collect()
}

#[cfg(test)]
mod tests;
