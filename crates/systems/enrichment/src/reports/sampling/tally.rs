//! Decisions counted by priority.

use crate::decision::Decision;
use crate::sampling::{Rate, Rates};
use crate::terms::Priority;

use secspan_reports::statistics::{Merge, Ratio};

/// The decisions about tickets of one priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Required, with the word `Mandatory` in the reason.
    pub(super) mandatory: u64,
    /// Required for another reason.
    pub(super) sampled: u64,
    /// Not required.
    pub(super) not_required: u64,
}

impl Tally {
    pub(super) fn n(&self) -> u64 {
        self.required() + self.not_required
    }

    pub(super) fn required(&self) -> u64 {
        self.mandatory + self.sampled
    }

    /// The share of tickets for which a review is required.
    pub(super) fn rate(&self) -> Ratio {
        Ratio::new(self.required(), self.n())
    }
}

impl Merge for Tally {
    fn merge(&mut self, other: Self) {
        self.mandatory += other.mandatory;
        self.sampled += other.sampled;
        self.not_required += other.not_required;
    }
}

/// The decisions of every priority, P1 first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Priorities([Tally; 5]);

impl Priorities {
    pub(super) fn add(&mut self, decision: &Decision<'_>) {
        if let Some(tally) = self.0.get_mut(decision.priority as usize) {
            match (decision.required, decision.is_mandatory()) {
                (true, true) => tally.mandatory += 1,
                (true, false) => tally.sampled += 1,
                (false, _) => tally.not_required += 1,
            }
        }
    }

    /// Each priority and its decisions.
    pub(super) fn each(&self) -> impl Iterator<Item = (Priority, Tally)> {
        Priority::ALL.into_iter().zip(self.0)
    }

    /// All of them.
    pub(super) fn all(&self) -> Tally {
        let mut all = Tally::default();
        for tally in self.0 {
            all.merge(tally);
        }
        all
    }

    /// The share that the rates give for this mixture of priorities.
    pub(super) fn expected(&self, rates: &Rates) -> Option<f64> {
        let required = self
            .each()
            .map(|(priority, tally)| hundredths(rates.of(priority)) * tally.n() as f64);
        // Whole numbers all of them, so the sum is exact.
        let required: f64 = required.sum();
        let n = self.all().n();
        (n > 0).then(|| required / (n as f64 * WHOLE))
    }
}

impl Merge for Priorities {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

/// Hundredths of a percent in the whole.
pub(super) const WHOLE: f64 = 10_000.0;

/// A rate in hundredths of a percent: a whole number, so that comparing with it is exact.
pub(super) fn hundredths(rate: Rate) -> f64 {
    (rate.percent() * 100.0).round()
}

/// Whether every ticket of a priority is to be reviewed.
pub(super) fn is_mandatory(rates: &Rates, priority: Priority) -> bool {
    rates.of(priority) == Rate::ALL
}
