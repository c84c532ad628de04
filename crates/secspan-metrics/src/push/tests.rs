//! What is pushed is received as the same families.

use std::sync::Arc;

use secspan_otlp::keys::Keys;
use secspan_otlp::view::PointView;
use secspan_otlp::walk::{self, WalkLimits};

use super::*;
use crate::family::Label;
use crate::received::{Received, Settings};

fn family(name: &str, unit: &str, value: PointValue) -> Family {
    Family {
        name: name.into(),
        help: "for tests".into(),
        kind: value.kind(),
        unit: unit.into(),
        points: vec![Point {
            labels: Arc::from([Label::new("stage", "fetch")]),
            created: UnixNanos(5),
            value,
        }],
    }
}

#[test]
fn families_survive_the_way_out_and_in() {
    let histogram = |bounds: &[f64], native| {
        PointValue::Histogram(Box::new(HistogramPoint {
            bounds: bounds.into(),
            counts: vec![1; bounds.len() + 1],
            count: bounds.len() as u64 + 1,
            sum: 7.5,
            exemplars: Vec::new(),
            native,
        }))
    };
    let native = NativePoint {
        schema: 3,
        zero_count: 0,
        positive: Buckets {
            first: -4,
            counts: vec![1],
        },
        negative: Buckets::default(),
    };
    let counter = PointValue::Counter {
        value: 3.0,
        exemplar: None,
    };
    let families = vec![
        family("calls_total", "", counter),
        family(
            "duration_seconds",
            "seconds",
            histogram(&[1.0, 5.0], NativePoint::default()),
        ),
        family("native_seconds", "seconds", histogram(&[], native)),
        family("size_bytes", "bytes", PointValue::Gauge(2.5)),
    ];
    let (bytes, points) = request(&families, &[], &Scope::default(), UnixNanos(9)).unwrap();
    assert_eq!(points, 4);
    let received = Received::new(Settings::default());
    let mut stage = received.stage();
    let mut visit = |point: &PointView<'_, '_>| received.observe(&mut stage, point);
    walk::metric_points(&bytes, &Keys::new(), &WalkLimits::default(), &mut visit).unwrap();
    received.commit(stage, UnixNanos(10));
    let mut back = Vec::new();
    received.collect(UnixNanos(11), &mut back);
    back.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(back, families);
}

#[test]
fn nothing_is_no_request() {
    assert_eq!(request(&[], &[], &Scope::default(), UnixNanos(1)), None);
}
