//! The report `sla`: whether tickets are closed in the time that their priority allows, and what is still open.
//!
//! The clock starts when the enrichment of a ticket ends. A closing counts in the week in which it happened. Closings alone
//! would flatter: whatever takes longest is not closed yet. So open tickets stand beside them, with their age, and the
//! median time to close is given a second time with open tickets in it (Kaplan-Meier). Only tickets that have a line of
//! their own are judged; of an enrichment alone nobody knows whether its ticket is closed.

mod closed;
mod coverage;
mod judged;
mod open;
mod survival;
mod tickets;
mod trend;

use secspan_records::entry::Entry;
use secspan_records::service_level::{BusinessHours, Hours, ServiceLevels};
use secspan_records::terms::Priority;
use secspan_records::ticket::TicketRecord;
use secspan_records::timestamp::Timestamp;

use crate::document::{Block, Document, Note, Section, Source};
use crate::period::Span;
use crate::statistics::Merge;

use judged::Judged;
use tickets::{Lines, Starts};

/// The share of closings that are to be in time.
pub const TARGET_SHARE: f64 = 0.95;

/// How many overdue tickets are listed at most.
pub const LISTED: usize = 20;

/// What a user may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is promised for each priority, and in which hours it is counted.
    pub levels: ServiceLevels,
    /// The moment that ages are counted to; the latest moment in the records unless one is chosen.
    pub as_of: Option<Timestamp>,
    /// First moment of the lines about tickets that are given, when older ones are held back: an enrichment before it
    /// starts a clock, and its ticket may have been closed before it, too.
    pub from: Option<Timestamp>,
    /// The share of closings that are to be in time, 0 to 1; hundredths of a percent count.
    pub target_share: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            levels: ServiceLevels::default(),
            as_of: None,
            from: None,
            target_share: TARGET_SHARE,
        }
    }
}

impl Options {
    /// The same, with P3 and P4 counted in business hours; P1 and P2 stay urgent at night.
    #[must_use]
    pub fn in_business_hours(mut self, hours: BusinessHours) -> Self {
        let priorities = [Priority::P3, Priority::P4];
        self.levels = self.levels.counted_in(Hours::Business(hours), &priorities);
        self
    }
}

/// What is known so far.
#[derive(Clone, Debug)]
pub struct Accumulator {
    options: Options,
    span: Span,
    /// All moments in the records.
    moments: Span,
    lines: Lines,
    starts: Starts,
    other_records: u64,
}

impl Accumulator {
    /// Nothing is known yet.
    pub fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            span: Span::default(),
            moments: Span::default(),
            lines: Lines::default(),
            starts: Starts::default(),
            other_records: 0,
        }
    }

    /// Takes a record into account: tickets, and enrichments for when their clock started.
    #[inline]
    pub fn add(&mut self, entry: &Entry<'_>) {
        match entry {
            Entry::Ticket(ticket) => self.add_ticket(ticket),
            Entry::Enrichment(view) => {
                self.moments.add(view.completed_at);
                self.starts.add(view);
            }
            Entry::Review(review) => {
                self.moments.add(review.completed_at);
                self.other_records += 1;
            }
            Entry::Decision(decision) => {
                self.moments.add(decision.decided_at.to_seconds());
                self.other_records += 1;
            }
        }
    }

    fn add_ticket(&mut self, ticket: &TicketRecord) {
        self.span.add(ticket.completed_at());
        for at in [ticket.enriched_at, ticket.closed_at].into_iter().flatten() {
            self.moments.add(at);
        }
        self.lines.add(ticket, self.options.as_of);
    }

    /// Takes over what another accumulator with the same options knows.
    pub fn merge(&mut self, other: Self) {
        self.span.merge(other.span);
        self.moments.merge(other.moments);
        self.lines.merge(other.lines);
        self.starts.merge(other.starts);
        self.other_records += other.other_records;
    }

    /// The report. Records of kinds that it does not use are added to those that `source` counts; the moment that ages are
    /// counted to is noted there too.
    pub fn finish(self, mut source: Source) -> Document {
        source.other_records += self.other_records;
        source.as_of = self.options.as_of.or(self.moments.last());
        let period = self.span.period();
        let starts = self.starts.into_sorted();
        let as_of = source.as_of.unwrap_or_default();
        let judged = Judged::of(self.lines, starts, &self.options, as_of);
        let sections = if period.is_some() {
            sections(&judged, &self.options)
        } else {
            empty_sections(&judged)
        };
        Document {
            key: "sla",
            title: "Service levels of tickets".to_owned(),
            period,
            source,
            sections,
        }
    }
}

fn sections(judged: &Judged<'_>, options: &Options) -> Vec<Section> {
    vec![
        closed::overview(judged, options),
        closed::section(judged, options),
        survival::section(judged, options),
        open::section(judged),
        open::overdue(judged),
        trend::section(judged),
        coverage::section(judged),
    ]
}

/// The keys and titles of the sections of every report, in order.
const SECTIONS: [(&str, &str); 7] = [
    ("overview", "Overview"),
    ("compliance", "Closings by priority"),
    ("time_to_close", "Time to close"),
    ("open", "Open tickets"),
    ("overdue", "Overdue tickets"),
    ("trend", "Trend"),
    ("coverage", "What is known about tickets"),
];

/// A section by its key.
fn named(key: &'static str, blocks: Vec<Block>) -> Section {
    let title = SECTIONS
        .into_iter()
        .find_map(|(known, title)| (known == key).then_some(title));
    Section {
        key,
        title: title.unwrap_or(key).to_owned(),
        blocks,
    }
}

fn empty_sections(judged: &Judged<'_>) -> Vec<Section> {
    let why =
        "There is no ticket among the records; closings are in the files ticket-metrics-*.jsonl.";
    let section = |(key, _): (&'static str, &str)| match key {
        "coverage" => coverage::section(judged),
        key => named(key, vec![Note::no_data(why).into()]),
    };
    SECTIONS.into_iter().map(section).collect()
}

#[cfg(test)]
mod tests;
