//! From a connector that makes records into its logs pipelines.
//!
//! A task asks the source at short intervals what is complete. What the log cannot take now is offered again at the next
//! turn: records are never given up here. Record observers count a record when the log has it, so that metric and file
//! agree.

use std::sync::Arc;
use std::time::Duration;

use secspan_records::join::Joined;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::batch::{Batch, Signal};
use crate::clock;
use crate::component::{RecordObserver, RecordSource};
use crate::context::Context;
use crate::log::{Log, Route};

/// How often a source is asked: well below the quiet periods that people set.
const TURN: Duration = Duration::from_millis(200);

/// Most records in one batch, so that a backlog reaches the files in pieces.
const BATCH_RECORDS: usize = 512;

/// One source and where its records go.
pub struct RecordFlow {
    /// The connector's component id.
    pub name: String,
    /// The connector.
    pub source: Arc<dyn RecordSource>,
    /// The destinations.
    pub route: Route,
    /// Their component ids, for the accounts.
    pub destinations: Vec<String>,
    /// Connectors that look at records.
    pub observers: Vec<Arc<dyn RecordObserver>>,
    /// Where batches are kept.
    pub log: Arc<dyn Log>,
    /// Accounts.
    pub context: Context,
}

impl std::fmt::Debug for RecordFlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordFlow")
            .field("name", &self.name)
            .field("destinations", &self.destinations)
            .finish_non_exhaustive()
    }
}

/// A running flow.
#[derive(Debug)]
pub struct RunningFlow {
    name: String,
    stop: watch::Sender<Order>,
    task: JoinHandle<Option<Vec<u8>>>,
}

/// What a flow is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    GoOn,
    Finish,
    Suspend,
}

impl RunningFlow {
    /// The connector's component id.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Completes what can be completed and hands it to the log. Receivers must have stopped before.
    pub async fn finish(self) {
        self.stop.send_replace(Order::Finish);
        // A flow that panicked has said so; there is nothing to wait for.
        drop(self.task.await);
    }

    /// Hands what is complete to the log and returns the rest as state. Receivers must have stopped before.
    pub async fn suspend(self) -> Option<Vec<u8>> {
        self.stop.send_replace(Order::Suspend);
        self.task.await.ok().flatten()
    }
}

impl RecordFlow {
    /// Starts asking.
    pub fn start(self) -> RunningFlow {
        let (stop, orders) = watch::channel(Order::GoOn);
        let name = self.name.clone();
        let task = tokio::spawn(self.run(orders));
        RunningFlow { name, stop, task }
    }

    async fn run(self, mut orders: watch::Receiver<Order>) -> Option<Vec<u8>> {
        let mut waiting = Vec::new();
        let mut turns = tokio::time::interval(TURN);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let order = loop {
            tokio::select! {
                _ = turns.tick() => {
                    self.source.tick(clock::now(), &mut waiting);
                    self.hand_over(&mut waiting).await;
                }
                _ = orders.changed() => break *orders.borrow(),
            }
        };
        let state = if order == Order::Suspend {
            Some(self.source.suspend(clock::now(), &mut waiting))
        } else {
            self.source.finish(clock::now(), &mut waiting);
            None
        };
        self.hand_over(&mut waiting).await;
        self.give_up(&waiting);
        state
    }

    /// Gives the log what it takes; the rest stays in `waiting`.
    async fn hand_over(&self, waiting: &mut Vec<Joined>) {
        while !waiting.is_empty() {
            let count = waiting.len().min(BATCH_RECORDS);
            let records: Arc<[Joined]> = waiting.iter().take(count).cloned().collect();
            for destination in &self.destinations {
                self.account(destination, |accepted| accepted + count as u64);
            }
            let kept = self
                .log
                .append(self.route, Batch::Records(Arc::clone(&records)))
                .await;
            if kept.is_err() {
                for destination in &self.destinations {
                    self.account(destination, |accepted| accepted - count as u64);
                }
                return;
            }
            waiting.drain(..count);
            self.report_orphans(&records);
            let now = clock::now();
            for observer in &self.observers {
                observer.observe(&records, now);
            }
        }
    }

    fn account(&self, destination: &str, change: impl Fn(u64) -> u64) {
        self.context
            .ledger()
            .account(destination, Signal::Logs, |account| {
                account.accepted = change(account.accepted);
            });
    }

    /// Says which traces had stages of a workflow and never the workflow itself: nothing else shows them.
    fn report_orphans(&self, records: &[Joined]) {
        let orphans = records.iter().filter_map(|joined| match joined {
            Joined::Orphaned(orphaned) => Some(orphaned),
            _ => None,
        });
        let count = orphans.clone().count();
        if let Some(first) = orphans.clone().next() {
            let trace = first.trace;
            let message = format!(
                "{count} traces without their workflow span became no record, the first is {trace}"
            );
            tracing::warn!(component = %self.name, "{message}");
        }
    }

    fn give_up(&self, waiting: &[Joined]) {
        if !waiting.is_empty() {
            let count = waiting.len();
            let message =
                format!("{count} records lost: the log did not take them before the stop");
            tracing::error!(component = %self.name, "{message}");
        }
    }
}
