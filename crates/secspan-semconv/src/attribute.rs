//! Attribute names and types, generated from `registry/*.yaml` by `cargo xtask codegen`.
//!
//! Ours begin with `secops.`; the others are OpenTelemetry's, by reference.

use crate::table::{AttributeDef, AttributeKind, Stability};

/// Version of OpenTelemetry's semantic conventions that the standard names follow.
pub const STANDARD_VERSION: &str = "1.44.0";

/// OpenTelemetry's `artifact.filename`.
///
/// Type: string.
pub const ARTIFACT_FILENAME: &str = "artifact.filename";

/// OpenTelemetry's `artifact.hash`.
///
/// Type: string.
pub const ARTIFACT_HASH: &str = "artifact.hash";

/// OpenTelemetry's `artifact.purl`.
///
/// Type: string.
pub const ARTIFACT_PURL: &str = "artifact.purl";

/// OpenTelemetry's `artifact.version`.
///
/// Type: string.
pub const ARTIFACT_VERSION: &str = "artifact.version";

/// OpenTelemetry's `cicd.pipeline.action.name`.
///
/// Type: string.
pub const CICD_PIPELINE_ACTION_NAME: &str = "cicd.pipeline.action.name";

/// OpenTelemetry's `cicd.pipeline.name`.
///
/// Type: string.
pub const CICD_PIPELINE_NAME: &str = "cicd.pipeline.name";

/// OpenTelemetry's `cicd.pipeline.result`.
///
/// Type: string.
pub const CICD_PIPELINE_RESULT: &str = "cicd.pipeline.result";

/// OpenTelemetry's `cicd.pipeline.run.id`.
///
/// Type: string.
pub const CICD_PIPELINE_RUN_ID: &str = "cicd.pipeline.run.id";

/// OpenTelemetry's `cicd.pipeline.run.state`.
///
/// Type: string.
pub const CICD_PIPELINE_RUN_STATE: &str = "cicd.pipeline.run.state";

/// OpenTelemetry's `cicd.pipeline.run.url.full`.
///
/// Type: string.
pub const CICD_PIPELINE_RUN_URL_FULL: &str = "cicd.pipeline.run.url.full";

/// OpenTelemetry's `cicd.pipeline.task.name`.
///
/// Type: string.
pub const CICD_PIPELINE_TASK_NAME: &str = "cicd.pipeline.task.name";

/// OpenTelemetry's `cicd.pipeline.task.run.id`.
///
/// Type: string.
pub const CICD_PIPELINE_TASK_RUN_ID: &str = "cicd.pipeline.task.run.id";

/// OpenTelemetry's `cicd.pipeline.task.run.result`.
///
/// Type: string.
pub const CICD_PIPELINE_TASK_RUN_RESULT: &str = "cicd.pipeline.task.run.result";

/// OpenTelemetry's `cicd.pipeline.task.type`.
///
/// Type: string.
pub const CICD_PIPELINE_TASK_TYPE: &str = "cicd.pipeline.task.type";

/// OpenTelemetry's `client.address`.
///
/// Type: string.
pub const CLIENT_ADDRESS: &str = "client.address";

/// OpenTelemetry's `code.file.path`.
///
/// Type: string.
pub const CODE_FILE_PATH: &str = "code.file.path";

/// OpenTelemetry's `code.function.name`.
///
/// Type: string.
pub const CODE_FUNCTION_NAME: &str = "code.function.name";

/// OpenTelemetry's `code.line.number`.
///
/// Type: int.
pub const CODE_LINE_NUMBER: &str = "code.line.number";

/// OpenTelemetry's `container.image.name`.
///
/// Type: string.
pub const CONTAINER_IMAGE_NAME: &str = "container.image.name";

/// OpenTelemetry's `container.image.repo_digests`.
///
/// Type: string array.
pub const CONTAINER_IMAGE_REPO_DIGESTS: &str = "container.image.repo_digests";

/// OpenTelemetry's `deployment.environment.name`.
///
/// Type: string.
pub const DEPLOYMENT_ENVIRONMENT_NAME: &str = "deployment.environment.name";

/// OpenTelemetry's `deployment.id`.
///
/// Type: string.
pub const DEPLOYMENT_ID: &str = "deployment.id";

/// OpenTelemetry's `deployment.name`.
///
/// Type: string.
pub const DEPLOYMENT_NAME: &str = "deployment.name";

/// OpenTelemetry's `deployment.status`.
///
/// Type: string.
pub const DEPLOYMENT_STATUS: &str = "deployment.status";

/// OpenTelemetry's `enduser.pseudo.id`.
///
/// Type: string.
pub const ENDUSER_PSEUDO_ID: &str = "enduser.pseudo.id";

/// OpenTelemetry's `error.type`.
///
/// Type: string.
pub const ERROR_TYPE: &str = "error.type";

/// OpenTelemetry's `exception.message`.
///
/// Type: string.
pub const EXCEPTION_MESSAGE: &str = "exception.message";

/// OpenTelemetry's `exception.stacktrace`.
///
/// Type: string.
pub const EXCEPTION_STACKTRACE: &str = "exception.stacktrace";

/// OpenTelemetry's `exception.type`.
///
/// Type: string.
pub const EXCEPTION_TYPE: &str = "exception.type";

/// OpenTelemetry's `gen_ai.evaluation.name`.
///
/// Type: string.
pub const GEN_AI_EVALUATION_NAME: &str = "gen_ai.evaluation.name";

/// OpenTelemetry's `gen_ai.evaluation.score.label`.
///
/// Type: string.
pub const GEN_AI_EVALUATION_SCORE_LABEL: &str = "gen_ai.evaluation.score.label";

/// OpenTelemetry's `gen_ai.evaluation.score.value`.
///
/// Type: double.
pub const GEN_AI_EVALUATION_SCORE_VALUE: &str = "gen_ai.evaluation.score.value";

/// OpenTelemetry's `gen_ai.operation.name`.
///
/// Type: string.
pub const GEN_AI_OPERATION_NAME: &str = "gen_ai.operation.name";

/// OpenTelemetry's `gen_ai.provider.name`.
///
/// Type: string.
pub const GEN_AI_PROVIDER_NAME: &str = "gen_ai.provider.name";

/// OpenTelemetry's `gen_ai.request.model`.
///
/// Type: string.
pub const GEN_AI_REQUEST_MODEL: &str = "gen_ai.request.model";

/// OpenTelemetry's `gen_ai.response.finish_reasons`.
///
/// Type: string array.
pub const GEN_AI_RESPONSE_FINISH_REASONS: &str = "gen_ai.response.finish_reasons";

