//! The canonical enrichment workflow: eight stages, Perplexity calls, and the HTTP spans of a real application between.

use std::time::Duration;

use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, SpanKind, TraceId};
use secspan_semconv::{attribute, event};

use crate::draw::Draw;
use crate::span::{TestEvent, TestSpan, request};

/// The name of the enrichment workflow.
pub const ENRICHMENT: &str = "security-alert-enrichment-v1";

/// The name of the review workflow.
pub const REVIEW: &str = "security-analysis-review-v1";

/// The stages of a review, in order, with a typical duration in seconds; facts are verified every other time.
const REVIEW_STAGES: [(&str, u64); 7] = [
    ("preparation", 120),
    ("evaluation", 380),
    ("gap_identification", 170),
    ("bias_detection", 110),
    ("fact_verification", 200),
    ("documentation", 150),
    ("feedback_loop", 60),
];

/// The stages of an enrichment, in order, with a typical duration in seconds.
const STAGES: [(&str, u64); 8] = [
    ("triage", 40),
    ("cve_research", 200),
    ("attack_mapping", 60),
    ("priority_assessment", 75),
    ("business_context", 110),
    ("remediation_planning", 120),
    ("documentation", 20),
    ("jira_update", 30),
];

/// When workflow 0 starts: 2025-12-03T09:00:00Z; each seed starts a minute later.
const FIRST_START: UnixNanos = UnixNanos(1_764_752_400_000_000_000);

/// A workflow as spans, in the order in which they ended: the workflow span is the last.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// The spans.
    pub spans: Vec<TestSpan>,
}

impl Workflow {
    /// Trace id of the workflow.
    pub fn trace(&self) -> TraceId {
        self.spans.last().map(|span| span.trace).unwrap_or_default()
    }

    /// The workflow span.
    pub fn root(&self) -> Option<&TestSpan> {
        self.spans.last()
    }

    /// Changes the workflow span.
    #[must_use]
    pub fn root_with(mut self, change: impl FnOnce(TestSpan) -> TestSpan) -> Self {
        if let Some(root) = self.spans.pop() {
            self.spans.push(change(root));
        }
        self
    }

    /// All spans in one OTLP request.
    pub fn request(&self) -> Vec<u8> {
        request(&self.spans)
    }
}

/// The canonical enrichment: valid, complete, and different for every seed.
pub fn enrichment(seed: u64) -> Workflow {
    let mut builder = Builder::new(seed);
    let ids: Vec<SpanId> = STAGES.iter().map(|_| builder.id()).collect();
    let root = builder.id();
    let started = builder.now;
    for ((name, typical), id) in STAGES.into_iter().zip(ids) {
        builder.stage(root, id, name, typical);
    }
    let (trace, ended) = (builder.trace, builder.now);
    let mut spans = builder.spans;
    spans.push(workflow_span(&mut builder.draw, trace, root, seed).during(started, ended));
    Workflow { spans }
}

/// The canonical review: valid, complete, and different for every seed.
pub fn review(seed: u64) -> Workflow {
    let mut builder = Builder::new(seed ^ (1 << 63));
    let root = builder.id();
    let started = builder.now;
    let verifies = builder.draw.between(0, 1) == 1;
    for (name, typical) in REVIEW_STAGES {
        let id = builder.id();
        if verifies || name != "fact_verification" {
            builder.stage(root, id, name, typical);
        }
    }
    let score = builder.draw.between(50, 100) as f64;
    let mut count = |max| i64::try_from(builder.draw.between(0, max)).unwrap_or(0);
    let span = TestSpan::new(builder.trace, root, "review_analysis")
        .with(attribute::SECOPS_WORKFLOW_NAME, REVIEW)
        .with(attribute::SECOPS_TICKET_ID, format!("OPS-{seed}"))
        .with(attribute::SECOPS_REVIEWER_NAME, "Riley")
        .with(attribute::SECOPS_ANALYST_NAME, "Mira")
        .with(attribute::SECOPS_REVIEW_INVESTIGATION_TYPE, "event")
        .with(attribute::SECOPS_REVIEW_SCORE, score)
        .with(attribute::SECOPS_REVIEW_FINDING_CRITICAL_COUNT, count(2))
        .with(attribute::SECOPS_REVIEW_FINDING_SIGNIFICANT_COUNT, count(4))
        .with(attribute::SECOPS_REVIEW_FINDING_MINOR_COUNT, count(9));
    let ended = builder.now;
    let mut spans = builder.spans;
    spans.push(span.during(started, ended));
    Workflow { spans }
}

