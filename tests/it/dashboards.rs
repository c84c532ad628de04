//! Dashboards and alerts ask only for metrics and labels that exist, and are laid out as people can read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use secspan_semconv::metric::TABLE as METRICS;
use serde_json::Value;

/// Suffixes that a histogram's series add to its name.
const SUFFIXES: [&str; 3] = ["_bucket", "_sum", "_count"];

/// The series that Prometheus makes of its own alerts, and their labels.
const ALERTS: (&str, [&str; 4]) = ("ALERTS", ["alertname", "alertstate", "area", "severity"]);

/// How wide a dashboard is.
const COLUMNS: u64 = 24;

fn grafana() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../grafana")
}

fn dashboards() -> Vec<(String, String, Value)> {
    let files = fs::read_dir(grafana().join("dashboards")).unwrap();
    let found: Vec<_> = files
        .map(|file| {
            let file = file.unwrap();
            let text = fs::read_to_string(file.path()).unwrap();
            let value = serde_json::from_str(&text).unwrap();
            (file.file_name().to_string_lossy().into_owned(), text, value)
        })
        .collect();
    assert!(found.len() > 1, "{} dashboards", found.len());
    found
}

fn panels(dashboard: &Value) -> &[Value] {
    dashboard["panels"].as_array().unwrap()
}

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

/// The labels of a metric by the name of one of its series.
fn labels_of(name: &str) -> Option<Vec<&'static str>> {
    if name == ALERTS.0 {
        return Some(ALERTS.1.to_vec());
    }
    let bases = SUFFIXES
        .iter()
        .filter_map(|suffix| name.strip_suffix(suffix));
    let metric = std::iter::once(name)
        .chain(bases)
        .find_map(|name| METRICS.iter().find(|metric| metric.name == name))?;
    let le = name.ends_with("_bucket").then_some("le");
    Some(metric.labels.iter().copied().chain(le).collect())
}

/// Words that stand in an expression: names of metrics, labels, functions; the text in quotes is left out.
fn words(expression: &str) -> Vec<String> {
    let unquoted: String = expression.split('"').step_by(2).collect();
    unquoted
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn metrics(expression: &str) -> BTreeSet<String> {
    let ours = |word: &String| {
        word == ALERTS.0
            || ["secops_", "traces_", "otelcol_"]
                .iter()
                .any(|start| word.starts_with(start))
    };
    words(expression).into_iter().filter(ours).collect()
}

/// What stands between each `open` and the `close` after it.
fn between<'t>(text: &'t str, open: &str, close: char) -> Vec<&'t str> {
    text.split(open)
        .skip(1)
        .filter_map(|rest| rest.split(close).next())
        .collect()
}

/// Everything that is wrong with the names in an expression.
fn complaints(expression: &str) -> Vec<String> {
    let mut found = Vec::new();
    let names = metrics(expression);
    if names.is_empty() {
        found.push(format!("no metric in {expression}"));
    }
    let mut all = BTreeSet::new();
    for name in &names {
        match labels_of(name) {
            None => found.push(format!("unknown metric {name}")),
            Some(labels) => {
                let matchers = between(expression, &format!("{name}{{"), '}');
                for matcher in matchers.iter().flat_map(|matchers| matchers.split("\",")) {
                    let label = matcher.split(['=', '!']).next().unwrap_or_default().trim();
                    if !labels.contains(&label) {
                        found.push(format!("{name} has no label {label}"));
                    }
                }
                all.extend(labels);
            }
        }
    }
    for label in between(expression, " by (", ')')
        .iter()
        .flat_map(|labels| labels.split(','))
    {
        if !all.contains(label.trim()) {
            found.push(format!("no metric with the label {label} in {expression}"));
        }
    }
    found
}

