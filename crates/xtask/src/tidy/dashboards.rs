//! Dashboards and alerts ask only for metrics and labels that exist.

use std::collections::BTreeSet;

use super::Violation;
use super::source::Source;
use crate::codegen::registry::Registry;

/// Where dashboards, alerts and data sources are.
const FOLDER: &str = "grafana/";

/// What our metrics, and labels made of our attributes, begin with.
const PREFIXES: [&str; 4] = ["secops_", "flowspec_", "otelcol_", "traces_span"];

/// What the exposition and the query language add to a name.
const SUFFIXES: [&str; 5] = ["_bucket", "_sum", "_count", "_total", "_created"];

/// Names that a query may use: metrics, and attributes as labels.
pub(crate) fn known(registry: &Registry) -> BTreeSet<String> {
    let metrics = registry.metrics.iter().map(|metric| metric.name.clone());
    let labels = registry
        .attributes()
        .into_iter()
        .map(|attribute| attribute.name.replace('.', "_"));
    metrics.chain(labels).collect()
}

pub(crate) fn check(source: &Source, known: &BTreeSet<String>) -> Vec<Violation> {
    if !source.path.starts_with(FOLDER) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (line, text) in source.numbered() {
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let ours = words.filter(|word| PREFIXES.iter().any(|prefix| word.starts_with(prefix)));
        for word in ours.filter(|word| !is_known(word, known)) {
            found.push(Violation {
                path: source.path.clone(),
                line,
                rule: "dashboard",
                what: format!("nothing is called `{word}`"),
                why: "a panel that asks for a metric that does not exist stays empty for ever",
            });
        }
    }
    found
}

fn is_known(word: &str, known: &BTreeSet<String>) -> bool {
    let bare = SUFFIXES
        .iter()
        .filter_map(|suffix| word.strip_suffix(suffix));
    known.contains(word) || bare.into_iter().any(|name| known.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<String> {
        let known = [
            "secops_records_total",
            "secops_stage_name",
            "secops_review_score",
        ];
        let known = known.map(str::to_owned).into();
        check(&Source::new(path, text), &known)
            .into_iter()
            .map(|found| found.what)
            .collect()
    }

    #[test]
    fn a_panel_with_a_metric_that_does_not_exist_is_refused() {
        let text = r#"{"expr": "sum(rate(secops_recrods_total{kind=\"a\"}[5m]))"}"#;
        assert_eq!(
            complaints("grafana/dashboards/a.json", text),
            ["nothing is called `secops_recrods_total`"]
        );
    }

    #[test]
    fn known_metrics_with_their_suffixes_and_labels_pass() {
        let text =
            "sum by (le, secops_stage_name) (secops_review_score_bucket) / secops_records_total";
        assert_eq!(
            complaints("grafana/dashboards/a.json", text),
            Vec::<String>::new()
        );
        assert_eq!(
            complaints("README.md", "secops_nothing"),
            Vec::<String>::new()
        );
    }
}
