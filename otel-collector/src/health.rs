//! What is up, and what has been failing since when: the truth behind readiness.
//!
//! Alive means that the process answers. Ready means that every part has started, none has stopped by itself, and no
//! destination has been failing for longer than [`FAILING_TOLERANCE`]. The collector is not ready while it stops.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a destination may fail before the collector says that it is not ready: longer than a restart of the
/// destination takes, shorter than people take to notice.
pub const FAILING_TOLERANCE: Duration = Duration::from_mins(1);

/// State of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not up yet.
    Starting,
    /// Works.
    Up,
    /// Fails since then, for this reason.
    Failing {
        /// First failure after the last success.
        since: Instant,
        /// The last failure.
        reason: String,
    },
    /// Ended although nobody asked it to.
    Down {
        /// Why.
        reason: String,
    },
}

/// The state of all parts.
#[derive(Debug, Default)]
pub struct Health {
    parts: Mutex<BTreeMap<String, Status>>,
    stopping: Mutex<bool>,
}

impl Health {
    /// Announces a part that must come up.
    pub fn expect(&self, part: &str) {
        self.lock().insert(part.to_owned(), Status::Starting);
    }

    /// The part works.
    pub fn up(&self, part: &str) {
        self.set(part, Status::Up);
    }

    /// The part ended by itself.
    pub fn down(&self, part: &str, reason: String) {
        self.set(part, Status::Down { reason });
    }

    /// The part fails; the first failure's time is kept. `true` when it worked before.
    pub fn failing(&self, part: &str, reason: String, now: Instant) -> bool {
        let mut parts = self.lock();
        let status = parts.entry(part.to_owned()).or_insert(Status::Up);
        let (since, first) = match status {
            Status::Failing { since, .. } => (*since, false),
            _ => (now, true),
        };
        *status = Status::Failing { since, reason };
        first
    }

    /// The collector stops: not ready any more.
    pub fn stopping(&self) {
        *self.stopping.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Every part and its state.
    pub fn parts(&self) -> BTreeMap<String, Status> {
        self.lock().clone()
    }

    /// Why the collector is not ready; empty when it is.
    pub fn obstacles(&self, now: Instant) -> Vec<String> {
        let mut obstacles = Vec::new();
        if *self.stopping.lock().unwrap_or_else(PoisonError::into_inner) {
            obstacles.push("stopping".to_owned());
        }
        for (part, status) in self.lock().iter() {
            match status {
                Status::Up => {}
                Status::Starting => obstacles.push(format!("{part}: starting")),
                Status::Down { reason } => obstacles.push(format!("{part}: down: {reason}")),
                Status::Failing { since, reason } => {
                    let age = now.saturating_duration_since(*since);
                    if age >= FAILING_TOLERANCE {
                        let seconds = age.as_secs();
                        obstacles.push(format!("{part}: failing for {seconds} s: {reason}"));
                    }
                }
            }
        }
        obstacles
    }

    fn set(&self, part: &str, status: Status) {
        self.lock().insert(part.to_owned(), status);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Status>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn ready_only_when_every_expected_part_is_up() {
        let health = Health::default();
        let now = clock::instant();
        health.expect("otlp");
        assert_eq!(health.obstacles(now), ["otlp: starting"]);
        health.up("otlp");
        assert!(health.obstacles(now).is_empty());
        health.down("otlp", "listener closed".to_owned());
        assert_eq!(health.obstacles(now), ["otlp: down: listener closed"]);
    }

    #[test]
    fn a_failing_destination_is_tolerated_for_a_while() {
        let health = Health::default();
        let start = clock::instant();
        assert!(health.failing("otlp/tempo", "connection refused".to_owned(), start));
        assert!(health.obstacles(start + Duration::from_secs(59)).is_empty());
        let later = start + FAILING_TOLERANCE;
        assert!(!health.failing("otlp/tempo", "connection refused".to_owned(), later));
        assert_eq!(
            health.obstacles(later),
            ["otlp/tempo: failing for 60 s: connection refused"]
        );
        health.up("otlp/tempo");
        assert!(health.obstacles(later).is_empty());
    }

    #[test]
    fn not_ready_while_stopping() {
        let health = Health::default();
        health.stopping();
        assert_eq!(health.obstacles(clock::instant()), ["stopping"]);
    }
}
