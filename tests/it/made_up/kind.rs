//! Its one kind of record: a backup that ended, from an event.

use secspan_records::kind::{
    Field, File, Format, From, Hooks, Kind, OfOrigin, Period, Presence, Source, Type,
};

pub(super) static BACKUP: Kind = Kind {
    name: "backup",
    nouns: ["backup", "backups"],
    about: "a backup of a host that ended",
    file: File {
        stem: "backups",
        format: Format::JsonLines,
        period: Period::Day,
    },
    source: Source::Event {
        name: "backup.ended",
    },
    fields: &[
        Field {
            key: "host",
            lead: ",\"host\":",
            about: "The host.",
            of: Type::Name,
            presence: Presence::Required,
            from: &[From::Attribute("backup.host")],
            ..Field::BLANK
        },
        Field {
            key: "bytes",
            lead: ",\"bytes\":",
            about: "How much was kept.",
            of: Type::Count,
            presence: Presence::Required,
            from: &[From::Attribute("backup.size")],
            ..Field::BLANK
        },
        Field {
            key: "ended_at",
            lead: ",\"ended_at\":",
            about: "When it ended.",
            of: Type::Time,
            presence: Presence::Required,
            from: &[From::Time],
            ..Field::BLANK
        },
        Field {
            key: "trace_id",
            lead: ",\"trace_id\":",
            about: "The trace.",
            of: Type::Origin(OfOrigin::Trace),
            ..Field::BLANK
        },
        Field {
            key: "span_id",
            lead: ",\"span_id\":",
            about: "The span.",
            of: Type::Origin(OfOrigin::Span),
            ..Field::BLANK
        },
    ],
    subject: HOST,
    completed: &[ENDED_AT],
    telling: &["ended_at"],
    unfinished: &[],
    hooks: Hooks::NONE,
};

pub(super) const HOST: usize = 0;
pub(super) const BYTES: usize = 1;
pub(super) const ENDED_AT: usize = 2;
