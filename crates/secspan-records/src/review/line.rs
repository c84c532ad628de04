//! A review record as a line of JSON: the keys, their order, and nothing that a legacy reader cannot read.

use serde::{Serialize, Serializer};

use super::{Accuracy, Classification, Draft, ReviewDurations, ReviewScore};
use crate::definition::RecordKind;
use crate::json::{Keyed, text};
use crate::record::SCHEMA_VERSION;
use crate::score::Text;
use crate::terms::Outcome;

/// The line, in the order of the contract. What is `None` above the extras is written as null.
#[derive(Serialize)]
struct Line<'a> {
    workflow_id: Option<&'a str>,
    investigation_type: &'a str,
    ticket_id: Option<&'a str>,
    reviewer: Option<&'a str>,
    review_date: Option<String>,
    total_duration_seconds: Option<u64>,
    stage_durations: Option<Keyed<'a>>,
    overall_score: Option<Number>,
    quality_classification: Option<&'a str>,
    critical_issues: Option<u64>,
    significant_gaps: Option<u64>,
    minor_improvements: Option<u64>,
    fact_verification_performed: Option<bool>,
    accuracy_score: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed_analyst: Option<&'a str>,
    schema_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    span_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amendment: Option<u32>,
}

/// A number that is written without a fraction when it has none: most scores are whole.
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_possible_truncation, reason = "scores are at most 100")]
        let whole = self.0.trunc() as i32;
        if f64::from(whole).total_cmp(&self.0).is_eq() {
            serializer.serialize_i32(whole)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

pub(super) fn of(draft: &Draft) -> String {
    let origin = &draft.origin;
    let keys = RecordKind::Review.legacy_keys();
    let durations = draft.durations.as_ref();
    text(&Line {
        workflow_id: draft.workflow.as_ref().map(Text::as_str),
        investigation_type: draft.investigation.as_str(),
        ticket_id: draft.ticket.as_ref().map(Text::as_str),
        reviewer: draft.reviewer.as_ref().map(Text::as_str),
        review_date: draft.completed_at.map(|at| at.to_string()),
        total_duration_seconds: durations.map(ReviewDurations::total_seconds),
        stage_durations: durations.map(|d| Keyed {
            keys,
            values: d.stage_seconds(),
        }),
        overall_score: draft.score.map(ReviewScore::get).map(Number),
        quality_classification: draft.classification.map(Classification::as_str),
        critical_issues: draft.critical_issues,
        significant_gaps: draft.significant_gaps,
        minor_improvements: draft.minor_improvements,
        fact_verification_performed: draft.fact_verification,
        accuracy_score: draft.accuracy.map(Accuracy::get),
        reviewed_analyst: draft.reviewed_analyst.as_ref().map(Text::as_str),
        schema_version: SCHEMA_VERSION,
        elapsed_seconds: origin.elapsed_seconds,
        trace_id: origin.identity.map(|id| id.trace.to_string()),
        span_id: origin.identity.map(|id| id.span.to_string()),
        outcome: Some(origin.outcome)
            .filter(|o| *o != Outcome::Success)
            .map(Outcome::as_str),
        amendment: Some(origin.amendment).filter(|number| *number > 0),
    })
}
