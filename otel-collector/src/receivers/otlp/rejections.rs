//! Logs requests that are rejected: each reason once, and then at most once a minute, with a count.
//!
//! The sender gets an answer every time, but nobody reads its log when a misconfigured client is one of a thousand. A flood of
//! bad requests must not become a flood of lines.

use crate::batch::Signal;
use crate::clock;
use crate::log_once::LogOnce;

/// What was logged, by reason.
#[derive(Debug)]
pub(super) struct Rejections {
    receiver: String,
    logged: LogOnce<&'static str>,
}

impl Rejections {
    /// For the receiver of that id.
    pub(super) fn new(receiver: &str) -> Self {
        Self {
            receiver: receiver.to_owned(),
            logged: LogOnce::default(),
        }
    }

    /// Notes a request that was rejected for `reason`, and logs it if it is time to.
    pub(super) fn note(&self, signal: Signal, reason: &'static str, message: &str) {
        if let Some(more) = self.logged.due(reason, clock::instant()) {
            let signal = signal.name();
            tracing::warn!(component = %self.receiver, "rejected a {signal} request: {message}{more}");
        }
    }
}
