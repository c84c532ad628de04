//! Time under the test's control: it moves only when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use secspan_otlp::time::UnixNanos;

/// A clock that all its clones share.
#[derive(Clone, Debug)]
pub struct FakeClock {
    nanos: Arc<AtomicU64>,
}

impl FakeClock {
    /// A clock that shows `start`.
    pub fn at(start: UnixNanos) -> Self {
        Self {
            nanos: Arc::new(AtomicU64::new(start.0)),
        }
    }

    /// What it shows.
    pub fn now(&self) -> UnixNanos {
        UnixNanos(self.nanos.load(Ordering::SeqCst))
    }

    /// Moves it forward and returns what it shows then.
    pub fn advance(&self, by: Duration) -> UnixNanos {
        let by = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        UnixNanos(
            self.nanos
                .fetch_add(by, Ordering::SeqCst)
                .saturating_add(by),
        )
    }
}
