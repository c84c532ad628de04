//! Records that a workflow becomes, as its span and the spans of its stages.

use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::SpanId;
use secspan_semconv::{attribute, event};

use super::{Attributes, List, Span, SpanEvent};
use crate::enrichment::{EnrichmentRecord, PerplexityUse};
use crate::record::{Identity, Origin, StageTime};
use crate::review::ReviewRecord;
use crate::score::{CveId, CvssScore, EpssScore, Text};
use crate::terms::{Outcome, PerplexityKind};
use crate::timestamp::{NANOS_PER_SECOND, Timestamp};

/// Perplexity calls that a record is given back at most: what a join keeps of one trace.
const CALLS_MAX: u64 = 10_000;

/// Apart from each other, so that every stage has an id of its own: the golden ratio in 64 bits.
const ID_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The stage in which research is done, and with it the calls of Perplexity.
const RESEARCH: &str = "cve_research";

/// What every workflow has.
struct Workflow<'a> {
    identity: Identity,
    origin: &'a Origin,
    name: &'a Text,
    completed_at: Timestamp,
    total_seconds: u64,
    stages: Vec<StageTime>,
    attributes: Attributes,
}

pub(super) fn of_enrichment(record: &EnrichmentRecord, identity: Identity) -> Vec<Span> {
    let workflow = Workflow {
        identity,
        origin: &record.origin,
        name: &record.workflow,
        completed_at: record.completed_at,
        total_seconds: record.durations.total_seconds(),
        stages: record.durations.stages(),
        attributes: enrichment_attributes(record),
    };
    let mut spans = workflow.spans();
    let at = spans.iter().position(|span| span.name == RESEARCH);
    if let Some(span) = spans.get_mut(at.unwrap_or(0)) {
        span.events = calls(&record.perplexity, span.start);
    }
    spans
}

pub(super) fn of_review(record: &ReviewRecord, identity: Identity) -> Vec<Span> {
    Workflow {
        identity,
        origin: &record.origin,
        name: &record.workflow,
        completed_at: record.completed_at,
        total_seconds: record.durations.total_seconds(),
        stages: record.durations.stages(),
        attributes: review_attributes(record),
    }
    .spans()
}

fn enrichment_attributes(record: &EnrichmentRecord) -> Attributes {
    let findings = &record.findings;
    let cve = findings.cve.as_ref().map(CveId::as_str);
    let other = findings.other_vulnerability.as_ref().map(Text::as_str);
    List::default()
        .with(attribute::SECOPS_TICKET_ID, record.ticket.as_str())
        .with(attribute::SECOPS_ANALYST_NAME, record.analyst.as_str())
        .with(attribute::SECOPS_PRIORITY, record.priority.as_str())
        .with_any(attribute::SECOPS_VULNERABILITY_ID, cve.or(other))
        .with_any(
            attribute::SECOPS_VULNERABILITY_SCORE_BASE,
            findings.cvss.map(CvssScore::get),
        )
        .with_any(
            attribute::SECOPS_VULNERABILITY_EPSS_SCORE,
            findings.epss.map(EpssScore::get),
        )
        .with_any(
            attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
            findings.known_exploited,
        )
        .with_any(
            attribute::SECOPS_ENRICHMENT_SOURCE_COUNT,
            findings.sources_cited,
        )
        .with_any(
            attribute::SECOPS_ENRICHMENT_TECHNIQUE_COUNT,
            findings.techniques_mapped,
        )
        .0
}

fn review_attributes(record: &ReviewRecord) -> Attributes {
    let result = &record.result;
    let analyst = record.reviewed_analyst.as_ref().map(Text::as_str);
    let accuracy = result.accuracy.map(|accuracy| u64::from(accuracy.get()));
    List::default()
        .with(attribute::SECOPS_TICKET_ID, record.ticket.as_str())
        .with(attribute::SECOPS_REVIEWER_NAME, record.reviewer.as_str())
        .with_any(attribute::SECOPS_ANALYST_NAME, analyst)
        .with(
            attribute::SECOPS_REVIEW_INVESTIGATION_TYPE,
            record.investigation.as_str(),
        )
        .with(attribute::SECOPS_REVIEW_SCORE, result.score.get())
        .with(
            attribute::SECOPS_REVIEW_CLASSIFICATION,
            result.classification.as_str(),
        )
        .with(
            attribute::SECOPS_REVIEW_FINDING_CRITICAL_COUNT,
            result.critical_issues,
        )
        .with(
            attribute::SECOPS_REVIEW_FINDING_SIGNIFICANT_COUNT,
            result.significant_gaps,
        )
        .with(
            attribute::SECOPS_REVIEW_FINDING_MINOR_COUNT,
            result.minor_improvements,
        )
        .with(
            attribute::SECOPS_REVIEW_FACT_VERIFICATION,
            result.fact_verification,
        )
        .with_any(attribute::SECOPS_REVIEW_ACCURACY, accuracy)
        .0
}

