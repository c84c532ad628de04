//! Renders the registry as Rust constants and tables. The text goes through rustfmt afterwards.

use std::collections::{BTreeMap, BTreeSet};

use super::line;
use super::registry::{Attribute, Kind, Metric, Registry, Workflow};

/// The constant that stands for a dotted name.
pub(crate) fn constant(name: &str) -> String {
    name.chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect()
}

/// A list of paths to constants.
fn constants<'a>(module: &str, names: impl Iterator<Item = &'a String>) -> String {
    let paths: Vec<_> = names
        .map(|name| format!("{module}{}", constant(name)))
        .collect();
    paths.join(", ")
}

fn header(what: &str, rest: &str) -> String {
    format!(
        "//! {what}, generated from `registry/*.yaml` by `cargo xtask codegen`.\n\
         //!\n\
         //! {rest}\n\n"
    )
}

/// One documented string constant.
fn string_constant(out: &mut String, docs: &[&str], name: &str, value: &str) {
    for doc in docs {
        line(out, format!("/// {doc}").trim_end());
    }
    line(out, &format!("pub const {name}: &str = {value:?};\n"));
}

/// `attribute.rs`
pub(crate) fn attributes(registry: &Registry) -> String {
    let mut out = header(
        "Attribute names and types",
        "Ours begin with `secops.`; the others are OpenTelemetry's, by reference.",
    );
    out.push_str("use crate::table::{AttributeDef, AttributeKind, Stability};\n\n");
    line(
        &mut out,
        &format!(
            "/// Version of OpenTelemetry's semantic conventions that the standard names follow.\n\
         pub const STANDARD_VERSION: &str = {:?};\n",
            registry.standard_version
        ),
    );
    let all = registry.attributes();
    for attribute in &all {
        let kind = format!("Type: {}.", kind_name(attribute.kind));
        string_constant(
            &mut out,
            &[&attribute.brief, "", &kind],
            &constant(&attribute.name),
            &attribute.name,
        );
    }
    out.push_str("/// Every attribute, sorted by name.\npub const TABLE: &[AttributeDef] = &[\n");
    for attribute in &all {
        attribute_row(&mut out, attribute);
    }
    out.push_str("];\n");
    out
}

fn attribute_row(out: &mut String, attribute: &Attribute) {
    let accepts: Vec<_> = attribute
        .accepts
        .iter()
        .map(|kind| format!("AttributeKind::{kind:?}"))
        .collect();
    let members: Vec<_> = attribute
        .members
        .iter()
        .map(|member| format!("{:?}", member.value))
        .collect();
    line(
        out,
        &format!(
            "AttributeDef {{ name: {}, kind: AttributeKind::{:?}, stability: Stability::{}, ours: {}, \
         accepts: &[{}], values: &[{}] }},",
            constant(&attribute.name),
            attribute.kind,
            stability(&attribute.stability),
            attribute.name.starts_with(super::OUR_PREFIX),
            accepts.join(", "),
            members.join(", "),
        ),
    );
}

/// The variant of `Stability` for the registry's word.
fn stability(word: &str) -> &'static str {
    match word {
        "stable" => "Stable",
        "release_candidate" => "ReleaseCandidate",
        _ => "Development",
    }
}

/// The word that people read for a type.
pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "string",
        Kind::Int => "int",
        Kind::Double => "double",
        Kind::Bool => "bool",
        Kind::StringArray => "string array",
    }
}

/// `event.rs`
pub(crate) fn events(registry: &Registry) -> String {
    let mut out = header(
        "Span event names",
        "The same names mark log records that are folded onto their span.",
    );
    out.push_str("use crate::attribute;\nuse crate::table::EventDef;\n\n");
    for event in &registry.events {
        string_constant(
            &mut out,
            &[&event.brief],
            &constant(&event.name),
            &event.name,
        );
    }
    out.push_str("/// Every event, sorted by name.\npub const TABLE: &[EventDef] = &[\n");
    for event in &registry.events {
        let pick = |required| {
            let names = event
                .attributes
                .iter()
                .filter(|item| item.required == required);
            constants("attribute::", names.map(|item| &item.name))
        };
        line(
            &mut out,
            &format!(
                "EventDef {{ name: {}, required: &[{}], recommended: &[{}] }},",
                constant(&event.name),
                pick(true),
                pick(false),
            ),
        );
    }
    out.push_str("];\n");
    out
}

/// `metric.rs`
pub(crate) fn metrics(registry: &Registry) -> String {
    let mut out = header(
        "Metric and label names",
        "Names are those of the exposition: counters end in `_total`, times are seconds.",
    );
    out.push_str("use crate::table::{Instrument, MetricDef};\n\n");
    for metric in &registry.metrics {
        let kind = format!("A {} in `{}`.", metric.instrument, metric.unit);
        string_constant(
            &mut out,
            &[&metric.brief, "", &kind],
            &constant(&metric.name),
            &metric.name,
        );
    }
    out.push_str("/// Label names.\npub mod label {\n");
    let labels: BTreeSet<_> = registry
        .metrics
        .iter()
        .flat_map(|metric| &metric.labels)
        .collect();
    for label in labels {
        let brief = format!("The label `{label}`.");
        string_constant(&mut out, &[&brief], &constant(label), label);
    }
    out.push_str("}\n\n/// Every metric, sorted by name.\npub const TABLE: &[MetricDef] = &[\n");
    let mut sorted: Vec<_> = registry.metrics.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    for metric in sorted {
        metric_row(&mut out, metric);
    }
    out.push_str("];\n");
    out
}

