//! The SDK's own messages: one door to standard error, so that they never become telemetry.
//!
//! A message about a failed export that turned into a span event would be exported, fail, and be
//! reported again. Messages about a state that lasts (collector unreachable) are said once per
//! change of state by their callers, not once per attempt.

use std::fmt;

/// Writes one line, prefixed with the crate's name, to standard error.
#[expect(
    clippy::print_stderr,
    reason = "the one place where the SDK speaks to the person who runs the host app"
)]
pub(crate) fn say(message: fmt::Arguments<'_>) {
    eprintln!("secspan: {message}");
}
