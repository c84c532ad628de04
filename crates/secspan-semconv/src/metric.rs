//! Metric and label names, generated from `registry/*.yaml` by `cargo xtask codegen`.
//!
//! Names are those of the exposition: counters end in `_total`, times are seconds.

use crate::table::{Instrument, MetricDef};

/// Spans seen. Name and labels are those of the upstream span metrics connector.
///
/// A counter in `{call}`.
pub const TRACES_SPAN_METRICS_CALLS_TOTAL: &str = "traces_span_metrics_calls_total";

/// Duration of spans.
///
/// A histogram in `s`.
pub const TRACES_SPAN_METRICS_DURATION_SECONDS: &str = "traces_span_metrics_duration_seconds";

/// Duration of spans, in the upstream connector's default unit.
///
/// A histogram in `ms`.
pub const TRACES_SPAN_METRICS_DURATION_MILLISECONDS: &str =
    "traces_span_metrics_duration_milliseconds";

/// Span events seen.
///
/// A counter in `{event}`.
pub const TRACES_SPAN_METRICS_EVENTS_TOTAL: &str = "traces_span_metrics_events_total";

/// Spans seen, under the name that Tempo's metrics generator uses.
///
/// A counter in `{call}`.
pub const TRACES_SPANMETRICS_CALLS_TOTAL: &str = "traces_spanmetrics_calls_total";

/// Duration of spans, under the name that Tempo's metrics generator uses.
///
/// A histogram in `s`.
pub const TRACES_SPANMETRICS_LATENCY: &str = "traces_spanmetrics_latency";

/// Size of spans, under the name that Tempo's metrics generator uses.
///
/// A counter in `By`.
pub const TRACES_SPANMETRICS_SIZE_TOTAL: &str = "traces_spanmetrics_size_total";

/// Enrichments that ended.
///
/// A counter in `{enrichment}`.
pub const SECOPS_ENRICHMENTS_TOTAL: &str = "secops_enrichments_total";

/// Time spent in the stages of an enrichment.
///
/// A histogram in `s`.
pub const SECOPS_ENRICHMENT_DURATION_SECONDS: &str = "secops_enrichment_duration_seconds";

/// Time spent in one stage of an enrichment.
///
/// A histogram in `s`.
pub const SECOPS_ENRICHMENT_STAGE_DURATION_SECONDS: &str =
    "secops_enrichment_stage_duration_seconds";

/// Stages that took more than twice their budget.
///
/// A counter in `{stage}`.
pub const SECOPS_ENRICHMENT_STAGE_OVER_BUDGET_TOTAL: &str =
    "secops_enrichment_stage_over_budget_total";

/// Calls to Perplexity, failed ones included.
///
/// A counter in `{call}`.
pub const SECOPS_PERPLEXITY_CALLS_TOTAL: &str = "secops_perplexity_calls_total";

/// Duration of calls to Perplexity.
///
/// A histogram in `s`.
pub const SECOPS_PERPLEXITY_CALL_DURATION_SECONDS: &str = "secops_perplexity_call_duration_seconds";

/// Tokens sent to and received from Perplexity.
///
/// A counter in `{token}`.
pub const SECOPS_PERPLEXITY_TOKENS_TOTAL: &str = "secops_perplexity_tokens_total";

/// Cost of calls to Perplexity.
///
/// A counter in `{cost}`.
pub const SECOPS_PERPLEXITY_COST_TOTAL: &str = "secops_perplexity_cost_total";

/// CVSS base scores of enriched vulnerabilities.
///
/// A histogram in `{score}`.
pub const SECOPS_ENRICHMENT_CVSS_SCORE: &str = "secops_enrichment_cvss_score";

/// EPSS probabilities of enriched vulnerabilities.
///
/// A histogram in `{score}`.
pub const SECOPS_ENRICHMENT_EPSS_SCORE: &str = "secops_enrichment_epss_score";

/// Enrichments of vulnerabilities that are known to be exploited.
///
/// A counter in `{enrichment}`.
pub const SECOPS_ENRICHMENT_KEV_TOTAL: &str = "secops_enrichment_kev_total";

/// Time spent in an enrichment, by analyst. Off unless the operator opts in.
///
/// A histogram in `s`.
pub const SECOPS_ANALYST_ENRICHMENT_DURATION_SECONDS: &str =
    "secops_analyst_enrichment_duration_seconds";

/// Reviews that ended.
///
/// A counter in `{review}`.
pub const SECOPS_REVIEWS_TOTAL: &str = "secops_reviews_total";

/// Time spent in a review.
///
/// A histogram in `s`.
pub const SECOPS_REVIEW_DURATION_SECONDS: &str = "secops_review_duration_seconds";

/// Overall scores of reviews.
///
/// A histogram in `{score}`.
pub const SECOPS_REVIEW_SCORE: &str = "secops_review_score";

/// Reviews that found at least one critical issue.
///
/// A counter in `{review}`.
pub const SECOPS_REVIEWS_CRITICAL_TOTAL: &str = "secops_reviews_critical_total";

/// Reviews that found neither a critical issue nor a significant gap.
///
/// A counter in `{review}`.
pub const SECOPS_REVIEWS_FIRST_PASS_TOTAL: &str = "secops_reviews_first_pass_total";

/// Findings of reviews, by how grave they are.
///
/// A counter in `{finding}`.
pub const SECOPS_REVIEW_FINDINGS_TOTAL: &str = "secops_review_findings_total";

/// Decisions whether an enrichment is to be reviewed.
///
/// A counter in `{decision}`.
pub const SECOPS_REVIEW_DECISIONS_TOTAL: &str = "secops_review_decisions_total";

/// Tickets that were enriched and not closed since.
///
/// A gauge in `{ticket}`.
pub const SECOPS_TICKETS_OPEN: &str = "secops_tickets_open";

/// When the enrichment of the longest open ticket was complete. Absent while none is open.
///
/// A gauge in `s`.
pub const SECOPS_TICKET_OLDEST_OPEN_TIMESTAMP_SECONDS: &str =
    "secops_ticket_oldest_open_timestamp_seconds";

/// Tickets that were closed.
///
/// A counter in `{ticket}`.
pub const SECOPS_TICKETS_CLOSED_TOTAL: &str = "secops_tickets_closed_total";

/// Closed tickets, by whether they met their service level. Tickets without one are not counted.
///
/// A counter in `{ticket}`.
pub const SECOPS_TICKET_SERVICE_LEVEL_TOTAL: &str = "secops_ticket_service_level_total";

/// Records, by what became of them.
///
/// A counter in `{record}`.
pub const SECOPS_RECORDS_TOTAL: &str = "secops_records_total";

/// Records that an attempt could not write, each attempt anew; they wait, and are tried again.
///
/// A counter in `{record}`.
pub const SECOPS_RECORD_WRITE_FAILURES_TOTAL: &str = "secops_record_write_failures_total";

/// Old record files that were archived, or that could not be.
///
/// A counter in `{file}`.
pub const SECOPS_ARCHIVED_FILES_TOTAL: &str = "secops_archived_files_total";

/// Legacy alias of `secops_enrichments_total`, off by default.
///
/// A counter in `{enrichment}`.
pub const SECURITY_ENRICHMENTS_TOTAL: &str = "security_enrichments_total";

/// Legacy alias of `secops_review_duration_seconds`, off by default.
///
/// A histogram in `s`.
pub const SECURITY_REVIEW_DURATION_SECONDS: &str = "security_review_duration_seconds";

/// Overall score of the latest review, off by default. Legacy dashboards average it over time; `secops_review_score` weighs each review.
///
/// A gauge in `{score}`.
pub const SECURITY_QUALITY_SCORE: &str = "security_quality_score";

/// Duration of scans.
///
/// A histogram in `s`.
pub const FLOWSPEC_SECURITY_SCAN_DURATION_SECONDS: &str = "flowspec_security_scan_duration_seconds";

