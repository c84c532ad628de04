//! The enrichment: fields, file, stages and calls.

use secspan_records::kind::{
    Calls, Default, Field, File, Format, From, Hooks, Keys, Kind, OfCalls, OfOrigin, Period,
    Presence, Source, Stage, Type, Workflow,
};
use secspan_semconv::span::workflow;
use secspan_semconv::{attribute, event};

use crate::values;

/// What one enrichment of a security alert found, decided and cost in time.
pub static ENRICHMENT: Kind = Kind {
    name: "enrichment",
    nouns: ["enrichment", "enrichments"],
    about: "what one enrichment of a security alert found, decided and cost in time",
    file: File {
        stem: "enrichment-metrics",
        format: Format::JsonLines,
        period: Period::Day,
    },
    source: Source::Workflow(&WORKFLOW),
    fields: FIELDS,
    subject: field::TICKET_ID,
    completed: &[field::ENRICHMENT_DATE],
    telling: &[
        "priority_assigned",
        "stage_durations",
        "total_duration_seconds",
    ],
    unfinished: &["priority"],
    hooks: Hooks::NONE,
};

static KEYS: Keys = Keys {
    names: &[
        "stage1_fetch_ticket",
        "stage2_research_cve",
        "stage3_priority_assessment",
        "stage4_context_analysis",
        "stage5_remediation_guidance",
        "stage6_update_jira",
    ],
    leads: &[
        "\"stage1_fetch_ticket\":",
        "\"stage2_research_cve\":",
        "\"stage3_priority_assessment\":",
        "\"stage4_context_analysis\":",
        "\"stage5_remediation_guidance\":",
        "\"stage6_update_jira\":",
    ],
};
static STAGE_KEYS: Keys = Keys {
    names: &[
        "triage",
        "cve_research",
        "attack_mapping",
        "priority_assessment",
        "business_context",
        "remediation_planning",
        "documentation",
        "jira_update",
    ],
    leads: &[
        "\"triage\":",
        "\"cve_research\":",
        "\"attack_mapping\":",
        "\"priority_assessment\":",
        "\"business_context\":",
        "\"remediation_planning\":",
        "\"documentation\":",
        "\"jira_update\":",
    ],
};
static SORT_KEYS: Keys = Keys {
    names: &["search", "reason", "deep_research"],
    leads: &["\"search\":", "\"reason\":", "\"deep_research\":"],
};

static CALLS: Calls = Calls {
    event: event::SECOPS_PERPLEXITY_CALL,
    sort: attribute::SECOPS_PERPLEXITY_KIND,
    sorts: &values::PERPLEXITY,
    tool: attribute::GEN_AI_TOOL_NAME,
    amount: attribute::SECOPS_PERPLEXITY_CITATION_COUNT,
    stage: "cve_research",
};

/// The workflow, with its stages.
pub static WORKFLOW: Workflow = Workflow {
    name: workflow::SECURITY_ALERT_ENRICHMENT_V1,
    stages: &[
        Stage {
            name: "triage",
            key: 0,
            budget_seconds: Some(120),
        },
        Stage {
            name: "cve_research",
            key: 1,
            budget_seconds: Some(300),
        },
        Stage {
            name: "attack_mapping",
            key: 1,
            budget_seconds: Some(120),
        },
        Stage {
            name: "priority_assessment",
            key: 2,
            budget_seconds: Some(120),
        },
        Stage {
            name: "business_context",
            key: 3,
            budget_seconds: Some(180),
        },
        Stage {
            name: "remediation_planning",
            key: 4,
            budget_seconds: Some(180),
        },
        Stage {
            name: "documentation",
            key: 5,
            budget_seconds: Some(60),
        },
        Stage {
            name: "jira_update",
            key: 5,
            budget_seconds: Some(120),
        },
    ],
    stage_keys: &STAGE_KEYS,
    keys: &KEYS,
    key_stages: &[0, 1, 3, 4, 5, 7],
    calls: Some(&CALLS),
};

