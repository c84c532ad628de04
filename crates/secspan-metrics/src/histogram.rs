//! Classic and native buckets of one series, kept together so that they always agree.

use std::sync::Arc;

use crate::family::{Exemplar, HistogramPoint};
use crate::native::{self, NativePoint, Place};

/// The most bounds of a classic histogram.
pub const BOUNDS_MAX: usize = 200;

/// Upper bounds of classic buckets: finite, rising, inclusive; `+Inf` is implied.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds(Arc<[f64]>);

/// Why a list of numbers cannot be bucket bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoundsError {
    /// More than [`BOUNDS_MAX`].
    TooMany,
    /// A bound is infinite or not a number; `+Inf` is always there by itself.
    NotFinite,
    /// A bound is not larger than the one before it.
    NotRising,
}

impl std::fmt::Display for BoundsError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooMany => write!(out, "more than {BOUNDS_MAX} bucket bounds"),
            Self::NotFinite => out.write_str("bucket bounds must be finite, +Inf is implied"),
            Self::NotRising => out.write_str("bucket bounds must rise"),
        }
    }
}

impl std::error::Error for BoundsError {}

impl Bounds {
    /// Checks and keeps bounds.
    ///
    /// # Errors
    /// When there are more than [`BOUNDS_MAX`], when one is not finite, or when they do not rise.
    pub fn new(bounds: &[f64]) -> Result<Self, BoundsError> {
        if bounds.len() > BOUNDS_MAX {
            return Err(BoundsError::TooMany);
        }
        if bounds.iter().any(|bound| !bound.is_finite()) {
            return Err(BoundsError::NotFinite);
        }
        if bounds.is_sorted_by(|a, b| a < b) {
            Ok(Self(bounds.into()))
        } else {
            Err(BoundsError::NotRising)
        }
    }

    /// No bound at all: one bucket up to `+Inf`.
    pub fn none() -> Self {
        Self(Arc::from([]))
    }

    /// The bounds.
    pub fn as_slice(&self) -> &[f64] {
        &self.0
    }

    /// The bucket of a value: the first whose bound is not below it. Counting instead of searching keeps the few
    /// bounds free of branches.
    pub(crate) fn bucket(&self, value: f64) -> usize {
        self.0.iter().map(|bound| usize::from(*bound < value)).sum()
    }
}

/// An observation with its buckets already found, so that the work under the lock is a few additions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed {
    pub(crate) value: f64,
    /// How many events this one stands for.
    pub(crate) weight: u64,
    pub(crate) bucket: usize,
    pub(crate) place: Place,
}

impl Observed {
    pub(crate) fn new(value: f64, weight: u64, bounds: &Bounds) -> Self {
        Self {
            value,
            weight,
            bucket: bounds.bucket(value),
            place: native::place(value),
        }
    }

    /// For counters and gauges, which have no buckets.
    pub(crate) fn scalar(value: f64, weight: u64) -> Self {
        Self {
            value,
            weight,
            bucket: 0,
            place: Place::Zero,
        }
    }
}

/// The histogram of one series.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    sum: f64,
    native: NativePoint,
    /// The latest of each bucket; empty until there is one.
    exemplars: Vec<Option<Exemplar>>,
}

impl Histogram {
    pub(crate) fn new(bounds: &Bounds) -> Self {
        Self {
            counts: vec![0; bounds.0.len() + 1],
            sum: 0.0,
            native: NativePoint::default(),
            exemplars: Vec::new(),
        }
    }

    pub(crate) fn add(
        &mut self,
        observed: Observed,
        exemplar: Option<Exemplar>,
        native_max: usize,
    ) {
        if let Some(count) = self.counts.get_mut(observed.bucket) {
            *count = count.saturating_add(observed.weight);
        }
        self.sum += observed.value * observed.weight as f64;
        self.native.add(observed.place, observed.weight, native_max);
        if let Some(exemplar) = exemplar {
            if self.exemplars.is_empty() {
                self.exemplars = vec![None; self.counts.len()];
            }
            if let Some(slot) = self.exemplars.get_mut(observed.bucket) {
                exemplar.enter(slot);
            }
        }
    }

    /// The snapshot, with the newest `exemplars_max` exemplars.
    pub(crate) fn point(&self, bounds: &Bounds, exemplars_max: usize) -> HistogramPoint {
        HistogramPoint {
            bounds: Arc::clone(&bounds.0),
            counts: self.counts.clone(),
            count: self.counts.iter().copied().fold(0, u64::saturating_add),
            sum: self.sum,
            exemplars: self.newest(exemplars_max),
            native: self.native.clone(),
        }
    }

    /// Puts back what [`Self::point`] gave, exemplars left out.
    pub(crate) fn restore(counts: Vec<u64>, sum: f64, native: NativePoint) -> Self {
        Self {
            counts,
            sum,
            native,
            exemplars: Vec::new(),
        }
    }

    fn newest(&self, max: usize) -> Vec<(usize, Exemplar)> {
        let mut kept: Vec<(usize, Exemplar)> = self
            .exemplars
            .iter()
            .enumerate()
            .filter_map(|(i, slot)| slot.map(|found| (i, found)))
            .collect();
        if kept.len() > max {
            kept.sort_by_key(|(_, exemplar)| std::cmp::Reverse(exemplar.time));
            kept.truncate(max);
            kept.sort_by_key(|(bucket, _)| *bucket);
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bounds_are_inclusive_and_checked() {
        let bounds = Bounds::new(&[1.0, 30.0, 60.0]).unwrap();
        for (value, bucket) in [(-1.0, 0), (1.0, 0), (1.000_1, 1), (60.0, 2), (60.1, 3)] {
            assert_eq!(bounds.bucket(value), bucket, "{value}");
        }
        assert_eq!(Bounds::new(&[1.0, 1.0]), Err(BoundsError::NotRising));
        assert_eq!(
            Bounds::new(&[1.0, f64::INFINITY]),
            Err(BoundsError::NotFinite)
        );
        assert_eq!(
            Bounds::new(&[0.0; BOUNDS_MAX + 1]),
            Err(BoundsError::TooMany)
        );
    }

    proptest! {
        #[test]
        fn classic_and_native_count_the_same(values in prop::collection::vec((-10f64..1e4, 1u64..5), 0..100)) {
            let bounds = Bounds::new(&[0.5, 1.0, 10.0, 100.0]).unwrap();
            let mut histogram = Histogram::new(&bounds);
            for (value, weight) in &values {
                histogram.add(Observed::new(*value, *weight, &bounds), None, 160);
            }
            let point = histogram.point(&bounds, 5);
            let expected: u64 = values.iter().map(|(_, weight)| weight).sum();
            prop_assert_eq!(point.count, expected);
            prop_assert_eq!(point.native.total(), expected);
            let low = values.iter().filter(|(value, _)| *value <= 1.0).map(|(_, weight)| weight).sum::<u64>();
            prop_assert_eq!(point.counts[0] + point.counts[1], low);
        }
    }
}
