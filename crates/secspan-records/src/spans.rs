//! The way back: a record as the spans, events and attributes that it would be made of.
//!
//! Joining what [`spans_of`] returns gives the record again. What a record does not say is not made up: no HTTP spans, no
//! model names, no times of single calls. A record of another writer that states only the six legacy stages comes back
//! with those as stages.

mod event;
mod workflow;

use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::SpanId;

use crate::record::{Identity, Record};

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
}

/// Attributes in order, each key once.
pub type Attributes = Vec<(&'static str, AttributeValue)>;

/// An event of a span.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanEvent {
    /// Its name.
    pub name: &'static str,
    /// When it happened.
    pub time: UnixNanos,
    /// Its attributes.
    pub attributes: Attributes,
}

/// A span.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Trace and id.
    pub identity: Identity,
    /// The span above it; `None` for a root.
    pub parent: Option<SpanId>,
    /// Its name.
    pub name: String,
    /// Start.
    pub start: UnixNanos,
    /// End.
    pub end: UnixNanos,
    /// Whether its status is ERROR.
    pub failed: bool,
    /// Its attributes.
    pub attributes: Attributes,
    /// Its events.
    pub events: Vec<SpanEvent>,
}

/// The spans that a record would be made of, parents before children. `identity` names the workflow span, or the span on
/// which the event happens: the record's own where it has one. An open ticket has no spans: nothing has happened to it.
pub fn spans_of(record: &Record, identity: Identity) -> Vec<Span> {
    match record {
        Record::Enrichment(record) => workflow::of_enrichment(record, identity),
        Record::Review(record) => workflow::of_review(record, identity),
        Record::Decision(record) => vec![event::of_decision(record, identity)],
        Record::Ticket(record) => event::of_ticket(record, identity).into_iter().collect(),
    }
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for AttributeValue {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<f64> for AttributeValue {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<bool> for AttributeValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// Attributes that are being listed; what has no value is left out.
#[derive(Debug, Default)]
struct List(Attributes);

impl List {
    fn with(mut self, key: &'static str, value: impl Into<AttributeValue>) -> Self {
        self.0.push((key, value.into()));
        self
    }

    fn with_any(self, key: &'static str, value: Option<impl Into<AttributeValue>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }
}

#[cfg(test)]
mod tests;