/// OpenTelemetry's `gen_ai.response.id`.
///
/// Type: string.
pub const GEN_AI_RESPONSE_ID: &str = "gen_ai.response.id";

/// OpenTelemetry's `gen_ai.response.model`.
///
/// Type: string.
pub const GEN_AI_RESPONSE_MODEL: &str = "gen_ai.response.model";

/// OpenTelemetry's `gen_ai.tool.name`.
///
/// Type: string.
pub const GEN_AI_TOOL_NAME: &str = "gen_ai.tool.name";

/// OpenTelemetry's `gen_ai.usage.cache_read.input_tokens`.
///
/// Type: int.
pub const GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: &str = "gen_ai.usage.cache_read.input_tokens";

/// OpenTelemetry's `gen_ai.usage.input_tokens`.
///
/// Type: int.
pub const GEN_AI_USAGE_INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";

/// OpenTelemetry's `gen_ai.usage.output_tokens`.
///
/// Type: int.
pub const GEN_AI_USAGE_OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";

/// OpenTelemetry's `gen_ai.usage.reasoning.output_tokens`.
///
/// Type: int.
pub const GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: &str = "gen_ai.usage.reasoning.output_tokens";

/// OpenTelemetry's `gen_ai.workflow.name`.
///
/// Type: string.
pub const GEN_AI_WORKFLOW_NAME: &str = "gen_ai.workflow.name";

/// OpenTelemetry's `geo.continent.code`.
///
/// Type: string.
pub const GEO_CONTINENT_CODE: &str = "geo.continent.code";

/// OpenTelemetry's `geo.country.iso_code`.
///
/// Type: string.
pub const GEO_COUNTRY_ISO_CODE: &str = "geo.country.iso_code";

/// OpenTelemetry's `geo.locality.name`.
///
/// Type: string.
pub const GEO_LOCALITY_NAME: &str = "geo.locality.name";

/// OpenTelemetry's `geo.location.lat`.
///
/// Type: double.
pub const GEO_LOCATION_LAT: &str = "geo.location.lat";

/// OpenTelemetry's `geo.location.lon`.
///
/// Type: double.
pub const GEO_LOCATION_LON: &str = "geo.location.lon";

/// OpenTelemetry's `geo.postal_code`.
///
/// Type: string.
pub const GEO_POSTAL_CODE: &str = "geo.postal_code";

/// OpenTelemetry's `geo.region.iso_code`.
///
/// Type: string.
pub const GEO_REGION_ISO_CODE: &str = "geo.region.iso_code";

/// OpenTelemetry's `host.name`.
///
/// Type: string.
pub const HOST_NAME: &str = "host.name";

/// OpenTelemetry's `http.request.method`.
///
/// Type: string.
pub const HTTP_REQUEST_METHOD: &str = "http.request.method";

/// OpenTelemetry's `http.request.resend_count`.
///
/// Type: int.
pub const HTTP_REQUEST_RESEND_COUNT: &str = "http.request.resend_count";

/// OpenTelemetry's `http.response.status_code`.
///
/// Type: int.
pub const HTTP_RESPONSE_STATUS_CODE: &str = "http.response.status_code";

/// OpenTelemetry's `http.route`.
///
/// Type: string.
pub const HTTP_ROUTE: &str = "http.route";

/// OpenTelemetry's `jsonrpc.request.id`.
///
/// Type: string.
pub const JSONRPC_REQUEST_ID: &str = "jsonrpc.request.id";

/// OpenTelemetry's `log.record.uid`.
///
/// Type: string.
pub const LOG_RECORD_UID: &str = "log.record.uid";

/// OpenTelemetry's `mcp.method.name`.
///
/// Type: string.
pub const MCP_METHOD_NAME: &str = "mcp.method.name";

/// OpenTelemetry's `mcp.protocol.version`.
///
/// Type: string.
pub const MCP_PROTOCOL_VERSION: &str = "mcp.protocol.version";

/// OpenTelemetry's `mcp.session.id`.
///
/// Type: string.
pub const MCP_SESSION_ID: &str = "mcp.session.id";

/// OpenTelemetry's `network.peer.address`.
///
/// Type: string.
pub const NETWORK_PEER_ADDRESS: &str = "network.peer.address";

/// OpenTelemetry's `network.transport`.
///
/// Type: string.
pub const NETWORK_TRANSPORT: &str = "network.transport";

/// OpenTelemetry's `os.type`.
///
/// Type: string.
pub const OS_TYPE: &str = "os.type";

/// OpenTelemetry's `process.executable.name`.
///
/// Type: string.
pub const PROCESS_EXECUTABLE_NAME: &str = "process.executable.name";

/// OpenTelemetry's `process.pid`.
///
/// Type: int.
pub const PROCESS_PID: &str = "process.pid";

/// OpenTelemetry's `process.runtime.name`.
///
/// Type: string.
pub const PROCESS_RUNTIME_NAME: &str = "process.runtime.name";

/// OpenTelemetry's `rpc.response.status_code`.
///
/// Type: string.
pub const RPC_RESPONSE_STATUS_CODE: &str = "rpc.response.status_code";

/// What was to be done with the resource.
///
/// Type: string.
pub const SECOPS_ACCESS_ACTION: &str = "secops.access.action";

/// The decision.
///
/// Type: string.
pub const SECOPS_ACCESS_DECISION: &str = "secops.access.decision";

/// Policy that decided.
///
/// Type: string.
pub const SECOPS_ACCESS_POLICY_ID: &str = "secops.access.policy.id";

/// Reason, from a small closed set.
///
/// Type: string.
pub const SECOPS_ACCESS_REASON: &str = "secops.access.reason";

/// Identifier of the resource. Never a metric label.
///
/// Type: string.
pub const SECOPS_ACCESS_RESOURCE_ID: &str = "secops.access.resource.id";

/// Kind of the resource.
///
/// Type: string.
pub const SECOPS_ACCESS_RESOURCE_TYPE: &str = "secops.access.resource.type";

/// Identifier of the alert that the workflow works on, as its source names it.
///
/// Type: string.
pub const SECOPS_ALERT_ID: &str = "secops.alert.id";

/// Severity as the alert's source states it, unmapped.
///
/// Type: string.
pub const SECOPS_ALERT_SEVERITY: &str = "secops.alert.severity";

/// System that raised the alert.
///
/// Type: string.
pub const SECOPS_ALERT_SOURCE: &str = "secops.alert.source";