impl Workflow<'_> {
    /// The workflow span, and below it the stages that ran, one after the other as far as the elapsed time allows.
    fn spans(self) -> Vec<Span> {
        let ran: Vec<StageTime> = self
            .stages
            .iter()
            .copied()
            .filter(|stage| stage.ran)
            .collect();
        let longest = ran.iter().map(|stage| stage.seconds).max();
        let elapsed = longest.map_or(self.total_seconds, |longest| {
            let stated = self.origin.elapsed_seconds;
            stated.unwrap_or(self.total_seconds).max(longest)
        });
        let end = u64::try_from(self.completed_at.unix_seconds()).unwrap_or(0);
        let start = end.saturating_sub(elapsed);
        let mut spans = vec![self.root(start, end)];
        let mut passed = 0_u64;
        for (number, stage) in (1..).zip(ran) {
            let offset = passed.min(elapsed - stage.seconds);
            passed = passed.saturating_add(stage.seconds);
            let attributes = List::default().with(attribute::SECOPS_STAGE_NAME, stage.stage);
            spans.push(Span {
                identity: Identity {
                    span: child(self.identity.span, number),
                    ..self.identity
                },
                parent: Some(self.identity.span),
                name: stage.stage.to_owned(),
                start: seconds(start + offset),
                end: seconds(start + offset + stage.seconds),
                failed: false,
                attributes: attributes.0,
                events: Vec::new(),
            });
        }
        spans
    }

    fn root(&self, start: u64, end: u64) -> Span {
        let outcome = self.origin.outcome;
        let stated = Some(outcome).filter(|outcome| !outcome.completed());
        let list = List::default()
            .with(attribute::SECOPS_WORKFLOW_NAME, self.name.as_str())
            .with_any(attribute::SECOPS_OUTCOME, stated.map(Outcome::as_str));
        Span {
            identity: self.identity,
            parent: None,
            name: self.name.as_str().to_owned(),
            start: seconds(start),
            end: seconds(end),
            failed: matches!(
                outcome,
                Outcome::Failure | Outcome::Error | Outcome::Timeout
            ),
            attributes: [list.0, self.attributes.clone()].concat(),
            events: Vec::new(),
        }
    }
}

fn seconds(seconds: u64) -> UnixNanos {
    UnixNanos(seconds.saturating_mul(NANOS_PER_SECOND))
}

/// The id of the `number`th child, which is never the parent's and never zero.
fn child(parent: SpanId, number: u64) -> SpanId {
    let id = u64::from_be_bytes(parent.0).wrapping_add(number.wrapping_mul(ID_STEP));
    SpanId(if id == 0 { ID_STEP } else { id }.to_be_bytes())
}

/// The calls of a record, one nanosecond apart. Those that were deeper than the deepest that succeeded have failed.
fn calls(used: &PerplexityUse, from: UnixNanos) -> Vec<SpanEvent> {
    let stated = used.by_kind.unwrap_or_else(|| {
        // Of a record without counts only the deepest call is known.
        PerplexityKind::ALL.map(|kind| u64::from(used.deepest == Some(kind)))
    });
    let known = PerplexityKind::ALL.into_iter().zip(stated);
    let known = known.flat_map(|(kind, count)| {
        std::iter::repeat_n(
            Some(kind),
            usize::try_from(count.min(CALLS_MAX)).unwrap_or(0),
        )
    });
    let count = usize::try_from(used.queries.min(CALLS_MAX)).unwrap_or(0);
    let kinds = known.chain(std::iter::repeat(None)).take(count);
    (from.0..)
        .zip(kinds)
        .map(|(time, kind)| {
            let succeeded =
                kind.is_none_or(|kind| used.deepest.is_some_and(|deepest| kind <= deepest));
            let outcome = if succeeded {
                Outcome::Success
            } else {
                Outcome::Failure
            };
            let attributes = List::default()
                .with_any(
                    attribute::SECOPS_PERPLEXITY_KIND,
                    kind.map(PerplexityKind::as_str),
                )
                .with(attribute::SECOPS_OUTCOME, outcome.as_str());
            SpanEvent {
                name: event::SECOPS_PERPLEXITY_CALL,
                time: UnixNanos(time),
                attributes: attributes.0,
            }
        })
        .collect()
}
