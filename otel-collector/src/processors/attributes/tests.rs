//! Tests of the processors `attributes` and `resource`.

use super::*;
use crate::batch::Signal;
use crate::processors::{resource, sample};

fn attributes(yaml: &str) -> String {
    sample::attributes(&sample::processed(
        parse,
        yaml,
        Signal::Traces,
        &sample::request(),
    ))
}

#[test]
fn every_action_does_what_its_name_says() {
    let yaml = r#"
actions:
  - { key: user, action: insert, value: nobody }
  - { key: team, action: insert, value: blue }
  - { key: absent, action: update, value: 1 }
  - { key: attempt, action: update, value: 4 }
  - { key: copied, action: upsert, from_attribute: attempt }
  - { key: http.url, action: extract, pattern: "token=(?P<token>\\d+)" }
  - { key: token, action: convert, converted_type: int }
  - { key: user, action: hash }
  - { pattern: "^http\\.", action: delete }
"#;
    insta::assert_snapshot!(attributes(yaml), @r#"
    user = {"stringValue":"438c4c7afe600cdf1e455c369bec76dc970fc8ca463447c7b387a347f3c79331"}
    attempt = {"intValue":"4"}
    team = {"stringValue":"blue"}
    copied = {"intValue":"4"}
    token = {"intValue":"4711"}
    event: token = {"stringValue":"4711"}
    resource: service.name = {"stringValue":"secspan-testkit"}
    "#);
}

#[test]
fn only_what_is_selected_is_changed() {
    let set = "actions: [{ key: team, action: upsert, value: blue }]\n";
    for (selection, changed) in [
        (
            "include: { match_type: strict, span_names: [GET /login] }",
            true,
        ),
        ("include: { match_type: strict, span_names: [GET] }", false),
        ("include: { match_type: regexp, span_names: [GET] }", true),
        (
            "include: { match_type: strict, services: [secspan-testkit] }",
            true,
        ),
        (
            "include: { match_type: regexp, attributes: [{ key: attempt, value: ^3$ }] }",
            true,
        ),
        (
            "include: { match_type: strict, attributes: [{ key: absent }] }",
            false,
        ),
        (
            "exclude: { match_type: regexp, attributes: [{ key: user, value: example }] }",
            false,
        ),
        (
            "exclude: { match_type: strict, resources: [{ key: service.name, value: other }] }",
            true,
        ),
    ] {
        let shown = attributes(&format!("{set}{selection}"));
        assert_eq!(shown.contains("team"), changed, "{selection}");
    }
}

#[test]
fn what_changes_nothing_leaves_the_very_bytes() {
    let yaml = "actions: [{ key: absent, action: delete }]";
    let request = sample::request();
    let payload = sample::processed(parse, yaml, Signal::Traces, &request);
    assert_eq!(payload.bytes, request);
}

#[test]
fn a_resource_is_changed_once_for_all() {
    let yaml = "attributes: [{ key: deployment.environment, action: upsert, value: lab }]";
    let payload = sample::processed(resource::parse, yaml, Signal::Traces, &sample::request());
    let shown = sample::attributes(&payload);
    let expected = r#"resource: deployment.environment = {"stringValue":"lab"}"#;
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn mistakes_are_named() {
    let problems = |yaml| sample::problems(parse, yaml).join("\n");
    let shown = [
        problems("{}"),
        problems("actions: [{ key: a, action: put, value: 1 }]"),
        problems("actions: [{ key: a, action: insert }]"),
        problems("actions: [{ key: a, action: insert, value: 1, from_attribute: b }]"),
        problems("actions: [{ action: delete }]"),
        problems("actions: [{ key: a, action: extract, pattern: '(' }]"),
        problems("actions: [{ key: a, action: extract, pattern: 'b' }]"),
        problems("actions: [{ key: a, action: upsert, from_context: x }]"),
        problems("{ actions: [{ key: a, action: delete }], include: { match_type: strict } }"),
        problems(
            "{ actions: [{ key: a, action: delete }], include: { match_type: strict, span_kinds: [a] } }",
        ),
    ];
    insta::assert_snapshot!(shown.join("\n"), @r"
    actions: no actions
    actions[0].action: unknown value
    actions[0].value: is missing
    actions[0].value: both value and from_attribute are given
    actions[0].key: is missing
    actions[0].pattern: is no regular expression
    actions[0].pattern: has no named group
    actions[0].value: is missing
    actions[0].from_context: is not supported
    include: says nothing about the items that are meant
    include.span_kinds: unknown key
    ");
}