/// Person or agent who does the work. A metric label only where the operator opts in.
///
/// Type: string.
pub const SECOPS_ANALYST_NAME: &str = "secops.analyst.name";

/// What was done.
///
/// Type: string.
pub const SECOPS_AUDIT_ACTION: &str = "secops.audit.action";

/// Hash of this entry.
///
/// Type: string.
pub const SECOPS_AUDIT_HASH: &str = "secops.audit.hash";

/// How it ended.
///
/// Type: string.
pub const SECOPS_AUDIT_OUTCOME: &str = "secops.audit.outcome";

/// Hash of the entry before.
///
/// Type: string.
pub const SECOPS_AUDIT_PREV_HASH: &str = "secops.audit.prev.hash";

/// Identifier of the resource.
///
/// Type: string.
pub const SECOPS_AUDIT_RESOURCE_ID: &str = "secops.audit.resource.id";

/// Kind of the resource.
///
/// Type: string.
pub const SECOPS_AUDIT_RESOURCE_TYPE: &str = "secops.audit.resource.type";

/// Number of the entry in its log.
///
/// Type: int.
pub const SECOPS_AUDIT_SEQUENCE: &str = "secops.audit.sequence";

/// Autonomous system of `client.address`.
///
/// Type: int.
pub const SECOPS_CLIENT_AS_NUMBER: &str = "secops.client.as.number";

/// Holder of that autonomous system.
///
/// Type: string.
pub const SECOPS_CLIENT_AS_ORGANIZATION_NAME: &str = "secops.client.as.organization.name";

/// Which side of the exchange was checked.
///
/// Type: string.
pub const SECOPS_CONTRACT_DIRECTION: &str = "secops.contract.direction";

/// Name of the contract.
///
/// Type: string.
pub const SECOPS_CONTRACT_NAME: &str = "secops.contract.name";

/// Result of the check.
///
/// Type: string.
pub const SECOPS_CONTRACT_RESULT: &str = "secops.contract.result";

/// Version of the contract.
///
/// Type: string.
pub const SECOPS_CONTRACT_VERSION: &str = "secops.contract.version";

/// Violations found.
///
/// Type: int.
pub const SECOPS_CONTRACT_VIOLATION_COUNT: &str = "secops.contract.violation.count";

/// Paths of the fields at fault, without their values.
///
/// Type: string array.
pub const SECOPS_CONTRACT_VIOLATION_PATHS: &str = "secops.contract.violation.paths";

/// Version that it replaced.
///
/// Type: string.
pub const SECOPS_DEPLOYMENT_PREVIOUS_VERSION: &str = "secops.deployment.previous_version";

/// Whether the deployment returns to an earlier version.
///
/// Type: bool.
pub const SECOPS_DEPLOYMENT_ROLLBACK: &str = "secops.deployment.rollback";

/// How the new version was rolled out.
///
/// Type: string.
pub const SECOPS_DEPLOYMENT_STRATEGY: &str = "secops.deployment.strategy";

/// Time that the work of an event took, in seconds. An event is recorded at the end of what it reports.
///
/// Type: double.
pub const SECOPS_DURATION: &str = "secops.duration";

/// Sources cited in the enrichment.
///
/// Type: int.
pub const SECOPS_ENRICHMENT_SOURCE_COUNT: &str = "secops.enrichment.source.count";

/// MITRE ATT&CK techniques mapped.
///
/// Type: int.
pub const SECOPS_ENRICHMENT_TECHNIQUE_COUNT: &str = "secops.enrichment.technique.count";

/// Identifiers of the MITRE ATT&CK techniques mapped.
///
/// Type: string array.
pub const SECOPS_ENRICHMENT_TECHNIQUES: &str = "secops.enrichment.techniques";

/// Confidence of the scanner, 0 to 1.
///
/// Type: double.
pub const SECOPS_FINDING_CONFIDENCE: &str = "secops.finding.confidence";

/// Stable identity of the finding over runs.
///
/// Type: string.
pub const SECOPS_FINDING_FINGERPRINT: &str = "secops.finding.fingerprint";

/// Identifier of the finding, as the scanner gives it.
///
/// Type: string.
pub const SECOPS_FINDING_ID: &str = "secops.finding.id";

/// Severity of the finding.
///
/// Type: string.
pub const SECOPS_FINDING_SEVERITY: &str = "secops.finding.severity";

/// State of the finding.
///
/// Type: string.
pub const SECOPS_FINDING_STATUS: &str = "secops.finding.status";

/// Short title.
///
/// Type: string.
pub const SECOPS_FINDING_TITLE: &str = "secops.finding.title";

/// Findings that it repairs.
///
/// Type: string array.
pub const SECOPS_FIX_FINDING_IDS: &str = "secops.fix.finding.ids";

/// Identifier of the fix.
///
/// Type: string.
pub const SECOPS_FIX_ID: &str = "secops.fix.id";

/// How the finding was repaired.
///
/// Type: string.
pub const SECOPS_FIX_KIND: &str = "secops.fix.kind";

/// State of the fix.
///
/// Type: string.
pub const SECOPS_FIX_STATUS: &str = "secops.fix.status";

/// Whether a later scan confirmed the fix.
///
/// Type: bool.
pub const SECOPS_FIX_VERIFIED: &str = "secops.fix.verified";

/// What was done. Differs from the verdict in dry runs and when bypassed.
///
/// Type: string.
pub const SECOPS_GATE_ACTION: &str = "secops.gate.action";

/// Whether a person overrode the gate.
///
/// Type: bool.
pub const SECOPS_GATE_BYPASSED: &str = "secops.gate.bypassed";

/// Name of the gate.
///
/// Type: string.
pub const SECOPS_GATE_NAME: &str = "secops.gate.name";

/// Value that was compared with the limit.
///
/// Type: double.
pub const SECOPS_GATE_OBSERVED: &str = "secops.gate.observed";

/// Policy that decided.
///
/// Type: string.
pub const SECOPS_GATE_POLICY_ID: &str = "secops.gate.policy.id";

/// Rule of the policy that decided.
///
/// Type: string.
pub const SECOPS_GATE_POLICY_RULE_ID: &str = "secops.gate.policy.rule.id";

/// Reason, from a small closed set.
///
/// Type: string.
pub const SECOPS_GATE_REASON: &str = "secops.gate.reason";

/// Limit that the rule sets.
///
/// Type: double.
pub const SECOPS_GATE_THRESHOLD: &str = "secops.gate.threshold";

/// Where in the life of a change the gate stands.
///
/// Type: string.
pub const SECOPS_GATE_TYPE: &str = "secops.gate.type";

