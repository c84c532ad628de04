//! Renders the registry as the page that people read.

use super::line;
use super::registry::{Attribute, Registry};
use super::rust::kind_name;

/// `REFERENCE.md`
pub(crate) fn page(registry: &Registry) -> String {
    let mut out = String::from(
        "# Names that secspan uses\n\n\
         Generated from `registry/*.yaml` by `cargo xtask codegen`; change the registry, not this page.\n\
         A plain OpenTelemetry client in any language that sets these names gets the same records and metrics\n\
         as the SDK.\n\n",
    );
    workflows(&mut out, registry);
    events(&mut out, registry);
    attributes(&mut out, registry);
    metrics(&mut out, registry);
    out
}

fn workflows(out: &mut String, registry: &Registry) {
    out.push_str("## Workflows and stages\n\n");
    for workflow in &registry.workflows {
        line(
            out,
            &format!("### `{}`\n\n{}\n", workflow.name, workflow.brief),
        );
        out.push_str("| stage | key in older records | budget |\n|---|---|---|\n");
        for stage in &workflow.stages {
            let budget = stage
                .budget_minutes
                .map_or_else(String::new, |minutes| format!("{minutes} min"));
            line(
                out,
                &format!("| `{}` | `{}` | {budget} |", stage.name, stage.legacy_key),
            );
        }
        out.push('\n');
    }
}

fn events(out: &mut String, registry: &Registry) {
    out.push_str("## Events\n\n| event | what happened | required attributes |\n|---|---|---|\n");
    for event in &registry.events {
        let required: Vec<_> = event
            .attributes
            .iter()
            .filter(|item| item.required)
            .map(|item| format!("`{}`", item.name))
            .collect();
        line(
            out,
            &format!(
                "| `{}` | {} | {} |",
                event.name,
                event.brief,
                required.join(", ")
            ),
        );
    }
    out.push('\n');
}

fn attributes(out: &mut String, registry: &Registry) {
    out.push_str("## Attributes\n\n");
    for area in &registry.areas {
        line(out, &format!("### {}\n\n{}\n", area.title, area.brief));
        out.push_str("| attribute | type | meaning | values or examples |\n|---|---|---|---|\n");
        for attribute in &area.attributes {
            line(
                out,
                &format!(
                    "| `{}` | {} | {} | {} |",
                    attribute.name,
                    kind_name(attribute.kind),
                    attribute.brief,
                    values(attribute)
                ),
            );
        }
        out.push('\n');
    }
    line(
        out,
        &format!(
            "### OpenTelemetry's own\n\nBy reference to the semantic conventions {}.\n",
            registry.standard_version
        ),
    );
    out.push_str("| attribute | type | stability |\n|---|---|---|\n");
    for attribute in &registry.standard {
        line(
            out,
            &format!(
                "| `{}` | {} | {} |",
                attribute.name,
                kind_name(attribute.kind),
                attribute.stability.replace('_', " ")
            ),
        );
    }
    out.push('\n');
}

fn values(attribute: &Attribute) -> String {
    let words: Vec<_> = if attribute.members.is_empty() {
        attribute
            .examples
            .iter()
            .map(|example| format!("`{example}`"))
            .collect()
    } else {
        attribute
            .members
            .iter()
            .map(|member| format!("`{}`", member.value))
            .collect()
    };
    words.join(", ")
}

fn metrics(out: &mut String, registry: &Registry) {
    out.push_str("## Metrics\n");
    let mut area = "";
    for metric in &registry.metrics {
        if metric.area != area {
            area = &metric.area;
            line(
                out,
                &format!(
                    "\n### Metrics: {area}\n\n| metric | type | unit | labels | meaning |\n|---|---|---|---|---|"
                ),
            );
        }
        let labels: Vec<_> = metric
            .labels
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        line(
            out,
            &format!(
                "| `{}` | {} | {} | {} | {} |",
                metric.name,
                metric.instrument,
                metric.unit,
                labels.join(", "),
                metric.brief
            ),
        );
    }
}
