//! Every ticket against what is promised for its priority.

use crate::service_level::{ServiceLevels, State};
use crate::terms::Priority;
use secspan_records::timestamp::Timestamp;

use super::Options;
use super::tickets::{Lines, Names, Start, Ticket};
use secspan_reports::calendar::Day;

/// A ticket and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    /// The number of the ticket.
    pub(super) ticket: u64,
    pub(super) priority: Priority,
    pub(super) enriched_at: Timestamp,
    /// The day of the closing; smaller than its moment, and a million of them are kept.
    pub(super) closed_on: Option<Day>,
    pub(super) state: State,
    /// Time that was used, in seconds of the target's hours.
    pub(super) elapsed_seconds: u64,
}

/// Tickets of which nobody knows whether they are closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unknown {
    pub(super) tickets: u64,
    /// So many of them are overdue unless they are closed.
    pub(super) late: u64,
}

/// All tickets, and what could not be judged.
#[derive(Clone, Debug)]
pub(super) struct Judged<'a> {
    pub(super) levels: &'a ServiceLevels,
    pub(super) cases: Vec<Case>,
    /// Names of those that are open.
    pub(super) names: Names,
    /// Tickets of which no line and no enrichment says since when the clock runs.
    pub(super) without_start: u64,
    /// Tickets whose enrichment ended after the moment of asking.
    pub(super) not_begun: u64,
    /// Tickets without a line of which no enrichment was completed.
    pub(super) not_completed: u64,
    /// Tickets without a line whose enrichment ended before the period: their line may have been held back with it.
    pub(super) before_period: u64,
    /// Tickets that were closed more than once.
    pub(super) reopened: u64,
    /// Tickets that were closed before their enrichment ended.
    pub(super) closed_early: u64,
    /// Tickets that were enriched and have no line of their own, by priority.
    pub(super) without_line: [Unknown; 5],
}

impl<'a> Judged<'a> {
    pub(super) fn of(
        lines: Lines,
        starts: impl Iterator<Item = Start>,
        options: &'a Options,
        as_of: Timestamp,
    ) -> Self {
        let mut judged = Self {
            levels: &options.levels,
            cases: Vec::with_capacity(lines.len()),
            names: Names::default(),
            without_start: 0,
            not_begun: 0,
            not_completed: 0,
            before_period: 0,
            reopened: 0,
            closed_early: 0,
            without_line: [Unknown::default(); 5],
        };
        let mut starts = starts.peekable();
        let names = lines.each(as_of, |ticket| {
            while let Some(start) = starts.next_if(|start| start.ticket < ticket.number) {
                judged.skip(&start, options.from, as_of);
            }
            let start = starts.next_if(|start| start.ticket == ticket.number);
            judged.judge(&ticket, start.as_ref(), as_of);
        });
        judged.names = names;
        for start in starts {
            judged.skip(&start, options.from, as_of);
        }
        judged
    }

    /// Counts a ticket that was enriched and has no line of its own.
    fn skip(&mut self, start: &Start, from: Option<Timestamp>, as_of: Timestamp) {
        if from.is_some_and(|from| start.at < from) {
            self.before_period += 1;
        } else if !start.completed {
            self.not_completed += 1;
        } else if start.at > as_of {
            self.not_begun += 1;
        } else {
            self.add_unknown(start, as_of);
        }
    }

    fn add_unknown(&mut self, start: &Start, as_of: Timestamp) {
        let priority = Priority::ALL.get(start.priority);
        let Some((unknown, priority)) = self.without_line.get_mut(start.priority).zip(priority)
        else {
            return;
        };
        unknown.tickets += 1;
        let if_open = self.levels.standing(*priority, start.at, None, as_of);
        unknown.late += u64::from(if_open.state == State::OpenOverdue);
    }

    /// All tickets that were enriched and have no line of their own.
    pub(super) fn unknown(&self) -> Unknown {
        let sum = |all: Unknown, one: &Unknown| Unknown {
            tickets: all.tickets + one.tickets,
            late: all.late + one.late,
        };
        self.without_line.iter().fold(Unknown::default(), sum)
    }

    fn judge(&mut self, ticket: &Ticket, start: Option<&Start>, as_of: Timestamp) {
        self.reopened += u64::from(ticket.reopened);
        let completed = start.filter(|start| start.completed);
        let enriched_at = ticket.enriched_at.or(completed.map(|start| start.at));
        let Some(enriched_at) = enriched_at else {
            self.without_start += 1;
            return;
        };
        if enriched_at > as_of {
            self.not_begun += 1;
            return;
        }
        let closed_early = ticket.closed_at.is_some_and(|closed| closed < enriched_at);
        self.closed_early += u64::from(closed_early);
        let (priority, closed_at) = (ticket.priority, ticket.closed_at);
        let standing = self
            .levels
            .standing(priority, enriched_at, closed_at, as_of);
        self.cases.push(Case {
            ticket: ticket.number,
            priority,
            enriched_at,
            closed_on: closed_at.map(Day::of),
            state: standing.state,
            elapsed_seconds: standing.elapsed_seconds,
        });
    }

    /// The tickets of one priority.
    pub(super) fn of_priority(&self, priority: Priority) -> impl Iterator<Item = &Case> {
        self.cases
            .iter()
            .filter(move |case| case.priority == priority)
    }

    /// How many tickets of these are in a state.
    pub(super) fn count<'b>(cases: impl Iterator<Item = &'b Case>, state: State) -> u64 {
        cases.filter(|case| case.state == state).count() as u64
    }
}

/// Seconds as hours.
pub(super) fn hours(seconds: f64) -> f64 {
    seconds / 3_600.0
}

/// Ascending values as [`neighbours`](secspan_reports::statistics::neighbours) takes them.
pub(super) fn ascending(values: impl Iterator<Item = u64>) -> Vec<(u64, u64)> {
    let mut values: Vec<(u64, u64)> = values.map(|value| (value, 1)).collect();
    values.sort_unstable();
    values
}

/// A quantile of ascending seconds, in hours.
pub(super) fn quantile_hours(
    ascending: &[(u64, u64)],
    numerator: u64,
    denominator: u64,
) -> Option<f64> {
    let n = ascending.len() as u64;
    let (low, high, above) =
        secspan_reports::statistics::neighbours(ascending, n, numerator, denominator)?;
    let share = above as f64 / denominator as f64;
    Some(hours(low as f64 + (high - low) as f64 * share))
}
