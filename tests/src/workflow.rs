//! One canonical enrichment workflow in OTLP/JSON, as any client may send it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// Seconds of each stage, in the order in which they run; their sum is the record's total.
pub const STAGE_SECONDS: [(&str, u64); 8] = [
    ("triage", 30),
    ("cve_research", 150),
    ("business_context", 150),
    ("remediation_planning", 180),
    ("attack_mapping", 30),
    ("priority_assessment", 120),
    ("documentation", 20),
    ("jira_update", 40),
];

/// A workflow that ends now. `number` gives it its own trace and ticket.
#[derive(Clone, Debug)]
pub struct Workflow {
    number: u64,
    end_nanos: u64,
}

impl Workflow {
    /// A workflow that ends now.
    pub fn new(number: u64) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the workflow ends now")]
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        // Whole seconds keep the arithmetic of the stages exact.
        Self {
            number,
            end_nanos: now.as_secs() * NANOS,
        }
    }

    /// Its trace id, in hexadecimal.
    pub fn trace_id(&self) -> String {
        format!("5ec5ba00000000000000{:012x}", self.number + 1)
    }

    /// Its ticket.
    pub fn ticket(&self) -> String {
        format!("OPS-{}", 100 + self.number)
    }

    /// Its spans, the workflow span last, as SDKs send them.
    pub fn spans(&self) -> Vec<Value> {
        let total: u64 = STAGE_SECONDS.iter().map(|(_, seconds)| seconds).sum();
        let start = self.end_nanos - total * NANOS;
        let mut at = start;
        let mut spans = Vec::new();
        for (index, (stage, seconds)) in (2u64..).zip(STAGE_SECONDS) {
            let end = at + seconds * NANOS;
            let mut span = self.span(index, Some(1), stage, at, end, &json!({}));
            if stage == "cve_research" {
                let kinds = ["search", "reason", "reason"];
                span["events"] = kinds.iter().map(|kind| perplexity(kind, end)).collect();
            }
            spans.push(span);
            at = end;
        }
        spans.push(self.span(1, None, "enrich", start, self.end_nanos, &self.facts()));
        spans
    }

    /// One request with these spans.
    pub fn request(spans: &[Value]) -> String {
        json!({ "resourceSpans": [{
            "resource": { "attributes": attributes(&json!({ "service.name": "plain-client" })) },
            "scopeSpans": [{ "scope": { "name": "plain" }, "spans": spans }],
        }]})
        .to_string()
    }

    fn facts(&self) -> Value {
        json!({
            "secops.workflow.name": "security-alert-enrichment-v1",
            "secops.ticket.id": self.ticket(),
            "secops.analyst.name": "Mira (Security Analyst)",
            "secops.vulnerability.id": "CVE-2025-40112",
            "secops.priority": "P2",
            "secops.vulnerability.score.base": 7.5,
            "secops.vulnerability.epss.score": 0.00234,
            "secops.vulnerability.known_exploited": false,
            "secops.enrichment.source.count": 5,
            "secops.enrichment.technique.count": 3,
        })
    }

    fn span(
        &self,
        index: u64,
        parent: Option<u64>,
        name: &str,
        start: u64,
        end: u64,
        facts: &Value,
    ) -> Value {
        let id = |index: u64| format!("{:016x}", self.number * 16 + index);
        json!({
            "traceId": self.trace_id(),
            "spanId": id(index),
            "parentSpanId": parent.map(id).unwrap_or_default(),
            "name": name,
            "kind": 1,
            "startTimeUnixNano": start.to_string(),
            "endTimeUnixNano": end.to_string(),
            "attributes": attributes(facts),
            "status": {},
        })
    }
}

pub(crate) const NANOS: u64 = 1_000_000_000;

fn perplexity(kind: &str, time: u64) -> Value {
    json!({
        "name": "secops.perplexity.call",
        "timeUnixNano": time.to_string(),
        "attributes": attributes(&json!({
            "secops.perplexity.kind": kind,
            "secops.outcome": "success",
            "secops.duration": 2.5,
            "gen_ai.usage.input_tokens": 800,
            "gen_ai.usage.output_tokens": 400,
        })),
    })
}

/// OTLP/JSON's list of typed attributes from plain JSON.
pub(crate) fn attributes(facts: &Value) -> Value {
    let pairs = facts.as_object().into_iter().flatten();
    pairs
        .map(|(key, value)| {
            let typed = match value {
                Value::Null => json!({}),
                Value::Bool(value) => json!({ "boolValue": value }),
                Value::Number(value) if value.is_i64() => json!({ "intValue": value.to_string() }),
                Value::Number(value) => json!({ "doubleValue": value }),
                other => json!({ "stringValue": other }),
            };
            json!({ "key": key, "value": typed })
        })
        .collect()
}