/// What the gate's policy says.
///
/// Type: string.
pub const SECOPS_GATE_VERDICT: &str = "secops.gate.verdict";

/// Findings that caused it.
///
/// Type: string array.
pub const SECOPS_INCIDENT_FINDING_IDS: &str = "secops.incident.finding.ids";

/// Identifier of the incident.
///
/// Type: string.
pub const SECOPS_INCIDENT_ID: &str = "secops.incident.id";

/// Severity of the incident.
///
/// Type: string.
pub const SECOPS_INCIDENT_SEVERITY: &str = "secops.incident.severity";

/// State of the incident.
///
/// Type: string.
pub const SECOPS_INCIDENT_STATUS: &str = "secops.incident.status";

/// Short title.
///
/// Type: string.
pub const SECOPS_INCIDENT_TITLE: &str = "secops.incident.title";

/// Whether the address is private.
///
/// Type: bool.
pub const SECOPS_IP_IS_PRIVATE: &str = "secops.ip.is_private";

/// Reputation of the address.
///
/// Type: string.
pub const SECOPS_IP_REPUTATION: &str = "secops.ip.reputation";

/// Keyed hash of the answer, with the name of its algorithm.
///
/// Type: string.
pub const SECOPS_LLM_ANSWER_HASH: &str = "secops.llm.answer.hash";

/// Length of the answer in bytes.
///
/// Type: int.
pub const SECOPS_LLM_ANSWER_LENGTH: &str = "secops.llm.answer.length";

/// Cost of the call in `secops.llm.cost.currency`.
///
/// Type: double.
pub const SECOPS_LLM_COST_AMOUNT: &str = "secops.llm.cost.amount";

/// Currency of the cost, ISO 4217.
///
/// Type: string.
pub const SECOPS_LLM_COST_CURRENCY: &str = "secops.llm.cost.currency";

/// Where the cost comes from.
///
/// Type: string.
pub const SECOPS_LLM_COST_SOURCE: &str = "secops.llm.cost.source";

/// Keyed hash of the prompt, with the name of its algorithm.
///
/// Type: string.
pub const SECOPS_LLM_PROMPT_HASH: &str = "secops.llm.prompt.hash";

/// Length of the prompt in bytes.
///
/// Type: int.
pub const SECOPS_LLM_PROMPT_LENGTH: &str = "secops.llm.prompt.length";

/// Name of the MCP server that answered.
///
/// Type: string.
pub const SECOPS_MCP_SERVER_NAME: &str = "secops.mcp.server.name";

/// How a workflow, a stage or a call ended.
///
/// Type: string.
pub const SECOPS_OUTCOME: &str = "secops.outcome";

/// Citations in the answer.
///
/// Type: int.
pub const SECOPS_PERPLEXITY_CITATION_COUNT: &str = "secops.perplexity.citation.count";

/// Depth of the call. Required on `secops.perplexity.call`; derived from `gen_ai.tool.name` where the call went through MCP.
///
/// Type: string.
pub const SECOPS_PERPLEXITY_KIND: &str = "secops.perplexity.kind";

/// Preset that the request named.
///
/// Type: string.
pub const SECOPS_PERPLEXITY_PRESET: &str = "secops.perplexity.preset";

/// Amount of search context that the request asked for.
///
/// Type: string.
pub const SECOPS_PERPLEXITY_SEARCH_CONTEXT_SIZE: &str = "secops.perplexity.search_context_size";

/// Searches that the service ran for the answer.
///
/// Type: int.
pub const SECOPS_PERPLEXITY_SEARCH_QUERY_COUNT: &str = "secops.perplexity.search_query.count";

/// Priority that the analyst assigned to the ticket.
///
/// Type: string.
pub const SECOPS_PRIORITY: &str = "secops.priority";

/// The answer.
///
/// Type: string.
pub const SECOPS_RATE_LIMIT_DECISION: &str = "secops.rate_limit.decision";

/// Keyed hash of what the policy counts by.
///
/// Type: string.
pub const SECOPS_RATE_LIMIT_KEY_HASH: &str = "secops.rate_limit.key.hash";

/// Requests that the policy allows in its window.
///
/// Type: int.
pub const SECOPS_RATE_LIMIT_LIMIT: &str = "secops.rate_limit.limit";

/// Policy that applied.
///
/// Type: string.
pub const SECOPS_RATE_LIMIT_POLICY: &str = "secops.rate_limit.policy";

/// Requests left in the window.
///
/// Type: int.
pub const SECOPS_RATE_LIMIT_REMAINING: &str = "secops.rate_limit.remaining";

/// Seconds until a new attempt makes sense.
///
/// Type: double.
pub const SECOPS_RATE_LIMIT_RETRY_AFTER: &str = "secops.rate_limit.retry_after";

/// Share of the verified facts that were right, in percent.
///
/// Type: int.
pub const SECOPS_REVIEW_ACCURACY: &str = "secops.review.accuracy";

/// Quality classification. Derived from the score where absent; a contradiction with it is rejected.
///
/// Type: string.
pub const SECOPS_REVIEW_CLASSIFICATION: &str = "secops.review.classification";

/// Whether facts were verified. Where absent, whether the fact verification stage ran. The words `true` and `false` are accepted too.
///
/// Type: bool.
pub const SECOPS_REVIEW_FACT_VERIFICATION: &str = "secops.review.fact_verification";

/// Critical issues that the review found.
///
/// Type: int.
pub const SECOPS_REVIEW_FINDING_CRITICAL_COUNT: &str = "secops.review.finding.critical.count";

/// Minor improvements that the review proposes.
///
/// Type: int.
pub const SECOPS_REVIEW_FINDING_MINOR_COUNT: &str = "secops.review.finding.minor.count";

/// Significant gaps that the review found.
///
/// Type: int.
pub const SECOPS_REVIEW_FINDING_SIGNIFICANT_COUNT: &str = "secops.review.finding.significant.count";

/// Kind of investigation under review.
///
/// Type: string.
pub const SECOPS_REVIEW_INVESTIGATION_TYPE: &str = "secops.review.investigation_type";

/// Why a review is, or is not, required. Holds the word Mandatory where every ticket of the priority is reviewed.
///
/// Type: string.
pub const SECOPS_REVIEW_REASON: &str = "secops.review.reason";

/// Whether the ticket must be reviewed. The words `true` and `false` are accepted too.
///
/// Type: bool.
pub const SECOPS_REVIEW_REQUIRED: &str = "secops.review.required";

