//! Spellings, legacy names, and the agreement of the stage tables with each other.

use super::*;

fn enrichment(name: &str) -> Option<&'static str> {
    let index = Definitions::built_in()
        .stage(name)
        .of(WorkflowKind::Enrichment)?;
    Some(WorkflowKind::Enrichment.stages()[usize::from(index)].name)
}

#[test]
fn the_three_spellings_are_one_stage() {
    for name in [
        "cve_research",
        "cve-research",
        "stage2-cve-research",
        "stage2_cve_research",
    ] {
        assert_eq!(enrichment(name), Some("cve_research"), "{name}");
    }
    assert_eq!(enrichment("stage12-triage"), Some("triage"));
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
        assert_eq!(enrichment(name), Some(real), "{name}");
    }
    for name in ["fetch_ticket", "update_jira", "research_cve"] {
        assert_eq!(
            enrichment(name),
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
        assert!(Definitions::built_in().stage(name).is_none(), "{name}");
    }
}

#[test]
fn documentation_is_a_stage_of_both_kinds() {
    let found = Definitions::built_in().stage("documentation");
    assert_eq!(found.of(WorkflowKind::Enrichment), Some(6));
    assert_eq!(found.of(WorkflowKind::Review), Some(5));
}

#[test]
fn every_legacy_key_receives_a_stage_and_stands_for_one_of_its_own() {
    for kind in WorkflowKind::ALL {
        for key in 0..kind.legacy_keys().len() {
            assert!(
                kind.stages()
                    .iter()
                    .any(|stage| usize::from(stage.legacy) == key)
            );
        }
    }
    for (key, stage) in ENRICHMENT_LEGACY_STAGES.iter().enumerate() {
        assert_eq!(
            usize::from(ENRICHMENT_STAGES[usize::from(*stage)].legacy),
            key
        );
    }
}

#[test]
fn a_workflow_name_can_be_added_and_replaced() {
    let definitions = Definitions::built_in().with_workflow("acme-v2", WorkflowKind::Enrichment);
    assert_eq!(
        definitions.workflow("acme-v2"),
        Some(WorkflowKind::Enrichment)
    );
    assert_eq!(definitions.workflow("acme-v3"), None);
    let replaced = definitions.with_workflow("acme-v2", WorkflowKind::Review);
    assert_eq!(replaced.workflow("acme-v2"), Some(WorkflowKind::Review));
    assert_eq!(replaced.workflow_names().count(), 3);
}
