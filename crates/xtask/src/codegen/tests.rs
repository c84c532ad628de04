//! The registry's mistakes are errors that name file and group; what it says comes out as Rust.

use std::collections::BTreeSet;

use super::registry::Registry;
use super::{reference, rust};

const GROUPS: &str = "
groups:
  - id: registry.a
    type: attribute_group
    display_name: A
    brief: About a.
    attributes:
      - id: secops.a.kind
        type:
          members:
            - { id: x_y, value: X y, brief: The first., stability: development }
        stability: development
        brief: The kind.
      - id: secops.a.count
        type: int
        stability: development
        brief: How many.
        examples: [3]
  - id: event.secops.a.done
    type: event
    name: secops.a.done
    stability: development
    brief: It is done.
    attributes:
      - ref: secops.a.kind
        requirement_level: required
  - id: metric.a_bytes
    type: metric
    metric_name: a_bytes
    instrument: histogram
    unit: By
    stability: development
    brief: Sizes.
    annotations: { area: a, labels: [tool], buckets: [0.5, 1048576] }
";

fn read(text: &str) -> Result<Registry, String> {
    let mut registry = Registry::default();
    let mut references = BTreeSet::new();
    registry
        .add_file("a.yaml", text, &mut references)
        .and_then(|()| registry.check_references(&references))
        .map_err(|failure| failure.to_string())?;
    Ok(registry)
}

#[track_caller]
fn assert_holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn names_become_constants_tables_and_values() {
    let registry = read(GROUPS).unwrap();
    assert_holds(
        &rust::attributes(&registry),
        &[
            "pub const SECOPS_A_KIND: &str = \"secops.a.kind\";",
            "accepts: &[AttributeKind::String], values: &[] }",
            "values: &[\"X y\"] }",
        ],
    );
    assert_holds(
        &rust::values(&registry),
        &[
            "pub mod a {",
            "pub mod kind {",
            "pub const X_Y: &str = \"X y\";",
        ],
    );
    assert_holds(
        &rust::events(&registry),
        &["required: &[attribute::SECOPS_A_KIND], recommended: &[]"],
    );
    assert_holds(
        &rust::metrics(&registry),
        &[
            "pub const A_BYTES: &str = \"a_bytes\";",
            "labels: &[label::TOOL], buckets: &[0.5, 1_048_576.0]",
        ],
    );
}

#[test]
fn the_page_names_everything() {
    let registry = read(GROUPS).unwrap();
    assert_holds(
        &reference::page(&registry),
        &[
            "| `secops.a.kind` | string | The kind. | `X y` |",
            "| `secops.a.count` | int | How many. | `3` |",
            "| `secops.a.done` | It is done. | `secops.a.kind` |",
            "| `a_bytes` | histogram | By | `tool` | Sizes. |",
        ],
    );
}

#[test]
fn mistakes_are_told_with_their_place() {
    let cases = [
        ("groups: [", "a.yaml: not valid YAML"),
        ("other: 1", "a.yaml: expected a list under `groups`"),
        (
            "groups: [{ id: g, brief: b, type: spam }]",
            "a.yaml: g: unknown group type `spam`",
        ),
        (
            "groups: [{ id: g, type: event, name: e }]",
            "a.yaml: g: `brief` is missing",
        ),
        (
            "groups: [{ id: g, brief: b, type: event, name: e, attributes: [{ ref: nope, requirement_level: required }] }]",
            "`ref: nope` is defined neither",
        ),
    ];
    for (text, expected) in cases {
        let error = read(text).unwrap_err();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
    let twice = GROUPS.replace("secops.a.count", "secops.a.kind");
    assert_eq!(
        read(&twice).unwrap_err(),
        "attribute `secops.a.kind` is defined twice"
    );
}
