//! Tests of merging: later over earlier, key by key, and `--set`.

use super::{Layer, merge, steps};
use crate::config::{Report, print};

fn text(name: &str, text: &str) -> Layer {
    Layer::Text {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn set(argument: &str) -> Layer {
    Layer::Set(argument.to_owned())
}

/// The merged YAML, or the problems in one line each.
fn merged(layers: &[Layer]) -> String {
    let report = Report::new();
    match merge(layers, &report) {
        Some(node) if !report.has_errors() => print::written(&node, &report),
        _ => {
            let problems = report.problems();
            let lines = problems.iter().map(|problem| {
                let place = problem
                    .location
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                format!("{place}: {}", problem.complaint.message())
            });
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn later_files_override_key_by_key() {
    let base = text("base.yaml", "a: {x: 1, y: 2}\nlist: [1, 2]\nkeep: me");
    let over = text("over.yaml", "a: {y: 3, z: 4}\nlist: [9]\nnew: [b]");
    let expected = "a:\n  x: 1\n  y: 3\n  z: 4\nlist: [9]\nkeep: me\nnew: [b]\n";
    assert_eq!(merged(&[base, over]), expected);
}

#[test]
fn nothing_over_a_section_resets_it() {
    let layers = [
        text("a", "otlp: {protocols: {grpc: {}}}"),
        text("b", "otlp:"),
    ];
    assert_eq!(merged(&layers), "otlp:\n");
}

#[test]
fn set_reaches_every_depth() {
    let base = text(
        "base.yaml",
        "exporters: {otlp/tempo: {endpoint: a:1}}\nlist: [{n: 1}, {n: 2}]",
    );
    for (argument, expected) in [
        ("exporters.otlp/tempo.endpoint=b:2", "endpoint: b:2"),
        ("exporters::otlp/tempo::endpoint=b:2", "endpoint: b:2"),
        (
            "exporters.otlp/tempo.tls.insecure=true",
            "tls:\n      insecure: true",
        ),
        ("list.1.n=7", "- n: 7"),
        (
            "service.pipelines.traces.receivers=[otlp, other]",
            "receivers: [otlp, other]",
        ),
        ("exporters.jsonl=", "jsonl:\n"),
        ("a\\.b=c=d", "a.b: c=d"),
    ] {
        let shown = merged(&[base.clone(), set(argument)]);
        assert!(shown.contains(expected), "{argument}: {shown}");
    }
}

#[test]
fn a_bad_set_says_so_without_repeating_its_value() {
    let base = text("base.yaml", "list: [1]");
    for (argument, expected) in [
        ("hunter2", "--set hunter2: not of the form key.path=value"),
        ("a..b=hunter2", "--set a..b: not of the form key.path=value"),
        ("=hunter2", "--set : not of the form key.path=value"),
        ("list.1=hunter2", "--set list.1: no such item in the list"),
    ] {
        assert_eq!(merged(&[base.clone(), set(argument)]), expected);
    }
    let deep = merged(&[base.clone(), set(&format!("{}=1", vec!["a"; 40].join(".")))]);
    assert!(deep.ends_with("key path is too deep"), "{deep}");
    let shown = merged(&[base, set("a=[1")]);
    assert!(shown.starts_with("--set a: not valid YAML"), "{shown}");
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem_beside_the_others() {
    let layers = [
        Layer::Unreadable {
            name: "gone.yaml".to_owned(),
            reason: "it does not exist".to_owned(),
        },
        text("bad.yaml", "a: 1\na: 2"),
    ];
    let expected =
        "gone.yaml: cannot read the file: it does not exist\nbad.yaml:2:1: duplicate key";
    assert_eq!(merged(&layers), expected);
}

#[test]
fn key_paths_split_at_dots_unless_escaped() {
    assert_eq!(steps("a.b/c.d"), ["a", "b/c", "d"]);
    assert_eq!(steps("a\\.b.c"), ["a.b", "c"]);
    assert_eq!(steps("a::b.c"), ["a", "b.c"]);
}
