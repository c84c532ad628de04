//! Workflow and stage names, generated from `registry/*.yaml` by `cargo xtask codegen`.
//!
//! A stage span carries the stage's name as an attribute, or is itself named like the stage.

use crate::table::{StageDef, WorkflowDef};

/// Names of workflows.
pub mod workflow {
    /// One alert enrichment, from the ticket to its update.
    pub const SECURITY_ALERT_ENRICHMENT_V1: &str = "security-alert-enrichment-v1";

    /// The review of one enrichment.
    pub const SECURITY_ANALYSIS_REVIEW_V1: &str = "security-analysis-review-v1";
}

/// Names of stages, of all workflows.
pub mod stage {
    /// The stage `attack_mapping`.
    pub const ATTACK_MAPPING: &str = "attack_mapping";

    /// The stage `bias_detection`.
    pub const BIAS_DETECTION: &str = "bias_detection";

    /// The stage `business_context`.
    pub const BUSINESS_CONTEXT: &str = "business_context";

    /// The stage `cve_research`.
    pub const CVE_RESEARCH: &str = "cve_research";

    /// The stage `documentation`.
    pub const DOCUMENTATION: &str = "documentation";

    /// The stage `evaluation`.
    pub const EVALUATION: &str = "evaluation";

    /// The stage `fact_verification`.
    pub const FACT_VERIFICATION: &str = "fact_verification";

    /// The stage `feedback_loop`.
    pub const FEEDBACK_LOOP: &str = "feedback_loop";

    /// The stage `gap_identification`.
    pub const GAP_IDENTIFICATION: &str = "gap_identification";

    /// The stage `jira_update`.
    pub const JIRA_UPDATE: &str = "jira_update";

    /// The stage `preparation`.
    pub const PREPARATION: &str = "preparation";

    /// The stage `priority_assessment`.
    pub const PRIORITY_ASSESSMENT: &str = "priority_assessment";

    /// The stage `remediation_planning`.
    pub const REMEDIATION_PLANNING: &str = "remediation_planning";

    /// The stage `triage`.
    pub const TRIAGE: &str = "triage";
}

/// Keys that older records use for stages; also accepted as stage names.
pub mod legacy_stage {
    /// The record key `stage1`.
    pub const STAGE1: &str = "stage1";

    /// The record key `stage1_fetch_ticket`.
    pub const STAGE1_FETCH_TICKET: &str = "stage1_fetch_ticket";

    /// The record key `stage2`.
    pub const STAGE2: &str = "stage2";

    /// The record key `stage2_research_cve`.
    pub const STAGE2_RESEARCH_CVE: &str = "stage2_research_cve";

    /// The record key `stage3`.
    pub const STAGE3: &str = "stage3";

    /// The record key `stage3_priority_assessment`.
    pub const STAGE3_PRIORITY_ASSESSMENT: &str = "stage3_priority_assessment";

    /// The record key `stage4`.
    pub const STAGE4: &str = "stage4";

    /// The record key `stage4_context_analysis`.
    pub const STAGE4_CONTEXT_ANALYSIS: &str = "stage4_context_analysis";

    /// The record key `stage5`.
    pub const STAGE5: &str = "stage5";

    /// The record key `stage5_remediation_guidance`.
    pub const STAGE5_REMEDIATION_GUIDANCE: &str = "stage5_remediation_guidance";

    /// The record key `stage6`.
    pub const STAGE6: &str = "stage6";

    /// The record key `stage6_update_jira`.
    pub const STAGE6_UPDATE_JIRA: &str = "stage6_update_jira";

    /// The record key `stage7`.
    pub const STAGE7: &str = "stage7";
}

/// Every workflow, with its stages in order.
pub const WORKFLOWS: &[WorkflowDef] = &[
    WorkflowDef {
        name: workflow::SECURITY_ALERT_ENRICHMENT_V1,
        stages: &[
            StageDef {
                name: stage::TRIAGE,
                legacy_key: legacy_stage::STAGE1_FETCH_TICKET,
                budget_seconds: Some(120),
            },
            StageDef {
                name: stage::CVE_RESEARCH,
                legacy_key: legacy_stage::STAGE2_RESEARCH_CVE,
                budget_seconds: Some(300),
            },
            StageDef {
                name: stage::ATTACK_MAPPING,
                legacy_key: legacy_stage::STAGE2_RESEARCH_CVE,
                budget_seconds: Some(120),
            },
            StageDef {
                name: stage::PRIORITY_ASSESSMENT,
                legacy_key: legacy_stage::STAGE3_PRIORITY_ASSESSMENT,
                budget_seconds: Some(120),
            },
            StageDef {
                name: stage::BUSINESS_CONTEXT,
                legacy_key: legacy_stage::STAGE4_CONTEXT_ANALYSIS,
                budget_seconds: Some(180),
            },
            StageDef {
                name: stage::REMEDIATION_PLANNING,
                legacy_key: legacy_stage::STAGE5_REMEDIATION_GUIDANCE,
                budget_seconds: Some(180),
            },
            StageDef {
                name: stage::DOCUMENTATION,
                legacy_key: legacy_stage::STAGE6_UPDATE_JIRA,
                budget_seconds: Some(60),
            },
            StageDef {
                name: stage::JIRA_UPDATE,
                legacy_key: legacy_stage::STAGE6_UPDATE_JIRA,
                budget_seconds: Some(120),
            },
        ],
    },
    WorkflowDef {
        name: workflow::SECURITY_ANALYSIS_REVIEW_V1,
        stages: &[
            StageDef {
                name: stage::PREPARATION,
                legacy_key: legacy_stage::STAGE1,
                budget_seconds: None,
            },
            StageDef {
                name: stage::EVALUATION,
                legacy_key: legacy_stage::STAGE2,
                budget_seconds: None,
            },
            StageDef {
                name: stage::GAP_IDENTIFICATION,
                legacy_key: legacy_stage::STAGE3,
                budget_seconds: None,
            },
            StageDef {
                name: stage::BIAS_DETECTION,
                legacy_key: legacy_stage::STAGE4,
                budget_seconds: None,
            },
            StageDef {
                name: stage::FACT_VERIFICATION,
                legacy_key: legacy_stage::STAGE5,
                budget_seconds: None,
            },
            StageDef {
                name: stage::DOCUMENTATION,
                legacy_key: legacy_stage::STAGE6,
                budget_seconds: None,
            },
            StageDef {
                name: stage::FEEDBACK_LOOP,
                legacy_key: legacy_stage::STAGE7,
                budget_seconds: None,
            },
        ],
    },
];
