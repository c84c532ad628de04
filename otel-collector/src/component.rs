//! What a component is: the traits behind receivers, processors, connectors, exporters and extensions, and their
//! lifecycle.
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
//! Receivers push into a [`PipelineInput`]. Processors edit what passes ([`Processor`]). Connectors look at every span of
//! the one walk over a batch ([`SpanObserver`]) and at every record ([`RecordObserver`]). Exporters take batches from their
//! cursor on the log ([`Exporter`]) or serve what receivers and connectors hold ([`MetricSource`]). Queueing, retries,
//! cursors and accounts are the runner's, never a component's.

use std::time::Duration;

mod connector;
mod exporter;
mod extension;
mod processor;
mod receiver;

pub use connector::{
    Connector, ConnectorConfig, LogObserver, LogStage, MetricSource, PUSH_INTERVAL, PointObserver,
    PointStage, RecordObserver, RecordSource, SpanObserver, SpanStage, Staged, Stateful,
};
pub use exporter::{
    Delivered, DestinationSettings, ExportError, Exporter, ExporterConfig, ExporterPart,
    ScrapeConfig,
};
pub use extension::ExtensionConfig;
pub use futures_util::future::BoxFuture;
pub use processor::{Processor, ProcessorConfig};
pub use receiver::{Accepted, PipelineInput, ReceiverConfig, ReceiverPart, Refused};

pub use crate::log::OnFull;

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
