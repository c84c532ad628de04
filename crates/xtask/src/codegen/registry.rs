//! The semantic convention registry, read from its YAML files into plain values.
//!
//! Only the parts of weaver's definition form that we use are understood; anything else is an error
//! that names the file and the group, so that a typing mistake cannot vanish silently.

use std::collections::BTreeSet;
use std::path::Path;

use saphyr::{LoadableYamlNode as _, Yaml};

use crate::failure::{Failure, Result};
use crate::files;

/// Everything that the generated files are made of.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// Our own attributes, by area.
    pub(crate) areas: Vec<Area>,
    /// OpenTelemetry's attributes that the registry refers to.
    pub(crate) standard: Vec<Attribute>,
    /// Version of OpenTelemetry's semantic conventions that `standard` follows.
    pub(crate) standard_version: String,
    /// Span events, sorted by name.
    pub(crate) events: Vec<Event>,
    /// Metrics, in the registry's order.
    pub(crate) metrics: Vec<Metric>,
    /// Workflows and their stages.
    pub(crate) workflows: Vec<Workflow>,
}

/// One file of attributes.
#[derive(Debug)]
pub(crate) struct Area {
    pub(crate) title: String,
    pub(crate) brief: String,
    pub(crate) attributes: Vec<Attribute>,
}

/// One attribute.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) stability: String,
    pub(crate) brief: String,
    /// Closed or known values of an enumeration; empty for free values.
    pub(crate) members: Vec<Member>,
    /// Examples as they stand in the registry.
    pub(crate) examples: Vec<String>,
    /// Further wire types that a reader takes.
    pub(crate) accepts: Vec<Kind>,
}

/// One value of an enumeration.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) value: String,
    pub(crate) brief: String,
}

/// The type of an attribute value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    Int,
    Double,
    Bool,
    StringArray,
}

/// One span event.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) brief: String,
    pub(crate) attributes: Vec<Reference>,
}

/// An attribute that an event or a span carries.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) name: String,
    pub(crate) required: bool,
}

/// One metric.
#[derive(Debug)]
pub(crate) struct Metric {
    pub(crate) name: String,
    pub(crate) area: String,
    pub(crate) instrument: String,
    pub(crate) unit: String,
    pub(crate) brief: String,
    pub(crate) labels: Vec<String>,
    pub(crate) buckets: Vec<String>,
}

/// One workflow definition.
#[derive(Debug)]
pub(crate) struct Workflow {
    pub(crate) name: String,
    pub(crate) brief: String,
    pub(crate) stages: Vec<Stage>,
}

/// One stage of a workflow.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) name: String,
    pub(crate) legacy_key: String,
    pub(crate) budget_minutes: Option<i64>,
}

