//! The spans of the loads, and the request around them.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
pub(super) use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, span};
use secspan_semconv::attribute;

use super::{TICKET_MARK, span_id, ticket, trace_id};

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

pub(super) fn request(spans: Vec<Span>) -> ExportTraceServiceRequest {
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
pub(super) fn plain(id: usize, now_nanos: u64, numbers: &mut Numbers) -> Span {
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
        span_id: span_id(id + 1),
        parent_span_id: if id.is_multiple_of(4) {
            Vec::new()
        } else {
            span_id(id)
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

/// A workflow in the mixed load: its stages carry little.
pub(super) fn workflow(list: &mut Vec<Span>, number: usize, now: u64, numbers: &mut Numbers) {
    let first = WORKFLOW_IDS + number * 16;
    for (index, stage) in STAGES.into_iter().enumerate() {
        let mut span = stage_span(number, index, stage, now, numbers);
        span.attributes = vec![
            text("code.function.name", "alert_enrichment::workflow::stage"),
            integer("code.line.number", 120),
            integer("thread.id", 3),
        ];
        list.push(span);
    }
    list.push(workflow_span(number, span_id(first), now, numbers));
}

/// A workflow in the mission load: ten spans of about 600 bytes.
pub(super) fn whole_workflow(list: &mut Vec<Span>, number: usize, now: u64, numbers: &mut Numbers) {
    let first = WORKFLOW_IDS + number * 16;
    for (index, stage) in STAGES.into_iter().enumerate() {
        list.push(stage_span(number, index, stage, now, numbers));
    }
    let mut call = plain(1, now, numbers);
    call.trace_id = trace_id(number);
    call.span_id = span_id(first + 9);
    call.parent_span_id = span_id(first + 2);
    call.start_time_unix_nano = now - WORKFLOW_NANOS + 75 * NANOS;
    call.end_time_unix_nano = call.start_time_unix_nano + NANOS;
    list.push(call);
    let mut root = workflow_span(number, span_id(first), now, numbers);
    root.attributes.extend(vec![
        text("code.function.name", "alert_enrichment::workflow::enrich"),
        text("thread.name", "tokio-runtime-worker"),
        text("secops.workflow.trigger", "siem-alert"),
    ]);
    list.push(root);
}

/// Numbers of span ids from which workflows have theirs, 16 each.
const WORKFLOW_IDS: usize = 0x00FF_0000;
const NANOS: u64 = 1_000_000_000;
const WORKFLOW_NANOS: u64 = 600 * NANOS;

fn stage_span(number: usize, index: usize, stage: &str, now: u64, numbers: &mut Numbers) -> Span {
    let first = WORKFLOW_IDS + number * 16;
    let start = now - WORKFLOW_NANOS + index as u64 * 70 * NANOS;
    let mut span = plain(1, now, numbers);
    span.trace_id = trace_id(number);
    span.span_id = span_id(first + index + 1);
    span.parent_span_id = span_id(first);
    stage.clone_into(&mut span.name);
    span.kind = 1;
    span.start_time_unix_nano = start;
    span.end_time_unix_nano = start + (20 + numbers.below(50)) * NANOS;
    if *stage == *"cve_research" {
        span.events = ["search", "reason"]
            .map(|kind| perplexity(kind, start, numbers))
            .to_vec();
    }
    span
}

fn workflow_span(number: usize, id: Vec<u8>, now: u64, numbers: &mut Numbers) -> Span {
    let score = numbers.below(100) as f64 / 10.0;
    Span {
        trace_id: trace_id(number),
        span_id: id,
        name: "enrich".to_owned(),
        kind: 1,
        start_time_unix_nano: now - WORKFLOW_NANOS,
        end_time_unix_nano: now,
        attributes: vec![
            text(
                attribute::SECOPS_WORKFLOW_NAME,
                "security-alert-enrichment-v1",
            ),
            text(attribute::SECOPS_TICKET_ID, &ticket(TICKET_MARK, number)),
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
    }
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
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
