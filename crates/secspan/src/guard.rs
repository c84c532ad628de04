//! The handle on running telemetry: flush it, end it, ask where every span is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostics::say;
use crate::env::settings::Explanation;
use crate::export::pipeline::Pipeline;
use crate::report::{DeliveryError, DeliveryReport};
use crate::tracer::Provider;

/// Keeps telemetry running. Hold it until the end of `main`, and end with [`Guard::shutdown`] to
/// learn whether everything arrived. Dropping it does the same and tells a loss on standard error.
#[must_use = "dropping the guard ends telemetry at once; keep it until the end of main"]
pub struct Guard {
    pipeline: Arc<Pipeline>,
    provider: Provider,
    explanation: Explanation,
    shutdown_timeout: Duration,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("report", &self.report())
            .finish_non_exhaustive()
    }
}

impl Guard {
    pub(crate) fn new(
        pipeline: Arc<Pipeline>,
        provider: Provider,
        explanation: Explanation,
        shutdown_timeout: Duration,
    ) -> Self {
        Self {
            pipeline,
            provider,
            explanation,
            shutdown_timeout,
        }
    }

    /// Waits until everything that has ended so far is delivered. Blocks this thread, works on any
    /// runtime and without one.
    ///
    /// # Errors
    /// [`DeliveryError::Lost`] when spans were lost since the start, [`DeliveryError::Undelivered`]
    /// when the shutdown timeout passed first; both carry the exact numbers.
    pub fn flush(&self) -> Result<DeliveryReport, DeliveryError> {
        self.pipeline.flush(self.shutdown_timeout)
    }

    /// [`Guard::flush`] with its own time limit.
    ///
    /// # Errors
    /// As [`Guard::flush`].
    pub fn flush_within(&self, limit: Duration) -> Result<DeliveryReport, DeliveryError> {
        self.pipeline.flush(limit)
    }

    /// Delivers what is left and ends telemetry. Spans that end later are counted as dropped. What
    /// cannot be delivered in time goes to the spool directory, if there is one, and is otherwise
    /// lost and counted as failed. Calling it again gives the same answer.
    ///
    /// # Errors
    /// [`DeliveryError::Lost`] with the exact numbers when any span will never arrive.
    pub fn shutdown(&self) -> Result<DeliveryReport, DeliveryError> {
        self.pipeline.shutdown(self.shutdown_timeout)
    }

    /// [`Guard::shutdown`] with its own time limit.
    ///
    /// # Errors
    /// As [`Guard::shutdown`].
    pub fn shutdown_within(&self, limit: Duration) -> Result<DeliveryReport, DeliveryError> {
        self.pipeline.shutdown(limit)
    }

    /// Where every span is at this moment. Never waits.
    pub fn report(&self) -> DeliveryReport {
        self.pipeline.report()
    }

    /// Every setting, its value and where that came from.
    pub fn explain(&self) -> &Explanation {
        &self.explanation
    }

    /// The tracer provider, for code that uses the OpenTelemetry API directly.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Err(error) = self.shutdown() {
            say(format_args!("{error}"));
        }
    }
}