fn metric_row(out: &mut String, metric: &Metric) {
    let labels = constants("label::", metric.labels.iter());
    let buckets: Vec<_> = metric.buckets.iter().map(|bound| float(bound)).collect();
    let instrument = match metric.instrument.as_str() {
        "counter" => "Counter",
        "histogram" => "Histogram",
        _ => "Gauge",
    };
    line(
        out,
        &format!(
            "MetricDef {{ name: {}, instrument: Instrument::{instrument}, unit: {:?}, brief: {:?}, \
         labels: &[{labels}], buckets: &[{}] }},",
            constant(&metric.name),
            metric.unit,
            metric.brief,
            buckets.join(", "),
        ),
    );
}

/// A float literal with separators, as clippy wants it.
fn float(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let mut out = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && whole.len() > 5 && (whole.len() - place).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    format!(
        "{out}.{}",
        if fraction.len() > 5 {
            grouped(fraction)
        } else {
            fraction.to_owned()
        }
    )
}

/// Digits after the point, in groups of three.
fn grouped(digits: &str) -> String {
    let digits: Vec<_> = digits.chars().collect();
    digits
        .chunks(3)
        .map(String::from_iter)
        .collect::<Vec<_>>()
        .join("_")
}

/// `span.rs`
pub(crate) fn spans(registry: &Registry) -> String {
    let mut out = header(
        "Workflow and stage names",
        "A stage span carries the stage's name as an attribute, or is itself named like the stage.",
    );
    out.push_str("use crate::table::{StageDef, WorkflowDef};\n\n");
    out.push_str("/// Names of workflows.\npub mod workflow {\n");
    for workflow in &registry.workflows {
        string_constant(
            &mut out,
            &[&workflow.brief],
            &constant(&workflow.name),
            &workflow.name,
        );
    }
    out.push_str("}\n\n/// Names of stages, of all workflows.\npub mod stage {\n");
    let stages = registry
        .workflows
        .iter()
        .flat_map(|workflow| &workflow.stages);
    for name in stages
        .clone()
        .map(|stage| &stage.name)
        .collect::<BTreeSet<_>>()
    {
        let brief = format!("The stage `{name}`.");
        string_constant(&mut out, &[&brief], &constant(name), name);
    }
    out.push_str(
        "}\n\n/// Keys that older records use for stages; also accepted as stage names.\n\
         pub mod legacy_stage {\n",
    );
    for key in stages
        .map(|stage| &stage.legacy_key)
        .collect::<BTreeSet<_>>()
    {
        let brief = format!("The record key `{key}`.");
        string_constant(&mut out, &[&brief], &constant(key), key);
    }
    out.push_str("}\n\n/// Every workflow, with its stages in order.\npub const WORKFLOWS: &[WorkflowDef] = &[\n");
    for workflow in &registry.workflows {
        workflow_row(&mut out, workflow);
    }
    out.push_str("];\n");
    out
}

fn workflow_row(out: &mut String, workflow: &Workflow) {
    line(
        out,
        &format!(
            "WorkflowDef {{ name: workflow::{}, stages: &[",
            constant(&workflow.name)
        ),
    );
    for stage in &workflow.stages {
        let budget = stage.budget_minutes.map_or_else(
            || "None".to_owned(),
            |minutes| format!("Some({})", minutes * 60),
        );
        line(
            out,
            &format!(
                "StageDef {{ name: stage::{}, legacy_key: legacy_stage::{}, budget_seconds: {budget} }},",
                constant(&stage.name),
                constant(&stage.legacy_key),
            ),
        );
    }
    out.push_str("] },\n");
}

/// A tree of value modules.
#[derive(Default)]
struct Module<'a> {
    inner: BTreeMap<String, Module<'a>>,
    attribute: Option<&'a Attribute>,
}

/// `value.rs`
pub(crate) fn values(registry: &Registry) -> String {
    let mut out = header(
        "Values of enumerations, by the attribute's name without `secops.`",
        "Readers take unknown values as they are; writers use these.",
    );
    let mut root = Module::default();
    for attribute in registry.attributes() {
        if attribute.members.is_empty() {
            continue;
        }
        let path = attribute
            .name
            .strip_prefix(super::OUR_PREFIX)
            .unwrap_or(&attribute.name);
        let mut module = &mut root;
        let mut above = "";
        for segment in path.split('.') {
            module = module.inner.entry(module_name(above, segment)).or_default();
            above = segment;
        }
        module.attribute = Some(attribute);
    }
    module_body(&mut out, &root, "");
    out
}

/// `type` is a keyword, so the module of `scan.type` is `scan::scan_type`.
fn module_name(above: &str, segment: &str) -> String {
    if segment == "type" {
        format!("{above}_type")
    } else {
        segment.to_owned()
    }
}

fn module_body(out: &mut String, module: &Module<'_>, path: &str) {
    if let Some(attribute) = module.attribute {
        for member in &attribute.members {
            string_constant(
                out,
                &[&member.brief],
                &constant(&member.value),
                &member.value,
            );
        }
        let all: String = attribute
            .members
            .iter()
            .map(|member| constant(&member.value) + ", ")
            .collect();
        line(
            out,
            &format!(
                "/// Every value, in the registry's order.\npub const ALL: &[&str] = &[{all}];\n"
            ),
        );
    }
    for (name, inner) in &module.inner {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match inner.attribute {
            Some(attribute) => {
                line(out, &format!("/// Values of `{}`.", attribute.name));
            }
            None => {
                line(
                    out,
                    &format!("/// Values of attributes under `secops.{path}`."),
                );
            }
        }
        line(out, &format!("pub mod {name} {{"));
        module_body(out, inner, &path);
        out.push_str("}\n\n");
    }
}
