//! A request in several smaller ones, for destinations that limit the size of a request.
//!
//! Spans are not cut; every part carries the resource and scope of its spans. Like
//! [`rewrite`], it takes requests that a walk accepted, spans or log records.

use crate::Signal;
use crate::rewrite::{self, Edit, Edits};

/// A part of a request: a whole request by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The wire bytes.
    pub bytes: Vec<u8>,
    /// How many spans or log records it holds.
    pub records: u32,
}

/// Splits `bytes` in parts of at most `bytes_max`, in the order of the spans.
///
/// A part above the limit holds a single span that is too large by itself: the caller finds it by
/// its length, and drops it or sends it anyway.
pub fn below(bytes: &[u8], bytes_max: usize) -> Vec<Part> {
    let records = rewrite::count_spans(bytes);
    let mut parts = Vec::new();
    halve(
        Part {
            bytes: bytes.to_vec(),
            records,
        },
        bytes_max,
        &mut parts,
    );
    parts
}

/// Splits `bytes` in two with the same number of spans, or one more in the second; `None` when
/// there are fewer than two.
pub fn in_two(bytes: &[u8]) -> Option<(Part, Part)> {
    let records = rewrite::count_spans(bytes);
    let first = records / 2;
    (first > 0).then(|| {
        let left = rewrite::retain_spans(bytes, |index| index < first);
        let right = rewrite::retain_spans(bytes, |index| index >= first);
        (
            Part {
                bytes: left,
                records: first,
            },
            Part {
                bytes: right,
                records: records - first,
            },
        )
    })
}

/// The same for a request of metrics with this many data points.
pub fn points_in_two(bytes: &[u8], points: u32) -> Option<(Part, Part)> {
    let first = points / 2;
    (first > 0).then(|| {
        let without = |dropped: std::ops::Range<u32>| {
            let records = points - (dropped.end - dropped.start);
            let mut edits = Edits::default();
            for index in dropped {
                let mut edit = Edit::default();
                edit.drop_item();
                edits.item(index, edit);
            }
            let bytes = rewrite::apply(bytes, Signal::Metrics, &edits);
            Part { bytes, records }
        };
        (without(first..points), without(0..first))
    })
}

/// The depth of the recursion is the logarithm of the number of spans.
fn halve(part: Part, bytes_max: usize, parts: &mut Vec<Part>) {
    if part.bytes.len() > bytes_max
        && let Some((left, right)) = in_two(&part.bytes)
    {
        halve(left, bytes_max, parts);
        halve(right, bytes_max, parts);
    } else {
        parts.push(part);
    }
}

#[cfg(test)]
mod tests;
