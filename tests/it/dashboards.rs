//! Dashboards name only metrics and labels that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Suffixes that a histogram's series add to its name.
const SUFFIXES: [&str; 3] = ["_bucket", "_sum", "_count"];

fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(expression)) = map.get("expr") {
                found.push(expression.clone());
            }
            map.values().for_each(|value| expressions(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

/// The metric names in an expression: the words that begin like ours.
fn metrics(expression: &str) -> BTreeSet<String> {
    expression
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| {
            ["secops_", "traces_", "otelcol_"]
                .iter()
                .any(|start| word.starts_with(start))
        })
        .map(str::to_owned)
        .collect()
}

fn is_known(name: &str) -> bool {
    let bases = SUFFIXES
        .iter()
        .filter_map(|suffix| name.strip_suffix(suffix));
    std::iter::once(name)
        .chain(bases)
        .any(|name| secspan_semconv::find_metric(name).is_some())
}

#[test]
fn every_metric_of_a_dashboard_is_in_the_registry() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../grafana/dashboards");
    let mut checked = 0;
    for file in fs::read_dir(folder).unwrap().flatten() {
        let dashboard: Value =
            serde_json::from_str(&fs::read_to_string(file.path()).unwrap()).unwrap();
        let mut found = Vec::new();
        expressions(&dashboard, &mut found);
        for expression in found {
            let names = metrics(&expression);
            assert!(!names.is_empty(), "no metric in {expression}");
            for name in names {
                assert!(
                    is_known(&name),
                    "{}: unknown metric {name}",
                    file.path().display()
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 10, "only {checked} metrics were found");
}
