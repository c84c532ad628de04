//! A load of spans as a busy security team's services send them: mostly plain service spans, some of them workflows.
//!
//! Requests are encoded once. Trace ids are the only thing that differs from one sending to the next: their places in the
//! encoded request are known, so a fresh request costs a copy and a few stores, and every workflow in it is new.

use std::io::Write as _;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, span};
use prost::Message as _;
use secspan_semconv::attribute;

/// Spans of one workflow: itself and its eight stages.
const WORKFLOW_SPANS: usize = 9;

/// One workflow for so many spans: 4.5 % of all spans belong to one.
const SPANS_PER_WORKFLOW: usize = 200;

const STAGES: [&str; 8] = [
    "triage",
    "cve_research",
    "business_context",
    "remediation_planning",
    "attack_mapping",
    "priority_assessment",
    "documentation",
    "jira_update",
];

/// One request, and where its trace ids are.
#[derive(Clone, Debug)]
pub struct Template {
    bytes: Vec<u8>,
    trace_ids: Vec<usize>,
    /// Spans in it.
    pub spans: usize,
}

impl Template {
    /// A request of `spans` spans that end at `now_nanos`; `seed` varies the content.
    pub fn new(spans: usize, now_nanos: u64, seed: u64) -> Self {
        let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut list = Vec::with_capacity(spans);
        // Small requests hold a workflow only now and then, so that the share stays the same.
        let small = SPANS_PER_WORKFLOW.div_ceil(spans.max(1)) as u64;
        if spans >= WORKFLOW_SPANS && seed.is_multiple_of(small) {
            for number in 0..spans.div_ceil(SPANS_PER_WORKFLOW) {
                workflow(&mut list, number as u64, now_nanos, &mut numbers);
            }
        }
        list.truncate(spans);
        while list.len() < spans {
            let id = list.len() as u64;
            list.push(plain(id, now_nanos, &mut numbers));
        }
        let bytes = request(list).encode_to_vec();
        let trace_ids = find_trace_ids(&bytes);
        Self {
            bytes,
            trace_ids,
            spans,
        }
    }

    /// Size of the encoded request, in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The request with trace ids that no other `nonce` has.
    pub fn fresh(&self, nonce: u64) -> Bytes {
        let mut bytes = self.bytes.clone();
        for at in &self.trace_ids {
            if let Some(place) = bytes.get_mut(*at..*at + 8) {
                place.copy_from_slice(&nonce.to_be_bytes());
            }
        }
        bytes.into()
    }
}

/// The bytes as gzip, at the level that SDKs use.
pub fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing to memory cannot fail.
    drop(encoder.write_all(bytes));
    encoder.finish().unwrap_or_default().into()
}

/// A trace id starts with this until a nonce replaces it: unlikely to occur anywhere else in a request.
const TRACE_MARK: [u8; 8] = [0xA7, 0x5C, 0x1D, 0xE3, 0x90, 0x4B, 0xF6, 0x28];

fn find_trace_ids(bytes: &[u8]) -> Vec<usize> {
    bytes
        .windows(TRACE_MARK.len())
        .enumerate()
        .filter_map(|(at, window)| (window == TRACE_MARK).then_some(at))
        .collect()
}

fn trace_id(number: u64) -> Vec<u8> {
    [TRACE_MARK, number.to_be_bytes()].concat()
}

fn request(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let resource = Resource {
        attributes: vec![
            text("service.name", "alert-enrichment"),
            text("service.version", "1.4.2"),
            text(
                "service.instance.id",
                "6f0b4b55-9a5c-4f1f-8f6f-7c110b6e2f0a",
            ),
            text("deployment.environment.name", "production"),
            text("host.name", "worker-17"),
            text("telemetry.sdk.name", "opentelemetry"),
            text("telemetry.sdk.language", "rust"),
            text("telemetry.sdk.version", "0.33.1"),
        ],
        ..Resource::default()
    };
    let scope = InstrumentationScope {
        name: "alert-enrichment".to_owned(),
        version: "1.4.2".to_owned(),
        ..InstrumentationScope::default()
    };
    let scope_spans = vec![ScopeSpans {
        scope: Some(scope),
        spans,
        ..ScopeSpans::default()
    }];
    let resource_spans = ResourceSpans {
        resource: Some(resource),
        scope_spans,
        ..ResourceSpans::default()
    };
    ExportTraceServiceRequest {
        resource_spans: vec![resource_spans],
    }
}

/// A service span of about 600 bytes with 14 attributes, half of the time an event.
fn plain(id: u64, now_nanos: u64, numbers: &mut Numbers) -> Span {
    let duration = 1_000_000 + numbers.below(4_000_000_000);
    let route = [
        "/api/v1/alerts",
        "/api/v1/findings",
        "/api/v1/assets",
        "/api/v1/indicators",
    ];
    let pick = usize::try_from(numbers.below(4)).unwrap_or(0);
    let attributes = plain_attributes(pick, route, numbers);
    // Every second span has an event, as services that retry or look into a cache have.
    let lookup = span::Event {
        time_unix_nano: now_nanos - duration / 2,
        name: "cache.lookup".to_owned(),
        attributes: vec![
            text("cache.key", "indicator:203.0.113.77"),
            integer("cache.age", 41),
        ],
        ..span::Event::default()
    };
    let events = if id.is_multiple_of(2) {
        vec![lookup]
    } else {
        Vec::new()
    };
    Span {
        trace_id: trace_id(1_000_000 + id / 4),
        span_id: (id + 1).to_be_bytes().to_vec(),
        parent_span_id: if id.is_multiple_of(4) {
            Vec::new()
        } else {
            id.to_be_bytes().to_vec()
        },
        name: format!(
            "{} {}",
            if pick == 0 { "POST" } else { "GET" },
            route.get(pick).unwrap_or(&"")
        ),
        kind: 3,
        start_time_unix_nano: now_nanos - duration,
        end_time_unix_nano: now_nanos,
        attributes,
        events,
        flags: 0x101,
        ..Span::default()
    }
}

