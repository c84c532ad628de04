//! Which value wins, how calls are counted, what is said of a workflow that is no record.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on panics; that is its report"
)]

use insta::assert_snapshot;
use secspan_enrichment::kinds::{ENRICHMENT, KINDS};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, TraceId};
use secspan_records::assemble::{Incomplete, Member, Workflow, assemble};
use secspan_records::capture::CallFacts;
use secspan_records::definition::Definitions;
use secspan_records::facts::{Call, Fact, FactValue, SpanFacts};
use secspan_records::record::{FieldValue, Record};
use secspan_records::value::ShareUnit;
use secspan_semconv::attribute;

const SECOND: u64 = 1_000_000_000;

fn definitions() -> Definitions {
    Definitions::of(KINDS)
}

fn fact(key: &str) -> Fact {
    definitions().fact(key).unwrap()
}

fn text(text: &str) -> FactValue {
    FactValue::Text(text.into())
}

fn span(id: u8, start: u64, end: u64) -> SpanFacts {
    SpanFacts {
        span: SpanId([id; 8]),
        start: UnixNanos(start * SECOND),
        end: UnixNanos(end * SECOND),
        ..SpanFacts::default()
    }
}

fn stage(id: u8, name: &str, start: u64, end: u64) -> SpanFacts {
    SpanFacts {
        stage: definitions().stage(name),
        ..span(id, start, end)
    }
}

fn root() -> SpanFacts {
    let mut root = span(1, 0, 100);
    for (key, value) in [
        (
            attribute::SECOPS_WORKFLOW_NAME,
            "security-alert-enrichment-v1",
        ),
        (attribute::SECOPS_TICKET_ID, "OPS-1"),
        (attribute::SECOPS_ANALYST_NAME, "Mira"),
        (attribute::SECOPS_PRIORITY, "P2"),
    ] {
        root.set(fact(key), text(value));
    }
    root
}

fn join(root: &SpanFacts, members: &[SpanFacts]) -> Result<Record<'static>, Box<Incomplete>> {
    let calls = members
        .iter()
        .chain([root])
        .flat_map(|span| span.calls.clone())
        .collect();
    let members = members
        .iter()
        .map(|span| Member {
            span,
            enclosing: None,
        })
        .collect();
    let trace = TraceId([9; 16]);
    let workflow = Workflow {
        trace,
        kind: &ENRICHMENT,
        root,
        members,
        calls,
    };
    assemble(&workflow, &definitions(), ShareUnit::Guess)
}

#[test]
fn epss_is_read_in_the_unit_that_senders_use() {
    let mut root = root();
    root.set(
        fact(attribute::SECOPS_VULNERABILITY_EPSS_SCORE),
        FactValue::Double(0.5),
    );
    let workflow = Workflow {
        trace: TraceId([9; 16]),
        kind: &ENRICHMENT,
        root: &root,
        members: Vec::new(),
        calls: Vec::new(),
    };
    for (unit, probability) in [
        (ShareUnit::Guess, 0.5),
        (ShareUnit::Share, 0.5),
        (ShareUnit::Percent, 0.005),
    ] {
        let record = assemble(&workflow, &definitions(), unit).unwrap();
        let epss = record.field("epss_score");
        assert_eq!(epss, Some(FieldValue::Float(probability)), "{unit:?}");
    }
}

fn field(root: &SpanFacts, members: &[SpanFacts], name: &str) -> String {
    let record = join(root, members).unwrap_or_else(|reasons| panic!("{reasons:?}"));
    let line: serde_json::Value = serde_json::from_str(&record.to_line()).unwrap();
    line[name].to_string()
}

