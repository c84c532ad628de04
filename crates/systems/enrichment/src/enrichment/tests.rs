//! The line of the contract to the byte, round trips, and what is accepted and refused.

use insta::assert_snapshot;
use proptest::prelude::*;
use secspan_otlp::view::{SpanId, TraceId};
use secspan_records::invalid::Invalid;
use secspan_records::origin::{Identity, Reading};
use secspan_records::outcome::Outcome;
use secspan_records::record::FieldValue;
use secspan_records::value::ShareUnit;

use super::*;
use crate::kinds::KINDS;

/// The example of the contract.
const EXAMPLE: &str = r#"{"workflow_id":"security-alert-enrichment-v1","ticket_id":"OPS-771","cve_id":"CVE-2025-40112","analyst":"Mira (Security Analyst)","enrichment_date":"2025-12-03T09:41:07Z","total_duration_seconds":655,"stage_durations":{"stage1_fetch_ticket":41,"stage2_research_cve":262,"stage3_priority_assessment":77,"stage4_context_analysis":108,"stage5_remediation_guidance":119,"stage6_update_jira":48},"perplexity_tool":"deep_research","perplexity_queries":2,"priority_assigned":"P1","cvss_score":9.1,"epss_score":0.4213,"kev_status":true,"sources_cited":6,"mitre_techniques_mapped":2,"perplexity_tool_counts":{"search":0,"reason":1,"deep_research":1}}"#;

const STRICT: Reading = Reading {
    share_unit: ShareUnit::Guess,
    strict: true,
};

fn record_of(line: &str, reading: Reading) -> Result<Record<'static>, Invalid> {
    Record::from_line(&ENRICHMENT, line, reading)
}

fn typed(record: &Record<'static>) -> Enrichment<'static> {
    Enrichment::of(record).expect("an enrichment")
}

fn read(line: &str) -> Result<Enrichment<'static>, String> {
    let record = record_of(line, Reading::default());
    record
        .map(|record| typed(&record))
        .map_err(|invalid| invalid.to_string())
}