static FIELDS: &[Field] = &[
    Field {
        key: "workflow_id",
        lead: ",\"workflow_id\":",
        about: "Name of the workflow.",
        of: Type::Name,
        presence: Presence::Required,
        from: &[From::Attribute(attribute::SECOPS_WORKFLOW_NAME)],
        ..Field::BLANK
    },
    Field {
        key: "ticket_id",
        lead: ",\"ticket_id\":",
        about: "The ticket that was enriched.",
        of: Type::Name,
        presence: Presence::Required,
        from: &[From::Attribute(attribute::SECOPS_TICKET_ID)],
        ..Field::BLANK
    },
    Field {
        key: "cve_id",
        lead: ",\"cve_id\":",
        about: "The vulnerability; null for tickets about events.",
        of: Type::Form(&values::CVE),
        presence: Presence::Stated,
        from: &[From::AttributeIf(
            attribute::SECOPS_VULNERABILITY_ID,
            values::is_cve,
        )],
        ..Field::BLANK
    },
    Field {
        key: "analyst",
        lead: ",\"analyst\":",
        about: "Who enriched it.",
        of: Type::Name,
        presence: Presence::Required,
        from: &[From::Attribute(attribute::SECOPS_ANALYST_NAME)],
        ..Field::BLANK
    },
    Field {
        key: "enrichment_date",
        lead: ",\"enrichment_date\":",
        about: "When the enrichment was complete: the end of the workflow span.",
        of: Type::Time,
        presence: Presence::Required,
        from: &[From::Time],
        ..Field::BLANK
    },
    Field {
        key: "total_duration_seconds",
        lead: ",\"total_duration_seconds\":",
        about: "Time in stages; without any stage, that of the workflow span.",
        of: Type::TotalSeconds,
        presence: Presence::Required,
        ..Field::BLANK
    },
    Field {
        key: "stage_durations",
        lead: ",\"stage_durations\":",
        about: "Time by the six keys that older records have, in seconds.",
        of: Type::KeySeconds,
        presence: Presence::Required,
        missing: "an object with the six stage keys is required",
        ..Field::BLANK
    },
    Field {
        key: "perplexity_tool",
        lead: ",\"perplexity_tool\":",
        about: "The deepest kind of call that succeeded.",
        of: Type::Word(&values::PERPLEXITY),
        presence: Presence::Stated,
        from: &[From::Calls(OfCalls::Deepest)],
        ..Field::BLANK
    },
    Field {
        key: "perplexity_queries",
        lead: ",\"perplexity_queries\":",
        about: "Calls, failed ones included.",
        of: Type::Count,
        presence: Presence::Stated,
        from: &[From::Calls(OfCalls::Number)],
        default: Default::Count(0),
        ..Field::BLANK
    },
    Field {
        key: "priority_assigned",
        lead: ",\"priority_assigned\":",
        about: "The priority.",
        of: Type::Word(&values::PRIORITY),
        presence: Presence::Required,
        from: &[
            From::Attribute(attribute::SECOPS_PRIORITY),
            From::Attribute(attribute::SECOPS_TRIAGE_PRIORITY),
        ],
        aliases: &["priority"],
        ..Field::BLANK
    },
    Field {
        key: "cvss_score",
        lead: ",\"cvss_score\":",
        about: "CVSS base score, 0 to 10.",
        of: Type::Number(&values::CVSS),
        presence: Presence::Stated,
        from: &[From::Attribute(attribute::SECOPS_VULNERABILITY_SCORE_BASE)],
        ..Field::BLANK
    },
    Field {
        key: "epss_score",
        lead: ",\"epss_score\":",
        about: "EPSS probability, 0 to 1.",
        of: Type::Number(&values::EPSS),
        presence: Presence::Stated,
        from: &[From::Attribute(attribute::SECOPS_VULNERABILITY_EPSS_SCORE)],
        ..Field::BLANK
    },
    Field {
        key: "kev_status",
        lead: ",\"kev_status\":",
        about: "Whether the vulnerability is known to be exploited.",
        of: Type::Flag(&values::KNOWN_EXPLOITED),
        presence: Presence::Stated,
        from: &[From::Attribute(
            attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
        )],
        ..Field::BLANK
    },
    Field {
        key: "sources_cited",
        lead: ",\"sources_cited\":",
        about: "Sources cited.",
        of: Type::Count,
        presence: Presence::Known,
        from: &[
            From::Attribute(attribute::SECOPS_ENRICHMENT_SOURCE_COUNT),
            From::Calls(OfCalls::Amount),
        ],
        ..Field::BLANK
    },
    Field {
        key: "mitre_techniques_mapped",
        lead: ",\"mitre_techniques_mapped\":",
        about: "Techniques mapped.",
        of: Type::Count,
        presence: Presence::Known,
        from: &[
            From::Attribute(attribute::SECOPS_ENRICHMENT_TECHNIQUE_COUNT),
            From::Length(attribute::SECOPS_ENRICHMENT_TECHNIQUES),
            From::Zero,
        ],
        ..Field::BLANK
    },
    Field {
        key: "schema_version",
        lead: ",\"schema_version\":",
        about: "Version of the fields that follow.",
        of: Type::Version,
        presence: Presence::Known,
        ..Field::BLANK
    },
    Field {
        key: "perplexity_tool_counts",
        lead: ",\"perplexity_tool_counts\":",
        about: "Calls by kind.",
        of: Type::Counts(&SORT_KEYS),
        presence: Presence::Known,
        from: &[From::Calls(OfCalls::BySort)],
        ..Field::BLANK
    },
    Field {
        key: "stage_durations_detail",
        lead: ",\"stage_durations_detail\":",
        about: "Time by stage, in seconds.",
        of: Type::StageSeconds,
        presence: Presence::Known,
        ..Field::BLANK
    },
    Field {
        key: "elapsed_seconds",
        lead: ",\"elapsed_seconds\":",
        about: "From the first start to the last end, time between stages included, in seconds.",
        of: Type::Origin(OfOrigin::ElapsedSeconds),
        presence: Presence::Known,
        ..Field::BLANK
    },
    Field {
        key: "trace_id",
        lead: ",\"trace_id\":",
        about: "The trace.",
        of: Type::Origin(OfOrigin::Trace),
        presence: Presence::Known,
        ..Field::BLANK
    },
    Field {
        key: "span_id",
        lead: ",\"span_id\":",
        about: "The workflow span, or the span of the event.",
        of: Type::Origin(OfOrigin::Span),
        presence: Presence::Known,
        ..Field::BLANK
    },
    Field {
        key: "outcome",
        lead: ",\"outcome\":",
        about: "How the workflow ended, where it was no success.",
        of: Type::Origin(OfOrigin::Outcome),
        presence: Presence::Known,
        ..Field::BLANK
    },
    Field {
        key: "amendment",
        lead: ",\"amendment\":",
        about: "Which correction of the first record this is.",
        of: Type::Origin(OfOrigin::Amendment),
        presence: Presence::Known,
        ..Field::BLANK
    },
    Field {
        key: "vulnerability_id",
        lead: ",\"vulnerability_id\":",
        about: "Another identifier of the vulnerability, where it has no CVE.",
        of: Type::Name,
        presence: Presence::Known,
        from: &[From::AttributeIf(
            attribute::SECOPS_VULNERABILITY_ID,
            values::is_no_cve,
        )],
        ..Field::BLANK
    },
];

