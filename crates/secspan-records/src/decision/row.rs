//! A decision as a row of CSV: six columns as they are written, and the other spellings that are read.
//!
//! Accepted beyond what is written: columns in any order by the names of the header, the nine-column variant of the
//! manuals (`decision`, `decision_timestamp`, `reviewer_assigned`, `sampled`), further columns, a missing reviewer, times
//! without `Z`.

use std::borrow::Cow;

use super::{DecisionRecord, Draft};
use crate::csv;
use crate::invalid::Invalid;
use crate::record::{Origin, Reading};
use crate::score::{Text, ValueError};
use crate::terms::Priority;
use crate::timestamp::MicroTimestamp;

/// How many columns the file has.
const COLUMNS: usize = 6;

/// Where each field stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    ticket: Option<usize>,
    priority: Option<usize>,
    required: Option<usize>,
    reason: Option<usize>,
    sampled: Option<usize>,
    decided_at: Option<usize>,
    reviewer: Option<usize>,
}

impl Columns {
    /// The six columns that are written.
    pub const WRITTEN: Self = Self {
        ticket: Some(0),
        priority: Some(1),
        required: Some(2),
        reason: Some(3),
        sampled: None,
        decided_at: Some(4),
        reviewer: Some(5),
    };

    /// Reads a header; a byte order mark before it is passed over.
    ///
    /// # Errors
    /// Every column that is missing.
    pub fn of_header<S: AsRef<str>>(names: &[S]) -> Result<Self, Invalid> {
        let place = |wanted: &[&str]| {
            names.iter().position(|name| {
                let name = name.as_ref().trim_start_matches('\u{feff}').trim();
                wanted.iter().any(|word| name.eq_ignore_ascii_case(word))
            })
        };
        let columns = Self {
            ticket: place(&["ticket_id"]),
            priority: place(&["priority"]),
            required: place(&["review_decision", "decision"]),
            reason: place(&["reason"]),
            sampled: place(&["sampled"]),
            decided_at: place(&["timestamp", "decision_timestamp"]),
            reviewer: place(&["reviewer", "reviewer_assigned"]),
        };
        let mut invalid = Invalid::default();
        for (column, place) in [
            ("ticket_id", columns.ticket),
            ("priority", columns.priority),
            ("review_decision", columns.required),
            ("reason", columns.reason.or(columns.sampled)),
            ("timestamp", columns.decided_at),
        ] {
            if place.is_none() {
                invalid.missing(column, "the header must name this column");
            }
        }
        invalid.finish(Some(columns))
    }

    /// Whether a row is a header and no decision: it names the two columns that every variant has.
    pub fn is_header<S: AsRef<str>>(fields: &[S]) -> bool {
        ["ticket_id", "priority"].into_iter().all(|column| {
            fields.iter().any(|field| {
                let name = field.as_ref().trim_start_matches('\u{feff}').trim();
                name.eq_ignore_ascii_case(column)
            })
        })
    }
}

/// The word for a decision.
pub(super) fn decision_word(required: bool) -> &'static str {
    if required { "required" } else { "not_required" }
}

pub(super) fn of(record: &DecisionRecord) -> String {
    let decided_at = record.decided_at.to_string();
    let fields = [
        record.ticket.as_str(),
        record.priority.as_str(),
        decision_word(record.required),
        record.reason.as_str(),
        &decided_at,
        record.reviewer.as_ref().map_or("", Text::as_str),
    ];
    csv::row(fields)
}

pub(super) fn record_of_line(line: &str, reading: Reading) -> Result<DecisionRecord, Invalid> {
    let mut invalid = Invalid::default();
    match csv::fields(line) {
        Ok(fields) if Columns::is_header(&fields) => {
            invalid.rejected("row", "the header, which is no decision");
            Err(invalid)
        }
        Ok(fields) => record(&fields, &Columns::WRITTEN, reading),
        Err(error) => {
            invalid.rejected("row", error);
            Err(invalid)
        }
    }
}

pub(super) fn record<S: AsRef<str>>(
    fields: &[S],
    columns: &Columns,
    reading: Reading,
) -> Result<DecisionRecord, Invalid> {
    let mut invalid = Invalid::default();
    if reading.strict && fields.len() != COLUMNS {
        let given = fields.len();
        invalid.rejected("row", format_args!("{given} fields; allowed are {COLUMNS}"));
    }
    let get = |place: Option<usize>| {
        let field = fields.get(place?)?.as_ref();
        (!field.trim().is_empty()).then_some(field)
    };
    let required = get(columns.required)
        .and_then(|word| invalid.keep("review_decision", decision(word, reading.strict)));
    let reason = match get(columns.reason) {
        Some(reason) => Some(Cow::Borrowed(reason)),
        None => get(columns.sampled)
            .and_then(|word| invalid.keep("sampled", yes_or_no(word)))
            .zip(required)
            .map(|(sampled, required)| Cow::Borrowed(reason_of(required, sampled))),
    };
    let mut text = |field, value: Option<&str>| {
        value.and_then(|text| invalid.keep(field, Text::new(&csv::one_line(text))))
    };
    let draft = Draft {
        ticket: text("ticket_id", get(columns.ticket)),
        reason: text("reason", reason.as_deref()),
        reviewer: text("reviewer", get(columns.reviewer)),
        required,
        priority: get(columns.priority)
            .and_then(|word| invalid.keep("priority", Priority::parse(word))),
        decided_at: get(columns.decided_at)
            .and_then(|word| invalid.keep("timestamp", MicroTimestamp::parse(word))),
        origin: Origin::default(),
    };
    draft.finish(invalid, |_| "the column must have a value".to_owned())
}

fn decision(word: &str, strict: bool) -> Result<bool, ValueError> {
    let plain = word.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    match plain.as_str() {
        "required" => Ok(true),
        "not_required" => Ok(false),
        _ if strict => Err(ValueError::text_form(word, "one of required, not_required")),
        "mandatory" | "sampled" | "review" | "yes" | "true" | "1" => Ok(true),
        "not_sampled" | "skipped" | "skip" | "no" | "false" | "0" => Ok(false),
        _ => Err(ValueError::text_form(word, "one of required, not_required")),
    }
}

fn yes_or_no(word: &str) -> Result<bool, ValueError> {
    match word.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(ValueError::text_form(
            word,
            "one of true, false, yes, no, 1, 0",
        )),
    }
}

/// The reason that a file means that says only whether a ticket was sampled.
fn reason_of(required: bool, sampled: bool) -> &'static str {
    match (required, sampled) {
        (true, true) => "Randomly selected for review",
        (true, false) => MANDATORY_REVIEW,
        (false, _) => "Not selected for review",
    }
}

/// The reason of a review that is required and was not sampled.
const MANDATORY_REVIEW: &str = "Mandatory review";
