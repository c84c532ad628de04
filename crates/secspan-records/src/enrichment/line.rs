//! An enrichment record as a line of JSON: the keys, their order, and nothing that a legacy reader cannot read.

use serde::Serialize;

use super::{Draft, Durations, EnrichmentRecord, Findings, PerplexityUse};
use crate::definition::RecordKind;
use crate::json::{Keyed, text};
use crate::record::{Origin, SCHEMA_VERSION};
use crate::terms::{Outcome, PerplexityKind, Priority};
use crate::timestamp::Timestamp;

/// The line, in the order of the contract. What is `None` above the extras is written as null.
#[derive(Serialize)]
struct Line<'a> {
    workflow_id: Option<&'a str>,
    ticket_id: Option<&'a str>,
    cve_id: Option<&'a str>,
    analyst: Option<&'a str>,
    enrichment_date: Option<String>,
    total_duration_seconds: Option<u64>,
    stage_durations: Option<Keyed<'a>>,
    perplexity_tool: Option<&'a str>,
    perplexity_queries: u64,
    priority_assigned: Option<&'a str>,
    cvss_score: Option<f64>,
    epss_score: Option<f64>,
    kev_status: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sources_cited: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mitre_techniques_mapped: Option<u64>,
    schema_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    perplexity_tool_counts: Option<Keyed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage_durations_detail: Option<Keyed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    span_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amendment: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vulnerability_id: Option<&'a str>,
}

/// The eight real stage names, in order.
const DETAIL_KEYS: [&str; 8] = [
    "triage",
    "cve_research",
    "attack_mapping",
    "priority_assessment",
    "business_context",
    "remediation_planning",
    "documentation",
    "jira_update",
];

/// The three kinds of Perplexity call, in order.
const KIND_KEYS: [&str; 3] = ["search", "reason", "deep_research"];

/// The fields that a record always has and a draft may not have.
struct Required<'a> {
    workflow: Option<&'a str>,
    ticket: Option<&'a str>,
    analyst: Option<&'a str>,
    completed_at: Option<Timestamp>,
    durations: Option<&'a Durations>,
    priority: Option<Priority>,
}

pub(super) fn of_record(record: &EnrichmentRecord) -> String {
    let required = Required {
        workflow: Some(record.workflow.as_str()),
        ticket: Some(record.ticket.as_str()),
        analyst: Some(record.analyst.as_str()),
        completed_at: Some(record.completed_at),
        durations: Some(&record.durations),
        priority: Some(record.priority),
    };
    text(&line(
        &required,
        &record.findings,
        &record.perplexity,
        &record.origin,
    ))
}

pub(super) fn of_draft(draft: &Draft) -> String {
    let required = Required {
        workflow: draft
            .workflow
            .as_ref()
            .map(super::super::score::Text::as_str),
        ticket: draft.ticket.as_ref().map(super::super::score::Text::as_str),
        analyst: draft
            .analyst
            .as_ref()
            .map(super::super::score::Text::as_str),
        completed_at: draft.completed_at,
        durations: draft.durations.as_ref(),
        priority: draft.priority,
    };
    text(&line(
        &required,
        &draft.findings,
        &draft.perplexity,
        &draft.origin,
    ))
}

fn line<'a>(
    required: &Required<'a>,
    findings: &'a Findings,
    perplexity: &'a PerplexityUse,
    origin: &'a Origin,
) -> Line<'a> {
    let keys = RecordKind::Enrichment.legacy_keys();
    let detail = required.durations.and_then(Durations::detail_seconds);
    Line {
        workflow_id: required.workflow,
        ticket_id: required.ticket,
        cve_id: findings
            .cve
            .as_ref()
            .map(super::super::score::CveId::as_str),
        analyst: required.analyst,
        enrichment_date: required.completed_at.map(|at| at.to_string()),
        total_duration_seconds: required.durations.map(Durations::total_seconds),
        stage_durations: required.durations.map(|d| Keyed {
            keys,
            values: d.legacy_seconds(),
        }),
        perplexity_tool: perplexity.deepest.map(PerplexityKind::as_str),
        perplexity_queries: perplexity.queries,
        priority_assigned: required.priority.map(Priority::as_str),
        cvss_score: findings.cvss.map(super::super::score::CvssScore::get),
        epss_score: findings.epss.map(super::super::score::EpssScore::get),
        kev_status: findings.known_exploited,
        sources_cited: findings.sources_cited,
        mitre_techniques_mapped: findings.techniques_mapped,
        schema_version: SCHEMA_VERSION,
        perplexity_tool_counts: perplexity.by_kind.as_ref().map(|values| Keyed {
            keys: &KIND_KEYS,
            values,
        }),
        stage_durations_detail: detail.map(|values| Keyed {
            keys: &DETAIL_KEYS,
            values,
        }),
        elapsed_seconds: origin.elapsed_seconds,
        trace_id: origin.identity.map(|id| id.trace.to_string()),
        span_id: origin.identity.map(|id| id.span.to_string()),
        outcome: Some(origin.outcome)
            .filter(|o| *o != Outcome::Success)
            .map(Outcome::as_str),
        amendment: Some(origin.amendment).filter(|number| *number > 0),
        vulnerability_id: findings
            .other_vulnerability
            .as_ref()
            .map(super::super::score::Text::as_str),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_the_names_of_the_domain() {
        let names = RecordKind::Enrichment
            .stages()
            .iter()
            .map(|stage| stage.name);
        assert!(names.eq(DETAIL_KEYS));
        assert!(
            PerplexityKind::ALL
                .iter()
                .map(|kind| kind.as_str())
                .eq(KIND_KEYS)
        );
    }
}
