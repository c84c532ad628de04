//! The records that a ticket's story becomes.

use std::borrow::Cow;

use secspan_records::facts::UnixNanos;
use secspan_records::origin::{Identity, Origin};
use secspan_records::outcome::Outcome;
use secspan_records::record::Record;
use secspan_records::stage_time::round_to_seconds;
use secspan_records::timestamp::{MicroTimestamp, Timestamp};
use secspan_sample::work::Stretch;
use secspan_semconv::span::workflow;

use super::facts::{Facts, Part, timestamp};
use crate::decision::Decision;
use crate::enrichment::Enrichment;
use crate::grade::ReviewScore;
use crate::review::Review;
use crate::terms::PerplexityKind;
use crate::ticket::Ticket;

/// The record that a part of it becomes; `None` for a part that it does not have.
pub(super) fn record(facts: &Facts, part: Part) -> Option<Record<'static>> {
    let identity = facts.identity(part);
    match (part, &facts.review) {
        (Part::Enrichment, _) => Some(enrichment(facts, identity)),
        (Part::Review, Some(review)) => self::review(facts, review, identity),
        (Part::Decision, _) => Some(decision(facts, identity)),
        (Part::Closing, _) => {
            let closed = facts.closed.map(timestamp);
            Some(closing(facts, Some(identity), closed))
        }
        // Whoever exports tickets knows nothing of traces.
        (Part::StillOpen, _) => Some(closing(facts, None, None)),
        (Part::Review | Part::Warning | Part::Violation | Part::Untold, _) => None,
    }
}

fn decision(facts: &Facts, identity: Identity) -> Record<'static> {
    Decision {
        ticket: Cow::Owned(facts.ticket()),
        priority: facts.finding.priority,
        required: facts.required,
        reason: Cow::Owned(facts.reason()),
        decided_at: MicroTimestamp::from_nanos(UnixNanos(facts.decided)),
        reviewer: facts.assigned().map(Cow::Borrowed),
        origin: Origin {
            identity: Some(identity),
            ..Origin::default()
        },
    }
    .into_record()
}

fn closing(
    facts: &Facts,
    identity: Option<Identity>,
    closed_at: Option<Timestamp>,
) -> Record<'static> {
    Ticket {
        ticket: Cow::Owned(facts.ticket()),
        priority: facts.finding.priority,
        enriched_at: Some(facts.enriched_at()),
        closed_at,
        origin: Origin {
            identity,
            ..Origin::default()
        },
    }
    .into_record()
}

fn enrichment(facts: &Facts, identity: Identity) -> Record<'static> {
    let enrichment = &facts.enrichment;
    let durations = Enrichment::durations(enrichment.stages.map(|stage| stage.map(Stretch::nanos)));
    let found = facts.finding.vulnerability;
    let calls = || enrichment.calls.iter().map(|(_, call)| call);
    let of_kind = |kind| calls().filter(|call| call.kind == kind).count() as u64;
    let succeeded = calls().filter(|call| call.error.is_none());
    Enrichment {
        workflow: Cow::Borrowed(workflow::SECURITY_ALERT_ENRICHMENT_V1),
        ticket: Cow::Owned(facts.ticket()),
        cve: found.map(|found| Cow::Owned(found.cve())),
        analyst: Cow::Borrowed(enrichment.analyst.name),
        completed_at: facts.enriched_at(),
        total_seconds: durations.total,
        legacy_seconds: Default::default(),
        detail_seconds: None,
        priority: facts.finding.priority,
        cvss: found.map(|found| found.cvss()),
        epss: found.map(|found| found.epss()),
        known_exploited: found.map(|found| found.known_exploited),
        queries: enrichment.calls.len() as u64,
        deepest: succeeded.map(|call| call.kind).max(),
        queries_by_kind: Some(PerplexityKind::ALL.map(of_kind)),
        sources_cited: Some(calls().map(|call| u64::from(call.citations)).sum()),
        techniques_mapped: Some(enrichment.techniques),
        origin: Origin {
            identity: Some(identity),
            outcome: enrichment.outcome,
            elapsed_seconds: Some(round_to_seconds(enrichment.end - enrichment.start)),
            amendment: 0,
        },
    }
    .into_record(&durations)
}

/// The record that this becomes; `None` when its score is none, which is a defect of this crate.
fn review(
    facts: &Facts,
    review: &super::review::Review,
    identity: Identity,
) -> Option<Record<'static>> {
    let score = ReviewScore::new(review.score()).ok()?;
    let durations = Review::durations(review.stages.map(|stage| stage.map(Stretch::nanos)));
    let accuracy = review.accuracy.map(u8::try_from);
    let record = Review {
        workflow: Cow::Borrowed(workflow::SECURITY_ANALYSIS_REVIEW_V1),
        investigation: facts.investigation(),
        ticket: Cow::Owned(facts.ticket()),
        reviewer: Cow::Borrowed(review.reviewer.name),
        completed_at: review.completed_at(),
        total_seconds: durations.total,
        stage_seconds: Default::default(),
        score,
        classification: score.classification(),
        critical_issues: review.critical,
        significant_gaps: review.significant,
        minor_improvements: review.minor,
        fact_verification: review.verified_facts(),
        accuracy: accuracy.transpose().ok()?,
        reviewed_analyst: Some(Cow::Borrowed(facts.enrichment.analyst.name)),
        origin: Origin {
            identity: Some(identity),
            outcome: Outcome::Success,
            elapsed_seconds: Some(round_to_seconds(review.end - review.start)),
            amendment: 0,
        },
    };
    Some(record.into_record(&durations))
}
