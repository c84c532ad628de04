//! What both protocols do with a request once its payload is there, and the limits that they share.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::admission::{InFlight, Reservation};
use super::body::BodyLimits;
use super::inflate::{Encoding, inflate};
use super::rejection::Rejection;
use super::rejections::Rejections;
use crate::batch::Signal;
use crate::component::{Accepted, PipelineInput};
use crate::context::Authenticator;

/// The way of a request into the pipelines, for one listener.
#[derive(Clone, Debug)]
pub(super) struct Intake {
    input: Arc<dyn PipelineInput>,
    authenticator: Option<Arc<dyn Authenticator>>,
    /// Bytes in flight, shared by the receiver's listeners.
    pub(super) budget: InFlight,
    /// Tells the operator, for all of the receiver's listeners.
    rejections: Arc<Rejections>,
    /// Limits of a body.
    pub(super) limits: BodyLimits,
}

impl Intake {
    /// A way into `input`.
    pub(super) fn new(
        input: Arc<dyn PipelineInput>,
        authenticator: Option<Arc<dyn Authenticator>>,
        budget: InFlight,
        rejections: Arc<Rejections>,
        limits: BodyLimits,
    ) -> Self {
        Self {
            input,
            authenticator,
            budget,
            rejections,
            limits,
        }
    }

    /// Checks who is asking, before anything is read.
    ///
    /// # Errors
    /// The authorization is missing or not one of the accepted ones.
    pub(super) fn authenticate(&self, headers: &HeaderMap) -> Result<(), Rejection> {
        let Some(authenticator) = &self.authenticator else {
            return Ok(());
        };
        let given = headers.get(AUTHORIZATION).map(http::HeaderValue::as_bytes);
        authenticator
            .check(given)
            .map_err(Rejection::Unauthenticated)
    }

    /// Inflates a received body; afterwards only the result is reserved.
    ///
    /// # Errors
    /// Over the limit, over the budget, or not what the encoding says.
    pub(super) fn inflate(
        &self,
        encoding: Encoding,
        body: Bytes,
        reservation: &mut Reservation,
    ) -> Result<Bytes, Rejection> {
        if encoding == Encoding::Identity {
            return Ok(body);
        }
        let wire = reservation.bytes();
        let inflated = inflate(encoding, body, self.limits.bytes, reservation)?;
        reservation.shrink(wire);
        Ok(inflated)
    }

    /// Hands a payload to the pipelines.
    ///
    /// # Errors
    /// They refuse it.
    pub(super) async fn take(&self, signal: Signal, payload: Bytes) -> Result<Accepted, Rejection> {
        let taken = match signal {
            Signal::Traces => self.input.traces(payload),
            Signal::Metrics => self.input.metrics(payload),
            Signal::Logs => self.input.logs(payload),
        };
        Ok(taken.await?)
    }

    /// Counts a request that did not come as far as a pipeline, and tells the operator of every one that was refused.
    pub(super) fn count(&self, signal: Signal, outcome: &Result<Accepted, Rejection>) {
        let Err(rejection) = outcome else {
            return;
        };
        if let Some(reason) = rejection.reason() {
            self.input.request_rejected(signal, reason);
        }
        if let Some(cause) = rejection.cause() {
            self.rejections.note(signal, cause, &rejection.message());
        }
    }
}
