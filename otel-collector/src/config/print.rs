//! A tree as YAML again, without its secrets, for `print-config`.

use std::fmt::Write as _;

use super::expand::has_reference;
use super::location::{Location, Segment};
use super::problem::{Report, Shown};
use super::setting::MASK;
use super::tree::{Entry, Map, Node, Scalar, Value};

/// Words in a key that make its value, and all values below it, secret even if no component has
/// said so: what is printed may be pasted into a ticket.
const SECRET_WORDS: [&str; 8] = [
    "token",
    "password",
    "secret",
    "api_key",
    "apikey",
    "authorization",
    "credential",
    "key_pem",
];
/// Keys that hold a secret word but name a file or a scheme, not a secret.
const HARMLESS_ENDINGS: [&str; 3] = ["_file", "file", "scheme"];
/// Maps whose every value may be a secret.
const SECRET_MAPS: [&str; 1] = ["headers"];

/// The configuration as it was written and merged, references to the environment unexpanded.
/// What a component called a secret while it read its section (into `report`) is masked.
pub fn written(root: &Node, report: &Report) -> String {
    let mut root = root.clone();
    for (path, shown) in report.effective() {
        if let Some(node) = at(&mut root, path.segments()) {
            mask(node, &shown);
        }
    }
    yaml(&root)
}

/// The configuration in force: the environment expanded, and every default that a component
/// applied while it read its section (the `report` of that reading).
pub fn resolved(root: &Node, report: &Report) -> String {
    let mut root = root.clone();
    for (path, shown) in report.effective() {
        put(&mut root, path.segments(), &shown);
    }
    yaml(&root)
}

fn yaml(root: &Node) -> String {
    let mut out = String::new();
    match &root.value {
        Value::Map(map) => write_map(&mut out, map, 0, false),
        Value::List(_) | Value::Scalar(_) | Value::Null | Value::Refused => out.push_str("{}\n"),
    }
    out
}

fn write_map(out: &mut String, map: &Map, depth: usize, secret: bool) {
    for entry in map.entries() {
        indent(out, depth);
        out.push_str(&scalar_text(&Scalar::plain(entry.key.as_str())));
        out.push(':');
        write_value(out, &entry.value, depth, secret || is_secret(&entry.key));
    }
}

fn write_value(out: &mut String, node: &Node, depth: usize, secret: bool) {
    match &node.value {
        Value::Null | Value::Refused => out.push('\n'),
        Value::Scalar(scalar) => {
            out.push(' ');
            out.push_str(&shown(scalar, secret));
            out.push('\n');
        }
        Value::List(items) if items.iter().all(is_scalar) => {
            let items: Vec<String> = items.iter().map(|item| flow_item(item, secret)).collect();
            // Writing to a String cannot fail.
            writeln!(out, " [{}]", items.join(", ")).unwrap_or_default();
        }
        Value::List(items) => {
            out.push('\n');
            for item in items {
                write_item(out, item, depth + 1, secret);
            }
        }
        Value::Map(map) if map.entries().is_empty() => out.push_str(" {}\n"),
        Value::Map(map) => {
            out.push('\n');
            write_map(out, map, depth + 1, secret);
        }
    }
}

fn write_item(out: &mut String, item: &Node, depth: usize, secret: bool) {
    let mut inner = String::new();
    match &item.value {
        Value::Map(map) if !map.entries().is_empty() => {
            write_map(&mut inner, map, depth + 1, secret);
        }
        Value::List(items) if !items.iter().all(is_scalar) => {
            for item in items {
                write_item(&mut inner, item, depth + 1, secret);
            }
        }
        _ => {
            indent(&mut inner, depth + 1);
            write_value(&mut inner, item, depth + 1, secret);
        }
    }
    indent(out, depth);
    out.push_str("- ");
    out.push_str(inner.trim_start());
}

fn flow_item(item: &Node, secret: bool) -> String {
    match &item.value {
        Value::Scalar(scalar) => {
            let text = shown(scalar, secret);
            let plain = !text.starts_with('"') && text.contains([',', '[', ']', '{', '}']);
            if plain { quoted(&text) } else { text }
        }
        _ => "null".to_owned(),
    }
}

fn is_scalar(node: &Node) -> bool {
    matches!(node.value, Value::Scalar(_) | Value::Null)
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let named = SECRET_WORDS.iter().any(|word| key.contains(word));
    let harmless = HARMLESS_ENDINGS.iter().any(|ending| key.ends_with(ending));
    (named && !harmless) || SECRET_MAPS.contains(&key.as_str())
}

