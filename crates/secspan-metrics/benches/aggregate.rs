//! What does it cost to count a span, beside walking it?
//!
//! Prints nanoseconds per span for walking alone, walking and span metrics (two dimensions, ten buckets, exemplars), the
//! enrichment rules on top, the same from two threads at once, and span metrics of spans whose names are all different,
//! which is what a label beyond its limit costs; each the best of several rounds, taken in turn.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench measures time, prints it, and stops at what it does not expect"
)]

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, span::Event};
use prost::Message as _;
use secspan_metrics::rules::{RuleSet, packs};
use secspan_metrics::span_metrics::{Config, Dimension, HistogramConfig};
use secspan_metrics::{Rules, SpanMetrics};
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::SpanView;
use secspan_otlp::walk;

const SPANS: usize = 1_000;
const NAMES: usize = 40;
const BATCHES: usize = 16;
const ROUNDS: usize = 40;

fn text(key: &str, value: String) -> KeyValue {
    let value = Some(AnyValue {
        value: Some(any_value::Value::StringValue(value)),
    });
    KeyValue {
        key: key.to_owned(),
        value,
        ..KeyValue::default()
    }
}

fn span(at: usize, names: usize) -> Span {
    let stages = [
        "triage",
        "cve_research",
        "attack_mapping",
        "priority_assessment",
        "jira_update",
    ];
    let call = Event {
        name: "secops.perplexity.call".to_owned(),
        attributes: vec![
            text("secops.perplexity.kind", "reason".to_owned()),
            text("secops.outcome", "success".to_owned()),
        ],
        ..Event::default()
    };
    Span {
        trace_id: (at as u128 + 1).to_be_bytes().to_vec(),
        span_id: (at as u64 + 1).to_be_bytes().to_vec(),
        name: format!("stage_operation_{}", at % names),
        kind: 1,
        start_time_unix_nano: 1_700_000_000_000_000_000,
        end_time_unix_nano: 1_700_000_000_000_000_000 + (at as u64 * 7_919_993) % 90_000_000_000,
        attributes: vec![
            text("code.function.name", format!("host::stage::{}", at % 40)),
            text(
                "secops.stage.name",
                stages
                    .iter()
                    .cycle()
                    .nth(at % 5)
                    .map_or(String::new(), ToString::to_string),
            ),
            text("secops.priority", format!("P{}", at % 5 + 1)),
            text("thread.name", "main".to_owned()),
            text("secops.ticket.id", format!("OPS-{at}")),
            text("server.address", "api.example.org".to_owned()),
        ],
        events: if at.is_multiple_of(10) {
            vec![call]
        } else {
            Vec::new()
        },
        ..Span::default()
    }
}

fn batch(at: usize, names: usize) -> Vec<u8> {
    let resource = Resource {
        attributes: vec![text("service.name", format!("host-{}", at % 4))],
        ..Resource::default()
    };
    let spans = (0..SPANS).map(|i| span(at * SPANS + i, names)).collect();
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource),
            scope_spans: vec![ScopeSpans {
                spans,
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }],
    }
    .encode_to_vec()
}

struct Work {
    keys: Keys,
    metrics: SpanMetrics,
    rules: Rules,
    batches: Vec<Vec<u8>>,
}

impl Work {
    fn new(names: usize) -> Self {
        let mut keys = Keys::new();
        let buckets = [1, 2, 5, 10, 20, 30, 45, 60, 75, 90]
            .map(Duration::from_secs)
            .to_vec();
        let config = Config {
            dimensions: ["secops.stage.name", "secops.priority"]
                .map(Dimension::new)
                .to_vec(),
            histogram: HistogramConfig {
                buckets: Some(buckets),
                ..HistogramConfig::default()
            },
            ..Config::default()
        };
        let metrics = SpanMetrics::new(config, &mut keys).expect("a valid configuration");
        let pack = packs::load("enrichment", "").expect("a valid pack");
        let rules = Rules::new(&RuleSet::new(vec![pack]), &mut keys).expect("valid rules");
        Self {
            keys,
            metrics,
            rules,
            batches: (0..BATCHES).map(|at| batch(at, names)).collect(),
        }
    }

    fn walk(&self, mut visit: impl FnMut(&SpanView<'_, '_>), bytes: &[u8]) {
        walk::traces(bytes, &self.keys, &walk::WalkLimits::default(), &mut visit)
            .expect("well-formed spans");
    }

    fn walked(&self, bytes: &[u8]) {
        let mut total = 0;
        self.walk(|span| total += black_box(span.duration_nanos()), bytes);
        black_box(total);
    }

    fn counted(&self, bytes: &[u8]) {
        let mut stage = self.metrics.stage();
        self.walk(|span| self.metrics.observe(&mut stage, span), bytes);
        self.metrics.commit(stage, UnixNanos(1));
    }

    fn ruled(&self, bytes: &[u8]) {
        let (mut stage, mut rules) = (self.metrics.stage(), self.rules.stage());
        self.walk(
            |span| {
                self.metrics.observe(&mut stage, span);
                self.rules.observe(&mut rules, span);
            },
            bytes,
        );
        self.metrics.commit(stage, UnixNanos(1));
        self.rules.commit(rules, UnixNanos(1));
    }

    /// Nanoseconds per span and thread.
    fn time(&self, threads: usize, run: impl Fn(&Self, &[u8]) + Sync) -> f64 {
        let slowest = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let begin = Instant::now();
                    for bytes in &self.batches {
                        run(self, bytes);
                    }
                    let nanos = u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
                    slowest.fetch_max(nanos, Ordering::Relaxed);
                });
            }
        });
        slowest.into_inner() as f64 / (BATCHES * SPANS) as f64
    }
}

fn main() {
    let work = Work::new(NAMES);
    let hostile = Work::new(usize::MAX);
    let mut best = [f64::INFINITY; 5];
    for _ in 0..ROUNDS {
        let round = [
            work.time(1, Work::walked),
            work.time(1, Work::counted),
            work.time(1, Work::ruled),
            work.time(2, Work::ruled),
            hostile.time(1, Work::counted),
        ];
        for (best, now) in best.iter_mut().zip(round) {
            *best = best.min(now);
        }
    }
    let [walked, counted, ruled, twice, hostile] = best;
    println!("ns per span, best of {ROUNDS} rounds of {BATCHES} x {SPANS} spans");
    println!("walk                         {walked:7.1}");
    println!(
        "walk, span metrics           {counted:7.1}   +{:.1}",
        counted - walked
    );
    println!(
        "walk, span metrics, rules    {ruled:7.1}   +{:.1}",
        ruled - counted
    );
    println!(
        "the same, two threads        {twice:7.1}   x{:.2}",
        twice / ruled
    );
    println!(
        "every name another           {hostile:7.1}   +{:.1}",
        hostile - walked
    );
    let mut families = Vec::new();
    let begin = Instant::now();
    work.metrics.collect(UnixNanos(2), &mut families);
    work.rules.collect(UnixNanos(2), &mut families);
    let series: usize = families.iter().map(|family| family.points.len()).sum();
    println!(
        "collect                      {:7.1} us for {series} series",
        begin.elapsed().as_nanos() as f64 / 1e3
    );
}
