//! What a valid configuration *is*: components, pipelines that connect them, and the service.
//!
//! [`Document::read`] turns a merged, expanded tree into one, and checks everything that needs no
//! knowledge of a component's own keys: names, references, signals, ports, cycles. Components read
//! their own sections later, through [`Definition::read`].

use std::collections::BTreeMap;
use std::fmt;

use super::inventory::{Inventory, Role};
use super::location::{KeyPath, Location};
use super::nearest::did_you_mean;
use super::problem::{Complaint, Report};
use super::section::Section;
use super::setting::misfit;
use super::tree::{Entry, Node, Value};
use super::upstream::replacement;
use crate::batch::Signal;

mod edges;
mod graph;
mod listeners;
mod references;
mod service;

pub use service::{Ack, LogFormat, LogOutput, LogSettings, Service, Telemetry, WriteAheadLog};

/// A component's identity in a configuration: its kind and, for the second of a kind, a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentId {
    /// The kind by its first name, whichever alias was written: `otlp`.
    pub kind: String,
    /// The part after the slash: `tempo` in `otlp/tempo`.
    pub name: Option<String>,
}

/// A component that the configuration defines.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its identity.
    pub id: ComponentId,
    /// Its role, which is the key it stands under.
    pub role: Role,
    /// Where its key stands.
    pub location: Location,
    path: KeyPath,
    node: Node,
}

/// The components of one role. Those whose kind does not exist are among them, so that a
/// reference to one is not reported a second time.
pub type Definitions = BTreeMap<ComponentId, Definition>;

/// A component's name where a pipeline or the service refers to it.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Whom it means.
    pub id: ComponentId,
    /// Where it stands.
    pub location: Location,
    /// Its key path: `service.pipelines.traces.receivers[0]`.
    pub path: KeyPath,
}

/// One pipeline.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// What flows through it.
    pub signal: Signal,
    /// The part after the slash: `cold` in `traces/cold`.
    pub name: Option<String>,
    /// Where data comes from: receivers and connectors.
    pub receivers: Vec<Reference>,
    /// What is done to it, in this order.
    pub processors: Vec<Reference>,
    /// Where it goes: exporters and connectors.
    pub exporters: Vec<Reference>,
    /// Where the pipeline's key stands.
    pub location: Location,
    /// Its key path.
    pub path: KeyPath,
}

/// A whole configuration.
#[derive(Clone, Debug)]
pub struct Document {
    /// The receivers.
    pub receivers: Definitions,
    /// The processors.
    pub processors: Definitions,
    /// The connectors.
    pub connectors: Definitions,
    /// The exporters.
    pub exporters: Definitions,
    /// The extensions.
    pub extensions: Definitions,
    /// Pipelines, enabled extensions and the collector's own settings.
    pub service: Service,
}

impl Document {
    /// Reads a document out of a merged and expanded tree, reporting everything that is wrong
    /// with it. What comes back is fit to run only if the report has no errors.
    pub fn read(root: &Node, inventory: &Inventory, report: &Report) -> Self {
        let document = Section::read(Some(root), KeyPath::root(), report, |section| {
            let mut of = |role: Role| definitions(section, role, inventory);
            Self {
                receivers: of(Role::Receiver),
                processors: of(Role::Processor),
                connectors: of(Role::Connector),
                exporters: of(Role::Exporter),
                extensions: of(Role::Extension),
                service: section.section("service", |service| Service::read(service, inventory)),
            }
        });
        references::check(&document, inventory, report);
        graph::check(&document, report);
        document
    }

    /// The definitions of one role.
    pub fn of(&self, role: Role) -> &Definitions {
        match role {
            Role::Receiver => &self.receivers,
            Role::Processor => &self.processors,
            Role::Connector => &self.connectors,
            Role::Exporter => &self.exporters,
            Role::Extension => &self.extensions,
        }
    }

    /// Reports every extension that a component refers to and that the service does not enable.
    /// Call it after the components have read their sections into `report`.
    pub fn check_mentions(&self, inventory: &Inventory, report: &Report) {
        references::check_mentions(self, inventory, report);
    }

    /// Reports every address that two parts of the service would listen on. Call it when
    /// [`Document::check_mentions`] is called.
    pub fn check_listeners(&self, report: &Report) {
        listeners::check(self, report);
    }

    /// Whether a pipeline names a component at one of its places.
    pub fn uses(&self, place: fn(&Pipeline) -> &Vec<Reference>, id: &ComponentId) -> bool {
        let mut pipelines = self.service.pipelines.iter();
        pipelines.any(|pipeline| place(pipeline).iter().any(|own| own.id == *id))
    }

