//! JSON requests: into wire bytes, under the same limit and budget as everything else.

use bytes::Bytes;
use secspan_otlp::json::{self, JsonError, Wire};

use super::admission::Reservation;
use super::rejection::Rejection;
use crate::batch::Signal;
use crate::component::Refused;

/// The wire form of a JSON request of at most `limit` bytes; reserved like an inflated body.
///
/// # Errors
/// The text is no such request, or there is no room for the wire form.
pub(super) fn to_wire(
    signal: Signal,
    text: &Bytes,
    limit: usize,
    reservation: &mut Reservation,
) -> Result<Wire, Rejection> {
    // The wire form is smaller than the JSON form; the reader works in it alone, without a tree of values.
    reservation.grow(text.len().min(limit))?;
    json::to_wire(signal.on_the_wire(), text, limit).map_err(|error| match error {
        JsonError::TooLarge { bytes_max } => Rejection::TooLarge {
            limit: bytes_max,
            place: "as protobuf",
        },
        invalid @ JsonError::Invalid { .. } => Rejection::Undecodable(
            Refused::Malformed {
                message: invalid.to_string(),
            }
            .to_string(),
        ),
    })
}
