//! When to try a destination again: at once, then ever later, or when it said.

use std::time::Duration;

use tokio::time::Instant;

/// Growth of the pause from one failure to the next.
const GROWTH: u32 = 2;
/// Longest pause that a destination may ask for; beyond it we look again anyway.
const MAX_ASKED: Duration = Duration::from_mins(5);

/// The pause between attempts, and since when the destination has not taken anything.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
    until: Option<Instant>,
    asked: bool,
    failing_since: Option<Instant>,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            next: first,
            until: None,
            asked: false,
            failing_since: None,
        }
    }

    /// End of the present pause.
    pub(crate) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Whether a pause is on.
    pub(crate) fn waiting(&mut self, now: Instant) -> bool {
        if self.until.is_some_and(|until| until <= now) {
            self.until = None;
        }
        self.until.is_some()
    }

    /// Sets the next pause; whether this is the first failure of a row.
    pub(crate) fn failed(&mut self, now: Instant, asked: Option<Duration>) -> bool {
        let pause = asked.map_or(self.next, |asked| asked.min(MAX_ASKED));
        self.asked = asked.is_some();
        self.until = Some(now + pause);
        self.next = (self.next * GROWTH).min(self.longest);
        let first = self.failing_since.is_none();
        self.failing_since.get_or_insert(now);
        first
    }

    /// Forgets the failures; how long they lasted, if there were any.
    pub(crate) fn succeeded(&mut self) -> Option<Duration> {
        self.next = self.first;
        self.until = None;
        self.failing_since.take().map(|since| since.elapsed())
    }

    /// Ends a pause of our own making, but not one that the destination asked for.
    pub(crate) fn hurry(&mut self) {
        if !self.asked {
            self.until = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_start_over_after_success() {
        let now = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(350));
        let mut pauses = Vec::new();
        for _ in 0..4 {
            backoff.failed(now, None);
            pauses.push((backoff.until().unwrap() - now).as_millis());
        }
        assert_eq!(pauses, [100, 200, 350, 350]);
        assert!(backoff.succeeded().is_some());
        assert!(backoff.succeeded().is_none());
        assert!(backoff.failed(now, None), "first failure of a new row");
        assert_eq!(backoff.until().unwrap() - now, Duration::from_millis(100));
    }

    #[test]
    fn a_time_the_destination_asked_for_is_not_hurried() {
        let now = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        backoff.failed(now, Some(Duration::from_secs(7)));
        backoff.hurry();
        assert_eq!(backoff.until(), Some(now + Duration::from_secs(7)));
        assert!(backoff.waiting(now));
        assert!(!backoff.waiting(now + Duration::from_secs(7)));
        backoff.failed(now, None);
        backoff.hurry();
        assert!(!backoff.waiting(now));
    }
}
