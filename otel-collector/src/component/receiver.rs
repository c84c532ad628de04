//! Receivers: they push what arrives into their pipelines, or hold metrics that exporters read.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::{MetricSource, Running, StartError};
use crate::batch::Signal;
use crate::context::Context;

/// The entry of one receiver into all pipelines that name it: walk, schema check, log, accounts.
pub trait PipelineInput: Send + Sync + Debug {
    /// Takes an `ExportTraceServiceRequest`. `Ok` means kept, as far as the acknowledgement level promises.
    fn traces(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>>;
    /// Takes an `ExportLogsServiceRequest`.
    fn logs(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>>;
    /// Takes an `ExportMetricsServiceRequest`.
    fn metrics(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>>;
    /// Counts a request that was rejected before its payload could be read. The reason is a short constant, a label.
    fn request_rejected(&self, signal: Signal, reason: &'static str);
}

/// A request that was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Items that broke a rule of the schema and were not kept.
    pub rejected: u64,
    /// Why, for the sender's eyes; may be a warning although nothing was rejected.
    pub message: String,
}

impl Accepted {
    /// The same, with something more to say to the sender.
    #[must_use]
    pub fn with_remark(mut self, remark: &str) -> Self {
        if !remark.is_empty() {
            if !self.message.is_empty() {
                self.message.push_str("; ");
            }
            self.message.push_str(remark);
        }
        self
    }
}

/// A request that was not taken, whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The payload is not what it says it is; sending it again cannot help.
    #[error("malformed payload: {message}")]
    Malformed {
        /// What is wrong and at which offset.
        message: String,
    },
    /// A limit is reached; the same request may succeed later.
    #[error("over capacity: {reason}")]
    Overloaded {
        /// The limit.
        reason: &'static str,
        /// When to come back.
        retry_after: Duration,
    },
    /// The collector is stopping; another instance may take it.
    #[error("shutting down")]
    Stopping {
        /// When to come back.
        retry_after: Duration,
    },
    /// No pipeline takes this signal from this receiver.
    #[error("no {} pipeline takes data from this receiver", .signal.name())]
    NotConfigured {
        /// The signal.
        signal: Signal,
    },
}

/// A receiver's parsed configuration.
pub trait ReceiverConfig: Debug + Send {
    /// Opens the listeners; payloads go to the input from now on.
    fn start(
        self: Box<Self>,
        id: &str,
        input: Arc<dyn PipelineInput>,
        context: &Context,
    ) -> BoxFuture<'static, Result<ReceiverPart, StartError>>;
}

/// A receiver that was started.
pub struct ReceiverPart {
    /// What has to be stopped.
    pub running: Box<dyn Running>,
    /// What it measures, for metrics pipelines: read when somebody asks.
    pub metrics: Option<Arc<dyn MetricSource>>,
    /// How often its metrics are sent to destinations that take them pushed; `None`: [`PUSH_INTERVAL`](super::PUSH_INTERVAL).
    pub push_interval: Option<Duration>,
}

impl ReceiverPart {
    /// A receiver that pushes and measures nothing itself.
    pub fn new(running: impl Running + 'static) -> Self {
        Self {
            running: Box::new(running),
            metrics: None,
            push_interval: None,
        }
    }
}

impl Debug for ReceiverPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReceiverPart")
            .field("metrics", &self.metrics.is_some())
            .finish_non_exhaustive()
    }
}
