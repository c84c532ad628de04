//! Names of our spans, events, attributes and metrics stand in the names crate only.

use std::collections::BTreeSet;

use super::Violation;
use super::source::{Source, literals};
use crate::codegen::{self, OUR_PREFIX, registry::Registry};

/// What our own metrics begin with.
const OUR_METRICS: &str = "secops_";

/// Where names are defined; and xtask, which cannot depend on what it generates.
const EXEMPT: [&str; 2] = [codegen::CRATE, "crates/xtask"];

/// All names of ours.
pub(crate) fn ours(registry: &Registry) -> BTreeSet<String> {
    let attributes = registry
        .areas
        .iter()
        .flat_map(|area| &area.attributes)
        .map(|found| &found.name);
    let events = registry.events.iter().map(|event| &event.name);
    let metrics = registry.metrics.iter().map(|metric| &metric.name);
    let names = attributes.chain(events).chain(metrics);
    names
        .filter(|name| name.contains(['.', '_']))
        .cloned()
        .collect()
}

pub(crate) fn check(source: &Source, ours: &BTreeSet<String>) -> Vec<Violation> {
    if !source.is_rust() || EXEMPT.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (line, text) in source.shipped() {
        for literal in literals(text)
            .into_iter()
            .filter(|literal| is_name(literal, ours))
        {
            found.push(Violation {
                path: source.path.clone(),
                line,
                rule: "quoted name",
                what: format!("use the constant of secspan_semconv for \"{literal}\""),
                why: "a name that stands in one place can be renamed, documented and checked there",
            });
        }
    }
    found
}

fn is_name(literal: &str, ours: &BTreeSet<String>) -> bool {
    let prefixed = [OUR_PREFIX, OUR_METRICS]
        .iter()
        .filter_map(|prefix| literal.strip_prefix(prefix))
        .any(|rest| rest.starts_with(|letter: char| letter.is_ascii_lowercase()));
    ours.contains(literal) || (prefixed && !literal.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(path: &str, text: &str) -> Vec<usize> {
        let ours = BTreeSet::from(["otelcol_process_uptime".to_owned()]);
        check(&Source::new(path, text), &ours)
            .iter()
            .map(|violation| violation.line)
            .collect()
    }

    #[test]
    fn quoted_names_are_refused() {
        let text =
            "a(\"secops.stage.name\");\nb(\"otelcol_process_uptime\");\nc(\"secops_x_total\");\n";
        assert_eq!(check_text("crates/x/src/a.rs", text), [1, 2, 3]);
    }

    #[test]
    fn tests_comments_prefixes_and_the_names_crate_pass() {
        let text = "// \"secops.a\"\na(\"secops.\");\n#[cfg(test)]\nmod t { b(\"secops.a\"); }\n";
        assert_eq!(check_text("crates/x/src/a.rs", text), Vec::<usize>::new());
        let quoted = "a(\"secops.stage.name\");\n";
        assert_eq!(
            check_text("crates/secspan-semconv/src/a.rs", quoted),
            Vec::<usize>::new()
        );
        assert_eq!(check_text("tests/it/a.rs", quoted), Vec::<usize>::new());
    }
}
