//! A log in memory: what was taken lives as long as the process.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::{AppendError, Backlog, Cursor, DestinationId, Entry, Log, OnFull, Route, Sequence};
use crate::batch::Batch;
use crate::clock;

/// When a refused client should come back: long enough for a busy destination to make room.
const RETRY_AFTER_FULL: Duration = Duration::from_secs(1);

/// What an entry costs beyond its batch's own bytes.
const ENTRY_OVERHEAD_BYTES: usize = 128;

/// What a batch costs to keep.
fn entry_bytes(batch: &Batch) -> usize {
    batch.bytes() + ENTRY_OVERHEAD_BYTES
}

/// A destination as the log sees it.
#[derive(Clone)]
pub struct Subscriber {
    /// The component id, for messages.
    pub name: String,
    /// What happens to its batches when the log is full.
    pub on_full: OnFull,
    /// Told, once per batch, what was dropped for want of room.
    pub on_drop: Arc<dyn Fn(&Batch) + Send + Sync>,
}

impl fmt::Debug for Subscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscriber")
            .field("name", &self.name)
            .field("on_full", &self.on_full)
            .finish_non_exhaustive()
    }
}

/// The log. Cheap to share.
pub struct MemoryLog {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    subscribers: Vec<Subscriber>,
    ready: Vec<Notify>,
    capacity: usize,
    start: Instant,
}

struct State {
    /// Entries in order; the front has sequence `first`.
    entries: VecDeque<Kept>,
    first: u64,
    bytes: usize,
    queues: Vec<Queue>,
    closed: bool,
}

struct Kept {
    batch: Batch,
    waiting: Route,
    bytes: usize,
    appended: Duration,
}

/// What one destination has not dealt with: `pending` in order, `in_hand` with a task.
#[derive(Default)]
struct Queue {
    pending: BTreeSet<u64>,
    in_hand: BTreeSet<u64>,
    items: u64,
    bytes: usize,
}

impl fmt::Debug for MemoryLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLog")
            .field("subscribers", &self.shared.subscribers)
            .field("capacity", &self.shared.capacity)
            .finish_non_exhaustive()
    }
}

impl MemoryLog {
    /// A log of `capacity` bytes for these destinations, numbered in this order.
    pub fn new(capacity: usize, subscribers: Vec<Subscriber>) -> Self {
        let queues = subscribers.iter().map(|_| Queue::default()).collect();
        let ready = subscribers.iter().map(|_| Notify::new()).collect();
        let state = State {
            entries: VecDeque::new(),
            first: 1,
            bytes: 0,
            queues,
            closed: false,
        };
        let start = clock::instant();
        let shared = Shared {
            state: Mutex::new(state),
            subscribers,
            ready,
            capacity,
            start,
        };
        Self {
            shared: Arc::new(shared),
        }
    }
}

