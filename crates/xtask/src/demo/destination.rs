//! Where the demo's traces go: to the Tempo that is there, or to the demo itself.

use super::sink::Sink;
use crate::failure::Result;

/// The variable that tells the collector where traces go.
pub(super) const TEMPO_ENDPOINT: &str = "SECSPAN_TEMPO_ENDPOINT";

/// A place for traces.
pub(super) enum Destination {
    /// An OTLP endpoint of the user's, or of the stack.
    Tempo(String),
    /// Nobody has a Tempo: the demo receives them itself.
    Demo(Sink),
}

impl Destination {
    /// The user's endpoint wins, then the stack's.
    pub(super) fn choose(stack: Option<&str>) -> Result<Self> {
        let given =
            std::env::var_os(TEMPO_ENDPOINT).map(|text| text.to_string_lossy().into_owned());
        let given = given.filter(|text| !text.is_empty());
        match given.or_else(|| stack.map(str::to_owned)) {
            Some(endpoint) => Ok(Self::Tempo(endpoint)),
            None => Sink::start().map(Self::Demo),
        }
    }

    /// What the collector is given.
    pub(super) fn endpoint(&self) -> String {
        match self {
            Self::Tempo(endpoint) => endpoint.clone(),
            Self::Demo(sink) => sink.endpoint(),
        }
    }

    /// The demo's own receiver, where it is one.
    pub(super) fn sink(&self) -> Option<&Sink> {
        match self {
            Self::Tempo(_) => None,
            Self::Demo(sink) => Some(sink),
        }
    }

    /// For the person at the terminal.
    pub(super) fn described(&self) -> String {
        match self {
            Self::Tempo(endpoint) => format!("forwarded to {endpoint}"),
            Self::Demo(_) => {
                format!("forwarded over OTLP to the demo itself; {TEMPO_ENDPOINT} names a Tempo")
            }
        }
    }
}