/// Overall quality score, 0 to 100.
///
/// Type: double.
pub const SECOPS_REVIEW_SCORE: &str = "secops.review.score";

/// Person or agent who reviews the work of an analyst.
///
/// Type: string.
pub const SECOPS_REVIEWER_NAME: &str = "secops.reviewer.name";

/// Keyed hash of the input.
///
/// Type: string.
pub const SECOPS_SANITIZATION_INPUT_HASH: &str = "secops.sanitization.input.hash";

/// Whether anything was changed.
///
/// Type: bool.
pub const SECOPS_SANITIZATION_MODIFIED: &str = "secops.sanitization.modified";

/// Places that were redacted.
///
/// Type: int.
pub const SECOPS_SANITIZATION_REDACTION_COUNT: &str = "secops.sanitization.redaction.count";

/// Rules that matched.
///
/// Type: string array.
pub const SECOPS_SANITIZATION_RULE_IDS: &str = "secops.sanitization.rule.ids";

/// What was sanitised.
///
/// Type: string.
pub const SECOPS_SANITIZATION_TARGET: &str = "secops.sanitization.target";

/// Findings of any severity.
///
/// Type: int.
pub const SECOPS_SCAN_FINDING_COUNT: &str = "secops.scan.finding.count";

/// Findings of critical severity.
///
/// Type: int.
pub const SECOPS_SCAN_FINDING_CRITICAL_COUNT: &str = "secops.scan.finding.critical.count";

/// Findings of high severity.
///
/// Type: int.
pub const SECOPS_SCAN_FINDING_HIGH_COUNT: &str = "secops.scan.finding.high.count";

/// Findings of low severity.
///
/// Type: int.
pub const SECOPS_SCAN_FINDING_LOW_COUNT: &str = "secops.scan.finding.low.count";

/// Findings of medium severity.
///
/// Type: int.
pub const SECOPS_SCAN_FINDING_MEDIUM_COUNT: &str = "secops.scan.finding.medium.count";

/// Identifier of the scan.
///
/// Type: string.
pub const SECOPS_SCAN_ID: &str = "secops.scan.id";

/// How much of the target was scanned.
///
/// Type: string.
pub const SECOPS_SCAN_MODE: &str = "secops.scan.mode";

/// Kind of the target.
///
/// Type: string.
pub const SECOPS_SCAN_TARGET_TYPE: &str = "secops.scan.target.type";

/// What the scanner looks for.
///
/// Type: string.
pub const SECOPS_SCAN_TYPE: &str = "secops.scan.type";

/// Name of the scanner.
///
/// Type: string.
pub const SECOPS_SCANNER_NAME: &str = "secops.scanner.name";

/// Version of the rules that it applied.
///
/// Type: string.
pub const SECOPS_SCANNER_RULESET_VERSION: &str = "secops.scanner.ruleset.version";

/// Maker of the scanner.
///
/// Type: string.
pub const SECOPS_SCANNER_VENDOR: &str = "secops.scanner.vendor";

/// Version of the scanner.
///
/// Type: string.
pub const SECOPS_SCANNER_VERSION: &str = "secops.scanner.version";

/// Autonomous system of `source.address`.
///
/// Type: int.
pub const SECOPS_SOURCE_AS_NUMBER: &str = "secops.source.as.number";

/// Holder of that autonomous system.
///
/// Type: string.
pub const SECOPS_SOURCE_AS_ORGANIZATION_NAME: &str = "secops.source.as.organization.name";

/// Number of this attempt at the stage, counted from 1.
///
/// Type: int.
pub const SECOPS_STAGE_ATTEMPT: &str = "secops.stage.attempt";

/// Position of the stage in its workflow, counted from 1.
///
/// Type: int.
pub const SECOPS_STAGE_INDEX: &str = "secops.stage.index";

/// Name of the stage. A span below a workflow span that carries it is a stage span.
///
/// Type: string.
pub const SECOPS_STAGE_NAME: &str = "secops.stage.name";

/// When the enrichment of the ticket was complete, in UTC as ISO 8601 writes it. Service levels count from then.
///
/// Type: string.
pub const SECOPS_TICKET_ENRICHED_AT: &str = "secops.ticket.enriched_at";

/// Identifier of the ticket that the work belongs to. Never a metric label.
///
/// Type: string.
pub const SECOPS_TICKET_ID: &str = "secops.ticket.id";

/// Seconds until the credential ends; negative when it has.
///
/// Type: double.
pub const SECOPS_TOKEN_EXPIRES_IN: &str = "secops.token.expires_in";

/// Issuer that the credential names.
///
/// Type: string.
pub const SECOPS_TOKEN_ISSUER: &str = "secops.token.issuer";

/// Identifier of the key that signed it.
///
/// Type: string.
pub const SECOPS_TOKEN_KEY_ID: &str = "secops.token.key.id";

/// Result of the check.
///
/// Type: string.
pub const SECOPS_TOKEN_RESULT: &str = "secops.token.result";

/// Kind of credential.
///
/// Type: string.
pub const SECOPS_TOKEN_TYPE: &str = "secops.token.type";

/// What an expert judged later.
///
/// Type: string.
pub const SECOPS_TRIAGE_ACTUAL_VERDICT: &str = "secops.triage.actual_verdict";

/// Confidence in the judgement, 0 to 1.
///
/// Type: double.
pub const SECOPS_TRIAGE_CONFIDENCE: &str = "secops.triage.confidence";

/// Identifier of the finding that this one repeats.
///
/// Type: string.
pub const SECOPS_TRIAGE_DUPLICATE_OF: &str = "secops.triage.duplicate_of";

/// Who or what judged.
///
/// Type: string.
pub const SECOPS_TRIAGE_METHOD: &str = "secops.triage.method";

/// Priority that triage proposes. Read where `secops.priority` is absent.
///
/// Type: string.
pub const SECOPS_TRIAGE_PRIORITY: &str = "secops.triage.priority";

/// The judgement.
///
/// Type: string.
pub const SECOPS_TRIAGE_VERDICT: &str = "secops.triage.verdict";

/// CVSS vector.
///
/// Type: string.
pub const SECOPS_VULNERABILITY_CVSS_VECTOR: &str = "secops.vulnerability.cvss.vector";

/// Weakness classes.
///
/// Type: string array.
pub const SECOPS_VULNERABILITY_CWE_IDS: &str = "secops.vulnerability.cwe.ids";

/// EPSS probability, 0 to 1.
///
/// Type: double.
pub const SECOPS_VULNERABILITY_EPSS_SCORE: &str = "secops.vulnerability.epss.score";

