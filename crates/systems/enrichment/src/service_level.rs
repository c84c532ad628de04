//! Service levels: by when a ticket is to be closed, counted from the end of its enrichment.
//!
//! P1 has 24 hours, P2 168, P3 720, P4 2160, P5 has no target. The handbooks disagree about P3 and P4: one counts hours of
//! the calendar, one counts business hours, in which 720 hours are ninety working days. Unless business hours are asked
//! for, everything is counted by the calendar: a target of thirty days then means thirty days.
//!
//! Pure functions of (priority, end of enrichment, closing, the moment of asking); nothing here reads a clock.

mod business;

pub use business::{BusinessHours, BusinessHoursError};

use crate::terms::Priority;
use secspan_records::timestamp::Timestamp;

/// Seconds in an hour.
const HOUR: u64 = 3_600;

/// Which hours count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hours {
    /// All of them.
    Calendar,
    /// Those in which people are at work. Outside them the clock stands still.
    Business(BusinessHours),
}

impl Hours {
    /// Seconds that count between two times; 0 when `to` is not after `from`.
    pub fn between(self, from: Timestamp, to: Timestamp) -> u64 {
        match self {
            Self::Calendar => u64::try_from(to.seconds_since(from)).unwrap_or(0),
            Self::Business(hours) => hours.between(from, to),
        }
    }

    /// The first time at which `seconds` have counted since `from`.
    pub fn after(self, from: Timestamp, seconds: u64) -> Timestamp {
        match self {
            Self::Calendar => from.plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)),
            Self::Business(hours) => hours.after(from, seconds),
        }
    }
}

/// What is promised for the tickets of one priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Seconds from the end of enrichment to the closing, at most.
    pub limit_seconds: u64,
    /// Seconds after which an open ticket is to be warned about.
    pub warning_seconds: u64,
    /// Which hours count.
    pub hours: Hours,
}

impl Target {
    const fn hours(limit: u64, warning: u64) -> Self {
        Self {
            limit_seconds: limit * HOUR,
            warning_seconds: warning * HOUR,
            hours: Hours::Calendar,
        }
    }
}

/// The target of each priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceLevels([Option<Target>; 5]);

impl Default for ServiceLevels {
    /// The targets of the team's handbook, by the calendar. Warnings come at 18 hours, at 5 days, and at four fifths.
    fn default() -> Self {
        Self([
            Some(Target::hours(24, 18)),
            Some(Target::hours(168, 120)),
            Some(Target::hours(720, 576)),
            Some(Target::hours(2_160, 1_728)),
            None,
        ])
    }
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// It was closed in time.
    Met,
    /// It was closed too late.
    Missed,
    /// It is open, and there is time.
    OpenWithin,
    /// It is open, and there is little time.
    OpenWarning,
    /// It is open, and too late already.
    OpenOverdue,
    /// Nothing is promised for its priority.
    NoTarget,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Met,
        Self::Missed,
        Self::OpenWithin,
        Self::OpenWarning,
        Self::OpenOverdue,
        Self::NoTarget,
    ];

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::OpenWithin => "open_within",
            Self::OpenWarning => "open_warning",
            Self::OpenOverdue => "open_overdue",
            Self::NoTarget => "no_target",
        }
    }

    /// Whether the ticket is open; nothing is said where nothing is promised.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::OpenWithin | Self::OpenWarning | Self::OpenOverdue
        )
    }
}

/// Where a ticket stands, and by how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub state: State,
    /// When its time is over: the first moment at which the limit is used up. `None` without a target.
    pub due: Option<Timestamp>,
    /// Time that was used, up to the closing or else the moment of asking, in seconds of the target's hours; of the
    /// calendar without a target.
    pub elapsed_seconds: u64,
}

impl ServiceLevels {
    /// Targets in the order of [`Priority::ALL`]; `None` where nothing is promised.
    pub const fn new(targets: [Option<Target>; 5]) -> Self {
        Self(targets)
    }

    /// The same, with the targets of these priorities counted in `hours`.
    #[must_use]
    pub fn counted_in(mut self, hours: Hours, priorities: &[Priority]) -> Self {
        for (priority, target) in Priority::ALL.into_iter().zip(&mut self.0) {
            if let Some(target) = target
                && priorities.contains(&priority)
            {
                target.hours = hours;
            }
        }
        self
    }

    /// What is promised for a priority.
    pub fn target(&self, priority: Priority) -> Option<&Target> {
        let [p1, p2, p3, p4, p5] = &self.0;
        match priority {
            Priority::P1 => p1,
            Priority::P2 => p2,
            Priority::P3 => p3,
            Priority::P4 => p4,
            Priority::P5 => p5,
        }
        .as_ref()
    }

    /// Where a ticket stands at `as_of`. A closing that lies after it has not happened yet. Time exactly used up is in
    /// time; a ticket that was closed before its enrichment ended used none.
    pub fn standing(
        &self,
        priority: Priority,
        enriched_at: Timestamp,
        closed_at: Option<Timestamp>,
        as_of: Timestamp,
    ) -> Standing {
        let closed_at = closed_at.filter(|closed| *closed <= as_of);
        let until = closed_at.unwrap_or(as_of);
        let Some(target) = self.target(priority) else {
            return Standing {
                state: State::NoTarget,
                due: None,
                elapsed_seconds: Hours::Calendar.between(enriched_at, until),
            };
        };
        let elapsed_seconds = target.hours.between(enriched_at, until);
        let late = elapsed_seconds > target.limit_seconds;
        let state = match closed_at {
            Some(_) if late => State::Missed,
            Some(_) => State::Met,
            None if late => State::OpenOverdue,
            None if elapsed_seconds >= target.warning_seconds => State::OpenWarning,
            None => State::OpenWithin,
        };
        Standing {
            state,
            due: Some(target.hours.after(enriched_at, target.limit_seconds)),
            elapsed_seconds,
        }
    }
}

#[cfg(test)]
mod tests;