impl Registry {
    /// Reads `registry/*.yaml` and `standard.yaml` of the crate at `root`.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut registry = Self::default();
        let mut references = BTreeSet::new();
        for path in files::with_extension(&root.join("registry"), "yaml")? {
            if path.ends_with("manifest.yaml") {
                continue;
            }
            let text = files::read(&path)?;
            let at = path.display().to_string();
            registry.add_file(&at, &text, &mut references)?;
        }
        registry.read_standard(root)?;
        registry.events.sort_by(|a, b| a.name.cmp(&b.name));
        registry.check_references(&references)?;
        Ok(registry)
    }

    /// All attributes, ours and standard, sorted by name.
    pub(crate) fn attributes(&self) -> Vec<&Attribute> {
        let ours = self.areas.iter().flat_map(|area| &area.attributes);
        let mut all: Vec<_> = ours.chain(&self.standard).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    pub(crate) fn add_file(
        &mut self,
        at: &str,
        text: &str,
        references: &mut BTreeSet<String>,
    ) -> Result<()> {
        let documents = Yaml::load_from_str(text)
            .map_err(|error| Failure::new(format!("{at}: not valid YAML: {error}")))?;
        let groups = documents
            .first()
            .and_then(|document| document.as_mapping_get("groups"))
            .and_then(|groups| groups.as_sequence())
            .ok_or_else(|| Failure::new(format!("{at}: expected a list under `groups`")))?;
        for group in groups {
            let id = string(group, "id", at)?;
            self.add_group(&format!("{at}: {id}"), group, references)?;
        }
        Ok(())
    }

    fn add_group(
        &mut self,
        at: &str,
        group: &Yaml<'_>,
        references: &mut BTreeSet<String>,
    ) -> Result<()> {
        let brief = string(group, "brief", at)?;
        let carried = group_references(group, at)?;
        references.extend(carried.iter().map(|reference| reference.name.clone()));
        match string(group, "type", at)?.as_str() {
            "attribute_group" => self.areas.push(Area {
                title: string(group, "display_name", at)?,
                brief,
                attributes: list(group, "attributes")
                    .iter()
                    .map(|item| attribute(item, at))
                    .collect::<Result<_>>()?,
            }),
            "event" => {
                let name = string(group, "name", at)?;
                self.events.push(Event {
                    name,
                    brief,
                    attributes: carried,
                });
            }
            "metric" => self.metrics.push(metric(group, brief, at)?),
            "span" => self.workflows.extend(workflow(group, brief, at)?),
            other => {
                return Err(Failure::new(format!(
                    "{at}: unknown group type `{other}`, expected attribute_group, event, metric or span"
                )));
            }
        }
        Ok(())
    }

    fn read_standard(&mut self, root: &Path) -> Result<()> {
        let path = root.join("standard.yaml");
        let at = path.display().to_string();
        let text = files::read(&path)?;
        let documents = Yaml::load_from_str(&text)
            .map_err(|error| Failure::new(format!("{at}: not valid YAML: {error}")))?;
        let document = documents
            .first()
            .ok_or_else(|| Failure::new(format!("{at}: the file is empty")))?;
        self.standard_version = string(document, "version", &at)?;
        for item in list(document, "attributes") {
            let name = string(item, "id", &at)?;
            self.standard.push(Attribute {
                kind: kind(&string(item, "type", &at)?, &at)?,
                stability: string(item, "stability", &at)?,
                brief: format!("OpenTelemetry's `{name}`."),
                members: Vec::new(),
                examples: Vec::new(),
                accepts: Vec::new(),
                name,
            });
        }
        for item in list(document, "events") {
            let attributes = list(item, "attributes").iter().map(scalar);
            self.events.push(Event {
                name: string(item, "id", &at)?,
                brief: string(item, "brief", &at)?,
                attributes: attributes
                    .map(|name| Reference {
                        name,
                        required: false,
                    })
                    .collect(),
            });
        }
        Ok(())
    }

    /// Every reference must be defined, and no attribute may be defined twice.
    pub(crate) fn check_references(&self, references: &BTreeSet<String>) -> Result<()> {
        let mut defined = BTreeSet::new();
        for attribute in self.attributes() {
            if !defined.insert(attribute.name.as_str()) {
                return Err(Failure::new(format!(
                    "attribute `{}` is defined twice",
                    attribute.name
                )));
            }
        }
        match references
            .iter()
            .find(|name| !defined.contains(name.as_str()))
        {
            None => Ok(()),
            Some(name) => Err(Failure::new(format!(
                "`ref: {name}` is defined neither in registry/*.yaml nor in standard.yaml"
            ))),
        }
    }
}

fn attribute(item: &Yaml<'_>, at: &str) -> Result<Attribute> {
    let name = string(item, "id", at)?;
    let at = format!("{at}: {name}");
    let definition = item
        .as_mapping_get("type")
        .ok_or_else(|| Failure::new(format!("{at}: `type` is missing")))?;
    let (kind_of_value, members) = match definition.as_str() {
        Some(word) => (kind(word, &at)?, Vec::new()),
        None => (
            Kind::String,
            list(definition, "members")
                .iter()
                .map(|member| {
                    Ok(Member {
                        value: string(member, "value", &at)?,
                        brief: string(member, "brief", &at)?,
                    })
                })
                .collect::<Result<_>>()?,
        ),
    };
    let mut accepts = lenient(kind_of_value);
    if let Some(annotations) = item.as_mapping_get("annotations") {
        for word in list(annotations, "accepts") {
            accepts.push(kind(&scalar(word), &at)?);
        }
    }
    Ok(Attribute {
        kind: kind_of_value,
        stability: string(item, "stability", &at)?,
        brief: string(item, "brief", &at)?,
        members,
        examples: list(item, "examples").iter().map(scalar).collect(),
        accepts,
        name,
    })
}

