//! From a receiver into its pipelines: one walk over the bytes, then the log, then the counts.
//!
//! The order carries the promise. The walk validates the whole payload while every connector stages what it sees; a
//! payload that is malformed at its tail leaves no trace. Then the log keeps the bytes. Only then are the stages
//! committed and the sender answered: what is counted is kept, and what is refused was never counted.
//!
//! A [`Branch`] with processors is shown what they make of the payload; the log keeps the batches of all branches or none.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use secspan_otlp::keys::Keys;
use secspan_otlp::{DecodeError, repair, rewrite};

use super::branch::{Branch, Stages};
use crate::batch::{Batch, Payload, Signal};
use crate::clock;
use crate::component::{Accepted, BoxFuture, PipelineInput, Refused};
use crate::context::Context;
use crate::ledger::Reception;
use crate::log::{AppendError, Log};

/// When a client should come back while the collector stops.
const RETRY_AFTER_STOP: Duration = Duration::from_secs(5);

/// The branches of one source, by signal; empty where no pipeline names the source.
#[derive(Clone, Debug, Default)]
pub struct Branches {
    /// Where spans go.
    pub traces: Vec<Branch>,
    /// Where log records go.
    pub logs: Vec<Branch>,
    /// Where metric points go.
    pub metrics: Vec<Branch>,
}

/// The input of one receiver, or of a connector whose metrics are pushed.
#[derive(Debug)]
pub struct Entrance {
    /// The component id.
    pub source: String,
    /// Whether it has an account as a receiver.
    pub is_receiver: bool,
    /// Every key that a connector wants.
    pub keys: Arc<Keys>,
    /// Where batches are kept.
    pub log: Arc<dyn Log>,
    /// Where data goes.
    pub branches: Branches,
    /// Accounts.
    pub context: Context,
}

/// A batch for the destinations of a branch.
struct Part<'b> {
    branch: &'b Branch,
    payload: Payload,
}

impl Entrance {
    async fn take(&self, signal: Signal, payload: Bytes) -> Result<Accepted, Refused> {
        let branches = self.branches(signal)?;
        let plain = branches.iter().find(|branch| branch.chain.is_empty());
        let mut first = plain.map(Branch::open).unwrap_or_default().checking();
        let items = match first.walk(signal, &payload, &self.keys) {
            Ok(items) => items,
            Err(error) => {
                drop(first);
                return self.again(signal, &payload, &error).await;
            }
        };
        let violations = first.take_violations();
        let rejected = violations.rejected();
        let payload = Payload {
            bytes: if rejected.is_empty() {
                payload
            } else {
                rewrite::without_spans(&payload, rejected).into()
            },
            items: items - rejected.len() as u64,
        };
        let mut parts = Vec::with_capacity(branches.len());
        let mut stages = Vec::new();
        for branch in branches {
            let mut payload = payload.clone();
            if !branch.chain.is_empty() {
                let (processed, seen) = self.process(signal, branch, payload)?;
                payload = processed;
                stages.push(seen);
            }
            parts.push(Part { branch, payload });
        }
        self.keep(signal, parts, payload.items).await?;
        let now = clock::now();
        first.commit(now);
        for stages in stages {
            stages.commit(now);
        }
        let rejected = rejected.len() as u64;
        self.count(signal, payload.items, rejected);
        Ok(Accepted {
            rejected,
            message: violations.message(),
        })
    }

