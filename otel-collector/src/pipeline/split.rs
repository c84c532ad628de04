//! Halving a batch that a destination finds too large.

use secspan_otlp::split;

use crate::batch::{Batch, Payload};

/// Two batches with the same items, each about half; `None` when the batch cannot be divided.
pub fn halves(batch: &Batch) -> Option<(Batch, Batch)> {
    match batch {
        Batch::Traces(payload) => {
            let (left, right) = split::in_two(&payload.bytes)?;
            Some((Batch::Traces(of(left)), Batch::Traces(of(right))))
        }
        Batch::Logs(payload) => {
            let (left, right) = split::in_two(&payload.bytes)?;
            Some((Batch::Logs(of(left)), Batch::Logs(of(right))))
        }
        Batch::Metrics(payload) => {
            let points = u32::try_from(payload.items).ok()?;
            let (left, right) = split::points_in_two(&payload.bytes, points)?;
            Some((Batch::Metrics(of(left)), Batch::Metrics(of(right))))
        }
        Batch::Records(records) if records.len() > 1 => {
            let (left, right) = records.split_at(records.len() / 2);
            Some((Batch::Records(left.into()), Batch::Records(right.into())))
        }
        Batch::Records(_) => None,
    }
}

fn of(part: split::Part) -> Payload {
    Payload {
        bytes: part.bytes.into(),
        items: u64::from(part.records),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use secspan_otlp::encode::{LogRequest, MetricRequest, Scope};
    use secspan_otlp::time::UnixNanos;
    use secspan_otlp::view::MetricKind;
    use secspan_otlp::walk::{self, WalkLimits};

    use super::*;

    const NOW: UnixNanos = UnixNanos(1);

    fn payload(bytes: Vec<u8>, items: u64) -> Payload {
        let bytes = Bytes::from(bytes);
        Payload { bytes, items }
    }

    #[test]
    fn metrics_are_divided_by_their_points() {
        let mut request = MetricRequest::new();
        request.resource(&[], &Scope::default(), |scope| {
            for name in ["a", "b"] {
                scope.metric(name, "", "", MetricKind::Gauge, |points| {
                    for value in 0..3 {
                        points.point(NOW, NOW, |point| {
                            point.double(f64::from(value));
                        });
                    }
                });
            }
        });
        let batch = Batch::Metrics(payload(request.finish(), 6));
        let (left, right) = halves(&batch).unwrap();
        for half in [left, right] {
            let Batch::Metrics(half) = half else {
                panic!("metrics stay metrics")
            };
            let summary = walk::metrics(&half.bytes, &WalkLimits::default()).unwrap();
            assert_eq!(
                (half.items, summary.data_points, summary.metrics),
                (3, 3, 1)
            );
        }
        assert!(halves(&Batch::Metrics(payload(Vec::new(), 1))).is_none());
    }

    #[test]
    fn log_records_are_divided() {
        let mut request = LogRequest::new();
        request.resource(&[], |resource| {
            resource.scope(&Scope::default(), |scope| {
                for _ in 0..3 {
                    scope.log(|log| {
                        log.body("text");
                    });
                }
            });
        });
        let (left, right) = halves(&Batch::Logs(payload(request.finish(), 3))).unwrap();
        assert_eq!((left.items(), right.items()), (1, 2));
    }
}
