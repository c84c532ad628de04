//! The ticket: fields and file.

use secspan_records::kind::{
    Field, File, Format, From, Kind, OfOrigin, Period, Presence, Source, Type,
};
use secspan_semconv::{attribute, event};

use crate::values;

/// When a ticket was enriched and when it was closed, which is what service levels are measured by.
pub static TICKET: Kind = Kind {
    name: "ticket",
    nouns: ["ticket", "tickets"],
    about: "when a ticket was enriched and when it was closed, which is what service levels are measured by",
    file: File {
        stem: "ticket-metrics",
        format: Format::JsonLines,
        period: Period::Day,
    },
    source: Source::Event {
        name: event::SECOPS_TICKET_CLOSED,
    },
    fields: FIELDS,
    subject: field::TICKET_ID,
    completed: &[field::CLOSED_DATE, field::ENRICHMENT_DATE],
    telling: &["closed_date", "enrichment_date"],
    unfinished: &[],
    hooks: crate::ticket::HOOKS,
};

static FIELDS: &[Field] = &[
    Field {
        key: "ticket_id",
        lead: ",\"ticket_id\":",
        about: "The ticket.",
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
        key: "enrichment_date",
        lead: ",\"enrichment_date\":",
        about: "When its enrichment was complete, which starts the clock; null when the enrichment's own record has it.",
        of: Type::Time,
        presence: Presence::Stated,
        from: &[From::Attribute(attribute::SECOPS_TICKET_ENRICHED_AT)],
        ..Field::BLANK
    },
    Field {
        key: "closed_date",
        lead: ",\"closed_date\":",
        about: "When it was closed; null while it is open.",
        of: Type::Time,
        presence: Presence::Stated,
        from: &[From::Time],
        missing: "a ticket needs a closed_date or, while it is open, an enrichment_date",
        ..Field::BLANK
    },
    Field {
        key: "schema_version",
        lead: ",\"schema_version\":",
        about: "Version of the fields that follow.",
        of: Type::Version,
        presence: Presence::Known,
        ..Field::BLANK
    },
    Field {
        key: "trace_id",
        lead: ",\"trace_id\":",
        about: "The trace.",
        of: Type::Origin(OfOrigin::Trace),
        presence: Presence::Known,
        ..Field::BLANK
    },
    Field {
        key: "span_id",
        lead: ",\"span_id\":",
        about: "The workflow span, or the span of the event.",
        of: Type::Origin(OfOrigin::Span),
        presence: Presence::Known,
        ..Field::BLANK
    },
];

/// The index of each field.
pub mod field {
    /// `ticket_id`.
    pub const TICKET_ID: usize = 0;
    /// `priority`.
    pub const PRIORITY: usize = 1;
    /// `enrichment_date`.
    pub const ENRICHMENT_DATE: usize = 2;
    /// `closed_date`.
    pub const CLOSED_DATE: usize = 3;
    /// `schema_version`.
    pub const SCHEMA_VERSION: usize = 4;
    /// `trace_id`.
    pub const TRACE_ID: usize = 5;
    /// `span_id`.
    pub const SPAN_ID: usize = 6;
}
