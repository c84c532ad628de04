//! What a component is: the traits behind receivers, connectors, exporters and extensions, and their lifecycle.
//!
//! ```text
//! Section (configuration) --factory.parse--> XConfig --build/start--> running part --stop-->
//! ```
//!
//! - *Parse* reads the component's section, collects every problem, touches nothing outside. `validate` ends here.
//! - *Start* may open sockets and files and may fail; nothing has been received yet.
//! - While running, no component panics or exits; it reports through [`crate::health`] and the ledger.
//! - *Stop* is called once, receivers first, then connectors, then exporters, each with a deadline.
//!
//! Receivers push into an [`Inlet`]. Connectors look at every span of the one walk over a batch ([`SpanObserver`]) and at
//! every record ([`RecordObserver`]). Exporters take batches from their cursor on the log ([`Exporter`]) or serve what
//! connectors collected ([`MetricSource`]). Queueing, retries, cursors and accounts are the runner's, never a component's.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use secspan_metrics::family::Family;
use secspan_metrics::reader::Reader;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{LogView, SpanView};
use secspan_records::join::Joined;

use crate::batch::{Batch, Signal};

/// A boxed future, as object-safe async methods return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The entry of one receiver into all pipelines that name it: walk, schema check, log, accounts.
pub trait Inlet: Send + Sync + Debug {
    /// Takes an `ExportTraceServiceRequest`. `Ok` means kept, as far as the acknowledgement level promises.
    fn traces(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>>;
    /// Takes an `ExportLogsServiceRequest`.
    fn logs(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>>;
    /// Takes an `ExportMetricsServiceRequest`.
    fn metrics(&self, payload: Bytes) -> BoxFuture<'_, Result<Accepted, Refused>>;
    /// Counts a request that was turned away before its payload could be read. The reason is a short constant, a label.
    fn turned_away(&self, signal: Signal, reason: &'static str);
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

/// A part that runs until it is stopped: a listening receiver, a scrape server, an extension.
pub trait Running: Send {
    /// Stops taking work, finishes what is in hand until the deadline has passed, releases sockets and files.
    fn stop(self: Box<Self>, deadline: Duration) -> BoxFuture<'static, ()>;
}

/// A part could not start. The chain of sources says why.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {component}: {reason}")]
pub struct StartError {
    /// The component's id.
    pub component: String,
    /// What failed, and what to do.
    pub reason: String,
}

/// A receiver's parsed configuration.
pub trait ReceiverConfig: Debug + Send {
    /// Opens the listeners; payloads go to the inlet from now on.
    fn start(
        self: Box<Self>,
        id: &str,
        inlet: Arc<dyn Inlet>,
        context: &crate::context::Context,
    ) -> BoxFuture<'static, Result<Box<dyn Running>, StartError>>;
}

/// Looks at every span of a batch during the one walk over its bytes.
pub trait SpanObserver: Send + Sync {
    /// Opens a stage for one batch. Dropping it without commit leaves no trace of the batch.
    fn stage(&self) -> Box<dyn SpanStage + '_>;
}

/// What one connector gathered from one batch, not yet counted.
pub trait SpanStage: Send {
    /// Sees one span that the schema accepted.
    fn observe(&mut self, span: &SpanView<'_, '_>);
    /// The whole batch was sound and is kept: count it.
    fn commit(self: Box<Self>, now: UnixNanos);
}

/// Looks at every record that a workflow connector made.
pub trait RecordObserver: Send + Sync {
    /// Sees records, in the order in which they were made.
    fn observe(&self, records: &[Joined], now: UnixNanos);
}

/// Looks at every log record of a batch during the one walk over its bytes.
pub trait LogObserver: Send + Sync {
    /// Opens a stage for one batch. Dropping it without commit leaves no trace of the batch.
    fn stage(&self) -> Box<dyn LogStage + '_>;
}

/// What one connector gathered from one batch of log records, not yet counted.
pub trait LogStage: Send {
    /// Sees one log record.
    fn observe(&mut self, record: &LogView<'_, '_>);
    /// The whole batch was sound and is kept: count it.
    fn commit(self: Box<Self>, now: UnixNanos);
}

/// Makes records out of what it observed, when their time has come.
pub trait RecordSource: Send + Sync {
    /// Appends what is complete at `now`.
    fn tick(&self, now: UnixNanos, out: &mut Vec<Joined>);
    /// Appends everything that can be completed: the collector stops.
    fn finish(&self, now: UnixNanos, out: &mut Vec<Joined>);
    /// Appends what must be, and returns the rest as state for [`Stateful::restore`]: another configuration takes over.
    fn suspend(&self, now: UnixNanos, out: &mut Vec<Joined>) -> Vec<u8>;
}

/// Has state that the next configuration takes over when the component is still in it.
pub trait Stateful: Send + Sync {
    /// The state as bytes. A [`RecordSource`] gives its own when it is suspended, and nothing here.
    fn save(&self) -> Option<Vec<u8>>;
    /// Takes over the state of an earlier configuration.
    ///
    /// # Errors
    /// What is wrong with the bytes; the component then starts anew.
    fn restore(&self, bytes: &[u8], now: UnixNanos) -> Result<(), String>;
}

/// Holds metrics that exporters read.
pub trait MetricSource: Send + Sync {
    /// Appends every family as this reader is shown it.
    fn collect(&self, reader: Reader, now: UnixNanos, out: &mut Vec<Family>);
}

/// A built connector: the sides that it has. A side that a pipeline asks for and that is missing is a configuration
/// problem, found before anything starts.
#[derive(Default)]
pub struct Connector {
    /// As an exporter of a traces pipeline.
    pub spans: Option<Arc<dyn SpanObserver>>,
    /// As an exporter of a logs pipeline: received log records.
    pub logs: Option<Arc<dyn LogObserver>>,
    /// As an exporter of a logs pipeline: records.
    pub records: Option<Arc<dyn RecordObserver>>,
    /// As a receiver of a metrics pipeline.
    pub metrics: Option<Arc<dyn MetricSource>>,
    /// As a receiver of a logs pipeline.
    pub source: Option<Arc<dyn RecordSource>>,
    /// What a reload carries over.
    pub state: Option<Arc<dyn Stateful>>,
}

impl Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connector")
            .field("spans", &self.spans.is_some())
            .field("logs", &self.logs.is_some())
            .field("records", &self.records.is_some())
            .field("metrics", &self.metrics.is_some())
            .field("source", &self.source.is_some())
            .field("state", &self.state.is_some())
            .finish()
    }
}

/// A connector's parsed configuration.
pub trait ConnectorConfig: Debug + Send {
    /// Builds it. Attribute keys that it wants are registered in the context's key table.
    ///
    /// # Errors
    /// When the key table is full, or a resource cannot be had.
    fn build(
        self: Box<Self>,
        id: &str,
        context: &mut crate::context::BuildContext,
    ) -> Result<Connector, StartError>;
}

/// A destination's client. One call is one attempt; the runner owns everything around it.
pub trait Exporter: Send + Sync + Debug {
    /// Sends one batch and waits for the destination's answer.
    fn export<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Delivered, ExportError>>;
}

/// A batch that the destination took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Items that the destination rejected (its partial success).
    pub rejected: u64,
    /// The destination's words about them.
    pub message: String,
    /// Whether the exporter told the operator about them itself.
    pub told: bool,
}

/// An attempt that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// The same batch may succeed later.
    #[error("retryable: {reason}")]
    Retry {
        /// When the destination asked to be tried again.
        after: Option<Duration>,
        /// What happened.
        reason: String,
    },
    /// The destination will never take this batch.
    #[error("permanent: {reason}")]
    Permanent {
        /// What happened.
        reason: String,
    },
    /// The batch is too large for the destination; smaller parts may pass.
    #[error("too large: {reason}")]
    TooLarge {
        /// The destination's words.
        reason: String,
    },
}

