//! The review decision as a type, and what of it is not data: whether a review is a mandatory one.
//!
//! Decisions are kept in one CSV file that legacy scripts read and rewrite. How a decision is taken is in
//! [`sampling`](crate::sampling).

use std::borrow::Cow;

use secspan_records::kind::Hooks;
use secspan_records::origin::Origin;
use secspan_records::record::{FieldValue, Record};
use secspan_records::timestamp::MicroTimestamp;
use secspan_records::value::{Value, fitted};

use crate::kinds::DECISION;
use crate::kinds::decision::field;
use crate::sampling::{Rate, SamplingRule};
use crate::terms::Priority;

/// The word that the reason of a mandatory review holds, in this spelling: the sampling report tells mandatory reviews
/// from sampled ones by it.
pub const MANDATORY: &str = "Mandatory";

/// The word in the reason of a review that was drawn.
const SAMPLING: &str = "sampling";

/// One decision, borrowed from its line where it was read from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Ticket that was decided about.
    pub ticket: Cow<'a, str>,
    /// Its priority.
    pub priority: Priority,
    /// Whether a review is required.
    pub required: bool,
    /// Why. Holds [`MANDATORY`] when a review is required of every ticket of this priority.
    pub reason: Cow<'a, str>,
    /// When it was decided.
    pub decided_at: MicroTimestamp,
    /// Who is to review, if that is known.
    pub reviewer: Option<Cow<'a, str>>,
    /// Where the record comes from; the file does not say.
    pub origin: Origin,
}

impl<'a> Decision<'a> {
    /// The decision of a rule about a ticket at `decided_at`. Nobody is assigned yet.
    pub fn by(
        rule: &SamplingRule,
        ticket: Cow<'a, str>,
        priority: Priority,
        decided_at: MicroTimestamp,
    ) -> Self {
        let required = rule.requires(&ticket, priority);
        Self {
            ticket,
            priority,
            required,
            reason: Cow::Owned(rule.reason(priority, required)),
            decided_at,
            reviewer: None,
            origin: Origin::default(),
        }
    }

    /// Reads a record; `None` when it is of another kind.
    pub fn of(record: &Record<'a>) -> Option<Self> {
        if *record.kind() != DECISION {
            return None;
        }
        Some(Self {
            ticket: record.cow(field::TICKET_ID)?,
            priority: Priority::of_index(record.word(field::PRIORITY)?)?,
            required: record.flag(field::REVIEW_DECISION)?,
            reason: record.cow(field::REASON)?,
            decided_at: record.micros(field::TIMESTAMP)?,
            reviewer: record.cow(field::REVIEWER),
            origin: record.origin.clone(),
        })
    }

    /// The record.
    pub fn into_record(self) -> Record<'a> {
        let mut record = Record::new(&DECISION);
        record.set(field::TICKET_ID, Value::Text(self.ticket));
        record.set(field::PRIORITY, Value::Word(self.priority.index()));
        record.set(field::REVIEW_DECISION, Value::Flag(self.required));
        record.set(field::REASON, Value::Text(self.reason));
        record.set(field::TIMESTAMP, Value::Micros(self.decided_at));
        let reviewer = self.reviewer.map_or(Value::Absent, Value::Text);
        record.set(field::REVIEWER, reviewer);
        record.origin = self.origin;
        record
    }

    /// Whether the review is required of every ticket of this priority, not of a sample.
    pub fn is_mandatory(&self) -> bool {
        self.required && self.reason.contains(MANDATORY)
    }
}

/// What of the kind is code.
pub(crate) const HOOKS: Hooks = Hooks {
    assembled: mark_mandatory,
    complete: give_reason,
    field: extra_field,
    ..Hooks::NONE
};

/// Says [`MANDATORY`] in the reason of a review that its priority demands of every ticket, before the person's own
/// words: a reason such as `by policy` would be counted as sampled. One that speaks of sampling is left as it is.
fn mark_mandatory(record: &mut Record<'_>) {
    let priority = record.word(field::PRIORITY).and_then(Priority::of_index);
    let (Some(true), Some(priority), Some(reason)) = (
        record.flag(field::REVIEW_DECISION),
        priority,
        record.text(field::REASON),
    ) else {
        return;
    };
    let rule = SamplingRule::default();
    let stated = [MANDATORY, SAMPLING]
        .iter()
        .any(|word| reason.contains(word));
    if !stated && rule.rates.of(priority) == Rate::ALL {
        let marked = fitted(format!("{}: {reason}", rule.reason(priority, true)));
        record.set(field::REASON, Value::Text(Cow::Owned(marked)));
    }
}

/// Fills in the reason that a file means that says only whether a ticket was sampled.
fn give_reason(record: &mut Record<'_>) {
    if record.text(field::REASON).is_some() {
        return;
    }
    let sampled = record.flag(field::SAMPLED);
    let reason = match sampled.zip(record.flag(field::REVIEW_DECISION)) {
        Some((true, true)) => "Randomly selected for review",
        Some((false, true)) => "Mandatory review",
        Some((_, false)) => "Not selected for review",
        None => return,
    };
    record.set(field::REASON, Value::Text(Cow::Borrowed(reason)));
}

/// `mandatory` says whether the review is a mandatory one.
fn extra_field<'r>(record: &'r Record<'_>, name: &str) -> Option<FieldValue<'r>> {
    let required = record.flag(field::REVIEW_DECISION)?;
    let reason = record.text(field::REASON)?;
    (name == "mandatory").then(|| FieldValue::Bool(required && reason.contains(MANDATORY)))
}

#[cfg(test)]
mod tests;
