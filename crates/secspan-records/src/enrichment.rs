//! The enrichment record: what one enrichment of a security alert found, decided and cost in time.
//!
//! The file format is contract: see `enrichment/line.rs` for what is written and `enrichment/decode.rs` for what is
//! accepted. A value of [`EnrichmentRecord`] is always a valid record.

mod decode;
mod durations;
mod line;

pub use durations::{Durations, DurationsError};

use crate::invalid::Invalid;
use crate::record::{FieldValue, Origin, Reading};
use crate::score::{CveId, CvssScore, EpssScore, Text};
use crate::terms::{PerplexityKind, Priority};
use crate::timestamp::Timestamp;

/// One completed enrichment.
#[derive(Clone, Debug, PartialEq)]
pub struct EnrichmentRecord {
    /// Name of the workflow.
    pub workflow: Text,
    /// Ticket that was enriched.
    pub ticket: Text,
    /// Who enriched it.
    pub analyst: Text,
    /// When the workflow ended.
    pub completed_at: Timestamp,
    /// Time spent, by stage.
    pub durations: Durations,
    /// Priority that was assigned.
    pub priority: Priority,
    /// What was found out.
    pub findings: Findings,
    /// Use of Perplexity.
    pub perplexity: PerplexityUse,
    /// Where the record comes from.
    pub origin: Origin,
}

/// What an enrichment found out about its alert.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The vulnerability; `None` for tickets about events.
    pub cve: Option<CveId>,
    /// Another identifier of the vulnerability, where it has no CVE.
    pub other_vulnerability: Option<Text>,
    /// CVSS base score.
    pub cvss: Option<CvssScore>,
    /// EPSS score.
    pub epss: Option<EpssScore>,
    /// Whether it is known to be exploited.
    pub known_exploited: Option<bool>,
    /// Sources cited; `None` only in records of writers that do not state it.
    pub sources_cited: Option<u64>,
    /// Techniques mapped; `None` only in records of writers that do not state it.
    pub techniques_mapped: Option<u64>,
}

/// How Perplexity was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PerplexityUse {
    /// All calls, failed ones and those of unknown kind included.
    pub queries: u64,
    /// The deepest kind that succeeded.
    pub deepest: Option<PerplexityKind>,
    /// Calls by kind, in the order of [`PerplexityKind::ALL`]; `None` in records of writers that do not state it.
    pub by_kind: Option<[u64; 3]>,
}

/// A record in the making: what is known so far, required or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub(crate) workflow: Option<Text>,
    pub(crate) ticket: Option<Text>,
    pub(crate) analyst: Option<Text>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) durations: Option<Durations>,
    pub(crate) priority: Option<Priority>,
    pub(crate) findings: Findings,
    pub(crate) perplexity: PerplexityUse,
    pub(crate) origin: Origin,
}

impl Draft {
    /// The record, or every problem that stands in its way. `hint` says where a missing field would come from.
    pub(crate) fn finish(
        self,
        mut invalid: Invalid,
        hint: impl Fn(&'static str) -> String,
    ) -> Result<EnrichmentRecord, Invalid> {
        for (field, present) in [
            ("workflow_id", self.workflow.is_some()),
            ("ticket_id", self.ticket.is_some()),
            ("analyst", self.analyst.is_some()),
            ("enrichment_date", self.completed_at.is_some()),
            ("total_duration_seconds", self.durations.is_some()),
            ("priority_assigned", self.priority.is_some()),
        ] {
            if !present && !invalid.mentions(field) {
                invalid.missing(field, &hint(field));
            }
        }
        let record = self.complete();
        invalid.finish(record)
    }

    fn complete(self) -> Option<EnrichmentRecord> {
        Some(EnrichmentRecord {
            workflow: self.workflow?,
            ticket: self.ticket?,
            analyst: self.analyst?,
            completed_at: self.completed_at?,
            durations: self.durations?,
            priority: self.priority?,
            findings: self.findings,
            perplexity: self.perplexity,
            origin: self.origin,
        })
    }

    /// What is known, as JSON with the keys of the record and null for what is missing.
    pub(crate) fn to_json(&self) -> String {
        line::of_draft(self)
    }
}

impl EnrichmentRecord {
    /// The record as one line of compact JSON, without the line feed.
    pub fn to_line(&self) -> String {
        line::of_record(self)
    }

    /// Reads a line.
    ///
    /// # Errors
    /// Every field that is missing or out of range.
    pub fn from_line(line: &str, reading: Reading) -> Result<Self, Invalid> {
        decode::record(line, reading)
    }

    /// A field by its name in the line; `None` when there is no such field or no value in it.
    pub fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        let findings = &self.findings;
        match name {
            "ticket_id" => Some(FieldValue::Text(self.ticket.as_str())),
            "cve_id" => findings
                .cve
                .as_ref()
                .map(|cve| FieldValue::Text(cve.as_str())),
            "analyst" => Some(FieldValue::Text(self.analyst.as_str())),
            "priority" | "priority_assigned" => Some(FieldValue::Text(self.priority.as_str())),
            "total_duration_seconds" => Some(FieldValue::Int(self.durations.total_seconds())),
            "elapsed_seconds" => self.origin.elapsed_seconds.map(FieldValue::Int),
            "perplexity_tool" => self
                .perplexity
                .deepest
                .map(|kind| FieldValue::Text(kind.as_str())),
            "perplexity_queries" => Some(FieldValue::Int(self.perplexity.queries)),
            "cvss_score" => findings.cvss.map(|score| FieldValue::Float(score.get())),
            "epss_score" => findings.epss.map(|score| FieldValue::Float(score.get())),
            "kev_status" => findings.known_exploited.map(FieldValue::Bool),
            "sources_cited" => findings.sources_cited.map(FieldValue::Int),
            "mitre_techniques_mapped" => findings.techniques_mapped.map(FieldValue::Int),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
