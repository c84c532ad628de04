//! The enrichment record as a type: what reports read and samples write.

use std::borrow::Cow;

use secspan_records::durations::Durations;
use secspan_records::origin::Origin;
use secspan_records::record::Record;
use secspan_records::timestamp::Timestamp;
use secspan_records::value::Value;

use crate::kinds::ENRICHMENT;
use crate::kinds::enrichment::{WORKFLOW, field};
use crate::terms::{PerplexityKind, Priority};

/// How many stages an enrichment really has.
pub const STAGE_COUNT: usize = 8;
/// How many stage keys an enrichment record has.
pub const KEY_COUNT: usize = 6;

/// One completed enrichment, borrowed from its line where it was read from one.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrichment<'a> {
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
    /// Time by stage key, in seconds.
    pub legacy_seconds: [u64; KEY_COUNT],
    /// Time by real stage, in seconds, where the writer states it.
    pub detail_seconds: Option<[u64; STAGE_COUNT]>,
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
    /// Where the record comes from.
    pub origin: Origin,
}

impl<'a> Enrichment<'a> {
    /// Reads a record; `None` when it is of another kind.
    pub fn of(record: &Record<'a>) -> Option<Self> {
        if *record.kind() != ENRICHMENT {
            return None;
        }
        Some(Self {
            workflow: record.cow(field::WORKFLOW_ID)?,
            ticket: record.cow(field::TICKET_ID)?,
            cve: record.cow(field::CVE_ID),
            analyst: record.cow(field::ANALYST)?,
            completed_at: record.time(field::ENRICHMENT_DATE)?,
            total_seconds: record.count(field::TOTAL_DURATION_SECONDS)?,
            legacy_seconds: record.array(field::STAGE_DURATIONS)?,
            detail_seconds: record.array(field::STAGE_DURATIONS_DETAIL),
            priority: Priority::of_index(record.word(field::PRIORITY_ASSIGNED)?)?,
            cvss: record.number(field::CVSS_SCORE),
            epss: record.number(field::EPSS_SCORE),
            known_exploited: record.flag(field::KEV_STATUS),
            queries: record.count(field::PERPLEXITY_QUERIES)?,
            deepest: record
                .word(field::PERPLEXITY_TOOL)
                .and_then(PerplexityKind::of_index),
            queries_by_kind: record.array(field::PERPLEXITY_TOOL_COUNTS),
            sources_cited: record.count(field::SOURCES_CITED),
            techniques_mapped: record.count(field::MITRE_TECHNIQUES_MAPPED),
            origin: record.origin.clone(),
        })
    }

    /// The record, whose durations are `durations`.
    pub fn into_record(self, durations: &Durations) -> Record<'a> {
        let mut record = Record::new(&ENRICHMENT);
        let text = Value::Text;
        record.set(field::WORKFLOW_ID, text(self.workflow));
        record.set(field::TICKET_ID, text(self.ticket));
        record.set(field::CVE_ID, self.cve.map_or(Value::Absent, text));
        record.set(field::ANALYST, text(self.analyst));
        record.set(field::ENRICHMENT_DATE, Value::Time(self.completed_at));
        record.set(field::PRIORITY_ASSIGNED, Value::Word(self.priority.index()));
        record.set(
            field::CVSS_SCORE,
            self.cvss.map_or(Value::Absent, Value::Number),
        );
        record.set(
            field::EPSS_SCORE,
            self.epss.map_or(Value::Absent, Value::Number),
        );
        let known = self.known_exploited.map_or(Value::Absent, Value::Flag);
        record.set(field::KEV_STATUS, known);
        record.set(field::PERPLEXITY_QUERIES, Value::Count(self.queries));
        let deepest = self.deepest.map(PerplexityKind::index);
        record.set(
            field::PERPLEXITY_TOOL,
            deepest.map_or(Value::Absent, Value::Word),
        );
        if let Some(counts) = self.queries_by_kind {
            record.set_counts(field::PERPLEXITY_TOOL_COUNTS, &counts);
        }
        let count = |count: Option<u64>| count.map_or(Value::Absent, Value::Count);
        record.set(field::SOURCES_CITED, count(self.sources_cited));
        record.set(
            field::MITRE_TECHNIQUES_MAPPED,
            count(self.techniques_mapped),
        );
        record.set_durations(durations);
        record.origin = self.origin;
        record
    }

    /// Durations from nanoseconds by stage: `None` for a stage that did not run.
    pub fn durations(nanos: [Option<u64>; STAGE_COUNT]) -> Durations {
        Durations::from_stages(&WORKFLOW, &nanos)
    }
}

#[cfg(test)]
mod tests;
