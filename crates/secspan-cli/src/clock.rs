//! The one place where the program reads a clock.

use std::time::{SystemTime, UNIX_EPOCH};

use secspan_records::timestamp::Timestamp;

/// The present second; 1970 for a clock that is set before.
#[expect(clippy::disallowed_methods, reason = "the rim of this program")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_unix_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
