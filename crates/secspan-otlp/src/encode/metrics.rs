//! Writes `ExportMetricsServiceRequest` messages, cumulative.

use super::any::{self, Any, Attribute};
use super::writer::Writer;
use super::{Scope, write_resource, write_scope};
use crate::time::UnixNanos;
use crate::view::{BucketData, MetricKind, SpanId, TraceId};

/// Totals since the start.
const CUMULATIVE: u64 = 2;

/// An `ExportMetricsServiceRequest` in the making.
#[derive(Clone, Debug, Default)]
pub struct MetricRequest {
    writer: Writer,
}

impl MetricRequest {
    /// A request without resources.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a resource with these attributes and one scope; `fill` adds its metrics.
    pub fn resource(
        &mut self,
        attributes: &[Attribute<'_>],
        scope: &Scope<'_>,
        fill: impl FnOnce(&mut ScopeMetricsWriter<'_>),
    ) -> &mut Self {
        self.writer.message(1, |writer| {
            write_resource(writer, attributes);
            writer.message(2, |writer| {
                write_scope(writer, scope);
                fill(&mut ScopeMetricsWriter { writer });
            });
        });
        self
    }

    /// The wire bytes.
    pub fn finish(self) -> Vec<u8> {
        self.writer.finish()
    }
}

/// Adds metrics to a scope.
#[derive(Debug)]
pub struct ScopeMetricsWriter<'w> {
    writer: &'w mut Writer,
}

impl ScopeMetricsWriter<'_> {
    /// Adds a metric; `fill` adds its points, which must be of this kind.
    pub fn metric(
        &mut self,
        name: &str,
        description: &str,
        unit: &str,
        kind: MetricKind,
        fill: impl FnOnce(&mut PointsWriter<'_>),
    ) -> &mut Self {
        self.writer.message(2, |writer| {
            writer.text(1, name);
            writer.text(2, description);
            writer.text(3, unit);
            writer.message(kind.field(), |writer| {
                fill(&mut PointsWriter { writer, kind });
                match kind {
                    MetricKind::Gauge | MetricKind::Summary => {}
                    MetricKind::Histogram(_) | MetricKind::ExponentialHistogram(_) => {
                        writer.varint(2, CUMULATIVE);
                    }
                    MetricKind::Sum { monotonic, .. } => {
                        writer.varint(2, CUMULATIVE);
                        writer.varint(3, monotonic.into());
                    }
                }
            });
        });
        self
    }
}

/// Adds points to a metric.
#[derive(Debug)]
pub struct PointsWriter<'w> {
    writer: &'w mut Writer,
    kind: MetricKind,
}

impl PointsWriter<'_> {
    /// Adds a point; `fill` writes its attributes and its value.
    pub fn point(
        &mut self,
        start: UnixNanos,
        time: UnixNanos,
        fill: impl FnOnce(&mut PointWriter<'_>),
    ) -> &mut Self {
        let kind = self.kind;
        self.writer.message(1, |writer| {
            if start.0 > 0 {
                writer.fixed64(2, start.0);
            }
            writer.fixed64(3, time.0);
            fill(&mut PointWriter { writer, kind });
        });
        self
    }
}

/// Writes the fields of a point, in the order of the calls.
#[derive(Debug)]
pub struct PointWriter<'w> {
    writer: &'w mut Writer,
    kind: MetricKind,
}

impl PointWriter<'_> {
    /// Adds an attribute.
    pub fn attribute<'v>(&mut self, key: &str, value: impl Into<Any<'v>>) -> &mut Self {
        any::write_attribute(
            self.writer,
            self.kind.attributes_field(),
            key,
            &value.into(),
        );
        self
    }

    /// The value of a gauge's or sum's point.
    pub fn double(&mut self, value: f64) -> &mut Self {
        self.writer.fixed64(4, value.to_bits());
        self
    }

    /// Count and sum of a histogram's or summary's point.
    pub fn observations(&mut self, count: u64, sum: f64) -> &mut Self {
        self.writer.fixed64(4, count);
        self.writer.fixed64(5, sum.to_bits());
        self
    }

    /// Observations per bucket of a histogram's point, and the upper bounds, one less.
    pub fn buckets(&mut self, counts: &[u64], bounds: &[f64]) -> &mut Self {
        let counts: Vec<u8> = counts.iter().flat_map(|own| own.to_le_bytes()).collect();
        let bounds: Vec<u8> = bounds.iter().flat_map(|own| own.to_le_bytes()).collect();
        self.writer.bytes(6, &counts);
        self.writer.bytes(7, &bounds);
        self
    }

    /// The buckets of an exponential histogram's point.
    pub fn exponential(
        &mut self,
        scale: i32,
        zero_count: u64,
        positive: &BucketData,
        negative: &BucketData,
    ) -> &mut Self {
        self.writer.varint(6, zigzag(scale));
        self.writer.fixed64(7, zero_count);
        for (field, side) in [(8, positive), (9, negative)] {
            self.writer.message(field, |writer| {
                writer.varint(1, zigzag(side.offset));
                for count in &side.counts {
                    writer.varint(2, *count);
                }
            });
        }
        self
    }

    /// Adds a quantile, 0 to 1, to a summary's point.
    pub fn quantile(&mut self, quantile: f64, value: f64) -> &mut Self {
        self.writer.message(6, |writer| {
            writer.fixed64(1, quantile.to_bits());
            writer.fixed64(2, value.to_bits());
        });
        self
    }

    /// Adds an example of what was counted.
    pub fn exemplar(&mut self, exemplar: &Exemplar) -> &mut Self {
        let field = match self.kind {
            MetricKind::ExponentialHistogram(_) => 11,
            MetricKind::Histogram(_) => 8,
            MetricKind::Gauge | MetricKind::Sum { .. } | MetricKind::Summary => 5,
        };
        self.writer.message(field, |writer| {
            writer.fixed64(2, exemplar.time.0);
            writer.fixed64(3, exemplar.value.to_bits());
            if exemplar.span_id != SpanId::default() {
                writer.bytes(4, &exemplar.span_id.0);
            }
            writer.bytes(5, &exemplar.trace_id.0);
        });
        self
    }
}

