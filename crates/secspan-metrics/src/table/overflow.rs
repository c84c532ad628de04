//! What becomes of a label set for which there is no room.

use std::sync::Arc;

use foldhash::fast::RandomState;
use secspan_semconv::metric::SECOPS_METRIC_OVERFLOW_TOTAL;

use super::rows::Rows;
use super::{Description, Table};
use crate::family::{Family, Kind, Label, Point, PointValue};
use crate::key::{self, KeyBuf};
use crate::limits::{LABEL_BYTES_MAX, LOW_CARDINALITY_MAX, OVERFLOW, OVERFLOW_SERIES_MAX};
use secspan_otlp::time::UnixNanos;

/// The label set to use in place of `key`, `None` when there is room for it as it is.
///
/// First every value beyond its label's limit is folded. If the metric is full even then, the labels with many values
/// are folded; if its overflow is full too, all labels but the closed ones are.
pub(super) fn fold(
    rows: &mut Rows,
    what: &Description,
    hasher: &RandomState,
    key: &[u8],
    events: u64,
) -> Option<KeyBuf> {
    let mut values: Vec<Option<&str>> = key::values(key).collect();
    let mut folded = false;
    for (at, (value, label)) in values.iter_mut().zip(&what.labels).enumerate() {
        let Some(text) = *value else { continue };
        let max = label.values_max.unwrap_or(what.limits.label_values_max);
        if !label.closed && rows.distinct_len(at) >= max && !rows.knows(at, hasher, text) {
            *value = Some(OVERFLOW);
            folded = true;
            count(rows, at, events);
        }
    }
    if rows.series.len() - rows.overflow_series >= what.limits.series_max
        && !exists(rows, hasher, &values)
    {
        folded = true;
        count(rows, what.labels.len(), events);
        let largest = largest(rows, what);
        let many = |at| rows.distinct_len(at) > LOW_CARDINALITY_MAX || Some(at) == largest;
        fold_labels(what, &mut values, many);
        if rows.overflow_series >= OVERFLOW_SERIES_MAX && !exists(rows, hasher, &values) {
            fold_labels(what, &mut values, |_| true);
        }
    }
    folded.then(|| key_of(&values))
}

/// The open label with the most values: it is always folded when a metric is full.
fn largest(rows: &Rows, what: &Description) -> Option<usize> {
    let open = what
        .labels
        .iter()
        .enumerate()
        .filter(|(_, label)| !label.closed);
    open.map(|(at, _)| at)
        .max_by_key(|at| rows.distinct_len(*at))
}

/// Folds the open labels that `fold` names by position.
fn fold_labels(what: &Description, values: &mut [Option<&str>], fold: impl Fn(usize) -> bool) {
    for (at, (value, label)) in values.iter_mut().zip(&what.labels).enumerate() {
        if value.is_some() && !label.closed && fold(at) {
            *value = Some(OVERFLOW);
        }
    }
}

fn exists(rows: &Rows, hasher: &RandomState, values: &[Option<&str>]) -> bool {
    use std::hash::BuildHasher;
    let key = key_of(values);
    rows.find(hasher.hash_one(key.as_bytes()), key.as_bytes())
        .is_some()
}

fn key_of(values: &[Option<&str>]) -> KeyBuf {
    let mut key = KeyBuf::new(LABEL_BYTES_MAX);
    for value in values {
        key.optional(*value);
    }
    key
}

fn count(rows: &mut Rows, at: usize, events: u64) {
    if let Some(total) = rows.overflow.get_mut(at) {
        *total += events;
    }
}

/// The family that says how often limits were reached.
pub(super) fn collect<'a>(tables: impl IntoIterator<Item = &'a Table>, out: &mut Vec<Family>) {
    let mut points = Vec::new();
    for table in tables {
        for over in table.overflow() {
            let metric = Label::new("metric", &table.description().name);
            let label = Label {
                name: "label".into(),
                value: over.label,
            };
            points.push(Point {
                labels: Arc::new([metric, label]),
                created: UnixNanos(0),
                value: PointValue::Counter {
                    value: over.events as f64,
                    exemplar: None,
                },
            });
        }
    }
    if !points.is_empty() {
        out.push(Family {
            name: SECOPS_METRIC_OVERFLOW_TOTAL.into(),
            help: "Events counted under an overflow value because a label or a metric reached its limit.".into(),
            kind: Kind::Counter,
            unit: "".into(),
            points,
        });
    }
}