/// A scalar for printing; a reference to the environment is worth showing even for a secret.
fn shown(scalar: &Scalar, secret: bool) -> String {
    if secret && !is_pure_reference(&scalar.text) {
        return quoted(MASK);
    }
    scalar_text(scalar)
}

/// Whether the text is one reference and nothing else, without a default that may be secret.
fn is_pure_reference(text: &str) -> bool {
    let inner = text
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'));
    has_reference(text)
        && inner.is_some_and(|inner| !inner.contains(['{', '}']) && !inner.contains(":-"))
}

fn scalar_text(scalar: &Scalar) -> String {
    let text = scalar.text.as_str();
    if scalar.quoted && reads_differently(text) || !is_plain(text) {
        return quoted(text);
    }
    text.to_owned()
}

/// Whether the text without quotes would be null, a boolean or a number.
fn reads_differently(text: &str) -> bool {
    Scalar::plain(text).is_null()
        || matches!(text.to_ascii_lowercase().as_str(), "true" | "false")
        || text.parse::<f64>().is_ok()
}

/// Whether YAML reads the text as it stands, in a block.
fn is_plain(text: &str) -> bool {
    let indicator = |c: char| "-?:,[]{}#&*!|>'\"%@`".contains(c);
    !text.is_empty()
        && !text.starts_with(indicator)
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && !text.contains(char::is_control)
        && text.trim() == text
}

fn quoted(text: &str) -> String {
    // A JSON string is a YAML double-quoted scalar.
    serde_json::Value::from(text).to_string()
}

fn at<'a>(node: &'a mut Node, path: &[Segment]) -> Option<&'a mut Node> {
    let Some((step, rest)) = path.split_first() else {
        return Some(node);
    };
    let next = match (step, &mut node.value) {
        (Segment::Index(index), Value::List(items)) => items.get_mut(*index),
        (Segment::Key(key), Value::Map(map)) => map.get_mut(key),
        _ => None,
    };
    at(next?, rest)
}

/// Masks the scalars that stand where `shown` has secrets.
fn mask(node: &mut Node, shown: &Shown) {
    match (shown, &mut node.value) {
        (Shown::Secret, Value::Scalar(scalar)) if !is_pure_reference(&scalar.text) => {
            *scalar = Scalar::plain(MASK);
        }
        (Shown::List(shown), Value::List(items)) => {
            for (item, shown) in items.iter_mut().zip(shown) {
                mask(item, shown);
            }
        }
        (Shown::Map(shown), Value::Map(map)) => {
            for (key, shown) in shown {
                if let Some(value) = map.get_mut(key) {
                    mask(value, shown);
                }
            }
        }
        _ => {}
    }
}

/// Puts a value in force where it belongs, making sections that were not written.
fn put(node: &mut Node, path: &[Segment], shown: &Shown) {
    let Some((step, rest)) = path.split_first() else {
        let location = node.location.clone();
        *node = node_of(shown, &location);
        return;
    };
    match (step, &mut node.value) {
        (Segment::Index(index), Value::List(items)) => {
            if let Some(item) = items.get_mut(*index) {
                put(item, rest, shown);
            }
        }
        (Segment::Key(_), Value::Null) => {
            node.value = Value::Map(Map::default());
            put(node, path, shown);
        }
        (Segment::Key(key), Value::Map(map)) => {
            if map.get(key).is_none() {
                let location = node.location.clone();
                let value = Node::new(Value::Null, location.clone());
                map.push_first(Entry {
                    key: key.clone(),
                    location,
                    value,
                });
            }
            if let Some(value) = map.get_mut(key) {
                put(value, rest, shown);
            }
        }
        _ => {}
    }
}

fn node_of(shown: &Shown, location: &Location) -> Node {
    let value = match shown {
        Shown::Scalar(text) => Value::Scalar(Scalar::plain(text.as_str())),
        Shown::Secret => Value::Scalar(Scalar::plain(MASK)),
        Shown::List(items) => {
            Value::List(items.iter().map(|item| node_of(item, location)).collect())
        }
        Shown::Map(entries) => {
            let mut map = Map::default();
            for (key, value) in entries {
                let value = node_of(value, location);
                map.push_first(Entry {
                    key: key.clone(),
                    location: location.clone(),
                    value,
                });
            }
            Value::Map(map)
        }
    };
    Node::new(value, location.clone())
}

#[cfg(test)]
mod tests;
