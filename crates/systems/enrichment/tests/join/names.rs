//! The workflow's name on every span, as processors of baggage and attributes put it: still one record, whatever arrives
//! when.

use super::*;

/// The workflow as it looks behind such a processor, which may copy the run and the ticket too.
fn named_everywhere(workflow: &Workflow, copied: &[(&str, &str)]) -> Workflow {
    let own = |key: &str| {
        let root = workflow.root().unwrap().attributes.iter();
        root.into_iter().find(|(known, _)| known == key).cloned()
    };
    let (name, value) = own(attribute::SECOPS_WORKFLOW_NAME).unwrap();
    let spans = workflow.spans.iter().cloned().map(|span| {
        let span = span.without(&name).with(&name, value.clone());
        copied.iter().fold(span, |span, (key, value)| {
            span.without(key).with(key, *value)
        })
    });
    Workflow {
        spans: spans.collect(),
    }
}

/// The spans of `inner` in the trace of `outer`, below the span of that name.
fn nested(inner: &Workflow, outer: &Workflow, below: &str) -> Workflow {
    let stage = outer.spans.iter().find(|span| span.name == below).unwrap();
    let (trace, parent) = (stage.trace, stage.span);
    let moved = inner.clone().root_with(|root| root.below(parent));
    let spans = moved
        .spans
        .into_iter()
        .map(|span| TestSpan { trace, ..span });
    Workflow {
        spans: spans.collect(),
    }
}

