//! Checks that references mean something: defined, of the right role, for the right signal, and
//! reached by data that they can take.

use std::collections::BTreeSet;

use super::edges::{Edges, End, Ports};
use super::service::{EXPORTING, RECEIVING};
use super::{ComponentId, Definition, Document, Pipeline, Reference};
use crate::batch::Signal;
use crate::config::inventory::{Inventory, Kind, Port, Role, signals};
use crate::config::nearest::did_you_mean;
use crate::config::problem::{Complaint, Report};

/// Reports every reference that leads nowhere and every definition that nothing leads to.
pub(super) fn check(document: &Document, inventory: &Inventory, report: &Report) {
    let mut checker = Checker {
        document,
        inventory,
        report,
        used: BTreeSet::new(),
    };
    for pipeline in &document.service.pipelines {
        checker.pipeline(pipeline);
    }
    for reference in &document.service.extensions {
        checker.resolve(reference, &[Role::Extension]);
    }
    for connector in document.connectors.values() {
        checker.both_sides(connector);
    }
    // Without pipelines everything is unused, and that has been said.
    if !document.service.pipelines.is_empty() {
        for definition in document.definitions() {
            checker.is_used(definition);
        }
    }
}

/// See [`Document::check_mentions`].
pub(super) fn check_mentions(document: &Document, inventory: &Inventory, report: &Report) {
    let enabled: Vec<String> = document
        .service
        .extensions
        .iter()
        .map(|own| own.id.to_string())
        .collect();
    for mention in report.mentions() {
        let id = ComponentId::parse(&mention.name, &[Role::Extension], inventory);
        let id = id.map_or_else(|_| mention.name.clone(), |id| id.to_string());
        if enabled.contains(&id) {
            continue;
        }
        let defined = document.extensions.keys().any(|own| own.to_string() == id);
        let hint = if defined {
            Some(format!("add `{id}` to service.extensions"))
        } else {
            did_you_mean(&id, enabled.iter().map(String::as_str)).or_else(|| {
                Some("define it under `extensions`, add it to service.extensions".to_owned())
            })
        };
        let allowed = if enabled.is_empty() {
            "none is enabled".to_owned()
        } else {
            enabled.join(", ")
        };
        let complaint = Complaint::new("no such extension is enabled")
            .given(&mention.name)
            .allowed(allowed)
            .maybe_hint(hint);
        report.error(Some(&mention.location), &mention.path, complaint);
    }
}

struct Checker<'a> {
    document: &'a Document,
    inventory: &'a Inventory,
    report: &'a Report,
    used: BTreeSet<(Role, ComponentId)>,
}

