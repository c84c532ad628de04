//! The located tree: YAML as it was written, every node with its source, line and column.
//!
//! Scalars keep their text. What a text means (a number, a duration, an address) is decided by
//! whoever asks for it, so that an environment variable and a literal are treated alike, and a
//! problem can always repeat what the user wrote.

use super::location::Location;

/// A node of the tree.
#[derive(Clone, Debug)]
pub struct Node {
    /// What stands there.
    pub value: Value,
    /// Where it stands.
    pub location: Location,
}

/// The content of a [`Node`].
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// A text, number or boolean, as written.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order it was written.
    Map(Map),
    /// A value that could not be had, which has been reported: it is complained about no more.
    Refused,
}

/// A scalar's text.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The text, after expansion of `${env:…}`.
    pub text: String,
    /// Whether it was quoted (or a block scalar), which keeps `"null"` and `"5"` texts.
    pub quoted: bool,
    /// The text before expansion, where the two differ.
    pub reference: Option<String>,
}

/// A map that keeps order and knows where its keys stand.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Vec<Entry>,
}

/// One key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub location: Location,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// A node.
    pub fn new(value: Value, location: Location) -> Self {
        Self { value, location }
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Whether it holds nothing.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Whether it stands for a value that was reported already.
    pub fn is_refused(&self) -> bool {
        matches!(self.value, Value::Refused)
    }

    /// What to call its kind in a problem.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Refused => "a value that could not be read",
        }
    }

    /// Lays `over` on top: maps merge key by key, everything else is replaced.
    pub fn merge(&mut self, over: Self) {
        match (&mut self.value, over.value) {
            (Value::Map(base), Value::Map(map)) => {
                for entry in map.entries {
                    base.lay_over(entry);
                }
            }
            (base, value) => {
                *base = value;
                self.location = over.location;
            }
        }
    }
}

impl Scalar {
    /// A plain, unquoted scalar.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            quoted: false,
            reference: None,
        }
    }

    /// The value it stands for: itself, or nothing.
    pub fn into_value(self) -> Value {
        if self.is_null() {
            Value::Null
        } else {
            Value::Scalar(self)
        }
    }

    /// Whether YAML's core schema reads the text as null.
    pub fn is_null(&self) -> bool {
        !self.quoted && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The text for a problem, naming the variable it came from.
    pub fn given(&self) -> String {
        match &self.reference {
            Some(reference) => format!("{} (from {reference})", self.text),
            None => self.text.clone(),
        }
    }
}

impl Map {
    /// The entries in the order written.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries, to change their values in place.
    pub fn entries_mut(&mut self) -> &mut [Entry] {
        &mut self.entries
    }

    /// The entry of `key`.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of `key`, to change in place.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries
            .iter_mut()
            .find(|entry| entry.key == key)
            .map(|entry| &mut entry.value)
    }

    /// Adds the entry unless its key is there already.
    pub fn push_first(&mut self, entry: Entry) {
        if self.get(&entry.key).is_none() {
            self.entries.push(entry);
        }
    }

    /// The entries themselves.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Merges the entry into the one of the same key, or adds it.
    pub fn lay_over(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|own| own.key == entry.key) {
            Some(own) => {
                own.location = entry.location;
                own.value.merge(entry.value);
            }
            None => self.entries.push(entry),
        }
    }
}
