//! The packs keep their promises, and broken files are told what is wrong with them, all of it.

use proptest::prelude::*;
use secspan_otlp::view::{SpanId, TraceId};
use secspan_semconv::Instrument;
use secspan_semconv::metric::TABLE as METRICS;

use super::packs::{PACKS, load};
use super::*;
use crate::family::{Kind, PointValue};
use crate::table::Description;

mod logs;

fn problems_of(text: &str) -> String {
    let problems = match RuleFile::parse(text) {
        Err(problems) => problems,
        Ok(file) => {
            let compiled =
                Rules::new(&RuleSet::new(vec![file.clone()]), &mut Keys::new()).map(drop);
            compiled.and_then(|()| file.run_tests()).unwrap_err()
        }
    };
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {problem}", problem.line))
        .collect();
    lines.join("\n")
}

#[test]
fn every_pack_passes_its_own_tests() {
    for pack in PACKS {
        let file = load(pack.name, "packs[0]")
            .unwrap_or_else(|problems| panic!("{}: {problems:#?}", pack.name));
        assert!(file.tests_len() > 0, "{} has no tests", pack.name);
        if let Err(problems) = file.run_tests() {
            let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}:\n{}", pack.name, texts.join("\n"));
        }
    }
}

#[test]
fn every_metric_of_a_pack_is_as_registered() {
    for pack in PACKS {
        let file = load(pack.name, "").unwrap();
        let rules = Rules::new(&RuleSet::new(vec![file]), &mut Keys::new()).unwrap();
        for table in &rules.tables {
            let Description {
                name,
                help,
                unit,
                kind,
                bounds,
                labels,
                ..
            } = table.description();
            let registered = METRICS.iter().find(|metric| metric.name == &**name);
            let registered = registered.unwrap_or_else(|| panic!("{name} is not in the registry"));
            let instrument = match kind {
                Kind::Counter => Instrument::Counter,
                Kind::Gauge => Instrument::Gauge,
                Kind::Histogram => Instrument::Histogram,
            };
            assert_eq!(registered.instrument, instrument, "{name}");
            assert_eq!(registered.brief, &**help, "{name}");
            assert_eq!(
                registered.unit == "s",
                &**unit == "seconds",
                "unit of {name}"
            );
            assert_eq!(registered.buckets, bounds.as_slice(), "{name}");
            let labels: Vec<&str> = labels.iter().map(|label| &*label.name).collect();
            assert_eq!(registered.labels, labels, "{name}");
        }
        for open in &rules.open {
            let labels: Vec<&str> = open.label_names().collect();
            for metric in open.metrics() {
                let name = &metric.name;
                let registered = METRICS.iter().find(|known| known.name == name);
                let registered = registered.unwrap_or_else(|| panic!("{name} is not registered"));
                assert_eq!(registered.instrument, Instrument::Gauge, "{name}");
                assert_eq!(registered.brief, metric.help, "{name}");
                let seconds = name.ends_with("_seconds");
                assert_eq!(registered.unit == "s", seconds, "unit of {name}");
                assert_eq!(registered.labels, labels, "{name}");
            }
        }
    }
}

#[test]
fn the_enrichment_pack_has_every_metric_of_the_contract() {
    let file = load("enrichment", "").unwrap();
    let names: Vec<&str> = file.metric_names().collect();
    let wanted = METRICS.iter().map(|metric| metric.name).filter(|name| {
        [
            "secops_enrichment",
            "secops_perplexity",
            "secops_review",
            "secops_ticket",
        ]
        .iter()
        .any(|start| name.starts_with(start))
    });
    for name in wanted {
        assert!(names.contains(&name), "{name} is missing");
    }
}

