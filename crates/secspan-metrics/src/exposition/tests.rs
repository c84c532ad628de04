//! The same families in every format, and families that disagree.

#![expect(
    clippy::float_cmp,
    reason = "the numbers are written and read, never computed"
)]

use std::sync::Arc;

use prost::Message;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, TraceId};

use super::*;
use crate::family::{Exemplar, Kind, Label, Point, PointValue};
use crate::histogram::Bounds;
use crate::table::{Description, InitialZero, LabelSpec, Table};

fn exemplar(value: f64) -> Exemplar {
    Exemplar {
        trace_id: TraceId([0xAB; 16]),
        span_id: SpanId([0xCD; 8]),
        value,
        time: UnixNanos(1_500_000_000),
    }
}

fn family(name: &str, kind: Kind, points: &[(&[(&str, &str)], f64)]) -> Family {
    let points = points.iter().map(|(labels, value)| Point {
        labels: labels
            .iter()
            .map(|(name, value)| Label::new(name, value))
            .collect(),
        created: UnixNanos(1_000_000_000),
        value: match kind {
            Kind::Gauge => PointValue::Gauge(*value),
            _ => PointValue::Counter {
                value: *value,
                exemplar: Some(exemplar(*value)),
            },
        },
    });
    Family {
        name: name.into(),
        help: "Help \\ \"quoted\"\nsecond line.".into(),
        kind,
        unit: "".into(),
        points: points.collect(),
    }
}

/// A histogram family with observations at 0.5, 1, 2 and 100 seconds.
fn histogram() -> Family {
    let mut what = Description::new(
        "d_seconds",
        "Durations.",
        Kind::Histogram,
        vec![LabelSpec::open("stage")],
    );
    what.unit = "seconds".into();
    what.bounds = Bounds::new(&[1.0, 2.5]).unwrap();
    what.initial_zero = InitialZero::Off;
    let table = Table::new(what);
    for value in [0.5, 1.0, 2.0, 100.0] {
        table.record(
            &[Some("triage")],
            value,
            Some(exemplar(value)),
            UnixNanos(2_000_000_000),
        );
    }
    let mut out = Vec::new();
    table.collect(UnixNanos(3_000_000_000), &mut out);
    out.remove(0)
}

fn sample_families() -> Vec<Family> {
    let odd = [("tool", "a\\b \"c\"\nd"), ("kind", "grün")];
    reconcile(vec![
        family("scans_total", Kind::Counter, &[(&odd, 3.0), (&[], 1.5)]),
        family(
            "open",
            Kind::Gauge,
            &[(&[], f64::NAN), (&[("a", "b")], f64::NEG_INFINITY)],
        ),
        family(
            "otelcol_receiver_accepted_spans",
            Kind::Counter,
            &[(&[], 1e21)],
        ),
        histogram(),
    ])
    .0
}

fn rendered(format: Format, options: Options) -> String {
    String::from_utf8(render(&sample_families(), format, options)).unwrap()
}