/// Findings, one for each new fingerprint.
///
/// A counter in `{finding}`.
pub const FLOWSPEC_SECURITY_FINDINGS_TOTAL: &str = "flowspec_security_findings_total";

/// Findings that are open now.
///
/// A gauge in `{finding}`.
pub const FLOWSPEC_SECURITY_FINDINGS_OPEN: &str = "flowspec_security_findings_open";

/// Share of judged triage decisions that were right. Absent while nothing was judged.
///
/// A gauge in `1`.
pub const FLOWSPEC_SECURITY_TRIAGE_ACCURACY: &str = "flowspec_security_triage_accuracy";

/// Triage decisions, as a confusion matrix.
///
/// A counter in `{decision}`.
pub const FLOWSPEC_SECURITY_TRIAGE_DECISIONS_TOTAL: &str =
    "flowspec_security_triage_decisions_total";

/// Duration of triage.
///
/// A histogram in `s`.
pub const FLOWSPEC_SECURITY_TRIAGE_DURATION_SECONDS: &str =
    "flowspec_security_triage_duration_seconds";

/// Share of judged findings that were false.
///
/// A gauge in `1`.
pub const FLOWSPEC_SECURITY_FALSE_POSITIVE_RATE: &str = "flowspec_security_false_positive_rate";

/// Fixes applied.
///
/// A counter in `{fix}`.
pub const FLOWSPEC_SECURITY_FIXES_TOTAL: &str = "flowspec_security_fixes_total";

/// Share of findings that were fixed.
///
/// A gauge in `1`.
pub const FLOWSPEC_SECURITY_FIX_APPLICATION_RATE: &str = "flowspec_security_fix_application_rate";

/// Changes that a gate blocked.
///
/// A counter in `{block}`.
pub const FLOWSPEC_SECURITY_GATE_BLOCKS_TOTAL: &str = "flowspec_security_gate_blocks_total";

/// Verdicts of gates.
///
/// A counter in `{evaluation}`.
pub const FLOWSPEC_SECURITY_GATE_EVALUATIONS_TOTAL: &str =
    "flowspec_security_gate_evaluations_total";

/// Calls of MCP tools.
///
/// A counter in `{call}`.
pub const FLOWSPEC_SECURITY_MCP_TOOL_INVOCATIONS_TOTAL: &str =
    "flowspec_security_mcp_tool_invocations_total";

/// Deployments a day.
///
/// A gauge in `{deployment}/d`.
pub const SECOPS_DORA_DEPLOYMENTS_PER_DAY: &str = "secops_dora_deployments_per_day";

/// Deployments.
///
/// A counter in `{deployment}`.
pub const SECOPS_DORA_DEPLOYMENTS_TOTAL: &str = "secops_dora_deployments_total";

/// Share of deployments that a security gate blocked.
///
/// A gauge in `1`.
pub const SECOPS_DORA_BLOCK_RATIO: &str = "secops_dora_block_ratio";

/// Median time from commit to deployment.
///
/// A gauge in `h`.
pub const SECOPS_DORA_LEAD_TIME_P50_HOURS: &str = "secops_dora_lead_time_p50_hours";

/// 95th percentile of the time from commit to deployment.
///
/// A gauge in `h`.
pub const SECOPS_DORA_LEAD_TIME_P95_HOURS: &str = "secops_dora_lead_time_p95_hours";

/// Share of the lead time spent in scans.
///
/// A gauge in `1`.
pub const SECOPS_DORA_SCAN_OVERHEAD_RATIO: &str = "secops_dora_scan_overhead_ratio";

/// Share of deployments that led to a security incident.
///
/// A gauge in `1`.
pub const SECOPS_DORA_CHANGE_FAILURE_RATIO: &str = "secops_dora_change_failure_ratio";

/// Median time from a failed deployment to recovery.
///
/// A gauge in `h`.
pub const SECOPS_DORA_RECOVERY_TIME_P50_HOURS: &str = "secops_dora_recovery_time_p50_hours";

/// Share of deployments that repair an earlier one.
///
/// A gauge in `1`.
pub const SECOPS_DORA_REWORK_RATIO: &str = "secops_dora_rework_ratio";

/// Time to remediate a vulnerability.
///
/// A gauge in `h`.
pub const SECOPS_DORA_MTTR_HOURS: &str = "secops_dora_mttr_hours";

/// Age of open vulnerabilities.
///
/// A gauge in `h`.
pub const SECOPS_DORA_OPEN_AGE_HOURS: &str = "secops_dora_open_age_hours";

/// Facts that a figure rests on.
///
/// A gauge in `{sample}`.
pub const SECOPS_DORA_SAMPLES: &str = "secops_dora_samples";

/// Legacy alias of `secops_dora_deployments_per_day`.
///
/// A gauge in `{deployment}/d`.
pub const DEPLOYMENTS_PER_DAY: &str = "deployments_per_day";

/// Legacy alias of `secops_dora_lead_time_p50_hours`.
///
/// A gauge in `h`.
pub const LEAD_TIME_P50_HOURS: &str = "lead_time_p50_hours";

/// Legacy alias of `secops_dora_scan_overhead_ratio`, in percent.
///
/// A gauge in `%`.
pub const SCAN_OVERHEAD_PCT: &str = "scan_overhead_pct";

/// Legacy alias of `secops_dora_change_failure_ratio`.
///
/// A gauge in `1`.
pub const CHANGE_FAILURE_RATE: &str = "change_failure_rate";

/// Legacy alias of `secops_dora_mttr_hours` for critical vulnerabilities.
///
/// A gauge in `h`.
pub const MTTR_CRITICAL_HOURS: &str = "mttr_critical_hours";

/// Credentials checked.
///
/// A counter in `{validation}`.
pub const TRUST_TOKEN_VALIDATION_ATTEMPTS_TOTAL: &str = "trust_token_validation_attempts_total";

/// Credentials accepted.
///
/// A counter in `{validation}`.
pub const TRUST_TOKEN_VALIDATION_SUCCESS_TOTAL: &str = "trust_token_validation_success_total";

/// Credentials refused.
///
/// A counter in `{validation}`.
pub const TRUST_TOKEN_VALIDATION_FAILURES_TOTAL: &str = "trust_token_validation_failures_total";

/// Duration of credential checks.
///
/// A histogram in `s`.
pub const TRUST_TOKEN_VALIDATION_DURATION_SECONDS: &str = "trust_token_validation_duration_seconds";

/// Administrator overrides.
///
/// A counter in `{override}`.
pub const ADMIN_OVERRIDE_ACTIVATIONS_TOTAL: &str = "admin_override_activations_total";

/// Time that overrides were in force.
///
/// A histogram in `s`.
pub const ADMIN_OVERRIDE_DURATION_SECONDS: &str = "admin_override_duration_seconds";

/// Access decisions asked for.
///
/// A counter in `{request}`.
pub const ACCESS_VALIDATION_REQUESTS_TOTAL: &str = "access_validation_requests_total";

/// Accesses granted.
///
/// A counter in `{decision}`.
pub const ACCESS_GRANTED_TOTAL: &str = "access_granted_total";

/// Accesses refused.
///
/// A counter in `{decision}`.
pub const ACCESS_DENIED_TOTAL: &str = "access_denied_total";

/// Attempts of agents to authenticate.
///
/// A counter in `{attempt}`.
pub const AGENT_AUTH_ATTEMPTS_TOTAL: &str = "agent_auth_attempts_total";

/// Successful attempts of agents to authenticate.
///
/// A counter in `{attempt}`.
pub const AGENT_AUTH_SUCCESS_TOTAL: &str = "agent_auth_success_total";

/// Messages checked against their contract.
///
/// A counter in `{message}`.
pub const API_CONTRACT_VALIDATION_REQUESTS_TOTAL: &str = "api_contract_validation_requests_total";

