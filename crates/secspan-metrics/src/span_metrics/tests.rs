//! Span metrics against what the upstream connector shows for the same spans, and against a plain count.

#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span::Event};
use proptest::prelude::*;
use prost::Message as _;
use secspan_otlp::walk;

use super::*;
use crate::exposition::{self, Format, Options};
use crate::family::Labels;
use crate::table::InitialZero;

fn attribute(key: &str, value: any_value::Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, any_value::Value::StringValue(value.to_owned()))
}

fn span(name: &str, duration_nanos: u64) -> Span {
    Span {
        trace_id: vec![0xAB; 16],
        span_id: vec![0xCD; 8],
        name: name.to_owned(),
        kind: 1,
        start_time_unix_nano: 1_000,
        end_time_unix_nano: 1_000 + duration_nanos,
        ..Span::default()
    }
}

fn request(resource: Vec<KeyValue>, spans: Vec<Span>) -> Vec<u8> {
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource {
                attributes: resource,
                ..Resource::default()
            }),
            scope_spans: vec![ScopeSpans {
                spans,
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }],
    }
    .encode_to_vec()
}

/// Metrics and the keys they registered.
struct Bench {
    keys: Keys,
    metrics: SpanMetrics,
}

impl Bench {
    fn new(config: Config) -> Self {
        let mut keys = Keys::new();
        let metrics = SpanMetrics::new(config, &mut keys).unwrap();
        Self { keys, metrics }
    }

    fn send(&self, request: &[u8]) {
        let mut stage = self.metrics.stage();
        let mut visit = |view: &SpanView<'_, '_>| self.metrics.observe(&mut stage, view);
        walk::traces(
            request,
            &self.keys,
            &walk::WalkLimits::default(),
            &mut visit,
        )
        .unwrap();
        self.metrics.commit(stage, UnixNanos(7_000_000_000));
    }

    fn families(&self) -> Vec<Family> {
        let mut out = Vec::new();
        self.metrics.collect(UnixNanos(8_000_000_000), &mut out);
        out.retain(|family| family.name.starts_with("traces"));
        exposition::reconcile(out).0
    }

