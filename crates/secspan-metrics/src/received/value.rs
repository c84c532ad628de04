//! Values of received series: from data points, increased by additions.

use std::sync::Arc;

use secspan_otlp::view::{BucketData, ExponentialData, HistogramData};

use crate::family::{HistogramPoint, PointValue};
use crate::native::{Buckets, NativePoint, SCHEMA_MAX, SCHEMA_MIN};

/// A histogram with classic buckets; `None` when counts and bounds do not fit each other.
pub(super) fn classic(mut data: HistogramData) -> Option<PointValue> {
    if data.counts.is_empty() && data.bounds.is_empty() {
        data.counts = vec![data.count];
    }
    let rising = data.bounds.is_sorted_by(|a, b| a < b);
    if data.counts.len() != data.bounds.len() + 1 || !rising {
        return None;
    }
    Some(PointValue::Histogram(Box::new(HistogramPoint {
        bounds: data.bounds.into(),
        counts: data.counts,
        count: data.count,
        sum: data.sum.unwrap_or(f64::NAN),
        exemplars: Vec::new(),
        native: NativePoint::default(),
    })))
}

/// A histogram with native buckets; `None` when it is coarser than they can be.
pub(super) fn native(data: &ExponentialData) -> Option<PointValue> {
    let too_fine = data.scale.saturating_sub(i32::from(SCHEMA_MAX)).max(0);
    let schema = i8::try_from(data.scale - too_fine).ok();
    let schema = schema.filter(|schema| *schema >= SCHEMA_MIN)?;
    let side = |side: &BucketData| {
        // Buckets are counted from the one that begins at 1 there, from the one that ends at 1 here.
        let mut buckets = Buckets {
            first: side.offset.saturating_add(1),
            counts: side.counts.clone(),
        };
        for _ in 0..too_fine {
            buckets.halve();
        }
        buckets
    };
    let native = NativePoint {
        schema,
        zero_count: data.zero_count,
        positive: side(&data.positive),
        negative: side(&data.negative),
    };
    Some(PointValue::Histogram(Box::new(HistogramPoint {
        bounds: Arc::from([]),
        counts: vec![data.count],
        count: data.count,
        sum: data.sum.unwrap_or(f64::NAN),
        exemplars: Vec::new(),
        native,
    })))
}

/// An addition. A histogram whose buckets are not those that are held begins anew.
pub(super) fn add(held: &mut PointValue, added: PointValue) {
    match (held, added) {
        (PointValue::Counter { value, .. }, PointValue::Counter { value: more, .. })
        | (PointValue::Gauge(value), PointValue::Gauge(more)) => *value += more,
        (PointValue::Histogram(held), PointValue::Histogram(added)) => {
            if held.bounds != added.bounds {
                *held = added;
                return;
            }
            for (count, more) in held.counts.iter_mut().zip(&added.counts) {
                *count = count.saturating_add(*more);
            }
            held.count = held.count.saturating_add(added.count);
            held.sum += added.sum;
            held.native.merge(added.native);
        }
        (held, added) => *held = added,
    }
}
