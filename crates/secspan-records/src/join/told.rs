//! Which events became records already, so that an event that is sent again makes no second one; and which traces were
//! given up, so that what comes of them later is not taken for the whole.

use std::collections::{HashSet, VecDeque};

use foldhash::quality::RandomState;
use secspan_otlp::time::UnixNanos;

use crate::event::Fingerprint;

/// Events remembered at most, some five megabytes; the oldest give way, and a copy that comes later than that is told
/// apart by the writer alone.
pub(super) const TOLD_MAX: usize = 1 << 16;

/// A bounded set of events.
#[derive(Debug, Default)]
pub(super) struct Told {
    known: HashSet<Fingerprint, RandomState>,
    order: VecDeque<(UnixNanos, Fingerprint)>,
}

impl Told {
    /// Remembers an event until `until`, and forgets what is over at `now`; false when the event was known.
    pub(super) fn insert(&mut self, event: Fingerprint, until: UnixNanos, now: UnixNanos) -> bool {
        while let Some((until, oldest)) = self.order.front().copied() {
            if until > now && self.order.len() < TOLD_MAX {
                break;
            }
            self.order.pop_front();
            self.known.remove(&oldest);
        }
        let new = self.known.insert(event);
        if new {
            self.order.push_back((until, event));
        }
        new
    }

    /// Whether it is remembered.
    pub(super) fn contains(&self, event: Fingerprint) -> bool {
        self.known.contains(&event)
    }

    /// Every event, with until when it is remembered, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (UnixNanos, Fingerprint)> {
        self.order.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(number: u64) -> Fingerprint {
        let mut event = [0; 16];
        event[..8].copy_from_slice(&number.to_be_bytes());
        event
    }

    #[test]
    fn an_event_is_new_once_until_its_time_is_over() {
        let mut told = Told::default();
        assert!(told.insert(event(1), UnixNanos(10), UnixNanos(0)));
        assert!(!told.insert(event(1), UnixNanos(10), UnixNanos(9)));
        assert!(told.insert(event(1), UnixNanos(20), UnixNanos(10)));
        assert_eq!(told.iter().count(), 1);
    }

    #[test]
    fn the_oldest_give_way() {
        let mut told = Told::default();
        let many = TOLD_MAX as u64 + 10;
        for number in 0..many {
            assert!(told.insert(event(number), UnixNanos(100), UnixNanos(0)));
        }
        assert_eq!((told.known.len(), told.order.len()), (TOLD_MAX, TOLD_MAX));
        assert!(!told.insert(event(many - 1), UnixNanos(100), UnixNanos(0)));
        assert!(told.insert(event(0), UnixNanos(100), UnixNanos(0)));
    }
}