    /// The samples that are not 0, without help.
    fn text(&self) -> String {
        let text = exposition::render(&self.families(), Format::Text, Options::default());
        let text = String::from_utf8(text).unwrap();
        let lines = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.ends_with(" 0"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn shown_at_once() -> Config {
    Config {
        initial_zero: InitialZero::Off,
        ..Config::default()
    }
}

fn small_buckets() -> HistogramConfig {
    let buckets = Some([1, 30].map(std::time::Duration::from_secs).to_vec());
    HistogramConfig {
        buckets,
        unit: Unit::Seconds,
        ..HistogramConfig::default()
    }
}

#[test]
fn names_and_labels_are_upstreams() {
    let bench = Bench::new(Config {
        histogram: small_buckets(),
        dimensions: vec![Dimension::new("secops.stage.name")],
        events: Some(vec![Dimension::new("secops.perplexity.kind")]),
        ..shown_at_once()
    });
    let mut stage = span("cve_research", 1_000_000_000);
    stage.attributes = vec![text("secops.stage.name", "cve_research")];
    stage.status = Some(Status {
        code: 2,
        ..Status::default()
    });
    stage.events = vec![Event {
        name: "secops.perplexity.call".to_owned(),
        attributes: vec![text("secops.perplexity.kind", "search")],
        ..Event::default()
    }];
    bench.send(&request(
        vec![text("service.name", "host")],
        vec![stage, span("other", 31_000_000_000)],
    ));
    insta::assert_snapshot!(bench.text(), @r#"
    traces_span_metrics_calls_total{service_name="host",span_name="cve_research",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_ERROR",job="host",secops_stage_name="cve_research"} 1
    traces_span_metrics_calls_total{service_name="host",span_name="other",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",job="host"} 1
    traces_span_metrics_duration_seconds_bucket{service_name="host",span_name="cve_research",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_ERROR",job="host",secops_stage_name="cve_research",le="1"} 1
    traces_span_metrics_duration_seconds_bucket{service_name="host",span_name="cve_research",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_ERROR",job="host",secops_stage_name="cve_research",le="30"} 1
    traces_span_metrics_duration_seconds_bucket{service_name="host",span_name="cve_research",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_ERROR",job="host",secops_stage_name="cve_research",le="+Inf"} 1
    traces_span_metrics_duration_seconds_sum{service_name="host",span_name="cve_research",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_ERROR",job="host",secops_stage_name="cve_research"} 1
    traces_span_metrics_duration_seconds_count{service_name="host",span_name="cve_research",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_ERROR",job="host",secops_stage_name="cve_research"} 1
    traces_span_metrics_duration_seconds_bucket{service_name="host",span_name="other",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",job="host",le="+Inf"} 1
    traces_span_metrics_duration_seconds_sum{service_name="host",span_name="other",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",job="host"} 31
    traces_span_metrics_duration_seconds_count{service_name="host",span_name="other",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",job="host"} 1
    traces_span_metrics_events_total{service_name="host",span_name="cve_research",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_ERROR",event_name="secops.perplexity.call",job="host",secops_stage_name="cve_research",secops_perplexity_kind="search"} 1
    "#);
}

#[test]
fn defaults_are_upstreams_and_tempos() {
    let spans = || {
        request(
            vec![text("service.name", "host")],
            vec![span("a", 2_000_000), span("a", 15_000_000_001)],
        )
    };
    let upstream = Bench::new(Config {
        job_label: false,
        ..shown_at_once()
    });
    upstream.send(&spans());
    insta::assert_snapshot!(upstream.text(), @r#"
    traces_span_metrics_calls_total{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 2
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="2"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="4"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="6"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="8"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="10"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="50"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="100"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="200"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="400"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="800"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="1000"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="1400"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="2000"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="5000"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="10000"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="15000"} 1
    traces_span_metrics_duration_milliseconds_bucket{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="+Inf"} 2
    traces_span_metrics_duration_milliseconds_sum{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 15002.000001
    traces_span_metrics_duration_milliseconds_count{service_name="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 2
    "#);
    let tempo = Bench::new(Config {
        naming: Naming::Tempo,
        ..shown_at_once()
    });
    tempo.send(&spans());
    insta::assert_snapshot!(tempo.text(), @r#"
    traces_spanmetrics_calls_total{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 2
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="0.002"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="0.004"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="0.008"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="0.016"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="0.032"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="0.064"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="0.128"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="0.256"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="0.512"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="1.024"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="2.048"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="4.096"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="8.192"} 1
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="16.384"} 2
    traces_spanmetrics_latency_bucket{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="+Inf"} 2
    traces_spanmetrics_latency_sum{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 15.002000001
    traces_spanmetrics_latency_count{service="host",span_name="a",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 2
    "#);
}

#[test]
fn a_dimension_is_the_spans_then_the_resources_then_its_default_then_absent() {
    let dimensions = vec![
        Dimension {
            name: "d".to_owned(),
            default: Some("none".to_owned()),
        },
        Dimension::new("e"),
    ];
    let bench = Bench::new(Config {
        dimensions,
        ..shown_at_once()
    });
    let with = |value: any_value::Value| Span {
        attributes: vec![attribute("d", value)],
        ..span("a", 0)
    };
    bench.send(&request(
        vec![text("d", "resource"), text("e", "resource")],
        vec![
            with(any_value::Value::IntValue(5)),
            with(any_value::Value::BoolValue(true)),
            with(any_value::Value::DoubleValue(0.5)),
            span("a", 0),
        ],
    ));
    bench.send(&request(vec![], vec![span("a", 0)]));
    let families = bench.families();
    let mut seen: Vec<(String, String)> = families[0]
        .points
        .iter()
        .map(|point| {
            let label = |name: &str| {
                let found = point.labels.iter().find(|label| &*label.name == name);
                found.map_or("absent".to_owned(), |label| label.value.to_string())
            };
            (label("d"), label("e"))
        })
        .collect();
    seen.sort();
    let pairs = [
        ("0.5", "resource"),
        ("5", "resource"),
        ("none", "absent"),
        ("resource", "resource"),
        ("true", "resource"),
    ];
    assert_eq!(seen, pairs.map(|(d, e)| (d.to_owned(), e.to_owned())));
}

#[test]
fn an_empty_dimension_is_an_absent_one() {
    let mut defaulted = Dimension::new("d");
    defaulted.default = Some("none".to_owned());
    let bench = Bench::new(Config {
        dimensions: vec![Dimension::new("e"), defaulted],
        ..shown_at_once()
    });
    let with = |key: &str, value: &str| Span {
        attributes: vec![text(key, value)],
        ..span("a", 0)
    };
    bench.send(&request(
        vec![],
        vec![span("a", 0), with("e", ""), with("d", "")],
    ));
    // What the span leaves empty, the resource may state.
    bench.send(&request(vec![text("e", "resource")], vec![with("e", "")]));
    let families = bench.families();
    let mut seen: Vec<String> = families[0]
        .points
        .iter()
        .map(|point| {
            let own = |label: &&crate::family::Label| ["d", "e"].contains(&&*label.name);
            let labels = point.labels.iter().filter(own);
            let labels: Vec<&str> = labels.map(|label| &*label.value).collect();
            match point.value {
                PointValue::Counter { value, .. } => format!("{} {value}", labels.join(" ")),
                _ => panic!("a counter"),
            }
        })
        .collect();
    seen.sort();
    assert_eq!(seen, ["none 3", "resource none 1"]);
}

#[test]
fn a_service_without_a_name_is_counted_and_a_namespace_is_part_of_the_job() {
    let bench = Bench::new(Config {
        histogram: small_buckets(),
        ..shown_at_once()
    });
    bench.send(&request(vec![], vec![span("a", 0)]));
    bench.send(&request(
        vec![text("service.name", "s"), text("service.namespace", "n")],
        vec![span("a", 0)],
    ));
    let text = bench.text();
    assert!(
        text.contains(r#"service_name="unknown_service",span_kind="#)
            || text.contains(r#"job="unknown_service""#),
        "{text}"
    );
    assert!(text.contains(r#"job="n/s""#), "{text}");
}

#[test]
fn a_negative_duration_is_zero_and_weights_follow_the_sampling_threshold() {
    let bench = Bench::new(Config {
        histogram: small_buckets(),
        job_label: false,
        ..shown_at_once()
    });
    let backwards = Span {
        start_time_unix_nano: 2_000,
        end_time_unix_nano: 1_000,
        ..span("back", 0)
    };
    let sampled = Span {
        trace_state: "ot=th:c".to_owned(),
        ..span("sampled", 2_000_000_000)
    };
    bench.send(&request(
        vec![text("service.name", "s")],
        vec![backwards, sampled],
    ));
    insta::assert_snapshot!(bench.text(), @r#"
    traces_span_metrics_calls_total{service_name="s",span_name="back",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 1
    traces_span_metrics_calls_total{service_name="s",span_name="sampled",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 4
    traces_span_metrics_duration_seconds_bucket{service_name="s",span_name="back",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="1"} 1
    traces_span_metrics_duration_seconds_bucket{service_name="s",span_name="back",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="30"} 1
    traces_span_metrics_duration_seconds_bucket{service_name="s",span_name="back",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="+Inf"} 1
    traces_span_metrics_duration_seconds_count{service_name="s",span_name="back",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 1
    traces_span_metrics_duration_seconds_bucket{service_name="s",span_name="sampled",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="30"} 4
    traces_span_metrics_duration_seconds_bucket{service_name="s",span_name="sampled",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET",le="+Inf"} 4
    traces_span_metrics_duration_seconds_sum{service_name="s",span_name="sampled",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 8
    traces_span_metrics_duration_seconds_count{service_name="s",span_name="sampled",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"} 4
    "#);
}

#[test]
fn a_stage_that_is_dropped_leaves_nothing() {
    let bench = Bench::new(shown_at_once());
    let mut bytes = request(vec![text("service.name", "s")], vec![span("a", 1)]);
    bytes.extend_from_slice(&[0x0A, 0x7F]);
    let mut stage = bench.metrics.stage();
    let mut visit = |view: &SpanView<'_, '_>| bench.metrics.observe(&mut stage, view);
    assert!(
        walk::traces(
            &bytes,
            &bench.keys,
            &walk::WalkLimits::default(),
            &mut visit
        )
        .is_err()
    );
    drop(stage);
    assert_eq!(bench.text(), "");
}

#[test]
fn calls_have_a_table_of_their_own_when_their_labels_differ() {
    let bench = Bench::new(Config {
        calls_dimensions: vec![Dimension::new("c")],
        exclude_dimensions: vec!["span.kind".to_owned(), "status.code".to_owned()],
        histogram: HistogramConfig {
            dimensions: vec![Dimension::new("h")],
            ..small_buckets()
        },
        job_label: false,
        ..shown_at_once()
    });
    let span = Span {
        attributes: vec![text("c", "1"), text("h", "2")],
        ..span("a", 1)
    };
    bench.send(&request(vec![text("service.name", "s")], vec![span]));
    insta::assert_snapshot!(bench.text(), @r#"
    traces_span_metrics_calls_total{service_name="s",span_name="a",c="1"} 1
    traces_span_metrics_duration_seconds_bucket{service_name="s",span_name="a",h="2",le="1"} 1
    traces_span_metrics_duration_seconds_bucket{service_name="s",span_name="a",h="2",le="30"} 1
    traces_span_metrics_duration_seconds_bucket{service_name="s",span_name="a",h="2",le="+Inf"} 1
    traces_span_metrics_duration_seconds_sum{service_name="s",span_name="a",h="2"} 1e-9
    traces_span_metrics_duration_seconds_count{service_name="s",span_name="a",h="2"} 1
    "#);
}

#[test]
fn counts_survive_a_restart() {
    let before = Bench::new(Config {
        dimensions: vec![Dimension::new("d")],
        ..Config::default()
    });
    before.send(&request(vec![], vec![span("a", 3_000_000), span("b", 1)]));
    before.families();
    let shown = before.families();
    let after = Bench::new(Config {
        dimensions: vec![Dimension::new("d")],
        ..Config::default()
    });
    assert_eq!(after.metrics.restore(&before.metrics.save()), Ok(2));
    let counts = |families: &[Family]| -> Vec<(Labels, f64, u64)> {
        let points = families.iter().flat_map(|family| &family.points);
        let numbers = points.map(|point| match &point.value {
            PointValue::Counter { value, .. } | PointValue::Gauge(value) => {
                (Arc::clone(&point.labels), *value, 0)
            }
            PointValue::Histogram(histogram) => (
                Arc::clone(&point.labels),
                histogram.sum,
                histogram.native.total(),
            ),
        });
        numbers.collect()
    };
    assert_eq!(counts(&after.families()), counts(&shown));
}

#[test]
fn all_problems_of_a_configuration_are_reported_at_once() {
    let config = Config {
        dimensions: vec![
            Dimension::new("a.b"),
            Dimension::new("a_b"),
            Dimension::new(""),
            Dimension::new("span.name"),
        ],
        exclude_dimensions: vec!["span.nam".to_owned()],
        histogram: HistogramConfig {
            buckets: Some([2, 1].map(std::time::Duration::from_secs).to_vec()),
            ..HistogramConfig::default()
        },
        ..Config::default()
    };
    let problems = SpanMetrics::new(config, &mut Keys::new()).unwrap_err();
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(texts.join("\n"), @r#"
    exclude_dimensions[0]: not a base dimension
      given: span.nam
      allowed: service.name, span.name, span.kind, status.code
    histogram.explicit.buckets: bucket bounds must rise
      given: [2s, 1s]
      hint: list the bounds from short to long, each one once
    dimensions[1].name: this label is already there
      given: a_b
      hint: two dimensions would both be the label a_b; remove one
    dimensions[2].name: a dimension needs the name of an attribute
    dimensions[3].name: this label is already there
      given: span.name
      hint: two dimensions would both be the label span_name; remove one
    "#);
}

proptest! {
    #[test]
    fn calls_are_spans_and_buckets_are_right_however_they_are_batched(
        spans in prop::collection::vec((0u8..4, 0u64..20_000_000_000), 1..120),
        batch in 1usize..40,
    ) {
        let bench = Bench::new(Config { job_label: false, ..shown_at_once() });
        let backwards = Bench::new(Config { job_label: false, ..shown_at_once() });
        let build = |(name, nanos): &(u8, u64)| span(&name.to_string(), *nanos);
        for spans in spans.chunks(batch) {
            bench.send(&request(vec![], spans.iter().map(build).collect()));
        }
        backwards.send(&request(vec![], spans.iter().rev().map(build).collect()));

        let mut total = 0;
        for family in bench.families() {
            for point in &family.points {
                let name: u8 = point.labels.iter().find(|label| &*label.name == "span_name").map_or(0, |label| label.value.parse().unwrap());
                let mine: Vec<u64> = spans.iter().filter(|(other, _)| *other == name).map(|(_, nanos)| *nanos).collect();
                match &point.value {
                    PointValue::Counter { value, .. } => prop_assert_eq!(*value, mine.len() as f64),
                    PointValue::Gauge(_) => prop_assert!(false, "no gauges here"),
                    PointValue::Histogram(histogram) => {
                        total += histogram.count;
                        prop_assert_eq!(histogram.counts.iter().sum::<u64>(), mine.len() as u64);
                        prop_assert_eq!(histogram.native.total(), mine.len() as u64);
                        let mut below = 0;
                        for (bound, count) in histogram.bounds.iter().zip(&histogram.counts) {
                            below += count;
                            let expected = mine.iter().filter(|nanos| **nanos as f64 / 1e6 <= *bound).count();
                            prop_assert_eq!(below, expected as u64, "le {}", bound);
                        }
                    }
                }
            }
        }
        prop_assert_eq!(total, spans.len() as u64);
        prop_assert_eq!(without_exemplars(bench.families()), without_exemplars(backwards.families()));
    }
}

/// The latest exemplar depends on the order, and a float sum on its last digits; counts do not.
fn without_exemplars(mut families: Vec<Family>) -> Vec<Family> {
    for point in families.iter_mut().flat_map(|family| &mut family.points) {
        match &mut point.value {
            PointValue::Counter { exemplar, .. } => *exemplar = None,
            PointValue::Gauge(_) => {}
            PointValue::Histogram(histogram) => {
                histogram.exemplars.clear();
                histogram.sum = histogram.sum.round();
            }
        }
    }
    families
}
