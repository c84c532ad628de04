//! A record as reports read it: borrowed from its line where that saves a million allocations.
//!
//! [`EnrichmentView`] has the facts of an [`EnrichmentRecord`] that reports
//! aggregate. There are many enrichments; of the other kinds there are few, and they are read whole.

mod canonical;
mod kind;
mod scan;

use std::borrow::Cow;

use crate::decision::DecisionRecord;
use crate::definition::{ENRICHMENT_LEGACY_COUNT, ENRICHMENT_STAGE_COUNT, RecordKind};
use crate::enrichment::EnrichmentRecord;
use crate::invalid::Invalid;
use crate::record::{Identity, Key, Reading, Record};
use crate::review::ReviewRecord;
use crate::score::{CvssScore, EpssScore};
use crate::terms::{Outcome, PerplexityKind, Priority};
use crate::ticket::TicketRecord;
use crate::timestamp::Timestamp;

/// One line of a file that is a record.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, on the stack; a box for each of a million lines is what this type avoids"
)]
#[derive(Clone, Debug, PartialEq)]
pub enum Entry<'a> {
    /// An enrichment.
    Enrichment(EnrichmentView<'a>),
    /// A review.
    Review(Box<ReviewRecord>),
    /// A review decision.
    Decision(Box<DecisionRecord>),
    /// What became of a ticket.
    Ticket(Box<TicketRecord>),
}

impl<'a> Entry<'a> {
    /// Reads a line of a file of `kind`; without a kind, the line's own keys say what it is.
    ///
    /// # Errors
    /// Every field that is missing or out of range; that the line is no record of any kind.
    pub fn from_line(
        kind: Option<RecordKind>,
        line: &'a str,
        reading: Reading,
    ) -> Result<Self, Invalid> {
        if let Some(entry) = Self::plain(kind, line, reading) {
            return Ok(entry);
        }
        let kind = match kind {
            Some(kind) => kind,
            None => kind::of_line(line)?,
        };
        Record::from_line(kind, line, reading).map(Self::from)
    }

    /// A line as our writer writes it.
    fn plain(kind: Option<RecordKind>, line: &'a str, reading: Reading) -> Option<Self> {
        // Reading strictly is for writers, who read a line once; they need no second way to do it.
        if reading.strict {
            return None;
        }
        let enrichment = || canonical::enrichment(line, reading.epss_unit).map(Self::Enrichment);
        let review = || canonical::review(line).map(|record| Self::Review(Box::new(record)));
        let ticket = || canonical::ticket(line).map(|record| Self::Ticket(Box::new(record)));
        match kind {
            Some(RecordKind::Enrichment) => enrichment(),
            Some(RecordKind::Review) => review(),
            Some(RecordKind::Ticket) => ticket(),
            Some(RecordKind::Decision) => None,
            None => enrichment().or_else(review).or_else(ticket),
        }
    }

    /// When the fact was complete: the end of a workflow, the moment of a decision, the closing of a ticket.
    pub fn completed_at(&self) -> Timestamp {
        match self {
            Self::Enrichment(view) => view.completed_at,
            Self::Review(record) => record.completed_at,
            Self::Decision(record) => record.decided_at.to_seconds(),
            Self::Ticket(record) => record.completed_at(),
        }
    }

    /// Kind of the record.
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Enrichment(_) => RecordKind::Enrichment,
            Self::Review(_) => RecordKind::Review,
            Self::Decision(_) => RecordKind::Decision,
            Self::Ticket(_) => RecordKind::Ticket,
        }
    }

    /// What makes the record recognisable when it comes again; `None` for a workflow's record without an identity.
    pub fn key(&self) -> Option<Key> {
        match self {
            Self::Enrichment(view) => Some(Key::Workflow {
                kind: RecordKind::Enrichment,
                identity: view.identity?,
                amendment: view.amendment,
            }),
            Self::Review(record) => Some(Key::Workflow {
                kind: RecordKind::Review,
                identity: record.origin.identity?,
                amendment: record.origin.amendment,
            }),
            Self::Decision(record) => Some(Key::of_decision(record)),
            Self::Ticket(record) => Some(Key::of_ticket(record)),
        }
    }
}

