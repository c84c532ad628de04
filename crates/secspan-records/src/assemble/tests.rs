//! Which value wins, how calls are counted, what is said of a workflow that is no record.

use insta::assert_snapshot;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::SpanId;

use super::*;
use crate::definition::Definitions;
use crate::terms::PerplexityKind;

const SECOND: u64 = 1_000_000_000;

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
        stage: Definitions::built_in().stage(name),
        ..span(id, start, end)
    }
}

fn root() -> SpanFacts {
    let mut root = span(1, 0, 100);
    for (fact, value) in [
        (Fact::Workflow, "security-alert-enrichment-v1"),
        (Fact::Ticket, "OPS-1"),
        (Fact::Analyst, "Mira"),
        (Fact::Priority, "P2"),
    ] {
        root.set(fact, text(value));
    }
    root
}

fn join(root: &SpanFacts, members: &[SpanFacts]) -> Result<Record, Box<Incomplete>> {
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
        kind: WorkflowKind::Enrichment,
        root,
        members,
        calls,
    };
    assemble(&workflow, EpssUnit::Guess)
}

#[test]
fn epss_is_read_in_the_unit_that_senders_use() {
    let mut root = root();
    root.set(Fact::Epss, FactValue::Double(0.5));
    let workflow = Workflow {
        trace: TraceId([9; 16]),
        kind: WorkflowKind::Enrichment,
        root: &root,
        members: Vec::new(),
        calls: Vec::new(),
    };
    for (unit, probability) in [
        (EpssUnit::Guess, 0.5),
        (EpssUnit::Probability, 0.5),
        (EpssUnit::Percent, 0.005),
    ] {
        let record = assemble(&workflow, unit).unwrap();
        let epss = record.field("epss_score");
        assert_eq!(
            epss,
            Some(crate::record::FieldValue::Float(probability)),
            "{unit:?}"
        );
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
    early.set(Fact::Cvss, FactValue::Double(1.0));
    early.set(Fact::Ticket, text("OPS-2"));
    let mut late = span(3, 0, 20);
    late.set(Fact::Cvss, FactValue::Int(9));
    let members = [late.clone(), early.clone()];
    assert_eq!(field(&root(), &members, "cvss_score"), "9.0");
    assert_eq!(field(&root(), &[early, late], "cvss_score"), "9.0");
    assert_eq!(field(&root(), &members, "ticket_id"), "\"OPS-1\"");
}

#[test]
fn values_are_read_in_every_shape_that_sdks_send() {
    for (fact, value, name, expected) in [
        (Fact::Cvss, text("7.5"), "cvss_score", "7.5"),
        (Fact::Epss, FactValue::Double(42.0), "epss_score", "0.42"),
        (
            Fact::KnownExploited,
            text("Not Listed"),
            "kev_status",
            "false",
        ),
        (Fact::SourceCount, text("18"), "sources_cited", "18"),
        (
            Fact::SourceCount,
            FactValue::Double(4.0),
            "sources_cited",
            "4",
        ),
        (
            Fact::Techniques,
            text("[\"T1059\", \"T1566\"]"),
            "mitre_techniques_mapped",
            "2",
        ),
        (
            Fact::Techniques,
            FactValue::List(3),
            "mitre_techniques_mapped",
            "3",
        ),
        (Fact::Techniques, text("[]"), "mitre_techniques_mapped", "0"),
        (Fact::Ticket, FactValue::Int(4711), "ticket_id", "\"4711\""),
        (
            Fact::Vulnerability,
            text("cve-2025-1234"),
            "cve_id",
            "\"CVE-2025-1234\"",
        ),
        (Fact::Vulnerability, text("GHSA-abcd"), "cve_id", "null"),
        (
            Fact::Vulnerability,
            text("GHSA-abcd"),
            "vulnerability_id",
            "\"GHSA-abcd\"",
        ),
        (Fact::Priority, text("p1"), "priority_assigned", "\"P1\""),
        (
            Fact::TriagePriority,
            text("P5"),
            "priority_assigned",
            "\"P2\"",
        ),
    ] {
        let mut root = root();
        root.set(fact, value.clone());
        assert_eq!(field(&root, &[], name), expected, "{value:?}");
    }
}

#[test]
fn what_reads_without_loss_is_read_and_what_does_not_costs_that_value() {
    for (fact, value, name, expected) in [
        (
            Fact::Ticket,
            FactValue::Double(4711.0),
            "ticket_id",
            "\"4711\"",
        ),
        (
            Fact::KnownExploited,
            FactValue::Int(1),
            "kev_status",
            "true",
        ),
        (
            Fact::KnownExploited,
            FactValue::Double(0.0),
            "kev_status",
            "false",
        ),
        // What no type of it can say costs that value, and nothing else.
        (Fact::Cvss, FactValue::Bool(true), "cvss_score", "null"),
        (
            Fact::KnownExploited,
            FactValue::Int(2),
            "kev_status",
            "null",
        ),
        (
            Fact::SourceCount,
            FactValue::Double(3.5),
            "sources_cited",
            "0",
        ),
        (
            Fact::Techniques,
            FactValue::Other,
            "mitre_techniques_mapped",
            "0",
        ),
    ] {
        let mut root = root();
        root.set(fact, value.clone());
        assert_eq!(field(&root, &[], name), expected, "{value:?}");
    }
}

#[test]
fn the_priority_of_triage_counts_where_none_was_assigned() {
    let mut root = root();
    root.facts.retain(|(fact, _)| *fact != Fact::Priority);
    root.set(Fact::TriagePriority, text("P5"));
    assert_eq!(field(&root, &[], "priority_assigned"), "\"P5\"");
}

#[test]
fn every_call_counts_and_the_deepest_that_succeeded_is_the_tool() {
    let call = |kind, succeeded, citations| PerplexityCall {
        time: UnixNanos(1),
        kind,
        succeeded,
        citations,
    };
    let mut stage = stage(2, "cve_research", 0, 10);
    stage.calls = vec![
        call(Some(PerplexityKind::Reason), true, 2),
        call(Some(PerplexityKind::DeepResearch), false, 0),
        call(None, true, 3),
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
    failed.set(Fact::Outcome, text("timeout"));
    assert_eq!(field(&failed, &[], "outcome"), "\"timeout\"");
    let mut broken_stage = stage(2, "triage", 0, 10);
    broken_stage.failed = true;
    broken_stage.set(Fact::Outcome, text("error"));
    assert_eq!(
        field(&root(), &[broken_stage], "outcome"),
        "null",
        "a stage was retried, say"
    );
}

#[test]
fn what_is_no_record_is_said_whole() {
    let mut root = root();
    root.facts
        .retain(|(fact, _)| !matches!(fact, Fact::Analyst | Fact::Ticket));
    root.set(Fact::Cvss, FactValue::Double(11.0));
    root.set(Fact::Vulnerability, text("CVE-25-1"));
    root.set(Fact::Outcome, text("perhaps"));
    root.set(Fact::SourceCount, FactValue::Int(-1));
    let unfinished = join(&root, &[]).unwrap_err();
    assert_eq!(unfinished.priority, Some(Priority::P2));
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
