//! The log between receivers and destinations: appended once, read by one cursor per destination.
//!
//! A batch is appended with the set of destinations it is for. Each destination reads at its own pace, so a slow one never
//! delays another; a batch is forgotten when its last destination is done with it. Capacity is counted in bytes over all
//! batches, once each. When an append does not fit, the destination that holds the oldest batch decides by its
//! [`OnFull`]: it loses its oldest batches (counted), or the append is refused (the client is asked to come back).
//!
//! The one implementation here keeps batches in memory; what a durable one must do is the trait [`Log`].

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::batch::Batch;

pub mod memory;

/// What has to make room when the log is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFull {
    /// The destination loses its oldest batches, counted as dropped: receivers stay open.
    DropOldest,
    /// Receivers refuse with a retryable answer: nothing that was taken is lost.
    Refuse,
}

/// Position of a batch in the log, from 1, without gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sequence(pub u64);

/// Most destinations that one collector may have: a batch names its destinations in one machine word.
pub const DESTINATIONS_MAX: usize = 64;

/// The number of a destination, below [`DESTINATIONS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DestinationId(u8);

impl DestinationId {
    /// The destination with this number, `None` beyond the limit.
    pub fn new(number: usize) -> Option<Self> {
        (number < DESTINATIONS_MAX)
            .then(|| u8::try_from(number).ok().map(Self))
            .flatten()
    }

    /// The number.
    pub fn number(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of destinations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Route(u64);

impl Route {
    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds a destination.
    #[must_use]
    pub fn with(self, destination: DestinationId) -> Self {
        Self(self.0 | 1 << destination.0)
    }

    /// Removes a destination.
    #[must_use]
    pub fn without(self, destination: DestinationId) -> Self {
        Self(self.0 & !(1 << destination.0))
    }

    /// The destinations of either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a destination is in the set.
    pub fn contains(self, destination: DestinationId) -> bool {
        self.0 & 1 << destination.0 != 0
    }

    /// The destinations, ascending.
    pub fn iter(self) -> impl Iterator<Item = DestinationId> {
        (0u8..64)
            .filter(move |bit| self.0 & 1 << bit != 0)
            .map(DestinationId)
    }
}

/// An append that was refused; nothing was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// A destination that must not lose anything has not caught up.
    #[error("the log is full: {destination} has not caught up")]
    Full {
        /// The destination's id.
        destination: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// The batch alone is larger than the log.
    #[error("the batch of {bytes} bytes is larger than the log ({capacity} bytes)")]
    TooLarge {
        /// Size of the batch.
        bytes: usize,
        /// Size of the log.
        capacity: usize,
    },
    /// The log takes nothing any more.
    #[error("the log is closed")]
    Closed,
}

/// A batch that was handed to a destination, and must be handed back by [`Cursor::done`] or [`Cursor::retry`].
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its position.
    pub sequence: Sequence,
    /// The batch.
    pub batch: Batch,
}

/// What receivers and connectors append to, and destinations read.
pub trait Log: Send + Sync + Debug {
    /// Keeps a batch for the destinations of `route`. `Ok` means kept as far as the acknowledgement level promises.
    fn append(&self, route: Route, batch: Batch) -> BoxFuture<'_, Result<Sequence, AppendError>>;

    /// Keeps several batches, each for the destinations of its route, or none of them.
    fn append_all(&self, batches: Vec<(Route, Batch)>) -> BoxFuture<'_, Result<(), AppendError>>;

    /// The cursor of a destination.
    fn cursor(&self, destination: DestinationId) -> Arc<dyn Cursor>;

    /// Takes nothing from now on; cursors go on until they are empty.
    fn close(&self);

    /// Bytes kept now.
    fn bytes(&self) -> usize;

    /// Bytes that may be kept.
    fn capacity(&self) -> usize;
}

/// One destination's view of the log. Several tasks may take entries from it at once.
pub trait Cursor: Send + Sync + Debug {
    /// The oldest batch that nobody has in hand; waits for one. `None` when the log is closed and nothing is left.
    fn next(&self) -> BoxFuture<'_, Option<Entry>>;
    /// The same without waiting, and only if the batch fits.
    fn next_if(&self, fits: &dyn Fn(&Batch) -> bool) -> Option<Entry>;
    /// The destination is done with a batch, whatever became of it.
    fn done(&self, sequence: Sequence);
    /// The destination could not take a batch now: it is the oldest one again.
    fn retry(&self, sequence: Sequence);
    /// What waits, in hand or not.
    fn backlog(&self) -> Backlog;
    /// Gives up everything that waits, and returns it.
    fn abandon(&self) -> Vec<Batch>;
}

/// What a destination has not dealt with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Batches.
    pub batches: u64,
    /// Spans, metric points, log records and records together.
    pub items: u64,
    /// Bytes.
    pub bytes: usize,
    /// How long the oldest of them has waited.
    pub age: Option<Duration>,
}
