//! How much faster is the walk than decoding with `opentelemetry-proto`, for the same answer?
//!
//! Both routes visit every attribute of every resource, span and event; then they also add each span
//! to a histogram keyed by service, name, kind, status and four attributes. They take turns in every
//! round, so that a change of the machine's speed hits both; ratios are medians over the rounds.
//! The content they saw is compared before anything is timed.
//!
//! `cargo bench -p secspan-otlp --bench decode`; only the ratios of one run mean something. The ratio
//! of the best rounds is steadier when others use the machine as well.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]
#![expect(clippy::expect_used, reason = "generated input is valid")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    reason = "small numbers"
)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::hint::black_box;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue as ProtoKeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value as ProtoValue;
use opentelemetry_proto::tonic::trace::v1::Span as ProtoSpan;
use prost::Message as _;
use secspan_otlp::encode::{Scope, SpanWriter, TraceRequest};
use secspan_otlp::keys::{Keys, Slot};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{Attributes, SpanId, SpanKind, SpanView, StatusCode, TraceId, Value};
use secspan_otlp::walk::{self, SpanVisitor, WalkLimits};

/// Bytes of input per case: more than the caches hold.
const POOL_BYTES: usize = 10_000_000;

/// Rounds per case.
const ROUNDS: usize = 15;

/// The attributes that are dimensions of the histogram, besides service, name, kind and status.
const DIMENSIONS: [&str; 4] = [
    "http.request.method",
    "http.response.status_code",
    "tenant",
    "cache.hit",
];

/// Buckets of a histogram: by the binary logarithm of the duration.
const BUCKETS: usize = 16;

pub(crate) fn main() {
    println!("case   work         route   Mspan/s   best      ratio     ratio of the best");
    for spans in [100, 1000] {
        let pool = pool(spans);
        compare_content(&pool);
        run(&pool, spans, "visit", false);
        run(&pool, spans, "+ aggregate", true);
        let bytes: usize = pool.iter().map(Vec::len).sum();
        println!("       ({} bytes a span)", bytes / (pool.len() * spans));
    }
}

/// Both routes see the same content and make the same histograms.
fn compare_content(pool: &[Vec<u8>]) {
    let keys = Wanted::new();
    let mut walked = Seen::new(true);
    let mut decoded = Seen::new(true);
    for bytes in pool {
        walk_one(bytes, &keys, &mut walked);
        decode_one(bytes, &mut decoded);
    }
    assert_eq!(walked.content, decoded.content);
    assert_eq!(walked.series, decoded.series);
}

fn run(pool: &[Vec<u8>], spans_per_request: usize, work: &str, aggregate: bool) {
    let spans = (pool.len() * spans_per_request) as f64;
    let keys = Wanted::new();
    let (mut walked, mut decoded) = (Seen::new(aggregate), Seen::new(aggregate));
    let (mut walk_speeds, mut prost_speeds, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let walk = timed(pool, |bytes| walk_one(bytes, &keys, &mut walked));
        let prost = timed(pool, |bytes| decode_one(bytes, &mut decoded));
        // The first round fills the table of series.
        if round > 0 {
            walk_speeds.push(spans / walk / 1e6);
            prost_speeds.push(spans / prost / 1e6);
            ratios.push(prost / walk);
        }
    }
    black_box((&walked, &decoded));
    let case = format!("b{spans_per_request:<5} {work:<12}");
    let (walk_best, prost_best) = (best(&walk_speeds), best(&prost_speeds));
    let (walk, prost, ratio) = (median(walk_speeds), median(prost_speeds), median(ratios));
    let ratio_of_best = walk_best / prost_best;
    println!("{case} prost   {prost:<9.2} {prost_best:<9.2} 1.00      1.00");
    println!("{case} walk    {walk:<9.2} {walk_best:<9.2} {ratio:<9.2} {ratio_of_best:.2}");
}

/// Seconds that a route takes for the pool. Each request is copied first, which is not counted: a
/// server has just received what it decodes, so that it is in the cache.
fn timed(pool: &[Vec<u8>], mut route: impl FnMut(&[u8])) -> f64 {
    let mut received = Vec::new();
    let mut taken = Duration::ZERO;
    for bytes in pool {
        received.clear();
        received.extend_from_slice(bytes);
        let start = Instant::now();
        route(&received);
        taken += start.elapsed();
    }
    taken.as_secs_f64()
}

