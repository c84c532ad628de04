//! The one place where the SDK reads a clock; OpenTelemetry's crates read their own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// For measuring durations.
#[expect(clippy::disallowed_methods, reason = "the rim of this crate")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// Since 1970; zero for a clock that is set before.
#[expect(clippy::disallowed_methods, reason = "the rim of this crate")]
pub(crate) fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
