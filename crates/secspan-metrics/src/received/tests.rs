//! Tests of the table of received metrics, from requests to what a scraper reads.

use secspan_otlp::encode::{MetricRequest, PointsWriter, Scope};
use secspan_otlp::keys::Keys;
use secspan_otlp::walk::{self, WalkLimits};

use super::*;
use crate::exposition::{self, Format, Options};

const TOTAL: MetricKind = MetricKind::Sum {
    temporality: Temporality::Cumulative,
    monotonic: true,
};

/// A request of one metric whose resource is `app` of the team `blue`, version 3.
fn request(
    name: &str,
    unit: &str,
    kind: MetricKind,
    fill: impl FnOnce(&mut PointsWriter<'_>),
) -> Vec<u8> {
    let mut request = MetricRequest::new();
    let resource = [
        ("service.name", "app".into()),
        ("service.namespace", "blue".into()),
        ("service.instance.id", "one".into()),
        ("service.version", 3.into()),
    ];
    let scope = Scope {
        name: "lib",
        version: "2",
        ..Scope::default()
    };
    request.resource(&resource, &scope, |scope| {
        scope.metric(name, "what it is", unit, kind, fill);
    });
    request.finish()
}

fn calls(time: u64, value: f64) -> Vec<u8> {
    request("calls", "{call}", TOTAL, |points| {
        points.point(UnixNanos(1), UnixNanos(time), |point| {
            point.attribute("http.method", "GET").double(value);
        });
    })
}

/// The same request with totals turned into additions: the writer knows totals only.
fn delta(mut bytes: Vec<u8>) -> Vec<u8> {
    // Field 2 of the sum, the varint 2, behind the points.
    let at = bytes
        .windows(2)
        .rposition(|pair| pair == [0x10, 0x02])
        .unwrap();
    bytes[at + 1] = 1;
    bytes
}

fn take(received: &Received, bytes: &[u8], now: u64) -> Outcome {
    let mut stage = received.stage();
    let mut visit = |point: &PointView<'_, '_>| received.observe(&mut stage, point);
    walk::metric_points(bytes, &Keys::new(), &WalkLimits::default(), &mut visit).unwrap();
    received.commit(stage, UnixNanos(now))
}

fn text(received: &Received, now: u64) -> String {
    let mut families = Vec::new();
    received.collect(UnixNanos(now), &mut families);
    let (families, conflicts) = exposition::reconcile(families);
    assert_eq!(conflicts, exposition::Conflicts::default());
    let text = exposition::render(&families, Format::Text, Options::default());
    let text = String::from_utf8(text).unwrap();
    let samples = text.lines().filter(|line| !line.starts_with("# HELP"));
    samples.collect::<Vec<_>>().join("\n")
}

#[test]
fn totals_replace_each_other_unless_they_are_older() {
    let received = Received::new(Settings::default());
    let kept = Outcome {
        kept: 1,
        dropped: 0,
    };
    assert_eq!(take(&received, &calls(5, 7.0), 10), kept);
    take(&received, &calls(4, 6.0), 11);
    insta::assert_snapshot!(text(&received, 12), @r#"
    # TYPE calls_total counter
    calls_total{http_method="GET",instance="one",job="blue/app",otel_scope_name="lib",otel_scope_version="2"} 7
    # TYPE target_info gauge
    target_info{instance="one",job="blue/app",service_version="3"} 1
    "#);
}

#[test]
fn additions_are_added() {
    let received = Received::new(Settings::default());
    for time in 1..=3 {
        take(&received, &delta(calls(time, 2.0)), time);
    }
    let text = text(&received, 4);
    assert!(text.contains("} 6\n"), "{text}");
}

#[test]
fn the_resource_can_be_in_every_series_and_names_as_they_came() {
    let received = Received::new(Settings {
        resource_labels: true,
        scope_labels: false,
        suffixes: false,
        ..Settings::default()
    });
    take(&received, &calls(5, 7.0), 10);
    let text = text(&received, 11);
    let series = r#"calls{http_method="GET",instance="one",job="blue/app",service_instance_id="one",service_name="app",service_namespace="blue",service_version="3"} 7"#;
    assert!(text.contains(series), "{text}");
}

#[test]
fn histograms_and_summaries_become_what_prometheus_makes_of_them() {
    let received = Received::new(Settings {
        scope_labels: false,
        ..Settings::default()
    });
    let histogram = MetricKind::Histogram(Temporality::Cumulative);
    let latency = request("latency", "s", histogram, |points| {
        points.point(UnixNanos(1), UnixNanos(2), |point| {
            point.observations(3, 4.5).buckets(&[1, 2], &[0.5]);
        });
    });
    let size = request("size", "By", MetricKind::Summary, |points| {
        points.point(UnixNanos(1), UnixNanos(2), |point| {
            point.observations(3, 9.0).quantile(0.5, 2.0);
        });
    });
    take(&received, &latency, 10);
    assert_eq!(take(&received, &size, 10).kept, 1);
    let shown = text(&received, 11).replace(r#"instance="one",job="blue/app""#, "…");
    insta::assert_snapshot!(shown, @r#"
    # TYPE latency_seconds histogram
    latency_seconds_bucket{…,le="0.5"} 1
    latency_seconds_bucket{…,le="+Inf"} 3
    latency_seconds_sum{…} 4.5
    latency_seconds_count{…} 3
    # TYPE size_bytes gauge
    size_bytes{…,quantile="0.5"} 2
    # TYPE size_bytes_count counter
    size_bytes_count{…} 3
    # TYPE size_bytes_sum counter
    size_bytes_sum{…} 9
    # TYPE target_info gauge
    target_info{…,service_version="3"} 1
    "#);
}

#[test]
fn a_series_that_is_no_longer_sent_is_gone() {
    let received = Received::new(Settings {
        expiration: Duration::from_nanos(100),
        ..Settings::default()
    });
    take(&received, &calls(5, 7.0), 10);
    assert!(text(&received, 110).contains("calls_total"));
    assert_eq!(text(&received, 111), "");
}

#[test]
fn points_beyond_the_limit_are_dropped_and_counted_until_others_expire() {
    let received = Received::new(Settings {
        series_max: 2,
        expiration: Duration::from_nanos(100),
        ..Settings::default()
    });
    // The second series of the table is `target_info`.
    take(&received, &calls(5, 7.0), 10);
    let other = request("other", "", MetricKind::Gauge, |points| {
        points.point(UnixNanos(1), UnixNanos(2), |point| {
            point.double(1.0);
        });
    });
    let dropped = Outcome {
        kept: 0,
        dropped: 1,
    };
    assert_eq!(take(&received, &other, 20), dropped);
    assert_eq!(take(&received, &other, 200).kept, 1);
}

#[test]
fn additions_of_exponential_histograms_meet_at_the_coarser_resolution() {
    let side = |offset, counts: &[u64]| secspan_otlp::view::BucketData {
        offset,
        counts: counts.to_vec(),
    };
    let data = |scale, positive| secspan_otlp::view::ExponentialData {
        count: 2,
        sum: Some(3.0),
        scale,
        positive,
        ..Default::default()
    };
    let mut held = native(&data(1, side(0, &[1, 1]))).unwrap();
    add(&mut held, native(&data(0, side(0, &[2]))).unwrap());
    let PointValue::Histogram(held) = held else {
        panic!("a histogram")
    };
    assert_eq!((held.count, held.native.schema), (4, 0));
    assert_eq!(held.native.positive.counts, [4]);
    assert!(native(&data(-5, side(0, &[1]))).is_none());
    // Finer than native histograms can be: brought down to their finest.
    let fine = native(&data(10, side(0, &[1, 1, 1, 1]))).unwrap();
    let PointValue::Histogram(fine) = fine else {
        panic!("a histogram")
    };
    assert_eq!(
        (fine.native.schema, fine.native.positive.counts.as_slice()),
        (8, &[4][..])
    );
}
