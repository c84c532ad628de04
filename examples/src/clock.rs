//! The one place where the examples read a clock.

use std::time::Instant;

/// For measuring durations.
#[expect(clippy::disallowed_methods, reason = "the rim of this package")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}
