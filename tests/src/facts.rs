//! A review, a decision and the closing of a ticket in OTLP/JSON, as any client may send them, and broken ones.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::workflow::{NANOS, attributes};

/// Seconds of each stage of a review, in the order in which they run; fact verification was left out.
pub const REVIEW_STAGE_SECONDS: [(&str, u64); 6] = [
    ("preparation", 130),
    ("evaluation", 390),
    ("gap_identification", 170),
    ("bias_detection", 110),
    ("documentation", 150),
    ("feedback_loop", 60),
];

/// A review that ends now; its facts can be changed before it is sent.
#[derive(Clone, Debug)]
pub struct Review {
    number: u64,
    end_nanos: u64,
    facts: Value,
}

impl Review {
    /// A sound review; `number` gives it its own trace and ticket.
    pub fn new(number: u64) -> Self {
        let facts = json!({
            "secops.workflow.name": "security-analysis-review-v1",
            "secops.ticket.id": ticket(number),
            "secops.reviewer.name": "Jonas",
            "secops.analyst.name": "Mira",
            "secops.review.investigation_type": "cve",
            "secops.review.score": 88.0,
            "secops.review.classification": "Good",
            "secops.review.finding.critical.count": 0,
            "secops.review.finding.significant.count": 1,
            "secops.review.finding.minor.count": 4,
        });
        Self {
            number,
            end_nanos: now_seconds() * NANOS,
            facts,
        }
    }

    /// The same with another value of one fact; null is a value that is there and says nothing.
    #[must_use]
    pub fn with(mut self, fact: &str, value: Value) -> Self {
        self.facts[fact] = value;
        self
    }

    /// The same without one fact.
    #[must_use]
    pub fn without(mut self, fact: &str) -> Self {
        if let Some(facts) = self.facts.as_object_mut() {
            facts.remove(fact);
        }
        self
    }

    /// Its ticket.
    pub fn ticket(&self) -> String {
        ticket(self.number)
    }

    /// Its trace id, in hexadecimal.
    pub fn trace_id(&self) -> String {
        trace_id(self.number)
    }

    /// Its spans, the workflow span last.
    pub fn spans(&self) -> Vec<Value> {
        let total: u64 = REVIEW_STAGE_SECONDS
            .iter()
            .map(|(_, seconds)| seconds)
            .sum();
        let start = self.end_nanos - total * NANOS;
        let mut at = start;
        let mut spans = Vec::new();
        for (index, (stage, seconds)) in (2..).zip(REVIEW_STAGE_SECONDS) {
            let end = at + seconds * NANOS;
            spans.push(span(
                self.number,
                index,
                Some(1),
                stage,
                (at, end),
                &json!({}),
            ));
            at = end;
        }
        let times = (start, self.end_nanos);
        spans.push(span(self.number, 1, None, "review", times, &self.facts));
        spans
    }
}

/// A span that has nothing to do with any workflow, with one event on it that happened now. Answers with the span and with
/// the second in which the event happened.
pub fn event(number: u64, name: &str, facts: &Value) -> (Value, u64) {
    let second = now_seconds();
    // The microseconds are kept where a file has them.
    let at = second * NANOS + 310_000;
    let times = (second * NANOS, second * NANOS + NANOS);
    let mut span = span(number, 1, None, "desk", times, &json!({}));
    span["events"] = json!([{
        "name": name,
        "timeUnixNano": at.to_string(),
        "attributes": attributes(facts),
    }]);
    (span, second)
}

/// The decision about a ticket.
pub fn decision(number: u64, reason: &str, reviewer: Option<&str>) -> (Value, u64) {
    let mut facts = json!({
        "secops.ticket.id": ticket(number),
        "secops.priority": "P3",
        "secops.review.required": reviewer.is_some(),
        "secops.review.reason": reason,
    });
    if let Some(reviewer) = reviewer {
        facts["secops.reviewer.name"] = json!(reviewer);
    }
    event(number, "secops.review.decided", &facts)
}

/// The closing of a ticket.
pub fn closing(number: u64, enriched_at: &str) -> (Value, u64) {
    let facts = json!({
        "secops.ticket.id": ticket(number),
        "secops.priority": "P2",
        "secops.ticket.enriched_at": enriched_at,
    });
    event(number, "secops.ticket.closed", &facts)
}

fn ticket(number: u64) -> String {
    format!("OPS-{}", 500 + number)
}

fn trace_id(number: u64) -> String {
    format!("5ec5ba11000000000000{:012x}", number + 1)
}

fn span(
    number: u64,
    index: u64,
    parent: Option<u64>,
    name: &str,
    (start, end): (u64, u64),
    facts: &Value,
) -> Value {
    let id = |index: u64| format!("{:016x}", (number + 1) * 16 + index);
    json!({
        "traceId": trace_id(number),
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

fn now_seconds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "what is sent happened now")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
