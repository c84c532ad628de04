//! Lays configuration sources over one another: files in order, then `--set` arguments.

use super::location::{KeyPath, Location, Source};
use super::parse::{DEPTH_MAX, parse};
use super::problem::{Complaint, Report};
use super::tree::{Entry, Map, Node, Value};

/// One source of configuration, in the order in which they were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layer {
    /// A YAML text under a name to show.
    Text {
        /// A path as the user gave it, or what the embedded text is called.
        name: String,
        /// The YAML.
        text: String,
    },
    /// `key.path=value` as given to `--set`; the value is YAML.
    Set(String),
    /// A file that could not be read, and why: a problem like any other.
    Unreadable {
        /// The path as the user gave it.
        name: String,
        /// What the system said.
        reason: String,
    },
}

/// Merges the layers key by key, later over earlier. `None` if one of them could not be read at
/// all, because what the rest then means is anyone's guess.
pub fn merge(layers: &[Layer], report: &Report) -> Option<Node> {
    let mut merged: Option<Node> = None;
    let mut all_read = true;
    for (order, layer) in (0..).zip(layers) {
        match layer {
            Layer::Text { name, text } => {
                let Some(node) = parse(&Source::file(order, name), text, report) else {
                    all_read = false;
                    continue;
                };
                match &mut merged {
                    None => merged = Some(node),
                    Some(base) => base.merge(node),
                }
            }
            Layer::Set(argument) => {
                let base = merged.get_or_insert_with(|| empty(&Source::argument(order, "--set")));
                all_read &= set(base, order, argument, report);
            }
            Layer::Unreadable { name, reason } => {
                all_read = false;
                let location = Location::start_of(&Source::argument(order, name));
                let complaint = Complaint::new(format!("cannot read the file: {reason}"));
                report.error(Some(&location), &KeyPath::root(), complaint);
            }
        }
    }
    if all_read { merged } else { None }
}

fn empty(source: &Source) -> Node {
    Node::new(Value::Map(Map::default()), Location::start_of(source))
}

/// Applies one `--set`; says whether it could be understood.
fn set(base: &mut Node, order: u32, argument: &str, report: &Report) -> bool {
    let (keys, value) = argument.split_once('=').unwrap_or((argument, ""));
    let source = Source::argument(order, &format!("--set {keys}"));
    let refuse = |complaint: Complaint| {
        report.error(
            Some(&Location::start_of(&source)),
            &KeyPath::root(),
            complaint,
        );
        false
    };
    let steps = steps(keys);
    if !argument.contains('=') || steps.iter().any(String::is_empty) {
        // The whole argument is not repeated: it may hold a secret.
        let complaint = Complaint::new("not of the form key.path=value");
        return refuse(complaint.hint("for example --set exporters.jsonl.directory=/data"));
    }
    if steps.len() > DEPTH_MAX {
        let allowed = format!("at most {DEPTH_MAX} levels");
        return refuse(Complaint::new("key path is too deep").allowed(allowed));
    }
    let Some(leaf) = parse_value(&source, value, report) else {
        return false;
    };
    match put(base, &steps, leaf) {
        Ok(()) => true,
        Err(complaint) => refuse(complaint),
    }
}

/// The value alone, which unlike a whole file may be nothing.
fn parse_value(source: &Source, value: &str, report: &Report) -> Option<Node> {
    if value.trim().is_empty() {
        return Some(Node::new(Value::Null, Location::start_of(source)));
    }
    parse(source, value, report)
}

/// `a.b\.c` and upstream's `a::b.c` both give `["a", "b.c"]`.
fn steps(keys: &str) -> Vec<String> {
    if keys.contains("::") {
        return keys.split("::").map(str::to_owned).collect();
    }
    let mut steps = vec![String::new()];
    let mut escaped = false;
    for c in keys.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            '.' if !escaped => steps.push(String::new()),
            _ => {
                if let Some(step) = steps.last_mut() {
                    step.push(c);
                }
                escaped = false;
            }
        }
    }
    steps
}

/// Puts `leaf` at the end of the steps, making maps on the way.
fn put(node: &mut Node, steps: &[String], leaf: Node) -> Result<(), Complaint> {
    let Some((step, rest)) = steps.split_first() else {
        node.merge(leaf);
        return Ok(());
    };
    if let Value::List(items) = &mut node.value {
        let count = items.len();
        let item = step
            .parse()
            .ok()
            .and_then(|index: usize| items.get_mut(index));
        return match item {
            Some(item) => put(item, rest, leaf),
            None => Err(Complaint::new("no such item in the list")
                .given(step)
                .allowed(format!("a number below {count}"))
                .hint("set the whole list to change its length")),
        };
    }
    if !matches!(node.value, Value::Map(_)) {
        node.value = Value::Map(Map::default());
    }
    let Value::Map(map) = &mut node.value else {
        return Ok(());
    };
    if map.get(step).is_none() {
        let location = leaf.location.clone();
        let value = Node::new(Value::Null, location.clone());
        map.push_first(Entry {
            key: step.clone(),
            location,
            value,
        });
    }
    match map.get_mut(step) {
        Some(value) => put(value, rest, leaf),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
