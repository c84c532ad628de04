//! A record of any kind, as files, metrics and reports see it.

use secspan_otlp::view::{SpanId, TraceId};

use crate::decision::DecisionRecord;
use crate::definition::RecordKind;
use crate::enrichment::EnrichmentRecord;
use crate::invalid::Invalid;
use crate::review::ReviewRecord;
use crate::score::{EpssUnit, Text};
use crate::terms::Outcome;
use crate::ticket::TicketRecord;
use crate::timestamp::{Date, Timestamp};

/// What a record is called, wherever it turns up: the trace it came from and its workflow span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// Trace id.
    pub trace: TraceId,
    /// Id of the workflow span.
    pub span: SpanId,
}

/// Version of the fields that our records have beyond the legacy schemas.
pub const SCHEMA_VERSION: &str = "1";

/// Where a record comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Trace and workflow span.
    pub identity: Option<Identity>,
    /// How the workflow ended.
    pub outcome: Outcome,
    /// From the first start to the last end of its spans, in seconds, time between stages included.
    pub elapsed_seconds: Option<u64>,
    /// Which correction of the first record this is; 0 is the first.
    pub amendment: u32,
}

/// One domain fact: what a workflow was, what was decided, what became of a ticket.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// The enrichment of a security alert.
    Enrichment(Box<EnrichmentRecord>),
    /// The review of a finished analysis.
    Review(Box<ReviewRecord>),
    /// The decision whether a ticket is reviewed.
    Decision(Box<DecisionRecord>),
    /// What became of a ticket.
    Ticket(Box<TicketRecord>),
}

/// What makes a record recognisable when it comes again.
///
/// A workflow is one span and its corrections are numbered. A decision and a closing are a ticket and a time: their file
/// need not say which span they come from, and one span may report many.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A record that a workflow became.
    Workflow {
        /// Kind of record.
        kind: RecordKind,
        /// Trace and workflow span.
        identity: Identity,
        /// Which correction of the first record it is.
        amendment: u32,
    },
    /// A record that one event became.
    Event {
        /// Kind of record.
        kind: RecordKind,
        /// The ticket that it is about.
        ticket: Text,
        /// When it happened, in microseconds since the Unix epoch.
        at_micros: i64,
    },
}

impl Key {
    /// The key of a decision.
    pub fn of_decision(record: &DecisionRecord) -> Self {
        Self::Event {
            kind: RecordKind::Decision,
            ticket: record.ticket.clone(),
            at_micros: record.decided_at.unix_micros(),
        }
    }

    /// The key of a ticket's record.
    pub fn of_ticket(record: &TicketRecord) -> Self {
        let at = record.completed_at().unix_seconds();
        Self::Event {
            kind: RecordKind::Ticket,
            ticket: record.ticket.clone(),
            at_micros: at.saturating_mul(1_000_000),
        }
    }
}

/// The value of a record's field, for rules that do not know the kinds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldValue<'a> {
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(u64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
}

/// How long one stage of a record took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageTime {
    /// Name of the stage; the legacy key where a record from elsewhere knows no more.
    pub stage: &'static str,
    /// Key in the record's `stage_durations`.
    pub legacy_key: &'static str,
    /// Duration, in seconds.
    pub seconds: u64,
    /// What the stage may take, in seconds.
    pub budget_seconds: Option<u32>,
    /// Whether the stage ran; a stage of less than half a second ran and lasted 0 seconds.
    pub ran: bool,
}

impl StageTime {
    /// Whether the stage took more than twice its budget.
    pub fn over_budget(&self) -> bool {
        self.budget_seconds
            .is_some_and(|budget| self.seconds > 2 * u64::from(budget))
    }
}

/// How a line is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The unit of `epss_score`.
    pub epss_unit: EpssUnit,
    /// Whether stage values must add up to the total and every required field must be there, as in files that are
    /// written; legacy files are read without.
    pub strict: bool,
}

