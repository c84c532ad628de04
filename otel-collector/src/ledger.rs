//! The accounts: for every destination, what was accepted and what became of it.
//!
//! `accepted = exported + queued + rejected{reason} + dropped{reason} + failed{reason}`, per destination and signal, at every
//! moment: `queued` is not counted but is the difference, and the log's own backlog must equal it. *Rejected* is by a rule (the
//! destination's), *dropped* by a limit, *failed* by an error that no retry can mend.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::batch::Signal;

/// What became of items that did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Loss {
    /// By a rule.
    Rejected,
    /// By a limit.
    Dropped,
    /// By an error.
    Failed,
}

impl Loss {
    /// The word in labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Dropped => "dropped",
            Self::Failed => "failed",
        }
    }
}

/// One destination's account of one signal, in items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Taken for this destination.
    pub accepted: u64,
    /// Taken by the destination.
    pub exported: u64,
    /// What did not arrive, with the reason.
    pub lost: BTreeMap<(Loss, &'static str), u64>,
    /// Attempts that failed and will be made again, in items: not part of the balance.
    pub retried: u64,
}

impl Account {
    /// What still waits.
    pub fn queued(&self) -> u64 {
        let lost: u64 = self.lost.values().sum();
        self.accepted
            .saturating_sub(self.exported)
            .saturating_sub(lost)
    }

    /// Adds another account to this one.
    pub fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.exported += other.exported;
        self.retried += other.retried;
        for (loss, items) in &other.lost {
            *self.lost.entry(*loss).or_default() += items;
        }
    }
}

/// What one receiver took and rejected, in items of one signal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reception {
    /// Taken.
    pub accepted: u64,
    /// Could have been taken at another time; the sender was told so. Requests whose items could not be counted count as 1.
    pub refused: u64,
    /// Could never be taken: malformed, or against the schema.
    pub failed: u64,
    /// Requests rejected before they were read, by reason.
    pub rejected_requests: BTreeMap<&'static str, u64>,
}

/// What one processor was shown and what it let pass, in items of one signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Processing {
    /// Shown.
    pub incoming: u64,
    /// Not dropped.
    pub outgoing: u64,
}

/// All accounts.
#[derive(Debug, Default)]
pub struct Ledger {
    accounts: Mutex<BTreeMap<(String, Signal), Account>>,
    receptions: Mutex<BTreeMap<(String, Signal), Reception>>,
    processings: Mutex<BTreeMap<(String, Signal), Processing>>,
}

impl Ledger {
    /// Changes a destination's account.
    pub fn account(&self, destination: &str, signal: Signal, change: impl FnOnce(&mut Account)) {
        let mut accounts = lock(&self.accounts);
        let key = (destination.to_owned(), signal);
        change(accounts.entry(key).or_default());
    }

    /// Counts items that did not arrive.
    pub fn lost(
        &self,
        destination: &str,
        signal: Signal,
        loss: Loss,
        reason: &'static str,
        items: u64,
    ) {
        if items > 0 {
            self.account(destination, signal, |account| {
                *account.lost.entry((loss, reason)).or_default() += items;
            });
        }
    }

    /// Changes a receiver's account.
    pub fn reception(&self, receiver: &str, signal: Signal, change: impl FnOnce(&mut Reception)) {
        let mut receptions = lock(&self.receptions);
        change(receptions.entry((receiver.to_owned(), signal)).or_default());
    }

    /// Counts what a processor was shown and what it let pass.
    pub fn processing(&self, processor: &str, signal: Signal, incoming: u64, outgoing: u64) {
        let mut processings = lock(&self.processings);
        let processing = processings.entry((processor.to_owned(), signal));
        let processing = processing.or_default();
        processing.incoming += incoming;
        processing.outgoing += outgoing;
    }

    /// A copy of all processors' counts.
    pub fn processings(&self) -> BTreeMap<(String, Signal), Processing> {
        lock(&self.processings).clone()
    }

    /// A copy of all destinations' accounts.
    pub fn accounts(&self) -> BTreeMap<(String, Signal), Account> {
        lock(&self.accounts).clone()
    }

    /// A copy of all receivers' accounts.
    pub fn receptions(&self) -> BTreeMap<(String, Signal), Reception> {
        lock(&self.receptions).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_balances_at_every_moment() {
        let ledger = Ledger::default();
        ledger.account("otlp/tempo", Signal::Traces, |account| {
            account.accepted += 100;
        });
        ledger.account("otlp/tempo", Signal::Traces, |account| {
            account.exported += 60;
        });
        ledger.lost("otlp/tempo", Signal::Traces, Loss::Dropped, "log_full", 25);
        ledger.lost(
            "otlp/tempo",
            Signal::Traces,
            Loss::Rejected,
            "destination",
            5,
        );
        let accounts = ledger.accounts();
        let account = &accounts[&("otlp/tempo".to_owned(), Signal::Traces)];
        assert_eq!(account.queued(), 10);
    }

    #[test]
    fn nothing_lost_leaves_no_reason() {
        let ledger = Ledger::default();
        ledger.lost("jsonl", Signal::Logs, Loss::Failed, "disk", 0);
        assert!(ledger.accounts().is_empty());
    }
}
