//! Where a record comes from, and how lines are read: what every kind has.

use secspan_otlp::view::{SpanId, TraceId};

use crate::outcome::Outcome;
use crate::value::ShareUnit;

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

/// How a line is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The unit of fields that are shares and that some writers give in percent.
    pub share_unit: ShareUnit,
    /// Whether stage values must add up to the total and every required field must be there, as in files that are
    /// written; legacy files are read without.
    pub strict: bool,
}
