//! Lines in the shape that our own writer gives them, read in one pass and without a tree of values.
//!
//! Keys in the order of the contract, no escapes, plain numbers; compact, or with the spaces of Python's `json.dumps`.
//! Nothing is decided here about other lines: whatever is not as expected, valid or not, gives `None`, and the general
//! decoder says what it is. So a line read here must mean exactly what the general decoder would make of it.

use super::scan::Scan;
use crate::record::{Identity, Origin};
use crate::terms::{Outcome, Priority};

/// `,"key":` in one of the two spellings, as one literal that the compiler compares in a few words.
macro_rules! key {
    ($key:literal) => {
        if SPACED {
            concat!(", \"", $key, "\": ")
        } else {
            concat!(",\"", $key, "\":")
        }
    };
    (first $key:literal) => {
        if SPACED {
            concat!("{\"", $key, "\": ")
        } else {
            concat!("{\"", $key, "\":")
        }
    };
}

/// An object of whole numbers under these keys, in this order.
macro_rules! counts {
    ($scan:ident, $first:literal $(, $key:literal)*) => {
        $scan.literal(key!(first $first)).and_then(|()| {
            let counts = [$scan.whole()?, $({ $scan.literal(key!($key))?; $scan.whole()? }),*];
            $scan.literal("}").map(|()| counts)
        })
    };
}

/// The value under a key that may be absent: `None` when the key is not next.
macro_rules! optional {
    ($scan:ident, $key:literal, $value:expr) => {
        if $scan.literal(key!($key)).is_some() {
            Some($value?)
        } else {
            None
        }
    };
}

mod enrichment;
mod review;
mod ticket;

pub(super) use enrichment::read as enrichment;
pub(super) use review::read as review;
pub(super) use ticket::read as ticket;

/// The extras of every kind that a workflow becomes, each in its place or absent.
fn origin<const SPACED: bool>(scan: &mut Scan<'_>) -> Option<Origin> {
    let elapsed_seconds = optional!(scan, "elapsed_seconds", scan.whole());
    let trace = optional!(scan, "trace_id", scan.trace_id());
    let span = optional!(scan, "span_id", scan.span_id());
    let outcome = optional!(scan, "outcome", outcome(scan.text()?));
    let amendment = optional!(scan, "amendment", u32::try_from(scan.whole()?).ok());
    let identity = trace
        .zip(span)
        .map(|(trace, span)| Identity { trace, span });
    Some(Origin {
        identity,
        outcome: outcome.unwrap_or_default(),
        elapsed_seconds,
        amendment: amendment.unwrap_or(0),
    })
}

fn priority(text: &str) -> Option<Priority> {
    let mut priorities = Priority::ALL.into_iter();
    priorities.find(|priority| priority.as_str() == text)
}

fn outcome(text: &str) -> Option<Outcome> {
    let mut outcomes = Outcome::ALL.into_iter();
    outcomes.find(|outcome| outcome.as_str() == text)
}
