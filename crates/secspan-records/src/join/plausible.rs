//! Times that no working clock shows: a workflow or an event that is too far from now is no record.
//!
//! Files are named after the day on which something was complete. Without a limit a sender could make a file for every
//! day there is; what is beyond it goes to the side file of today.

use secspan_otlp::time::UnixNanos;

use super::{Joined, Settings};
use crate::assemble::Incomplete;
use crate::timestamp::Timestamp;

/// Rejects what was complete too long ago or too far in the future.
pub(super) fn dated(joined: Joined, now: UnixNanos, settings: &Settings) -> Joined {
    let completed_at = match &joined {
        Joined::Record(record) => record.completed_at(),
        Joined::Rejected(unfinished) | Joined::Incomplete(unfinished) => unfinished.completed_at,
        Joined::Orphaned(_) => return joined,
    };
    let today = Timestamp::from_nanos(now);
    let age = today.seconds_since(completed_at);
    let seconds = |limit: std::time::Duration| i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
    if age <= seconds(settings.max_age) && -age <= seconds(settings.max_ahead) {
        return joined;
    }
    let said_nothing = completed_at == Timestamp::from_unix_seconds(0);
    let reason = format!(
        "time: {completed_at} is too far from now; allowed: at most {} days ago, and {} hours ahead",
        settings.max_age.as_secs() / DAY_SECONDS,
        settings.max_ahead.as_secs() / HOUR_SECONDS
    );
    let was_complete = !matches!(joined, Joined::Incomplete(_));
    let mut unfinished = match joined {
        Joined::Record(record) => Box::new(Incomplete::of_record(record)),
        Joined::Rejected(unfinished) | Joined::Incomplete(unfinished) => unfinished,
        Joined::Orphaned(_) => return joined,
    };
    unfinished.completed_at = today;
    // That an event has no time is among its reasons already.
    if !said_nothing || unfinished.reasons.is_empty() {
        unfinished.reasons.insert(0, reason);
    }
    if was_complete {
        Joined::Rejected(unfinished)
    } else {
        Joined::Incomplete(unfinished)
    }
}

const DAY_SECONDS: u64 = 86_400;
const HOUR_SECONDS: u64 = 3_600;
