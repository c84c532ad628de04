//! What components exist, as the configuration layer needs to know them: names and ports.
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

/// How data passes an end of a pipeline. Two components can be connected when they have a port in common, or one that
/// the collector can bridge to the other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// OTLP payloads of a signal, pushed as they arrive.
    Pushed(Signal),
    /// Domain records, pushed as they are made; they travel in logs pipelines.
    Records,
    /// Metrics that are read when somebody asks for them.
    Pulled,
}

impl Port {
    /// The signal of the pipelines that this port can stand in.
    pub fn signal(self) -> Signal {
        match self {
            Self::Pushed(signal) => signal,
            Self::Records => Signal::Logs,
            Self::Pulled => Signal::Metrics,
        }
    }

    /// What passes here, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Pushed(Signal::Traces) => "received spans",
            Self::Pushed(Signal::Metrics) => "received metric points",
            Self::Pushed(Signal::Logs) => "received log records",
            Self::Records => "records",
            Self::Pulled => "derived metrics",
        }
    }

    /// Whether what leaves here can enter `other`: of the same kind, or bridged. Received metrics are kept as last values for
    /// those that pull, and metrics that can be pulled are read at intervals for those that take them pushed.
    pub fn reaches(self, other: Self) -> bool {
        self == other || (self.signal(), other.signal()) == (Signal::Metrics, Signal::Metrics)
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
    /// What it takes from a pipeline: of exporters, processors and connectors.
    pub inputs: &'static [Port],
    /// What it gives to a pipeline: of receivers, processors and connectors.
    pub outputs: &'static [Port],
}

/// The signals of some ports, each once.
pub fn signals(ports: &[Port]) -> Vec<Signal> {
    let mut signals: Vec<Signal> = ports.iter().map(|port| port.signal()).collect();
    signals.dedup();
    signals
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
    /// Extensions; they have no ports.
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
