//! What the processors `attributes` and `resource` do to a list of attributes.

use regex::Regex;
use secspan_metrics::value_text::Text;
use secspan_otlp::encode::Any;
use secspan_otlp::rewrite::Changes;
use secspan_otlp::view::{Attributes, Value};

use super::pattern;
use crate::config::tree;
use crate::config::{Complaint, Section};

/// One change.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// Sets an attribute.
    Put {
        key: String,
        when: When,
        from: Source,
    },
    /// Removes attributes.
    Delete(Keys),
    /// Replaces values by their hash.
    Hash(Keys),
    /// Makes attributes of the named groups of a pattern.
    Extract { key: String, pattern: Regex },
    /// Changes the type of a value.
    Convert { key: String, to: Type },
}

/// When an attribute is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Absent,
    Present,
    Always,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Constant(Constant),
    Attribute(String),
}

/// A value that stands in the configuration.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Str(String),
    Bool(bool),
    Int(i64),
    Double(f64),
}

/// Which attributes are meant.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    key: Option<String>,
    pattern: Option<Regex>,
}

/// A type that a value can be converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Int,
    Double,
    Str,
}

/// The words for actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Put(When),
    Delete,
    Hash,
    Extract,
    Convert,
    /// Of which was said that it is none.
    Unknown,
}

const WORDS: [(&str, Word); 7] = [
    ("insert", Word::Put(When::Absent)),
    ("update", Word::Put(When::Present)),
    ("upsert", Word::Put(When::Always)),
    ("delete", Word::Delete),
    ("hash", Word::Hash),
    ("extract", Word::Extract),
    ("convert", Word::Convert),
];

/// Reads the actions under a key; there must be one.
pub(super) fn read(section: &mut Section<'_>, key: &'static str) -> Vec<Action> {
    let actions: Vec<Option<Action>> = section.sections(key, read_one);
    if actions.is_empty() {
        let complaint = Complaint::new("no actions");
        section.reject(
            key,
            complaint.hint("write [{key: a, action: upsert, value: b}]"),
        );
    }
    actions.into_iter().flatten().collect()
}

fn read_one(section: &mut Section<'_>) -> Option<Action> {
    let word = section.choice("action", &WORDS).required(Word::Unknown);
    section.unsupported(
        "from_context",
        "request headers are not passed on; use value or from_attribute",
    );
    match word {
        Word::Unknown => {
            for key in [
                "key",
                "value",
                "from_attribute",
                "pattern",
                "converted_type",
            ] {
                // Which of them belong to the action cannot be known.
                let _unused = section.node(key);
            }
            None
        }
        Word::Put(when) => Some(Action::Put {
            key: section.string("key").required(),
            when,
            from: source(section)?,
        }),
        Word::Delete => Some(Action::Delete(keys(section)?)),
        Word::Hash => Some(Action::Hash(keys(section)?)),
        Word::Extract => {
            let key = section.string("key").required();
            let pattern = pattern(section, "pattern");
            if !section.has("pattern") {
                section.reject("pattern", Complaint::new("is missing"));
            }
            let pattern = pattern?;
            if pattern.capture_names().flatten().next().is_none() {
                let complaint = Complaint::new("has no named group").given(pattern.as_str());
                section.reject("pattern", complaint.hint("write (?P<name>…)"));
            }
            Some(Action::Extract { key, pattern })
        }
        Word::Convert => {
            let types = [
                ("int", Type::Int),
                ("double", Type::Double),
                ("string", Type::Str),
            ];
            Some(Action::Convert {
                key: section.string("key").required(),
                to: section.choice("converted_type", &types).required(Type::Str),
            })
        }
    }
}

fn source(section: &mut Section<'_>) -> Option<Source> {
    let attribute = section.string("from_attribute").optional();
    let node = section.node("value");
    match (node, attribute) {
        (Some(_), Some(_)) => {
            let complaint = Complaint::new("both value and from_attribute are given");
            section.reject("value", complaint.hint("remove one of them"));
            None
        }
        (None, Some(attribute)) => Some(Source::Attribute(attribute)),
        (None, None) => {
            let complaint = Complaint::new("is missing");
            section.reject("value", complaint.hint("give value or from_attribute"));
            None
        }
        (Some(node), None) => {
            let constant = Constant::of(node);
            if constant.is_none() {
                let complaint = Complaint::new("wrong type");
                section.reject("value", complaint.allowed("text, a number or a boolean"));
            }
            constant.map(Source::Constant)
        }
    }
}

fn keys(section: &mut Section<'_>) -> Option<Keys> {
    let key = section.string("key").optional();
    let pattern = pattern(section, "pattern");
    if !section.has("key") && !section.has("pattern") {
        let complaint = Complaint::new("is missing");
        section.reject(
            "key",
            complaint.hint("give key, or pattern for several keys"),
        );
        return None;
    }
    Some(Keys { key, pattern })
}