/// Messages that obey their contract.
///
/// A counter in `{message}`.
pub const API_CONTRACT_VALIDATION_PASSED_TOTAL: &str = "api_contract_validation_passed_total";

/// Messages that break their contract.
///
/// A counter in `{message}`.
pub const API_CONTRACT_VALIDATION_FAILED_TOTAL: &str = "api_contract_validation_failed_total";

/// Violations of contracts.
///
/// A counter in `{error}`.
pub const API_CONTRACT_VALIDATION_ERRORS_TOTAL: &str = "api_contract_validation_errors_total";

/// Size of requests.
///
/// A histogram in `By`.
pub const REQUEST_SIZE_BYTES: &str = "request_size_bytes";

/// Size of answers.
///
/// A histogram in `By`.
pub const RESPONSE_SIZE_BYTES: &str = "response_size_bytes";

/// Requests over a rate limit, by route template.
///
/// A counter in `{request}`.
pub const RATE_LIMIT_EXCEEDED_TOTAL: &str = "rate_limit_exceeded_total";

/// Requests a minute.
///
/// A gauge in `{request}/min`.
pub const REQUEST_RATE_PER_MINUTE: &str = "request_rate_per_minute";

/// Requests that were blocked.
///
/// A counter in `{request}`.
pub const BLOCKED_REQUESTS_TOTAL: &str = "blocked_requests_total";

/// Texts checked for what must not be passed on.
///
/// A counter in `{text}`.
pub const SANITIZATION_REQUESTS_TOTAL: &str = "sanitization_requests_total";

/// Texts checked successfully.
///
/// A counter in `{text}`.
pub const SANITIZATION_SUCCESS_TOTAL: &str = "sanitization_success_total";

/// Texts that could not be checked.
///
/// A counter in `{text}`.
pub const SANITIZATION_FAILURES_TOTAL: &str = "sanitization_failures_total";

/// Duration of sanitisation.
///
/// A histogram in `s`.
pub const SANITIZATION_PROCESSING_DURATION_SECONDS: &str =
    "sanitization_processing_duration_seconds";

/// Data validations.
///
/// A counter in `{validation}`.
pub const DATA_VALIDATION_ATTEMPTS_TOTAL: &str = "data_validation_attempts_total";

/// Data validations that passed.
///
/// A counter in `{validation}`.
pub const DATA_VALIDATION_PASSED_TOTAL: &str = "data_validation_passed_total";

/// Data validations that failed.
///
/// A counter in `{validation}`.
pub const DATA_VALIDATION_FAILED_TOTAL: &str = "data_validation_failed_total";

/// Entries of the audit log.
///
/// A counter in `{event}`.
pub const AUDIT_EVENTS_LOGGED_TOTAL: &str = "audit_events_logged_total";

/// Size of the audit log.
///
/// A gauge in `By`.
pub const AUDIT_LOG_SIZE_BYTES: &str = "audit_log_size_bytes";

/// Days that the audit log reaches back.
///
/// A gauge in `d`.
pub const AUDIT_LOG_RETENTION_DAYS: &str = "audit_log_retention_days";

/// Duration of queries of the audit log.
///
/// A histogram in `s`.
pub const AUDIT_QUERY_DURATION_SECONDS: &str = "audit_query_duration_seconds";

/// 1 while the audit log's hash chain is whole, 0 when it is broken.
///
/// A gauge in `1`.
pub const AUDIT_CHAIN_VALID: &str = "audit_chain_valid";

/// Time of the last verification of the audit log.
///
/// A gauge in `s`.
pub const AUDIT_LAST_VERIFIED_TIMESTAMP_SECONDS: &str = "audit_last_verified_timestamp_seconds";

/// Vulnerable dependencies.
///
/// A gauge in `{vulnerability}`.
pub const DEPENDENCY_VULNERABILITIES: &str = "dependency_vulnerabilities";

/// Findings of the latest scans.
///
/// A gauge in `{finding}`.
pub const SECURITY_SCAN_RESULTS: &str = "security_scan_results";

/// Dependencies with a newer version.
///
/// A gauge in `{update}`.
pub const DEPENDENCY_UPDATES_AVAILABLE: &str = "dependency_updates_available";

/// Security patches applied.
///
/// A counter in `{patch}`.
pub const SECURITY_PATCHES_APPLIED_TOTAL: &str = "security_patches_applied_total";

/// Requests that match a suspicious pattern.
///
/// A counter in `{request}`.
pub const SUSPICIOUS_REQUEST_PATTERNS_TOTAL: &str = "suspicious_request_patterns_total";

/// Events that point to an attack.
///
/// A counter in `{event}`.
pub const POTENTIAL_ATTACK_VECTORS_TOTAL: &str = "potential_attack_vectors_total";

/// Anomalies detected.
///
/// A counter in `{event}`.
pub const ANOMALY_DETECTION_TRIGGERS_TOTAL: &str = "anomaly_detection_triggers_total";

/// Alerts of security incidents.
///
/// A counter in `{alert}`.
pub const SECURITY_INCIDENT_ALERTS_TOTAL: &str = "security_incident_alerts_total";

/// Look-ups of addresses.
///
/// A counter in `{lookup}`.
pub const SECOPS_IP_LOOKUPS_TOTAL: &str = "secops_ip_lookups_total";

/// Calls to outside services.
///
/// A counter in `{call}`.
pub const SECOPS_IP_API_CALLS_TOTAL: &str = "secops_ip_api_calls_total";

/// Calls that the inventory made unnecessary.
///
/// A counter in `{call}`.
pub const SECOPS_IP_API_CALLS_SAVED_TOTAL: &str = "secops_ip_api_calls_saved_total";

/// Age of what the inventory answered.
///
/// A histogram in `s`.
pub const SECOPS_IP_CACHE_AGE_SECONDS: &str = "secops_ip_cache_age_seconds";

/// Duration of look-ups.
///
/// A histogram in `s`.
pub const SECOPS_IP_ENRICHMENT_DURATION_SECONDS: &str = "secops_ip_enrichment_duration_seconds";

/// Addresses in the inventory.
///
/// A gauge in `{address}`.
pub const SECOPS_IP_INVENTORY_IPS: &str = "secops_ip_inventory_ips";

/// Autonomous systems in the inventory.
///
/// A gauge in `{asn}`.
pub const SECOPS_ASN_INVENTORY_ASNS: &str = "secops_asn_inventory_asns";

/// Addresses that moved to another autonomous system.
///
/// A counter in `{move}`.
pub const SECOPS_IP_ASN_MOVES_TOTAL: &str = "secops_ip_asn_moves_total";

/// Share of sessions with a complete snapshot.
///
/// A gauge in `1`.
pub const SECOPS_SNAPSHOT_COVERAGE_RATIO: &str = "secops_snapshot_coverage_ratio";

/// Time at which a source's data was built.
///
/// A gauge in `s`.
pub const SECOPS_IP_SOURCE_BUILD_TIMESTAMP_SECONDS: &str =
    "secops_ip_source_build_timestamp_seconds";

/// Calls that a source still allows.
///
/// A gauge in `{call}`.
pub const SECOPS_IP_SOURCE_QUOTA_REMAINING: &str = "secops_ip_source_quota_remaining";

/// Spans that a receiver took in.
///
/// A counter in `{span}`.
pub const OTELCOL_RECEIVER_ACCEPTED_SPANS: &str = "otelcol_receiver_accepted_spans";

/// Spans that a receiver refused.
///
/// A counter in `{span}`.
pub const OTELCOL_RECEIVER_REFUSED_SPANS: &str = "otelcol_receiver_refused_spans";

/// Spans that failed inside the collector after a receiver took them in.
///
/// A counter in `{span}`.
pub const OTELCOL_RECEIVER_FAILED_SPANS: &str = "otelcol_receiver_failed_spans";

