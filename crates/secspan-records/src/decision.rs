//! The review decision: whether a finished enrichment is to be reviewed, and why.
//!
//! Decisions are kept in one CSV file that legacy scripts read and rewrite; `decision/row.rs` says what is written and
//! what is accepted. How a decision is taken is in [`sampling`](crate::sampling).

mod row;

pub use row::Columns;

use serde::Serialize;

use crate::invalid::Invalid;
use crate::json::text;
use crate::record::{FieldValue, Origin, Reading};
use crate::sampling::{Rate, SamplingRule};
use crate::score::Text;
use crate::terms::Priority;
use crate::timestamp::MicroTimestamp;

/// The first line of the file, without its line feed: six columns for ever.
pub const HEADER: &str = "ticket_id,priority,review_decision,reason,timestamp,reviewer";

/// The word that the reason of a mandatory review holds, in this spelling: the sampling report tells mandatory reviews
/// from sampled ones by it.
pub const MANDATORY: &str = "Mandatory";

/// The word in the reason of a review that was drawn.
const SAMPLING: &str = "sampling";

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRecord {
    /// Ticket that was decided about.
    pub ticket: Text,
    /// Its priority.
    pub priority: Priority,
    /// Whether a review is required.
    pub required: bool,
    /// Why. Holds [`MANDATORY`] when a review is required of every ticket of this priority.
    pub reason: Text,
    /// When it was decided.
    pub decided_at: MicroTimestamp,
    /// Who is to review, if that is known.
    pub reviewer: Option<Text>,
    /// Where the record comes from; the file does not say.
    pub origin: Origin,
}

/// A record in the making.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub(crate) ticket: Option<Text>,
    pub(crate) priority: Option<Priority>,
    pub(crate) required: Option<bool>,
    pub(crate) reason: Option<Text>,
    pub(crate) decided_at: Option<MicroTimestamp>,
    pub(crate) reviewer: Option<Text>,
    pub(crate) origin: Origin,
}

/// What is known of a decision that is no record, for a side file.
#[derive(Serialize)]
struct Partial<'a> {
    ticket_id: Option<&'a str>,
    priority: Option<&'a str>,
    review_decision: Option<&'a str>,
    reason: Option<&'a str>,
    timestamp: Option<String>,
    reviewer: Option<&'a str>,
}

impl Draft {
    /// Says [`MANDATORY`] in the reason of a review that its priority demands of every ticket, before the person's own
    /// words: a reason such as `by policy` would be counted as sampled. One that speaks of sampling is left as it is.
    pub(crate) fn mark_mandatory(&mut self) {
        let (Some(true), Some(priority), Some(reason)) =
            (self.required, self.priority, &self.reason)
        else {
            return;
        };
        let rule = SamplingRule::default();
        let words = [MANDATORY, SAMPLING];
        let told = words.iter().any(|word| reason.as_str().contains(word));
        if !told && rule.rates.of(priority) == Rate::ALL {
            let marked = format!("{}: {}", rule.reason(priority, true), reason.as_str());
            self.reason = Some(Text::fitted(marked));
        }
    }

    /// The record, or every problem that stands in its way. `hint` says where a missing field would come from.
    pub(crate) fn finish(
        self,
        mut invalid: Invalid,
        hint: impl Fn(&'static str) -> String,
    ) -> Result<DecisionRecord, Invalid> {
        for (field, present) in [
            ("ticket_id", self.ticket.is_some()),
            ("priority", self.priority.is_some()),
            ("review_decision", self.required.is_some()),
            ("reason", self.reason.is_some()),
            ("timestamp", self.decided_at.is_some()),
        ] {
            if !present && !invalid.mentions(field) {
                invalid.missing(field, &hint(field));
            }
        }
        let record = self.complete();
        invalid.finish(record)
    }

    fn complete(self) -> Option<DecisionRecord> {
        Some(DecisionRecord {
            ticket: self.ticket?,
            priority: self.priority?,
            required: self.required?,
            reason: self.reason?,
            decided_at: self.decided_at?,
            reviewer: self.reviewer,
            origin: self.origin,
        })
    }

    /// What is known, as JSON with the names of the columns and null for what is missing.
    pub(crate) fn to_json(&self) -> String {
        text(&Partial {
            ticket_id: self.ticket.as_ref().map(Text::as_str),
            priority: self.priority.map(Priority::as_str),
            review_decision: self.required.map(row::decision_word),
            reason: self.reason.as_ref().map(Text::as_str),
            timestamp: self.decided_at.map(|at| at.to_string()),
            reviewer: self.reviewer.as_ref().map(Text::as_str),
        })
    }
}

impl DecisionRecord {
    /// Whether the review is required of every ticket of this priority, not of a sample.
    pub fn is_mandatory(&self) -> bool {
        self.required && self.reason.as_str().contains(MANDATORY)
    }

    /// The record as a row of the file, without the line feed.
    pub fn to_csv_row(&self) -> String {
        row::of(self)
    }

    /// Reads the fields of a row, which stand in the order of `columns`.
    ///
    /// # Errors
    /// Every field that is missing or not allowed.
    pub fn from_csv_fields<S: AsRef<str>>(
        fields: &[S],
        columns: &Columns,
        reading: Reading,
    ) -> Result<Self, Invalid> {
        row::record(fields, columns, reading)
    }

    /// Reads a row of the file as it is written, with its six columns.
    ///
    /// # Errors
    /// Every field that is missing or not allowed; quotes that do not match.
    pub fn from_line(line: &str, reading: Reading) -> Result<Self, Invalid> {
        row::record_of_line(line, reading)
    }

    /// A field by the name of its column; `None` when there is no such column or no value in it. `mandatory` says
    /// whether the review is a mandatory one.
    pub fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        match name {
            "ticket_id" => Some(FieldValue::Text(self.ticket.as_str())),
            "priority" => Some(FieldValue::Text(self.priority.as_str())),
            "review_decision" => Some(FieldValue::Text(row::decision_word(self.required))),
            "reason" => Some(FieldValue::Text(self.reason.as_str())),
            "mandatory" => Some(FieldValue::Bool(self.is_mandatory())),
            "reviewer" => self
                .reviewer
                .as_ref()
                .map(|name| FieldValue::Text(name.as_str())),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
