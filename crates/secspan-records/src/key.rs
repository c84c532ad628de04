//! What makes a record recognisable when it comes again.

use crate::kind::Kind;
use crate::origin::Identity;
use crate::record::Record;

/// What makes a record recognisable when it comes again.
///
/// A workflow is one span and its corrections are numbered. A record that one event became is a subject and a time: its
/// file need not say which span it comes from, and one span may report many.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A record that a workflow became.
    Workflow {
        /// Kind of record.
        kind: &'static Kind,
        /// Trace and workflow span.
        identity: Identity,
        /// Which correction of the first record it is.
        amendment: u32,
    },
    /// A record that one event became.
    Event {
        /// Kind of record.
        kind: &'static Kind,
        /// What it is about.
        subject: Box<str>,
        /// When it happened, in microseconds since the Unix epoch.
        at_micros: i64,
    },
}

impl Key {
    /// The key of a record; `None` for a workflow's record without an identity.
    pub(crate) fn of(record: &Record<'_>) -> Option<Self> {
        let kind = record.kind();
        if kind.is_workflow() {
            return Some(Self::Workflow {
                kind,
                identity: record.identity()?,
                amendment: record.amendment(),
            });
        }
        let mut micros = kind.completed.iter().map(|field| record.micros(*field));
        let seconds = || record.completed_at().unix_seconds();
        let at_micros = micros.find_map(|at| at).map_or_else(
            || seconds().saturating_mul(1_000_000),
            crate::timestamp::MicroTimestamp::unix_micros,
        );
        Some(Self::Event {
            kind,
            subject: record.subject().into(),
            at_micros,
        })
    }
}
