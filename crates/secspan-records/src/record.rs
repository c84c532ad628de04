//! A record of any kind, as files, metrics and reports see it.

use secspan_otlp::view::{SpanId, TraceId};

use crate::definition::RecordKind;
use crate::enrichment::EnrichmentRecord;
use crate::invalid::Invalid;
use crate::review::ReviewRecord;
use crate::score::EpssUnit;
use crate::terms::Outcome;
use crate::timestamp::{Date, Timestamp};

/// What a record is called, wherever it turns up: the trace it came from and its workflow span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

/// One domain fact: what a workflow was.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// The enrichment of a security alert.
    Enrichment(Box<EnrichmentRecord>),
    /// The review of a finished analysis.
    Review(Box<ReviewRecord>),
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
        }
    }

    /// Trace and workflow span; `None` for a record that came from a file without them.
    pub fn identity(&self) -> Option<Identity> {
        match self {
            Self::Enrichment(record) => record.origin.identity,
            Self::Review(record) => record.origin.identity,
        }
    }

    /// The name of the workflow.
    pub fn workflow(&self) -> &str {
        match self {
            Self::Enrichment(record) => record.workflow.as_str(),
            Self::Review(record) => record.workflow.as_str(),
        }
    }

    /// How the workflow ended.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Enrichment(record) => record.origin.outcome,
            Self::Review(record) => record.origin.outcome,
        }
    }

    /// Which correction of the first record of this identity this is; 0 is the first.
    pub fn amendment(&self) -> u32 {
        match self {
            Self::Enrichment(record) => record.origin.amendment,
            Self::Review(record) => record.origin.amendment,
        }
    }

    /// The same record as the `number`th correction.
    #[must_use]
    pub fn as_amendment(mut self, number: u32) -> Self {
        match &mut self {
            Self::Enrichment(record) => record.origin.amendment = number,
            Self::Review(record) => record.origin.amendment = number,
        }
        self
    }

    /// When the workflow completed.
    pub fn completed_at(&self) -> Timestamp {
        match self {
            Self::Enrichment(record) => record.completed_at,
            Self::Review(record) => record.completed_at,
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

    /// The record as one line of compact JSON, without the line feed.
    pub fn to_line(&self) -> String {
        match self {
            Self::Enrichment(record) => record.to_line(),
            Self::Review(record) => record.to_line(),
        }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// Every field that is missing or out of range.
    pub fn from_line(kind: RecordKind, line: &str, reading: Reading) -> Result<Self, Invalid> {
        match kind {
            RecordKind::Enrichment => EnrichmentRecord::from_line(line, reading)
                .map(|record| Self::Enrichment(Box::new(record))),
            RecordKind::Review => {
                ReviewRecord::from_line(line, reading).map(|record| Self::Review(Box::new(record)))
            }
        }
    }

    /// A field by its name in the record; besides, `kind`, `workflow`, `priority` and `outcome` are names of every kind.
    /// `None` when the record has no such field, or no value in it.
    pub fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        match name {
            "kind" => Some(FieldValue::Text(self.kind().as_str())),
            "workflow" | "workflow_id" => Some(FieldValue::Text(self.workflow())),
            "outcome" => Some(FieldValue::Text(self.outcome().as_str())),
            "amendment" => Some(FieldValue::Int(u64::from(self.amendment()))),
            _ => match self {
                Self::Enrichment(record) => record.field(name),
                Self::Review(record) => record.field(name),
            },
        }
    }

    /// The stages of the record, in order.
    pub fn stages(&self) -> Vec<StageTime> {
        match self {
            Self::Enrichment(record) => record.durations.stages(),
            Self::Review(record) => record.durations.stages(),
        }
    }
}

/// The first part of the name of the file for records of `kind`.
pub fn file_stem(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Enrichment => "enrichment-metrics",
        RecordKind::Review => "review-metrics",
    }
}
