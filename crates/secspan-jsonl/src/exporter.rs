//! The whole way from spans to lines inside one process: an `opentelemetry_sdk` span exporter for hosts that run without
//! a collector.
//!
//! ```no_run
//! use opentelemetry_sdk::trace::SdkTracerProvider;
//! use secspan_jsonl::exporter::{JsonlSpanExporter, Settings};
//! # // The kinds of record of a system; each has them in its crate.
//! # use secspan_testkit::kinds::KINDS;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let exporter = JsonlSpanExporter::start(Settings::in_directory("secspan-data", KINDS))?;
//! let handle = exporter.handle();
//! let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
//! // … the application runs …
//! provider.shutdown()?;
//! assert_eq!(handle.stats().unwritten, 0);
//! # Ok(())
//! # }
//! ```
//!
//! Nothing is written, and no thread is started, when it is switched off: by [`Settings::enabled`], or, where that is not
//! set, by `OTEL_SDK_DISABLED=true` in the environment, as OpenTelemetry specifies. [`records`](crate::writer::Settings::records) switches single
//! kinds of record.
//!
//! Exporting only hands spans over; a thread of its own completes workflows and writes. A disk that fails never blocks the
//! application: records wait, bounded, and are tried again. Shutting down completes every workflow whose span arrived.

mod clock;
mod env;
mod span_data;
mod worker;

use std::fmt;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use secspan_records::definition::Definitions;
use secspan_records::join::{self, Join};
use secspan_records::kind::Kind;

use crate::error::WriteError;
use crate::writer::{self, Writer};
use worker::{Order, Shared};

pub use worker::Stats;

/// How often the thread looks for complete workflows.
const TURN: Duration = Duration::from_millis(500);

/// How long dropping an exporter that was not shut down waits for it.
const DROP_WAIT: Duration = Duration::from_secs(5);

/// Called for the first failure of each cause.
pub type OnFailure = Box<dyn Fn(&WriteError) + Send + Sync>;

/// Settings of the exporter.
pub struct Settings {
    /// Whether to record anything at all; `None` asks `OTEL_SDK_DISABLED`.
    pub enabled: Option<bool>,
    /// Where files go, and which kinds of record.
    pub files: writer::Settings,
    /// When workflows are complete, and memory.
    pub join: join::Settings,
    /// Which workflows become records.
    pub definitions: Definitions,
    /// Told about the first failure of each cause; the error has a hint.
    pub on_failure: Option<OnFailure>,
}

impl Settings {
    /// The defaults, with files of these kinds in `directory`.
    pub fn in_directory(
        directory: impl Into<PathBuf>,
        kinds: impl IntoIterator<Item = &'static Kind>,
    ) -> Self {
        let kinds: Vec<&'static Kind> = kinds.into_iter().collect();
        Self {
            enabled: None,
            files: writer::Settings::in_directory(directory, kinds.iter().copied()),
            join: join::Settings::default(),
            definitions: Definitions::of(kinds),
            on_failure: None,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("enabled", &self.enabled)
            .field("files", &self.files)
            .field("join", &self.join)
            .finish_non_exhaustive()
    }
}

/// The exporter could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The join could not register its attributes.
    #[error("cannot register the attributes of records")]
    Keys(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The thread could not be started.
    #[error("cannot start the thread that writes records")]
    Thread(#[source] std::io::Error),
}

/// Writes one line per record. See the [module](self).
#[derive(Debug)]
pub struct JsonlSpanExporter {
    shared: Arc<Shared>,
    /// `None` when it is switched off.
    thread: Option<Thread>,
}

/// The thread that completes workflows and writes.
#[derive(Debug)]
struct Thread {
    orders: SyncSender<Order>,
    done: Mutex<Option<Receiver<()>>>,
}

/// Shows what an exporter did, before and after it was given away.
#[derive(Clone, Debug)]
pub struct Handle {
    shared: Arc<Shared>,
}

impl Handle {
    /// What was done so far.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }
}

impl JsonlSpanExporter {
    /// Starts the thread; files are opened when there is something to write.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let join = Join::of_facts(settings.join, settings.definitions)
            .map_err(|error| StartError::Keys(Box::new(error)))?;
        let writer = Writer::new(settings.files);
        let shared = Arc::new(Shared::new(join, writer, settings.on_failure));
        if !settings.enabled.unwrap_or_else(env::enabled) {
            return Ok(Self {
                shared,
                thread: None,
            });
        }
        let thread = Some(Thread::start(&shared)?);
        Ok(Self { shared, thread })
    }

    /// Whether it records anything.
    pub fn is_enabled(&self) -> bool {
        self.thread.is_some()
    }

    /// A view of what the exporter does, to keep when the exporter is given to a provider.
    pub fn handle(&self) -> Handle {
        Handle {
            shared: Arc::clone(&self.shared),
        }
    }

    fn finish(&self, timeout: Duration) -> OTelSdkResult {
        match &self.thread {
            Some(thread) => thread.finish(&self.shared, timeout),
            None => Ok(()),
        }
    }
}

impl Thread {
    fn start(shared: &Arc<Shared>) -> Result<Self, StartError> {
        let (orders, received) = sync_channel(1);
        let (finished, done) = sync_channel(1);
        let worker = Arc::clone(shared);
        std::thread::Builder::new()
            .name("secspan-jsonl".to_owned())
            .spawn(move || {
                worker.run(&received, TURN);
                // Nobody waits when the exporter was given up after its time-out.
                finished.send(()).unwrap_or_default();
            })
            .map_err(StartError::Thread)?;
        let done = Mutex::new(Some(done));
        Ok(Self { orders, done })
    }

    fn finish(&self, shared: &Shared, timeout: Duration) -> OTelSdkResult {
        let done = self
            .done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(done) = done else {
            return Err(OTelSdkError::AlreadyShutdown);
        };
        shared.close();
        // A full channel already holds an order, and closing makes any order the last.
        drop(self.orders.try_send(Order::Finish));
        match done.recv_timeout(timeout) {
            Ok(()) => shared.verdict(),
            Err(RecvTimeoutError::Timeout) => Err(OTelSdkError::Timeout(timeout)),
            Err(RecvTimeoutError::Disconnected) => Err(OTelSdkError::InternalFailure(
                "the thread that writes records died".to_owned(),
            )),
        }
    }
}

impl SpanExporter for JsonlSpanExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        match &self.thread {
            Some(_) => self.shared.take_in(&batch),
            None => Ok(()),
        }
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.finish(timeout)
    }

    /// Writes the workflows that are complete. A workflow that is still quiet for too short is not cut short.
    fn force_flush(&self) -> OTelSdkResult {
        self.shared.turn();
        self.shared.verdict()
    }
}

impl Drop for JsonlSpanExporter {
    fn drop(&mut self) {
        // There is nobody to tell; the counts stay in the handle.
        drop(self.finish(DROP_WAIT));
    }
}

#[cfg(test)]
mod tests;
