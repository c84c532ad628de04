//! Connectors: they look at what flows into one pipeline, and give metrics or records to another.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use secspan_metrics::family::Family;
use secspan_metrics::reader::Reader;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{LogView, PointView, SpanView};
use secspan_records::join::Joined;

use super::StartError;
use crate::context::BuildContext;

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

/// Looks at every data point of a batch of metrics during the one walk over its bytes.
pub trait PointObserver: Send + Sync {
    /// Opens a stage for one batch. Dropping it without commit leaves no trace of the batch.
    fn stage(&self) -> Box<dyn PointStage + '_>;
}

/// What was gathered from one batch of metrics, not yet counted.
pub trait PointStage: Send {
    /// Sees one data point.
    fn observe(&mut self, point: &PointView<'_, '_>);
    /// The whole batch was sound and is kept: count it.
    fn commit(self: Box<Self>, now: UnixNanos);
}

/// What several observers have in common: a stage gathers what one batch holds, and is counted when the batch is kept.
///
/// Its implementation is an observer of spans and of log records; a [`Connector`] names the sides that it has.
pub trait Staged: Send + Sync {
    /// What was gathered from one batch.
    type Stage: Send;

    /// Opens a stage.
    fn open(&self) -> Self::Stage;
    /// Sees one span.
    fn span(&self, _stage: &mut Self::Stage, _span: &SpanView<'_, '_>) {}
    /// Sees one log record.
    fn log(&self, _stage: &mut Self::Stage, _record: &LogView<'_, '_>) {}
    /// Counts a stage.
    fn count(&self, stage: Self::Stage, now: UnixNanos);
}

/// The stage of one batch, with its owner.
struct OwnedStage<'o, T: Staged> {
    owner: &'o T,
    stage: T::Stage,
}

impl<T: Staged> SpanObserver for T {
    fn stage(&self) -> Box<dyn SpanStage + '_> {
        Box::new(OwnedStage {
            owner: self,
            stage: self.open(),
        })
    }
}

impl<T: Staged> SpanStage for OwnedStage<'_, T> {
    fn observe(&mut self, span: &SpanView<'_, '_>) {
        self.owner.span(&mut self.stage, span);
    }

    fn commit(self: Box<Self>, now: UnixNanos) {
        self.owner.count(self.stage, now);
    }
}

impl<T: Staged> LogObserver for T {
    fn stage(&self) -> Box<dyn LogStage + '_> {
        Box::new(OwnedStage {
            owner: self,
            stage: self.open(),
        })
    }
}

impl<T: Staged> LogStage for OwnedStage<'_, T> {
    fn observe(&mut self, record: &LogView<'_, '_>) {
        self.owner.log(&mut self.stage, record);
    }

    fn commit(self: Box<Self>, now: UnixNanos) {
        self.owner.count(self.stage, now);
    }
}

/// Looks at every record that a workflow connector made.
pub trait RecordObserver: Send + Sync {
    /// Sees records, in the order in which they were made.
    fn observe(&self, records: &[Joined], now: UnixNanos);
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

/// How often metrics are sent to destinations that take them pushed, unless their source says otherwise.
pub const PUSH_INTERVAL: Duration = Duration::from_mins(1);

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
    /// How often its metrics are sent to destinations that take them pushed; `None`: [`PUSH_INTERVAL`].
    pub push_interval: Option<Duration>,
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
            .field("push_interval", &self.push_interval)
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
        context: &mut BuildContext,
    ) -> Result<Connector, StartError>;
}
