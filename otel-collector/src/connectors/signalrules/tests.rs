//! Rules in place and their tests: what is wrong is told with its place in the configuration.

use crate::components;
use crate::config::problem::render::{Colour, text};
use crate::config::{Layer, Report, load};

/// What validation says about a `signalrules` section.
fn report(section: &str) -> String {
    let report = Report::new();
    let layers = [Layer::Text {
        name: "c.yaml".to_owned(),
        text: format!(
            "receivers: {{ otlp: {{ protocols: {{ grpc: }} }} }}
exporters: {{ prometheus: {{ endpoint: 127.0.0.1:8889 }} }}
service:
  pipelines:
    traces: {{ receivers: [otlp], exporters: [signalrules] }}
    logs: {{ receivers: [otlp], exporters: [signalrules] }}
    metrics: {{ receivers: [signalrules], exporters: [prometheus] }}
connectors:
  signalrules:
{section}"
        ),
    }];
    let loaded = load(&layers, &|_| None, &components::inventory(), &report);
    drop(components::parse(&loaded.expect("YAML").document, &report));
    text(&report.problems(), Colour::Plain)
}

const RULES: &str = "    rules:
      - { name: calls_total, type: counter, help: Calls., on: event, labels: { kind: { from: kind } } }
";

#[test]
fn rules_in_place_have_their_tests_beside_them() {
    let passing = format!(
        "{RULES}    tests:
      - name: on a span and as a log record
        spans: [{{ name: a, events: [{{ name: call, attributes: {{ kind: x }} }}] }}]
        logs: [{{ name: call, attributes: {{ kind: x }} }}]
        expect: {{ 'calls_total{{kind=\"x\"}}': 2 }}
"
    );
    assert_eq!(report(&passing), "");
}

#[test]
fn open_items_in_place_have_their_tests_beside_them() {
    let open = "    open:
      - { name: incidents, key: id, opened_by: [{ field: kind, equals: a }], closed_by: [{ field: kind, equals: b }],
          count: { name: incidents_open, help: Open. } }
    tests:
      - name: one is closed
        records: [{ kind: a, id: 1 }, { kind: a, id: 2 }, { kind: b, id: 1 }]
        expect: { incidents_open: COUNT }
";
    assert_eq!(report(&open.replace("COUNT", "1")), "");
    let failing = report(&open.replace("COUNT", "2"));
    assert!(
        failing.contains("expected incidents_open 2, got 1"),
        "{failing}"
    );
    let broken = report(
        &open
            .replace("closed_by:", "clsoed_by:")
            .replace("COUNT", "1"),
    );
    assert!(
        broken.contains("open[0].clsoed_by: unknown key"),
        "{broken}"
    );
}

#[test]
fn a_test_in_place_that_is_not_met_has_a_place() {
    let failing = format!(
        "{RULES}    tests:
      - name: counted
        logs: [{{ name: call, attributes: {{ kind: x }} }}]
        expect:
          calls_total{{kind=\"x\"}}: 2
          calls_total{{kind=\"y\"}}: 1
"
    );
    insta::assert_snapshot!(report(&failing), @r#"
    c.yaml:16:34: error: connectors.signalrules.tests[0].expect.calls_total{kind="x"}: test "counted": expected calls_total{kind="x"} 2, got 1
      hint     there is calls_total{kind="x"} 1
    c.yaml:17:34: error: connectors.signalrules.tests[0].expect.calls_total{kind="y"}: test "counted": expected calls_total{kind="y"} 1, got absent
      hint     there is calls_total{kind="x"} 1

    2 errors
    "#);
}

#[test]
fn broken_rules_and_tests_in_place_are_reported_at_once() {
    let broken = "    rules:
      - { name: calls_total, type: counter, help: Calls., on: events }
      - { name: more_total, typ: counter, help: More., on: event }
    tests:
      - { name: a, log: [], expect: {} }
";
    insta::assert_snapshot!(report(broken), @"
    c.yaml:11:63: error: connectors.signalrules.rules[0].on: not one of the words allowed here
      given    events
      allowed  span, event, record
      hint     did you mean event?
    c.yaml:12:9: error: connectors.signalrules.rules[1].type: missing
    c.yaml:12:34: error: connectors.signalrules.rules[1].typ: unknown key
      given    typ
      allowed  name, type, help, unit, buckets, on, match, labels, value, for_each, series_max
      hint     did you mean type?
    c.yaml:14:25: error: connectors.signalrules.tests[0].log: unknown key
      given    log
      allowed  name, spans, logs, records, expect
      hint     did you mean logs?

    4 errors
    ");
}

#[test]
fn tests_without_rules_in_place_test_nothing() {
    let lonely = "    packs: [enrichment]
    tests: [{ name: a, expect: {} }]
";
    insta::assert_snapshot!(report(lonely), @"
    c.yaml:11:12: error: connectors.signalrules.tests: there are no rules in place to test
      hint     write the rules under `rules`, or the tests into the file of the rules

    1 error
    ");
}

#[test]
fn problems_of_a_rule_file_name_the_file_and_the_place_in_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("rules.yaml");
    std::fs::write(
        &path,
        "metrics:\n  - { name: a_total, type: counter, on: span }\n",
    )
    .expect("written");
    let section = format!(
        "    files:\n      - {}\n      - absent.yaml\n",
        path.display()
    );
    let found = report(&section).replace(&path.display().to_string(), "rules.yaml");
    insta::assert_snapshot!(found, @"
    c.yaml:11:9: error: connectors.signalrules.files[0].metrics[0].help: missing (line 2)
    c.yaml:12:9: error: connectors.signalrules.files[1]: cannot read the rule file: No such file or directory (os error 2)
      given    absent.yaml

    2 errors
    ");
}
