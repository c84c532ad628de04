//! Exporters: clients of destinations, and servers that others read from.

use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use secspan_metrics::received::Settings;
use secspan_transport::Backoff;
pub use secspan_transport::SendError as ExportError;

use super::{MetricSource, Running, StartError};
use crate::batch::Batch;
use crate::context::Context;
use crate::log::OnFull;

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
    /// Whether the exporter reported them itself.
    pub reported: bool,
}

impl From<secspan_transport::Delivered> for Delivered {
    fn from(delivered: secspan_transport::Delivered) -> Self {
        Self {
            rejected: delivered.rejected,
            message: delivered.message,
            reported: false,
        }
    }
}

/// How the log treats one destination.
#[derive(Clone, Debug, PartialEq)]
pub struct DestinationSettings {
    /// Attempts under way at once.
    pub consumers: usize,
    /// What happens when the log is full and this destination holds its oldest batch.
    pub on_full: OnFull,
    /// Pauses between attempts. There is no last attempt: the log's capacity decides.
    pub retry: Backoff,
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
    /// Serves what the sources of its metrics pipelines hold.
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
    /// How received metrics are served, which come to it through a table of last values.
    fn received(&self) -> Settings {
        Settings::default()
    }

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
    fn build(self: Box<Self>, id: &str, context: &Context) -> Result<ExporterPart, StartError>;
}
