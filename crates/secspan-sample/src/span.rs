//! The same facts as spans, in no SDK's terms: whoever sends them needs nothing but this.

use secspan_enrichment::kinds;
use secspan_records::facts::{SpanId, TraceId, UnixNanos};
use secspan_records::outcome::Outcome;
use secspan_semconv::{attribute as key, event, span, value};

use crate::enrichment::{Enrichment, MAPPING, RESEARCH, TICKET_UPDATE};
use crate::episode::Kind;
use crate::research::Call;
use crate::review::Review;
use crate::story::Story;
use crate::work::Stretch;

/// Name of the span on which a review is decided.
const REVIEW_DECISION: &str = "review_decision";
/// Name of the span on which a ticket is closed.
const TICKET_CLOSING: &str = "ticket_closing";
/// How long these two last, in nanoseconds.
const MOMENT_NANOS: u64 = 25_000_000;

/// A finished span.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleSpan {
    /// Trace.
    pub trace: TraceId,
    /// Its own id.
    pub id: SpanId,
    /// The span above it.
    pub parent: Option<SpanId>,
    /// Name.
    pub name: &'static str,
    /// Start.
    pub start: UnixNanos,
    /// End.
    pub end: UnixNanos,
    /// Whether its status is an error.
    pub failed: bool,
    /// Attributes.
    pub attributes: Attributes,
    /// Events, in order.
    pub events: Vec<SampleEvent>,
}

/// Something that happened within a span.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleEvent {
    /// Name.
    pub name: &'static str,
    /// When.
    pub at: UnixNanos,
    /// Attributes.
    pub attributes: Attributes,
}