/// First version without the vulnerability.
///
/// Type: string.
pub const SECOPS_VULNERABILITY_FIXED_VERSION: &str = "secops.vulnerability.fixed_version";

/// Public identifier of the vulnerability.
///
/// Type: string.
pub const SECOPS_VULNERABILITY_ID: &str = "secops.vulnerability.id";

/// Whether the vulnerability is in the catalogue of known exploited ones. The words `Listed`, `Not Listed`, `Yes` and `No` are accepted too.
///
/// Type: bool.
pub const SECOPS_VULNERABILITY_KNOWN_EXPLOITED: &str = "secops.vulnerability.known_exploited";

/// CVSS base score, 0 to 10.
///
/// Type: double.
pub const SECOPS_VULNERABILITY_SCORE_BASE: &str = "secops.vulnerability.score.base";

/// Version of CVSS that the score follows.
///
/// Type: string.
pub const SECOPS_VULNERABILITY_SCORE_VERSION: &str = "secops.vulnerability.score.version";

/// Name of the workflow definition. A span that carries it is a workflow span.
///
/// Type: string.
pub const SECOPS_WORKFLOW_NAME: &str = "secops.workflow.name";

/// Identifier of one run of a workflow. Travels in baggage, so that events of other processes carry it too.
///
/// Type: string.
pub const SECOPS_WORKFLOW_RUN_ID: &str = "secops.workflow.run.id";

/// What started the run.
///
/// Type: string.
pub const SECOPS_WORKFLOW_TRIGGER: &str = "secops.workflow.trigger";

/// Version of the workflow definition that ran.
///
/// Type: string.
pub const SECOPS_WORKFLOW_VERSION: &str = "secops.workflow.version";

/// OpenTelemetry's `security_rule.category`.
///
/// Type: string.
pub const SECURITY_RULE_CATEGORY: &str = "security_rule.category";

/// OpenTelemetry's `security_rule.description`.
///
/// Type: string.
pub const SECURITY_RULE_DESCRIPTION: &str = "security_rule.description";

/// OpenTelemetry's `security_rule.license`.
///
/// Type: string.
pub const SECURITY_RULE_LICENSE: &str = "security_rule.license";

/// OpenTelemetry's `security_rule.name`.
///
/// Type: string.
pub const SECURITY_RULE_NAME: &str = "security_rule.name";

/// OpenTelemetry's `security_rule.reference`.
///
/// Type: string.
pub const SECURITY_RULE_REFERENCE: &str = "security_rule.reference";

/// OpenTelemetry's `security_rule.ruleset.name`.
///
/// Type: string.
pub const SECURITY_RULE_RULESET_NAME: &str = "security_rule.ruleset.name";

/// OpenTelemetry's `security_rule.uuid`.
///
/// Type: string.
pub const SECURITY_RULE_UUID: &str = "security_rule.uuid";

/// OpenTelemetry's `security_rule.version`.
///
/// Type: string.
pub const SECURITY_RULE_VERSION: &str = "security_rule.version";

/// OpenTelemetry's `server.address`.
///
/// Type: string.
pub const SERVER_ADDRESS: &str = "server.address";

/// OpenTelemetry's `server.port`.
///
/// Type: int.
pub const SERVER_PORT: &str = "server.port";

/// OpenTelemetry's `service.instance.id`.
///
/// Type: string.
pub const SERVICE_INSTANCE_ID: &str = "service.instance.id";

/// OpenTelemetry's `service.name`.
///
/// Type: string.
pub const SERVICE_NAME: &str = "service.name";

/// OpenTelemetry's `service.namespace`.
///
/// Type: string.
pub const SERVICE_NAMESPACE: &str = "service.namespace";

/// OpenTelemetry's `service.version`.
///
/// Type: string.
pub const SERVICE_VERSION: &str = "service.version";

/// OpenTelemetry's `source.address`.
///
/// Type: string.
pub const SOURCE_ADDRESS: &str = "source.address";

/// OpenTelemetry's `telemetry.sdk.language`.
///
/// Type: string.
pub const TELEMETRY_SDK_LANGUAGE: &str = "telemetry.sdk.language";

/// OpenTelemetry's `telemetry.sdk.name`.
///
/// Type: string.
pub const TELEMETRY_SDK_NAME: &str = "telemetry.sdk.name";

/// OpenTelemetry's `telemetry.sdk.version`.
///
/// Type: string.
pub const TELEMETRY_SDK_VERSION: &str = "telemetry.sdk.version";

/// OpenTelemetry's `test.case.result.status`.
///
/// Type: string.
pub const TEST_CASE_RESULT_STATUS: &str = "test.case.result.status";

/// OpenTelemetry's `thread.id`.
///
/// Type: int.
pub const THREAD_ID: &str = "thread.id";

/// OpenTelemetry's `thread.name`.
///
/// Type: string.
pub const THREAD_NAME: &str = "thread.name";

/// OpenTelemetry's `url.full`.
///
/// Type: string.
pub const URL_FULL: &str = "url.full";

/// OpenTelemetry's `url.path`.
///
/// Type: string.
pub const URL_PATH: &str = "url.path";

/// OpenTelemetry's `user.hash`.
///
/// Type: string.
pub const USER_HASH: &str = "user.hash";

/// OpenTelemetry's `user.id`.
///
/// Type: string.
pub const USER_ID: &str = "user.id";

/// OpenTelemetry's `user.roles`.
///
/// Type: string array.
pub const USER_ROLES: &str = "user.roles";

/// OpenTelemetry's `vcs.change.id`.
///
/// Type: string.
pub const VCS_CHANGE_ID: &str = "vcs.change.id";

/// OpenTelemetry's `vcs.change.state`.
///
/// Type: string.
pub const VCS_CHANGE_STATE: &str = "vcs.change.state";

/// OpenTelemetry's `vcs.change.title`.
///
/// Type: string.
pub const VCS_CHANGE_TITLE: &str = "vcs.change.title";

/// OpenTelemetry's `vcs.ref.head.name`.
///
/// Type: string.
pub const VCS_REF_HEAD_NAME: &str = "vcs.ref.head.name";

/// OpenTelemetry's `vcs.ref.head.revision`.
///
/// Type: string.
pub const VCS_REF_HEAD_REVISION: &str = "vcs.ref.head.revision";

/// OpenTelemetry's `vcs.repository.url.full`.
///
/// Type: string.
pub const VCS_REPOSITORY_URL_FULL: &str = "vcs.repository.url.full";

