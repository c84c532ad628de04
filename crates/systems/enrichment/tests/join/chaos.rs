//! Traces that make no sense: whatever they are, order, duplication and split must not change what is said of them.

use super::*;

/// A span of a nonsensical trace: small ids, so that parents are often there, often not, often in a circle.
fn any_span() -> impl Strategy<Value = TestSpan> {
    let names = [
        "triage",
        "cve-research",
        "documentation",
        "evaluation",
        "GET /",
        "stage1_fetch_ticket",
    ];
    let roots = [
        "security-alert-enrichment-v1",
        "security-analysis-review-v1",
        "unknown-v1",
    ];
    let workflow = proptest::option::weighted(0.2, prop::sample::select(roots.to_vec()));
    let facts = proptest::option::weighted(0.3, 0_i64..12);
    let name = prop::sample::select(names.to_vec());
    (
        1_u8..14,
        0_u8..16,
        name,
        0_u64..90,
        0_u64..90,
        workflow,
        facts,
    )
        .prop_map(|(id, parent, name, start, end, workflow, fact)| {
            let at = |seconds: u64| UnixNanos((1_764_752_400 + seconds) * 1_000_000_000);
            let mut span = TestSpan::new(TraceId([7; 16]), SpanId([id; 8]), name)
                .below(SpanId([parent; 8]))
                .during(at(start), at(end));
            if let Some(workflow) = workflow {
                span = span
                    .with(attribute::SECOPS_WORKFLOW_NAME, workflow)
                    .with(attribute::SECOPS_TICKET_ID, format!("OPS-{id}"))
                    .with(attribute::SECOPS_PRIORITY, "P3");
            }
            if let Some(fact) = fact {
                span = span
                    .with(attribute::SECOPS_ANALYST_NAME, format!("analyst {fact}"))
                    .with(attribute::SECOPS_VULNERABILITY_SCORE_BASE, fact);
            }
            span
        })
}

/// One span per id: a sender that gives one id to two spans is another matter.
fn any_trace() -> impl Strategy<Value = Vec<TestSpan>> {
    prop::collection::vec(any_span(), 1..14).prop_map(|mut spans| {
        spans.sort_by_key(|span| span.span);
        spans.dedup_by_key(|span| span.span);
        spans
    })
}

/// Everything that is said of the trace until nothing is left to say.
fn said(requests: &[Vec<TestSpan>]) -> Vec<String> {
    let mut bench = bench();
    for request in requests {
        bench.send(request);
        assert!(bench.after(Duration::from_millis(20)).is_empty());
    }
    let mut said: Vec<String> = Vec::new();
    for joined in [bench.after(QUIET), bench.after(Settings::DEADLINE)].concat() {
        said.push(match joined {
            Joined::Record(record) => record.to_line(),
            other => format!("{other:?}"),
        });
    }
    said.sort();
    assert_eq!(bench.join.counters().open_traces, 0);
    said
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nonsense_is_said_the_same_in_any_order(spans in any_trace(), seed in any::<u64>()) {
        let workflow = Workflow { spans };
        let whole = said(std::slice::from_ref(&workflow.spans));
        prop_assert_eq!(said(&scattered(&workflow, seed)), whole);
    }
}
