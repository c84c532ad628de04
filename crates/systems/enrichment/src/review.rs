//! The review record as a type, and what of it is not data: the class follows from the score.

use std::borrow::Cow;

use secspan_records::durations::Durations;
use secspan_records::invalid::Invalid;
use secspan_records::kind::Hooks;
use secspan_records::origin::Origin;
use secspan_records::record::Record;
use secspan_records::timestamp::Timestamp;
use secspan_records::value::Value;

use crate::grade::{Classification, Investigation, ReviewScore};
use crate::kinds::REVIEW;
use crate::kinds::review::{WORKFLOW, field};

/// How many stages a review has.
pub const STAGE_COUNT: usize = 7;

/// One completed review, borrowed from its line where it was read from one.
#[derive(Clone, Debug, PartialEq)]
pub struct Review<'a> {
    /// Name of the workflow.
    pub workflow: Cow<'a, str>,
    /// What kind of investigation was reviewed.
    pub investigation: Investigation,
    /// Ticket of the analysis.
    pub ticket: Cow<'a, str>,
    /// Who reviewed it.
    pub reviewer: Cow<'a, str>,
    /// When the review ended.
    pub completed_at: Timestamp,
    /// Time spent in stages, in seconds.
    pub total_seconds: u64,
    /// Time by stage, in seconds.
    pub stage_seconds: [u64; STAGE_COUNT],
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
    /// How many of the verified facts were right, in percent.
    pub accuracy: Option<u8>,
    /// Whose analysis it was.
    pub reviewed_analyst: Option<Cow<'a, str>>,
    /// Where the record comes from.
    pub origin: Origin,
}

impl<'a> Review<'a> {
    /// Reads a record; `None` when it is of another kind.
    pub fn of(record: &Record<'a>) -> Option<Self> {
        if *record.kind() != REVIEW {
            return None;
        }
        let accuracy = record.count(field::ACCURACY_SCORE);
        Some(Self {
            workflow: record.cow(field::WORKFLOW_ID)?,
            investigation: Investigation::of_index(record.word(field::INVESTIGATION_TYPE)?)?,
            ticket: record.cow(field::TICKET_ID)?,
            reviewer: record.cow(field::REVIEWER)?,
            completed_at: record.time(field::REVIEW_DATE)?,
            total_seconds: record.count(field::TOTAL_DURATION_SECONDS)?,
            stage_seconds: record.array(field::STAGE_DURATIONS)?,
            score: ReviewScore::new(record.number(field::OVERALL_SCORE)?).ok()?,
            classification: Classification::of_index(record.word(field::QUALITY_CLASSIFICATION)?)?,
            critical_issues: record.count(field::CRITICAL_ISSUES)?,
            significant_gaps: record.count(field::SIGNIFICANT_GAPS)?,
            minor_improvements: record.count(field::MINOR_IMPROVEMENTS)?,
            fact_verification: record.flag(field::FACT_VERIFICATION_PERFORMED)?,
            accuracy: accuracy.and_then(|percent| u8::try_from(percent).ok()),
            reviewed_analyst: record.cow(field::REVIEWED_ANALYST),
            origin: record.origin.clone(),
        })
    }

    /// The record, whose durations are `durations`.
    pub fn into_record(self, durations: &Durations) -> Record<'a> {
        let mut record = Record::new(&REVIEW);
        record.set(field::WORKFLOW_ID, Value::Text(self.workflow));
        record.set(
            field::INVESTIGATION_TYPE,
            Value::Word(self.investigation.index()),
        );
        record.set(field::TICKET_ID, Value::Text(self.ticket));
        record.set(field::REVIEWER, Value::Text(self.reviewer));
        record.set(field::REVIEW_DATE, Value::Time(self.completed_at));
        record.set(field::OVERALL_SCORE, Value::Number(self.score.get()));
        record.set(
            field::QUALITY_CLASSIFICATION,
            Value::Word(self.classification.index()),
        );
        record.set(field::CRITICAL_ISSUES, Value::Count(self.critical_issues));
        record.set(field::SIGNIFICANT_GAPS, Value::Count(self.significant_gaps));
        record.set(
            field::MINOR_IMPROVEMENTS,
            Value::Count(self.minor_improvements),
        );
        record.set(
            field::FACT_VERIFICATION_PERFORMED,
            Value::Flag(self.fact_verification),
        );
        let accuracy = self
            .accuracy
            .map_or(Value::Absent, |percent| Value::Count(percent.into()));
        record.set(field::ACCURACY_SCORE, accuracy);
        let analyst = self.reviewed_analyst.map_or(Value::Absent, Value::Text);
        record.set(field::REVIEWED_ANALYST, analyst);
        record.set_durations(durations);
        record.origin = self.origin;
        record
    }

    /// Durations from nanoseconds by stage: `None` for a stage that did not run.
    pub fn durations(nanos: [Option<u64>; STAGE_COUNT]) -> Durations {
        Durations::from_stages(&WORKFLOW, &nanos)
    }
}

/// What of the kind is code.
pub(crate) const HOOKS: Hooks = Hooks {
    complete: classify,
    check: reject_contradiction,
    ..Hooks::NONE
};

/// The class of the score.
fn class_of(record: &Record<'_>) -> Option<(ReviewScore, Classification)> {
    let score = ReviewScore::new(record.number(field::OVERALL_SCORE)?).ok()?;
    Some((score, score.classification()))
}

/// Fills in the class where only the score is stated.
fn classify(record: &mut Record<'_>) {
    if record.word(field::QUALITY_CLASSIFICATION).is_none()
        && let Some((_, class)) = class_of(record)
    {
        record.set(field::QUALITY_CLASSIFICATION, Value::Word(class.index()));
    }
}

/// Notes a class that is not the one of the score.
fn reject_contradiction(record: &Record<'_>, invalid: &mut Invalid) {
    let stated = record.word(field::QUALITY_CLASSIFICATION);
    if let Some(stated) = stated.and_then(Classification::of_index)
        && let Some((score, right)) = class_of(record)
        && stated != right
    {
        let (stated, right, score) = (stated.as_str(), right.as_str(), score.get());
        let reason = format!("{stated:?} contradicts the score of {score}, which is {right:?}");
        invalid.rejected("quality_classification", reason);
    }
}

#[cfg(test)]
mod tests;
