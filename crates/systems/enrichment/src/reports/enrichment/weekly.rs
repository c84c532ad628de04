//! Enrichments by ISO week: how many of each priority, how long they took.

use crate::enrichment::Enrichment;

use secspan_reports::calendar::{Day, Timeline, Week, Weeks};
use secspan_reports::statistics::{Counts, Merge};

/// The enrichments of one week.
#[derive(Clone, Debug, Default)]
pub(crate) struct WeekOfWork {
    /// Number by priority, P1 first.
    pub(crate) by_priority: [u64; 5],
    pub(crate) seconds: Counts,
    /// Bit `n` is set when something was completed on day `n` of the week.
    active_days: u8,
}

impl WeekOfWork {
    pub(crate) fn n(&self) -> u64 {
        self.by_priority.iter().sum()
    }

    /// On how many days something was completed.
    pub(crate) fn active_days(&self) -> u64 {
        u64::from(self.active_days.count_ones())
    }
}

impl Merge for WeekOfWork {
    fn merge(&mut self, other: Self) {
        self.by_priority.merge(other.by_priority);
        self.seconds.merge(&other.seconds);
        self.active_days |= other.active_days;
    }
}

/// Enrichments by week.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weekly(Timeline<Week, WeekOfWork>);

impl Weekly {
    #[inline]
    pub(crate) fn add(&mut self, view: &Enrichment<'_>, day: Day) {
        let week = day.week();
        self.0.at(week, |work| {
            if let Some(count) = work.by_priority.get_mut(view.priority as usize) {
                *count += 1;
            }
            work.seconds.add(view.total_seconds);
            work.active_days |= 1 << (week.first_day().days_to(day) - 1);
        });
    }

    /// The weeks that have data, in order.
    pub(crate) fn into_sorted(self) -> Vec<(Week, WeekOfWork)> {
        self.0.into_sorted()
    }

    /// The weeks in order, those without data included.
    pub(crate) fn into_weeks(self) -> Weeks<WeekOfWork> {
        Weeks::with_gaps(self.into_sorted())
    }
}

impl Merge for Weekly {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}
