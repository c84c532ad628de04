//! Tests of the YAML reader: places, limits, duplicates, anchors.

use proptest::prelude::*;

use super::{NODES_MAX, SOURCE_BYTES_MAX, parse};
use crate::config::tree::{Node, Value};
use crate::config::{Report, Source};

/// The tree in one line, or the problems with their places.
fn read(yaml: &str) -> String {
    let report = Report::new();
    let node = parse(&Source::file(0, "t"), yaml, &report);
    let problems = report.problems();
    if problems.is_empty() {
        return node.map_or_else(|| "none without a reason".to_owned(), |node| line(&node));
    }
    let lines = problems.iter().map(|problem| {
        let place = problem
            .location
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        format!("{place} {}: {}", problem.path, problem.complaint.message())
    });
    lines.collect::<Vec<_>>().join("; ")
}

fn line(node: &Node) -> String {
    match &node.value {
        Value::Null => "~".to_owned(),
        Value::Refused => "refused".to_owned(),
        Value::Scalar(scalar) if scalar.quoted => format!("{:?}", scalar.text),
        Value::Scalar(scalar) => scalar.text.clone(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(line).collect::<Vec<_>>().join(" "))
        }
        Value::Map(map) => {
            let entries = map.entries().iter();
            let entries = entries.map(|entry| format!("{}:{}", entry.key, line(&entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
        }
    }
}

#[test]
fn reads_trees() {
    for (yaml, expected) in [
        ("", "{}"),
        ("# nothing\n", "{}"),
        ("a: 1\nb: [x, \"y\", ~]", "{a:1 b:[x \"y\" ~]}"),
        (
            "a:\nb: null\nc: \"null\"\nd: !!str null",
            "{a:~ b:~ c:\"null\" d:\"null\"}",
        ),
        ("a: |\n  two\n  lines\n", "{a:\"two\\nlines\\n\"}"),
        ("base: &b {x: 1}\nuse: *b", "{base:{x:1} use:{x:1}}"),
        (
            "base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  x: 9",
            "{base:{x:1 y:2} use:{x:9 y:2}}",
        ),
        ("{a: {b: {c: d}}}", "{a:{b:{c:d}}}"),
    ] {
        assert_eq!(read(yaml), expected, "{yaml}");
    }
}

#[test]
fn names_the_place_of_what_is_wrong() {
    for (yaml, expected) in [
        ("a: 1\nb: 2\na: 3", "t:3:1 a: duplicate key"),
        ("a:\n  - {k: 1, k: 2}", "t:2:12 a[0].k: duplicate key"),
        (
            "a: 1\n---\nb: 2",
            "t:2:1 : more than one YAML document in a file",
        ),
        ("a: !!python/object x", "t:1:4 a: unknown YAML tag"),
        ("a: !mine x", "t:1:4 a: unknown YAML tag"),
        ("? [a, b]\n: c", "t:1:3 : a key must be a single value"),
        ("a: &x [*x]", "t:1:8 a[0]: an anchor cannot contain itself"),
        ("a: {<<: 5}", "t:1:9 a: `<<` merges maps"),
    ] {
        assert_eq!(read(yaml), expected, "{yaml}");
    }
    assert!(
        read("a: [1, 2\nb: 3").contains("not valid YAML"),
        "{}",
        read("a: [1, 2\nb: 3")
    );
    assert!(
        read("a:\n\tb: 1").starts_with("t:2:"),
        "{}",
        read("a:\n\tb: 1")
    );
    assert!(
        read("a: *nobody").contains("not valid YAML"),
        "{}",
        read("a: *nobody")
    );
}

#[test]
fn limits_hold_before_memory_is_spent() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read(&deep).contains("limit exceeded"), "{}", read(&deep));
    let deep = "- ".repeat(100_000);
    assert!(read(&deep).contains("nested too deeply"), "{}", read(&deep));
    let large = "x".repeat(SOURCE_BYTES_MAX + 1);
    assert!(read(&large).contains("too large"), "{}", read(&large));
    // Nine anchors, each ten times the one before: a milliard values in 400 bytes.
    let floor = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]".to_owned();
    let floors = (1..9).map(|level| {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        format!("a{level}: &a{level} [{aliases}]")
    });
    let tower = std::iter::once(floor)
        .chain(floors)
        .collect::<Vec<_>>()
        .join("\n");
    assert!(read(&tower).contains("too many values"), "{}", read(&tower));
    let many = format!("a: [{}]", "x, ".repeat(NODES_MAX));
    assert!(read(&many).contains("too many values"), "{}", read(&many));
    let twice = "a: 1\n".repeat(1000);
    assert!(read(&twice).ends_with("too many problems, the rest was not read"));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-c:\\-\\[\\]{}&*<!|>'\"#,? \n\t0-9$%@`\\\\]{0,60}") {
        read(&text);
    }
}