#[test]
fn an_unknown_pack_is_named_with_the_known_ones() {
    let problems = load("enrichments", "connectors.signalrules.packs[0]").unwrap_err();
    insta::assert_snapshot!(problems[0], @"
    connectors.signalrules.packs[0]: no such rule pack
      given: enrichments
      allowed: enrichment, enrichment-analyst, enrichment-legacy
      hint: did you mean enrichment?
    ");
}

#[test]
fn all_problems_of_a_file_are_reported_at_once() {
    insta::assert_snapshot!(problems_of(include_str!(
        "../../testdata/broken-rules.yaml"
    )));
}

#[test]
fn what_no_single_metric_shows_is_found_when_compiling() {
    insta::assert_snapshot!(problems_of(r"
metrics:
  - { name: a, type: counter, help: A., on: span, labels: { x: { from: $nam } } }
  - { name: a, type: counter, help: A., on: event, labels: { y: { from: $name } } }
  - { name: b, type: counter, help: B., on: record, labels: { y: { from: $name } } }
  - { name: c, type: counter, help: C., on: span, labels: { y: { from: $name } } }
  - { name: c, type: gauge, help: C., on: span, labels: { y: { from: $name } } }
"), @r#"
    3: metrics[0]: not something a rule can look at
      given: $nam
      allowed: $name, $span_name, $span_kind, $status_code, $service_name, $duration_seconds, $item
      hint: did you mean $name?
    4: metrics[1]: this metric is defined before in another shape
      given: a
      hint: rules for one metric need the same type, labels and buckets
    5: metrics[2]: not something a rule can look at
      given: $name
      allowed: $item
    7: metrics[4]: this metric is defined before in another shape
      given: c
      hint: rules for one metric need the same type, labels and buckets
    "#);
}

#[test]
fn a_test_that_is_not_met_says_what_there_is() {
    insta::assert_snapshot!(problems_of(r#"
metrics:
  - { name: calls_total, type: counter, help: Calls., on: span, labels: { kind: { from: $span_kind } } }
  - { name: twice_total, type: counter, help: Twice., on: span, labels: { name: { from: $name } } }
tests:
  - name: counted
    spans: [{ name: a }, { name: b, kind: client }]
    expect:
      calls_total{kind="SPAN_KIND_CLIENT"}: 2
      calls_total{kind="SPAN_KIND_INTERNAL"}: absent
      twice_total{name="a"}: 1
      other_total: 1
"#), @r#"
    9: tests[0].expect.calls_total{kind="SPAN_KIND_CLIENT"}: test "counted": expected calls_total{kind="SPAN_KIND_CLIENT"} 2, got 1
      hint: there is calls_total{kind="SPAN_KIND_CLIENT"} 1; calls_total{kind="SPAN_KIND_INTERNAL"} 1
    10: tests[0].expect.calls_total{kind="SPAN_KIND_INTERNAL"}: test "counted": expected calls_total{kind="SPAN_KIND_INTERNAL"} absent, got 1
      hint: there is calls_total{kind="SPAN_KIND_CLIENT"} 1; calls_total{kind="SPAN_KIND_INTERNAL"} 1
    12: tests[0].expect.other_total: test "counted": expected other_total 1, got absent
      hint: every other_total is 0 or absent
    0: tests[0].expect: test "counted": twice_total{name="b"} is 1 and not expected
    "#);
}

#[test]
fn text_that_is_not_yaml_has_a_line() {
    insta::assert_snapshot!(problems_of("metrics:\n  - name: [a\n"), @"3: not YAML: while parsing a flow sequence, expected ',' or ']'");
    insta::assert_snapshot!(problems_of("--- 1\n--- 2\n"), @"
    0: more than one YAML document
      given: 2 documents
      hint: put each into a file of its own
    ");
}

#[test]
fn rules_inside_another_file_keep_its_key_path() {
    let node = Node::parse("metrics: [{ name: a }]").unwrap();
    let problems = RuleFile::from_node(&node, "connectors.signalrules.rules").unwrap_err();
    assert_eq!(
        problems[0].path,
        "connectors.signalrules.rules.metrics[0].type"
    );
}

struct Empty;

impl Fields for Empty {
    fn get(&self, _: &str) -> Option<Field<'_>> {
        None
    }

    fn each(&self, _: &str, _: &mut dyn FnMut(&dyn Fields)) {}
}

#[test]
fn records_carry_the_exemplar_with_the_observed_value() {
    let file = RuleFile::parse(
        "metrics: [{ name: d, type: histogram, buckets: [1], help: D., on: record, value: { from: $item },
           for_each: { label: l, fields: { '7': $item } } }]",
    );
    let rules = Rules::new(&RuleSet::new(vec![file.unwrap()]), &mut Keys::new()).unwrap();
    let seen = Exemplar {
        trace_id: TraceId([1; 16]),
        span_id: SpanId([2; 8]),
        value: 0.0,
        time: UnixNanos(5),
    };
    rules.record(&Empty, Some(seen), UnixNanos(9));
    rules.collect(UnixNanos(10), &mut Vec::new());
    let mut out = Vec::new();
    rules.collect(UnixNanos(11), &mut out);
    let PointValue::Histogram(histogram) = &out[0].points[0].value else {
        panic!("a histogram")
    };
    assert_eq!(histogram.exemplars, [(1, Exemplar { value: 7.0, ..seen })]);
}

#[test]
fn a_pseudonym_stands_for_the_name_and_a_short_key_is_not_repeated() {
    let rule = |key: &str| {
        RuleFile::parse(&format!(
            "metrics: [{{ name: a_total, type: counter, help: A., on: record,
               labels: {{ who: {{ from: $item, pseudonym_key: {key} }} }},
               for_each: {{ label: l, fields: {{ '7': $item }} }} }}]"
        ))
    };
    let file = rule("0123456789abcdef").unwrap();
    let rules = Rules::new(&RuleSet::new(vec![file]), &mut Keys::new()).unwrap();
    rules.record(&Empty, None, UnixNanos(1));
    let mut out = Vec::new();
    rules.collect(UnixNanos(2), &mut out);
    let found = out[0].points.iter().flat_map(|point| point.labels.iter());
    let found: Vec<&str> = found
        .filter(|label| *label.name == *"who")
        .map(|label| &*label.value)
        .collect();
    assert_eq!(found, ["f69cf4852626eee1"]);
    let problems = rule("sesame").unwrap_err();
    assert!(
        !problems[0].to_string().contains("sesame"),
        "{}",
        problems[0]
    );
}

