//! The hand-off from application threads to the export thread: bounded, counted, never blocking.
//!
//! Spans are collected in chunks of [`CHUNK_SPANS`], and emptied chunks come back, so a burst
//! neither moves what is already queued nor faults fresh pages in. All counting happens under the
//! same lock as the hand-off, which makes the delivery report exact instead of nearly exact.

use std::cell::Cell;
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
/// Emptied places kept for reuse: about 2 MiB.
const SPARE_PLACES: usize = 4096;

/// A span that has ended, and the callsite that its location and target come from.
#[derive(Debug, Clone)]
pub(crate) struct Finished {
    pub(crate) span: SpanData,
    /// `None` for spans made through the OpenTelemetry API instead of `tracing`.
    pub(crate) callsite: Option<&'static Metadata<'static>>,
    /// Put into the span on the export thread.
    pub(crate) scope: Arc<InstrumentationScope>,
}

/// A span from its start to its export: a place on the heap, so that moving it moves a pointer, and
/// one that is used again, because memory that one thread takes and another gives back is the
/// allocator's slow case. Empty only between two spans.
pub(crate) type Place = Box<Option<Finished>>;

thread_local! {
    /// The place for the next span of this thread.
    static NEXT: Cell<Option<Place>> = const { Cell::new(None) };
}

/// A place for a span that starts.
pub(crate) fn place(finished: Finished) -> Place {
    match NEXT.take() {
        Some(mut place) => {
            *place = Some(finished);
            place
        }
        None => Box::new(Some(finished)),
    }
}

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
    full: Vec<Vec<Place>>,
    current: Vec<Place>,
    spare: Vec<Vec<Place>>,
    /// Emptied places.
    places: Vec<Place>,
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
    pub(crate) fn push(&self, place: Place) {
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
        state.current.push(place);
        state.queued += 1;
        let wake = state.queued == self.batch_spans;
        let next = state.places.pop();
        drop(state);
        if next.is_some() {
            NEXT.set(next);
        }
        if wake {
            self.ready.notify_one();
        }
    }

    /// Everything queued, oldest first, in chunks to be given back with [`Self::recycle`].
    pub(crate) fn take(&self) -> Vec<Vec<Place>> {
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

    /// Gives a chunk and its places back. They are emptied here, not by the threads that produce.
    pub(crate) fn recycle(&self, mut chunk: Vec<Place>) {
        for place in &mut chunk {
            **place = None;
        }
        let mut state = self.lock();
        let room = SPARE_PLACES.saturating_sub(state.places.len());
        let surplus = chunk.len().saturating_sub(room);
        state.places.extend(chunk.drain(surplus..));
        drop(state);
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

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status};
    use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};
    use proptest::prelude::*;

    use super::*;

    fn span(name: String) -> Place {
        let now = opentelemetry::time::now();
        place(Finished {
            span: SpanData {
                span_context: SpanContext::NONE,
                parent_span_id: SpanId::INVALID,
                parent_span_is_remote: false,
                span_kind: SpanKind::Internal,
                name: name.into(),
                start_time: now,
                end_time: now,
                attributes: Vec::new(),
                dropped_attributes_count: 0,
                events: SpanEvents::default(),
                links: SpanLinks::default(),
                status: Status::Unset,
                instrumentation_scope: InstrumentationScope::default(),
            },
            callsite: None,
            scope: Arc::new(InstrumentationScope::default()),
        })
    }

    fn names(chunks: &[Vec<Place>]) -> Vec<String> {
        let all = chunks.iter().flatten();
        all.map(|place| place.as_ref().as_ref().unwrap().span.name.to_string())
            .collect()
    }

    proptest! {
        /// However pushes and takes alternate: order is kept, nothing is taken twice, and every
        /// span is queued, taken or counted as dropped.
        #[test]
        fn order_and_counts(steps in prop::collection::vec(0..3_000_usize, 1..6), max in 1..4_000_usize) {
            let queue = Queue::new(max, 100);
            let (mut pushed, mut taken, mut wanted) = (0_u64, Vec::new(), Vec::new());
            for count in steps {
                for index in 0..count {
                    queue.push(span(format!("{pushed}")));
                    if index < max {
                        wanted.push(format!("{pushed}"));
                    }
                    pushed += 1;
                }
                let counts = queue.counts();
                prop_assert_eq!(counts.queued, count.min(max) as u64);
                let chunks = queue.take();
                taken.extend(names(&chunks));
                for chunk in chunks {
                    queue.recycle(chunk);
                }
            }
            let counts = queue.counts();
            prop_assert_eq!(counts.produced, pushed);
            prop_assert_eq!(counts.produced - counts.dropped, taken.len() as u64);
            prop_assert_eq!(taken, wanted);
        }
    }

    #[test]
    fn after_closing_every_span_is_dropped_and_counted() {
        let queue = Queue::new(10, 5);
        queue.push(span("a".to_owned()));
        queue.close();
        queue.push(span("b".to_owned()));
        assert_eq!(
            queue.counts(),
            QueueCounts {
                produced: 2,
                dropped: 1,
                queued: 1
            }
        );
        assert_eq!(names(&queue.take()), ["a"]);
    }
}