fn best(speeds: &[f64]) -> f64 {
    speeds.iter().copied().fold(0.0, f64::max)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// What a route saw: a sum over all content, and the histograms.
struct Seen {
    aggregate: bool,
    content: u64,
    series: HashMap<u64, [u32; BUCKETS], BuildHasherDefault<Identity>>,
}

impl Seen {
    fn new(aggregate: bool) -> Self {
        Self {
            aggregate,
            content: 0,
            series: HashMap::default(),
        }
    }

    fn attribute(&mut self, key: &str, value: u64) {
        self.content = self.content.wrapping_add(value ^ text_weight(key));
    }

    fn span(&mut self, series: u64, nanos: u64) {
        let bucket = (nanos | 1).ilog2() as usize / 4;
        let histogram = self.series.entry(series).or_default();
        if let Some(count) = histogram.get_mut(bucket.min(BUCKETS - 1)) {
            *count += 1;
        }
    }
}

/// Keys of the map are hashes already.
#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Mixes one dimension into a series key.
fn mix(hash: u64, value: u64) -> u64 {
    (hash ^ value)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .rotate_left(29)
}

fn text_hash(text: &str) -> u64 {
    let mut rest = text.as_bytes();
    let mut hash = text.len() as u64;
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        hash = mix(hash, u64::from_le_bytes(*word));
        rest = tail;
    }
    let mut word = [0; 8];
    word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    mix(hash, u64::from_le_bytes(word))
}

struct Wanted {
    keys: Keys,
    service: Slot,
    dimensions: [Slot; 4],
}

impl Wanted {
    fn new() -> Self {
        let mut keys = Keys::new();
        let service = keys.slot("service.name").expect("few keys");
        let dimensions = DIMENSIONS.map(|key| keys.slot(key).expect("few keys"));
        Self {
            keys,
            service,
            dimensions,
        }
    }
}

fn walk_one(bytes: &[u8], wanted: &Wanted, seen: &mut Seen) {
    let mut visitor = Visitor {
        wanted,
        seen,
        resource: None,
    };
    walk::traces(bytes, &wanted.keys, &WalkLimits::DEFAULT, &mut visitor).expect("valid");
}

struct Visitor<'w> {
    wanted: &'w Wanted,
    seen: &'w mut Seen,
    resource: Option<u32>,
}

impl SpanVisitor for Visitor<'_> {
    fn span(&mut self, span: &SpanView<'_, '_>) {
        if self.resource != Some(span.resource.index) {
            self.resource = Some(span.resource.index);
            self.attributes(&span.resource.attributes);
        }
        self.attributes(&span.attributes);
        for event in span.events.iter() {
            self.attributes(&event.attributes);
        }
        if !self.seen.aggregate {
            return;
        }
        let service = span
            .resource
            .attributes
            .str(self.wanted.service)
            .unwrap_or_default();
        let mut series = mix(text_hash(service), text_hash(span.name));
        series = mix(series, span.kind.number() as u64);
        series = mix(series, span.status.number() as u64);
        for slot in self.wanted.dimensions {
            series = mix(series, span.attributes.get(slot).map_or(0, value_hash));
        }
        self.seen.span(series, span.duration_nanos());
    }
}

impl Visitor<'_> {
    fn attributes(&mut self, attributes: &Attributes<'_, '_>) {
        for attribute in attributes {
            self.seen
                .attribute(attribute.key, value_weight(attribute.value));
        }
    }
}

/// A visit touches every value; of text, its length and first byte.
fn value_weight(value: Value<'_>) -> u64 {
    match value {
        Value::Str(text) => text_weight(text),
        value => value_hash(value),
    }
}

fn text_weight(text: &str) -> u64 {
    text.len() as u64 ^ text.as_bytes().first().copied().map_or(0, u64::from) << 32
}

fn value_hash(value: Value<'_>) -> u64 {
    match value {
        Value::Str(text) => text_hash(text),
        Value::Int(value) => value.cast_unsigned(),
        Value::Bool(value) => u64::from(value),
        Value::Double(value) => value.to_bits(),
        _ => 0,
    }
}

fn decode_one(bytes: &[u8], seen: &mut Seen) {
    let request = ExportTraceServiceRequest::decode(bytes).expect("valid");
    for group in &request.resource_spans {
        let resource = group
            .resource
            .as_ref()
            .map_or(&[][..], |resource| &resource.attributes);
        proto_attributes(resource, seen);
        let service = find(resource, "service.name");
        for span in group.scope_spans.iter().flat_map(|scope| &scope.spans) {
            decoded_span(span, service, seen);
        }
    }
}

fn decoded_span(span: &ProtoSpan, service: u64, seen: &mut Seen) {
    proto_attributes(&span.attributes, seen);
    for event in &span.events {
        proto_attributes(&event.attributes, seen);
    }
    if !seen.aggregate {
        return;
    }
    let mut series = mix(service, text_hash(&span.name));
    series = mix(series, span.kind as u64);
    series = mix(
        series,
        span.status.as_ref().map_or(0, |status| status.code as u64),
    );
    for key in DIMENSIONS {
        series = mix(series, find(&span.attributes, key));
    }
    seen.span(
        series,
        span.end_time_unix_nano
            .saturating_sub(span.start_time_unix_nano),
    );
}

fn proto_attributes(attributes: &[ProtoKeyValue], seen: &mut Seen) {
    for attribute in attributes {
        seen.attribute(&attribute.key, proto_weight(attribute));
    }
}

fn find(attributes: &[ProtoKeyValue], key: &str) -> u64 {
    attributes
        .iter()
        .find(|attribute| attribute.key == key)
        .map_or(0, proto_hash)
}