    /// What the processors of a branch make of a payload, and what is seen of that.
    fn process<'b>(
        &self,
        signal: Signal,
        branch: &'b Branch,
        payload: Payload,
    ) -> Result<(Payload, Stages<'b>), Refused> {
        let ledger = self.context.ledger();
        let mut seen = branch.open();
        let processed = branch.chain.process(signal, payload, ledger);
        let walked = processed.and_then(|payload| {
            seen.walk(signal, &payload.bytes, &self.keys)?;
            Ok(payload)
        });
        let payload = walked.map_err(|error| self.malformed(signal, &error))?;
        Ok((payload, seen))
    }

    fn branches(&self, signal: Signal) -> Result<&[Branch], Refused> {
        let branches = match signal {
            Signal::Traces => &self.branches.traces,
            Signal::Logs => &self.branches.logs,
            Signal::Metrics => &self.branches.metrics,
        };
        if branches.is_empty() {
            return Err(Refused::NotConfigured { signal });
        }
        Ok(branches)
    }

    /// Appends to the log, with the accounts of all destinations in step.
    async fn keep(&self, signal: Signal, parts: Vec<Part<'_>>, items: u64) -> Result<(), Refused> {
        let ledger = self.context.ledger();
        let accepted = |change: fn(&mut u64, u64)| {
            for part in &parts {
                for destination in &part.branch.destinations {
                    ledger.account(destination, signal, |account| {
                        change(&mut account.accepted, part.payload.items);
                    });
                }
            }
        };
        accepted(|accepted, items| *accepted += items);
        let batches = parts.iter().filter(|part| part.payload.items > 0);
        let batches = batches
            .map(|part| {
                let batch = Batch::received(signal, part.payload.clone());
                (part.branch.route, batch)
            })
            .collect();
        let refused = match self.log.append_all(batches).await {
            Ok(()) => return Ok(()),
            Err(AppendError::Full { retry_after, .. }) => Refused::Overloaded {
                reason: "the log is full",
                retry_after,
            },
            Err(AppendError::TooLarge { bytes, capacity }) => Refused::Malformed {
                message: format!("{bytes} bytes do not fit into a log of {capacity} bytes"),
            },
            Err(AppendError::Closed) => Refused::Stopping {
                retry_after: RETRY_AFTER_STOP,
            },
        };
        accepted(|accepted, items| *accepted -= items);
        self.reception(signal, |reception| reception.refused += items);
        Err(refused)
    }

    /// A payload with a text that is not UTF-8 is taken with that text repaired: one text must not cost its sender the
    /// whole request. Anything else that is wrong with it is refused.
    fn again<'a>(
        &'a self,
        signal: Signal,
        payload: &Bytes,
        error: &DecodeError,
    ) -> BoxFuture<'a, Result<Accepted, Refused>> {
        let repaired = error
            .is_text()
            .then(|| repair::with_valid_text(payload, signal.on_the_wire()));
        // U+FFFD is longer than what it replaces. Who sends little else sends no text.
        let size = payload.len()..=payload.len().saturating_mul(2);
        let repaired = repaired.filter(|bytes| size.contains(&bytes.len()) && bytes != payload);
        let Some(repaired) = repaired else {
            let refused = self.malformed(signal, error);
            return Box::pin(async { Err(refused) });
        };
        let remark = format!("{error}; such bytes were replaced by U+FFFD");
        let repaired = Bytes::from(repaired);
        Box::pin(async move {
            let taken = self.take(signal, repaired).await;
            taken.map(|accepted| accepted.with_remark(&remark))
        })
    }

    fn malformed(&self, signal: Signal, error: &DecodeError) -> Refused {
        // How many items a malformed payload meant to hold is unknown: it counts as one.
        self.reception(signal, |reception| reception.failed += 1);
        Refused::Malformed {
            message: error.to_string(),
        }
    }

    fn count(&self, signal: Signal, accepted: u64, failed: u64) {
        self.reception(signal, |reception| {
            reception.accepted += accepted;
            reception.failed += failed;
        });
    }

    fn reception(&self, signal: Signal, change: impl FnOnce(&mut Reception)) {
        if self.is_receiver {
            self.context
                .ledger()
                .reception(&self.source, signal, change);
        }
    }
}

impl PipelineInput for Entrance {
    fn traces(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>> {
        Box::pin(self.take(Signal::Traces, payload))
    }

    fn logs(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>> {
        Box::pin(self.take(Signal::Logs, payload))
    }

    fn metrics(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>> {
        Box::pin(self.take(Signal::Metrics, payload))
    }

    fn request_rejected(&self, signal: Signal, reason: &'static str) {
        self.reception(signal, |reception| {
            *reception.rejected_requests.entry(reason).or_default() += 1;
        });
    }
}