impl<'a> Checker<'a> {
    fn pipeline(&mut self, pipeline: &'a Pipeline) {
        let mut ends = |references: &'a [Reference], roles, verb, ports: fn(&Kind) -> Ports| {
            let signal = pipeline.signal;
            let found = references.iter().filter_map(|reference| {
                let definition = self.resolve(reference, roles)?;
                self.end(reference, definition, signal, verb, ports)
            });
            found.collect()
        };
        let edges = Edges {
            from: ends(&pipeline.receivers, RECEIVING, "gives", |kind| kind.outputs),
            through: ends(&pipeline.processors, &[Role::Processor], "takes", |kind| {
                kind.inputs
            }),
            to: ends(&pipeline.exporters, EXPORTING, "takes", |kind| kind.inputs),
        };
        edges.check(self.inventory, self.report);
    }

    /// The definition that is meant, or a report of why there is none.
    fn resolve(&mut self, reference: &Reference, roles: &[Role]) -> Option<&'a Definition> {
        let mut found = roles
            .iter()
            .filter_map(|role| self.document.of(*role).get(&reference.id));
        let (first, second) = (found.next(), found.next());
        if let (Some(first), Some(second)) = (first, second) {
            let complaint = Complaint::new("ambiguous: defined twice")
                .given(reference.id.to_string())
                .hint(format!("rename one of {} and {}", first.path, second.path));
            self.report
                .error(Some(&reference.location), &reference.path, complaint);
        }
        match first {
            Some(definition) => {
                self.used.insert((definition.role, definition.id.clone()));
            }
            None => self.undefined(reference, roles),
        }
        first
    }

    fn undefined(&self, reference: &Reference, roles: &[Role]) {
        let id = reference.id.to_string();
        let defined: Vec<String> = roles
            .iter()
            .flat_map(|role| self.document.of(*role).keys().map(ToString::to_string))
            .collect();
        let misplaced = self
            .document
            .definitions()
            .find(|own| own.id == reference.id);
        let exists = roles
            .iter()
            .find(|role| self.inventory.find(**role, &reference.id.kind).is_some());
        let role = roles.first().copied().unwrap_or(Role::Receiver);
        let hint = match (misplaced, exists) {
            (Some(own), _) => Some(format!("`{id}` is defined under `{}`", own.role.key())),
            (None, Some(role)) => {
                let like = did_you_mean(&id, defined.iter().map(String::as_str));
                Some(like.unwrap_or_else(|| format!("define it under `{}`", role.key())))
            }
            (None, None) => crate::config::upstream::replacement(role, &reference.id.kind)
                .map(str::to_owned)
                .or_else(|| did_you_mean(&id, defined.iter().map(String::as_str))),
        };
        let allowed = if defined.is_empty() {
            "nothing is defined".to_owned()
        } else {
            defined.join(", ")
        };
        let nouns: Vec<&str> = roles.iter().map(|role| role.noun()).collect();
        let complaint = Complaint::new(format!("no such {}", nouns.join(" or ")))
            .given(id)
            .allowed(allowed)
            .maybe_hint(hint);
        self.report
            .error(Some(&reference.location), &reference.path, complaint);
    }

    /// A component at its place in a pipeline; `None`, and a report, when it has nothing to do with the pipeline's signal.
    fn end(
        &self,
        reference: &'a Reference,
        definition: &Definition,
        signal: Signal,
        verb: &str,
        ports: fn(&Kind) -> Ports,
    ) -> Option<End<'a>> {
        let kind = self.inventory.find(definition.role, &definition.id.kind)?;
        let ports = ports(kind);
        let of_signal: Vec<Port> = ports
            .iter()
            .copied()
            .filter(|port| port.signal() == signal)
            .collect();
        if !of_signal.is_empty() {
            return Some(End {
                reference,
                role: definition.role,
                ports: of_signal,
            });
        }
        let names: Vec<&str> = signals(ports).into_iter().map(Signal::name).collect();
        let noun = definition.role.noun();
        let complaint = if names.is_empty() {
            Complaint::new(format!("this {noun} {verb} no signal on this side"))
        } else {
            Complaint::new(format!("this {noun} {verb} no {}", signal.name()))
                .allowed(format!("a pipeline of {}", names.join(" or ")))
        };
        self.report.error(
            Some(&reference.location),
            &reference.path,
            complaint.given(format!("{} in a {} pipeline", reference.id, signal.name())),
        );
        None
    }

    /// A connector that only ends or only begins pipelines connects nothing.
    fn both_sides(&self, connector: &Definition) {
        let pipelines = &self.document.service.pipelines;
        let names = |list: &[Reference]| list.iter().any(|own| own.id == connector.id);
        let ends = pipelines.iter().find(|pipeline| names(&pipeline.exporters));
        let begins = pipelines.iter().find(|pipeline| names(&pipeline.receivers));
        let (missing, present) = match (ends, begins) {
            (Some(pipeline), None) => ("receivers", pipeline),
            (None, Some(pipeline)) => ("exporters", pipeline),
            _ => return,
        };
        let kind = self.inventory.find(Role::Connector, &connector.id.kind);
        let ports = match (kind, missing) {
            (Some(kind), "receivers") => kind.outputs,
            (Some(kind), _) => kind.inputs,
            (None, _) => return,
        };
        let names: Vec<&str> = signals(ports).into_iter().map(Signal::name).collect();
        let other = if missing == "receivers" {
            "exporters"
        } else {
            "receivers"
        };
        let complaint = Complaint::new(format!(
            "connector is not among the {missing} of any pipeline"
        ))
        .given(format!("only among the {other} of {}", present.id()))
        .hint(format!(
            "add it to the {missing} of a pipeline of {}",
            names.join(" or ")
        ));
        self.report
            .error(Some(&connector.location), &connector.path, complaint);
    }

    fn is_used(&self, definition: &Definition) {
        let known = self
            .inventory
            .find(definition.role, &definition.id.kind)
            .is_some();
        let used = self
            .used
            .contains(&(definition.role, definition.id.clone()));
        if used || !known {
            return;
        }
        let hint = match definition.role {
            Role::Extension => "add it to service.extensions, or remove it".to_owned(),
            Role::Connector => {
                "add it to the exporters of one pipeline and the receivers of another, or remove it"
                    .to_owned()
            }
            role => format!("add it to the {} of a pipeline, or remove it", role.key()),
        };
        let complaint = Complaint::new("defined but not used").hint(hint);
        self.report
            .warning(Some(&definition.location), &definition.path, complaint);
    }
}