fn proto_weight(attribute: &ProtoKeyValue) -> u64 {
    match attribute
        .value
        .as_ref()
        .and_then(|value| value.value.as_ref())
    {
        Some(ProtoValue::StringValue(text)) => text_weight(text),
        _ => proto_hash(attribute),
    }
}

fn proto_hash(attribute: &ProtoKeyValue) -> u64 {
    match attribute
        .value
        .as_ref()
        .and_then(|value| value.value.as_ref())
    {
        Some(ProtoValue::StringValue(text)) => text_hash(text),
        Some(ProtoValue::IntValue(value)) => value.cast_unsigned(),
        Some(ProtoValue::BoolValue(value)) => u64::from(*value),
        Some(ProtoValue::DoubleValue(value)) => value.to_bits(),
        _ => 0,
    }
}

/// Requests of one resource, alike but for ids, times and values.
fn pool(spans_per_request: usize) -> Vec<Vec<u8>> {
    let mut random = Random(1);
    let mut bytes = 0;
    let mut pool = Vec::new();
    while bytes < POOL_BYTES {
        let request = request(spans_per_request, &mut random);
        bytes += request.len();
        pool.push(request);
    }
    pool
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(0xB5);
        (self.0 >> 33) % end
    }
}

fn request(spans: usize, random: &mut Random) -> Vec<u8> {
    let service = format!("service-{}", random.below(20));
    let instance = format!("{service}-7d9f8b6c5-{:05}", random.below(99_999));
    let attributes = [
        ("service.name", service.as_str().into()),
        ("service.version", "4.12.1".into()),
        ("service.instance.id", instance.as_str().into()),
        ("telemetry.sdk.name", "opentelemetry".into()),
        ("telemetry.sdk.language", "rust".into()),
        ("telemetry.sdk.version", "0.33.1".into()),
        ("deployment.environment.name", "production".into()),
        ("process.pid", 4321.into()),
    ];
    let mut request = TraceRequest::new();
    request.resource(&attributes, |resource| {
        let scope = Scope {
            name: "enrichment",
            version: "1.0.0",
            attributes: &[],
        };
        resource.scope(&scope, |scope| {
            for _ in 0..spans {
                scope.span(|span| write_span(span, random));
            }
        });
    });
    request.finish()
}

fn write_span(span: &mut SpanWriter<'_>, random: &mut Random) {
    const NAMES: [&str; 8] = [
        "triage",
        "cve_research",
        "attack_mapping",
        "priority_assessment",
        "business_context",
        "remediation_planning",
        "documentation",
        "jira_update",
    ];
    let mut id = || {
        random
            .below(u64::MAX)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .to_le_bytes()
    };
    let trace_id = [id(), id()].concat();
    let trace_id = TraceId::from_slice(&trace_id).unwrap_or_default();
    let start = 1_760_000_000_000_000_000 + random.below(1 << 30);
    let end = start + random.below(1 << 30);
    span.trace_id(trace_id)
        .span_id(SpanId([random.below(255) as u8 + 1; 8]));
    span.parent(SpanId([7; 8]));
    let stage = random.below(8);
    span.name(NAMES.get(stage as usize).copied().unwrap_or_default());
    span.kind(SpanKind::from_number(stage as i32 % 5 + 1));
    span.start(UnixNanos(start)).end(UnixNanos(end));
    span.attribute(
        "http.request.method",
        if stage < 4 { "GET" } else { "POST" },
    );
    span.attribute("http.response.status_code", 200 + number(random, 4) * 100);
    span.attribute(
        "url.full",
        "https://intel.example.test/api/v2/vulnerabilities/CVE-2026-1234",
    );
    span.attribute("tenant", format!("tenant-{}", random.below(2)).as_str());
    span.attribute("cache.hit", random.below(2) == 0);
    span.attribute(
        "secops.ticket.id",
        format!("SEC-{}", random.below(99_999)).as_str(),
    );
    if random.below(2) == 0 {
        span.attribute("score", random.below(100) as f64 / 10.0);
        span.attribute("thread.id", number(random, 300));
    }
    if random.below(2) == 0 {
        span.attribute("code.function.name", "enrich::stage::run");
    }
    if random.below(12) == 0 {
        span.attribute("analyst", "J\u{fc}rgen M\u{fc}ller");
    }
    write_events(span, start, random);
    span.status(
        if random.below(9) == 0 {
            StatusCode::Error
        } else {
            StatusCode::Unset
        },
        "",
    );
    span.flags(0x101);
}

fn write_events(span: &mut SpanWriter<'_>, start: u64, random: &mut Random) {
    for _ in 0..=random.below(2) {
        span.event("secops.perplexity.call", UnixNanos(start + 5), |event| {
            event.attribute("secops.perplexity.kind", "reason");
            event.attribute("gen_ai.request.model", "sonar-reasoning-pro");
            event.attribute("gen_ai.usage.output_tokens", number(random, 4000));
            event.attribute("secops.duration", random.below(9000) as f64 / 1000.0);
        });
    }
}

fn number(random: &mut Random, end: u64) -> i64 {
    i64::try_from(random.below(end)).unwrap_or(0)
}