/// How the log treats one destination.
#[derive(Clone, Debug, PartialEq)]
pub struct DestinationSettings {
    /// Attempts under way at once.
    pub consumers: usize,
    /// What gives way when the log is full and this destination holds its oldest batch.
    pub on_full: OnFull,
    /// Pauses between attempts.
    pub retry: RetrySettings,
}

/// What gives way when the log is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFull {
    /// The destination loses its oldest batches, counted as dropped: receivers stay open.
    DropOldest,
    /// Receivers refuse with a retryable answer: nothing that was taken is lost.
    Refuse,
}

/// Pauses between attempts at a failing destination. There is no last attempt: the log's capacity decides.
#[derive(Clone, Debug, PartialEq)]
pub struct RetrySettings {
    /// First pause.
    pub initial_interval: Duration,
    /// Longest pause.
    pub max_interval: Duration,
    /// Growth from one pause to the next.
    pub multiplier: f64,
    /// Share of the pause that is drawn at random, 0 to 1.
    pub randomization_factor: f64,
}

impl Default for RetrySettings {
    /// Upstream's: 5 s to 30 s, times 1.5, half at random.
    fn default() -> Self {
        Self {
            initial_interval: Duration::from_secs(5),
            max_interval: Duration::from_secs(30),
            multiplier: 1.5,
            randomization_factor: 0.5,
        }
    }
}

/// A built exporter: a destination of the log, or a server of metric sources.
pub enum ExporterPart {
    /// Takes batches from a cursor on the log.
    Destination {
        /// The client.
        exporter: Arc<dyn Exporter>,
        /// How the log treats it.
        settings: DestinationSettings,
    },
    /// Serves what the connectors of its metrics pipelines hold.
    Scrape(Box<dyn ScrapeConfig>),
}

impl Debug for ExporterPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Destination { exporter, .. } => {
                f.debug_tuple("Destination").field(exporter).finish()
            }
            Self::Scrape(_) => f.write_str("Scrape"),
        }
    }
}

/// A scrape server that waits for its sources.
pub trait ScrapeConfig: Send {
    /// Opens the listener over these sources.
    fn start(
        self: Box<Self>,
        sources: Vec<Arc<dyn MetricSource>>,
    ) -> BoxFuture<'static, Result<Box<dyn Running>, StartError>>;
}

/// An exporter's parsed configuration.
pub trait ExporterConfig: Debug + Send {
    /// Builds the client; may open files, does not need the destination to be up.
    ///
    /// # Errors
    /// When a file that the configuration names cannot be used.
    fn build(
        self: Box<Self>,
        id: &str,
        context: &crate::context::Context,
    ) -> Result<ExporterPart, StartError>;
}

/// An extension's parsed configuration.
pub trait ExtensionConfig: Debug + Send {
    /// Starts it, before any exporter. What it offers to others (authenticators) it puts into the context.
    fn start(
        self: Box<Self>,
        id: &str,
        context: &crate::context::Context,
    ) -> BoxFuture<'static, Result<Box<dyn Running>, StartError>>;
}