/// The index of each field.
pub mod field {
    /// `workflow_id`.
    pub const WORKFLOW_ID: usize = 0;
    /// `ticket_id`.
    pub const TICKET_ID: usize = 1;
    /// `cve_id`.
    pub const CVE_ID: usize = 2;
    /// `analyst`.
    pub const ANALYST: usize = 3;
    /// `enrichment_date`.
    pub const ENRICHMENT_DATE: usize = 4;
    /// `total_duration_seconds`.
    pub const TOTAL_DURATION_SECONDS: usize = 5;
    /// `stage_durations`.
    pub const STAGE_DURATIONS: usize = 6;
    /// `perplexity_tool`.
    pub const PERPLEXITY_TOOL: usize = 7;
    /// `perplexity_queries`.
    pub const PERPLEXITY_QUERIES: usize = 8;
    /// `priority_assigned`.
    pub const PRIORITY_ASSIGNED: usize = 9;
    /// `cvss_score`.
    pub const CVSS_SCORE: usize = 10;
    /// `epss_score`.
    pub const EPSS_SCORE: usize = 11;
    /// `kev_status`.
    pub const KEV_STATUS: usize = 12;
    /// `sources_cited`.
    pub const SOURCES_CITED: usize = 13;
    /// `mitre_techniques_mapped`.
    pub const MITRE_TECHNIQUES_MAPPED: usize = 14;
    /// `schema_version`.
    pub const SCHEMA_VERSION: usize = 15;
    /// `perplexity_tool_counts`.
    pub const PERPLEXITY_TOOL_COUNTS: usize = 16;
    /// `stage_durations_detail`.
    pub const STAGE_DURATIONS_DETAIL: usize = 17;
    /// `elapsed_seconds`.
    pub const ELAPSED_SECONDS: usize = 18;
    /// `trace_id`.
    pub const TRACE_ID: usize = 19;
    /// `span_id`.
    pub const SPAN_ID: usize = 20;
    /// `outcome`.
    pub const OUTCOME: usize = 21;
    /// `amendment`.
    pub const AMENDMENT: usize = 22;
    /// `vulnerability_id`.
    pub const VULNERABILITY_ID: usize = 23;
}
