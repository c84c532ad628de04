//! The review: fields, file and stages.

use secspan_records::kind::{
    Default, Field, File, Flag, Format, From, Keys, Kind, OfOrigin, Period, Presence, Source,
    Stage, Type, Workflow,
};
use secspan_semconv::attribute;
use secspan_semconv::span::workflow;

use crate::values;

/// What a senior analyst found when a finished analysis was reviewed.
pub static REVIEW: Kind = Kind {
    name: "review",
    nouns: ["review", "reviews"],
    about: "what a senior analyst found when a finished analysis was reviewed",
    file: File {
        stem: "review-metrics",
        format: Format::JsonLines,
        period: Period::Day,
    },
    source: Source::Workflow(&WORKFLOW),
    fields: FIELDS,
    subject: field::TICKET_ID,
    completed: &[field::REVIEW_DATE],
    telling: &["review_date", "overall_score", "quality_classification"],
    unfinished: &[],
    hooks: crate::review::HOOKS,
};

static KEYS: Keys = Keys {
    names: &[
        "stage1", "stage2", "stage3", "stage4", "stage5", "stage6", "stage7",
    ],
    leads: &[
        "\"stage1\":",
        "\"stage2\":",
        "\"stage3\":",
        "\"stage4\":",
        "\"stage5\":",
        "\"stage6\":",
        "\"stage7\":",
    ],
};
static STAGE_KEYS: Keys = Keys {
    names: &[
        "preparation",
        "evaluation",
        "gap_identification",
        "bias_detection",
        "fact_verification",
        "documentation",
        "feedback_loop",
    ],
    leads: &[
        "\"preparation\":",
        "\"evaluation\":",
        "\"gap_identification\":",
        "\"bias_detection\":",
        "\"fact_verification\":",
        "\"documentation\":",
        "\"feedback_loop\":",
    ],
};

/// The workflow, with its stages.
pub static WORKFLOW: Workflow = Workflow {
    name: workflow::SECURITY_ANALYSIS_REVIEW_V1,
    stages: &[
        Stage {
            name: "preparation",
            key: 0,
            budget_seconds: None,
        },
        Stage {
            name: "evaluation",
            key: 1,
            budget_seconds: None,
        },
        Stage {
            name: "gap_identification",
            key: 2,
            budget_seconds: None,
        },
        Stage {
            name: "bias_detection",
            key: 3,
            budget_seconds: None,
        },
        Stage {
            name: "fact_verification",
            key: 4,
            budget_seconds: None,
        },
        Stage {
            name: "documentation",
            key: 5,
            budget_seconds: None,
        },
        Stage {
            name: "feedback_loop",
            key: 6,
            budget_seconds: None,
        },
    ],
    stage_keys: &STAGE_KEYS,
    keys: &KEYS,
    key_stages: &[],
    calls: None,
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
        key: "investigation_type",
        lead: ",\"investigation_type\":",
        about: "What kind of investigation was reviewed.",
        of: Type::Word(&values::INVESTIGATION),
        presence: Presence::Known,
        from: &[From::Attribute(attribute::SECOPS_REVIEW_INVESTIGATION_TYPE)],
        default: Default::Word(0),
        ..Field::BLANK
    },
    Field {
        key: "ticket_id",
        lead: ",\"ticket_id\":",
        about: "Ticket of the analysis.",
        of: Type::Name,
        presence: Presence::Required,
        from: &[From::Attribute(attribute::SECOPS_TICKET_ID)],
        ..Field::BLANK
    },
    Field {
        key: "reviewer",
        lead: ",\"reviewer\":",
        about: "Who reviewed it.",
        of: Type::Name,
        presence: Presence::Required,
        from: &[From::Attribute(attribute::SECOPS_REVIEWER_NAME)],
        ..Field::BLANK
    },
    Field {
        key: "review_date",
        lead: ",\"review_date\":",
        about: "When the review was complete: the end of the workflow span.",
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
        about: "Time by stage, in seconds.",
        of: Type::KeySeconds,
        presence: Presence::Required,
        missing: "an object with stage1 to stage7 is required",
        ..Field::BLANK
    },
    Field {
        key: "overall_score",
        lead: ",\"overall_score\":",
        about: "The score, 0 to 100.",
        of: Type::Number(&values::REVIEW_SCORE),
        presence: Presence::Required,
        from: &[From::Attribute(attribute::SECOPS_REVIEW_SCORE)],
        ..Field::BLANK
    },
    Field {
        key: "quality_classification",
        lead: ",\"quality_classification\":",
        about: "The class that the score falls into.",
        of: Type::Word(&values::CLASSIFICATION),
        presence: Presence::Stated,
        from: &[From::Attribute(attribute::SECOPS_REVIEW_CLASSIFICATION)],
        ..Field::BLANK
    },
    Field {
        key: "critical_issues",
        lead: ",\"critical_issues\":",
        about: "Critical issues found.",
        of: Type::Count,
        presence: Presence::Required,
        from: &[From::Attribute(
            attribute::SECOPS_REVIEW_FINDING_CRITICAL_COUNT,
        )],
        ..Field::BLANK
    },
    Field {
        key: "significant_gaps",
        lead: ",\"significant_gaps\":",
        about: "Significant gaps found.",
        of: Type::Count,
        presence: Presence::Required,
        from: &[From::Attribute(
            attribute::SECOPS_REVIEW_FINDING_SIGNIFICANT_COUNT,
        )],
        ..Field::BLANK
    },
    Field {
        key: "minor_improvements",
        lead: ",\"minor_improvements\":",
        about: "Minor improvements proposed.",
        of: Type::Count,
        presence: Presence::Required,
        from: &[From::Attribute(
            attribute::SECOPS_REVIEW_FINDING_MINOR_COUNT,
        )],
        ..Field::BLANK
    },
    Field {
        key: "fact_verification_performed",
        lead: ",\"fact_verification_performed\":",
        about: "Whether facts were verified.",
        of: Type::Flag(&Flag::PLAIN),
        presence: Presence::Required,
        from: &[
            From::Attribute(attribute::SECOPS_REVIEW_FACT_VERIFICATION),
            From::Ran(4),
        ],
        ..Field::BLANK
    },
    Field {
        key: "accuracy_score",
        lead: ",\"accuracy_score\":",
        about: "How many of the verified facts were right, in percent.",
        of: Type::UpTo(&values::ACCURACY),
        presence: Presence::Stated,
        from: &[From::Attribute(attribute::SECOPS_REVIEW_ACCURACY)],
        ..Field::BLANK
    },
    Field {
        key: "reviewed_analyst",
        lead: ",\"reviewed_analyst\":",
        about: "Whose analysis it was.",
        of: Type::Name,
        presence: Presence::Known,
        from: &[From::Attribute(attribute::SECOPS_ANALYST_NAME)],
        aliases: &["analyst"],
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
];

