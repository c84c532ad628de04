//! Checks that whatever a pipeline's receivers give can reach its exporters.
//!
//! A pipeline connects each of its receivers with each of its exporters. A signal in common is not enough: `otlp` gives log
//! records and `jsonl` takes domain records, and both stand in logs pipelines. An edge that could carry nothing is an error,
//! because what enters it would be accepted and lost.

use super::Reference;
use super::service::RECEIVING;
use crate::config::inventory::{Inventory, Kind, Port, Role};
use crate::config::problem::{Complaint, Report};

/// The ports of a kind.
pub(super) type Ports = &'static [Port];

/// A component at its place in a pipeline, with its ports of the pipeline's signal on that side.
pub(super) struct End<'a> {
    pub(super) reference: &'a Reference,
    pub(super) role: Role,
    pub(super) ports: Vec<Port>,
}

/// One pipeline's components, as far as they are known and of its signal.
pub(super) struct Edges<'a> {
    pub(super) from: Vec<End<'a>>,
    pub(super) through: Vec<End<'a>>,
    pub(super) to: Vec<End<'a>>,
}

impl Edges<'_> {
    pub(super) fn check(&self, inventory: &Inventory, report: &Report) {
        for to in &self.to {
            for from in &self.from {
                if let Some(complaint) = self.refusal(from, to, inventory) {
                    let at = to.reference;
                    report.error(Some(&at.location), &at.path, complaint);
                }
            }
        }
    }

    /// Why nothing can flow from one component to another; `None` when something can.
    fn refusal(&self, from: &End<'_>, to: &End<'_>, inventory: &Inventory) -> Option<Complaint> {
        let mut ports = from.ports.clone();
        for processor in &self.through {
            ports = passing(&ports, &processor.ports);
            if ports.is_empty() {
                let complaint = Complaint::new(format!(
                    "the processor `{}` stands between `{}` and this {}",
                    processor.reference.id,
                    from.reference.id,
                    to.role.noun()
                ));
                return Some(
                    complaint
                        .given(format!("{} from {}", list(&from.ports), from.reference.id))
                        .allowed(format!("it takes {}", list(&processor.ports)))
                        .hint("use a pipeline of its own, without the processor"),
                );
            }
        }
        if !passing(&ports, &to.ports).is_empty() {
            return None;
        }
        let complaint = Complaint::new(format!(
            "this {} cannot take what `{}` gives",
            to.role.noun(),
            from.reference.id
        ));
        let complaint = complaint
            .given(format!("{} from {}", list(&from.ports), from.reference.id))
            .allowed(list(&to.ports));
        let hint = if self.from.len() > 1 {
            format!(
                "use two pipelines, so that `{}` and `{}` do not meet",
                from.reference.id, to.reference.id
            )
        } else {
            format!(
                "{} come from {}",
                list(&to.ports),
                givers(inventory, &to.ports)
            )
        };
        Some(complaint.hint(hint))
    }
}

/// The receivers and connectors that give what these ports take.
fn givers(inventory: &Inventory, ports: &[Port]) -> String {
    let kinds = RECEIVING.iter().flat_map(|role| inventory.of(*role));
    let gives = |kind: &&Kind| !passing(kind.outputs, ports).is_empty();
    let names: Vec<&str> = kinds.filter(gives).map(|kind| kind.name).collect();
    names.join(" or ")
}

/// Which of the ports `to` something of `from` can enter.
fn passing(from: &[Port], to: &[Port]) -> Vec<Port> {
    let entered = |to: &&Port| from.iter().any(|from| from.reaches(**to));
    to.iter().filter(entered).copied().collect()
}

fn list(ports: &[Port]) -> String {
    let names: Vec<&str> = ports.iter().map(|port| port.describe()).collect();
    names.join(" or ")
}
