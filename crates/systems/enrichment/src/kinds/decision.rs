//! The review decision: fields and file.

use secspan_records::kind::{Field, File, Format, From, Kind, Period, Presence, Source, Type};
use secspan_semconv::{attribute, event};

use crate::values;

/// Whether a finished enrichment is to be reviewed, and why.
pub static DECISION: Kind = Kind {
    name: "decision",
    nouns: ["review decision", "review decisions"],
    about: "whether a finished enrichment is to be reviewed, and why",
    file: File {
        stem: "review-decisions",
        // Six columns for ever.
        format: Format::Csv {
            header: "ticket_id,priority,review_decision,reason,timestamp,reviewer",
        },
        period: Period::Ever,
    },
    source: Source::Event {
        name: event::SECOPS_REVIEW_DECIDED,
    },
    fields: FIELDS,
    subject: field::TICKET_ID,
    completed: &[field::TIMESTAMP],
    telling: &["ticket_id", "priority"],
    unfinished: &[],
    hooks: crate::decision::HOOKS,
};

static FIELDS: &[Field] = &[
    Field {
        key: "ticket_id",
        lead: ",\"ticket_id\":",
        about: "The ticket that was decided about.",
        of: Type::Name,
        presence: Presence::Required,
        from: &[From::Attribute(attribute::SECOPS_TICKET_ID)],
        ..Field::BLANK
    },
    Field {
        key: "priority",
        lead: ",\"priority\":",
        about: "Its priority.",
        of: Type::Word(&values::PRIORITY),
        presence: Presence::Required,
        from: &[From::Attribute(attribute::SECOPS_PRIORITY)],
        ..Field::BLANK
    },
    Field {
        key: "review_decision",
        lead: ",\"review_decision\":",
        about: "Whether a review is required.",
        of: Type::Flag(&values::REQUIRED),
        presence: Presence::Required,
        from: &[From::Attribute(attribute::SECOPS_REVIEW_REQUIRED)],
        columns: &["decision"],
        ..Field::BLANK
    },
    Field {
        key: "reason",
        lead: ",\"reason\":",
        about: "Why.",
        of: Type::Name,
        presence: Presence::Required,
        from: &[From::Attribute(attribute::SECOPS_REVIEW_REASON)],
        ..Field::BLANK
    },
    Field {
        key: "timestamp",
        lead: ",\"timestamp\":",
        about: "When it was decided.",
        of: Type::Micros,
        presence: Presence::Required,
        from: &[From::Time],
        columns: &["decision_timestamp"],
        ..Field::BLANK
    },
    Field {
        key: "reviewer",
        lead: ",\"reviewer\":",
        about: "Who is to review, if that is known.",
        of: Type::Name,
        presence: Presence::Stated,
        from: &[From::Attribute(attribute::SECOPS_REVIEWER_NAME)],
        columns: &["reviewer_assigned"],
        ..Field::BLANK
    },
    Field {
        key: "sampled",
        lead: ",\"sampled\":",
        about: "Whether the ticket was drawn: what other files have in place of a reason.",
        of: Type::Flag(&values::SAMPLED),
        presence: Presence::ReadOnly,
        stands_for: Some("reason"),
        ..Field::BLANK
    },
];

/// The index of each field.
pub mod field {
    /// `ticket_id`.
    pub const TICKET_ID: usize = 0;
    /// `priority`.
    pub const PRIORITY: usize = 1;
    /// `review_decision`.
    pub const REVIEW_DECISION: usize = 2;
    /// `reason`.
    pub const REASON: usize = 3;
    /// `timestamp`.
    pub const TIMESTAMP: usize = 4;
    /// `reviewer`.
    pub const REVIEWER: usize = 5;
    /// `sampled`.
    pub const SAMPLED: usize = 6;
}
