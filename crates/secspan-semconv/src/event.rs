//! Span event names, generated from `registry/*.yaml` by `cargo xtask codegen`.
//!
//! The same names mark log records that are folded onto their span.

use crate::attribute;
use crate::table::EventDef;

/// OpenTelemetry's own event for an error that a span recorded.
pub const EXCEPTION: &str = "exception";

/// Access to a resource was granted or refused.
pub const SECOPS_ACCESS_DECIDED: &str = "secops.access.decided";

/// An entry of the audit log.
pub const SECOPS_AUDIT_RECORDED: &str = "secops.audit.recorded";

/// A message was checked against its contract.
pub const SECOPS_CONTRACT_VALIDATED: &str = "secops.contract.validated";

/// A deployment ended.
pub const SECOPS_DEPLOYMENT_FINISHED: &str = "secops.deployment.finished";

/// A scanner reported a finding.
pub const SECOPS_FINDING_REPORTED: &str = "secops.finding.reported";

/// A fix of one or more findings was put in place.
pub const SECOPS_FIX_APPLIED: &str = "secops.fix.applied";

/// A security gate gave its verdict.
pub const SECOPS_GATE_EVALUATED: &str = "secops.gate.evaluated";

/// A security incident was opened.
pub const SECOPS_INCIDENT_OPENED: &str = "secops.incident.opened";

/// An incident is over.
pub const SECOPS_INCIDENT_RESOLVED: &str = "secops.incident.resolved";

/// The state of an incident changed.
pub const SECOPS_INCIDENT_UPDATED: &str = "secops.incident.updated";

/// One call of a tool through the Model Context Protocol, recorded when it ended.
pub const SECOPS_MCP_CALL: &str = "secops.mcp.call";

/// One call to Perplexity, recorded when it ended, also when it failed.
pub const SECOPS_PERPLEXITY_CALL: &str = "secops.perplexity.call";

/// A rate limiter answered.
pub const SECOPS_RATE_LIMIT_EVALUATED: &str = "secops.rate_limit.evaluated";

/// It was decided whether a ticket must be reviewed. Recorded on any span, inside a workflow or not.
pub const SECOPS_REVIEW_DECIDED: &str = "secops.review.decided";

/// A text was checked for what must not be passed on.
pub const SECOPS_SANITIZATION_APPLIED: &str = "secops.sanitization.applied";

/// A scanner finished, with whatever result.
pub const SECOPS_SCAN_COMPLETED: &str = "secops.scan.completed";

/// A ticket was closed, at the time of the event. Recorded on any span, inside a workflow or not.
pub const SECOPS_TICKET_CLOSED: &str = "secops.ticket.closed";

/// A credential was checked.
pub const SECOPS_TOKEN_VALIDATED: &str = "secops.token.validated";

/// A finding or an alert was judged.
pub const SECOPS_TRIAGE_DECIDED: &str = "secops.triage.decided";