/// An example of what was counted.
#[derive(Clone, Copy, Debug)]
pub struct Exemplar {
    /// The trace.
    pub trace_id: TraceId,
    /// The span in it; all zero is not written.
    pub span_id: SpanId,
    /// The observed value.
    pub value: f64,
    /// When it was observed.
    pub time: UnixNanos,
}

fn zigzag(value: i32) -> u64 {
    u64::from((value << 1 ^ value >> 31).cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keys;
    use crate::view::{PointView, Temporality};
    use crate::walk::{self, WalkLimits};

    #[test]
    fn what_is_written_is_read() {
        let mut request = MetricRequest::new();
        request.resource(
            &[("service.name", "app".into())],
            &Scope::default(),
            |scope| {
                let sum = MetricKind::Sum {
                    temporality: Temporality::Cumulative,
                    monotonic: true,
                };
                scope.metric("sum", "a sum", "s", sum, |points| {
                    points.point(UnixNanos(1), UnixNanos(2), |point| {
                        point.attribute("k", "v").double(1.5);
                    });
                });
                let histogram = MetricKind::Histogram(Temporality::Cumulative);
                scope.metric("histogram", "", "", histogram, |points| {
                    points.point(UnixNanos(1), UnixNanos(2), |point| {
                        point.attribute("k", "v").observations(3, 4.5);
                        point.buckets(&[1, 2], &[0.5]);
                    });
                });
                let exponential = MetricKind::ExponentialHistogram(Temporality::Cumulative);
                scope.metric("exponential", "", "", exponential, |points| {
                    points.point(UnixNanos(1), UnixNanos(2), |point| {
                        let positive = BucketData {
                            offset: -3,
                            counts: vec![1, 300],
                        };
                        point.observations(302, 4.5);
                        point.exponential(-2, 1, &positive, &BucketData::default());
                    });
                });
                scope.metric("summary", "", "", MetricKind::Summary, |points| {
                    points.point(UnixNanos(0), UnixNanos(2), |point| {
                        point.observations(3, 4.5).quantile(0.5, 2.0);
                    });
                });
            },
        );
        let mut seen = Vec::new();
        let mut visit = |point: &PointView<'_, '_>| match point.metric.kind {
            MetricKind::Gauge | MetricKind::Sum { .. } => {
                assert_eq!(
                    point.attributes.by_key("k").and_then(|own| own.as_str()),
                    Some("v")
                );
                seen.push(format!("{} {:?}", point.metric.name, point.number()));
            }
            MetricKind::Histogram(_) => seen.push(format!("{:?}", point.histogram())),
            MetricKind::ExponentialHistogram(_) => seen.push(format!("{:?}", point.exponential())),
            MetricKind::Summary => seen.push(format!("{:?}", point.summary())),
        };
        let (bytes, keys) = (request.finish(), Keys::new());
        let summary = walk::metric_points(&bytes, &keys, &WalkLimits::default(), &mut visit);
        assert_eq!(summary.unwrap().data_points, 4);
        let expected = [
            "sum Some(Double(1.5))",
            "HistogramData { count: 3, sum: Some(4.5), counts: [1, 2], bounds: [0.5] }",
            "ExponentialData { count: 302, sum: Some(4.5), scale: -2, zero_count: 1, \
             positive: BucketData { offset: -3, counts: [1, 300] }, \
             negative: BucketData { offset: 0, counts: [] } }",
            "SummaryData { count: 3, sum: 4.5, quantiles: [(0.5, 2.0)] }",
        ];
        assert_eq!(seen, expected);
    }
}
