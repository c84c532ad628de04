//! What components exist, as the configuration layer needs to know them: names and signals.
//!
//! The list itself lives with the components; it is passed in, so that configuration never
//! depends on a component.

use crate::batch::Signal;

/// What a component does in a pipeline, and under which top-level key it is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Takes data in.
    Receiver,
    /// Changes data on the way.
    Processor,
    /// Ends one pipeline and begins another.
    Connector,
    /// Hands data out.
    Exporter,
    /// Stands beside the pipelines.
    Extension,
}

impl Role {
    /// All roles, in the order of a configuration file.
    pub const ALL: [Self; 5] = [
        Self::Receiver,
        Self::Processor,
        Self::Connector,
        Self::Exporter,
        Self::Extension,
    ];

    /// The word for one component of this role.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::Processor => "processor",
            Self::Connector => "connector",
            Self::Exporter => "exporter",
            Self::Extension => "extension",
        }
    }

    /// The top-level key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Receiver => "receivers",
            Self::Processor => "processors",
            Self::Connector => "connectors",
            Self::Exporter => "exporters",
            Self::Extension => "extensions",
        }
    }
}

/// One kind of component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name in configuration files: `otlp`, `spanmetrics`.
    pub name: &'static str,
    /// Other spellings that are accepted, such as upstream's new names with underscores.
    pub aliases: &'static [&'static str],
    /// What it does, in one line without a full stop.
    pub summary: &'static str,
    /// Signals it takes from a pipeline: of exporters, processors and connectors.
    pub inputs: &'static [Signal],
    /// Signals it gives to a pipeline: of receivers, processors and connectors.
    pub outputs: &'static [Signal],
}

/// Every kind of component that is built in, by role.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// Receivers.
    pub receivers: Vec<Kind>,
    /// Processors.
    pub processors: Vec<Kind>,
    /// Connectors.
    pub connectors: Vec<Kind>,
    /// Exporters.
    pub exporters: Vec<Kind>,
    /// Extensions; they have no signals.
    pub extensions: Vec<Kind>,
}

impl Inventory {
    /// The kinds of one role.
    pub fn of(&self, role: Role) -> &[Kind] {
        match role {
            Role::Receiver => &self.receivers,
            Role::Processor => &self.processors,
            Role::Connector => &self.connectors,
            Role::Exporter => &self.exporters,
            Role::Extension => &self.extensions,
        }
    }

    /// The kind of that name or alias.
    pub fn find(&self, role: Role, name: &str) -> Option<&Kind> {
        self.of(role)
            .iter()
            .find(|kind| kind.name == name || kind.aliases.contains(&name))
    }

    /// The role in which a name exists, for "it is a connector" hints.
    pub fn role_of(&self, name: &str) -> Option<Role> {
        Role::ALL
            .into_iter()
            .find(|role| self.find(*role, name).is_some())
    }

    /// The names of one role, separated by commas.
    pub fn names(&self, role: Role) -> String {
        self.of(role)
            .iter()
            .map(|kind| kind.name)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

#[cfg(test)]
pub(crate) mod sample;
