//! From a receiver into its pipelines: one walk over the bytes, then the log, then the counts.
//!
//! The order carries the promise. The walk validates the whole payload while every connector stages what it sees; a
//! payload that is malformed at its tail leaves no trace. Then the log keeps the bytes. Only then are the stages
//! committed and the sender told: what is counted is kept, and what is refused was never counted.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use secspan_otlp::keys::Keys;
use secspan_otlp::view::{LogView, SpanView};
use secspan_otlp::walk::{self, LogVisitor, SpanVisitor, WalkLimits};
use secspan_otlp::{DecodeError, repair, rewrite};

use crate::batch::{Batch, Payload, Signal};
use crate::clock;
use crate::component::{
    Accepted, BoxFuture, LogObserver, LogStage, PipelineInput, Refused, SpanObserver, SpanStage,
};
use crate::context::Context;
use crate::log::{AppendError, Log, Route};
use crate::schema::Violations;

/// When a client should come back while the collector stops.
const RETRY_AFTER_STOP: Duration = Duration::from_secs(5);

/// Where one signal of one receiver goes.
#[derive(Clone, Default)]
pub struct Outlets {
    /// The destinations.
    pub route: Route,
    /// Their component ids, for the accounts.
    pub destinations: Vec<String>,
    /// Connectors that look at spans.
    pub spans: Vec<Arc<dyn SpanObserver>>,
    /// Connectors that look at log records.
    pub logs: Vec<Arc<dyn LogObserver>>,
}

impl std::fmt::Debug for Outlets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outlets")
            .field("destinations", &self.destinations)
            .field("span_observers", &self.spans.len())
            .field("log_observers", &self.logs.len())
            .finish_non_exhaustive()
    }
}

/// The input of one receiver.
#[derive(Debug)]
pub struct Entrance {
    /// The receiver's component id.
    pub receiver: String,
    /// Every key that a connector wants.
    pub keys: Arc<Keys>,
    /// Where batches are kept.
    pub log: Arc<dyn Log>,
    /// Where spans go; `None` when no traces pipeline names the receiver.
    pub traces: Option<Outlets>,
    /// Where log records go.
    pub logs: Option<Outlets>,
    /// Where metric points go.
    pub metrics: Option<Outlets>,
    /// Accounts.
    pub context: Context,
}

/// The walk's visitor: checks each span, shows the good ones to every connector.
struct Intake<'o> {
    stages: Vec<Box<dyn SpanStage + 'o>>,
    violations: Violations,
}

impl SpanVisitor for Intake<'_> {
    fn span(&mut self, span: &SpanView<'_, '_>) {
        if self.violations.check(span) {
            for stage in &mut self.stages {
                stage.observe(span);
            }
        }
    }
}

/// The same for log records, which have no schema of ours.
struct LogIntake<'o> {
    stages: Vec<Box<dyn LogStage + 'o>>,
}

impl LogVisitor for LogIntake<'_> {
    fn log(&mut self, record: &LogView<'_, '_>) {
        for stage in &mut self.stages {
            stage.observe(record);
        }
    }
}

impl Entrance {
    async fn take_traces(&self, payload: Bytes) -> Result<Accepted, Refused> {
        let outlets = self.outlets(Signal::Traces)?;
        let stages = outlets
            .spans
            .iter()
            .map(|observer| observer.stage())
            .collect();
        let mut intake = Intake {
            stages,
            violations: Violations::default(),
        };
        let walked = walk::traces(&payload, &self.keys, &WalkLimits::default(), &mut intake);
        let summary = match walked {
            Ok(summary) => summary,
            Err(error) => {
                drop(intake);
                return self.again(Signal::Traces, &payload, &error).await;
            }
        };
        let rejected = intake.violations.rejected();
        let payload = if rejected.is_empty() {
            payload
        } else {
            rewrite::without_spans(&payload, rejected).into()
        };
        let rejected = rejected.len() as u64;
        let items = u64::from(summary.spans) - rejected;
        let batch = Batch::Traces(Payload {
            bytes: payload,
            items,
        });
        self.keep(outlets, Signal::Traces, batch).await?;
        let now = clock::now();
        for stage in intake.stages {
            stage.commit(now);
        }
        self.count(Signal::Traces, items, rejected);
        Ok(Accepted {
            rejected,
            message: intake.violations.message(),
        })
    }

