//! The first and the last moment of the facts in a report.

use secspan_records::timestamp::Timestamp;

use crate::calendar::Day;
use crate::document::Period;
use crate::statistics::Merge;

/// From the first to the last fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    ends: Option<(Timestamp, Timestamp)>,
}

impl Span {
    /// Notes a fact and says on which day it lies.
    #[inline]
    pub fn add(&mut self, at: Timestamp) -> Day {
        let (first, last) = self.ends.unwrap_or((at, at));
        self.ends = Some((first.min(at), last.max(at)));
        Day::of(at)
    }

    /// Whether there is no fact.
    pub fn is_empty(&self) -> bool {
        self.ends.is_none()
    }

    /// The last moment.
    pub fn last(&self) -> Option<Timestamp> {
        self.ends.map(|(_, last)| last)
    }

    /// First and last day.
    pub fn days(&self) -> Option<(Day, Day)> {
        self.ends
            .map(|(first, last)| (Day::of(first), Day::of(last)))
    }

    /// The dates for the head of the report.
    pub fn period(&self) -> Option<Period> {
        self.ends.map(|(first, last)| Period {
            from: first.date(),
            to: last.date(),
        })
    }
}

impl Merge for Span {
    fn merge(&mut self, other: Self) {
        if let Some((first, last)) = other.ends {
            self.add(first);
            self.add(last);
        }
    }
}