impl Log for MemoryLog {
    fn append(&self, route: Route, batch: Batch) -> BoxFuture<'_, Result<Sequence, AppendError>> {
        let result = self.shared.append(vec![(route, batch)]);
        Box::pin(std::future::ready(result))
    }

    fn append_all(&self, batches: Vec<(Route, Batch)>) -> BoxFuture<'_, Result<(), AppendError>> {
        let result = self.shared.append(batches).map(drop);
        Box::pin(std::future::ready(result))
    }

    fn cursor(&self, destination: DestinationId) -> Arc<dyn Cursor> {
        Arc::new(MemoryCursor {
            shared: Arc::clone(&self.shared),
            destination,
        })
    }

    fn close(&self) {
        self.shared.lock().closed = true;
        for ready in &self.shared.ready {
            ready.notify_waiters();
            ready.notify_one();
        }
    }

    fn bytes(&self) -> usize {
        self.shared.lock().bytes
    }

    fn capacity(&self) -> usize {
        self.shared.capacity
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps all of the batches or none; gives the position of the last one.
    fn append(&self, batches: Vec<(Route, Batch)>) -> Result<Sequence, AppendError> {
        // What no destination waits for is not kept.
        let kept = batches.iter().filter(|(route, _)| !route.is_empty());
        let bytes: usize = kept.map(|(_, batch)| entry_bytes(batch)).sum();
        if bytes > self.capacity {
            return Err(AppendError::TooLarge {
                bytes,
                capacity: self.capacity,
            });
        }
        let mut dropped = Vec::new();
        let routes = batches.iter().map(|(route, _)| *route);
        let route = routes.fold(Route::default(), Route::union);
        let result = {
            let mut state = self.lock();
            state.append(self, batches, bytes, &mut dropped)
        };
        for (destination, batch) in dropped {
            if let Some(subscriber) = self.subscribers.get(destination.number()) {
                (subscriber.on_drop)(&batch);
            }
        }
        if result.is_ok() {
            for destination in route.iter() {
                if let Some(ready) = self.ready.get(destination.number()) {
                    ready.notify_one();
                }
            }
        }
        result
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

impl State {
    fn append(
        &mut self,
        shared: &Shared,
        batches: Vec<(Route, Batch)>,
        bytes: usize,
        dropped: &mut Vec<(DestinationId, Batch)>,
    ) -> Result<Sequence, AppendError> {
        if self.closed {
            return Err(AppendError::Closed);
        }
        while self.bytes + bytes > shared.capacity {
            self.make_room(shared, dropped)?;
        }
        let mut sequence = self.first + self.entries.len() as u64;
        for (route, batch) in batches {
            sequence = self.push(shared, route, batch);
        }
        Ok(Sequence(sequence))
    }

    fn push(&mut self, shared: &Shared, route: Route, batch: Batch) -> u64 {
        let sequence = self.first + self.entries.len() as u64;
        if route.is_empty() {
            // Connectors alone look at it: there is nothing to keep.
            return sequence;
        }
        let (items, bytes) = (batch.items(), entry_bytes(&batch));
        for destination in route.iter() {
            if let Some(queue) = self.queues.get_mut(destination.number()) {
                queue.pending.insert(sequence);
                queue.items += items;
                queue.bytes += bytes;
            }
        }
        self.bytes += bytes;
        self.entries.push_back(Kept {
            batch,
            waiting: route,
            bytes,
            appended: shared.now(),
        });
        sequence
    }

    /// Drops the oldest batch of a destination that allows it, or says which one does not.
    fn make_room(
        &mut self,
        shared: &Shared,
        dropped: &mut Vec<(DestinationId, Batch)>,
    ) -> Result<(), AppendError> {
        let mut blocker = None;
        let mut victim = None;
        'entries: for (offset, kept) in (0u64..).zip(&self.entries) {
            let sequence = self.first + offset;
            let mut held = false;
            for destination in kept.waiting.iter() {
                let Some(subscriber) = shared.subscribers.get(destination.number()) else {
                    continue;
                };
                let in_hand = self
                    .queues
                    .get(destination.number())
                    .is_some_and(|queue| queue.in_hand.contains(&sequence));
                if in_hand || subscriber.on_full == OnFull::Refuse {
                    blocker.get_or_insert(destination);
                    held = true;
                }
            }
            if !held && !kept.waiting.is_empty() {
                victim = Some((sequence, kept.waiting, kept.batch.clone()));
                break 'entries;
            }
        }
        let Some((sequence, waiting, batch)) = victim else {
            let name = blocker.and_then(|id| shared.subscribers.get(id.number()));
            return Err(AppendError::Full {
                destination: name.map_or_else(String::new, |subscriber| subscriber.name.clone()),
                retry_after: RETRY_AFTER_FULL,
            });
        };
        for destination in waiting.iter() {
            self.settle(destination, sequence);
            dropped.push((destination, batch.clone()));
        }
        Ok(())
    }

    /// A destination is done with an entry; the log forgets entries that nobody waits for.
    fn settle(&mut self, destination: DestinationId, sequence: u64) -> Option<Batch> {
        let offset = usize::try_from(sequence.checked_sub(self.first)?).ok()?;
        let kept = self.entries.get_mut(offset)?;
        if !kept.waiting.contains(destination) {
            return None;
        }
        kept.waiting = kept.waiting.without(destination);
        let batch = kept.batch.clone();
        if let Some(queue) = self.queues.get_mut(destination.number()) {
            queue.pending.remove(&sequence);
            queue.in_hand.remove(&sequence);
            queue.items = queue.items.saturating_sub(batch.items());
            queue.bytes = queue.bytes.saturating_sub(kept.bytes);
        }
        if kept.waiting.is_empty() {
            self.bytes -= kept.bytes;
            kept.bytes = 0;
            // The slot stays until all before it are gone; its payload does not.
            kept.batch = Batch::Records(Arc::new([]));
        }
        while self
            .entries
            .front()
            .is_some_and(|kept| kept.waiting.is_empty())
        {
            self.entries.pop_front();
            self.first += 1;
        }
        Some(batch)
    }
}

/// One destination's cursor.
struct MemoryCursor {
    shared: Arc<Shared>,
    destination: DestinationId,
}

impl fmt::Debug for MemoryCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCursor")
            .field("destination", &self.destination)
            .finish_non_exhaustive()
    }
}

