//! Lines about tickets, and the ends of enrichments that start their clocks, kept small: a million of them fit.

use crate::enrichment::Enrichment;
use crate::terms::Priority;
use crate::ticket;
use secspan_records::timestamp::Timestamp;

use secspan_reports::hashing::number;
use secspan_reports::statistics::Merge;

/// Bits of a priority beside seconds.
const PRIORITY_BITS: u32 = 3;

/// Stands above seconds and priority of an enrichment that was not completed, so that any that was comes first.
const NOT_COMPLETED: u64 = 1 << 63;

/// Seconds that stand for no time: they lie beyond every year that a record can have.
const NO_TIME: u64 = u64::MAX >> PRIORITY_BITS;

/// A time, or none, in one number; the later the larger.
fn pack(at: Option<Timestamp>) -> u64 {
    at.map_or(NO_TIME, |at| u64::try_from(at.unix_seconds()).unwrap_or(0))
}

fn unpack(seconds: u64) -> Option<Timestamp> {
    let seconds = i64::try_from(seconds).ok()?;
    (seconds.cast_unsigned() != NO_TIME).then(|| Timestamp::from_unix_seconds(seconds))
}

/// One line about a ticket.
#[derive(Clone, Copy, Debug)]
struct Line {
    ticket: u64,
    enriched: u64,
    /// When it was closed, and its place among the priorities.
    closed: u64,
}

impl Line {
    fn closed_at(self) -> Option<Timestamp> {
        unpack(self.closed >> PRIORITY_BITS)
    }

    /// Place among the priorities, P1 first.
    fn priority(self) -> usize {
        place(self.closed)
    }
}

/// The place among the priorities that stands beside seconds.
fn place(packed: u64) -> usize {
    usize::try_from(packed & ((1 << PRIORITY_BITS) - 1)).unwrap_or(0)
}

/// Every line about a ticket, and the names of tickets that may turn out to be open.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    names: Names,
}

impl Lines {
    /// Names are kept of tickets that are open at the moment of asking; `as_of` is that moment when it was chosen, and
    /// otherwise it is not before any closing.
    pub(super) fn add(&mut self, ticket: &ticket::Ticket<'_>, as_of: Option<Timestamp>) {
        let name = ticket.ticket.as_ref();
        let number = number(name);
        self.lines.push(Line {
            ticket: number,
            enriched: pack(ticket.enriched_at),
            closed: pack(ticket.closed_at) << PRIORITY_BITS | ticket.priority as u64,
        });
        let closed = ticket
            .closed_at
            .filter(|at| as_of.is_none_or(|as_of| *at <= as_of));
        if closed.is_none() {
            self.names.0.push((number, name.into()));
        }
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Calls `take` with what the lines about each ticket say together at `as_of`, by the numbers of the tickets. One after
    /// the other: a million of them would cost more than their lines.
    pub(super) fn each(self, as_of: Timestamp, take: impl FnMut(Ticket)) -> Names {
        let (mut lines, mut names) = (self.lines, self.names);
        lines.sort_unstable_by_key(|line| line.ticket);
        names.0.sort_unstable();
        let tickets = lines.chunk_by(|a, b| a.ticket == b.ticket);
        tickets
            .filter_map(|lines| Ticket::of(lines, as_of))
            .for_each(take);
        names
    }
}

impl Merge for Lines {
    fn merge(&mut self, other: Self) {
        self.lines.reserve_exact(other.lines.len());
        self.lines.extend(other.lines);
        self.names.0.extend(other.names.0);
    }
}

/// Names of tickets by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Vec<(u64, Box<str>)>);

impl Names {
    /// The name of a ticket that is open.
    pub(super) fn of(&self, number: u64) -> &str {
        let place = self.0.partition_point(|(known, _)| *known < number);
        self.0.get(place).map_or("", |(_, name)| name)
    }
}

/// One ticket as its lines have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    pub(super) number: u64,
    pub(super) priority: Priority,
    pub(super) enriched_at: Option<Timestamp>,
    pub(super) closed_at: Option<Timestamp>,
    /// It was closed more than once: the last closing counts.
    pub(super) reopened: bool,
}

impl Ticket {
    /// The last closing counts, and the priority that it was closed with; without one the most urgent priority; the
    /// earliest end of an enrichment.
    fn of(lines: &[Line], as_of: Timestamp) -> Option<Self> {
        let closed_at = |line: &Line| line.closed_at().filter(|at| *at <= as_of);
        let last = lines.iter().max_by(|a, b| {
            let by_closing = closed_at(a).cmp(&closed_at(b));
            by_closing.then_with(|| b.priority().cmp(&a.priority()))
        })?;
        let mut closings = lines.iter().filter_map(closed_at);
        let first_closing = closings.next();
        Some(Self {
            number: last.ticket,
            priority: Priority::ALL.get(last.priority()).copied()?,
            enriched_at: lines
                .iter()
                .map(|line| line.enriched)
                .min()
                .and_then(unpack),
            closed_at: closed_at(last),
            reopened: closings.any(|at| Some(at) != first_closing),
        })
    }
}

/// This many ends of enrichments are gathered before repeated ones are thrown out for the first time.
const GATHERED: usize = 1 << 16;

/// For each ticket the first enrichment that was completed, and the priority that it assigned; where none was, the first.
#[derive(Clone, Debug, Default)]
pub(super) struct Starts {
    /// Ticket; whether it was completed, seconds since the epoch and priority, in one number of which the smallest counts.
    entries: Vec<(u64, u64)>,
    /// So many tickets were different when that was looked at last.
    different: usize,
}

impl Starts {
    /// Enrichments that did not complete start no clock; their tickets are counted.
    #[inline]
    pub(super) fn add(&mut self, view: &Enrichment<'_>) {
        let seconds = u64::try_from(view.completed_at.unix_seconds()).unwrap_or(0);
        let mut packed = seconds << PRIORITY_BITS | view.priority as u64;
        if !view.origin.outcome.completed() {
            packed |= NOT_COMPLETED;
        }
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
    pub(super) fn into_sorted(mut self) -> impl Iterator<Item = Start> {
        self.compact();
        let start = |(ticket, packed): (u64, u64)| {
            let seconds = (packed & !NOT_COMPLETED) >> PRIORITY_BITS;
            Start {
                ticket,
                at: Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap_or(0)),
                priority: place(packed),
                completed: packed & NOT_COMPLETED == 0,
            }
        };
        self.entries.into_iter().map(start)
    }
}

impl Merge for Starts {
    fn merge(&mut self, other: Self) {
        self.entries.reserve_exact(other.entries.len());
        self.entries.extend(other.entries);
        self.compact();
    }
}

/// When the enrichment of a ticket ended, which starts its clock if it was completed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) ticket: u64,
    pub(super) at: Timestamp,
    /// Place among the priorities, P1 first.
    pub(super) priority: usize,
    pub(super) completed: bool,
}