/// Every event, sorted by name.
pub const TABLE: &[EventDef] = &[
    EventDef {
        name: EXCEPTION,
        required: &[],
        recommended: &[
            attribute::EXCEPTION_TYPE,
            attribute::EXCEPTION_MESSAGE,
            attribute::EXCEPTION_STACKTRACE,
        ],
    },
    EventDef {
        name: SECOPS_ACCESS_DECIDED,
        required: &[attribute::SECOPS_ACCESS_DECISION],
        recommended: &[
            attribute::SECOPS_ACCESS_ACTION,
            attribute::SECOPS_ACCESS_RESOURCE_TYPE,
            attribute::SECOPS_ACCESS_RESOURCE_ID,
            attribute::SECOPS_ACCESS_POLICY_ID,
            attribute::SECOPS_ACCESS_REASON,
            attribute::USER_ID,
            attribute::USER_ROLES,
            attribute::USER_HASH,
            attribute::ENDUSER_PSEUDO_ID,
            attribute::CLIENT_ADDRESS,
            attribute::HTTP_RESPONSE_STATUS_CODE,
        ],
    },
    EventDef {
        name: SECOPS_AUDIT_RECORDED,
        required: &[
            attribute::SECOPS_AUDIT_ACTION,
            attribute::SECOPS_AUDIT_OUTCOME,
        ],
        recommended: &[
            attribute::SECOPS_AUDIT_RESOURCE_TYPE,
            attribute::SECOPS_AUDIT_RESOURCE_ID,
            attribute::SECOPS_AUDIT_SEQUENCE,
            attribute::SECOPS_AUDIT_PREV_HASH,
            attribute::SECOPS_AUDIT_HASH,
            attribute::USER_ID,
            attribute::CLIENT_ADDRESS,
            attribute::LOG_RECORD_UID,
        ],
    },
    EventDef {
        name: SECOPS_CONTRACT_VALIDATED,
        required: &[
            attribute::SECOPS_CONTRACT_NAME,
            attribute::SECOPS_CONTRACT_DIRECTION,
            attribute::SECOPS_CONTRACT_RESULT,
        ],
        recommended: &[
            attribute::SECOPS_CONTRACT_VERSION,
            attribute::SECOPS_CONTRACT_VIOLATION_COUNT,
            attribute::SECOPS_CONTRACT_VIOLATION_PATHS,
            attribute::TEST_CASE_RESULT_STATUS,
            attribute::URL_FULL,
        ],
    },
    EventDef {
        name: SECOPS_DEPLOYMENT_FINISHED,
        required: &[attribute::DEPLOYMENT_STATUS],
        recommended: &[
            attribute::DEPLOYMENT_ID,
            attribute::DEPLOYMENT_NAME,
            attribute::DEPLOYMENT_ENVIRONMENT_NAME,
            attribute::SERVICE_NAME,
            attribute::SERVICE_VERSION,
            attribute::VCS_REF_HEAD_REVISION,
            attribute::CICD_PIPELINE_RUN_ID,
            attribute::SECOPS_DEPLOYMENT_STRATEGY,
            attribute::SECOPS_DEPLOYMENT_ROLLBACK,
            attribute::SECOPS_DEPLOYMENT_PREVIOUS_VERSION,
            attribute::SECOPS_DURATION,
        ],
    },
    EventDef {
        name: SECOPS_FINDING_REPORTED,
        required: &[
            attribute::SECOPS_FINDING_ID,
            attribute::SECOPS_FINDING_FINGERPRINT,
            attribute::SECOPS_FINDING_SEVERITY,
        ],
        recommended: &[
            attribute::SECOPS_FINDING_TITLE,
            attribute::SECOPS_FINDING_CONFIDENCE,
            attribute::SECOPS_FINDING_STATUS,
            attribute::SECOPS_VULNERABILITY_ID,
            attribute::SECOPS_VULNERABILITY_CWE_IDS,
            attribute::SECOPS_VULNERABILITY_SCORE_BASE,
            attribute::SECOPS_VULNERABILITY_SCORE_VERSION,
            attribute::SECOPS_VULNERABILITY_CVSS_VECTOR,
            attribute::SECOPS_VULNERABILITY_EPSS_SCORE,
            attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
            attribute::SECOPS_VULNERABILITY_FIXED_VERSION,
            attribute::SECOPS_SCANNER_NAME,
            attribute::SECURITY_RULE_NAME,
            attribute::SECURITY_RULE_UUID,
            attribute::SECURITY_RULE_CATEGORY,
            attribute::SECURITY_RULE_RULESET_NAME,
            attribute::SECURITY_RULE_VERSION,
            attribute::SECURITY_RULE_REFERENCE,
            attribute::CODE_FILE_PATH,
            attribute::CODE_LINE_NUMBER,
            attribute::CODE_FUNCTION_NAME,
            attribute::ARTIFACT_PURL,
            attribute::URL_FULL,
        ],
    },
    EventDef {
        name: SECOPS_FIX_APPLIED,
        required: &[attribute::SECOPS_FIX_ID, attribute::SECOPS_FIX_STATUS],
        recommended: &[
            attribute::SECOPS_FIX_KIND,
            attribute::SECOPS_FIX_VERIFIED,
            attribute::SECOPS_FIX_FINDING_IDS,
            attribute::VCS_CHANGE_ID,
            attribute::VCS_CHANGE_STATE,
            attribute::VCS_CHANGE_TITLE,
            attribute::VCS_REF_HEAD_NAME,
            attribute::VCS_REF_HEAD_REVISION,
            attribute::VCS_REPOSITORY_URL_FULL,
        ],
    },
    EventDef {
        name: SECOPS_GATE_EVALUATED,
        required: &[attribute::SECOPS_GATE_NAME, attribute::SECOPS_GATE_VERDICT],
        recommended: &[
            attribute::SECOPS_GATE_TYPE,
            attribute::SECOPS_GATE_ACTION,
            attribute::SECOPS_GATE_REASON,
            attribute::SECOPS_GATE_POLICY_ID,
            attribute::SECOPS_GATE_POLICY_RULE_ID,
            attribute::SECOPS_GATE_THRESHOLD,
            attribute::SECOPS_GATE_OBSERVED,
            attribute::SECOPS_GATE_BYPASSED,
            attribute::SECOPS_FINDING_SEVERITY,
        ],
    },
    EventDef {
        name: SECOPS_INCIDENT_OPENED,
        required: &[
            attribute::SECOPS_INCIDENT_ID,
            attribute::SECOPS_INCIDENT_SEVERITY,
        ],
        recommended: &[
            attribute::SECOPS_INCIDENT_STATUS,
            attribute::SECOPS_INCIDENT_TITLE,
            attribute::SECOPS_INCIDENT_FINDING_IDS,
            attribute::SERVICE_NAME,
            attribute::URL_FULL,
        ],
    },
    EventDef {
        name: SECOPS_INCIDENT_RESOLVED,
        required: &[attribute::SECOPS_INCIDENT_ID],
        recommended: &[
            attribute::SECOPS_INCIDENT_SEVERITY,
            attribute::SECOPS_INCIDENT_STATUS,
            attribute::SECOPS_INCIDENT_TITLE,
            attribute::SECOPS_INCIDENT_FINDING_IDS,
            attribute::SECOPS_DURATION,
            attribute::SERVICE_NAME,
            attribute::URL_FULL,
        ],
    },
    EventDef {
        name: SECOPS_INCIDENT_UPDATED,
        required: &[
            attribute::SECOPS_INCIDENT_ID,
            attribute::SECOPS_INCIDENT_STATUS,
        ],
        recommended: &[
            attribute::SECOPS_INCIDENT_SEVERITY,
            attribute::SECOPS_INCIDENT_TITLE,
            attribute::SECOPS_INCIDENT_FINDING_IDS,
            attribute::SERVICE_NAME,
            attribute::URL_FULL,
        ],
    },
    EventDef {
        name: SECOPS_MCP_CALL,
        required: &[attribute::MCP_METHOD_NAME],
        recommended: &[
            attribute::GEN_AI_TOOL_NAME,
            attribute::SECOPS_MCP_SERVER_NAME,
            attribute::MCP_SESSION_ID,
            attribute::MCP_PROTOCOL_VERSION,
            attribute::JSONRPC_REQUEST_ID,
            attribute::RPC_RESPONSE_STATUS_CODE,
            attribute::NETWORK_TRANSPORT,
            attribute::SECOPS_DURATION,
            attribute::SECOPS_OUTCOME,
            attribute::ERROR_TYPE,
        ],
    },
    EventDef {
        name: SECOPS_PERPLEXITY_CALL,
        required: &[
            attribute::SECOPS_PERPLEXITY_KIND,
            attribute::SECOPS_DURATION,
            attribute::SECOPS_OUTCOME,
        ],
        recommended: &[
            attribute::ERROR_TYPE,
            attribute::GEN_AI_PROVIDER_NAME,
            attribute::GEN_AI_OPERATION_NAME,
            attribute::GEN_AI_REQUEST_MODEL,
            attribute::GEN_AI_RESPONSE_MODEL,
            attribute::GEN_AI_RESPONSE_ID,
            attribute::GEN_AI_RESPONSE_FINISH_REASONS,
            attribute::GEN_AI_USAGE_INPUT_TOKENS,
            attribute::GEN_AI_USAGE_OUTPUT_TOKENS,
            attribute::GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
            attribute::GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
            attribute::SECOPS_PERPLEXITY_PRESET,
            attribute::SECOPS_PERPLEXITY_SEARCH_CONTEXT_SIZE,
            attribute::SECOPS_PERPLEXITY_CITATION_COUNT,
            attribute::SECOPS_PERPLEXITY_SEARCH_QUERY_COUNT,
            attribute::SECOPS_LLM_COST_AMOUNT,
            attribute::SECOPS_LLM_COST_CURRENCY,
            attribute::SECOPS_LLM_COST_SOURCE,
            attribute::SECOPS_LLM_PROMPT_LENGTH,
            attribute::SECOPS_LLM_PROMPT_HASH,
            attribute::SECOPS_LLM_ANSWER_LENGTH,
            attribute::SECOPS_LLM_ANSWER_HASH,
            attribute::SERVER_ADDRESS,
            attribute::HTTP_RESPONSE_STATUS_CODE,
            attribute::MCP_METHOD_NAME,
            attribute::GEN_AI_TOOL_NAME,
        ],
    },
    EventDef {
        name: SECOPS_RATE_LIMIT_EVALUATED,
        required: &[
            attribute::SECOPS_RATE_LIMIT_POLICY,
            attribute::SECOPS_RATE_LIMIT_DECISION,
        ],
        recommended: &[
            attribute::SECOPS_RATE_LIMIT_LIMIT,
            attribute::SECOPS_RATE_LIMIT_REMAINING,
            attribute::SECOPS_RATE_LIMIT_RETRY_AFTER,
            attribute::SECOPS_RATE_LIMIT_KEY_HASH,
            attribute::HTTP_RESPONSE_STATUS_CODE,
            attribute::HTTP_REQUEST_RESEND_COUNT,
            attribute::HTTP_ROUTE,
        ],
    },
    EventDef {
        name: SECOPS_REVIEW_DECIDED,
        required: &[
            attribute::SECOPS_TICKET_ID,
            attribute::SECOPS_PRIORITY,
            attribute::SECOPS_REVIEW_REQUIRED,
            attribute::SECOPS_REVIEW_REASON,
        ],
        recommended: &[attribute::SECOPS_REVIEWER_NAME],
    },
    EventDef {
        name: SECOPS_SANITIZATION_APPLIED,
        required: &[
            attribute::SECOPS_SANITIZATION_TARGET,
            attribute::SECOPS_SANITIZATION_MODIFIED,
        ],
        recommended: &[
            attribute::SECOPS_SANITIZATION_REDACTION_COUNT,
            attribute::SECOPS_SANITIZATION_RULE_IDS,
            attribute::SECOPS_SANITIZATION_INPUT_HASH,
            attribute::SECOPS_OUTCOME,
            attribute::SECOPS_DURATION,
        ],
    },
    EventDef {
        name: SECOPS_SCAN_COMPLETED,
        required: &[
            attribute::SECOPS_SCAN_TYPE,
            attribute::SECOPS_SCANNER_NAME,
            attribute::SECOPS_DURATION,
            attribute::SECOPS_OUTCOME,
        ],
        recommended: &[
            attribute::SECOPS_SCAN_ID,
            attribute::SECOPS_SCAN_MODE,
            attribute::SECOPS_SCAN_TARGET_TYPE,
            attribute::SECOPS_SCAN_FINDING_COUNT,
            attribute::SECOPS_SCAN_FINDING_CRITICAL_COUNT,
            attribute::SECOPS_SCAN_FINDING_HIGH_COUNT,
            attribute::SECOPS_SCAN_FINDING_MEDIUM_COUNT,
            attribute::SECOPS_SCAN_FINDING_LOW_COUNT,
            attribute::SECOPS_SCANNER_VERSION,
            attribute::SECOPS_SCANNER_VENDOR,
            attribute::SECOPS_SCANNER_RULESET_VERSION,
            attribute::ARTIFACT_PURL,
            attribute::ARTIFACT_HASH,
            attribute::ARTIFACT_FILENAME,
            attribute::ARTIFACT_VERSION,
            attribute::VCS_REPOSITORY_URL_FULL,
            attribute::VCS_REF_HEAD_NAME,
            attribute::VCS_REF_HEAD_REVISION,
            attribute::CONTAINER_IMAGE_NAME,
            attribute::CONTAINER_IMAGE_REPO_DIGESTS,
            attribute::ERROR_TYPE,
        ],
    },
    EventDef {
        name: SECOPS_TICKET_CLOSED,
        required: &[attribute::SECOPS_TICKET_ID, attribute::SECOPS_PRIORITY],
        recommended: &[attribute::SECOPS_TICKET_ENRICHED_AT],
    },
    EventDef {
        name: SECOPS_TOKEN_VALIDATED,
        required: &[attribute::SECOPS_TOKEN_TYPE, attribute::SECOPS_TOKEN_RESULT],
        recommended: &[
            attribute::SECOPS_TOKEN_ISSUER,
            attribute::SECOPS_TOKEN_KEY_ID,
            attribute::SECOPS_TOKEN_EXPIRES_IN,
            attribute::ERROR_TYPE,
            attribute::USER_ID,
            attribute::USER_HASH,
            attribute::SERVER_ADDRESS,
            attribute::SECOPS_DURATION,
        ],
    },
    EventDef {
        name: SECOPS_TRIAGE_DECIDED,
        required: &[attribute::SECOPS_TRIAGE_VERDICT],
        recommended: &[
            attribute::SECOPS_TRIAGE_ACTUAL_VERDICT,
            attribute::SECOPS_TRIAGE_CONFIDENCE,
            attribute::SECOPS_TRIAGE_PRIORITY,
            attribute::SECOPS_TRIAGE_METHOD,
            attribute::SECOPS_TRIAGE_DUPLICATE_OF,
            attribute::SECOPS_FINDING_ID,
            attribute::GEN_AI_PROVIDER_NAME,
            attribute::GEN_AI_REQUEST_MODEL,
            attribute::GEN_AI_EVALUATION_NAME,
            attribute::GEN_AI_EVALUATION_SCORE_VALUE,
            attribute::GEN_AI_EVALUATION_SCORE_LABEL,
            attribute::USER_ID,
            attribute::SECOPS_DURATION,
        ],
    },
];
