//! Families as an OTLP request, for destinations that take metrics pushed.
//!
//! Everything is cumulative since the creation of its series. Names stay as they are when they are scraped, so that a
//! series has one name whichever way it goes; units are written as UCUM has them.

use secspan_otlp::encode::{self, Attribute, MetricRequest, PointWriter, PointsWriter, Scope};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{BucketData, MetricKind, Temporality};

use crate::family::{Exemplar, Family, HistogramPoint, Kind, Point, PointValue};
use crate::native::{Buckets, NativePoint};

/// A request with all points of `families` at `now`, and how many those are; `None` when there is none.
pub fn request(
    families: &[Family],
    resource: &[Attribute<'_>],
    scope: &Scope<'_>,
    now: UnixNanos,
) -> Option<(Vec<u8>, u64)> {
    let points: usize = families.iter().map(|family| family.points.len()).sum();
    if points == 0 {
        return None;
    }
    let mut request = MetricRequest::new();
    request.resource(resource, scope, |scope| {
        for family in families.iter().filter(|family| !family.points.is_empty()) {
            let kind = kind(family);
            let unit = unit(&family.unit);
            scope.metric(&family.name, &family.help, unit, kind, |points| {
                for point in &family.points {
                    write(points, point, kind, now);
                }
            });
        }
    });
    Some((request.finish(), points as u64))
}

fn kind(family: &Family) -> MetricKind {
    let temporality = Temporality::Cumulative;
    match family.kind {
        Kind::Gauge => MetricKind::Gauge,
        Kind::Counter => MetricKind::Sum {
            temporality,
            monotonic: true,
        },
        Kind::Histogram => {
            // All series of a family have their buckets in common.
            let classic = family.points.iter().any(|point| {
                matches!(&point.value, PointValue::Histogram(own)
                    if !own.bounds.is_empty() || own.native.total() == 0)
            });
            if classic {
                MetricKind::Histogram(temporality)
            } else {
                MetricKind::ExponentialHistogram(temporality)
            }
        }
    }
}

fn write(points: &mut PointsWriter<'_>, point: &Point, kind: MetricKind, now: UnixNanos) {
    points.point(point.created, now, |out| {
        for label in point.labels.iter() {
            out.attribute(&label.name, &*label.value);
        }
        match &point.value {
            PointValue::Gauge(value) => {
                out.double(*value);
            }
            PointValue::Counter { value, exemplar } => {
                out.double(*value);
                if let Some(exemplar) = exemplar {
                    write_exemplar(out, exemplar);
                }
            }
            PointValue::Histogram(histogram) => write_histogram(out, histogram, kind),
        }
    });
}

fn write_histogram(out: &mut PointWriter<'_>, histogram: &HistogramPoint, kind: MetricKind) {
    out.observations(histogram.count, histogram.sum);
    if let MetricKind::ExponentialHistogram(_) = kind {
        let NativePoint {
            schema,
            zero_count,
            positive,
            negative,
        } = &histogram.native;
        let (positive, negative) = (buckets(positive), buckets(negative));
        out.exponential(i32::from(*schema), *zero_count, &positive, &negative);
    } else {
        out.buckets(&histogram.counts, &histogram.bounds);
    }
    for (_, exemplar) in &histogram.exemplars {
        write_exemplar(out, exemplar);
    }
}

fn write_exemplar(out: &mut PointWriter<'_>, exemplar: &Exemplar) {
    out.exemplar(&encode::Exemplar {
        trace_id: exemplar.trace_id,
        span_id: exemplar.span_id,
        value: exemplar.value,
        time: exemplar.time,
    });
}

/// Buckets are counted from the one that ends at 1 here, from the one that begins at 1 there.
fn buckets(side: &Buckets) -> BucketData {
    BucketData {
        offset: side.first.saturating_sub(1),
        counts: side.counts.clone(),
    }
}

/// The unit as UCUM writes it.
fn unit(word: &str) -> &str {
    match word {
        "seconds" => "s",
        "milliseconds" => "ms",
        "bytes" => "By",
        "ratio" => "1",
        other => other,
    }
}

#[cfg(test)]
mod tests;