impl Record {
    /// The kind of the record.
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Enrichment(_) => RecordKind::Enrichment,
            Self::Review(_) => RecordKind::Review,
            Self::Decision(_) => RecordKind::Decision,
            Self::Ticket(_) => RecordKind::Ticket,
        }
    }

    fn origin(&self) -> &Origin {
        match self {
            Self::Enrichment(record) => &record.origin,
            Self::Review(record) => &record.origin,
            Self::Decision(record) => &record.origin,
            Self::Ticket(record) => &record.origin,
        }
    }

    fn origin_mut(&mut self) -> &mut Origin {
        match self {
            Self::Enrichment(record) => &mut record.origin,
            Self::Review(record) => &mut record.origin,
            Self::Decision(record) => &mut record.origin,
            Self::Ticket(record) => &mut record.origin,
        }
    }

    /// Trace and span: the workflow's, or that on which the event happened; `None` for a record that came from a file
    /// without them.
    pub fn identity(&self) -> Option<Identity> {
        self.origin().identity
    }

    /// What makes the record recognisable when it comes again; `None` for a workflow's record without an identity.
    pub fn key(&self) -> Option<Key> {
        match self {
            Self::Enrichment(_) | Self::Review(_) => Some(Key::Workflow {
                kind: self.kind(),
                identity: self.identity()?,
                amendment: self.amendment(),
            }),
            Self::Decision(record) => Some(Key::of_decision(record)),
            Self::Ticket(record) => Some(Key::of_ticket(record)),
        }
    }

    /// The name of the workflow; `None` for a record that one event became.
    pub fn workflow(&self) -> Option<&str> {
        match self {
            Self::Enrichment(record) => Some(record.workflow.as_str()),
            Self::Review(record) => Some(record.workflow.as_str()),
            Self::Decision(_) | Self::Ticket(_) => None,
        }
    }

    /// The ticket that the record is about.
    pub fn ticket(&self) -> &Text {
        match self {
            Self::Enrichment(record) => &record.ticket,
            Self::Review(record) => &record.ticket,
            Self::Decision(record) => &record.ticket,
            Self::Ticket(record) => &record.ticket,
        }
    }

    /// How the workflow ended; success for a record that one event became.
    pub fn outcome(&self) -> Outcome {
        self.origin().outcome
    }

    /// Which correction of the first record of this identity this is; 0 is the first.
    pub fn amendment(&self) -> u32 {
        self.origin().amendment
    }

    /// The same record as the `number`th correction.
    #[must_use]
    pub fn as_amendment(mut self, number: u32) -> Self {
        self.origin_mut().amendment = number;
        self
    }

    /// When the workflow completed, or the event happened.
    pub fn completed_at(&self) -> Timestamp {
        match self {
            Self::Enrichment(record) => record.completed_at,
            Self::Review(record) => record.completed_at,
            Self::Decision(record) => record.decided_at.to_seconds(),
            Self::Ticket(record) => record.completed_at(),
        }
    }

    /// The UTC date of completion, which names the file.
    pub fn date(&self) -> Date {
        self.completed_at().date()
    }

    /// The first part of the name of the file for records of this kind.
    pub fn file_stem(&self) -> &'static str {
        file_stem(self.kind())
    }

    /// The name of the file that the record goes into.
    pub fn file_name(&self) -> String {
        self.kind().file().name(self.date())
    }

    /// The record as one line of its file, without the line feed: compact JSON, or a row of CSV.
    pub fn to_line(&self) -> String {
        match self {
            Self::Enrichment(record) => record.to_line(),
            Self::Review(record) => record.to_line(),
            Self::Decision(record) => record.to_csv_row(),
            Self::Ticket(record) => record.to_line(),
        }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// Every field that is missing or out of range.
    pub fn from_line(kind: RecordKind, line: &str, reading: Reading) -> Result<Self, Invalid> {
        match kind {
            RecordKind::Enrichment => EnrichmentRecord::from_line(line, reading).map(Self::from),
            RecordKind::Review => ReviewRecord::from_line(line, reading).map(Self::from),
            RecordKind::Decision => DecisionRecord::from_line(line, reading).map(Self::from),
            RecordKind::Ticket => TicketRecord::from_line(line, reading).map(Self::from),
        }
    }

    /// A field by its name in the record; besides, `kind`, `outcome` and `completed_at_seconds` (since the Unix epoch) are
    /// names of every kind, `workflow` of those
    /// that a workflow became, `priority` of all but reviews. `None` when the record has no such field, or no value in
    /// it.
    pub fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        match name {
            "kind" => Some(FieldValue::Text(self.kind().as_str())),
            "workflow" | "workflow_id" => self.workflow().map(FieldValue::Text),
            "outcome" => Some(FieldValue::Text(self.outcome().as_str())),
            "amendment" => Some(FieldValue::Int(u64::from(self.amendment()))),
            "completed_at_seconds" => {
                let seconds = self.completed_at().unix_seconds();
                Some(FieldValue::Int(u64::try_from(seconds).unwrap_or(0)))
            }
            _ => match self {
                Self::Enrichment(record) => record.field(name),
                Self::Review(record) => record.field(name),
                Self::Decision(record) => record.field(name),
                Self::Ticket(record) => record.field(name),
            },
        }
    }

    /// The stages of the record, in order; none for a record that one event became.
    pub fn stages(&self) -> Vec<StageTime> {
        match self {
            Self::Enrichment(record) => record.durations.stages(),
            Self::Review(record) => record.durations.stages(),
            Self::Decision(_) | Self::Ticket(_) => Vec::new(),
        }
    }
}

impl From<EnrichmentRecord> for Record {
    fn from(record: EnrichmentRecord) -> Self {
        Self::Enrichment(Box::new(record))
    }
}

impl From<ReviewRecord> for Record {
    fn from(record: ReviewRecord) -> Self {
        Self::Review(Box::new(record))
    }
}

impl From<DecisionRecord> for Record {
    fn from(record: DecisionRecord) -> Self {
        Self::Decision(Box::new(record))
    }
}

impl From<TicketRecord> for Record {
    fn from(record: TicketRecord) -> Self {
        Self::Ticket(Box::new(record))
    }
}

/// The first part of the name of the file for records of `kind`.
pub fn file_stem(kind: RecordKind) -> &'static str {
    kind.file().stem
}
