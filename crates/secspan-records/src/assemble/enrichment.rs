//! Enrichment: which attribute becomes which field of the record.

use super::{Incomplete, Workflow};
use crate::enrichment::{Draft, Durations, Findings, PerplexityUse};
use crate::facts::{Fact, FactValue};
use crate::invalid::Invalid;
use crate::record::{Origin, Record};
use crate::score::{CveId, CvssScore, EpssScore, EpssUnit, Text, ValueError, known_exploited};
use crate::stage_time::round_to_seconds;
use crate::terms::{PerplexityKind, Priority};
use crate::timestamp::Timestamp;

pub(super) fn assemble(
    workflow: &Workflow<'_>,
    epss_unit: EpssUnit,
) -> Result<Record, Box<Incomplete>> {
    let mut invalid = Invalid::default();
    let draft = draft(workflow, epss_unit, &mut invalid);
    let priority = draft.priority;
    let partial = draft.to_json();
    draft
        .finish(invalid, hint)
        .map(Record::from)
        .map_err(|invalid| {
            let reasons = invalid.reasons();
            Box::new(Incomplete {
                priority,
                partial,
                reasons,
                ..workflow.unfinished()
            })
        })
}

/// Where a missing field would come from.
fn hint(field: &'static str) -> String {
    let fact = match field {
        "workflow_id" => Fact::Workflow,
        "ticket_id" => Fact::Ticket,
        "analyst" => Fact::Analyst,
        _ => Fact::Priority,
    };
    format!("set {} on a span of the workflow", fact.attribute())
}

fn draft(workflow: &Workflow<'_>, epss_unit: EpssUnit, invalid: &mut Invalid) -> Draft {
    let mut text = |field, fact| {
        let value = workflow.fact(fact)?;
        invalid.keep(field, value.to_text())
    };
    Draft {
        workflow: text("workflow_id", Fact::Workflow),
        ticket: text("ticket_id", Fact::Ticket),
        analyst: text("analyst", Fact::Analyst),
        completed_at: Some(Timestamp::from_nanos(workflow.root.end)),
        durations: Some(durations(workflow)),
        priority: priority(workflow, invalid),
        findings: findings(workflow, epss_unit, invalid),
        perplexity: perplexity(workflow),
        origin: Origin {
            identity: Some(workflow.identity()),
            outcome: invalid
                .keep("outcome", workflow.outcome())
                .unwrap_or_default(),
            elapsed_seconds: Some(round_to_seconds(workflow.elapsed_nanos())),
            amendment: 0,
        },
    }
}

fn durations(workflow: &Workflow<'_>) -> Durations {
    let stages = workflow.stage_nanos();
    match <[Option<u64>; 8]>::try_from(stages) {
        Ok(stages) if stages.iter().any(Option::is_some) => Durations::from_stages(stages),
        _ => Durations::whole(workflow.root.duration_nanos()),
    }
}

fn priority(workflow: &Workflow<'_>, invalid: &mut Invalid) -> Option<Priority> {
    let value = workflow
        .fact(Fact::Priority)
        .or_else(|| workflow.fact(Fact::TriagePriority))?;
    invalid.keep("priority_assigned", value.to_word(Priority::parse))
}

fn findings(workflow: &Workflow<'_>, epss_unit: EpssUnit, invalid: &mut Invalid) -> Findings {
    let mut findings = Findings::default();
    if let Some(value) = workflow.fact(Fact::Vulnerability) {
        match invalid.keep("cve_id", vulnerability(value)) {
            Some(Vulnerability::Cve(cve)) => findings.cve = Some(cve),
            Some(Vulnerability::Other(id)) => findings.other_vulnerability = Some(id),
            None => {}
        }
    }
    findings.cvss = workflow
        .fact(Fact::Cvss)
        .and_then(|value| invalid.keep("cvss_score", value.to_number().and_then(CvssScore::new)));
    findings.epss = workflow.fact(Fact::Epss).and_then(|value| {
        let score = value
            .to_number()
            .and_then(|number| EpssScore::read(number, epss_unit));
        invalid.keep("epss_score", score)
    });
    findings.known_exploited = workflow
        .fact(Fact::KnownExploited)
        .and_then(|value| invalid.keep("kev_status", kev(value)));
    findings.sources_cited = sources(workflow, invalid);
    findings.techniques_mapped = techniques(workflow, invalid);
    findings
}

enum Vulnerability {
    Cve(CveId),
    Other(Text),
}

/// Event tickets have no vulnerability, and some vulnerabilities have no CVE; what looks like a CVE must be one.
fn vulnerability(value: &FactValue) -> Result<Vulnerability, ValueError> {
    let id = value.to_text()?;
    let prefix = id.as_str().trim().get(..3);
    if prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case("cve")) {
        CveId::new(id.as_str()).map(Vulnerability::Cve)
    } else {
        Ok(Vulnerability::Other(id))
    }
}

fn kev(value: &FactValue) -> Result<bool, ValueError> {
    match value {
        FactValue::Text(_) | FactValue::Oversize(_) => value.to_word(known_exploited),
        other => other.to_bool(),
    }
}

fn sources(workflow: &Workflow<'_>, invalid: &mut Invalid) -> Option<u64> {
    match workflow.fact(Fact::SourceCount) {
        Some(value) => invalid.keep("sources_cited", value.to_count()),
        None => Some(
            workflow
                .calls
                .iter()
                .map(|call| u64::from(call.citations))
                .sum(),
        ),
    }
}

fn techniques(workflow: &Workflow<'_>, invalid: &mut Invalid) -> Option<u64> {
    let count = workflow.fact(Fact::TechniqueCount).map(FactValue::to_count);
    let length = || workflow.fact(Fact::Techniques).map(FactValue::to_length);
    invalid.keep(
        "mitre_techniques_mapped",
        count.or_else(length).unwrap_or(Ok(0)),
    )
}

fn perplexity(workflow: &Workflow<'_>) -> PerplexityUse {
    let calls = || workflow.calls.iter();
    let of_kind = |kind| calls().filter(|call| call.kind == Some(kind)).count() as u64;
    PerplexityUse {
        queries: workflow.calls.len() as u64,
        deepest: calls()
            .filter(|call| call.succeeded)
            .filter_map(|call| call.kind)
            .max(),
        by_kind: Some(PerplexityKind::ALL.map(of_kind)),
    }
}
