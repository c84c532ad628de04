//! Stages of the workflows of this system: spellings, legacy names, and the agreement of the stage tables with each other.

#![expect(
    clippy::indexing_slicing,
    reason = "a test that cannot go on panics; that is its report"
)]

use secspan_enrichment::kinds::{ENRICHMENT, KINDS, REVIEW};
use secspan_records::definition::Definitions;
use secspan_records::kind::Kind;

fn definitions() -> Definitions {
    Definitions::of(KINDS)
}

fn stage(kind: &'static Kind, name: &str) -> Option<&'static str> {
    let definitions = definitions();
    let index = definitions.stage_of(definitions.stage(name), kind)?;
    Some(kind.workflow()?.stages[usize::from(index)].name)
}

#[test]
fn the_three_spellings_are_one_stage() {
    for name in [
        "cve_research",
        "cve-research",
        "stage2-cve-research",
        "stage2_cve_research",
    ] {
        assert_eq!(stage(&ENRICHMENT, name), Some("cve_research"), "{name}");
    }
    assert_eq!(stage(&ENRICHMENT, "stage12-triage"), Some("triage"));
}

#[test]
fn legacy_names_are_stages_only_in_full() {
    for (name, real) in [
        ("stage1_fetch_ticket", "triage"),
        ("stage2_research_cve", "cve_research"),
        ("stage3_priority_assessment", "priority_assessment"),
        ("stage4-context-analysis", "business_context"),
        ("stage5_remediation_guidance", "remediation_planning"),
        ("stage6_update_jira", "jira_update"),
    ] {
        assert_eq!(stage(&ENRICHMENT, name), Some(real), "{name}");
    }
    for name in ["fetch_ticket", "update_jira", "research_cve"] {
        assert_eq!(
            stage(&ENRICHMENT, name),
            None,
            "{name} is a likely function name, not a stage"
        );
    }
}

#[test]
fn other_names_are_no_stages() {
    let long = "x".repeat(100);
    for name in [
        "", "stage", "stage2", "stage-", "stage2-", "GET /", "triage ", "Triage", "-triage", &long,
    ] {
        assert!(definitions().stage(name).is_none(), "{name}");
    }
}

#[test]
fn documentation_is_a_stage_of_both_kinds() {
    for kind in [&ENRICHMENT, &REVIEW] {
        assert_eq!(stage(kind, "documentation"), Some("documentation"));
    }
}

#[test]
fn every_legacy_key_receives_a_stage_and_stands_for_one_of_its_own() {
    for workflow in KINDS.iter().filter_map(|kind| kind.workflow()) {
        for key in 0..workflow.keys.names.len() {
            let mut stages = workflow.stages.iter();
            assert!(stages.any(|stage| usize::from(stage.key) == key));
        }
        for (key, stage) in workflow.key_stages.iter().enumerate() {
            let stage = &workflow.stages[usize::from(*stage)];
            assert_eq!(usize::from(stage.key), key, "{}", stage.name);
        }
    }
}

#[test]
fn a_workflow_name_can_be_added_and_replaced() {
    let definitions = definitions().with_workflow("triage-v2", &ENRICHMENT);
    assert!(definitions.workflow("triage-v2") == Some(&ENRICHMENT));
    assert!(definitions.workflow("triage-v3").is_none());
    let replaced = definitions.with_workflow("triage-v2", &REVIEW);
    assert!(replaced.workflow("triage-v2") == Some(&REVIEW));
    assert_eq!(replaced.workflow_names().count(), 3);
}
