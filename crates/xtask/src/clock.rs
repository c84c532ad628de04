//! The monotonic clock, read here alone.

use std::time::{Duration, Instant};

/// The present moment.
#[expect(
    clippy::disallowed_methods,
    reason = "xtask is a program; this is its rim"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// A moment up to which something may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    pub(crate) fn after(limit: Duration) -> Self {
        Self(now() + limit)
    }

    pub(crate) fn is_over(self) -> bool {
        now() >= self.0
    }
}

/// Lets others work for a moment, between two looks at something.
pub(crate) fn pause() {
    std::thread::sleep(Duration::from_millis(25));
}
