//! The configuration: YAML files to a checked [`Document`], with every problem found in one go.
//!
//! ```text
//! files, --set --parse--> located trees --merge--> one tree --expand ${env:…}--> Document
//!                                                                                  |
//!                              components read their own sections with [`Section`] <
//! ```
//!
//! No phase stops at its first problem; all of them write into one [`Report`]. Nothing here
//! opens a socket, starts a component or reads the clock; files and the environment come in as
//! arguments.

pub mod document;
pub mod expand;
pub mod inventory;
pub mod layers;
pub mod location;
pub mod nearest;
pub mod parse;
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

/// Reads one YAML text as one section: for tests and examples of components.
pub fn read_text<T>(text: &str, read: impl FnOnce(&mut Section<'_>) -> T) -> (T, Vec<Problem>) {
    let report = Report::new();
    let node = parse::parse(&Source::file(0, "test.yaml"), text, &report);
    let value = Section::read(node.as_ref(), KeyPath::root(), &report, read);
    (value, report.problems())
}