    /// All definitions, in the order of roles.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        Role::ALL
            .into_iter()
            .flat_map(|role| self.of(role).values())
    }
}

impl Definition {
    /// Reads the component's own section; keys that `read` does not ask for are reported.
    pub fn read<'a, T>(
        &'a self,
        report: &'a Report,
        read: impl FnOnce(&mut Section<'a>) -> T,
    ) -> T {
        Section::read(Some(&self.node), self.path.clone(), report, read)
    }

    /// Its key path: `exporters.otlp/tempo`.
    pub fn path(&self) -> &KeyPath {
        &self.path
    }
}

impl ComponentId {
    /// Reads `kind` or `kind/name`, turning an alias of `role` into the kind's first name.
    ///
    /// # Errors
    /// The text is not a component's name.
    pub fn parse(text: &str, roles: &[Role], inventory: &Inventory) -> Result<Self, Complaint> {
        let (kind, name) = match text.split_once('/') {
            None => (text, None),
            Some((kind, name)) => (kind.trim(), Some(name.trim())),
        };
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let nameless = name.is_some_and(|name| name.is_empty() || name.contains(char::is_control));
        if kind.is_empty() || !kind.chars().all(legal) || nameless {
            let complaint = Complaint::new("not a component's name").given(text);
            return Err(complaint.allowed("a kind such as `otlp`, or kind and name: `otlp/tempo`"));
        }
        let known = roles.iter().find_map(|role| inventory.find(*role, kind));
        let kind = known.map_or(kind, |known| known.name).to_owned();
        Ok(Self {
            kind,
            name: name.map(str::to_owned),
        })
    }
}

impl fmt::Display for ComponentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}/{name}", self.kind),
            None => f.write_str(&self.kind),
        }
    }
}

impl Pipeline {
    /// Its id as it is written: `traces`, `traces/cold`.
    pub fn id(&self) -> String {
        match &self.name {
            Some(name) => format!("{}/{name}", self.signal.name()),
            None => self.signal.name().to_owned(),
        }
    }
}

fn definitions(section: &mut Section<'_>, role: Role, inventory: &Inventory) -> Definitions {
    let path = section.path().key(role.key());
    let report = section.report();
    let Some(node) = section.node(role.key()) else {
        return Definitions::new();
    };
    let map = match &node.value {
        Value::Null => return Definitions::new(),
        Value::Map(map) => map,
        _ => {
            misfit(
                node,
                &path,
                report,
                super::setting::wrong_kind(node, "a map of components"),
            );
            return Definitions::new();
        }
    };
    let mut all = Definitions::new();
    for entry in map.entries() {
        if let Some(definition) = definition(entry, role, &path, inventory, report) {
            if let Some(first) = all.get(&definition.id) {
                let complaint = Complaint::new("defined twice under two spellings")
                    .given(&entry.key)
                    .hint(format!("the first one is on line {}", first.location.line));
                report.error(Some(&entry.location), &definition.path, complaint);
                continue;
            }
            all.insert(definition.id.clone(), definition);
        }
    }
    all
}

fn definition(
    entry: &Entry,
    role: Role,
    path: &KeyPath,
    inventory: &Inventory,
    report: &Report,
) -> Option<Definition> {
    let path = path.key(&entry.key);
    let id = match ComponentId::parse(&entry.key, &[role], inventory) {
        Ok(id) => id,
        Err(complaint) => {
            report.error(Some(&entry.location), &path, complaint);
            return None;
        }
    };
    if inventory.find(role, &id.kind).is_none() {
        report.error(
            Some(&entry.location),
            &path,
            unknown_kind(&id, role, inventory),
        );
    }
    let (location, node) = (entry.location.clone(), entry.value.clone());
    Some(Definition {
        id,
        role,
        location,
        path,
        node,
    })
}

fn unknown_kind(id: &ComponentId, role: Role, inventory: &Inventory) -> Complaint {
    let elsewhere = inventory.role_of(&id.kind).map(|other| {
        format!(
            "`{}` is a {}: define it under `{}`",
            id.kind,
            other.noun(),
            other.key()
        )
    });
    let names = inventory.of(role).iter().map(|kind| kind.name);
    let hint = replacement(role, &id.kind)
        .map(str::to_owned)
        .or_else(|| did_you_mean(&id.kind, names))
        .or(elsewhere);
    let allowed = inventory.names(role);
    Complaint::new(format!("unknown {}", role.noun()))
        .given(&id.kind)
        .allowed(if allowed.is_empty() {
            format!("no {}", role.key())
        } else {
            allowed
        })
        .maybe_hint(hint)
}

#[cfg(test)]
mod tests;