#[test]
fn text() {
    insta::assert_snapshot!(rendered(Format::Text, Options::default()), @r#"
    # HELP d_seconds Durations.
    # TYPE d_seconds histogram
    d_seconds_bucket{stage="triage",le="1"} 2
    d_seconds_bucket{stage="triage",le="2.5"} 3
    d_seconds_bucket{stage="triage",le="+Inf"} 4
    d_seconds_sum{stage="triage"} 103.5
    d_seconds_count{stage="triage"} 4
    # HELP open Help \\ "quoted"\nsecond line.
    # TYPE open gauge
    open NaN
    open{a="b"} -Inf
    # HELP otelcol_receiver_accepted_spans Help \\ "quoted"\nsecond line.
    # TYPE otelcol_receiver_accepted_spans counter
    otelcol_receiver_accepted_spans 1e21
    # HELP scans_total Help \\ "quoted"\nsecond line.
    # TYPE scans_total counter
    scans_total 1.5
    scans_total{tool="a\\b \"c\"\nd",kind="grün"} 3
    "#);
}

#[test]
fn open_metrics() {
    insta::assert_snapshot!(rendered(Format::OpenMetrics, Options::default()), @r#"
    # TYPE d_seconds histogram
    # UNIT d_seconds seconds
    # HELP d_seconds Durations.
    d_seconds_bucket{stage="triage",le="1.0"} 2 # {trace_id="abababababababababababababababab",span_id="cdcdcdcdcdcdcdcd"} 1 1.500
    d_seconds_bucket{stage="triage",le="2.5"} 3 # {trace_id="abababababababababababababababab",span_id="cdcdcdcdcdcdcdcd"} 2 1.500
    d_seconds_bucket{stage="triage",le="+Inf"} 4 # {trace_id="abababababababababababababababab",span_id="cdcdcdcdcdcdcdcd"} 100 1.500
    d_seconds_count{stage="triage"} 4
    d_seconds_sum{stage="triage"} 103.5
    # TYPE open gauge
    # HELP open Help \\ \"quoted\"\nsecond line.
    open NaN
    open{a="b"} -Inf
    # TYPE otelcol_receiver_accepted_spans unknown
    # HELP otelcol_receiver_accepted_spans Help \\ \"quoted\"\nsecond line.
    otelcol_receiver_accepted_spans 1e21
    # TYPE scans counter
    # HELP scans Help \\ \"quoted\"\nsecond line.
    scans_total 1.5 # {trace_id="abababababababababababababababab",span_id="cdcdcdcdcdcdcdcd"} 1.5 1.500
    scans_total{tool="a\\b \"c\"\nd",kind="grün"} 3 # {trace_id="abababababababababababababababab",span_id="cdcdcdcdcdcdcdcd"} 3 1.500
    # EOF
    "#);
}

#[test]
fn open_metrics_with_creation_times() {
    let options = Options {
        created_lines: true,
        ..Options::default()
    };
    let text = rendered(Format::OpenMetrics, options);
    let created: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("_created"))
        .collect();
    insta::assert_snapshot!(created.join("\n"), @r#"
    d_seconds_created{stage="triage"} 2.000
    scans_created 1.000
    scans_created{tool="a\\b \"c\"\nd",kind="grün"} 1.000
    "#);
}

#[test]
fn what_disagrees_is_left_out_and_counted() {
    let dot = family(
        "odd.name_total",
        Kind::Counter,
        &[(&[("a.b", "1"), ("a_b", "2"), ("__x", "3")], 1.0)],
    );
    let (families, conflicts) = reconcile(vec![
        family("x_total", Kind::Counter, &[(&[("a", "1")], 1.0)]),
        family("x_total", Kind::Gauge, &[(&[("a", "1")], 9.0)]),
        family(
            "x_total",
            Kind::Counter,
            &[
                (&[("a", "1")], 9.0),
                // The same series to Prometheus.
                (&[("a", "1"), ("b", "")], 9.0),
                (&[("a", "0")], 2.0),
            ],
        ),
        family("d_seconds_count", Kind::Counter, &[(&[], 9.0)]),
        histogram(),
        family("empty_total", Kind::Counter, &[]),
        dot,
    ]);
    assert_eq!(
        conflicts,
        Conflicts {
            families: 2,
            series: 2
        }
    );
    let plain: Vec<Family> = families
        .into_iter()
        .filter(|family| family.kind == Kind::Counter)
        .collect();
    insta::assert_snapshot!(String::from_utf8(render(&plain, Format::Text, Options::default())).unwrap(), @r#"
    # HELP odd_name_total Help \\ "quoted"\nsecond line.
    # TYPE odd_name_total counter
    odd_name_total{a_b="1;2",key_x="3"} 1
    # HELP x_total Help \\ "quoted"\nsecond line.
    # TYPE x_total counter
    x_total{a="0"} 2
    x_total{a="1"} 1
    "#);
}

#[test]
fn protobuf_reads_back() {
    let bytes = render(&sample_families(), Format::Protobuf, Options::default());
    let families = decode(&bytes);
    let names: Vec<(&str, i32, usize)> = families
        .iter()
        .map(|family| (family.name.as_str(), family.kind, family.metric.len()))
        .collect();
    assert_eq!(
        names,
        [
            ("d_seconds", 4, 1),
            ("open", 1, 2),
            ("otelcol_receiver_accepted_spans", 0, 1),
            ("scans_total", 0, 2)
        ]
    );
    assert_eq!(families[0].unit, "seconds");

    let counter = families[3].metric[1].counter.as_ref().unwrap();
    assert_eq!(counter.value, 3.0);
    assert_eq!(counter.created.as_ref().unwrap().seconds, 1);
    let example = counter.exemplar.as_ref().unwrap();
    assert_eq!(example.label[0].value, "ab".repeat(16));
    assert_eq!(example.label[1].value, "cd".repeat(8));
    assert_eq!(
        (
            example.timestamp.as_ref().unwrap().seconds,
            example.timestamp.as_ref().unwrap().nanos
        ),
        (1, 500_000_000)
    );
    assert!(families[1].metric[0].gauge.as_ref().unwrap().value.is_nan());

    let histogram = families[0].metric[0].histogram.as_ref().unwrap();
    let buckets: Vec<(u64, f64)> = histogram
        .bucket
        .iter()
        .map(|bucket| (bucket.cumulative, bucket.bound))
        .collect();
    assert_eq!(buckets, [(2, 1.0), (3, 2.5), (4, f64::INFINITY)]);
    assert_eq!(
        (histogram.count, histogram.sum, histogram.exemplars.len()),
        (4, 103.5, 3)
    );
    assert_eq!(
        native_counts(histogram),
        [(0.5, 1), (1.0, 1), (2.0, 1), (100.0, 1)]
    );
}

#[test]
fn native_histograms_can_be_left_out_and_empty_ones_are_native() {
    let without = Options {
        native_histograms: false,
        ..Options::default()
    };
    let classic = decode(&render(&[histogram()], Format::Protobuf, without))
        .remove(0)
        .metric
        .remove(0);
    let classic = classic.histogram.unwrap();
    assert_eq!(
        (
            classic.schema,
            classic.zero_threshold,
            classic.positive_span.len()
        ),
        (None, None, 0)
    );

    let table = Table::new(Description::new("e", "", Kind::Histogram, vec![]));
    table.preset(&[]);
    let mut out = Vec::new();
    table.collect(UnixNanos(1), &mut out);
    let empty = decode(&render(&out, Format::Protobuf, Options::default()))
        .remove(0)
        .metric
        .remove(0);
    let empty = empty.histogram.unwrap();
    assert_eq!(
        (empty.schema, empty.count, empty.zero_threshold),
        (Some(8), 0, Some(crate::native::ZERO_THRESHOLD))
    );
}

/// Upper bound and count of each populated bucket, rounded to the bucket that holds a whole observation.
fn native_counts(histogram: &proto::Histogram) -> Vec<(f64, i64)> {
    let base = f64::from(-histogram.schema.unwrap()).exp2().exp2();
    let mut counts = Vec::new();
    let (mut index, mut count) = (0, 0);
    let mut deltas = histogram.positive_delta.iter();
    for span in &histogram.positive_span {
        index += span.offset;
        for _ in 0..span.length {
            count += deltas.next().unwrap();
            if count > 0 {
                let (low, high) = (base.powi(index - 1), base.powi(index));
                let held = [0.5, 1.0, 2.0, 100.0].into_iter().find(|value| {
                    low < *value * 0.999_999_999 + 1e-12 && *value <= high * 1.000_000_001
                });
                counts.push((held.unwrap_or(f64::NAN), count));
            }
            index += 1;
        }
    }
    counts
}

fn decode(mut bytes: &[u8]) -> Vec<proto::MetricFamily> {
    let mut families = Vec::new();
    while !bytes.is_empty() {
        families.push(proto::MetricFamily::decode_length_delimited(&mut bytes).unwrap());
    }
    families
}

#[test]
fn shared_labels_are_not_copied() {
    let family = histogram();
    let (families, _) = reconcile(vec![family.clone()]);
    assert!(Arc::ptr_eq(
        &families[0].points[0].labels,
        &family.points[0].labels
    ));
}

/// The part of the Prometheus schema that is written, for reading it back.
mod proto {
    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct MetricFamily {
        #[prost(string, tag = "1")]
        pub name: String,
        #[prost(string, tag = "2")]
        pub help: String,
        #[prost(int32, tag = "3")]
        pub kind: i32,
        #[prost(message, repeated, tag = "4")]
        pub metric: Vec<Metric>,
        #[prost(string, tag = "5")]
        pub unit: String,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Metric {
        #[prost(message, repeated, tag = "1")]
        pub label: Vec<LabelPair>,
        #[prost(message, optional, tag = "2")]
        pub gauge: Option<Gauge>,
        #[prost(message, optional, tag = "3")]
        pub counter: Option<Counter>,
        #[prost(message, optional, tag = "7")]
        pub histogram: Option<Histogram>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct LabelPair {
        #[prost(string, tag = "1")]
        pub name: String,
        #[prost(string, tag = "2")]
        pub value: String,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Gauge {
        #[prost(double, tag = "1")]
        pub value: f64,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Counter {
        #[prost(double, tag = "1")]
        pub value: f64,
        #[prost(message, optional, tag = "2")]
        pub exemplar: Option<Exemplar>,
        #[prost(message, optional, tag = "3")]
        pub created: Option<Timestamp>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Exemplar {
        #[prost(message, repeated, tag = "1")]
        pub label: Vec<LabelPair>,
        #[prost(double, tag = "2")]
        pub value: f64,
        #[prost(message, optional, tag = "3")]
        pub timestamp: Option<Timestamp>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Timestamp {
        #[prost(int64, tag = "1")]
        pub seconds: i64,
        #[prost(int32, tag = "2")]
        pub nanos: i32,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Histogram {
        #[prost(uint64, tag = "1")]
        pub count: u64,
        #[prost(double, tag = "2")]
        pub sum: f64,
        #[prost(message, repeated, tag = "3")]
        pub bucket: Vec<Bucket>,
        #[prost(sint32, optional, tag = "5")]
        pub schema: Option<i32>,
        #[prost(double, optional, tag = "6")]
        pub zero_threshold: Option<f64>,
        #[prost(message, repeated, tag = "12")]
        pub positive_span: Vec<BucketSpan>,
        #[prost(sint64, repeated, tag = "13")]
        pub positive_delta: Vec<i64>,
        #[prost(message, repeated, tag = "16")]
        pub exemplars: Vec<Exemplar>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Bucket {
        #[prost(uint64, tag = "1")]
        pub cumulative: u64,
        #[prost(double, tag = "2")]
        pub bound: f64,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct BucketSpan {
        #[prost(sint32, tag = "1")]
        pub offset: i32,
        #[prost(uint32, tag = "2")]
        pub length: u32,
    }
}
