//! Log lines that may come in floods: each cause at once, and then at most once a minute, with a count.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Shortest time between two lines about one cause.
const PAUSE: Duration = Duration::from_mins(1);

/// What was logged, by cause. Causes must be few; they are never forgotten.
#[derive(Debug)]
pub(crate) struct LogOnce<K> {
    logged: Mutex<BTreeMap<K, Logged>>,
}

/// When a cause was last logged, and how often it came since.
#[derive(Clone, Copy, Debug)]
struct Logged {
    at: Instant,
    skipped: u64,
}

impl<K> Default for LogOnce<K> {
    fn default() -> Self {
        Self {
            logged: Mutex::default(),
        }
    }
}

impl<K: Ord> LogOnce<K> {
    /// What to append to a line about this cause, when it is time for one.
    pub(crate) fn due(&self, cause: K, now: Instant) -> Option<String> {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        let skipped = match logged.get_mut(&cause) {
            Some(last) if now.saturating_duration_since(last.at) < PAUSE => {
                last.skipped += 1;
                return None;
            }
            Some(last) => {
                last.at = now;
                std::mem::take(&mut last.skipped)
            }
            None => {
                let first = Logged {
                    at: now,
                    skipped: 0,
                };
                logged.insert(cause, first);
                0
            }
        };
        Some(match skipped {
            0 => String::new(),
            more => format!(" ({more} more since the last such line)"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_logged_at_once_and_then_once_a_minute() {
        let once = LogOnce::default();
        let start = crate::clock::instant();
        let due = |cause, seconds| once.due(cause, start + Duration::from_secs(seconds));
        let more = |count| Some(format!(" ({count} more since the last such line)"));
        assert_eq!(due("malformed", 0), Some(String::new()));
        assert_eq!(due("too_large", 1), Some(String::new()));
        assert_eq!(due("malformed", 1), None);
        assert_eq!(due("malformed", 59), None);
        assert_eq!(due("malformed", 60), more(2));
        assert_eq!(due("malformed", 61), None);
        assert_eq!(due("malformed", 200), more(1));
    }
}
