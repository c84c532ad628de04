//! Lines about tickets, and the ends of enrichments that start their clocks, kept small: a million of them fit.

use std::ops::Range;

use secspan_records::entry::EnrichmentView;
use secspan_records::terms::Priority;
use secspan_records::ticket::TicketRecord;
use secspan_records::timestamp::Timestamp;

use crate::hashing::number;
use crate::statistics::Merge;

/// One line about a ticket.
#[derive(Clone, Debug)]
struct Line {
    ticket: u64,
    /// Where the name stands.
    name: Range<usize>,
    priority: Priority,
    enriched_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
}

/// Every line about a ticket. Names stand one behind the other in one text.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    names: String,
}

impl Lines {
    pub(super) fn add(&mut self, ticket: &TicketRecord) {
        let from = self.names.len();
        self.names.push_str(ticket.ticket.as_str());
        self.lines.push(Line {
            ticket: number(ticket.ticket.as_str()),
            name: from..self.names.len(),
            priority: ticket.priority,
            enriched_at: ticket.enriched_at,
            closed_at: ticket.closed_at,
        });
    }

    /// What the lines about each ticket say together at `as_of`, in an order that depends on the tickets alone.
    pub(super) fn tickets(&mut self, as_of: Timestamp) -> Vec<Ticket<'_>> {
        self.lines.sort_unstable_by_key(|line| line.ticket);
        let names = &self.names;
        let same = |a: &Line, b: &Line| a.ticket == b.ticket;
        let chunks = self.lines.chunk_by(same);
        chunks
            .filter_map(|lines| Ticket::of(lines, names, as_of))
            .collect()
    }
}

impl Merge for Lines {
    fn merge(&mut self, other: Self) {
        let shift = self.names.len();
        self.names.push_str(&other.names);
        self.lines.extend(other.lines.into_iter().map(|line| Line {
            name: line.name.start + shift..line.name.end + shift,
            ..line
        }));
    }
}

/// One ticket as its lines have it.
#[derive(Clone, Debug)]
pub(super) struct Ticket<'a> {
    pub(super) number: u64,
    pub(super) name: &'a str,
    pub(super) priority: Priority,
    pub(super) enriched_at: Option<Timestamp>,
    pub(super) closed_at: Option<Timestamp>,
    /// It was closed more than once: the last closing counts.
    pub(super) reopened: bool,
}

impl<'a> Ticket<'a> {
    /// The last closing counts, and the priority that it was closed with; without one the most urgent priority; the
    /// earliest end of an enrichment.
    fn of(lines: &[Line], names: &'a str, as_of: Timestamp) -> Option<Self> {
        let closed_at = |line: &Line| line.closed_at.filter(|at| *at <= as_of);
        let last = lines.iter().max_by(|a, b| {
            let by_closing = closed_at(a).cmp(&closed_at(b));
            by_closing.then_with(|| b.priority.cmp(&a.priority))
        })?;
        let mut closings = lines.iter().filter_map(closed_at);
        let first_closing = closings.next();
        Some(Self {
            number: last.ticket,
            name: names.get(last.name.clone()).unwrap_or_default(),
            priority: last.priority,
            enriched_at: lines.iter().filter_map(|line| line.enriched_at).min(),
            closed_at: closed_at(last),
            reopened: closings.any(|at| Some(at) != first_closing),
        })
    }
}

/// This many ends of enrichments are gathered before repeated ones are thrown out for the first time.
const GATHERED: usize = 1 << 16;

/// Bits of a priority beside the seconds.
const PRIORITY_BITS: u32 = 3;

/// For each ticket the first enrichment that was completed, and the priority that it assigned.
#[derive(Clone, Debug, Default)]
pub(super) struct Starts {
    /// Ticket; seconds since the epoch and priority, in one number of which the smallest counts.
    entries: Vec<(u64, u64)>,
    /// So many tickets were different when that was looked at last.
    different: usize,
}

impl Starts {
    /// Enrichments that did not complete start no clock.
    #[inline]
    pub(super) fn add(&mut self, view: &EnrichmentView<'_>) {
        if !view.outcome.completed() {
            return;
        }
        let seconds = u64::try_from(view.completed_at.unix_seconds()).unwrap_or(0);
        let packed = seconds << PRIORITY_BITS | view.priority as u64;
        self.entries.push((number(&view.ticket), packed));
        if self.entries.len() >= GATHERED.max(self.different * 2) {
            self.compact();
        }
    }

    fn compact(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup_by_key(|(ticket, _)| *ticket);
        self.different = self.entries.len();
    }

    /// One start for each ticket, by the number of the ticket.
    pub(super) fn into_sorted(mut self) -> Vec<Start> {
        self.compact();
        let start = |(ticket, packed): (u64, u64)| Start {
            ticket,
            at: Timestamp::from_unix_seconds(i64::try_from(packed >> PRIORITY_BITS).unwrap_or(0)),
            priority: usize::try_from(packed & 7).unwrap_or(0),
        };
        self.entries.into_iter().map(start).collect()
    }
}

impl Merge for Starts {
    fn merge(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.compact();
    }
}

/// When the clock of a ticket started, as its enrichment says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) ticket: u64,
    pub(super) at: Timestamp,
    /// Place among the priorities, P1 first.
    pub(super) priority: usize,
}