fn workflow_span(draw: &mut Draw, trace: TraceId, root: SpanId, seed: u64) -> TestSpan {
    const PRIORITIES: [&str; 5] = ["P1", "P2", "P3", "P4", "P5"];
    const ANALYSTS: [&str; 3] = ["Mira (Security Analyst)", "Jonas", "Ada \"the second\""];
    let cvss = draw.between(0, 100) as f64 / 10.0;
    TestSpan::new(trace, root, "enrich_alert")
        .with(attribute::SECOPS_WORKFLOW_NAME, ENRICHMENT)
        .with(attribute::SECOPS_TICKET_ID, format!("OPS-{seed}"))
        .with(
            attribute::SECOPS_ANALYST_NAME,
            *draw.pick(&ANALYSTS).unwrap_or(&"Mira"),
        )
        .with(
            attribute::SECOPS_VULNERABILITY_ID,
            format!("CVE-2025-{}", 10_000 + seed % 80_000),
        )
        .with(
            attribute::SECOPS_PRIORITY,
            *draw.pick(&PRIORITIES).unwrap_or(&"P3"),
        )
        .with(attribute::SECOPS_VULNERABILITY_SCORE_BASE, cvss)
        .with(attribute::SECOPS_VULNERABILITY_EPSS_SCORE, draw.fraction())
        .with(
            attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
            draw.between(0, 1) == 1,
        )
}

/// Makes the spans of one workflow, one after the other.
struct Builder {
    draw: Draw,
    trace: TraceId,
    now: UnixNanos,
    next_id: u64,
    spans: Vec<TestSpan>,
}

impl Builder {
    fn new(seed: u64) -> Self {
        let mut draw = Draw::new(seed);
        let [high, low] = [draw.bits(), draw.bits()].map(u64::to_be_bytes);
        let mut trace = TraceId::default();
        for (place, byte) in trace.0.iter_mut().zip(high.into_iter().chain(low)) {
            *place = byte;
        }
        let next_id = draw.bits() | 1;
        let minutes = Duration::from_mins(seed % 1_000_000);
        let start = FIRST_START.0 + u64::try_from(minutes.as_nanos()).unwrap_or(0);
        Self {
            draw,
            trace,
            now: UnixNanos(start),
            next_id,
            spans: Vec::new(),
        }
    }

    fn id(&mut self) -> SpanId {
        self.next_id = self.next_id.wrapping_add(2);
        SpanId(self.next_id.to_be_bytes())
    }

    fn pass(&mut self, nanos: u64) -> UnixNanos {
        self.now = UnixNanos(self.now.0 + nanos);
        self.now
    }

    /// A stage below a plain span, with an HTTP client span inside it.
    fn stage(&mut self, root: SpanId, id: SpanId, name: &str, typical_seconds: u64) {
        let (wrapper, client) = (self.id(), self.id());
        let typical = typical_seconds * 1_000_000_000;
        let pause = self.draw.between(0, 900_000_000);
        let start = self.pass(pause);
        let asked = self.draw.between(typical / 8, typical / 4);
        let answered = self.pass(asked);
        self.spans.push(
            TestSpan {
                kind: SpanKind::Client,
                ..TestSpan::new(self.trace, client, "HTTP GET")
            }
            .below(id)
            .during(start, answered),
        );
        let worked = self.draw.between(typical / 2, typical);
        let mut stage = TestSpan::new(self.trace, id, name).below(wrapper);
        if matches!(name, "cve_research" | "remediation_planning") {
            stage = stage.event(self.call(name, answered));
        }
        if name == "attack_mapping" {
            let mapped: &[&str] = &["T1059", "T1566"];
            stage = stage.with(attribute::SECOPS_ENRICHMENT_TECHNIQUES, mapped);
        }
        let end = self.pass(worked);
        self.spans.push(stage.during(start, end));
        let plain = TestSpan::new(self.trace, wrapper, &format!("run {name}"));
        self.spans.push(plain.below(root).during(start, end));
    }

    fn call(&mut self, stage: &str, at: UnixNanos) -> TestEvent {
        let kind = if stage == "cve_research" {
            "deep_research"
        } else {
            "reason"
        };
        TestEvent::new(event::SECOPS_PERPLEXITY_CALL, at)
            .with(attribute::SECOPS_PERPLEXITY_KIND, kind)
            .with(attribute::SECOPS_DURATION, self.draw.fraction() * 30.0)
            .with(attribute::SECOPS_OUTCOME, "success")
            .with(attribute::GEN_AI_PROVIDER_NAME, "perplexity")
            .with(attribute::SECOPS_PERPLEXITY_CITATION_COUNT, 3)
            .with(attribute::GEN_AI_USAGE_INPUT_TOKENS, 812)
            .with(attribute::GEN_AI_USAGE_OUTPUT_TOKENS, 1904)
    }
}