/// Sends requests with a pause after each, and waits until nothing is left to say. The records by their span, each as it
/// was said last and without the number of its amendment; nothing but records may be said.
fn records(requests: &[Vec<TestSpan>], pause: Duration) -> Vec<(String, String)> {
    let mut bench = bench();
    let mut said = Vec::new();
    for request in requests {
        bench.send(request);
        said.extend(bench.after(pause));
    }
    said.extend(bench.after(QUIET));
    said.extend(bench.after(Settings::DEADLINE));
    let mut last: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    for joined in said {
        let line = line(joined);
        let record = json(&line);
        let number = record["amendment"].as_u64().unwrap_or(0);
        let line = line.replace(&format!(r#","amendment":{number}"#), "");
        last.insert(record["span_id"].as_str().unwrap().to_owned(), line);
    }
    assert_eq!(bench.join.counters().open_traces, 0);
    last.into_iter().collect()
}

fn of_expected(workflow: &Workflow) -> (String, String) {
    let root = workflow.root().unwrap().span.to_string();
    (root, expected(workflow).remove(0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_name_on_every_span_is_one_workflow(
        seed in 0_u64..1_000_000,
        ticket in any::<bool>(),
        run in any::<bool>(),
        pause in prop::sample::select(vec![0_u64, 20, 6_000, 600_000])
    ) {
        let workflow = enrichment(seed);
        let ticket_id = format!("OPS-{seed}");
        let mut copied = Vec::new();
        if ticket {
            copied.push((attribute::SECOPS_TICKET_ID, ticket_id.as_str()));
        }
        if run {
            copied.push((attribute::SECOPS_WORKFLOW_RUN_ID, "run-7"));
        }
        let named = named_everywhere(&workflow, &copied);
        let requests = scattered(&named, seed ^ 0x5eed);
        // A workflow in pieces, with pauses in which nothing arrives: no piece is taken for a workflow.
        let pause = Duration::from_millis(pause) / u32::try_from(requests.len()).unwrap_or(1);
        prop_assert_eq!(records(&requests, pause), [of_expected(&workflow)]);
    }

    #[test]
    fn a_workflow_of_another_name_or_run_inside_keeps_its_own_record(
        seed in 0_u64..1_000_000,
        another_run in any::<bool>()
    ) {
        let outer = enrichment(seed);
        let inner = if another_run { enrichment(seed + 1) } else { review(seed + 1) };
        let inside = nested(&inner, &outer, "cve_research");
        let run = |id| [(attribute::SECOPS_WORKFLOW_RUN_ID, id)];
        let both = [
            named_everywhere(&outer, &run("one")).spans,
            named_everywhere(&inside, &run("two")).spans,
        ]
        .concat();
        let requests = scattered(&Workflow { spans: both }, seed);
        let mut wanted = [of_expected(&outer), of_expected(&inner)];
        for (_, line) in &mut wanted {
            *line = line.replace(&inner.trace().to_string(), &outer.trace().to_string());
        }
        wanted.sort();
        prop_assert_eq!(records(&requests, Duration::from_millis(20)), wanted);
    }
}

#[test]
fn nothing_is_said_of_stages_that_end_minutes_before_their_workflow() {
    let workflow = enrichment(1);
    let named = named_everywhere(&workflow, &[]);
    let mut bench = bench();
    for span in &named.spans[..named.spans.len() - 1] {
        bench.send([span]);
        assert!(
            bench.after(Duration::from_mins(1)).is_empty(),
            "{}",
            span.name
        );
    }
    bench.send(named.root());
    assert_eq!(bench.lines(), expected(&workflow));
}

#[test]
fn a_restart_between_the_pieces_changes_nothing() {
    let workflow = enrichment(2);
    let named = named_everywhere(&workflow, &[]);
    for split in [1, 9, named.spans.len() - 1] {
        let mut before = bench();
        before.send(&named.spans[..split]);
        assert!(before.after(QUIET).is_empty());
        let mut out = Vec::new();
        let bytes = before.join.suspend(before.clock.now(), &mut out);
        assert!(out.is_empty(), "{out:?}");
        let mut after = bench();
        after.join.resume(&bytes, after.clock.now()).unwrap();
        after.send(&named.spans[split..]);
        assert_eq!(after.lines(), expected(&workflow), "split at {split}");
    }
}

#[test]
fn late_spans_with_the_name_amend_the_record() {
    let workflow = enrichment(3);
    let named = named_everywhere(&workflow, &[]);
    let (late, early): (Vec<_>, Vec<_>) =
        named.spans.iter().partition(|span| span.name == "triage");
    let mut bench = bench();
    bench.send(early);
    assert_eq!(bench.lines().len(), 1);
    bench.send(late);
    let lines = bench.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(
        lines[0].replace(r#","amendment":1"#, ""),
        expected(&workflow)[0]
    );
}

#[test]
fn a_workflow_below_a_span_that_never_arrives_is_recorded_without_waiting_for_it() {
    let workflow = enrichment(4);
    let far = SpanId([0xfe; 8]);
    let below = workflow.clone().root_with(|root| root.below(far));
    // Its stages do not carry the name; where they do, it states what no processor copies.
    for sent in [below.clone(), named_everywhere(&below, &[])] {
        let mut bench = bench();
        bench.send(&sent.spans);
        assert_eq!(bench.lines(), expected(&workflow));
    }
}

#[test]
fn pieces_whose_workflow_span_never_arrives_are_reported_once() {
    let named = named_everywhere(&enrichment(5), &[]);
    let mut bench = bench();
    bench.send(&named.spans[..12]);
    let said = bench.after(Settings::DEADLINE);
    assert!(matches!(said.as_slice(), [Joined::Orphaned(_)]), "{said:?}");
    assert_eq!(bench.join.counters().open_traces, 0);
}

#[test]
fn a_workflow_that_outlives_the_deadline_is_no_record_of_half_of_it() {
    let workflow = enrichment(6);
    for sent in [workflow.clone(), named_everywhere(&workflow, &[])] {
        let mut bench = bench();
        bench.send(&sent.spans[..12]);
        let said = bench.after(Settings::DEADLINE);
        assert!(matches!(said.as_slice(), [Joined::Orphaned(_)]), "{said:?}");
        bench.send(&sent.spans[12..]);
        let said = bench.after(QUIET);
        let [Joined::Rejected(unfinished)] = said.as_slice() else {
            panic!("{said:?}")
        };
        assert!(unfinished.reasons[0].contains("longer than the deadline"));
        assert_eq!(json(&unfinished.partial)["ticket_id"], "OPS-6");
    }
}