impl MemoryCursor {
    /// The next entry, or whether to wait for one.
    fn take(&self) -> Taken {
        let mut state = self.shared.lock();
        let closed = state.closed;
        let first = state.first;
        let Some(queue) = state.queues.get_mut(self.destination.number()) else {
            return Taken::Ended;
        };
        let Some(sequence) = queue.pending.pop_first() else {
            return if closed && queue.in_hand.is_empty() {
                Taken::Ended
            } else {
                Taken::Wait
            };
        };
        queue.in_hand.insert(sequence);
        let more = !queue.pending.is_empty();
        let offset = usize::try_from(sequence - first).unwrap_or(usize::MAX);
        let Some(kept) = state.entries.get(offset) else {
            return Taken::Wait;
        };
        let entry = Entry {
            sequence: Sequence(sequence),
            batch: kept.batch.clone(),
        };
        Taken::Entry(entry, more)
    }

    fn ready(&self) -> Option<&Notify> {
        self.shared.ready.get(self.destination.number())
    }

    /// Wakes the tasks that wait: an entry came back, or the last one in hand is done and the log is closed.
    fn wake(&self) {
        if let Some(ready) = self.ready() {
            ready.notify_waiters();
            ready.notify_one();
        }
    }
}

enum Taken {
    Entry(Entry, bool),
    Wait,
    Ended,
}

impl Cursor for MemoryCursor {
    fn next(&self) -> BoxFuture<'_, Option<Entry>> {
        Box::pin(async move {
            let ready = self.ready()?;
            loop {
                // Registered before looking, so that an append in between is not missed.
                let notified = ready.notified();
                match self.take() {
                    Taken::Entry(entry, more) => {
                        if more {
                            ready.notify_one();
                        }
                        return Some(entry);
                    }
                    Taken::Ended => return None,
                    Taken::Wait => notified.await,
                }
            }
        })
    }

    fn next_if(&self, fits: &dyn Fn(&Batch) -> bool) -> Option<Entry> {
        let mut state = self.shared.lock();
        let first = state.first;
        let queue = state.queues.get(self.destination.number())?;
        let sequence = *queue.pending.first()?;
        let offset = usize::try_from(sequence - first).ok()?;
        let batch = state.entries.get(offset).map(|kept| kept.batch.clone())?;
        if !fits(&batch) {
            return None;
        }
        let queue = state.queues.get_mut(self.destination.number())?;
        queue.pending.remove(&sequence);
        queue.in_hand.insert(sequence);
        Some(Entry {
            sequence: Sequence(sequence),
            batch,
        })
    }

    fn done(&self, sequence: Sequence) {
        let mut state = self.shared.lock();
        state.settle(self.destination, sequence.0);
        let closed = state.closed;
        drop(state);
        if closed {
            self.wake();
        }
    }

    fn retry(&self, sequence: Sequence) {
        let mut state = self.shared.lock();
        if let Some(queue) = state.queues.get_mut(self.destination.number())
            && queue.in_hand.remove(&sequence.0)
        {
            queue.pending.insert(sequence.0);
        }
        drop(state);
        self.wake();
    }

    fn backlog(&self) -> Backlog {
        let state = self.shared.lock();
        state.backlog(self.destination, self.shared.now())
    }

    fn abandon(&self) -> Vec<Batch> {
        let mut state = self.shared.lock();
        let waiting: Vec<u64> = state
            .queues
            .get(self.destination.number())
            .map(|queue| {
                queue
                    .pending
                    .iter()
                    .chain(&queue.in_hand)
                    .copied()
                    .collect()
            })
            .unwrap_or_default();
        let settle = |sequence| state.settle(self.destination, sequence);
        let batches = waiting.into_iter().filter_map(settle).collect();
        drop(state);
        self.wake();
        batches
    }
}

impl State {
    fn backlog(&self, destination: DestinationId, now: Duration) -> Backlog {
        let Some(queue) = self.queues.get(destination.number()) else {
            return Backlog::default();
        };
        let oldest = [queue.pending.first(), queue.in_hand.first()]
            .into_iter()
            .flatten()
            .min();
        let age = oldest
            .and_then(|sequence| usize::try_from(sequence - self.first).ok())
            .and_then(|offset| self.entries.get(offset))
            .map(|kept| now.saturating_sub(kept.appended));
        Backlog {
            batches: (queue.pending.len() + queue.in_hand.len()) as u64,
            items: queue.items,
            bytes: queue.bytes,
            age,
        }
    }
}

#[cfg(test)]
mod tests;
