//! The review record: what a senior analyst found when a finished analysis was reviewed.
//!
//! The file format is contract: see `review/line.rs` for what is written and `review/decode.rs` for what is accepted.

mod decode;
mod durations;
mod grade;
mod line;
mod weights;

pub use durations::ReviewDurations;
pub use grade::{Accuracy, Classification, Investigation, ReviewScore};
pub use weights::{Dimension, DimensionScores};

use crate::invalid::Invalid;
use crate::record::{FieldValue, Origin, Reading};
use crate::score::Text;
use crate::timestamp::Timestamp;

/// One completed review.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewRecord {
    /// Name of the workflow.
    pub workflow: Text,
    /// What kind of investigation was reviewed.
    pub investigation: Investigation,
    /// Ticket of the analysis.
    pub ticket: Text,
    /// Who reviewed it.
    pub reviewer: Text,
    /// When the review ended.
    pub completed_at: Timestamp,
    /// Time spent, by stage.
    pub durations: ReviewDurations,
    /// What the review came to.
    pub result: ReviewResult,
    /// Whose analysis it was.
    pub reviewed_analyst: Option<Text>,
    /// Where the record comes from.
    pub origin: Origin,
}

/// What a review came to.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewResult {
    /// Overall score.
    pub score: ReviewScore,
    /// The class that the score falls into.
    pub classification: Classification,
    /// Critical issues found.
    pub critical_issues: u64,
    /// Significant gaps found.
    pub significant_gaps: u64,
    /// Minor improvements proposed.
    pub minor_improvements: u64,
    /// Whether facts were verified.
    pub fact_verification: bool,
    /// How many of the verified facts were right.
    pub accuracy: Option<Accuracy>,
}

/// A record in the making.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub(crate) workflow: Option<Text>,
    pub(crate) investigation: Investigation,
    pub(crate) ticket: Option<Text>,
    pub(crate) reviewer: Option<Text>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) durations: Option<ReviewDurations>,
    pub(crate) score: Option<ReviewScore>,
    pub(crate) classification: Option<Classification>,
    pub(crate) critical_issues: Option<u64>,
    pub(crate) significant_gaps: Option<u64>,
    pub(crate) minor_improvements: Option<u64>,
    pub(crate) fact_verification: Option<bool>,
    pub(crate) accuracy: Option<Accuracy>,
    pub(crate) reviewed_analyst: Option<Text>,
    pub(crate) origin: Origin,
}

impl Draft {
    /// The record, or every problem that stands in its way. `hint` says where a missing field would come from.
    pub(crate) fn finish(
        mut self,
        mut invalid: Invalid,
        hint: impl Fn(&'static str) -> String,
    ) -> Result<ReviewRecord, Invalid> {
        if self.classification.is_none() {
            self.classification = self.score.map(ReviewScore::classification);
        }
        for (field, present) in [
            ("workflow_id", self.workflow.is_some()),
            ("ticket_id", self.ticket.is_some()),
            ("reviewer", self.reviewer.is_some()),
            ("review_date", self.completed_at.is_some()),
            ("total_duration_seconds", self.durations.is_some()),
            ("overall_score", self.score.is_some()),
            ("critical_issues", self.critical_issues.is_some()),
            ("significant_gaps", self.significant_gaps.is_some()),
            ("minor_improvements", self.minor_improvements.is_some()),
            (
                "fact_verification_performed",
                self.fact_verification.is_some(),
            ),
        ] {
            if !present && !invalid.mentions(field) {
                invalid.missing(field, &hint(field));
            }
        }
        let record = self.complete();
        invalid.finish(record)
    }

    fn complete(self) -> Option<ReviewRecord> {
        Some(ReviewRecord {
            workflow: self.workflow?,
            investigation: self.investigation,
            ticket: self.ticket?,
            reviewer: self.reviewer?,
            completed_at: self.completed_at?,
            durations: self.durations?,
            result: ReviewResult {
                score: self.score?,
                classification: self.classification?,
                critical_issues: self.critical_issues?,
                significant_gaps: self.significant_gaps?,
                minor_improvements: self.minor_improvements?,
                fact_verification: self.fact_verification?,
                accuracy: self.accuracy,
            },
            reviewed_analyst: self.reviewed_analyst,
            origin: self.origin,
        })
    }

    /// What is known, as JSON with the keys of the record and null for what is missing.
    pub(crate) fn to_json(&self) -> String {
        line::of(self)
    }
}

impl ReviewRecord {
    /// The record as one line of compact JSON, without the line feed.
    pub fn to_line(&self) -> String {
        line::of(&self.as_draft())
    }

    /// Reads a line.
    ///
    /// # Errors
    /// Every field that is missing or out of range.
    pub fn from_line(line: &str, reading: Reading) -> Result<Self, Invalid> {
        decode::record(line, reading)
    }

    /// A field by its name in the line; `None` when there is no such field or no value in it.
    pub fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        let result = &self.result;
        match name {
            "investigation_type" => Some(FieldValue::Text(self.investigation.as_str())),
            "ticket_id" => Some(FieldValue::Text(self.ticket.as_str())),
            "reviewer" => Some(FieldValue::Text(self.reviewer.as_str())),
            "total_duration_seconds" => Some(FieldValue::Int(self.durations.total_seconds())),
            "elapsed_seconds" => self.origin.elapsed_seconds.map(FieldValue::Int),
            "overall_score" => Some(FieldValue::Float(result.score.get())),
            "quality_classification" => Some(FieldValue::Text(result.classification.as_str())),
            "critical_issues" => Some(FieldValue::Int(result.critical_issues)),
            "significant_gaps" => Some(FieldValue::Int(result.significant_gaps)),
            "minor_improvements" => Some(FieldValue::Int(result.minor_improvements)),
            "fact_verification_performed" => Some(FieldValue::Bool(result.fact_verification)),
            "accuracy_score" => result
                .accuracy
                .map(|score| FieldValue::Int(score.get().into())),
            "reviewed_analyst" | "analyst" => self
                .reviewed_analyst
                .as_ref()
                .map(|name| FieldValue::Text(name.as_str())),
            _ => None,
        }
    }

    fn as_draft(&self) -> Draft {
        Draft {
            workflow: Some(self.workflow.clone()),
            investigation: self.investigation,
            ticket: Some(self.ticket.clone()),
            reviewer: Some(self.reviewer.clone()),
            completed_at: Some(self.completed_at),
            durations: Some(self.durations.clone()),
            score: Some(self.result.score),
            classification: Some(self.result.classification),
            critical_issues: Some(self.result.critical_issues),
            significant_gaps: Some(self.result.significant_gaps),
            minor_improvements: Some(self.result.minor_improvements),
            fact_verification: Some(self.result.fact_verification),
            accuracy: self.result.accuracy,
            reviewed_analyst: self.reviewed_analyst.clone(),
            origin: self.origin.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
