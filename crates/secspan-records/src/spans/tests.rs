//! Record to spans to join to record: for every kind the same record, over wire bytes.

use proptest::prelude::*;
use secspan_otlp::keys::Keys;
use secspan_otlp::view::{SpanView, StatusCode, TraceId};
use secspan_otlp::walk::{self, WalkLimits};
use secspan_testkit::span::{Attr, TestEvent, TestSpan, request};

use super::*;
use crate::definition::{Definitions, RecordKind};
use crate::enrichment::{Durations, EnrichmentRecord, PerplexityUse};
use crate::join::{Join, Joined, Settings};
use crate::record::{Origin, Reading};
use crate::review::{
    Accuracy, Investigation, ReviewDurations, ReviewRecord, ReviewResult, ReviewScore,
};
use crate::score::Text;
use crate::terms::{Outcome, PerplexityKind, Priority};
use crate::timestamp::Timestamp;

fn attr(value: &AttributeValue) -> Attr {
    match value {
        AttributeValue::Text(text) => Attr::Str(text.clone()),
        AttributeValue::Int(number) => Attr::Int(*number),
        AttributeValue::Float(number) => Attr::Double(*number),
        AttributeValue::Bool(value) => Attr::Bool(*value),
    }
}

fn test_span(span: &Span) -> TestSpan {
    let Identity { trace, span: id } = span.identity;
    let mut test = TestSpan::new(trace, id, &span.name).during(span.start, span.end);
    if let Some(parent) = span.parent {
        test = test.below(parent);
    }
    if span.failed {
        test = test.ended(StatusCode::Error);
    }
    for (key, value) in &span.attributes {
        test = test.with(key, attr(value));
    }
    for event in &span.events {
        let mut added = TestEvent::new(event.name, event.time);
        for (key, value) in &event.attributes {
            added = added.with(key, attr(value));
        }
        test = test.event(added);
    }
    test
}

/// What the join makes of the spans of a record.
fn again(record: &Record, identity: Identity) -> Vec<Joined> {
    let spans: Vec<TestSpan> = spans_of(record, identity).iter().map(test_span).collect();
    let mut keys = Keys::new();
    // Records of any time at all.
    let settings = Settings {
        max_age: std::time::Duration::MAX,
        max_ahead: std::time::Duration::MAX,
        ..Settings::default()
    };
    let join = Join::new(settings, Definitions::built_in(), &mut keys).unwrap();
    let mut stage = join.stage();
    let mut visit = |view: &SpanView<'_, '_>| join.observe(&mut stage, view);
    walk::traces(&request(&spans), &keys, &WalkLimits::DEFAULT, &mut visit).unwrap();
    let (now, mut out) = (UnixNanos(1), Vec::new());
    join.commit(stage, now);
    join.finish(now, &mut out);
    out
}

fn identity() -> impl Strategy<Value = Identity> {
    (1_u8.., 1_u64..).prop_map(|(trace, span)| Identity {
        trace: TraceId([trace; 16]),
        span: SpanId(span.to_be_bytes()),
    })
}

/// Where a joined record comes from: a span, and no correction.
fn origin(
    stages: &[Option<u64>],
    total: u64,
    elapsed: u64,
    outcome: usize,
    identity: Identity,
) -> Origin {
    let longest = stages.iter().flatten().max();
    Origin {
        identity: Some(identity),
        outcome: Outcome::ALL[outcome],
        elapsed_seconds: Some(
            longest.map_or(total, |longest| elapsed.max(longest / 1_000_000_000)),
        ),
        amendment: 0,
    }
}

/// Seconds in stages as nanoseconds, most of them run.
fn stages<const N: usize>() -> impl Strategy<Value = [Option<u64>; N]> {
    let stage = proptest::option::weighted(0.8, (0_u64..2_000).prop_map(|s| s * 1_000_000_000));
    prop::collection::vec(stage, N).prop_map(|stages| stages.try_into().unwrap())
}

fn enrichment() -> impl Strategy<Value = EnrichmentRecord> {
    let calls = (
        proptest::array::uniform3(0_u64..4),
        0_u64..3,
        proptest::option::of(0_usize..3),
    );
    let rest = (
        0_u64..20_000,
        0_usize..6,
        identity(),
        1_000_000_000_i64..4_000_000_000,
    );
    (crate::enrichment::tests::record(), stages(), calls, rest).prop_map(
        |(record, stages, (by_kind, unknown, deepest), (elapsed, outcome, identity, at))| {
            let durations = if stages.iter().any(Option::is_some) {
                Durations::from_stages(stages)
            } else {
                Durations::whole(elapsed * 1_000_000_000)
            };
            let deepest = deepest.map(|at| PerplexityKind::ALL[at]);
            let called = |kind| by_kind[kind as usize] > 0;
            let mut findings = record.findings;
            findings.sources_cited.get_or_insert(3);
            findings.techniques_mapped.get_or_insert(0);
            if findings.cvss.is_some_and(|score| score.get() > 9.0) {
                (findings.cve, findings.other_vulnerability) = (None, Text::new("GHSA-1").ok());
            }
            EnrichmentRecord {
                workflow: Text::new("security-alert-enrichment-v1").unwrap(),
                completed_at: Timestamp::from_unix_seconds(at),
                origin: origin(
                    &stages,
                    durations.total_seconds(),
                    elapsed,
                    outcome,
                    identity,
                ),
                durations,
                findings,
                perplexity: PerplexityUse {
                    queries: by_kind.iter().sum::<u64>() + unknown,
                    deepest: deepest.filter(|kind| called(*kind)),
                    by_kind: Some(by_kind),
                },
                ..record
            }
        },
    )
}