#[test]
fn saved_counts_come_back_and_other_shapes_start_anew() {
    let text = |label: &str| {
        format!(
            "metrics: [{{ name: a_total, type: counter, help: A., on: record, labels: {{ {label}: {{ from: x, default: y }} }} }}]"
        )
    };
    let build = |label: &str| {
        let file = RuleFile::parse(&text(label)).unwrap();
        Rules::new(&RuleSet::new(vec![file]), &mut Keys::new()).unwrap()
    };
    let before = build("l");
    before.record(&Empty, None, UnixNanos(1));
    before.collect(UnixNanos(2), &mut Vec::new());
    before.collect(UnixNanos(3), &mut Vec::new());
    let saved = before.save();

    let after = build("l");
    assert_eq!(after.restore(&saved), Ok(1));
    after.record(&Empty, None, UnixNanos(4));
    let mut out = Vec::new();
    after.collect(UnixNanos(5), &mut out);
    assert_eq!(
        out[0].points[0].value,
        PointValue::Counter {
            value: 2.0,
            exemplar: None
        },
        "no new 0"
    );
    assert_eq!(out[0].points[0].created, UnixNanos(1));

    assert_eq!(build("m").restore(&saved), Ok(0));
    for length in 0..saved.len() {
        let cut = build("l").restore(&saved[..length]);
        assert!(
            cut.is_err() || length == 8,
            "{length} bytes of {}",
            saved.len()
        );
    }
}

proptest! {
    #[test]
    fn damaged_state_never_panics(at in 0usize..4096, byte in any::<u8>(), cut in 0usize..4096) {
        let file = load("enrichment", "").unwrap();
        let build = || Rules::new(&RuleSet::new(vec![file.clone()]), &mut Keys::new()).unwrap();
        let mut saved = build().save();
        let (at, cut) = (at * 31 % saved.len(), cut * 37 % 64);
        saved[at] = byte;
        saved.truncate(saved.len() - cut);
        let rules = build();
        rules.restore(&saved).ok();
        rules.record(&Empty, None, UnixNanos(1));
        rules.collect(UnixNanos(2), &mut Vec::new());
    }

    #[test]
    fn odd_text_is_a_problem_and_never_a_panic(text in "[a-z\\[\\]{}:,'\"&*!|>%@ \n-]{0,80}") {
        if let Ok(file) = RuleFile::parse(&text) {
            prop_assert_eq!(file.metric_names().count(), 0);
        }
    }
}
