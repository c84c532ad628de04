//! The one place of this crate that reads the time.

use std::time::{SystemTime, UNIX_EPOCH};

use secspan_records::facts::UnixNanos;

/// The wall clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the exporter is its own rim: no caller could pass the time"
)]
pub(super) fn now() -> UnixNanos {
    nanos(SystemTime::now())
}

/// A time of the SDK as nanoseconds; before the epoch is 0.
pub(super) fn nanos(time: SystemTime) -> UnixNanos {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixNanos(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}
