//! Drives one destination: takes batches from its cursor, sends them, pauses while it fails, keeps its account.
//!
//! A batch that may succeed later goes back to the cursor and the whole destination pauses; then one task alone probes it,
//! and the others follow once it answers. There is no last attempt: the log's capacity decides what is given up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::batch::{Batch, Signal};
use crate::clock;
use crate::component::{Delivered, DestinationSettings, ExportError, Exporter};
use crate::context::Context;
use crate::ledger::Loss;
use crate::log::{Cursor, Entry};
use crate::pipeline::group::Group;
use crate::pipeline::split;

/// One destination at work.
#[derive(Debug)]
pub struct Runner {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    name: String,
    exporter: Arc<dyn Exporter>,
    cursor: Arc<dyn Cursor>,
    settings: DestinationSettings,
    context: Context,
    gate: Gate,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Delivered, or given up and counted.
    Done,
    /// To be tried again.
    Later,
    /// The destination will never take it.
    Unacceptable,
}

/// Closed to all but one prober while the destination fails.
#[derive(Debug, Default)]
struct Gate {
    state: Mutex<GateState>,
    recovered: Notify,
}

#[derive(Debug, Default)]
struct GateState {
    /// Failures in a row.
    failures: u32,
    /// Set while the destination fails: when the next attempt is due.
    paused_until: Option<Instant>,
}

impl Runner {
    /// Starts the destination's tasks.
    pub fn start(
        name: String,
        exporter: Arc<dyn Exporter>,
        cursor: Arc<dyn Cursor>,
        settings: DestinationSettings,
        context: Context,
    ) -> Self {
        let consumers = settings.consumers.max(1);
        let shared = Shared {
            name,
            exporter,
            cursor,
            settings,
            context,
            gate: Gate::default(),
        };
        let shared = Arc::new(shared);
        let mut tasks = JoinSet::new();
        for number in 0..consumers {
            tasks.spawn(consume(Arc::clone(&shared), number == 0));
        }
        Self { shared, tasks }
    }

    /// The component id.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Waits until the closed log is read to its end, at most for `deadline`; returns what was not delivered by then.
    pub async fn drain(mut self, deadline: Duration) -> Vec<Batch> {
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(deadline, all).await.is_ok() {
            return Vec::new();
        }
        self.tasks.shutdown().await;
        self.shared.cursor.abandon()
    }
}

/// One task: the prober goes on while the destination fails, the others wait for its recovery.
async fn consume(shared: Arc<Shared>, prober: bool) {
    loop {
        shared.gate.pass(prober).await;
        let Some(entry) = shared.cursor.next().await else {
            return;
        };
        if shared.gate.is_closed_to(prober) {
            // It began to fail while this task waited for a batch.
            shared.cursor.retry(entry.sequence);
            continue;
        }
        let mut group = Group::new(entry);
        while let Some(entry) = shared.cursor.next_if(&|batch| group.takes(batch)) {
            group.add(entry);
        }
        shared.send(group).await;
    }
}

impl Gate {
    /// Waits until a task may send: the prober for the pause, the others for the recovery.
    async fn pass(&self, prober: bool) {
        while self.is_closed_to(prober) {
            let recovered = self.recovered.notified();
            match self.pause_ends() {
                Some(end) if prober => tokio::time::sleep_until(end.into()).await,
                Some(_) => recovered.await,
                None => return,
            }
        }
    }

    fn is_closed_to(&self, prober: bool) -> bool {
        match self.pause_ends() {
            None => false,
            Some(end) => !prober || clock::instant() < end,
        }
    }

    fn pause_ends(&self) -> Option<Instant> {
        self.state().paused_until
    }

