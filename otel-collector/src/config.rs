//! The configuration: YAML files to a checked [`Document`], with every problem found in one go.
//!
//! ```text
//! files, --set --parse--> located trees --merge--> one tree --expand ${env:…}--> Document
//!                                                                                  |
//!                              components read their own sections with [`Section`] <
//! ```
//!
//! No phase stops at its first problem; all of them write into one [`Report`]. Nothing here
//! opens a socket, starts a component, reads the clock, a file or the environment: texts and a
//! look-up function come in as arguments.

pub mod document;
pub mod embedded;
pub mod expand;
pub mod inventory;
pub mod layers;
pub mod location;
pub mod nearest;
pub mod parse;
pub mod print;
pub mod problem;
pub mod section;
pub mod setting;
pub mod tree;
mod upstream;

pub use document::{ComponentId, Definition, Document, Pipeline, Reference, Service};
pub use inventory::{Inventory, Kind, Role};
pub use layers::Layer;
pub use location::{KeyPath, Location, Source};
pub use problem::{Complaint, Problem, Report, Severity};
pub use section::Section;
pub use setting::{ByteSize, Endpoint, Mebibytes, ScalarSetting, Scheme, Secret, Setting};

/// A configuration after all of its layers were laid over one another.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it says. Fit to run only if the report it was loaded with has no errors.
    pub document: Document,
    /// The merged tree, references to the environment as written.
    pub written: tree::Node,
    /// The merged tree, the environment expanded.
    pub expanded: tree::Node,
}

/// Loads a configuration from its layers. Every problem goes to `report`; `None` means that a
/// layer could not be read at all.
pub fn load(
    layers: &[Layer],
    environment: expand::Environment<'_>,
    inventory: &Inventory,
    report: &Report,
) -> Option<Loaded> {
    let written = layers::merge(layers, report)?;
    let mut expanded = written.clone();
    expand::expand(&mut expanded, &KeyPath::root(), environment, report);
    let document = Document::read(&expanded, inventory, report);
    Some(Loaded {
        document,
        written,
        expanded,
    })
}

/// Reads one YAML text as one section: for tests and examples of components.
pub fn read_text<T>(text: &str, read: impl FnOnce(&mut Section<'_>) -> T) -> (T, Vec<Problem>) {
    let report = Report::new();
    let node = parse::parse(&Source::file(0, "test.yaml"), text, &report);
    let value = Section::read(node.as_ref(), KeyPath::root(), &report, read);
    (value, report.problems())
}

#[cfg(test)]
mod tests;
