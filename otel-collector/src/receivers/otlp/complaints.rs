//! Tells the operator about requests that are turned away: each reason once, and then at most once a minute, with a count.
//!
//! The sender is told every time, but nobody reads its log when a misconfigured client is one of a thousand. A flood of bad
//! requests must not become a flood of lines.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::batch::Signal;
use crate::clock;
use crate::events::Events;

/// Shortest time between two lines about one reason.
const PAUSE: Duration = Duration::from_mins(1);

/// What was said, by reason.
#[derive(Debug)]
pub(super) struct Complaints {
    receiver: String,
    events: Arc<Events>,
    told: Mutex<BTreeMap<&'static str, Told>>,
}

/// When a reason was last told, and how often it came since.
#[derive(Clone, Copy, Debug)]
struct Told {
    at: Instant,
    silent: u64,
}

impl Complaints {
    /// For the receiver of that id.
    pub(super) fn new(receiver: &str, events: &Arc<Events>) -> Self {
        Self {
            receiver: receiver.to_owned(),
            events: Arc::clone(events),
            told: Mutex::default(),
        }
    }

    /// Notes a request that was turned away for `reason`, and says so if it is time to.
    pub(super) fn note(&self, signal: Signal, reason: &'static str, message: &str) {
        let Some(silent) = self.due(reason, clock::instant()) else {
            return;
        };
        let more = match silent {
            0 => String::new(),
            more => format!(" ({more} more since the last such line)"),
        };
        let signal = signal.name();
        let text = format!("turned away a {signal} request: {message}{more}");
        self.events.warn(&self.receiver, &text);
    }

    /// How many were passed over in silence, when it is time for a line again.
    fn due(&self, reason: &'static str, now: Instant) -> Option<u64> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match told.get_mut(reason) {
            Some(last) if now.saturating_duration_since(last.at) < PAUSE => {
                last.silent += 1;
                None
            }
            Some(last) => {
                last.at = now;
                Some(std::mem::take(&mut last.silent))
            }
            None => {
                told.insert(reason, Told { at: now, silent: 0 });
                Some(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Level;

    #[test]
    fn each_reason_is_told_at_once_and_then_once_a_minute() {
        let events = Arc::new(Events::new(Level::Error, false));
        let complaints = Complaints::new("otlp", &events);
        let start = clock::instant();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(complaints.due("malformed", at(0)), Some(0));
        assert_eq!(complaints.due("too_large", at(1)), Some(0));
        assert_eq!(complaints.due("malformed", at(1)), None);
        assert_eq!(complaints.due("malformed", at(59)), None);
        assert_eq!(complaints.due("malformed", at(60)), Some(2));
        assert_eq!(complaints.due("malformed", at(61)), None);
        assert_eq!(complaints.due("malformed", at(200)), Some(1));
    }
}