/// Metric points that a receiver took in.
///
/// A counter in `{datapoint}`.
pub const OTELCOL_RECEIVER_ACCEPTED_METRIC_POINTS: &str = "otelcol_receiver_accepted_metric_points";

/// Metric points that a receiver refused.
///
/// A counter in `{datapoint}`.
pub const OTELCOL_RECEIVER_REFUSED_METRIC_POINTS: &str = "otelcol_receiver_refused_metric_points";

/// Metric points that failed inside the collector.
///
/// A counter in `{datapoint}`.
pub const OTELCOL_RECEIVER_FAILED_METRIC_POINTS: &str = "otelcol_receiver_failed_metric_points";

/// Log records that a receiver took in.
///
/// A counter in `{log_record}`.
pub const OTELCOL_RECEIVER_ACCEPTED_LOG_RECORDS: &str = "otelcol_receiver_accepted_log_records";

/// Log records that a receiver refused.
///
/// A counter in `{log_record}`.
pub const OTELCOL_RECEIVER_REFUSED_LOG_RECORDS: &str = "otelcol_receiver_refused_log_records";

/// Log records that failed inside the collector.
///
/// A counter in `{log_record}`.
pub const OTELCOL_RECEIVER_FAILED_LOG_RECORDS: &str = "otelcol_receiver_failed_log_records";

/// Spans, metric points and log records that a processor was shown.
///
/// A counter in `{item}`.
pub const OTELCOL_PROCESSOR_INCOMING_ITEMS: &str = "otelcol_processor_incoming_items";

/// Spans, metric points and log records that a processor let pass.
///
/// A counter in `{item}`.
pub const OTELCOL_PROCESSOR_OUTGOING_ITEMS: &str = "otelcol_processor_outgoing_items";

/// Spans that a destination took.
///
/// A counter in `{span}`.
pub const OTELCOL_EXPORTER_SENT_SPANS: &str = "otelcol_exporter_sent_spans";

/// Spans that could not be delivered.
///
/// A counter in `{span}`.
pub const OTELCOL_EXPORTER_SEND_FAILED_SPANS: &str = "otelcol_exporter_send_failed_spans";

/// Spans for which the queue had no room.
///
/// A counter in `{span}`.
pub const OTELCOL_EXPORTER_ENQUEUE_FAILED_SPANS: &str = "otelcol_exporter_enqueue_failed_spans";

/// Metric points that a destination took.
///
/// A counter in `{datapoint}`.
pub const OTELCOL_EXPORTER_SENT_METRIC_POINTS: &str = "otelcol_exporter_sent_metric_points";

/// Metric points that could not be delivered.
///
/// A counter in `{datapoint}`.
pub const OTELCOL_EXPORTER_SEND_FAILED_METRIC_POINTS: &str =
    "otelcol_exporter_send_failed_metric_points";

/// Metric points for which the queue had no room.
///
/// A counter in `{datapoint}`.
pub const OTELCOL_EXPORTER_ENQUEUE_FAILED_METRIC_POINTS: &str =
    "otelcol_exporter_enqueue_failed_metric_points";

/// Log records that a destination took.
///
/// A counter in `{log_record}`.
pub const OTELCOL_EXPORTER_SENT_LOG_RECORDS: &str = "otelcol_exporter_sent_log_records";

/// Log records that could not be delivered.
///
/// A counter in `{log_record}`.
pub const OTELCOL_EXPORTER_SEND_FAILED_LOG_RECORDS: &str =
    "otelcol_exporter_send_failed_log_records";

/// Log records for which the queue had no room.
///
/// A counter in `{log_record}`.
pub const OTELCOL_EXPORTER_ENQUEUE_FAILED_LOG_RECORDS: &str =
    "otelcol_exporter_enqueue_failed_log_records";

/// Bytes in the log that a destination has not taken.
///
/// A gauge in `By`.
pub const OTELCOL_EXPORTER_QUEUE_SIZE: &str = "otelcol_exporter_queue_size";

/// Bytes that the log may hold, for all destinations together.
///
/// A gauge in `By`.
pub const OTELCOL_EXPORTER_QUEUE_CAPACITY: &str = "otelcol_exporter_queue_capacity";

/// Resident memory.
///
/// A gauge in `By`.
pub const OTELCOL_PROCESS_MEMORY_RSS: &str = "otelcol_process_memory_rss";

/// Processor time, user and system.
///
/// A counter in `s`.
pub const OTELCOL_PROCESS_CPU_SECONDS: &str = "otelcol_process_cpu_seconds";

/// Time since the start.
///
/// A counter in `s`.
pub const OTELCOL_PROCESS_UPTIME: &str = "otelcol_process_uptime";

/// Spans, metric points, log records and records accepted, by where they are now. The states of a destination always add up.
///
/// A gauge in `{item}`.
pub const SECOPS_LEDGER_SPANS: &str = "secops_ledger_spans";

/// Age of the oldest batch that a destination has not taken.
///
/// A gauge in `s`.
pub const SECOPS_DESTINATION_LAG_SECONDS: &str = "secops_destination_lag_seconds";

/// Bytes that the log holds.
///
/// A gauge in `By`.
pub const SECOPS_WAL_BYTES: &str = "secops_wal_bytes";

/// Time from a request's arrival to its answer.
///
/// A histogram in `s`.
pub const SECOPS_ACK_DURATION_SECONDS: &str = "secops_ack_duration_seconds";

/// Spans that arrived after their workflow became a record.
///
/// A counter in `{span}`.
pub const SECOPS_LATE_SPANS_TOTAL: &str = "secops_late_spans_total";

/// Items that are open and not counted as such, because a rule's limit of open items was reached.
///
/// A counter in `{item}`.
pub const SECOPS_OPEN_DROPPED_TOTAL: &str = "secops_open_dropped_total";

/// Updates that went to an overflow series because a limit was reached.
///
/// A counter in `{series}`.
pub const SECOPS_METRIC_OVERFLOW_TOTAL: &str = "secops_metric_overflow_total";

/// Label names.
pub mod label {
    /// The label `actual`.
    pub const ACTUAL: &str = "actual";

    /// The label `analyst`.
    pub const ANALYST: &str = "analyst";

    /// The label `classification`.
    pub const CLASSIFICATION: &str = "classification";

    /// The label `currency`.
    pub const CURRENCY: &str = "currency";

    /// The label `cwe_id`.
    pub const CWE_ID: &str = "cwe_id";

    /// The label `decision`.
    pub const DECISION: &str = "decision";

    /// The label `destination`.
    pub const DESTINATION: &str = "destination";

    /// The label `detector`.
    pub const DETECTOR: &str = "detector";

    /// The label `direction`.
    pub const DIRECTION: &str = "direction";

    /// The label `endpoint`.
    pub const ENDPOINT: &str = "endpoint";

    /// The label `event_name`.
    pub const EVENT_NAME: &str = "event_name";

    /// The label `event_type`.
    pub const EVENT_TYPE: &str = "event_type";

    /// The label `exporter`.
    pub const EXPORTER: &str = "exporter";

    /// The label `field`.
    pub const FIELD: &str = "field";

    /// The label `gate_type`.
    pub const GATE_TYPE: &str = "gate_type";

    /// The label `investigation_type`.
    pub const INVESTIGATION_TYPE: &str = "investigation_type";

    /// The label `items`.
    pub const ITEMS: &str = "items";

    /// The label `kind`.
    pub const KIND: &str = "kind";

    /// The label `label`.
    pub const LABEL: &str = "label";

    /// The label `level`.
    pub const LEVEL: &str = "level";

    /// The label `metric`.
    pub const METRIC: &str = "metric";

    /// The label `model`.
    pub const MODEL: &str = "model";

    /// The label `otel_signal`.
    pub const OTEL_SIGNAL: &str = "otel_signal";

    /// The label `outcome`.
    pub const OUTCOME: &str = "outcome";

    /// The label `pattern`.
    pub const PATTERN: &str = "pattern";

