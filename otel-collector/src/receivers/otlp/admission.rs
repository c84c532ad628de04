//! The budget of bytes in flight: reserved while a request is read, given back when it was answered.
//!
//! A budget, not a queue: what does not fit is refused at once with a time to come back, so that overload costs the
//! sender a pause and the collector nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that may be in flight at once. Clones share one budget.
#[derive(Clone, Debug)]
pub(super) struct InFlight {
    shared: Arc<Budget>,
}

#[derive(Debug)]
struct Budget {
    used: AtomicUsize,
    limit: usize,
}

/// The budget has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoRoom;

impl InFlight {
    /// A budget of `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            shared: Arc::new(Budget {
                used: AtomicUsize::new(0),
                limit,
            }),
        }
    }

    /// An empty reservation, to grow while bytes arrive.
    pub(super) fn reserve(&self) -> Reservation {
        Reservation {
            budget: Arc::clone(&self.shared),
            bytes: 0,
        }
    }

    /// Whether `bytes` more would fit now: refuses an announced body before it is sent.
    ///
    /// # Errors
    /// They would not.
    pub(super) fn admits(&self, bytes: usize) -> Result<(), NoRoom> {
        let used = self.shared.used.load(Ordering::Relaxed);
        if used.saturating_add(bytes) > self.shared.limit {
            Err(NoRoom)
        } else {
            Ok(())
        }
    }

    /// Bytes in flight.
    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.shared.used.load(Ordering::Relaxed)
    }
}

/// Bytes held by one request. Dropping it gives them back.
#[derive(Debug)]
pub(super) struct Reservation {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Reservation {
    /// Takes `bytes` more.
    ///
    /// # Errors
    /// The budget has no room; what was held stays held.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let limit = self.budget.limit;
        self.budget
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(bytes).filter(|used| *used <= limit)
            })
            .map_err(|_| NoRoom)?;
        self.bytes += bytes;
        Ok(())
    }

    /// Gives `bytes` back, at most what is held.
    pub(super) fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        self.budget.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.shrink(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reserved_comes_back() {
        let budget = InFlight::new(100);
        let mut first = budget.reserve();
        let mut second = budget.reserve();
        assert_eq!(first.grow(60), Ok(()));
        assert_eq!(second.grow(41), Err(NoRoom));
        assert_eq!(second.grow(40), Ok(()));
        assert_eq!(budget.admits(1), Err(NoRoom));
        assert_eq!(budget.used(), 100);
        first.shrink(10);
        assert_eq!(second.grow(10), Ok(()));
        drop(second);
        assert_eq!(budget.used(), 50);
        drop(first);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn growth_cannot_wrap_around() {
        let budget = InFlight::new(usize::MAX);
        let mut first = budget.reserve();
        assert_eq!(first.grow(usize::MAX), Ok(()));
        assert_eq!(first.grow(1), Err(NoRoom));
    }
}
