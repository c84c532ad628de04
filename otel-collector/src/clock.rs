//! The one place where the collector reads the time.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use secspan_otlp::time::UnixNanos;

/// The wall clock, for timestamps. A clock before 1970 reads as 0.
#[expect(clippy::disallowed_methods, reason = "this is the collector's clock")]
pub fn now() -> UnixNanos {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixNanos(u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX))
}

/// The monotonic clock, for durations.
#[expect(clippy::disallowed_methods, reason = "this is the collector's clock")]
pub fn instant() -> Instant {
    Instant::now()
}