    /// The label `predicted`.
    pub const PREDICTED: &str = "predicted";

    /// The label `priority`.
    pub const PRIORITY: &str = "priority";

    /// The label `processor`.
    pub const PROCESSOR: &str = "processor";

    /// The label `reason`.
    pub const REASON: &str = "reason";

    /// The label `receiver`.
    pub const RECEIVER: &str = "receiver";

    /// The label `result`.
    pub const RESULT: &str = "result";

    /// The label `scan_type`.
    pub const SCAN_TYPE: &str = "scan_type";

    /// The label `service`.
    pub const SERVICE: &str = "service";

    /// The label `service_name`.
    pub const SERVICE_NAME: &str = "service_name";

    /// The label `severity`.
    pub const SEVERITY: &str = "severity";

    /// The label `source`.
    pub const SOURCE: &str = "source";

    /// The label `span_kind`.
    pub const SPAN_KIND: &str = "span_kind";

    /// The label `span_name`.
    pub const SPAN_NAME: &str = "span_name";

    /// The label `stage`.
    pub const STAGE: &str = "stage";

    /// The label `state`.
    pub const STATE: &str = "state";

    /// The label `statistic`.
    pub const STATISTIC: &str = "statistic";

    /// The label `status_code`.
    pub const STATUS_CODE: &str = "status_code";

    /// The label `tool`.
    pub const TOOL: &str = "tool";

    /// The label `tool_name`.
    pub const TOOL_NAME: &str = "tool_name";

    /// The label `type`.
    pub const TYPE: &str = "type";

    /// The label `vector`.
    pub const VECTOR: &str = "vector";

    /// The label `verdict`.
    pub const VERDICT: &str = "verdict";

    /// The label `window`.
    pub const WINDOW: &str = "window";

    /// The label `within_48h`.
    pub const WITHIN_48H: &str = "within_48h";

    /// The label `workflow`.
    pub const WORKFLOW: &str = "workflow";
}

