//! The schema check: what a span must be so that records and metrics can be made of it.
//!
//! Ids must be ids, and an attribute of ours that the registry knows must have a type that its readers take. Everything
//! else passes: unknown attributes, missing ones, odd values. A span that breaks a rule is rejected alone, and its sender
//! is told which span, which rule, what was given and what is allowed.

use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;
use std::sync::LazyLock;

use foldhash::fast::FixedState;
use secspan_otlp::view::{Attributes, SpanView, Value};
use secspan_semconv::attribute::TABLE;
use secspan_semconv::{AttributeDef, AttributeKind};

/// Longest message, in bytes: it travels in an answer, and the first broken spans say enough.
const MESSAGE_MAX_BYTES: usize = 1_024;
/// Room kept for the words that count what is not listed.
const REST_MAX_BYTES: usize = 40;
/// Namespace of the attributes that are checked.
const OURS: &str = "secops.";

/// Definitions of our attributes by name: one probe per attribute, where a search would take eight comparisons.
static DEFINITIONS: LazyLock<HashMap<&'static str, &'static AttributeDef, FixedState>> =
    LazyLock::new(|| {
        let ours = TABLE.iter().filter(|def| def.name.starts_with(OURS));
        ours.map(|def| (def.name, def)).collect()
    });

/// A rule that a span breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// An id has the wrong length or is all zero.
    Id {
        /// Field name.
        field: &'static str,
        /// Its length in bytes.
        len: usize,
        /// The length it must have.
        expected: usize,
    },
    /// An attribute has a type that no reader takes.
    Type {
        /// What the registry says about it.
        definition: &'static AttributeDef,
        /// The type that was given.
        given: &'static str,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id {
                field,
                len,
                expected,
            } if len == expected => {
                write!(f, "{field} is all zero")
            }
            Self::Id {
                field,
                len,
                expected,
            } => {
                write!(f, "{field} has {len} bytes, allowed: {expected}")
            }
            Self::Type { definition, given } => {
                write!(
                    f,
                    "{} is {given}, allowed: {}",
                    definition.name,
                    definition.kind.as_str()
                )?;
                for kind in definition.accepts {
                    write!(f, " or {}", kind.as_str())?;
                }
                Ok(())
            }
        }
    }
}

/// Checks one span.
///
/// # Errors
/// The first rule that it breaks.
pub fn check(span: &SpanView<'_, '_>) -> Result<(), Violation> {
    check_id("trace_id", span.trace_id, 16)?;
    check_id("span_id", span.span_id, 8)?;
    // A parent of zeros is how some senders write "none".
    if !span.parent_span_id.is_empty() && span.parent_span_id.len() != 8 {
        let len = span.parent_span_id.len();
        return Err(Violation::Id {
            field: "parent_span_id",
            len,
            expected: 8,
        });
    }
    check_attributes(&span.attributes)?;
    for event in span.events.iter() {
        check_attributes(&event.attributes)?;
    }
    Ok(())
}

fn check_id(field: &'static str, id: &[u8], expected: usize) -> Result<(), Violation> {
    if id.len() == expected && id.iter().any(|byte| *byte != 0) {
        Ok(())
    } else {
        Err(Violation::Id {
            field,
            len: id.len(),
            expected,
        })
    }
}

fn check_attributes(attributes: &Attributes<'_, '_>) -> Result<(), Violation> {
    for attribute in attributes {
        if !attribute.key.starts_with(OURS) {
            continue;
        }
        let Some(definition) = DEFINITIONS.get(attribute.key) else {
            continue;
        };
        if !takes(definition, &attribute.value) {
            return Err(Violation::Type {
                definition,
                given: name_of(&attribute.value),
            });
        }
    }
    Ok(())
}

fn takes(definition: &AttributeDef, value: &Value<'_>) -> bool {
    match value {
        // Set to nothing is the same as not set.
        Value::Empty => true,
        Value::Str(_) => definition.takes(AttributeKind::String),
        Value::Bool(_) => definition.takes(AttributeKind::Bool),
        Value::Int(_) => definition.takes(AttributeKind::Int),
        Value::Double(_) => definition.takes(AttributeKind::Double),
        Value::Array(elements) => {
            definition.takes(AttributeKind::StringArray)
                && elements
                    .iter()
                    .all(|element| matches!(element, Value::Str(_)))
        }
        Value::Bytes(_) | Value::Map(_) => false,
    }
}

fn name_of(value: &Value<'_>) -> &'static str {
    match value {
        Value::Empty => "empty",
        Value::Str(_) => "string",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Double(_) => "double",
        Value::Bytes(_) => "bytes",
        Value::Array(elements)
            if elements
                .iter()
                .all(|element| matches!(element, Value::Str(_))) =>
        {
            "string array"
        }
        Value::Array(_) => "mixed array",
        Value::Map(_) => "map",
    }
}

/// The spans of one batch that broke a rule.
#[derive(Clone, Debug, Default)]
pub struct Violations {
    rejected: Vec<u32>,
    message: String,
    /// Spans that the message has no room for.
    unlisted: u32,
}

impl Violations {
    /// Checks one span and remembers it if it breaks a rule. `true`: it passed.
    pub fn check(&mut self, span: &SpanView<'_, '_>) -> bool {
        match check(span) {
            Ok(()) => true,
            Err(violation) => {
                self.reject(span.index, violation);
                false
            }
        }
    }

    fn reject(&mut self, index: u32, violation: Violation) {
        self.rejected.push(index);
        let entry = format!("span {index}: {violation}; ");
        // Once one span was left out, a shorter later one must not look as if nothing was missing between.
        let room = MESSAGE_MAX_BYTES - REST_MAX_BYTES;
        if self.unlisted == 0 && self.message.len() + entry.len() <= room {
            self.message.push_str(&entry);
        } else {
            self.unlisted += 1;
        }
    }

    /// Indices of the rejected spans, in ascending order.
    pub fn rejected(&self) -> &[u32] {
        &self.rejected
    }

    /// Which spans were rejected and why, for the sender: empty when none was, at most 1 KiB.
    pub fn message(&self) -> String {
        let mut message = self.message.clone();
        if self.unlisted > 0 {
            let _infallible = write!(message, "and {} more", self.unlisted);
        }
        message.truncate(message.trim_end_matches("; ").len());
        message
    }
}

#[cfg(test)]
mod tests;