impl Constant {
    /// The value of a scalar: what is quoted is text, everything else what it looks like.
    fn of(node: &tree::Node) -> Option<Self> {
        let tree::Value::Scalar(scalar) = &node.value else {
            return None;
        };
        let text = scalar.text.as_str();
        if scalar.quoted {
            return Some(Self::Str(text.to_owned()));
        }
        let boolean = text.parse().ok().map(Self::Bool);
        let number = || text.parse().ok().map(Self::Int);
        let double = || text.parse().ok().map(Self::Double);
        boolean
            .or_else(number)
            .or_else(double)
            .or_else(|| Some(Self::Str(text.to_owned())))
    }

    fn any(&self) -> Any<'_> {
        match self {
            Self::Str(text) => Any::Str(text),
            Self::Bool(value) => Any::Bool(*value),
            Self::Int(value) => Any::Int(*value),
            Self::Double(value) => Any::Double(*value),
        }
    }
}

impl Keys {
    /// The keys that are there and meant.
    fn among<'a>(&self, attributes: &Attributes<'_, 'a>) -> Vec<&'a str> {
        let keys = attributes.iter().map(|attribute| attribute.key);
        let is_meant = |key: &&str| {
            self.key.as_deref() == Some(*key)
                || self.pattern.as_ref().is_some_and(|own| own.is_match(key))
        };
        keys.filter(is_meant).collect()
    }
}

impl Action {
    /// Applies it to attributes as far as they were changed before.
    pub(super) fn apply(&self, attributes: &Attributes<'_, '_>, changes: &mut Changes) {
        match self {
            Self::Put { key, when, from } => {
                let present = changes.value(attributes, key).is_some();
                let applies = match when {
                    When::Absent => !present,
                    When::Present => present,
                    When::Always => true,
                };
                match from {
                    _ if !applies => {}
                    Source::Constant(constant) => changes.set(key, constant.any()),
                    Source::Attribute(from) => changes.copy(attributes, from, key),
                }
            }
            Self::Delete(keys) => {
                // Also one that an action before this one set.
                let named = keys.key.as_deref().into_iter();
                for key in keys.among(attributes).into_iter().chain(named) {
                    if changes.value(attributes, key).is_some() {
                        changes.delete(key);
                    }
                }
            }
            Self::Hash(keys) => {
                let named = keys.key.as_deref().into_iter();
                let mut all = keys.among(attributes);
                all.extend(named);
                all.dedup();
                for key in all {
                    hash(attributes, changes, key);
                }
            }
            Self::Extract { key, pattern } => extract(attributes, changes, key, pattern),
            Self::Convert { key, to } => convert(attributes, changes, key, *to),
        }
    }
}

fn hash(attributes: &Attributes<'_, '_>, changes: &mut Changes, key: &str) {
    let Some(value) = changes.value(attributes, key) else {
        return;
    };
    let hashed = super::sha256(value_bytes(&value).as_ref());
    changes.set(key, hashed.as_str());
}

/// What of a value is hashed: the text itself, or the value as text.
fn value_bytes<'a>(value: &Value<'a>) -> std::borrow::Cow<'a, [u8]> {
    match *value {
        Value::Str(text) => text.as_bytes().into(),
        Value::Bytes(bytes) => bytes.into(),
        other => Text(other).to_string().into_bytes().into(),
    }
}

fn extract(attributes: &Attributes<'_, '_>, changes: &mut Changes, key: &str, pattern: &Regex) {
    let text = changes.value(attributes, key).and_then(|own| own.as_str());
    let Some(captures) = text.and_then(|text| pattern.captures(text)) else {
        return;
    };
    let groups = pattern.capture_names().flatten();
    let found: Vec<(&str, String)> = groups
        .filter_map(|name| Some((name, captures.name(name)?.as_str().to_owned())))
        .collect();
    for (name, text) in found {
        changes.set(name, text.as_str());
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a double becomes the integer before its point, as upstream does"
)]
fn convert(attributes: &Attributes<'_, '_>, changes: &mut Changes, key: &str, to: Type) {
    let Some(value) = changes.value(attributes, key) else {
        return;
    };
    let number = match value {
        Value::Str(text) => text.trim().parse().ok(),
        Value::Bool(value) => Some(f64::from(u8::from(value))),
        other => other.as_double(),
    };
    let text = Text(value).to_string();
    let integer = match value {
        Value::Str(text) => text.trim().parse().ok(),
        other => other.as_int(),
    };
    match (to, integer, number) {
        (Type::Int, Some(integer), _) => changes.set(key, integer),
        (Type::Int, None, Some(number)) => changes.set(key, number as i64),
        (Type::Double, _, Some(number)) => changes.set(key, number),
        (Type::Str, ..) => changes.set(key, text.as_str()),
        // What is no number stays as it is.
        (Type::Int | Type::Double, _, None) => {}
    }
}
