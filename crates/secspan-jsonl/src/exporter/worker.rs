//! The thread behind the exporter: completes workflows, writes, and tries again what could not be written.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::SpanData;
use secspan_records::join::{Counters, Join, Joined};

use super::{OnFailure, clock, span_data};
use crate::writer::{Counts, Report, Writer};

/// Records that wait for a disk at most; the oldest give way and are counted.
const WAITING_MAX: usize = 10_000;

/// What an exporter did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Spans taken in.
    pub spans: u64,
    /// What the join did.
    pub join: Counters,
    /// What became of records and rejected ones, all kinds together.
    pub written: Counts,
    /// Records that wait to be written.
    pub unwritten: u64,
    /// Records given up because too many were waiting.
    pub dropped: u64,
    /// The last failure, with its hint, until something was written again.
    pub last_failure: Option<String>,
}

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Complete everything, write it, end.
    Finish,
}

/// What exporter, handle and thread share.
pub(super) struct Shared {
    join: Join,
    closed: AtomicBool,
    /// Beside the output, so that taking spans in never waits for a disk.
    spans: AtomicU64,
    output: Mutex<Output>,
    on_failure: Option<OnFailure>,
}

/// The writing half.
#[derive(Debug)]
struct Output {
    writer: Writer,
    waiting: Vec<Joined>,
    dropped: u64,
    last_failure: Option<String>,
}

impl Shared {
    pub(super) fn new(join: Join, writer: Writer, on_failure: Option<OnFailure>) -> Self {
        let output = Output {
            writer,
            waiting: Vec::new(),
            dropped: 0,
            last_failure: None,
        };
        Self {
            join,
            closed: AtomicBool::new(false),
            spans: AtomicU64::new(0),
            output: Mutex::new(output),
            on_failure,
        }
    }

    /// Hands a batch to the join.
    pub(super) fn take_in(&self, batch: &[SpanData]) -> OTelSdkResult {
        if self.closed.load(Ordering::Acquire) {
            return Err(OTelSdkError::AlreadyShutdown);
        }
        let mut stage = self.join.stage();
        for span in batch {
            let (trace, facts) = span_data::facts(span, self.join.definitions());
            stage.add(trace, facts);
            for event in span_data::events(span, self.join.definitions()) {
                stage.add_event(event);
            }
        }
        self.join.commit(stage, clock::now());
        self.spans.fetch_add(batch.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Takes no more spans.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Turns until it is told to finish, or until the exporter is gone.
    pub(super) fn run(&self, orders: &Receiver<Order>, turn: Duration) {
        while let Err(RecvTimeoutError::Timeout) = orders.recv_timeout(turn) {
            self.turn();
        }
        let mut output = self.output();
        self.join.finish(clock::now(), &mut output.waiting);
        self.write(output);
    }

    /// Completes what is due and writes it.
    pub(super) fn turn(&self) {
        let mut output = self.output();
        self.join.tick(clock::now(), &mut output.waiting);
        self.write(output);
    }

    /// Whether everything complete is on disk.
    pub(super) fn verdict(&self) -> OTelSdkResult {
        let output = self.output();
        let lost = output.waiting.len() as u64 + output.dropped;
        match &output.last_failure {
            Some(failure) if lost > 0 => Err(OTelSdkError::InternalFailure(format!(
                "{lost} records are not written: {failure}"
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn stats(&self) -> Stats {
        let join = self.join.counters();
        let output = self.output();
        let mut written = Counts::default();
        for counts in output.writer.totals().values() {
            written.add(*counts);
        }
        Stats {
            spans: self.spans.load(Ordering::Relaxed),
            join,
            written,
            unwritten: output.waiting.len() as u64,
            dropped: output.dropped,
            last_failure: output.last_failure.clone(),
        }
    }

    fn write(&self, mut output: MutexGuard<'_, Output>) {
        if output.waiting.is_empty() {
            return;
        }
        let report = output.write();
        // The callback must not run under the lock: it may ask for the stats.
        drop(output);
        for failure in report.failures.iter().filter(|failure| failure.first) {
            if let Some(tell) = &self.on_failure {
                tell(&failure.error);
            }
        }
    }

    fn output(&self) -> MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("join", &self.join)
            .finish_non_exhaustive()
    }
}

impl Output {
    fn write(&mut self) -> Report {
        let items = std::mem::take(&mut self.waiting);
        let report = self.writer.write(&items, clock::now());
        let mut unwritten = report.unwritten.iter().copied().peekable();
        for (at, item) in items.into_iter().enumerate() {
            if unwritten.next_if_eq(&at).is_some() {
                self.waiting.push(item);
            }
        }
        let excess = self.waiting.len().saturating_sub(WAITING_MAX);
        self.waiting.drain(..excess);
        self.dropped += excess as u64;
        self.last_failure = report.failures.last().map(|failure| {
            let source = std::error::Error::source(&failure.error);
            let cause = source.map_or(String::new(), |source| format!(": {source}"));
            format!("{}{cause}; {}", failure.error, failure.error.hint())
        });
        report
    }
}
