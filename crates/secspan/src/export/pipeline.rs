//! The export thread seen from outside: starting it, asking it, ending it.

use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::{Command, Ledger, Worker, report};
use crate::queue::Queue;
use crate::report::{DeliveryError, DeliveryReport, judge};

const THREAD_NAME: &str = "secspan-export";
/// Beyond the deadline given to the export thread: the time it may need to store what is left.
const GRACE: Duration = Duration::from_secs(2);

/// A running export thread.
#[derive(Debug)]
pub(crate) struct Pipeline {
    queue: Arc<Queue>,
    ledger: Arc<Mutex<Ledger>>,
    commands: UnboundedSender<Command>,
    thread: Mutex<Option<JoinHandle<()>>>,
    last_word: OnceLock<Result<DeliveryReport, DeliveryError>>,
}

impl Pipeline {
    /// Starts the export thread.
    pub(crate) fn start(worker: Worker) -> io::Result<Self> {
        let (commands, inbox) = unbounded_channel();
        let queue = Arc::clone(&worker.queue);
        let ledger = Arc::clone(&worker.ledger);
        // Built here, so that a failure is the caller's to handle.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = std::thread::Builder::new()
            .name(THREAD_NAME.to_owned())
            .spawn(move || {
                // No default subscriber is set here to keep the HTTP stack quiet: a scoped default
                // anywhere slows every span of the process down. The layer leaves its crates out.
                runtime.block_on(worker.run(inbox));
            })?;
        let thread = Mutex::new(Some(thread));
        Ok(Self {
            queue,
            ledger,
            commands,
            thread,
            last_word: OnceLock::new(),
        })
    }

    pub(crate) fn report(&self) -> DeliveryReport {
        report(&self.queue, &self.ledger).0
    }

    /// Waits until what was produced so far has arrived, or for `within`.
    pub(crate) fn flush(&self, within: Duration) -> Result<DeliveryReport, DeliveryError> {
        if let Some(last_word) = self.last_word.get() {
            return last_word.clone();
        }
        let delivered = self.ask(within, |within, done| Command::Flush { within, done });
        let (report, last_error) = report(&self.queue, &self.ledger);
        if report.lost() > 0 {
            Err(DeliveryError::Lost { report, last_error })
        } else if delivered == Some(true) {
            Ok(report)
        } else {
            Err(DeliveryError::Undelivered { report, last_error })
        }
    }

    /// Delivers what can be delivered within the time, stores or gives up the rest, and ends the
    /// thread. The second call gets the answer of the first.
    pub(crate) fn shutdown(&self, within: Duration) -> Result<DeliveryReport, DeliveryError> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last_word) = self.last_word.get() {
            return last_word.clone();
        }
        self.queue.close();
        let answered = self.ask(within, |within, done| Command::Shutdown { within, done });
        if let Some(thread) = thread.take()
            && answered.is_some()
        {
            // It has answered, so it is at its end; a panic in it shows in the counts.
            drop(thread.join());
        }
        let (report, last_error) = report(&self.queue, &self.ledger);
        let last_word = judge(report, last_error);
        self.last_word.get_or_init(|| last_word).clone()
    }

    /// Whether everything was delivered in time; `None` when the export thread does not answer.
    fn ask(
        &self,
        within: Duration,
        command: impl FnOnce(Duration, SyncSender<bool>) -> Command,
    ) -> Option<bool> {
        let (done, answer) = sync_channel(1);
        self.commands.send(command(within, done)).ok()?;
        answer.recv_timeout(within.saturating_add(GRACE)).ok()
    }
}