    fn state(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Sends entries as one batch. A batch that the destination will never take is divided into its entries first, so that
    /// one bad sender does not cost the others.
    async fn send(&self, group: Group) {
        let Some(batch) = group.batch() else { return };
        let outcome = self.attempt(&batch).await;
        if outcome == Outcome::Unacceptable && group.entries.len() > 1 {
            for entry in group.entries {
                let outcome = self.attempt(&entry.batch).await;
                self.settle(&entry, outcome);
            }
            return;
        }
        for entry in &group.entries {
            self.settle(entry, outcome);
        }
    }

    fn settle(&self, entry: &Entry, outcome: Outcome) {
        if outcome == Outcome::Unacceptable {
            self.give_up(
                &entry.batch,
                Loss::Failed,
                "permanent",
                "the destination refuses it",
            );
        }
        if outcome == Outcome::Later {
            self.cursor.retry(entry.sequence);
        } else {
            self.cursor.done(entry.sequence);
        }
    }

    /// Sends one batch; counts what became of it, except when it is unacceptable.
    async fn attempt(&self, batch: &Batch) -> Outcome {
        match self.exporter.export(batch).await {
            Ok(delivered) => {
                self.recover();
                self.count_delivered(batch, &delivered);
                Outcome::Done
            }
            Err(ExportError::Retry { after, reason }) => {
                let (signal, items) = (batch.signal(), batch.items());
                self.context
                    .ledger()
                    .account(&self.name, signal, |account| account.retried += items);
                self.fail(after, &reason);
                Outcome::Later
            }
            Err(ExportError::Permanent { reason }) => {
                self.recover();
                tracing::warn!(component = %self.name, "{reason}");
                Outcome::Unacceptable
            }
            Err(ExportError::TooLarge { reason }) => {
                self.send_in_parts(batch, &reason).await;
                self.recover();
                Outcome::Done
            }
        }
    }

    /// Halves a batch that is too large until its parts pass or are single spans.
    async fn send_in_parts(&self, batch: &Batch, reason: &str) {
        let Some((left, right)) = split::halves(batch) else {
            self.give_up(batch, Loss::Rejected, "too_large", reason);
            return;
        };
        let mut parts = vec![right, left];
        while let Some(part) = parts.pop() {
            match self.exporter.export(&part).await {
                Ok(delivered) => self.count_delivered(&part, &delivered),
                Err(ExportError::TooLarge { reason }) => match split::halves(&part) {
                    Some((left, right)) => parts.extend([right, left]),
                    None => self.give_up(&part, Loss::Rejected, "too_large", &reason),
                },
                Err(ExportError::Permanent { reason }) => {
                    self.give_up(&part, Loss::Failed, "permanent", &reason);
                }
                // The parts that remain are tried again where they are: sending the whole batch again would send the
                // parts that passed a second time.
                Err(ExportError::Retry { after, reason }) => {
                    parts.push(part);
                    let pause = self.fail(after, &reason);
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    fn count_delivered(&self, batch: &Batch, delivered: &Delivered) {
        let rejected = delivered.rejected.min(batch.items());
        let exported = batch.items() - rejected;
        let signal = batch.signal();
        self.context
            .ledger()
            .account(&self.name, signal, |account| account.exported += exported);
        if rejected > 0 {
            let (loss, label) = (Loss::Rejected, "destination");
            let ledger = self.context.ledger();
            ledger.lost(&self.name, signal, loss, label, rejected);
            if !delivered.reported {
                self.report_loss(signal, loss, rejected, &delivered.message);
            }
        }
    }

    fn give_up(&self, batch: &Batch, loss: Loss, label: &'static str, reason: &str) {
        let (signal, items) = (batch.signal(), batch.items());
        let ledger = self.context.ledger();
        ledger.lost(&self.name, signal, loss, label, items);
        self.report_loss(signal, loss, items, reason);
    }

    fn report_loss(&self, signal: Signal, loss: Loss, items: u64, reason: &str) {
        let what = signal.items();
        let message = format!("{items} {what} {}: {reason}", loss.name());
        tracing::warn!(component = %self.name, "{message}");
    }

    /// Closes the gate until the next attempt is due; returns the pause.
    fn fail(&self, after: Option<Duration>, reason: &str) -> Duration {
        let pause = {
            let mut state = self.gate.state();
            let pause = after.unwrap_or_else(|| self.settings.retry.pause(state.failures));
            state.failures = state.failures.saturating_add(1);
            state.paused_until = Some(clock::instant() + pause);
            pause
        };
        if self
            .context
            .health
            .failing(&self.name, reason.to_owned(), clock::instant())
        {
            let seconds = pause.as_secs_f64();
            let message = format!("cannot deliver, next attempt in {seconds:.1} s: {reason}");
            tracing::warn!(component = %self.name, "{message}");
        }
        pause
    }

    fn recover(&self) {
        let failed = {
            let mut state = self.gate.state();
            state.failures = 0;
            state.paused_until.take().is_some()
        };
        if failed {
            self.context.health.up(&self.name);
            tracing::info!(component = %self.name, "delivers again");
            self.gate.recovered.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests;