/// What a reader takes beside the declared type. Common tracing bridges write unsigned integers as
/// decimal strings, and JSON-minded languages write 9.0 as the integer 9.
fn lenient(kind: Kind) -> Vec<Kind> {
    match kind {
        Kind::Int => vec![Kind::String],
        Kind::Double => vec![Kind::Int, Kind::String],
        Kind::String | Kind::Bool | Kind::StringArray => Vec::new(),
    }
}

fn metric(group: &Yaml<'_>, brief: String, at: &str) -> Result<Metric> {
    let annotations = group.as_mapping_get("annotations").ok_or_else(|| {
        Failure::new(format!(
            "{at}: `annotations` with area and labels is missing"
        ))
    })?;
    let instrument = string(group, "instrument", at)?;
    if !["counter", "gauge", "histogram"].contains(&instrument.as_str()) {
        return Err(Failure::new(format!(
            "{at}: unknown instrument `{instrument}`, expected counter, gauge or histogram"
        )));
    }
    Ok(Metric {
        name: string(group, "metric_name", at)?,
        area: string(annotations, "area", at)?,
        instrument,
        unit: string(group, "unit", at)?,
        brief,
        labels: list(annotations, "labels").iter().map(scalar).collect(),
        buckets: list(annotations, "buckets").iter().map(scalar).collect(),
    })
}

/// The workflow that a span group defines, if it defines one.
fn workflow(group: &Yaml<'_>, brief: String, at: &str) -> Result<Option<Workflow>> {
    let Some(annotations) = group.as_mapping_get("annotations") else {
        return Ok(None);
    };
    let stages = list(annotations, "stages")
        .iter()
        .map(|stage| {
            Ok(Stage {
                name: string(stage, "name", at)?,
                legacy_key: string(stage, "legacy_key", at)?,
                budget_minutes: stage
                    .as_mapping_get("budget_minutes")
                    .and_then(Yaml::as_integer),
            })
        })
        .collect::<Result<_>>()?;
    Ok(Some(Workflow {
        name: string(annotations, "workflow", at)?,
        brief,
        stages,
    }))
}

fn group_references(group: &Yaml<'_>, at: &str) -> Result<Vec<Reference>> {
    list(group, "attributes")
        .iter()
        .filter(|item| item.as_mapping_get("ref").is_some())
        .map(|item| {
            let name = string(item, "ref", at)?;
            let required = string(item, "requirement_level", at)? == "required";
            Ok(Reference { name, required })
        })
        .collect()
}

fn kind(word: &str, at: &str) -> Result<Kind> {
    match word {
        "string" => Ok(Kind::String),
        "int" => Ok(Kind::Int),
        "double" => Ok(Kind::Double),
        "boolean" => Ok(Kind::Bool),
        "string[]" => Ok(Kind::StringArray),
        other => Err(Failure::new(format!(
            "{at}: unknown type `{other}`, expected string, int, double, boolean or string[]"
        ))),
    }
}

fn list<'a, 'input>(node: &'a Yaml<'input>, key: &str) -> &'a [Yaml<'input>] {
    node.as_mapping_get(key)
        .and_then(|value| value.as_sequence())
        .map_or(&[], Vec::as_slice)
}

fn string(node: &Yaml<'_>, key: &str, at: &str) -> Result<String> {
    node.as_mapping_get(key)
        .and_then(|value| value.as_str())
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("{at}: `{key}` is missing or not a string")))
}

/// A scalar or list of scalars as text for the reference page.
fn scalar(node: &Yaml<'_>) -> String {
    if let Some(text) = node.as_str() {
        text.to_owned()
    } else if let Some(flag) = node.as_bool() {
        flag.to_string()
    } else if let Some(number) = node.as_integer() {
        number.to_string()
    } else if let Some(number) = node.as_floating_point() {
        number.to_string()
    } else {
        let items: Vec<_> = node
            .as_sequence()
            .into_iter()
            .flatten()
            .map(scalar)
            .collect();
        format!("[{}]", items.join(", "))
    }
}