#[test]
fn the_smallest_workflow_is_a_record() {
    assert_snapshot!(join(&root(), &[]).unwrap().to_line(), @r#"{"workflow_id":"security-alert-enrichment-v1","ticket_id":"OPS-1","cve_id":null,"analyst":"Mira","enrichment_date":"1970-01-01T00:01:40Z","total_duration_seconds":100,"stage_durations":{"stage1_fetch_ticket":0,"stage2_research_cve":0,"stage3_priority_assessment":0,"stage4_context_analysis":0,"stage5_remediation_guidance":0,"stage6_update_jira":0},"perplexity_tool":null,"perplexity_queries":0,"priority_assigned":"P2","cvss_score":null,"epss_score":null,"kev_status":null,"sources_cited":0,"mitre_techniques_mapped":0,"schema_version":"1","perplexity_tool_counts":{"search":0,"reason":0,"deep_research":0},"stage_durations_detail":{"triage":0,"cve_research":0,"attack_mapping":0,"priority_assessment":0,"business_context":0,"remediation_planning":0,"documentation":0,"jira_update":0},"elapsed_seconds":100,"trace_id":"09090909090909090909090909090909","span_id":"0101010101010101"}"#);
}

#[test]
fn the_workflow_span_wins_then_the_span_that_ended_last() {
    let mut early = span(2, 0, 10);
    early.set(
        fact(attribute::SECOPS_VULNERABILITY_SCORE_BASE),
        FactValue::Double(1.0),
    );
    early.set(fact(attribute::SECOPS_TICKET_ID), text("OPS-2"));
    let mut late = span(3, 0, 20);
    late.set(
        fact(attribute::SECOPS_VULNERABILITY_SCORE_BASE),
        FactValue::Int(9),
    );
    let members = [late.clone(), early.clone()];
    assert_eq!(field(&root(), &members, "cvss_score"), "9.0");
    assert_eq!(field(&root(), &[early, late], "cvss_score"), "9.0");
    assert_eq!(field(&root(), &members, "ticket_id"), "\"OPS-1\"");
}

#[test]
fn numbers_are_read_in_every_shape_that_sdks_send() {
    for (key, value, name, expected) in [
        (
            attribute::SECOPS_VULNERABILITY_SCORE_BASE,
            text("7.5"),
            "cvss_score",
            "7.5",
        ),
        (
            attribute::SECOPS_VULNERABILITY_EPSS_SCORE,
            FactValue::Double(42.0),
            "epss_score",
            "0.42",
        ),
        (
            attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
            text("Not Listed"),
            "kev_status",
            "false",
        ),
        (
            attribute::SECOPS_ENRICHMENT_SOURCE_COUNT,
            text("18"),
            "sources_cited",
            "18",
        ),
        (
            attribute::SECOPS_ENRICHMENT_SOURCE_COUNT,
            FactValue::Double(4.0),
            "sources_cited",
            "4",
        ),
        (
            attribute::SECOPS_ENRICHMENT_TECHNIQUES,
            text("[\"T1059\", \"T1566\"]"),
            "mitre_techniques_mapped",
            "2",
        ),
        (
            attribute::SECOPS_ENRICHMENT_TECHNIQUES,
            FactValue::List(3),
            "mitre_techniques_mapped",
            "3",
        ),
        (
            attribute::SECOPS_ENRICHMENT_TECHNIQUES,
            text("[]"),
            "mitre_techniques_mapped",
            "0",
        ),
    ] {
        let mut root = root();
        root.set(fact(key), value.clone());
        assert_eq!(field(&root, &[], name), expected, "{value:?}");
    }
}

#[test]
fn names_and_words_are_read_in_every_shape_that_sdks_send() {
    for (key, value, name, expected) in [
        (
            attribute::SECOPS_TICKET_ID,
            FactValue::Int(4711),
            "ticket_id",
            "\"4711\"",
        ),
        (
            attribute::SECOPS_VULNERABILITY_ID,
            text("cve-2025-1234"),
            "cve_id",
            "\"CVE-2025-1234\"",
        ),
        (
            attribute::SECOPS_VULNERABILITY_ID,
            text("GHSA-abcd"),
            "cve_id",
            "null",
        ),
        (
            attribute::SECOPS_VULNERABILITY_ID,
            text("GHSA-abcd"),
            "vulnerability_id",
            "\"GHSA-abcd\"",
        ),
        (
            attribute::SECOPS_PRIORITY,
            text("p1"),
            "priority_assigned",
            "\"P1\"",
        ),
        (
            attribute::SECOPS_TRIAGE_PRIORITY,
            text("P5"),
            "priority_assigned",
            "\"P2\"",
        ),
    ] {
        let mut root = root();
        root.set(fact(key), value.clone());
        assert_eq!(field(&root, &[], name), expected, "{value:?}");
    }
}

#[test]
fn what_reads_without_loss_is_read_and_what_does_not_costs_that_value() {
    for (key, value, name, expected) in [
        (
            attribute::SECOPS_TICKET_ID,
            FactValue::Double(4711.0),
            "ticket_id",
            "\"4711\"",
        ),
        (
            attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
            FactValue::Int(1),
            "kev_status",
            "true",
        ),
        (
            attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
            FactValue::Double(0.0),
            "kev_status",
            "false",
        ),
        // What no type of it can say costs that value, and nothing else.
        (
            attribute::SECOPS_VULNERABILITY_SCORE_BASE,
            FactValue::Bool(true),
            "cvss_score",
            "null",
        ),
        (
            attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED,
            FactValue::Int(2),
            "kev_status",
            "null",
        ),
        (
            attribute::SECOPS_ENRICHMENT_SOURCE_COUNT,
            FactValue::Double(3.5),
            "sources_cited",
            "0",
        ),
        (
            attribute::SECOPS_ENRICHMENT_TECHNIQUES,
            FactValue::Other,
            "mitre_techniques_mapped",
            "0",
        ),
    ] {
        let mut root = root();
        root.set(fact(key), value.clone());
        assert_eq!(field(&root, &[], name), expected, "{value:?}");
    }
}

#[test]
fn the_priority_of_triage_counts_where_none_was_assigned() {
    let mut root = root();
    let priority = fact(attribute::SECOPS_PRIORITY);
    root.facts.retain(|(fact, _)| *fact != priority);
    root.set(fact(attribute::SECOPS_TRIAGE_PRIORITY), text("P5"));
    assert_eq!(field(&root, &[], "priority_assigned"), "\"P5\"");
}

#[test]
fn every_call_counts_and_the_deepest_that_succeeded_is_the_tool() {
    let call = |sort, error, citations| -> Call {
        let facts = CallFacts {
            sort,
            error,
            amount: Some(FactValue::Int(citations)),
            ..CallFacts::default()
        };
        definitions().call(0, UnixNanos(1), &facts).unwrap()
    };
    let mut stage = stage(2, "cve_research", 0, 10);
    stage.calls = vec![
        call(Some("reason"), false, 2),
        call(Some("deep_research"), true, 0),
        call(None, false, 3),
    ];
    let members = [stage];
    assert_eq!(field(&root(), &members, "perplexity_queries"), "3");
    assert_eq!(field(&root(), &members, "perplexity_tool"), "\"reason\"");
    assert_eq!(field(&root(), &members, "sources_cited"), "5");
    let counts = r#"{"deep_research":1,"reason":1,"search":0}"#;
    assert_eq!(field(&root(), &members, "perplexity_tool_counts"), counts);
    assert_eq!(field(&root(), &[], "perplexity_tool"), "null");
}

#[test]
fn the_time_between_stages_is_in_elapsed_alone() {
    let members = [
        stage(2, "triage", 10, 20),
        stage(3, "stage6_update_jira", 50, 55),
    ];
    assert_eq!(field(&root(), &members, "total_duration_seconds"), "15");
    assert_eq!(field(&root(), &members, "elapsed_seconds"), "100");
    assert_eq!(
        field(&root(), &[], "total_duration_seconds"),
        "100",
        "no stage span at all"
    );
}

#[test]
fn an_outcome_needs_no_stage_to_fail() {
    let mut failed = root();
    failed.failed = true;
    assert_eq!(field(&failed, &[], "outcome"), "\"failure\"");
    failed.set(fact(attribute::SECOPS_OUTCOME), text("timeout"));
    assert_eq!(field(&failed, &[], "outcome"), "\"timeout\"");
    let mut broken_stage = stage(2, "triage", 0, 10);
    broken_stage.failed = true;
    broken_stage.set(fact(attribute::SECOPS_OUTCOME), text("error"));
    assert_eq!(
        field(&root(), &[broken_stage], "outcome"),
        "null",
        "a stage was retried, say"
    );
}

#[test]
fn what_is_no_record_is_said_whole() {
    let mut root = root();
    let gone = [attribute::SECOPS_ANALYST_NAME, attribute::SECOPS_TICKET_ID].map(fact);
    root.facts.retain(|(fact, _)| !gone.contains(fact));
    root.set(
        fact(attribute::SECOPS_VULNERABILITY_SCORE_BASE),
        FactValue::Double(11.0),
    );
    root.set(fact(attribute::SECOPS_VULNERABILITY_ID), text("CVE-25-1"));
    root.set(fact(attribute::SECOPS_OUTCOME), text("perhaps"));
    root.set(
        fact(attribute::SECOPS_ENRICHMENT_SOURCE_COUNT),
        FactValue::Int(-1),
    );
    let unfinished = join(&root, &[]).unwrap_err();
    let priority = unfinished.draft.field("priority_assigned");
    assert!(matches!(priority, Some(FieldValue::Text("P2"))));
    assert_snapshot!(unfinished.reasons.join("\n"), @r#"
    cve_id: "CVE-25-1" is not a CVE identifier such as CVE-2025-40112
    cvss_score: 11 is out of range; allowed is a CVSS base score from 0 to 10
    sources_cited: -1 is not a whole number, 0 or more
    outcome: "perhaps" is not one of success, failure, error, timeout, cancelled, skipped
    ticket_id: missing; set secops.ticket.id on a span of the workflow
    analyst: missing; set secops.analyst.name on a span of the workflow
    "#);
    assert_snapshot!(unfinished.partial, @r#"{"workflow_id":"security-alert-enrichment-v1","ticket_id":null,"cve_id":null,"analyst":null,"enrichment_date":"1970-01-01T00:01:40Z","total_duration_seconds":100,"stage_durations":{"stage1_fetch_ticket":0,"stage2_research_cve":0,"stage3_priority_assessment":0,"stage4_context_analysis":0,"stage5_remediation_guidance":0,"stage6_update_jira":0},"perplexity_tool":null,"perplexity_queries":0,"priority_assigned":"P2","cvss_score":null,"epss_score":null,"kev_status":null,"mitre_techniques_mapped":0,"schema_version":"1","perplexity_tool_counts":{"search":0,"reason":0,"deep_research":0},"stage_durations_detail":{"triage":0,"cve_research":0,"attack_mapping":0,"priority_assessment":0,"business_context":0,"remediation_planning":0,"documentation":0,"jira_update":0},"elapsed_seconds":100,"trace_id":"09090909090909090909090909090909","span_id":"0101010101010101"}"#);
}