/// The index of each field.
pub mod field {
    /// `workflow_id`.
    pub const WORKFLOW_ID: usize = 0;
    /// `investigation_type`.
    pub const INVESTIGATION_TYPE: usize = 1;
    /// `ticket_id`.
    pub const TICKET_ID: usize = 2;
    /// `reviewer`.
    pub const REVIEWER: usize = 3;
    /// `review_date`.
    pub const REVIEW_DATE: usize = 4;
    /// `total_duration_seconds`.
    pub const TOTAL_DURATION_SECONDS: usize = 5;
    /// `stage_durations`.
    pub const STAGE_DURATIONS: usize = 6;
    /// `overall_score`.
    pub const OVERALL_SCORE: usize = 7;
    /// `quality_classification`.
    pub const QUALITY_CLASSIFICATION: usize = 8;
    /// `critical_issues`.
    pub const CRITICAL_ISSUES: usize = 9;
    /// `significant_gaps`.
    pub const SIGNIFICANT_GAPS: usize = 10;
    /// `minor_improvements`.
    pub const MINOR_IMPROVEMENTS: usize = 11;
    /// `fact_verification_performed`.
    pub const FACT_VERIFICATION_PERFORMED: usize = 12;
    /// `accuracy_score`.
    pub const ACCURACY_SCORE: usize = 13;
    /// `reviewed_analyst`.
    pub const REVIEWED_ANALYST: usize = 14;
    /// `schema_version`.
    pub const SCHEMA_VERSION: usize = 15;
    /// `elapsed_seconds`.
    pub const ELAPSED_SECONDS: usize = 16;
    /// `trace_id`.
    pub const TRACE_ID: usize = 17;
    /// `span_id`.
    pub const SPAN_ID: usize = 18;
    /// `outcome`.
    pub const OUTCOME: usize = 19;
    /// `amendment`.
    pub const AMENDMENT: usize = 20;
}