/// Keys and values, each key once.
pub type Attributes = Vec<(&'static str, SampleValue)>;

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum SampleValue {
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// Yes or no.
    Bool(bool),
}

impl From<&str> for SampleValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for SampleValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for SampleValue {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<f64> for SampleValue {
    fn from(number: f64) -> Self {
        Self::Double(number)
    }
}

impl From<bool> for SampleValue {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

/// The spans of a part of a story.
pub(crate) fn of(story: &Story, kind: Kind) -> Vec<SampleSpan> {
    match (kind, &story.review, story.closed) {
        (Kind::Enrichment, ..) => of_enrichment(story, &story.enrichment),
        (Kind::Decision, ..) => vec![of_decision(story)],
        (Kind::Review, Some(review), _) => of_review(story, review),
        (Kind::Closing, _, Some(closed)) => vec![of_closing(story, closed)],
        _ => Vec::new(),
    }
}

fn of_enrichment(story: &Story, enrichment: &Enrichment) -> Vec<SampleSpan> {
    let kind = Kind::Enrichment;
    let mut root = first(
        story,
        kind,
        "enrich",
        Stretch {
            start: enrichment.start,
            end: enrichment.end,
        },
    );
    root.attributes = vec![
        (
            key::SECOPS_WORKFLOW_NAME,
            span::workflow::SECURITY_ALERT_ENRICHMENT_V1.into(),
        ),
        (key::SECOPS_WORKFLOW_TRIGGER, "alert".into()),
        (key::SECOPS_TICKET_ID, story.ticket().into()),
        (key::SECOPS_ANALYST_NAME, enrichment.analyst.name.into()),
    ];
    if enrichment.outcome != Outcome::Success {
        root.failed = true;
        root.attributes
            .push((key::SECOPS_OUTCOME, enrichment.outcome.as_str().into()));
    }
    let mut spans = vec![root];
    let stages = kinds::enrichment::WORKFLOW
        .stages
        .iter()
        .zip(enrichment.stages);
    for (at, (stage, stretch)) in stages.enumerate() {
        let Some(stretch) = stretch else { continue };
        let mut span = below(story, kind, at, stage.name, stretch);
        match at {
            RESEARCH => {
                span.attributes.extend(of_vulnerability(story));
                span.events = enrichment.calls.iter().map(of_call).collect();
            }
            MAPPING => span.attributes.push((
                key::SECOPS_ENRICHMENT_TECHNIQUE_COUNT,
                enrichment.techniques.into(),
            )),
            PRIORITY => span
                .attributes
                .push((key::SECOPS_PRIORITY, story.finding.priority.as_str().into())),
            TICKET_UPDATE => span.failed = enrichment.outcome != Outcome::Success,
            _ => {}
        }
        spans.push(span);
    }
    spans
}

/// Index of the stage that assigns the priority.
const PRIORITY: usize = 3;

fn of_vulnerability(story: &Story) -> Attributes {
    let Some(found) = story.finding.vulnerability else {
        return Vec::new();
    };
    vec![
        (key::SECOPS_VULNERABILITY_ID, found.cve().into()),
        (key::SECOPS_VULNERABILITY_SCORE_BASE, found.cvss().into()),
        (key::SECOPS_VULNERABILITY_EPSS_SCORE, found.epss().into()),
        (
            key::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
            found.known_exploited.into(),
        ),
    ]
}

fn of_call((at, call): &(u64, Call)) -> SampleEvent {
    let outcome = match call.error {
        None => value::outcome::SUCCESS,
        Some(error) if error.status().is_none() => value::outcome::TIMEOUT,
        Some(_) => value::outcome::FAILURE,
    };
    let mut attributes: Attributes = vec![
        (key::SECOPS_PERPLEXITY_KIND, call.kind.as_str().into()),
        (key::GEN_AI_PROVIDER_NAME, "perplexity".into()),
        (key::SECOPS_DURATION, (call.millis as f64 / 1000.0).into()),
        (key::SECOPS_OUTCOME, outcome.into()),
        (
            key::GEN_AI_USAGE_INPUT_TOKENS,
            u64::from(call.input_tokens).into(),
        ),
    ];
    if let Some(error) = call.error {
        attributes.push((key::ERROR_TYPE, error.as_str().into()));
        if let Some(status) = error.status() {
            attributes.push((key::HTTP_RESPONSE_STATUS_CODE, SampleValue::Int(status)));
        }
    } else {
        let counts = [
            (key::GEN_AI_USAGE_OUTPUT_TOKENS, call.output_tokens),
            (key::SECOPS_PERPLEXITY_CITATION_COUNT, call.citations),
        ];
        attributes.extend(counts.map(|(key, count)| (key, u64::from(count).into())));
    }
    SampleEvent {
        name: event::SECOPS_PERPLEXITY_CALL,
        at: UnixNanos(*at),
        attributes,
    }
}

fn of_review(story: &Story, review: &Review) -> Vec<SampleSpan> {
    let kind = Kind::Review;
    let mut root = first(
        story,
        kind,
        "review",
        Stretch {
            start: review.start,
            end: review.end,
        },
    );
    root.attributes = vec![
        (
            key::SECOPS_WORKFLOW_NAME,
            span::workflow::SECURITY_ANALYSIS_REVIEW_V1.into(),
        ),
        (key::SECOPS_TICKET_ID, story.ticket().into()),
        (key::SECOPS_REVIEWER_NAME, review.reviewer.name.into()),
        (
            key::SECOPS_ANALYST_NAME,
            story.enrichment.analyst.name.into(),
        ),
        (
            key::SECOPS_REVIEW_INVESTIGATION_TYPE,
            story.investigation().as_str().into(),
        ),
        (key::SECOPS_REVIEW_SCORE, review.score().into()),
        (
            key::SECOPS_REVIEW_FINDING_CRITICAL_COUNT,
            review.critical.into(),
        ),
        (
            key::SECOPS_REVIEW_FINDING_SIGNIFICANT_COUNT,
            review.significant.into(),
        ),
        (key::SECOPS_REVIEW_FINDING_MINOR_COUNT, review.minor.into()),
        (
            key::SECOPS_REVIEW_FACT_VERIFICATION,
            review.verified_facts().into(),
        ),
    ];
    if let Some(accuracy) = review.accuracy {
        root.attributes
            .push((key::SECOPS_REVIEW_ACCURACY, accuracy.into()));
    }
    let mut spans = vec![root];
    let stages = kinds::review::WORKFLOW.stages.iter().zip(review.stages);
    for (at, (stage, stretch)) in stages.enumerate() {
        if let Some(stretch) = stretch {
            spans.push(below(story, kind, at, stage.name, stretch));
        }
    }
    spans
}

fn of_decision(story: &Story) -> SampleSpan {
    let mut attributes: Attributes = vec![
        (key::SECOPS_TICKET_ID, story.ticket().into()),
        (key::SECOPS_PRIORITY, story.finding.priority.as_str().into()),
        (key::SECOPS_REVIEW_REQUIRED, story.required.into()),
        (key::SECOPS_REVIEW_REASON, story.reason().into()),
    ];
    if let Some(reviewer) = story.assigned() {
        attributes.push((key::SECOPS_REVIEWER_NAME, reviewer.into()));
    }
    moment(
        story,
        Kind::Decision,
        REVIEW_DECISION,
        SampleEvent {
            name: event::SECOPS_REVIEW_DECIDED,
            at: UnixNanos(story.decided),
            attributes,
        },
    )
}

fn of_closing(story: &Story, closed: u64) -> SampleSpan {
    moment(
        story,
        Kind::Closing,
        TICKET_CLOSING,
        SampleEvent {
            name: event::SECOPS_TICKET_CLOSED,
            at: UnixNanos(closed),
            attributes: vec![
                (key::SECOPS_TICKET_ID, story.ticket().into()),
                (key::SECOPS_PRIORITY, story.finding.priority.as_str().into()),
                (
                    key::SECOPS_TICKET_ENRICHED_AT,
                    story.enriched_at().to_string().into(),
                ),
            ],
        },
    )
}

/// The first span of a part of a story.
fn first(story: &Story, kind: Kind, name: &'static str, stretch: Stretch) -> SampleSpan {
    let identity = story.identity(kind);
    SampleSpan {
        trace: identity.trace,
        id: identity.span,
        parent: None,
        name,
        start: UnixNanos(stretch.start),
        end: UnixNanos(stretch.end),
        failed: false,
        attributes: Vec::new(),
        events: Vec::new(),
    }
}

/// A stage below it.
fn below(story: &Story, kind: Kind, at: usize, name: &'static str, stretch: Stretch) -> SampleSpan {
    let above = first(story, kind, name, stretch);
    SampleSpan {
        id: story.span_id(kind, 1 + at as u64),
        parent: Some(above.id),
        attributes: vec![(key::SECOPS_STAGE_NAME, name.into())],
        ..above
    }
}

/// A span with nothing but one event.
fn moment(story: &Story, kind: Kind, name: &'static str, event: SampleEvent) -> SampleSpan {
    let stretch = Stretch {
        start: event.at.0 - MOMENT_NANOS,
        end: event.at.0,
    };
    SampleSpan {
        events: vec![event],
        ..first(story, kind, name, stretch)
    }
}
