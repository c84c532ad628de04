//! The export thread: takes spans from the queue, encodes, keeps and sends them.
//!
//! It has its own thread and its own Tokio runtime, so it works from a synchronous `main`, on a
//! current-thread runtime, in `#[tokio::test]`, from `Drop` and during a panic. `tracing` and
//! OpenTelemetry are switched off on it: what the exporter does is never telemetry.
//!
//! ```text
//! queue --normalize, encode--> memory spool --full--> disk spool (if configured) --full--> dropped
//!                                   |                     |
//!                                   +-- one request at a time, oldest first --> destination
//!                                        accepted: gone   retryable: stays, back off   refused: failed
//! ```

use std::pin::Pin;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::Context;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, MissedTickBehavior};

use crate::diagnostics::say;
use crate::encode::Encoder;
use crate::export::backoff::Backoff;
use crate::export::disk::DiskSpool;
use crate::export::local::LocalExporter;
use crate::export::memory::MemorySpool;
use crate::normalize::Normalizer;
use crate::queue::{Place, Queue};
use crate::report::DeliveryReport;

pub(crate) mod backoff;
pub(crate) mod disk;
pub(crate) mod local;
pub(crate) mod memory;
pub(crate) mod pipeline;
#[cfg(any(feature = "grpc", feature = "http"))]
pub(crate) mod transport;

#[cfg(test)]
mod tests;

/// Largest encoded request: half of the 4 MiB that gRPC servers accept by default.
const MAX_REQUEST_BYTES: usize = 2 * 1024 * 1024;

/// What a destination made of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Taken, except for `rejected` spans.
    Accepted { rejected: u64, message: String },
    /// Not taken now. `after` is what the destination asked for.
    Later {
        after: Option<Duration>,
        reason: String,
    },
    /// Never to be taken.
    Refused { reason: String },
}

pub(crate) type Sending = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Sends one request; called again only after the future before has finished or was dropped.
pub(crate) trait Transport: Send {
    fn send(&self, request: bytes::Bytes) -> Sending;
    /// Where to, for messages.
    fn destination(&self) -> &str;
}

/// Counts of what left the queue. `pending` is not kept: it is what is in none of these.
#[derive(Debug, Default, Clone)]
pub(crate) struct Ledger {
    pub(crate) exported: u64,
    pub(crate) rejected: u64,
    pub(crate) dropped: u64,
    pub(crate) failed: u64,
    pub(crate) spooled: u64,
    pub(crate) recovered: u64,
    pub(crate) retries: u64,
    pub(crate) last_error: Option<String>,
}

/// The counts of queue and ledger as one report.
pub(crate) fn report(queue: &Queue, ledger: &Mutex<Ledger>) -> (DeliveryReport, Option<String>) {
    // The ledger first: a span that moves meanwhile is then counted as pending, never twice.
    let ledger = ledger
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let counts = queue.counts();
    let settled =
        ledger.exported + ledger.rejected + ledger.dropped + ledger.failed + ledger.spooled;
    let report = DeliveryReport {
        produced: counts.produced,
        exported: ledger.exported,
        rejected: ledger.rejected,
        dropped: counts.dropped + ledger.dropped,
        failed: ledger.failed,
        pending: counts.produced - counts.dropped - settled,
        spooled: ledger.spooled,
        recovered: ledger.recovered,
        retries: ledger.retries,
    };
    (report, ledger.last_error)
}

/// Asked of the export thread.
#[derive(Debug)]
pub(crate) enum Command {
    /// Deliver what is there now; answer when done or at the deadline.
    Flush {
        within: Duration,
        done: SyncSender<bool>,
    },
    /// The same, then save or give up what is left, and end.
    Shutdown {
        within: Duration,
        done: SyncSender<bool>,
    },
}

/// What the export thread is made of.
pub(crate) struct Worker {
    pub(crate) queue: Arc<Queue>,
    pub(crate) ledger: Arc<Mutex<Ledger>>,
    pub(crate) normalizer: Normalizer,
    pub(crate) encoder: Encoder,
    pub(crate) transport: Option<Box<dyn Transport>>,
    pub(crate) locals: Vec<LocalExporter>,
    pub(crate) memory: MemorySpool,
    pub(crate) disk: Option<DiskSpool>,
    pub(crate) backoff: Backoff,
    pub(crate) batch_spans: u64,
    pub(crate) schedule_delay: Duration,
}

/// Where the batch that is being sent is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Memory,
    Disk,
}

struct InFlight {
    origin: Origin,
    spans: u64,
    answer: Sending,
}

struct Waiter {
    /// Number of the first batch made after the question.
    before: u64,
    deadline: Instant,
    done: SyncSender<bool>,
    /// Whether the thread ends with the answer.
    last: bool,
}

