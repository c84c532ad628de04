//! Review: which attribute becomes which field of the record.

use super::{Incomplete, Workflow};
use crate::facts::{Fact, FactValue};
use crate::invalid::Invalid;
use crate::record::{Origin, Record};
use crate::review::{Accuracy, Classification, Draft, Investigation, ReviewDurations, ReviewScore};
use crate::stage_time::round_to_seconds;
use crate::timestamp::Timestamp;

pub(super) fn assemble(workflow: &Workflow<'_>) -> Result<Record, Box<Incomplete>> {
    let mut invalid = Invalid::default();
    let draft = draft(workflow, &mut invalid);
    draft.reject_contradiction(&mut invalid);
    let partial = draft.to_json();
    draft
        .finish(invalid, hint)
        .map(Record::from)
        .map_err(|invalid| {
            let reasons = invalid.reasons();
            Box::new(Incomplete {
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
        "reviewer" => Fact::Reviewer,
        "critical_issues" => Fact::CriticalCount,
        "significant_gaps" => Fact::SignificantCount,
        "minor_improvements" => Fact::MinorCount,
        _ => Fact::ReviewScore,
    };
    format!("set {} on a span of the workflow", fact.attribute())
}

fn draft(workflow: &Workflow<'_>, invalid: &mut Invalid) -> Draft {
    let durations = durations(workflow);
    let verified = workflow
        .fact(Fact::FactVerification)
        .and_then(|value| invalid.keep("fact_verification_performed", value.to_bool()));
    let mut text = |field, fact| {
        let value = workflow.fact(fact)?;
        invalid.keep(field, value.to_text())
    };
    Draft {
        workflow: text("workflow_id", Fact::Workflow),
        ticket: text("ticket_id", Fact::Ticket),
        reviewer: text("reviewer", Fact::Reviewer),
        reviewed_analyst: text("reviewed_analyst", Fact::Analyst),
        completed_at: Some(Timestamp::from_nanos(workflow.root.end)),
        fact_verification: verified.or(Some(durations.verified_facts())),
        durations: Some(durations),
        origin: Origin {
            identity: Some(workflow.identity()),
            outcome: invalid
                .keep("outcome", workflow.outcome())
                .unwrap_or_default(),
            elapsed_seconds: Some(round_to_seconds(workflow.elapsed_nanos())),
            amendment: 0,
        },
        ..judgement(workflow, invalid)
    }
}

/// What the reviewer found.
fn judgement(workflow: &Workflow<'_>, invalid: &mut Invalid) -> Draft {
    let investigation = workflow
        .fact(Fact::InvestigationType)
        .and_then(|value| invalid.keep("investigation_type", value.to_word(Investigation::parse)));
    let score = workflow.fact(Fact::ReviewScore).and_then(|value| {
        invalid.keep(
            "overall_score",
            value.to_number().and_then(ReviewScore::new),
        )
    });
    let classification = workflow.fact(Fact::ReviewClassification).and_then(|value| {
        invalid.keep(
            "quality_classification",
            value.to_word(Classification::parse),
        )
    });
    let accuracy = workflow
        .fact(Fact::Accuracy)
        .and_then(|value| invalid.keep("accuracy_score", value.to_count().and_then(Accuracy::new)));
    let mut count = |field, fact| {
        let value: &FactValue = workflow.fact(fact)?;
        invalid.keep(field, value.to_count())
    };
    Draft {
        investigation: investigation.unwrap_or_default(),
        score,
        classification,
        accuracy,
        critical_issues: count("critical_issues", Fact::CriticalCount),
        significant_gaps: count("significant_gaps", Fact::SignificantCount),
        minor_improvements: count("minor_improvements", Fact::MinorCount),
        ..Draft::default()
    }
}

fn durations(workflow: &Workflow<'_>) -> ReviewDurations {
    match <[Option<u64>; 7]>::try_from(workflow.stage_nanos()) {
        Ok(stages) if stages.iter().any(Option::is_some) => ReviewDurations::from_stages(stages),
        _ => ReviewDurations::whole(workflow.root.duration_nanos()),
    }
}