/// Every attribute, sorted by name.
pub const TABLE: &[AttributeDef] = &[
    AttributeDef {
        name: ARTIFACT_FILENAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: ARTIFACT_HASH,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: ARTIFACT_PURL,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: ARTIFACT_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CICD_PIPELINE_ACTION_NAME,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CICD_PIPELINE_NAME,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CICD_PIPELINE_RESULT,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CICD_PIPELINE_RUN_ID,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CICD_PIPELINE_RUN_STATE,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CICD_PIPELINE_RUN_URL_FULL,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CICD_PIPELINE_TASK_NAME,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CICD_PIPELINE_TASK_RUN_ID,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CICD_PIPELINE_TASK_RUN_RESULT,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CICD_PIPELINE_TASK_TYPE,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CLIENT_ADDRESS,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CODE_FILE_PATH,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CODE_FUNCTION_NAME,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CODE_LINE_NUMBER,
        kind: AttributeKind::Int,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CONTAINER_IMAGE_NAME,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: CONTAINER_IMAGE_REPO_DIGESTS,
        kind: AttributeKind::StringArray,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: DEPLOYMENT_ENVIRONMENT_NAME,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: DEPLOYMENT_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: DEPLOYMENT_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: DEPLOYMENT_STATUS,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: ENDUSER_PSEUDO_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: ERROR_TYPE,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: EXCEPTION_MESSAGE,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: EXCEPTION_STACKTRACE,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: EXCEPTION_TYPE,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_EVALUATION_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_EVALUATION_SCORE_LABEL,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_EVALUATION_SCORE_VALUE,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_OPERATION_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_PROVIDER_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_REQUEST_MODEL,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_RESPONSE_FINISH_REASONS,
        kind: AttributeKind::StringArray,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_RESPONSE_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_RESPONSE_MODEL,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_TOOL_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_USAGE_INPUT_TOKENS,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_USAGE_OUTPUT_TOKENS,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEN_AI_WORKFLOW_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEO_CONTINENT_CODE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEO_COUNTRY_ISO_CODE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEO_LOCALITY_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEO_LOCATION_LAT,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEO_LOCATION_LON,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEO_POSTAL_CODE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: GEO_REGION_ISO_CODE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: HOST_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: HTTP_REQUEST_METHOD,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: HTTP_REQUEST_RESEND_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: HTTP_RESPONSE_STATUS_CODE,
        kind: AttributeKind::Int,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: HTTP_ROUTE,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: JSONRPC_REQUEST_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: LOG_RECORD_UID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: MCP_METHOD_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: MCP_PROTOCOL_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: MCP_SESSION_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: NETWORK_PEER_ADDRESS,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: NETWORK_TRANSPORT,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: OS_TYPE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: PROCESS_EXECUTABLE_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: PROCESS_PID,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: PROCESS_RUNTIME_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: RPC_RESPONSE_STATUS_CODE,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ACCESS_ACTION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ACCESS_DECISION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["allow", "deny", "challenge"],
    },
    AttributeDef {
        name: SECOPS_ACCESS_POLICY_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ACCESS_REASON,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ACCESS_RESOURCE_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ACCESS_RESOURCE_TYPE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ALERT_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ALERT_SEVERITY,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ALERT_SOURCE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ANALYST_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_AUDIT_ACTION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_AUDIT_HASH,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_AUDIT_OUTCOME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["success", "failure", "denied"],
    },
    AttributeDef {
        name: SECOPS_AUDIT_PREV_HASH,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_AUDIT_RESOURCE_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_AUDIT_RESOURCE_TYPE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_AUDIT_SEQUENCE,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_CLIENT_AS_NUMBER,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_CLIENT_AS_ORGANIZATION_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_CONTRACT_DIRECTION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["request", "response"],
    },
    AttributeDef {
        name: SECOPS_CONTRACT_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_CONTRACT_RESULT,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["pass", "fail"],
    },
    AttributeDef {
        name: SECOPS_CONTRACT_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_CONTRACT_VIOLATION_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_CONTRACT_VIOLATION_PATHS,
        kind: AttributeKind::StringArray,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_DEPLOYMENT_PREVIOUS_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_DEPLOYMENT_ROLLBACK,
        kind: AttributeKind::Bool,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_DEPLOYMENT_STRATEGY,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_DURATION,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ENRICHMENT_SOURCE_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ENRICHMENT_TECHNIQUE_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_ENRICHMENT_TECHNIQUES,
        kind: AttributeKind::StringArray,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_FINDING_CONFIDENCE,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_FINDING_FINGERPRINT,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_FINDING_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_FINDING_SEVERITY,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["critical", "high", "medium", "low", "info"],
    },
    AttributeDef {
        name: SECOPS_FINDING_STATUS,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["open", "fixed", "suppressed"],
    },
    AttributeDef {
        name: SECOPS_FINDING_TITLE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_FIX_FINDING_IDS,
        kind: AttributeKind::StringArray,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_FIX_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_FIX_KIND,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["patch", "upgrade", "config", "mitigation"],
    },
    AttributeDef {
        name: SECOPS_FIX_STATUS,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["proposed", "applied", "reverted", "failed"],
    },
    AttributeDef {
        name: SECOPS_FIX_VERIFIED,
        kind: AttributeKind::Bool,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_GATE_ACTION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["allow", "block", "modify", "escalate"],
    },
    AttributeDef {
        name: SECOPS_GATE_BYPASSED,
        kind: AttributeKind::Bool,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_GATE_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_GATE_OBSERVED,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_GATE_POLICY_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_GATE_POLICY_RULE_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_GATE_REASON,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_GATE_THRESHOLD,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_GATE_TYPE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["pre_commit", "pull_request", "main_branch"],
    },
    AttributeDef {
        name: SECOPS_GATE_VERDICT,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["allow", "deny", "warn", "modify", "escalate"],
    },
    AttributeDef {
        name: SECOPS_INCIDENT_FINDING_IDS,
        kind: AttributeKind::StringArray,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_INCIDENT_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_INCIDENT_SEVERITY,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["critical", "high", "medium", "low"],
    },
    AttributeDef {
        name: SECOPS_INCIDENT_STATUS,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["open", "mitigated", "resolved"],
    },
    AttributeDef {
        name: SECOPS_INCIDENT_TITLE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_IP_IS_PRIVATE,
        kind: AttributeKind::Bool,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_IP_REPUTATION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_LLM_ANSWER_HASH,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_LLM_ANSWER_LENGTH,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_LLM_COST_AMOUNT,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_LLM_COST_CURRENCY,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_LLM_COST_SOURCE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["reported", "estimated"],
    },
    AttributeDef {
        name: SECOPS_LLM_PROMPT_HASH,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_LLM_PROMPT_LENGTH,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_MCP_SERVER_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_OUTCOME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[
            "success",
            "failure",
            "error",
            "timeout",
            "cancelled",
            "skipped",
        ],
    },
    AttributeDef {
        name: SECOPS_PERPLEXITY_CITATION_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_PERPLEXITY_KIND,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["search", "reason", "deep_research"],
    },
    AttributeDef {
        name: SECOPS_PERPLEXITY_PRESET,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_PERPLEXITY_SEARCH_CONTEXT_SIZE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_PERPLEXITY_SEARCH_QUERY_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_PRIORITY,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["P1", "P2", "P3", "P4", "P5"],
    },
    AttributeDef {
        name: SECOPS_RATE_LIMIT_DECISION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["allowed", "throttled", "rejected"],
    },
    AttributeDef {
        name: SECOPS_RATE_LIMIT_KEY_HASH,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_RATE_LIMIT_LIMIT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_RATE_LIMIT_POLICY,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_RATE_LIMIT_REMAINING,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_RATE_LIMIT_RETRY_AFTER,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_REVIEW_ACCURACY,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_REVIEW_CLASSIFICATION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["Excellent", "Good", "Needs Improvement", "Inadequate"],
    },
    AttributeDef {
        name: SECOPS_REVIEW_FACT_VERIFICATION,
        kind: AttributeKind::Bool,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_REVIEW_FINDING_CRITICAL_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_REVIEW_FINDING_MINOR_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_REVIEW_FINDING_SIGNIFICANT_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_REVIEW_INVESTIGATION_TYPE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["cve", "event"],
    },
    AttributeDef {
        name: SECOPS_REVIEW_REASON,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_REVIEW_REQUIRED,
        kind: AttributeKind::Bool,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_REVIEW_SCORE,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_REVIEWER_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SANITIZATION_INPUT_HASH,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SANITIZATION_MODIFIED,
        kind: AttributeKind::Bool,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SANITIZATION_REDACTION_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SANITIZATION_RULE_IDS,
        kind: AttributeKind::StringArray,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SANITIZATION_TARGET,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["prompt", "response", "event", "attribute"],
    },
    AttributeDef {
        name: SECOPS_SCAN_FINDING_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SCAN_FINDING_CRITICAL_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SCAN_FINDING_HIGH_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SCAN_FINDING_LOW_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SCAN_FINDING_MEDIUM_COUNT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SCAN_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SCAN_MODE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["incremental", "full", "fast"],
    },
    AttributeDef {
        name: SECOPS_SCAN_TARGET_TYPE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SCAN_TYPE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["sast", "dast", "sca", "secret", "container", "iac", "other"],
    },
    AttributeDef {
        name: SECOPS_SCANNER_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SCANNER_RULESET_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SCANNER_VENDOR,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SCANNER_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SOURCE_AS_NUMBER,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_SOURCE_AS_ORGANIZATION_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_STAGE_ATTEMPT,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_STAGE_INDEX,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_STAGE_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_TICKET_ENRICHED_AT,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_TICKET_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_TOKEN_EXPIRES_IN,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_TOKEN_ISSUER,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_TOKEN_KEY_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_TOKEN_RESULT,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[
            "valid",
            "expired",
            "bad_signature",
            "wrong_audience",
            "revoked",
            "malformed",
        ],
    },
    AttributeDef {
        name: SECOPS_TOKEN_TYPE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["jwt", "opaque", "api_key", "mtls"],
    },
    AttributeDef {
        name: SECOPS_TRIAGE_ACTUAL_VERDICT,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["true_positive", "false_positive", "benign", "needs_review"],
    },
    AttributeDef {
        name: SECOPS_TRIAGE_CONFIDENCE,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_TRIAGE_DUPLICATE_OF,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_TRIAGE_METHOD,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["rule", "model", "human"],
    },
    AttributeDef {
        name: SECOPS_TRIAGE_PRIORITY,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["P1", "P2", "P3", "P4", "P5"],
    },
    AttributeDef {
        name: SECOPS_TRIAGE_VERDICT,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &["true_positive", "false_positive", "benign", "needs_review"],
    },
    AttributeDef {
        name: SECOPS_VULNERABILITY_CVSS_VECTOR,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_VULNERABILITY_CWE_IDS,
        kind: AttributeKind::StringArray,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_VULNERABILITY_EPSS_SCORE,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_VULNERABILITY_FIXED_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_VULNERABILITY_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
        kind: AttributeKind::Bool,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_VULNERABILITY_SCORE_BASE,
        kind: AttributeKind::Double,
        stability: Stability::Development,
        ours: true,
        accepts: &[AttributeKind::Int, AttributeKind::String],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_VULNERABILITY_SCORE_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_WORKFLOW_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_WORKFLOW_RUN_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_WORKFLOW_TRIGGER,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECOPS_WORKFLOW_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: true,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECURITY_RULE_CATEGORY,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECURITY_RULE_DESCRIPTION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECURITY_RULE_LICENSE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECURITY_RULE_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECURITY_RULE_REFERENCE,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECURITY_RULE_RULESET_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECURITY_RULE_UUID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SECURITY_RULE_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SERVER_ADDRESS,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SERVER_PORT,
        kind: AttributeKind::Int,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SERVICE_INSTANCE_ID,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SERVICE_NAME,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SERVICE_NAMESPACE,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SERVICE_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: SOURCE_ADDRESS,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: TELEMETRY_SDK_LANGUAGE,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: TELEMETRY_SDK_NAME,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: TELEMETRY_SDK_VERSION,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: TEST_CASE_RESULT_STATUS,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: THREAD_ID,
        kind: AttributeKind::Int,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: THREAD_NAME,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: URL_FULL,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: URL_PATH,
        kind: AttributeKind::String,
        stability: Stability::Stable,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: USER_HASH,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: USER_ID,
        kind: AttributeKind::String,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: USER_ROLES,
        kind: AttributeKind::StringArray,
        stability: Stability::Development,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: VCS_CHANGE_ID,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: VCS_CHANGE_STATE,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: VCS_CHANGE_TITLE,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: VCS_REF_HEAD_NAME,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: VCS_REF_HEAD_REVISION,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
    AttributeDef {
        name: VCS_REPOSITORY_URL_FULL,
        kind: AttributeKind::String,
        stability: Stability::ReleaseCandidate,
        ours: false,
        accepts: &[],
        values: &[],
    },
];
