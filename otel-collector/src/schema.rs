//! The schema check: what a span must be to be taken, and which of its facts nobody can read.
//!
//! Ids must be ids: a span whose are not is rejected, alone. Everything else passes and is forwarded, since a trace is
//! worth keeping whatever its attributes are. An attribute of ours whose value has a type that no reader takes, and that
//! cannot be read as one without loss, costs that fact and nothing else. The sender hears of both: which span or log
//! record, what was given and what is allowed.

use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;
use std::sync::LazyLock;

use foldhash::fast::FixedState;
use secspan_otlp::view::{Attributes, LogView, SpanView, Value};
use secspan_semconv::attribute::TABLE;
use secspan_semconv::{AttributeDef, AttributeKind};

/// Longest message, in bytes: it travels in an answer, and the first broken spans say enough.
const MESSAGE_MAX_BYTES: usize = 1_024;
/// Room kept for the words that count what is not listed.
const REST_MAX_BYTES: usize = 40;
/// Largest whole number of which a double holds every one up to it.
const WHOLE_DOUBLE_MAX: f64 = 9_007_199_254_740_992.0;
/// Namespace of the attributes that are checked.
const OURS: &str = "secops.";

/// Definitions of our attributes by name: one probe per attribute, where a search would take eight comparisons.
static DEFINITIONS: LazyLock<HashMap<&'static str, &'static AttributeDef, FixedState>> =
    LazyLock::new(|| {
        let ours = TABLE.iter().filter(|def| def.name.starts_with(OURS));
        ours.map(|def| (def.name, def)).collect()
    });

/// An id that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadId {
    field: &'static str,
    /// Its length in bytes.
    len: usize,
    /// The length it must have.
    expected: usize,
}

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            len,
            expected,
        } = self;
        if len == expected {
            write!(f, "{field} is all zero")
        } else {
            write!(f, "{field} has {len} bytes, allowed: {expected}")
        }
    }
}

/// An attribute that no reader can read.
#[derive(Clone, Copy, Debug)]
struct Unreadable {
    /// What the registry says about it.
    definition: &'static AttributeDef,
    /// The type that was given.
    given: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { definition, given } = self;
        let (name, kind) = (definition.name, definition.kind.as_str());
        write!(f, "{name} is not read: {given}, allowed: {kind}")?;
        for kind in definition.accepts {
            write!(f, " or {}", kind.as_str())?;
        }
        Ok(())
    }
}

fn check_ids(span: &SpanView<'_, '_>) -> Result<(), BadId> {
    check_id("trace_id", span.trace_id, 16)?;
    check_id("span_id", span.span_id, 8)?;
    // A parent of zeros is how some senders write "none".
    if !span.parent_span_id.is_empty() && span.parent_span_id.len() != 8 {
        return Err(BadId {
            field: "parent_span_id",
            len: span.parent_span_id.len(),
            expected: 8,
        });
    }
    Ok(())
}

fn check_id(field: &'static str, id: &[u8], expected: usize) -> Result<(), BadId> {
    if id.len() == expected && id.iter().any(|byte| *byte != 0) {
        Ok(())
    } else {
        let len = id.len();
        Err(BadId {
            field,
            len,
            expected,
        })
    }
}

/// Calls `found` with each attribute of ours that no reader can read.
fn unreadable(attributes: &Attributes<'_, '_>, mut found: impl FnMut(Unreadable)) {
    for attribute in attributes {
        if !attribute.key.starts_with(OURS) {
            continue;
        }
        let Some(definition) = DEFINITIONS.get(attribute.key) else {
            continue;
        };
        if !is_readable(definition, &attribute.value) {
            let given = name_of(&attribute.value);
            found(Unreadable { definition, given });
        }
    }
}

/// Whether a value has a type that readers take, or says the same as one that has.
fn is_readable(definition: &AttributeDef, value: &Value<'_>) -> bool {
    let is = |kind| definition.takes(kind);
    // Where a text is only another way to write a number, a flag is none.
    let text = definition.kind == AttributeKind::String;
    match value {
        // Set to nothing is the same as not set.
        Value::Empty => true,
        Value::Str(_) => is(AttributeKind::String),
        Value::Bool(_) => text || is(AttributeKind::Bool),
        Value::Int(number) => {
            let flag = is(AttributeKind::Bool) && matches!(number, 0 | 1);
            flag || text || is(AttributeKind::Int) || is(AttributeKind::Double)
        }
        Value::Double(number) => {
            let whole = number.fract() == 0.0 && number.abs() <= WHOLE_DOUBLE_MAX;
            let flag = is(AttributeKind::Bool) && whole && (0.0..=1.0).contains(number);
            flag || text || is(AttributeKind::Double) || is(AttributeKind::Int) && whole
        }
        Value::Array(elements) => {
            let scalar = |element| !matches!(element, Value::Array(_) | Value::Map(_));
            is(AttributeKind::StringArray) && elements.iter().all(scalar)
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

/// What one batch holds that is rejected, or not read.
#[derive(Clone, Debug, Default)]
pub struct Violations {
    rejected: Vec<u32>,
    message: String,
    /// What the message has no room for.
    unlisted: u32,
}

impl Violations {
    /// Checks one span and remembers what is wrong with it. `false`: it is rejected.
    pub fn check(&mut self, span: &SpanView<'_, '_>) -> bool {
        if let Err(bad) = check_ids(span) {
            self.rejected.push(span.index);
            self.say("span", span.index, &bad);
            return false;
        }
        let mut say = |found| self.say("span", span.index, &found);
        unreadable(&span.attributes, &mut say);
        for event in span.events.iter() {
            unreadable(&event.attributes, &mut say);
        }
        true
    }

    /// Remembers what nobody can read of a log record that is an event.
    pub fn check_log(&mut self, record: &LogView<'_, '_>) {
        if !record.event_name.is_empty() {
            let say = |found| self.say("log record", record.index, &found);
            unreadable(&record.attributes, say);
        }
    }

    fn say(&mut self, what: &str, index: u32, problem: &dyn fmt::Display) {
        let entry = format!("{what} {index}: {problem}; ");
        // Once one was left out, a shorter later one must not look as if nothing was missing between.
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

    /// What is wrong, for the sender: empty when nothing is, at most 1 KiB.
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