    async fn take_logs(&self, payload: Bytes) -> Result<Accepted, Refused> {
        let outlets = self.outlets(Signal::Logs)?;
        let stages = outlets
            .logs
            .iter()
            .map(|observer| observer.stage())
            .collect();
        let mut intake = LogIntake { stages };
        let walked = walk::logs(&payload, &self.keys, &WalkLimits::default(), &mut intake);
        let summary = match walked {
            Ok(summary) => summary,
            Err(error) => {
                drop(intake);
                return self.again(Signal::Logs, &payload, &error).await;
            }
        };
        let items = u64::from(summary.records);
        let batch = Batch::Logs(Payload {
            bytes: payload,
            items,
        });
        self.keep(outlets, Signal::Logs, batch).await?;
        let now = clock::now();
        for stage in intake.stages {
            stage.commit(now);
        }
        self.count(Signal::Logs, items, 0);
        Ok(Accepted::default())
    }

    async fn take_metrics(&self, payload: Bytes) -> Result<Accepted, Refused> {
        let outlets = self.outlets(Signal::Metrics)?;
        let summary = match walk::metrics(&payload, &WalkLimits::default()) {
            Ok(summary) => summary,
            Err(error) => return self.again(Signal::Metrics, &payload, &error).await,
        };
        let items = summary.data_points;
        let batch = Batch::Metrics(Payload {
            bytes: payload,
            items,
        });
        self.keep(outlets, Signal::Metrics, batch).await?;
        self.count(Signal::Metrics, items, 0);
        Ok(Accepted::default())
    }

    fn outlets(&self, signal: Signal) -> Result<&Outlets, Refused> {
        let outlets = match signal {
            Signal::Traces => &self.traces,
            Signal::Logs => &self.logs,
            Signal::Metrics => &self.metrics,
        };
        outlets.as_ref().ok_or(Refused::NotConfigured { signal })
    }

    /// Appends to the log, with the accounts of all destinations in step.
    async fn keep(&self, outlets: &Outlets, signal: Signal, batch: Batch) -> Result<(), Refused> {
        let items = batch.items();
        let ledger = self.context.ledger();
        for destination in &outlets.destinations {
            ledger.account(destination, signal, |account| account.accepted += items);
        }
        let refused = match self.log.append(outlets.route, batch).await {
            Ok(_) => return Ok(()),
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
        for destination in &outlets.destinations {
            ledger.account(destination, signal, |account| account.accepted -= items);
        }
        ledger.reception(&self.receiver, signal, |reception| {
            reception.refused += items;
        });
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
            let taken = match signal {
                Signal::Traces => self.take_traces(repaired).await,
                Signal::Logs => self.take_logs(repaired).await,
                Signal::Metrics => self.take_metrics(repaired).await,
            };
            taken.map(|accepted| accepted.with_remark(&remark))
        })
    }

    fn malformed(&self, signal: Signal, error: &DecodeError) -> Refused {
        // How many items a malformed payload meant to hold is unknown: it counts as one.
        let ledger = self.context.ledger();
        ledger.reception(&self.receiver, signal, |reception| reception.failed += 1);
        Refused::Malformed {
            message: error.to_string(),
        }
    }

    fn count(&self, signal: Signal, accepted: u64, failed: u64) {
        self.context
            .ledger()
            .reception(&self.receiver, signal, |reception| {
                reception.accepted += accepted;
                reception.failed += failed;
            });
    }
}

impl PipelineInput for Entrance {
    fn traces(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>> {
        Box::pin(self.take_traces(payload))
    }

    fn logs(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>> {
        Box::pin(self.take_logs(payload))
    }

    fn metrics(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>> {
        Box::pin(self.take_metrics(payload))
    }

    fn turned_away(&self, signal: Signal, reason: &'static str) {
        self.context
            .ledger()
            .reception(&self.receiver, signal, |reception| {
                *reception.turned_away.entry(reason).or_default() += 1;
            });
    }
}
