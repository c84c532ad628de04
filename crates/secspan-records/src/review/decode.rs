//! A line of JSON as a review record: lenient in how values are spelt, exact in what they mean.

use super::{
    Accuracy, Classification, Draft, Investigation, ReviewDurations, ReviewRecord, ReviewScore,
};
use crate::definition::RecordKind;
use crate::invalid::Invalid;
use crate::json::{self, Fields, whole_seconds};
use crate::record::Reading;
use crate::score::Text;
use crate::timestamp::Timestamp;

/// Keys that must be in a line that is written, even where their value may be null.
const STATED_ALWAYS: [&str; 2] = ["quality_classification", "accuracy_score"];

pub(super) fn record(line: &str, reading: Reading) -> Result<ReviewRecord, Invalid> {
    let object = json::object(line)?;
    let mut invalid = Invalid::default();
    let mut fields = Fields::new(&object, &mut invalid);
    let score = fields.number("overall_score");
    let accuracy = fields.count("accuracy_score");
    let draft = Draft {
        workflow: fields.text("workflow_id", Text::new),
        investigation: fields
            .text("investigation_type", Investigation::parse)
            .unwrap_or_default(),
        ticket: fields.text("ticket_id", Text::new),
        reviewer: fields.text("reviewer", Text::new),
        completed_at: fields.text("review_date", Timestamp::parse),
        durations: durations(&mut fields, reading),
        score: score.and_then(|v| fields.invalid.keep("overall_score", ReviewScore::new(v))),
        classification: fields.text("quality_classification", Classification::parse),
        critical_issues: fields.count("critical_issues"),
        significant_gaps: fields.count("significant_gaps"),
        minor_improvements: fields.count("minor_improvements"),
        fact_verification: fields.bool("fact_verification_performed"),
        accuracy: accuracy.and_then(|v| fields.invalid.keep("accuracy_score", Accuracy::new(v))),
        reviewed_analyst: fields.text("reviewed_analyst", Text::new),
        origin: fields.origin(),
    };
    if reading.strict {
        fields.require_keys(&STATED_ALWAYS);
        draft.reject_contradiction(&mut invalid);
    }
    draft.finish(invalid, |field| json::missing(&object, field))
}

fn durations(fields: &mut Fields<'_>, reading: Reading) -> Option<ReviewDurations> {
    let total = fields.seconds("total_duration_seconds");
    let stages = fields.stage_nanos("stage_durations", RecordKind::Review.legacy_keys());
    if fields.value("stage_durations").is_none() {
        let hint = "an object with stage1 to stage7 is required";
        fields.invalid.missing("stage_durations", hint);
    }
    let (total, stages) = (total?, stages?);
    let stages = whole_seconds(total, &stages)?;
    if reading.strict {
        fields
            .invalid
            .keep("stage_durations", ReviewDurations::stated(total, stages))
    } else {
        Some(ReviewDurations::stated_loosely(total, stages))
    }
}

impl Draft {
    /// Notes a class that is not the one of the score.
    pub(crate) fn reject_contradiction(&self, invalid: &mut Invalid) {
        if let (Some(score), Some(stated)) = (self.score, self.classification) {
            let right = score.classification();
            if stated != right {
                let (stated, right, score) = (stated.as_str(), right.as_str(), score.get());
                let reason =
                    format!("{stated:?} contradicts the score of {score}, which is {right:?}");
                invalid.rejected("quality_classification", reason);
            }
        }
    }
}