/// Every metric, sorted by name.
pub const TABLE: &[MetricDef] = &[
    MetricDef {
        name: ACCESS_DENIED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{decision}",
        brief: "Accesses refused.",
        labels: &[label::REASON],
        buckets: &[],
    },
    MetricDef {
        name: ACCESS_GRANTED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{decision}",
        brief: "Accesses granted.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: ACCESS_VALIDATION_REQUESTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{request}",
        brief: "Access decisions asked for.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: ADMIN_OVERRIDE_ACTIVATIONS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{override}",
        brief: "Administrator overrides.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: ADMIN_OVERRIDE_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Time that overrides were in force.",
        labels: &[],
        buckets: &[60.0, 300.0, 900.0, 1800.0, 3600.0, 14400.0, 86400.0],
    },
    MetricDef {
        name: AGENT_AUTH_ATTEMPTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{attempt}",
        brief: "Attempts of agents to authenticate.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: AGENT_AUTH_SUCCESS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{attempt}",
        brief: "Successful attempts of agents to authenticate.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: ANOMALY_DETECTION_TRIGGERS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{event}",
        brief: "Anomalies detected.",
        labels: &[label::DETECTOR],
        buckets: &[],
    },
    MetricDef {
        name: API_CONTRACT_VALIDATION_ERRORS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{error}",
        brief: "Violations of contracts.",
        labels: &[label::TYPE],
        buckets: &[],
    },
    MetricDef {
        name: API_CONTRACT_VALIDATION_FAILED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{message}",
        brief: "Messages that break their contract.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: API_CONTRACT_VALIDATION_PASSED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{message}",
        brief: "Messages that obey their contract.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: API_CONTRACT_VALIDATION_REQUESTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{message}",
        brief: "Messages checked against their contract.",
        labels: &[label::DIRECTION],
        buckets: &[],
    },
    MetricDef {
        name: AUDIT_CHAIN_VALID,
        instrument: Instrument::Gauge,
        unit: "1",
        brief: "1 while the audit log's hash chain is whole, 0 when it is broken.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: AUDIT_EVENTS_LOGGED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{event}",
        brief: "Entries of the audit log.",
        labels: &[label::EVENT_TYPE],
        buckets: &[],
    },
    MetricDef {
        name: AUDIT_LAST_VERIFIED_TIMESTAMP_SECONDS,
        instrument: Instrument::Gauge,
        unit: "s",
        brief: "Time of the last verification of the audit log.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: AUDIT_LOG_RETENTION_DAYS,
        instrument: Instrument::Gauge,
        unit: "d",
        brief: "Days that the audit log reaches back.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: AUDIT_LOG_SIZE_BYTES,
        instrument: Instrument::Gauge,
        unit: "By",
        brief: "Size of the audit log.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: AUDIT_QUERY_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Duration of queries of the audit log.",
        labels: &[],
        buckets: &[0.001, 0.01, 0.1, 1.0, 10.0],
    },
    MetricDef {
        name: BLOCKED_REQUESTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{request}",
        brief: "Requests that were blocked.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: CHANGE_FAILURE_RATE,
        instrument: Instrument::Gauge,
        unit: "1",
        brief: "Legacy alias of `secops_dora_change_failure_ratio`.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: DATA_VALIDATION_ATTEMPTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{validation}",
        brief: "Data validations.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: DATA_VALIDATION_FAILED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{validation}",
        brief: "Data validations that failed.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: DATA_VALIDATION_PASSED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{validation}",
        brief: "Data validations that passed.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: DEPENDENCY_UPDATES_AVAILABLE,
        instrument: Instrument::Gauge,
        unit: "{update}",
        brief: "Dependencies with a newer version.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: DEPENDENCY_VULNERABILITIES,
        instrument: Instrument::Gauge,
        unit: "{vulnerability}",
        brief: "Vulnerable dependencies.",
        labels: &[label::SEVERITY],
        buckets: &[],
    },
    MetricDef {
        name: DEPLOYMENTS_PER_DAY,
        instrument: Instrument::Gauge,
        unit: "{deployment}/d",
        brief: "Legacy alias of `secops_dora_deployments_per_day`.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_FALSE_POSITIVE_RATE,
        instrument: Instrument::Gauge,
        unit: "1",
        brief: "Share of judged findings that were false.",
        labels: &[label::TOOL],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_FINDINGS_OPEN,
        instrument: Instrument::Gauge,
        unit: "{finding}",
        brief: "Findings that are open now.",
        labels: &[label::SEVERITY, label::TOOL],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_FINDINGS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{finding}",
        brief: "Findings, one for each new fingerprint.",
        labels: &[label::SEVERITY, label::CWE_ID, label::TOOL],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_FIX_APPLICATION_RATE,
        instrument: Instrument::Gauge,
        unit: "1",
        brief: "Share of findings that were fixed.",
        labels: &[label::SEVERITY],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_FIXES_TOTAL,
        instrument: Instrument::Counter,
        unit: "{fix}",
        brief: "Fixes applied.",
        labels: &[label::SEVERITY, label::WITHIN_48H],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_GATE_BLOCKS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{block}",
        brief: "Changes that a gate blocked.",
        labels: &[label::SEVERITY, label::GATE_TYPE],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_GATE_EVALUATIONS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{evaluation}",
        brief: "Verdicts of gates.",
        labels: &[label::GATE_TYPE, label::VERDICT],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_MCP_TOOL_INVOCATIONS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{call}",
        brief: "Calls of MCP tools.",
        labels: &[label::TOOL_NAME],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_SCAN_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Duration of scans.",
        labels: &[label::TOOL, label::SCAN_TYPE, label::OUTCOME],
        buckets: &[
            1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0,
        ],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_TRIAGE_ACCURACY,
        instrument: Instrument::Gauge,
        unit: "1",
        brief: "Share of judged triage decisions that were right. Absent while nothing was judged.",
        labels: &[label::MODEL],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_TRIAGE_DECISIONS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{decision}",
        brief: "Triage decisions, as a confusion matrix.",
        labels: &[label::MODEL, label::PREDICTED, label::ACTUAL],
        buckets: &[],
    },
    MetricDef {
        name: FLOWSPEC_SECURITY_TRIAGE_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Duration of triage.",
        labels: &[label::MODEL],
        buckets: &[0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0],
    },
    MetricDef {
        name: LEAD_TIME_P50_HOURS,
        instrument: Instrument::Gauge,
        unit: "h",
        brief: "Legacy alias of `secops_dora_lead_time_p50_hours`.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: MTTR_CRITICAL_HOURS,
        instrument: Instrument::Gauge,
        unit: "h",
        brief: "Legacy alias of `secops_dora_mttr_hours` for critical vulnerabilities.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_ENQUEUE_FAILED_LOG_RECORDS,
        instrument: Instrument::Counter,
        unit: "{log_record}",
        brief: "Log records for which the queue had no room.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_ENQUEUE_FAILED_METRIC_POINTS,
        instrument: Instrument::Counter,
        unit: "{datapoint}",
        brief: "Metric points for which the queue had no room.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_ENQUEUE_FAILED_SPANS,
        instrument: Instrument::Counter,
        unit: "{span}",
        brief: "Spans for which the queue had no room.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_QUEUE_CAPACITY,
        instrument: Instrument::Gauge,
        unit: "By",
        brief: "Bytes that the log may hold, for all destinations together.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_QUEUE_SIZE,
        instrument: Instrument::Gauge,
        unit: "By",
        brief: "Bytes in the log that a destination has not taken.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_SEND_FAILED_LOG_RECORDS,
        instrument: Instrument::Counter,
        unit: "{log_record}",
        brief: "Log records that could not be delivered.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_SEND_FAILED_METRIC_POINTS,
        instrument: Instrument::Counter,
        unit: "{datapoint}",
        brief: "Metric points that could not be delivered.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_SEND_FAILED_SPANS,
        instrument: Instrument::Counter,
        unit: "{span}",
        brief: "Spans that could not be delivered.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_SENT_LOG_RECORDS,
        instrument: Instrument::Counter,
        unit: "{log_record}",
        brief: "Log records that a destination took.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_SENT_METRIC_POINTS,
        instrument: Instrument::Counter,
        unit: "{datapoint}",
        brief: "Metric points that a destination took.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_EXPORTER_SENT_SPANS,
        instrument: Instrument::Counter,
        unit: "{span}",
        brief: "Spans that a destination took.",
        labels: &[label::EXPORTER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_PROCESS_CPU_SECONDS,
        instrument: Instrument::Counter,
        unit: "s",
        brief: "Processor time, user and system.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_PROCESS_MEMORY_RSS,
        instrument: Instrument::Gauge,
        unit: "By",
        brief: "Resident memory.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_PROCESS_UPTIME,
        instrument: Instrument::Counter,
        unit: "s",
        brief: "Time since the start.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_PROCESSOR_INCOMING_ITEMS,
        instrument: Instrument::Counter,
        unit: "{item}",
        brief: "Spans, metric points and log records that a processor was shown.",
        labels: &[label::PROCESSOR, label::OTEL_SIGNAL],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_PROCESSOR_OUTGOING_ITEMS,
        instrument: Instrument::Counter,
        unit: "{item}",
        brief: "Spans, metric points and log records that a processor let pass.",
        labels: &[label::PROCESSOR, label::OTEL_SIGNAL],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_RECEIVER_ACCEPTED_LOG_RECORDS,
        instrument: Instrument::Counter,
        unit: "{log_record}",
        brief: "Log records that a receiver took in.",
        labels: &[label::RECEIVER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_RECEIVER_ACCEPTED_METRIC_POINTS,
        instrument: Instrument::Counter,
        unit: "{datapoint}",
        brief: "Metric points that a receiver took in.",
        labels: &[label::RECEIVER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_RECEIVER_ACCEPTED_SPANS,
        instrument: Instrument::Counter,
        unit: "{span}",
        brief: "Spans that a receiver took in.",
        labels: &[label::RECEIVER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_RECEIVER_FAILED_LOG_RECORDS,
        instrument: Instrument::Counter,
        unit: "{log_record}",
        brief: "Log records that failed inside the collector.",
        labels: &[label::RECEIVER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_RECEIVER_FAILED_METRIC_POINTS,
        instrument: Instrument::Counter,
        unit: "{datapoint}",
        brief: "Metric points that failed inside the collector.",
        labels: &[label::RECEIVER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_RECEIVER_FAILED_SPANS,
        instrument: Instrument::Counter,
        unit: "{span}",
        brief: "Spans that failed inside the collector after a receiver took them in.",
        labels: &[label::RECEIVER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_RECEIVER_REFUSED_LOG_RECORDS,
        instrument: Instrument::Counter,
        unit: "{log_record}",
        brief: "Log records that a receiver refused.",
        labels: &[label::RECEIVER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_RECEIVER_REFUSED_METRIC_POINTS,
        instrument: Instrument::Counter,
        unit: "{datapoint}",
        brief: "Metric points that a receiver refused.",
        labels: &[label::RECEIVER],
        buckets: &[],
    },
    MetricDef {
        name: OTELCOL_RECEIVER_REFUSED_SPANS,
        instrument: Instrument::Counter,
        unit: "{span}",
        brief: "Spans that a receiver refused.",
        labels: &[label::RECEIVER],
        buckets: &[],
    },
    MetricDef {
        name: POTENTIAL_ATTACK_VECTORS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{event}",
        brief: "Events that point to an attack.",
        labels: &[label::VECTOR],
        buckets: &[],
    },
    MetricDef {
        name: RATE_LIMIT_EXCEEDED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{request}",
        brief: "Requests over a rate limit, by route template.",
        labels: &[label::ENDPOINT],
        buckets: &[],
    },
    MetricDef {
        name: REQUEST_RATE_PER_MINUTE,
        instrument: Instrument::Gauge,
        unit: "{request}/min",
        brief: "Requests a minute.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: REQUEST_SIZE_BYTES,
        instrument: Instrument::Histogram,
        unit: "By",
        brief: "Size of requests.",
        labels: &[],
        buckets: &[
            256.0,
            1024.0,
            4096.0,
            16384.0,
            65536.0,
            262_144.0,
            1_048_576.0,
            4_194_304.0,
        ],
    },
    MetricDef {
        name: RESPONSE_SIZE_BYTES,
        instrument: Instrument::Histogram,
        unit: "By",
        brief: "Size of answers.",
        labels: &[],
        buckets: &[
            256.0,
            1024.0,
            4096.0,
            16384.0,
            65536.0,
            262_144.0,
            1_048_576.0,
            4_194_304.0,
        ],
    },
    MetricDef {
        name: SANITIZATION_FAILURES_TOTAL,
        instrument: Instrument::Counter,
        unit: "{text}",
        brief: "Texts that could not be checked.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SANITIZATION_PROCESSING_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Duration of sanitisation.",
        labels: &[],
        buckets: &[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0],
    },
    MetricDef {
        name: SANITIZATION_REQUESTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{text}",
        brief: "Texts checked for what must not be passed on.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SANITIZATION_SUCCESS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{text}",
        brief: "Texts checked successfully.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SCAN_OVERHEAD_PCT,
        instrument: Instrument::Gauge,
        unit: "%",
        brief: "Legacy alias of `secops_dora_scan_overhead_ratio`, in percent.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_ACK_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Time from a request's arrival to its answer.",
        labels: &[label::LEVEL],
        buckets: &[0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0],
    },
    MetricDef {
        name: SECOPS_ANALYST_ENRICHMENT_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Time spent in an enrichment, by analyst. Off unless the operator opts in.",
        labels: &[label::ANALYST],
        buckets: &[
            30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1200.0, 1800.0, 3600.0,
        ],
    },
    MetricDef {
        name: SECOPS_ARCHIVED_FILES_TOTAL,
        instrument: Instrument::Counter,
        unit: "{file}",
        brief: "Old record files that were archived, or that could not be.",
        labels: &[label::RESULT],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_ASN_INVENTORY_ASNS,
        instrument: Instrument::Gauge,
        unit: "{asn}",
        brief: "Autonomous systems in the inventory.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DESTINATION_LAG_SECONDS,
        instrument: Instrument::Gauge,
        unit: "s",
        brief: "Age of the oldest batch that a destination has not taken.",
        labels: &[label::DESTINATION],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_BLOCK_RATIO,
        instrument: Instrument::Gauge,
        unit: "1",
        brief: "Share of deployments that a security gate blocked.",
        labels: &[label::WINDOW],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_CHANGE_FAILURE_RATIO,
        instrument: Instrument::Gauge,
        unit: "1",
        brief: "Share of deployments that led to a security incident.",
        labels: &[label::WINDOW],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_DEPLOYMENTS_PER_DAY,
        instrument: Instrument::Gauge,
        unit: "{deployment}/d",
        brief: "Deployments a day.",
        labels: &[label::WINDOW],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_DEPLOYMENTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{deployment}",
        brief: "Deployments.",
        labels: &[label::RESULT],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_LEAD_TIME_P50_HOURS,
        instrument: Instrument::Gauge,
        unit: "h",
        brief: "Median time from commit to deployment.",
        labels: &[label::WINDOW],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_LEAD_TIME_P95_HOURS,
        instrument: Instrument::Gauge,
        unit: "h",
        brief: "95th percentile of the time from commit to deployment.",
        labels: &[label::WINDOW],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_MTTR_HOURS,
        instrument: Instrument::Gauge,
        unit: "h",
        brief: "Time to remediate a vulnerability.",
        labels: &[label::WINDOW, label::SEVERITY, label::STATISTIC],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_OPEN_AGE_HOURS,
        instrument: Instrument::Gauge,
        unit: "h",
        brief: "Age of open vulnerabilities.",
        labels: &[label::WINDOW, label::SEVERITY],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_RECOVERY_TIME_P50_HOURS,
        instrument: Instrument::Gauge,
        unit: "h",
        brief: "Median time from a failed deployment to recovery.",
        labels: &[label::WINDOW],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_REWORK_RATIO,
        instrument: Instrument::Gauge,
        unit: "1",
        brief: "Share of deployments that repair an earlier one.",
        labels: &[label::WINDOW],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_SAMPLES,
        instrument: Instrument::Gauge,
        unit: "{sample}",
        brief: "Facts that a figure rests on.",
        labels: &[label::WINDOW, label::METRIC],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_DORA_SCAN_OVERHEAD_RATIO,
        instrument: Instrument::Gauge,
        unit: "1",
        brief: "Share of the lead time spent in scans.",
        labels: &[label::WINDOW],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_ENRICHMENT_CVSS_SCORE,
        instrument: Instrument::Histogram,
        unit: "{score}",
        brief: "CVSS base scores of enriched vulnerabilities.",
        labels: &[label::PRIORITY],
        buckets: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0],
    },
    MetricDef {
        name: SECOPS_ENRICHMENT_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Time spent in the stages of an enrichment.",
        labels: &[label::WORKFLOW, label::PRIORITY],
        buckets: &[
            30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1200.0, 1800.0, 3600.0,
        ],
    },
    MetricDef {
        name: SECOPS_ENRICHMENT_EPSS_SCORE,
        instrument: Instrument::Histogram,
        unit: "{score}",
        brief: "EPSS probabilities of enriched vulnerabilities.",
        labels: &[label::PRIORITY],
        buckets: &[0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0],
    },
    MetricDef {
        name: SECOPS_ENRICHMENT_KEV_TOTAL,
        instrument: Instrument::Counter,
        unit: "{enrichment}",
        brief: "Enrichments of vulnerabilities that are known to be exploited.",
        labels: &[label::PRIORITY],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_ENRICHMENT_STAGE_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Time spent in one stage of an enrichment.",
        labels: &[label::WORKFLOW, label::STAGE],
        buckets: &[
            1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1200.0, 1800.0, 3600.0,
        ],
    },
    MetricDef {
        name: SECOPS_ENRICHMENT_STAGE_OVER_BUDGET_TOTAL,
        instrument: Instrument::Counter,
        unit: "{stage}",
        brief: "Stages that took more than twice their budget.",
        labels: &[label::WORKFLOW, label::STAGE],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_ENRICHMENTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{enrichment}",
        brief: "Enrichments that ended.",
        labels: &[label::WORKFLOW, label::PRIORITY, label::OUTCOME],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_IP_API_CALLS_SAVED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{call}",
        brief: "Calls that the inventory made unnecessary.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_IP_API_CALLS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{call}",
        brief: "Calls to outside services.",
        labels: &[label::SOURCE],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_IP_ASN_MOVES_TOTAL,
        instrument: Instrument::Counter,
        unit: "{move}",
        brief: "Addresses that moved to another autonomous system.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_IP_CACHE_AGE_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Age of what the inventory answered.",
        labels: &[label::SOURCE],
        buckets: &[3600.0, 86400.0, 604_800.0, 2_592_000.0, 7_776_000.0],
    },
    MetricDef {
        name: SECOPS_IP_ENRICHMENT_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Duration of look-ups.",
        labels: &[label::SOURCE],
        buckets: &[0.000_001, 0.00001, 0.0001, 0.001, 0.01, 0.1, 1.0, 10.0],
    },
    MetricDef {
        name: SECOPS_IP_INVENTORY_IPS,
        instrument: Instrument::Gauge,
        unit: "{address}",
        brief: "Addresses in the inventory.",
        labels: &[label::STATE],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_IP_LOOKUPS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{lookup}",
        brief: "Look-ups of addresses.",
        labels: &[label::SOURCE, label::RESULT],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_IP_SOURCE_BUILD_TIMESTAMP_SECONDS,
        instrument: Instrument::Gauge,
        unit: "s",
        brief: "Time at which a source's data was built.",
        labels: &[label::SOURCE],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_IP_SOURCE_QUOTA_REMAINING,
        instrument: Instrument::Gauge,
        unit: "{call}",
        brief: "Calls that a source still allows.",
        labels: &[label::SOURCE],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_LATE_SPANS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{span}",
        brief: "Spans that arrived after their workflow became a record.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_LEDGER_SPANS,
        instrument: Instrument::Gauge,
        unit: "{item}",
        brief: "Spans, metric points, log records and records accepted, by where they are now. The states of a destination always add up.",
        labels: &[label::DESTINATION, label::STATE, label::REASON],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_METRIC_OVERFLOW_TOTAL,
        instrument: Instrument::Counter,
        unit: "{series}",
        brief: "Updates that went to an overflow series because a limit was reached.",
        labels: &[label::METRIC, label::LABEL],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_OPEN_DROPPED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{item}",
        brief: "Items that are open and not counted as such, because a rule's limit of open items was reached.",
        labels: &[label::ITEMS],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_PERPLEXITY_CALL_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Duration of calls to Perplexity.",
        labels: &[label::KIND],
        buckets: &[0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0],
    },
    MetricDef {
        name: SECOPS_PERPLEXITY_CALLS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{call}",
        brief: "Calls to Perplexity, failed ones included.",
        labels: &[label::KIND, label::OUTCOME],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_PERPLEXITY_COST_TOTAL,
        instrument: Instrument::Counter,
        unit: "{cost}",
        brief: "Cost of calls to Perplexity.",
        labels: &[label::KIND, label::CURRENCY],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_PERPLEXITY_TOKENS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{token}",
        brief: "Tokens sent to and received from Perplexity.",
        labels: &[label::KIND, label::DIRECTION],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_RECORD_WRITE_FAILURES_TOTAL,
        instrument: Instrument::Counter,
        unit: "{record}",
        brief: "Records that an attempt could not write, each attempt anew; they wait, and are tried again.",
        labels: &[label::KIND],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_RECORDS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{record}",
        brief: "Records, by what became of them.",
        labels: &[label::KIND, label::RESULT],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_REVIEW_DECISIONS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{decision}",
        brief: "Decisions whether an enrichment is to be reviewed.",
        labels: &[label::PRIORITY, label::DECISION],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_REVIEW_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Time spent in a review.",
        labels: &[label::INVESTIGATION_TYPE],
        buckets: &[600.0, 900.0, 1200.0, 1800.0],
    },
    MetricDef {
        name: SECOPS_REVIEW_FINDINGS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{finding}",
        brief: "Findings of reviews, by how grave they are.",
        labels: &[label::SEVERITY],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_REVIEW_SCORE,
        instrument: Instrument::Histogram,
        unit: "{score}",
        brief: "Overall scores of reviews.",
        labels: &[],
        buckets: &[50.0, 60.0, 70.0, 75.0, 80.0, 85.0, 90.0, 95.0, 100.0],
    },
    MetricDef {
        name: SECOPS_REVIEWS_CRITICAL_TOTAL,
        instrument: Instrument::Counter,
        unit: "{review}",
        brief: "Reviews that found at least one critical issue.",
        labels: &[label::INVESTIGATION_TYPE],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_REVIEWS_FIRST_PASS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{review}",
        brief: "Reviews that found neither a critical issue nor a significant gap.",
        labels: &[label::INVESTIGATION_TYPE],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_REVIEWS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{review}",
        brief: "Reviews that ended.",
        labels: &[label::CLASSIFICATION],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_SNAPSHOT_COVERAGE_RATIO,
        instrument: Instrument::Gauge,
        unit: "1",
        brief: "Share of sessions with a complete snapshot.",
        labels: &[label::FIELD],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_TICKET_OLDEST_OPEN_TIMESTAMP_SECONDS,
        instrument: Instrument::Gauge,
        unit: "s",
        brief: "When the enrichment of the longest open ticket was complete. Absent while none is open.",
        labels: &[label::PRIORITY],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_TICKET_SERVICE_LEVEL_TOTAL,
        instrument: Instrument::Counter,
        unit: "{ticket}",
        brief: "Closed tickets, by whether they met their service level. Tickets without one are not counted.",
        labels: &[label::PRIORITY, label::RESULT],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_TICKETS_CLOSED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{ticket}",
        brief: "Tickets that were closed.",
        labels: &[label::PRIORITY],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_TICKETS_OPEN,
        instrument: Instrument::Gauge,
        unit: "{ticket}",
        brief: "Tickets that were enriched and not closed since.",
        labels: &[label::PRIORITY],
        buckets: &[],
    },
    MetricDef {
        name: SECOPS_WAL_BYTES,
        instrument: Instrument::Gauge,
        unit: "By",
        brief: "Bytes that the log holds.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SECURITY_ENRICHMENTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{enrichment}",
        brief: "Legacy alias of `secops_enrichments_total`, off by default.",
        labels: &[label::PRIORITY],
        buckets: &[],
    },
    MetricDef {
        name: SECURITY_INCIDENT_ALERTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{alert}",
        brief: "Alerts of security incidents.",
        labels: &[label::SEVERITY],
        buckets: &[],
    },
    MetricDef {
        name: SECURITY_PATCHES_APPLIED_TOTAL,
        instrument: Instrument::Counter,
        unit: "{patch}",
        brief: "Security patches applied.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SECURITY_QUALITY_SCORE,
        instrument: Instrument::Gauge,
        unit: "{score}",
        brief: "Overall score of the latest review, off by default. Legacy dashboards average it over time; `secops_review_score` weighs each review.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: SECURITY_REVIEW_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Legacy alias of `secops_review_duration_seconds`, off by default.",
        labels: &[],
        buckets: &[600.0, 900.0, 1200.0, 1800.0],
    },
    MetricDef {
        name: SECURITY_SCAN_RESULTS,
        instrument: Instrument::Gauge,
        unit: "{finding}",
        brief: "Findings of the latest scans.",
        labels: &[label::SEVERITY],
        buckets: &[],
    },
    MetricDef {
        name: SUSPICIOUS_REQUEST_PATTERNS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{request}",
        brief: "Requests that match a suspicious pattern.",
        labels: &[label::PATTERN],
        buckets: &[],
    },
    MetricDef {
        name: TRACES_SPAN_METRICS_CALLS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{call}",
        brief: "Spans seen. Name and labels are those of the upstream span metrics connector.",
        labels: &[
            label::SERVICE_NAME,
            label::SPAN_NAME,
            label::SPAN_KIND,
            label::STATUS_CODE,
        ],
        buckets: &[],
    },
    MetricDef {
        name: TRACES_SPAN_METRICS_DURATION_MILLISECONDS,
        instrument: Instrument::Histogram,
        unit: "ms",
        brief: "Duration of spans, in the upstream connector's default unit.",
        labels: &[
            label::SERVICE_NAME,
            label::SPAN_NAME,
            label::SPAN_KIND,
            label::STATUS_CODE,
        ],
        buckets: &[],
    },
    MetricDef {
        name: TRACES_SPAN_METRICS_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Duration of spans.",
        labels: &[
            label::SERVICE_NAME,
            label::SPAN_NAME,
            label::SPAN_KIND,
            label::STATUS_CODE,
        ],
        buckets: &[],
    },
    MetricDef {
        name: TRACES_SPAN_METRICS_EVENTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{event}",
        brief: "Span events seen.",
        labels: &[
            label::SERVICE_NAME,
            label::SPAN_NAME,
            label::SPAN_KIND,
            label::STATUS_CODE,
            label::EVENT_NAME,
        ],
        buckets: &[],
    },
    MetricDef {
        name: TRACES_SPANMETRICS_CALLS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{call}",
        brief: "Spans seen, under the name that Tempo's metrics generator uses.",
        labels: &[
            label::SERVICE,
            label::SPAN_NAME,
            label::SPAN_KIND,
            label::STATUS_CODE,
        ],
        buckets: &[],
    },
    MetricDef {
        name: TRACES_SPANMETRICS_LATENCY,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Duration of spans, under the name that Tempo's metrics generator uses.",
        labels: &[
            label::SERVICE,
            label::SPAN_NAME,
            label::SPAN_KIND,
            label::STATUS_CODE,
        ],
        buckets: &[],
    },
    MetricDef {
        name: TRACES_SPANMETRICS_SIZE_TOTAL,
        instrument: Instrument::Counter,
        unit: "By",
        brief: "Size of spans, under the name that Tempo's metrics generator uses.",
        labels: &[
            label::SERVICE,
            label::SPAN_NAME,
            label::SPAN_KIND,
            label::STATUS_CODE,
        ],
        buckets: &[],
    },
    MetricDef {
        name: TRUST_TOKEN_VALIDATION_ATTEMPTS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{validation}",
        brief: "Credentials checked.",
        labels: &[],
        buckets: &[],
    },
    MetricDef {
        name: TRUST_TOKEN_VALIDATION_DURATION_SECONDS,
        instrument: Instrument::Histogram,
        unit: "s",
        brief: "Duration of credential checks.",
        labels: &[],
        buckets: &[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0],
    },
    MetricDef {
        name: TRUST_TOKEN_VALIDATION_FAILURES_TOTAL,
        instrument: Instrument::Counter,
        unit: "{validation}",
        brief: "Credentials refused.",
        labels: &[label::REASON],
        buckets: &[],
    },
    MetricDef {
        name: TRUST_TOKEN_VALIDATION_SUCCESS_TOTAL,
        instrument: Instrument::Counter,
        unit: "{validation}",
        brief: "Credentials accepted.",
        labels: &[],
        buckets: &[],
    },
];
