//! The hand-off from application threads to the export thread: bounded, counted, never blocking.
//!
//! Spans are collected in chunks of [`CHUNK_SPANS`], and emptied chunks come back, so a burst
//! neither moves what is already queued nor faults fresh pages in. All counting happens under the
//! same lock as the hand-off, which makes the delivery report exact instead of nearly exact.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::trace::SpanData;
use tokio::sync::Notify;
use tracing::Metadata;

/// Spans per chunk: large enough that taking a chunk is rare, small enough to recycle.
const CHUNK_SPANS: usize = 1024;
/// Emptied chunks kept for reuse; more than this is given back to the allocator.
const SPARE_CHUNKS: usize = 8;

/// A span that has ended, and the callsite that its location and target come from.
#[derive(Debug, Clone)]
pub(crate) struct Finished {
    pub(crate) span: SpanData,
    /// `None` for spans made through the OpenTelemetry API instead of `tracing`.
    pub(crate) callsite: Option<&'static Metadata<'static>>,
    /// Put into the span on the export thread.
    pub(crate) scope: Arc<InstrumentationScope>,
}

/// On the heap since its start, so that queueing it moves a pointer.
pub(crate) type Ended = Box<Finished>;

/// Spans between their end and the export thread.
#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<State>,
    /// Told when a batch is full, so that the export thread need not wait for its timer.
    ready: Notify,
    max_spans: usize,
    batch_spans: usize,
}

#[derive(Debug, Default)]
struct State {
    full: Vec<Vec<Ended>>,
    current: Vec<Ended>,
    spare: Vec<Vec<Ended>>,
    queued: usize,
    produced: u64,
    dropped: u64,
    closed: bool,
}

/// What went through the queue so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueCounts {
    /// Every recorded span that ended, dropped ones included.
    pub(crate) produced: u64,
    /// Spans that ended while the queue was full or already closed.
    pub(crate) dropped: u64,
    /// Spans that wait for the export thread.
    pub(crate) queued: u64,
}

impl Queue {
    /// A queue that holds at most `max_spans` and wakes its reader at `batch_spans`.
    pub(crate) fn new(max_spans: usize, batch_spans: usize) -> Self {
        Self {
            state: Mutex::new(State::default()),
            ready: Notify::new(),
            max_spans,
            batch_spans,
        }
    }

    /// Takes a span over, or counts it as dropped. Never waits for the export.
    pub(crate) fn push(&self, finished: Ended) {
        let mut state = self.lock();
        state.produced += 1;
        if state.closed || state.queued >= self.max_spans {
            state.dropped += 1;
            return;
        }
        if state.current.len() == CHUNK_SPANS || state.current.capacity() == 0 {
            let fresh = state
                .spare
                .pop()
                .unwrap_or_else(|| Vec::with_capacity(CHUNK_SPANS));
            let filled = mem::replace(&mut state.current, fresh);
            if !filled.is_empty() {
                state.full.push(filled);
            }
        }
        state.current.push(finished);
        state.queued += 1;
        let wake = state.queued == self.batch_spans;
        drop(state);
        if wake {
            self.ready.notify_one();
        }
    }

    /// Everything queued, oldest first, in chunks to be given back with [`Self::recycle`].
    pub(crate) fn take(&self) -> Vec<Vec<Ended>> {
        let mut state = self.lock();
        let fresh = state.spare.pop().unwrap_or_default();
        let current = mem::replace(&mut state.current, fresh);
        let mut chunks = mem::take(&mut state.full);
        if !current.is_empty() {
            chunks.push(current);
        } else if current.capacity() > 0 {
            state.spare.push(current);
        }
        state.queued = 0;
        chunks
    }

    /// Gives an emptied chunk back.
    pub(crate) fn recycle(&self, mut chunk: Vec<Ended>) {
        chunk.clear();
        let mut state = self.lock();
        if state.spare.len() < SPARE_CHUNKS {
            state.spare.push(chunk);
        }
    }

    /// Waits until a batch is full.
    pub(crate) async fn ready(&self) {
        self.ready.notified().await;
    }

    /// From now on every span is counted as dropped.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
    }

    /// The counts at this moment, consistent with each other.
    pub(crate) fn counts(&self) -> QueueCounts {
        let state = self.lock();
        QueueCounts {
            produced: state.produced,
            dropped: state.dropped,
            queued: state.queued as u64,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs under the lock; a poisoned lock still holds valid counts.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