fn plain_attributes(pick: usize, route: [&str; 4], numbers: &mut Numbers) -> Vec<KeyValue> {
    vec![
        text(
            "http.request.method",
            if pick == 0 { "POST" } else { "GET" },
        ),
        text("http.route", route.get(pick).copied().unwrap_or_default()),
        integer(
            "http.response.status_code",
            if numbers.below(50) == 0 { 503 } else { 200 },
        ),
        text("url.scheme", "https"),
        text("server.address", "intel.internal.example"),
        integer("server.port", 8443),
        text("network.protocol.version", "2"),
        text(
            "user_agent.original",
            "alert-enrichment/1.4.2 (linux; x86_64)",
        ),
        text(
            "code.function.name",
            "alert_enrichment::client::fetch_indicator",
        ),
        integer(
            "code.line.number",
            i64::try_from(numbers.below(900)).unwrap_or(1),
        ),
        text("network.peer.address", "10.20.33.104"),
        text("thread.name", "tokio-runtime-worker"),
        integer("thread.id", i64::try_from(numbers.below(16)).unwrap_or(1)),
        KeyValue {
            key: "cache.hit".to_owned(),
            value: Some(AnyValue {
                value: Some(Value::BoolValue(numbers.below(2) == 0)),
            }),
            ..KeyValue::default()
        },
    ]
}

/// A whole enrichment workflow, with two Perplexity calls.
fn workflow(list: &mut Vec<Span>, number: u64, now_nanos: u64, numbers: &mut Numbers) {
    let root = (0xFFFF_0000 + number * 16).to_be_bytes().to_vec();
    let second = 1_000_000_000;
    let total = 600 * second;
    for (index, stage) in (0u64..).zip(STAGES) {
        let start = now_nanos - total + index * 70 * second;
        let events = if *stage == *"cve_research" {
            vec![
                perplexity("search", start, numbers),
                perplexity("reason", start, numbers),
            ]
        } else {
            Vec::new()
        };
        list.push(Span {
            trace_id: trace_id(number),
            span_id: (0xFFFF_0000 + number * 16 + index + 1)
                .to_be_bytes()
                .to_vec(),
            parent_span_id: root.clone(),
            name: stage.to_owned(),
            kind: 1,
            start_time_unix_nano: start,
            end_time_unix_nano: start + (20 + numbers.below(50)) * second,
            attributes: vec![
                text("code.function.name", "alert_enrichment::workflow::stage"),
                integer("code.line.number", 120),
                integer("thread.id", 3),
            ],
            events,
            flags: 0x101,
            ..Span::default()
        });
    }
    let score = numbers.below(100) as f64 / 10.0;
    list.push(Span {
        trace_id: trace_id(number),
        span_id: root,
        name: "enrich".to_owned(),
        kind: 1,
        start_time_unix_nano: now_nanos - total,
        end_time_unix_nano: now_nanos,
        attributes: vec![
            text(
                attribute::SECOPS_WORKFLOW_NAME,
                "security-alert-enrichment-v1",
            ),
            text(
                attribute::SECOPS_TICKET_ID,
                &format!("OPS-{}", 100 + numbers.below(900)),
            ),
            text(attribute::SECOPS_ANALYST_NAME, "Mira (Security Analyst)"),
            text(attribute::SECOPS_VULNERABILITY_ID, "CVE-2025-40112"),
            text(attribute::SECOPS_PRIORITY, "P2"),
            double(attribute::SECOPS_VULNERABILITY_SCORE_BASE, score),
            double(attribute::SECOPS_VULNERABILITY_EPSS_SCORE, 0.0423),
            integer(attribute::SECOPS_ENRICHMENT_SOURCE_COUNT, 5),
            integer(attribute::SECOPS_ENRICHMENT_TECHNIQUE_COUNT, 2),
        ],
        flags: 0x101,
        ..Span::default()
    });
}

fn perplexity(kind: &str, time: u64, numbers: &mut Numbers) -> span::Event {
    span::Event {
        time_unix_nano: time,
        name: secspan_semconv::event::SECOPS_PERPLEXITY_CALL.to_owned(),
        attributes: vec![
            text(attribute::SECOPS_PERPLEXITY_KIND, kind),
            text(attribute::SECOPS_OUTCOME, "success"),
            double(attribute::SECOPS_DURATION, 2.5),
            integer(
                attribute::GEN_AI_USAGE_INPUT_TOKENS,
                i64::try_from(numbers.below(4_000)).unwrap_or(0),
            ),
            integer(attribute::GEN_AI_USAGE_OUTPUT_TOKENS, 900),
        ],
        ..span::Event::default()
    }
}

fn text(key: &str, value: &str) -> KeyValue {
    any(key, Value::StringValue(value.to_owned()))
}

fn integer(key: &str, value: i64) -> KeyValue {
    any(key, Value::IntValue(value))
}

fn double(key: &str, value: f64) -> KeyValue {
    any(key, Value::DoubleValue(value))
}

fn any(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

/// Repeatable numbers (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
