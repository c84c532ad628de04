//! The report `sla`: whether tickets are closed in the time that their priority allows, and what is still open.
//!
//! The clock starts when the enrichment of a ticket ends. A closing counts in the week in which it happened. Closings alone
//! would flatter: whatever takes longest is not closed yet. So open tickets stand beside them, with their age, and the
//! median time to close is given a second time with open tickets in it (Kaplan-Meier). Only tickets that have a line of
//! their own are judged; of an enrichment alone nobody knows whether its ticket is closed.

mod closed;
mod coverage;
mod headline;
mod hours;
mod judged;
mod open;
mod survival;
mod tickets;
mod trend;

use crate::kinds;
use secspan_records::record::Record;

use crate::entry::Entry;
use crate::service_level::{BusinessHours, Hours, ServiceLevels};
use crate::terms::Priority;
use crate::ticket::Ticket;
use secspan_records::timestamp::Timestamp;
use secspan_reports::calendar;
use secspan_reports::choices::{Choices, Form, Invalid, OptionDef};
use secspan_reports::document::{Block, Section, Source};
use secspan_reports::period::Span;
use secspan_reports::report::{AnyReport, Body, Outline, Report, ReportDef, Use};
use secspan_reports::statistics::Merge;

use judged::Judged;
use tickets::{Lines, Starts};

/// The report, as the inventory lists it.
pub(super) static REPORT: ReportDef = ReportDef {
    name: "sla",
    title: "Service levels of tickets",
    about: "Whether tickets are closed within their service level",
    examples: &[(
        "--as-of 2025-12-31 --business-hours",
        "ages on a day, P3 and P4 in working time",
    )],
    reads: &[&kinds::TICKET, &kinds::ENRICHMENT],
    reads_before: &[&kinds::ENRICHMENT],
    options: &[&BUSINESS_HOURS, &AS_OF],
    new,
};

static BUSINESS_HOURS: OptionDef = OptionDef {
    name: "business-hours",
    about: "Count P3 and P4 in business hours, Monday to Friday; 9-17 in UTC unless given, as 9-17 or 08:30-17:00+01:00",
    heading: "Rules",
    form: Form::Text {
        value: "HOURS",
        check: |text| hours::parse(text).map(drop),
        alone: Some("9-17"),
    },
};

static AS_OF: OptionDef = OptionDef {
    name: "as-of",
    about: "The moment that ages of open tickets are counted to, a time or the end of a date; by default the latest moment in \
            the records",
    heading: "Rules",
    form: Form::Text {
        value: "TIME",
        check: |text| calendar::time_or_end(text).map(drop),
        alone: None,
    },
};

fn new(choices: &Choices) -> Result<Box<dyn AnyReport>, Invalid> {
    let options = Options {
        as_of: choices.read(&AS_OF, calendar::time_or_end)?,
        from: choices.from,
        ..Options::default()
    };
    Ok(Box::new(Sla::new(
        match choices.read(&BUSINESS_HOURS, hours::parse)? {
            None => options,
            Some(hours) => options.in_business_hours(hours),
        },
    )))
}

/// The share of closings that are to be in time.
const TARGET_SHARE: f64 = 0.95;

/// How many overdue tickets are listed at most.
const LISTED: usize = 20;

/// What a user may choose.
#[derive(Clone, Debug)]
struct Options {
    /// What is promised for each priority, and in which hours it is counted.
    levels: ServiceLevels,
    /// The moment that ages are counted to; the latest moment in the records unless one is chosen.
    as_of: Option<Timestamp>,
    /// First moment of the lines about tickets that are given, when older ones are held back: an enrichment before it
    /// starts a clock, and its ticket may have been closed before it, too.
    from: Option<Timestamp>,
    /// The share of closings that are to be in time, 0 to 1; hundredths of a percent count.
    target_share: f64,
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
    fn in_business_hours(mut self, hours: BusinessHours) -> Self {
        let priorities = [Priority::P3, Priority::P4];
        self.levels = self.levels.counted_in(Hours::Business(hours), &priorities);
        self
    }
}

/// What is known so far.
#[derive(Clone, Debug)]
struct Sla {
    options: Options,
    /// All moments in the records.
    moments: Span,
    lines: Lines,
    starts: Starts,
}

impl Sla {
    /// Nothing is known yet.
    fn new(options: Options) -> Self {
        Self {
            options,
            moments: Span::default(),
            lines: Lines::default(),
            starts: Starts::default(),
        }
    }

    fn add_ticket(&mut self, ticket: &Ticket<'_>) {
        for at in [ticket.enriched_at, ticket.closed_at].into_iter().flatten() {
            self.moments.add(at);
        }
        self.lines.add(ticket, self.options.as_of);
    }
}

impl Merge for Sla {
    fn merge(&mut self, other: Self) {
        self.moments.merge(other.moments);
        self.lines.merge(other.lines);
        self.starts.merge(other.starts);
    }
}

impl Report for Sla {
    fn add(&mut self, record: &Record<'_>) -> Use {
        let Some(entry) = Entry::of(record) else {
            return Use::None;
        };
        match &entry {
            Entry::Ticket(ticket) => {
                self.add_ticket(ticket);
                Use::Fact(ticket.completed_at())
            }
            Entry::Enrichment(view) => {
                self.moments.add(view.completed_at);
                self.starts.add(view);
                Use::Beside
            }
            Entry::Review(_) | Entry::Decision(_) => {
                self.moments.add(entry.completed_at());
                Use::None
            }
        }
    }

    /// The moment that ages are counted to is noted in `source`.
    fn body(self, facts: &Span, source: &mut Source) -> Body {
        source.as_of = self.options.as_of.or(self.moments.last());
        let starts = self.starts.into_sorted();
        let as_of = source.as_of.unwrap_or_default();
        let judged = Judged::of(self.lines, starts, &self.options, as_of);
        if facts.is_empty() {
            return empty(&judged);
        }
        let sections = sections(&judged, &self.options);
        Body {
            headline: Some(headline::of(&judged, self.options.target_share, &sections)),
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
const OUTLINE: Outline = Outline(&[
    ("overview", "Overview"),
    ("compliance", "Closings by priority"),
    ("time_to_close", "Time to close"),
    ("open", "Open tickets"),
    ("overdue", "Overdue tickets"),
    ("trend", "Trend"),
    ("coverage", "What is known about tickets"),
]);

fn empty(judged: &Judged<'_>) -> Body {
    let mut body = OUTLINE.empty(
        "There is no ticket among the records; closings are in the files ticket-metrics-*.jsonl.",
    );
    body.sections.pop();
    body.sections.push(coverage::section(judged));
    body
}

/// A section by its key.
fn named(key: &'static str, blocks: Vec<Block>) -> Section {
    OUTLINE.section(key, blocks)
}

#[cfg(test)]
mod tests;
