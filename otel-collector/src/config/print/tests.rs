//! Tests of printing: what is printed reads back the same, and secrets stay inside.

use super::{resolved, written};
use crate::config::parse::parse;
use crate::config::tree::{Node, Value};
use crate::config::{ByteSize, KeyPath, Report, Section, Source};

fn tree(yaml: &str) -> Node {
    let report = Report::new();
    let node = parse(&Source::file(0, "t.yaml"), yaml, &report);
    assert_eq!(report.problems(), []);
    node.expect("valid YAML")
}

/// Whether two trees say the same, wherever it stands.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Null, Value::Null) => true,
        (Value::Scalar(a), Value::Scalar(b)) => a.text == b.text,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            let pairs = a.entries().iter().zip(b.entries());
            a.entries().len() == b.entries().len()
                && pairs
                    .into_iter()
                    .all(|(a, b)| a.key == b.key && same(&a.value, &b.value))
        }
        _ => false,
    }
}

#[test]
fn what_is_printed_reads_back_the_same() {
    for yaml in [
        "a: {b: [1, 2], c: {}, d: , e: []}",
        "a: [{x: 1, y: [{z: 2}]}, [1, [2]], {}, ~]",
        "a: \"null\"\nb: \"5\"\nc: \"\"\nd: \"- x\"\ne: \"a: b\"\nf: \"x #y\"\ng: \"two\\nlines\"",
        "a: ':x'\nb: '@x'\nc: 'x:'\nd: ' x '\n'e f': 1\n'#g': 2",
        "a: [\"x, y\", \"[z\", \"{\", 'plain']",
        "a: ${env:NAME:-x}\nb: \"${env:A}, ${env:B}\"\nc: [\"${env:C}\"]",
        "ä: 'ö'",
    ] {
        let before = tree(yaml);
        let printed = written(&before, &Report::new());
        assert!(
            same(&before, &tree(&printed)),
            "{yaml}\nprinted as\n{printed}"
        );
    }
}

#[test]
fn the_embedded_default_prints_as_it_is() {
    let default = tree(include_str!("../default.yaml"));
    assert!(same(&default, &tree(&written(&default, &Report::new()))));
}

#[test]
fn secrets_are_masked_and_references_to_them_are_not() {
    let yaml = "\
token: hunter2
tokens: [hunter2, \"${env:A}\"]
auth: {client_secret: hunter2, token_file: /run/token, scheme: Bearer}
headers: {x-scope: hunter2, authorization: \"Bearer ${env:T}\", b: \"${env:T}\"}
password: ${env:P:-hunter2}
";
    let expected = "\
token: \"****\"
tokens: [\"****\", \"${env:A}\"]
auth:
  client_secret: \"****\"
  token_file: /run/token
  scheme: Bearer
headers:
  x-scope: \"****\"
  authorization: \"****\"
  b: ${env:T}
password: \"****\"
";
    assert_eq!(written(&tree(yaml), &Report::new()), expected);
}

#[test]
fn resolved_shows_defaults_and_masks_what_a_component_calls_secret() {
    let root = tree("a: {pin: hunter2, items: [{n: 1}]}");
    let report = Report::new();
    Section::read(Some(&root), KeyPath::root(), &report, |section| {
        section.section("a", |a| {
            a.secret("pin").required();
            a.byte_size("size").or(ByteSize::mib(4));
            a.section("tls", |tls| tls.bool("insecure").or(false));
            a.sections("items", |item| {
                item.u64("n").required();
                item.string("unit").or("s".to_owned());
            });
        });
    });
    let expected = "\
a:
  pin: \"****\"
  items:
    - n: 1
      unit: s
  size: 4MiB
  tls:
    insecure: false
";
    assert_eq!(resolved(&root, &report), expected);
    assert_eq!(
        written(&root, &report),
        "a:\n  pin: \"****\"\n  items:\n    - n: 1\n"
    );
}