#[test]
fn every_name_of_a_dashboard_is_in_the_registry() {
    let mut checked = 0;
    for (name, _, dashboard) in dashboards() {
        let mut found = Vec::new();
        expressions(&dashboard, &mut found);
        for expression in found {
            let complaints = complaints(&expression);
            assert!(complaints.is_empty(), "{name}: {complaints:?}");
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} expressions were found");
}

#[test]
fn every_name_of_the_alerts_is_in_the_registry() {
    let text = fs::read_to_string(grafana().join("alerts/enrichment.yaml")).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut checked = 0;
    for (at, line) in lines.iter().enumerate() {
        let Some(first) = line.strip_prefix("expr:") else {
            continue;
        };
        let more = lines[at + 1..].iter().take_while(|line| {
            !["for:", "labels:", "- record:", "- alert:"]
                .iter()
                .any(|key| line.starts_with(key))
                && !line.is_empty()
        });
        let expression = format!("{first} {}", more.copied().collect::<Vec<_>>().join(" "));
        // An alert on what the rules beside it record has no name of ours.
        let complaints = complaints(&expression);
        let recorded = expression.contains("secops:") && metrics(&expression).is_empty();
        assert!(complaints.is_empty() || recorded, "{complaints:?}");
        checked += 1;
    }
    assert!(checked > 9, "only {checked} expressions were found");
}

#[test]
fn names_that_do_not_exist_are_found() {
    for (expression, complaint) in [
        ("sum(rate(secops_nothing_total[5m]))", "unknown metric"),
        (
            "sum by (kind, analyst) (secops_records_total)",
            "no metric with the label  analyst",
        ),
        (
            r#"secops_records_total{kind="a",resutl="written"}"#,
            "has no label resutl",
        ),
        ("sum by (le) (secops_review_score_count)", "label le"),
        ("vector(1)", "no metric"),
    ] {
        let found = complaints(expression).join("; ");
        assert!(found.contains(complaint), "{expression}: {found}");
    }
    let fine = r#"sum by (le) (increase(secops_review_score_bucket{le!="+Inf"}[5m]))"#;
    assert_eq!(complaints(fine), Vec::<String>::new());
}

#[test]
fn dashboards_are_normalised_and_can_be_told_apart() {
    let mut uids = BTreeSet::new();
    for (name, text, dashboard) in dashboards() {
        let normal = format!("{}\n", serde_json::to_string_pretty(&dashboard).unwrap());
        assert!(
            text == normal,
            "{name}: keys are not sorted, or not indented by two"
        );
        let uid = dashboard["uid"].as_str().unwrap();
        assert!(uid.starts_with("secspan-"), "{name}: {uid}");
        assert!(uids.insert(uid.to_owned()), "{name}: {uid} is taken");
        let tags = dashboard["tags"].as_array().unwrap();
        assert!(tags.contains(&Value::from("secspan")), "{name}: no link");
        assert!(
            !text.contains("${DS_") && !text.contains("__inputs"),
            "{name}: provisioned dashboards have no inputs"
        );
    }
}

#[test]
fn every_panel_says_what_it_shows_and_in_which_unit() {
    for (name, _, dashboard) in dashboards() {
        let mut ids = BTreeSet::new();
        for panel in panels(&dashboard) {
            let title = panel["title"].as_str().unwrap();
            let place = format!("{name}: {title}");
            assert!(ids.insert(panel["id"].as_u64().unwrap()), "{place}: its id");
            assert!(!title.is_empty(), "{place}");
            if panel["type"] == "row" {
                continue;
            }
            let description = panel["description"].as_str().unwrap_or_default();
            assert!(description.ends_with('.'), "{place}: no description");
            assert!(
                !panel["targets"].as_array().unwrap().is_empty(),
                "{place}: no query"
            );
            let prometheus = panel["datasource"]["type"] == "prometheus";
            let unit = &panel["fieldConfig"]["defaults"]["unit"];
            assert!(!prometheus || unit.is_string(), "{place}: no unit");
        }
    }
}

#[test]
fn panels_do_not_lie_on_each_other() {
    for (name, _, dashboard) in dashboards() {
        let mut taken = BTreeSet::new();
        for panel in panels(&dashboard) {
            let place = |key: &str| panel["gridPos"][key].as_u64().unwrap();
            assert!(place("x") + place("w") <= COLUMNS, "{name}: too wide");
            for x in place("x")..place("x") + place("w") {
                for y in place("y")..place("y") + place("h") {
                    assert!(taken.insert((x, y)), "{name}: {}", panel["title"]);
                }
            }
        }
    }
}