impl Worker {
    /// Runs until told to shut down.
    pub(crate) async fn run(mut self, mut commands: UnboundedReceiver<Command>) {
        // Instrumented libraries that this thread calls must not make spans of it.
        let _quiet = Context::enter_telemetry_suppressed_scope();
        let mut tick = tokio::time::interval(self.schedule_delay);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut in_flight: Option<InFlight> = None;
        let mut waiters: Vec<Waiter> = Vec::new();
        loop {
            self.start_sending(&mut in_flight);
            if let Some((last, sent)) = self.release(&mut waiters, in_flight.is_some()) {
                drop(in_flight);
                self.put_away();
                self.close_locals();
                answer(&last, sent);
                return;
            }
            let wake = waiters
                .iter()
                .map(|waiter| waiter.deadline)
                .chain(self.backoff.until())
                .min();
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => {
                        self.collect().await;
                        // Someone waits: one attempt now, unless the destination named a time.
                        self.backoff.hurry();
                        waiters.push(self.waiter(command));
                    }
                    None => return,
                },
                () = self.queue.ready() => self.collect().await,
                _ = tick.tick() => self.collect().await,
                answer = sent(&mut in_flight) => self.settle(&mut in_flight, answer),
                () = sleep_until(wake) => {}
            }
        }
    }

    fn waiter(&self, command: Command) -> Waiter {
        let (within, done, last) = match command {
            Command::Flush { within, done } => (within, done, false),
            Command::Shutdown { within, done } => (within, done, true),
        };
        let deadline = Instant::now() + within;
        Waiter {
            before: self.memory.next_number(),
            deadline,
            done,
            last,
        }
    }

    /// Answers those whose spans have gone or whose time is up; the one who asked for the end.
    fn release(
        &mut self,
        waiters: &mut Vec<Waiter>,
        sending: bool,
    ) -> Option<(SyncSender<bool>, bool)> {
        let now = Instant::now();
        let oldest = self.memory.oldest();
        let disk_empty = self.disk.as_ref().is_none_or(DiskSpool::is_empty);
        let idle = !sending && oldest.is_none() && disk_empty;
        let mut end = None;
        waiters.retain_mut(|waiter| {
            let sent = idle || (disk_empty && oldest.is_some_and(|oldest| oldest >= waiter.before));
            if !sent && now < waiter.deadline {
                return true;
            }
            if waiter.last {
                end = Some((waiter.done.clone(), sent));
            } else {
                answer(&waiter.done, sent);
            }
            false
        });
        if end.is_some() {
            for waiter in waiters.iter() {
                answer(&waiter.done, false);
            }
        }
        end
    }

    /// Takes everything from the queue to the local exporters and the spool.
    async fn collect(&mut self) {
        for mut chunk in self.queue.take() {
            for finished in chunk.iter_mut().filter_map(|place| place.as_mut().as_mut()) {
                self.normalizer.apply(finished);
                if self.transport.is_some() {
                    let bytes = self.encoder.add(&finished.span);
                    if self.encoder.spans() >= self.batch_spans || bytes >= MAX_REQUEST_BYTES {
                        self.spool();
                    }
                }
            }
            if !self.locals.is_empty() {
                self.export_locally(&chunk).await;
            }
            self.queue.recycle(chunk);
        }
        self.spool();
    }

    async fn export_locally(&mut self, chunk: &[Place]) {
        let count = chunk.len() as u64;
        let mut failure = None;
        for exporter in &self.locals {
            let finished = chunk.iter().filter_map(|place| place.as_ref().as_ref());
            let spans = finished.map(|finished| finished.span.clone()).collect();
            if let Err(error) = exporter.export(spans).await {
                failure = Some(error.to_string());
            }
        }
        // The network destination, when there is one, is what the report speaks about.
        if self.transport.is_none() {
            self.note(|ledger| match &failure {
                None => ledger.exported += count,
                Some(error) => {
                    ledger.failed += count;
                    ledger.last_error = Some(error.clone());
                }
            });
        }
        if let Some(error) = failure {
            say(format_args!(
                "{count} spans failed in a local exporter: {error}"
            ));
        }
    }

    fn spool(&mut self) {
        let Some(batch) = self.encoder.finish() else {
            return;
        };
        let spans = batch.spans;
        let Err(batch) = self.memory.push(batch) else {
            return;
        };
        let kept = self.disk.as_mut().map(|disk| disk.push(&batch));
        match kept {
            Some(Ok(true)) => self.note(|ledger| ledger.spooled += spans),
            Some(Ok(false)) | None => self.drop_batch(spans, "spool full"),
            Some(Err(error)) => self.drop_batch(spans, &error.to_string()),
        }
    }

    fn drop_batch(&mut self, spans: u64, reason: &str) {
        self.note(|ledger| {
            ledger.dropped += spans;
            ledger.last_error = Some(reason.to_owned());
        });
        say(format_args!("{spans} spans dropped: {reason}"));
    }

    /// Begins with the oldest batch, if nothing is on its way and no pause is due.
    fn start_sending(&mut self, in_flight: &mut Option<InFlight>) {
        if in_flight.is_some() || self.backoff.waiting(Instant::now()) {
            return;
        }
        let Some(transport) = &self.transport else {
            return;
        };
        if let Some(batch) = self.memory.front() {
            let answer = transport.send(batch.bytes.clone());
            *in_flight = Some(InFlight {
                origin: Origin::Memory,
                spans: batch.spans,
                answer,
            });
            return;
        }
        let Some(disk) = &mut self.disk else { return };
        while let Some(found) = disk.front() {
            match found {
                Ok(batch) => {
                    let answer = transport.send(batch.bytes);
                    *in_flight = Some(InFlight {
                        origin: Origin::Disk,
                        spans: batch.spans,
                        answer,
                    });
                    return;
                }
                Err(error) => {
                    let file = disk.set_aside();
                    self.ledger
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .unreadable(&file, &error);
                    say(format_args!(
                        "a spool file of {} spans is unreadable: {error}",
                        file.spans
                    ));
                }
            }
        }
    }

    /// Books what became of the batch that was sent.
    fn settle(&mut self, in_flight: &mut Option<InFlight>, answer: Answer) {
        let Some(InFlight { origin, spans, .. }) = in_flight.take() else {
            return;
        };
        match answer {
            Answer::Accepted { rejected, message } => {
                if let Some(silence) = self.backoff.succeeded() {
                    let place = self.transport.as_ref().map_or("", |t| t.destination());
                    say(format_args!(
                        "{place} answers again after {:.1} s",
                        silence.as_secs_f64()
                    ));
                }
                if rejected > 0 {
                    say(format_args!(
                        "{rejected} of {spans} spans rejected by the destination: {message}"
                    ));
                }
                self.done(origin, spans, |ledger, spans| {
                    let rejected = rejected.min(spans);
                    ledger.exported += spans - rejected;
                    ledger.rejected += rejected;
                    if rejected > 0 {
                        ledger.last_error = Some(message);
                    }
                });
            }
            Answer::Later { after, reason } => {
                if self.backoff.failed(Instant::now(), after) {
                    let place = self.transport.as_ref().map_or("", |t| t.destination());
                    say(format_args!(
                        "{place} does not take spans, keeping them: {reason}"
                    ));
                }
                self.note(|ledger| {
                    ledger.retries += 1;
                    ledger.last_error = Some(reason);
                });
            }
            Answer::Refused { reason } => {
                say(format_args!(
                    "{spans} spans failed, the destination will not take them: {reason}"
                ));
                self.done(origin, spans, |ledger, spans| {
                    ledger.failed += spans;
                    ledger.last_error = Some(reason);
                });
            }
        }
    }

    /// Removes the batch that was sent and books its spans, unless an earlier process made them.
    fn done(&mut self, origin: Origin, spans: u64, book: impl FnOnce(&mut Ledger, u64)) {
        if origin == Origin::Memory {
            self.memory.pop();
            return self.note(|ledger| book(ledger, spans));
        }
        let Some(file) = self.disk.as_mut().map(DiskSpool::remove_front) else {
            return;
        };
        self.note(|ledger| {
            if file.inherited {
                ledger.recovered += spans;
            } else {
                ledger.spooled -= spans;
                book(ledger, spans);
            }
        });
    }

    /// At the end: what is still in memory goes to disk, or is lost and said to be.
    fn put_away(&mut self) {
        while let Some(batch) = self.memory.pop() {
            let spans = batch.spans;
            let kept = self
                .disk
                .as_mut()
                .is_some_and(|disk| matches!(disk.push(&batch), Ok(true)));
            self.note(|ledger| {
                if kept {
                    ledger.spooled += spans;
                } else {
                    ledger.failed += spans;
                }
            });
        }
    }

    fn close_locals(&self) {
        for exporter in &self.locals {
            if let Err(error) = exporter.shutdown() {
                say(format_args!(
                    "a local exporter failed to shut down: {error}"
                ));
            }
        }
    }

    fn note(&self, change: impl FnOnce(&mut Ledger)) {
        change(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Ledger {
    fn unreadable(&mut self, file: &disk::SpoolFile, error: &std::io::Error) {
        if !file.inherited {
            self.spooled -= file.spans;
            self.failed += file.spans;
        }
        self.last_error = Some(error.to_string());
    }
}

/// Whoever asked may have stopped waiting; that is their right.
fn answer(done: &SyncSender<bool>, sent: bool) {
    done.try_send(sent).ok();
}

async fn sent(in_flight: &mut Option<InFlight>) -> Answer {
    match in_flight {
        Some(sending) => sending.answer.as_mut().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