fn review() -> impl Strategy<Value = ReviewRecord> {
    let texts = (
        "[A-Za-z ]{0,9}x",
        "[A-Za-z\"]{1,9}",
        proptest::option::of("[A-Za-z]{1,9}"),
    );
    let counts = (
        0_u32..=10_000,
        proptest::array::uniform3(0_u64..50),
        proptest::option::of(0_u64..=100),
    );
    let flags = (any::<bool>(), any::<bool>(), 0_usize..6, identity());
    let times = (0_u64..20_000, 1_000_000_000_i64..4_000_000_000);
    (texts, stages(), counts, flags, times).prop_map(|(texts, stages, counts, flags, times)| {
        let durations = if stages.iter().any(Option::is_some) {
            ReviewDurations::from_stages(stages)
        } else {
            ReviewDurations::whole(times.0 * 1_000_000_000)
        };
        let score = ReviewScore::new(f64::from(counts.0) / 100.0).unwrap();
        let [critical_issues, significant_gaps, minor_improvements] = counts.1;
        ReviewRecord {
            workflow: Text::new("security-analysis-review-v1").unwrap(),
            investigation: if flags.0 {
                Investigation::Cve
            } else {
                Investigation::Event
            },
            ticket: Text::new(&texts.0).unwrap(),
            reviewer: Text::new(&texts.1).unwrap(),
            completed_at: Timestamp::from_unix_seconds(times.1),
            origin: origin(
                &stages,
                durations.total_seconds(),
                times.0,
                flags.2,
                flags.3,
            ),
            durations,
            result: ReviewResult {
                score,
                classification: score.classification(),
                critical_issues,
                significant_gaps,
                minor_improvements,
                fact_verification: flags.1,
                accuracy: counts.2.map(|percent| Accuracy::new(percent).unwrap()),
            },
            reviewed_analyst: texts.2.map(|name| Text::new(&name).unwrap()),
        }
    })
}

fn any_record() -> impl Strategy<Value = (Record, Identity)> {
    let decision =
        (crate::decision::tests::record(), identity()).prop_map(|(mut record, identity)| {
            record.origin.identity = Some(identity);
            let always = matches!(record.priority, Priority::P1 | Priority::P2);
            if always && record.required {
                // Another reason does not come back as it is: the word is put before it.
                record.reason = Text::new("Mandatory, by policy").unwrap();
            }
            (Record::from(record), identity)
        });
    let ticket = (crate::ticket::tests::record(), identity()).prop_map(|(mut record, identity)| {
        record.origin.identity = Some(identity);
        (Record::from(record), identity)
    });
    prop_oneof![
        enrichment()
            .prop_map(|record| (record.origin.identity.unwrap(), Record::from(record)))
            .prop_map(|(id, record)| (record, id)),
        review()
            .prop_map(|record| (record.origin.identity.unwrap(), Record::from(record)))
            .prop_map(|(id, record)| (record, id)),
        decision,
        ticket,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_record_of_any_kind_comes_back_from_its_spans((record, identity) in any_record()) {
        prop_assert_eq!(again(&record, identity), vec![Joined::Record(record.clone())]);
        let strict = Reading { strict: true, ..Reading::default() };
        let read = Record::from_line(record.kind(), &record.to_line(), strict).unwrap();
        prop_assert_eq!(read.to_line(), record.to_line(), "what is joined is what may be written");
    }
}

#[test]
fn a_record_of_a_legacy_writer_keeps_its_six_values() {
    let line = r#"{"workflow_id":"security-alert-enrichment-v1","ticket_id":"OPS-771","cve_id":null,"analyst":"Mira","enrichment_date":"2025-12-03T09:41:07Z","total_duration_seconds":103,"stage_durations":{"stage1_fetch_ticket":41,"stage2_research_cve":62,"stage3_priority_assessment":0,"stage4_context_analysis":0,"stage5_remediation_guidance":0,"stage6_update_jira":0},"perplexity_tool":"reason","perplexity_queries":2,"priority_assigned":"P1","cvss_score":null,"epss_score":null,"kev_status":null}"#;
    let record = Record::from_line(RecordKind::Enrichment, line, Reading::default()).unwrap();
    let identity = Identity {
        trace: TraceId([1; 16]),
        span: SpanId([2; 8]),
    };
    let [Joined::Record(Record::Enrichment(back))] = &*again(&record, identity) else {
        panic!("no record");
    };
    assert_eq!(back.durations.legacy_seconds(), &[41, 62, 0, 0, 0, 0]);
    assert_eq!(back.durations.total_seconds(), 103);
    assert_eq!(back.perplexity.queries, 2);
    assert_eq!(back.perplexity.deepest, Some(PerplexityKind::Reason));
}

#[test]
fn an_open_ticket_is_no_event() {
    let line = r#"{"ticket_id":"OPS-1","priority":"P4","enrichment_date":"2025-12-03T09:41:07Z","closed_date":null}"#;
    let record = Record::from_line(RecordKind::Ticket, line, Reading::default()).unwrap();
    assert_eq!(spans_of(&record, Identity::default()), []);
}