#[test]
fn the_example_is_written_as_it_was_read() {
    let record = record_of(EXAMPLE, STRICT).unwrap();
    let line = record.to_line();
    assert_eq!(line.replace(r#""schema_version":"1","#, ""), EXAMPLE);
}

#[test]
fn a_full_record_has_its_extras_at_the_end() {
    let mut enrichment = typed(&record_of(EXAMPLE, STRICT).unwrap());
    let durations = Enrichment::durations(
        [
            Some(41_400),
            Some(200_300),
            Some(61_300),
            None,
            Some(1_000),
            None,
            Some(700),
            Some(600),
        ]
        .map(|millis: Option<u64>| millis.map(|millis| millis * 1_000_000)),
    );
    enrichment.cve = None;
    enrichment.cvss = None;
    enrichment.epss = None;
    enrichment.known_exploited = None;
    enrichment.sources_cited = None;
    enrichment.techniques_mapped = None;
    enrichment.queries = 0;
    enrichment.deepest = None;
    enrichment.queries_by_kind = None;
    let identity = Identity {
        trace: TraceId([0xab; 16]),
        span: SpanId([0xcd; 8]),
    };
    enrichment.origin = Origin {
        identity: Some(identity),
        outcome: Outcome::Timeout,
        elapsed_seconds: Some(900),
        amendment: 2,
    };
    let mut record = enrichment.into_record(&durations);
    let other = Value::Text(Cow::Borrowed("GHSA-1"));
    record.set(field::VULNERABILITY_ID, other);
    assert_snapshot!(record.to_line(), @r#"{"workflow_id":"security-alert-enrichment-v1","ticket_id":"OPS-771","cve_id":null,"analyst":"Mira (Security Analyst)","enrichment_date":"2025-12-03T09:41:07Z","total_duration_seconds":305,"stage_durations":{"stage1_fetch_ticket":41,"stage2_research_cve":262,"stage3_priority_assessment":0,"stage4_context_analysis":1,"stage5_remediation_guidance":0,"stage6_update_jira":1},"perplexity_tool":null,"perplexity_queries":0,"priority_assigned":"P1","cvss_score":null,"epss_score":null,"kev_status":null,"schema_version":"1","stage_durations_detail":{"triage":41,"cve_research":201,"attack_mapping":61,"priority_assessment":0,"business_context":1,"remediation_planning":0,"documentation":1,"jira_update":0},"elapsed_seconds":900,"trace_id":"abababababababababababababababab","span_id":"cdcdcdcdcdcdcdcd","outcome":"timeout","amendment":2,"vulnerability_id":"GHSA-1"}"#);
}

#[test]
fn legacy_spellings_are_read() {
    let line = EXAMPLE
        .replace(r#""kev_status":true"#, r#""kev_status":"Listed""#)
        .replace("0.4213", "42.13")
        .replace("2025-12-03T09:41:07Z", "2025-12-03T09:41:07.123456")
        .replace(
            r#""total_duration_seconds":655"#,
            r#""total_duration_seconds":655.0"#,
        )
        .replace(r#","sources_cited":6"#, "")
        .replace(r#","mitre_techniques_mapped":2"#, r#","unknown":[1,{}]"#);
    let record = record_of(&line, Reading::default()).unwrap();
    let enrichment = typed(&record);
    assert_eq!(enrichment.known_exploited, Some(true));
    assert_eq!(enrichment.epss, Some(0.4213));
    assert_eq!(enrichment.sources_cited, None);
    assert_eq!(enrichment.completed_at.to_string(), "2025-12-03T09:41:07Z");
    assert!(
        !record.to_line().contains("sources_cited"),
        "what is not known is not written"
    );
}

#[test]
fn known_exploited_is_read_in_every_spelling() {
    for (spelt, expected) in [
        ("true", Ok(Some(true))),
        ("false", Ok(Some(false))),
        ("null", Ok(None)),
        (r#""Listed""#, Ok(Some(true))),
        (r#""Not Listed""#, Ok(Some(false))),
        (r#""not_listed""#, Ok(Some(false))),
        (r#""Yes""#, Ok(Some(true))),
        (r#""NO""#, Ok(Some(false))),
        (
            "1",
            Err("kev_status: 1 is not true, false or null".to_owned()),
        ),
    ] {
        let line = EXAMPLE.replace(r#""kev_status":true"#, &format!(r#""kev_status":{spelt}"#));
        assert_eq!(
            read(&line).map(|record| record.known_exploited),
            expected,
            "{spelt}"
        );
    }
}

#[test]
fn epss_is_read_in_the_unit_of_the_source() {
    for (given, unit, expected) in [
        ("0.4213", ShareUnit::Guess, Some(0.4213)),
        ("42.13", ShareUnit::Guess, Some(0.4213)),
        ("0.4213", ShareUnit::Percent, Some(0.004_213)),
        ("42.13", ShareUnit::Percent, Some(0.4213)),
        ("42.13", ShareUnit::Share, None),
        ("1", ShareUnit::Guess, Some(1.0)),
        ("1", ShareUnit::Percent, Some(0.01)),
    ] {
        let line = EXAMPLE.replace("0.4213", given);
        let reading = Reading {
            share_unit: unit,
            strict: false,
        };
        let read = record_of(&line, reading).ok();
        let epss = read.and_then(|record| typed(&record).epss);
        assert_eq!(epss, expected, "{given} {unit:?}");
    }
}

#[test]
fn fractions_of_seconds_are_apportioned() {
    let line = EXAMPLE
        .replace(
            r#""stage1_fetch_ticket":41"#,
            r#""stage1_fetch_ticket":40.6"#,
        )
        .replace(r#""stage6_update_jira":48"#, r#""stage6_update_jira":48.4"#);
    let record = read(&line).unwrap();
    assert_eq!(record.legacy_seconds.iter().sum::<u64>(), 655);
    assert_eq!(record.legacy_seconds[0], 41);
}

#[test]
fn every_problem_is_reported_at_once() {
    let line = r#"{"ticket_id":"","analyst":7,"enrichment_date":"soon","total_duration_seconds":-1,
        "stage_durations":{"stage1_fetch_ticket":"x"},"priority_assigned":"P9","cvss_score":11,
        "epss_score":101,"kev_status":"maybe","cve_id":"CVE-1","perplexity_tool":"guess"}"#;
    let problems = record_of(line, Reading::default()).unwrap_err().reasons();
    assert_snapshot!(problems.join("\n"), @r#"
    ticket_id: "" is not a name; it is blank
    cve_id: "CVE-1" is not a CVE identifier such as CVE-2025-40112
    analyst: 7 is not a text
    enrichment_date: "soon" is not a time; write UTC as 2025-12-03T09:41:07Z
    total_duration_seconds: -1 is not a number of seconds, 0 or more
    stage_durations: stage1_fetch_ticket is not a number of seconds, 0 or more
    perplexity_tool: "guess" is not one of search, reason, deep_research
    priority_assigned: "P9" is not one of P1, P2, P3, P4, P5
    cvss_score: 11 is out of range; allowed is a CVSS base score from 0 to 10
    epss_score: 101 is out of range; allowed is an EPSS probability from 0 to 1, or a percentage up to 100
    kev_status: "maybe" is not true, false, Listed, Not Listed, Yes or No
    workflow_id: missing; the key is required
    "#);
}

#[test]
fn strict_reading_wants_every_key_and_exact_sums() {
    let wrong_sum = EXAMPLE.replace(r#""stage6_update_jira":48"#, r#""stage6_update_jira":49"#);
    assert!(read(&wrong_sum).is_ok(), "a legacy file may be off");
    let error = record_of(&wrong_sum, STRICT).unwrap_err().to_string();
    assert_snapshot!(error, @r#"stage_durations: the stages add up to 656, total_duration_seconds is 655"#);
    let no_kev = EXAMPLE.replace(r#","kev_status":true"#, "");
    let error = record_of(&no_kev, STRICT).unwrap_err().to_string();
    assert_snapshot!(error, @r#"kev_status: missing; the key is required, with null where there is no value"#);
}

#[test]
fn a_wrong_total_does_not_make_the_stages_missing() {
    let total = r#""total_duration_seconds":655"#;
    for (to, problems) in [
        (
            r#""total_duration_seconds":-1"#,
            "total_duration_seconds: -1 is not a number of seconds, 0 or more",
        ),
        (
            r#""total_duration_seconds":null"#,
            "total_duration_seconds: missing; null is no value for it",
        ),
    ] {
        assert_eq!(
            read(&EXAMPLE.replace(total, to)),
            Err(problems.to_owned()),
            "{to}"
        );
    }
    let neither = r#"{"workflow_id":"w","ticket_id":"OPS-1","analyst":"Mira","enrichment_date":"2025-12-03T09:41:07Z","priority_assigned":"P1"}"#;
    let problems = "stage_durations: missing; an object with the six stage keys is required";
    assert_eq!(read(neither), Err(problems.to_owned()));
}

#[test]
fn what_is_no_object_is_refused() {
    for line in ["", "[]", "{", "null", "\u{feff}{}"] {
        assert!(read(line).is_err(), "{line:?}");
    }
}

#[test]
fn fields_are_found_by_their_names_in_the_line() {
    let record = record_of(EXAMPLE, STRICT).unwrap();
    let line: serde_json::Value = serde_json::from_str(EXAMPLE).unwrap();
    for (name, value) in line.as_object().unwrap() {
        match record.field(name) {
            Some(FieldValue::Text(text)) => assert_eq!(value, text, "{name}"),
            Some(FieldValue::Int(number)) => assert_eq!(value, number, "{name}"),
            Some(FieldValue::Float(number)) => assert_eq!(value, number, "{name}"),
            Some(FieldValue::Bool(yes)) => assert_eq!(value, yes, "{name}"),
            None => assert!(
                matches!(&**name, "workflow_id" | "enrichment_date") || value.is_object(),
                "{name} has no field"
            ),
        }
    }
}

fn record() -> impl Strategy<Value = Record<'static>> {
    let nanos = proptest::option::of(0_u64..2_000_000_000_000);
    let names = (
        "\\PC{0,12}x",
        "OPS-[0-9]{1,5}",
        "[a-zA-Z\"\\\\ ]{0,9}y",
        0_i64..253_402_300_000,
    );
    let score = |max: u32| proptest::option::of((0..=max).prop_map(|n| f64::from(n) / 10_000.0));
    let scores = (score(100_000), score(10_000), any::<Option<bool>>());
    let counts = (
        any::<Option<u32>>(),
        any::<Option<u32>>(),
        proptest::array::uniform3(0_u64..9),
    );
    let origin = (
        any::<Option<[u8; 8]>>(),
        0_usize..6,
        any::<Option<u32>>(),
        any::<u32>(),
    );
    (
        names,
        proptest::array::uniform8(nanos),
        0_usize..5,
        scores,
        counts,
        origin,
    )
        .prop_map(|(names, nanos, priority, scores, counts, origin)| {
            let durations = Enrichment::durations(nanos);
            let by_kind = PerplexityKind::ALL.into_iter().zip(counts.2);
            let enrichment = Enrichment {
                workflow: names.0.into(),
                ticket: names.1.into(),
                cve: (names.3 % 10 > 0).then(|| format!("CVE-2025-{}", 1000 + names.3).into()),
                analyst: names.2.into(),
                completed_at: Timestamp::from_unix_seconds(names.3),
                total_seconds: durations.total,
                legacy_seconds: durations.keys.as_slice().try_into().expect("six keys"),
                detail_seconds: None,
                priority: Priority::ALL[priority],
                cvss: scores.0,
                epss: scores.1,
                known_exploited: scores.2,
                queries: counts.2.iter().sum(),
                deepest: by_kind.filter(|(_, n)| *n > 0).map(|(kind, _)| kind).max(),
                queries_by_kind: Some(counts.2),
                sources_cited: counts.0.map(u64::from),
                techniques_mapped: counts.1.map(u64::from),
                origin: Origin {
                    identity: origin.0.map(|id| Identity {
                        trace: TraceId([7; 16]),
                        span: SpanId(id),
                    }),
                    outcome: Outcome::ALL[origin.1],
                    elapsed_seconds: origin.2.map(u64::from),
                    amendment: origin.3,
                },
            };
            enrichment.into_record(&durations)
        })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(record in record()) {
        let line = record.to_line();
        prop_assert!(!line.contains('\n'));
        let read = record_of(&line, STRICT);
        prop_assert_eq!(read.as_ref().map(Record::to_line), Ok(line));
        prop_assert_eq!(typed(&read.unwrap()), typed(&record));
    }

    #[test]
    fn sums_are_exact(nanos in proptest::array::uniform8(proptest::option::of(0_u64..9_000_000_000_000))) {
        let durations = Enrichment::durations(nanos);
        prop_assert_eq!(durations.keys.iter().sum::<u64>(), durations.total);
        prop_assert!(durations.check(&WORKFLOW).is_ok());
        let mut record = Record::new(&ENRICHMENT);
        record.set_durations(&durations);
        let stages = record.stages();
        prop_assert_eq!(stages.len(), nanos.len());
        for (stage, nanos) in stages.iter().zip(nanos) {
            prop_assert_eq!(stage.ran, nanos.is_some());
            prop_assert!(stage.seconds.abs_diff(nanos.unwrap_or(0) / 1_000_000_000) <= 2);
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,200}") {
        drop(Record::read(&KINDS, Some(&ENRICHMENT), &text, Reading::default()));
        drop(record_of(&text, Reading::default()));
    }
}
