//! Records as OTLP log records, for destinations of a logs pipeline that is fed by the workflow join.
//!
//! The body is the record's line, the same text that the record files have; trace and workflow span are the log record's
//! own. There is no event name: a receiver that folds events onto spans must not fold a record onto the workflow that it
//! was made from.

use bytes::Bytes;
use secspan_otlp::encode::{LogRequest, LogWriter, Scope};
use secspan_otlp::time::UnixNanos;
use secspan_records::assemble::Incomplete;
use secspan_records::join::Joined;
use secspan_records::origin::Identity;
use secspan_records::timestamp::Timestamp;
use secspan_semconv::attribute;

/// Severity numbers of the OTLP log data model.
const INFO: (i32, &str) = (9, "INFO");
const WARN: (i32, &str) = (13, "WARN");
const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// An `ExportLogsServiceRequest` with one log record per element.
pub(super) fn to_logs(records: &[Joined], now: UnixNanos) -> Bytes {
    let mut request = LogRequest::new();
    request.resource(
        &[(attribute::SERVICE_NAME, env!("CARGO_PKG_NAME").into())],
        |resource| {
            let scope = Scope {
                name: env!("CARGO_PKG_NAME"),
                ..Scope::default()
            };
            resource.scope(&scope, |scope| {
                for joined in records {
                    scope.log(|log| write(log.observed_time(now), joined));
                }
            });
        },
    );
    request.finish().into()
}

fn write(log: &mut LogWriter<'_>, joined: &Joined) {
    match joined {
        Joined::Record(record) => {
            log.time(nanos(record.completed_at()))
                .severity(INFO.0, INFO.1);
            log.body(record.to_line().as_str());
            if let Some(workflow) = record.workflow() {
                log.attribute(attribute::SECOPS_WORKFLOW_NAME, workflow);
            }
            log.attribute(attribute::SECOPS_OUTCOME, record.outcome().as_str());
            if let Some(identity) = record.identity() {
                identify(log, identity);
            }
        }
        Joined::Rejected(incomplete) => {
            let reasons = incomplete.reasons.join("; ");
            log.severity(WARN.0, WARN.1);
            log.body(format!("rejected ({reasons}): {}", incomplete.partial).as_str());
            write_incomplete(log, incomplete);
        }
        Joined::Incomplete(incomplete) => {
            log.severity(INFO.0, INFO.1)
                .body(incomplete.partial.as_str());
            write_incomplete(log, incomplete);
        }
        Joined::Orphaned(orphaned) => {
            let text = format!("no workflow span arrived for {} spans", orphaned.spans);
            log.severity(WARN.0, WARN.1)
                .body(text.as_str())
                .trace_id(orphaned.trace);
            if let Some(subject) = &orphaned.subject {
                log.attribute(attribute::SECOPS_TICKET_ID, subject.as_str());
            }
        }
    }
}

fn write_incomplete(log: &mut LogWriter<'_>, incomplete: &Incomplete) {
    log.time(nanos(incomplete.completed_at));
    if !incomplete.workflow.is_empty() {
        log.attribute(
            attribute::SECOPS_WORKFLOW_NAME,
            incomplete.workflow.as_str(),
        );
    }
    log.attribute(attribute::SECOPS_OUTCOME, incomplete.outcome.as_str());
    if let Some(identity) = incomplete.identity {
        identify(log, identity);
    }
}

fn identify(log: &mut LogWriter<'_>, identity: Identity) {
    log.trace_id(identity.trace).span_id(identity.span);
}

fn nanos(time: Timestamp) -> UnixNanos {
    let seconds = u64::try_from(time.unix_seconds()).unwrap_or(0);
    UnixNanos(seconds.saturating_mul(NANOS_PER_SECOND))
}

#[cfg(test)]
mod tests {
    use secspan_otlp::keys::Keys;
    use secspan_otlp::view::LogView;
    use secspan_otlp::view::{SpanId, TraceId, Value};
    use secspan_otlp::walk::{self, WalkLimits};
    use secspan_records::join::Orphaned;
    use secspan_records::origin::Reading;
    use secspan_records::outcome::Outcome;
    use secspan_records::record::Record;
    use secspan_testkit::kinds::ENRICHMENT;

    use super::*;

    const LINE: &str = r#"{"workflow_id":"security-alert-enrichment-v1","ticket_id":"T-1","cve_id":null,"analyst":"A","enrichment_date":"2026-01-02T03:04:05Z","total_duration_seconds":3,"stage_durations":{"stage1_fetch_ticket":1,"stage2_research_cve":2,"stage3_priority_assessment":0,"stage4_context_analysis":0,"stage5_remediation_guidance":0,"stage6_update_jira":0},"perplexity_tool":null,"perplexity_queries":0,"priority_assigned":"P3","cvss_score":null,"epss_score":null,"kev_status":null,"sources_cited":0,"mitre_techniques_mapped":0}"#;

    #[test]
    fn a_record_is_its_line() {
        let record = Record::from_line(&ENRICHMENT, LINE, Reading::default()).unwrap();
        let line = record.to_line();
        assert!(line.contains("T-1"));
        let logs = to_logs(&[Joined::Record(record)], UnixNanos(9));
        let mut visit = |log: &LogView<'_, '_>| {
            assert_eq!(log.body.as_str(), Some(line.as_str()));
            let workflow = log.attributes.by_key(attribute::SECOPS_WORKFLOW_NAME);
            assert_eq!(
                workflow.unwrap().as_str(),
                Some("security-alert-enrichment-v1")
            );
        };
        walk::logs(&logs, &Keys::new(), &WalkLimits::default(), &mut visit).unwrap();
    }

    #[test]
    fn all_else_becomes_one_log_record() {
        let identity = Identity {
            trace: TraceId([1; 16]),
            span: SpanId([2; 8]),
        };
        let incomplete = Box::new(Incomplete {
            kind: &ENRICHMENT,
            identity: Some(identity),
            workflow: "a workflow".to_owned(),
            outcome: Outcome::Failure,
            draft: Record::new(&ENRICHMENT),
            completed_at: Timestamp::from_unix_seconds(5),
            partial: "{}".to_owned(),
            reasons: vec!["no ticket".to_owned(), "no analyst".to_owned()],
        });
        let orphaned = Orphaned {
            trace: TraceId([3; 16]),
            spans: 4,
            subject: Some("T-1".to_owned()),
        };
        let records = [
            Joined::Rejected(incomplete.clone()),
            Joined::Incomplete(incomplete),
            Joined::Orphaned(orphaned),
        ];
        let logs = to_logs(&records, UnixNanos(9));
        let mut seen = Vec::new();
        let mut visit = |log: &LogView<'_, '_>| {
            let Value::Str(body) = log.body else {
                panic!("{:?}", log.body)
            };
            seen.push((body.to_owned(), log.trace_id(), log.time.0));
        };
        walk::logs(&logs, &Keys::new(), &WalkLimits::default(), &mut visit).unwrap();
        let five = 5 * NANOS_PER_SECOND;
        let expected = [
            (
                "rejected (no ticket; no analyst): {}",
                Some(TraceId([1; 16])),
                five,
            ),
            ("{}", Some(TraceId([1; 16])), five),
            (
                "no workflow span arrived for 4 spans",
                Some(TraceId([3; 16])),
                0,
            ),
        ];
        let seen: Vec<_> = seen
            .iter()
            .map(|(body, trace, time)| (body.as_str(), *trace, *time))
            .collect();
        assert_eq!(seen, expected);
    }
}