impl From<Record> for Entry<'_> {
    fn from(record: Record) -> Self {
        match record {
            Record::Enrichment(record) => Self::Enrichment(EnrichmentView::from(*record)),
            Record::Review(record) => Self::Review(record),
            Record::Decision(record) => Self::Decision(record),
            Record::Ticket(record) => Self::Ticket(record),
        }
    }
}

/// An enrichment, borrowed from its line.
#[derive(Clone, Debug, PartialEq)]
pub struct EnrichmentView<'a> {
    /// Name of the workflow.
    pub workflow: Cow<'a, str>,
    /// Ticket that was enriched.
    pub ticket: Cow<'a, str>,
    /// The vulnerability; `None` for tickets about events.
    pub cve: Option<Cow<'a, str>>,
    /// Who enriched it.
    pub analyst: Cow<'a, str>,
    /// When the workflow ended.
    pub completed_at: Timestamp,
    /// Time spent in stages, in seconds.
    pub total_seconds: u64,
    /// Time by legacy stage key, in seconds.
    pub legacy_seconds: [u64; ENRICHMENT_LEGACY_COUNT],
    /// Time by real stage, in seconds, where the writer states it.
    pub detail_seconds: Option<[u64; ENRICHMENT_STAGE_COUNT]>,
    /// From first start to last end, time between stages included, in seconds.
    pub elapsed_seconds: Option<u64>,
    /// Priority that was assigned.
    pub priority: Priority,
    /// CVSS base score, 0 to 10.
    pub cvss: Option<f64>,
    /// EPSS score, 0 to 1.
    pub epss: Option<f64>,
    /// Whether the vulnerability is known to be exploited.
    pub known_exploited: Option<bool>,
    /// Perplexity calls, failed ones included.
    pub queries: u64,
    /// The deepest kind of call that succeeded.
    pub deepest: Option<PerplexityKind>,
    /// Calls by kind, in the order of [`PerplexityKind::ALL`], where the writer states it.
    pub queries_by_kind: Option<[u64; 3]>,
    /// Sources cited, where the writer states it.
    pub sources_cited: Option<u64>,
    /// Techniques mapped, where the writer states it.
    pub techniques_mapped: Option<u64>,
    /// How the workflow ended.
    pub outcome: Outcome,
    /// Trace and workflow span.
    pub identity: Option<Identity>,
    /// Which correction of the first record this is; 0 is the first.
    pub amendment: u32,
}

impl<'a> EnrichmentView<'a> {
    /// Reads a line. Lines as our writer writes them are borrowed from; the others take longer and mean the same.
    ///
    /// # Errors
    /// Every field that is missing or out of range.
    pub fn from_line(line: &'a str, reading: Reading) -> Result<Self, Invalid> {
        let plain = (!reading.strict).then(|| canonical::enrichment(line, reading.epss_unit));
        match plain.flatten() {
            Some(view) => Ok(view),
            None => EnrichmentRecord::from_line(line, reading).map(Self::from),
        }
    }
}

impl From<EnrichmentRecord> for EnrichmentView<'_> {
    fn from(record: EnrichmentRecord) -> Self {
        let owned = |text: &str| Cow::Owned(text.to_owned());
        Self {
            workflow: owned(record.workflow.as_str()),
            ticket: owned(record.ticket.as_str()),
            cve: record.findings.cve.as_ref().map(|cve| owned(cve.as_str())),
            analyst: owned(record.analyst.as_str()),
            completed_at: record.completed_at,
            total_seconds: record.durations.total_seconds(),
            legacy_seconds: *record.durations.legacy_seconds(),
            detail_seconds: record.durations.detail_seconds().copied(),
            elapsed_seconds: record.origin.elapsed_seconds,
            priority: record.priority,
            cvss: record.findings.cvss.map(CvssScore::get),
            epss: record.findings.epss.map(EpssScore::get),
            known_exploited: record.findings.known_exploited,
            queries: record.perplexity.queries,
            deepest: record.perplexity.deepest,
            queries_by_kind: record.perplexity.by_kind,
            sources_cited: record.findings.sources_cited,
            techniques_mapped: record.findings.techniques_mapped,
            outcome: record.origin.outcome,
            identity: record.origin.identity,
            amendment: record.origin.amendment,
        }
    }
}

#[cfg(test)]
mod tests;
