//! YAML text to located tree: size and depth limits, duplicate keys, anchors, merge keys.
//!
//! Built on the parser's events rather than on a document model, because duplicate keys must be
//! problems with a place, and because limits must hold before memory is spent.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use super::location::{KeyPath, Location, Source};
use super::problem::{Complaint, Report};
use super::tree::{Entry, Map, Node, Scalar, Value};

/// Largest source, in bytes. The reference configuration has two thousand.
pub const SOURCE_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting of maps and lists.
pub const DEPTH_MAX: usize = 32;
/// Most nodes of one source after aliases are expanded: what stops a tower of anchors.
pub const NODES_MAX: usize = 20_000;
/// Most problems with the form of one source before the rest is not read.
const PROBLEMS_MAX: usize = 20;

/// Tags that say no more than the text does, but for `str`.
const CORE_TAGS: [&str; 7] = ["str", "int", "float", "bool", "null", "map", "seq"];

/// Parses one source. `None` means that the text is not YAML or breaks a limit, and that
/// `report` says why; an empty text is an empty map.
pub fn parse(source: &Source, text: &str, report: &Report) -> Option<Node> {
    let start = Location::start_of(source);
    if text.len() > SOURCE_BYTES_MAX {
        let complaint = Complaint::new("configuration is too large")
            .given(format!("{} bytes", text.len()))
            .allowed(format!("at most {SOURCE_BYTES_MAX} bytes"));
        report.error(Some(&start), &KeyPath::root(), complaint);
        return None;
    }
    let mut builder = Builder::new(source, report);
    for event in Parser::new_from_str(text) {
        let step = match event {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => {
                let place = builder.location(*error.marker());
                refuse(place, syntax_complaint(error.info(), text, error.marker()))
            }
        };
        if let Err(refusal) = step {
            let (place, complaint) = *refusal;
            report.error(Some(&place), &builder.path(), complaint);
            return None;
        }
    }
    let node = builder
        .root
        .unwrap_or_else(|| Node::new(Value::Null, start.clone()));
    if node.is_null() {
        return Some(Node::new(Value::Map(Map::default()), start));
    }
    Some(node)
}

/// Why the rest of a source is not read; boxed because it is rare and large.
type Refusal = Box<(Location, Complaint)>;

fn refuse<T>(at: Location, complaint: Complaint) -> Result<T, Refusal> {
    Err(Box::new((at, complaint)))
}

/// A collection that is not closed yet.
struct Open {
    value: Value,
    location: Location,
    anchor: usize,
    keys: HashSet<String>,
    /// The key whose value comes next.
    key: Option<(String, Location)>,
    /// Values of `<<`, laid under the map when it closes.
    under: Vec<Node>,
}

struct Builder<'a> {
    source: &'a Source,
    report: &'a Report,
    stack: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    root: Option<Node>,
    documents: usize,
    nodes: usize,
    problems: usize,
}

impl<'a> Builder<'a> {
    fn new(source: &'a Source, report: &'a Report) -> Self {
        Self {
            source,
            report,
            stack: Vec::new(),
            anchors: HashMap::new(),
            root: None,
            documents: 0,
            nodes: 0,
            problems: 0,
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Refusal> {
        let location = self.location(span.start);
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let complaint = Complaint::new("more than one YAML document in a file")
                        .hint("give each document as its own --config file");
                    return refuse(location, complaint);
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain;
                let quoted = quoted || Self::is_text(tag.as_deref(), &location)?;
                self.scalar(
                    Scalar {
                        text: text.into_owned(),
                        quoted,
                        reference: None,
                    },
                    location,
                    anchor,
                )
            }
            Event::SequenceStart(anchor, tag) => {
                Self::is_text(tag.as_deref(), &location)?;
                self.open(Value::List(Vec::new()), location, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                Self::is_text(tag.as_deref(), &location)?;
                self.open(Value::Map(Map::default()), location, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => self.alias(anchor, location),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    /// Whether the tag says `!!str`; tags beyond the core schema are refused.
    fn is_text(tag: Option<&Tag>, location: &Location) -> Result<bool, Refusal> {
        match tag {
            None => Ok(false),
            Some(tag) if tag.is_yaml_core_schema() && CORE_TAGS.contains(&&*tag.suffix) => {
                Ok(tag.suffix == "str")
            }
            Some(tag) => {
                let complaint = Complaint::new("unknown YAML tag").given(tag.to_string());
                refuse(location.clone(), complaint.hint("remove it"))
            }
        }
    }

    fn scalar(&mut self, scalar: Scalar, at: Location, anchor: usize) -> Result<(), Refusal> {
        if self.expects_key() {
            return self.key(scalar, at);
        }
        self.count(1, &at)?;
        self.finish_node(Node::new(scalar.into_value(), at), anchor, 1);
        Ok(())
    }

    fn expects_key(&self) -> bool {
        let top = self.stack.last();
        top.is_some_and(|open| matches!(open.value, Value::Map(_)) && open.key.is_none())
    }

    fn key(&mut self, scalar: Scalar, at: Location) -> Result<(), Refusal> {
        let path = self.path();
        let Some(open) = self.stack.last_mut() else {
            return Ok(());
        };
        let is_merge = scalar.text == "<<" && !scalar.quoted;
        if !is_merge && !open.keys.insert(scalar.text.clone()) {
            let first = match &open.value {
                Value::Map(map) => map.get(&scalar.text).map(|entry| entry.location.line),
                _ => None,
            };
            let hint = first.map(|line| format!("the first one is on line {line}; merge the two"));
            let complaint = Complaint::new("duplicate key")
                .given(&scalar.text)
                .maybe_hint(hint);
            self.report
                .error(Some(&at), &path.key(&scalar.text), complaint);
            self.problems += 1;
        }
        open.key = Some((scalar.text, at.clone()));
        if self.problems >= PROBLEMS_MAX {
            return refuse(
                at,
                Complaint::new("too many problems, the rest was not read"),
            );
        }
        Ok(())
    }

    fn open(&mut self, value: Value, location: Location, anchor: usize) -> Result<(), Refusal> {
        if self.expects_key() {
            let complaint = Complaint::new("a key must be a single value").hint("quote it");
            return refuse(location, complaint);
        }
        if self.stack.len() >= DEPTH_MAX {
            let complaint = Complaint::new("configuration is nested too deeply");
            return refuse(
                location,
                complaint.allowed(format!("at most {DEPTH_MAX} levels")),
            );
        }
        self.count(1, &location)?;
        let (keys, under) = (HashSet::new(), Vec::new());
        self.stack.push(Open {
            value,
            location,
            anchor,
            keys,
            key: None,
            under,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Refusal> {
        let Some(mut open) = self.stack.pop() else {
            return Ok(());
        };
        if let Value::Map(map) = &mut open.value {
            for base in std::mem::take(&mut open.under) {
                lay_under(map, base)?;
            }
        }
        let node = Node::new(open.value, open.location);
        let size = if open.anchor == 0 { 0 } else { size_of(&node) };
        self.finish_node(node, open.anchor, size);
        Ok(())
    }

    fn alias(&mut self, anchor: usize, location: Location) -> Result<(), Refusal> {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            return refuse(location, Complaint::new("an anchor cannot contain itself"));
        };
        let (mut node, size) = (node.clone(), *size);
        if self.expects_key() {
            return refuse(location, Complaint::new("an alias cannot be a key"));
        }
        self.count(size, &location)?;
        if self.stack.len() + depth_of(&node) > DEPTH_MAX {
            let complaint = Complaint::new("configuration is nested too deeply");
            return refuse(
                location,
                complaint.allowed(format!("at most {DEPTH_MAX} levels")),
            );
        }
        node.location = location;
        self.finish_node(node, 0, size);
        Ok(())
    }

    fn finish_node(&mut self, node: Node, anchor: usize, size: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        match &mut open.value {
            Value::List(items) => items.push(node),
            Value::Map(map) => match open.key.take() {
                Some((key, _)) if key == "<<" => open.under.push(node),
                Some((key, location)) => map.push_first(Entry {
                    key,
                    location,
                    value: node,
                }),
                None => {}
            },
            Value::Null | Value::Scalar(_) | Value::Refused => {}
        }
    }

    fn count(&mut self, nodes: usize, location: &Location) -> Result<(), Refusal> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > NODES_MAX {
            let complaint = Complaint::new("configuration has too many values").allowed(format!(
                "at most {NODES_MAX}, aliases counted as what they stand for"
            ));
            return refuse(location.clone(), complaint);
        }
        Ok(())
    }

    /// The key path of what is being read.
    fn path(&self) -> KeyPath {
        self.stack.iter().fold(KeyPath::root(), |path, open| {
            match (&open.value, &open.key) {
                (Value::List(items), _) => path.index(items.len()),
                (_, Some((key, _))) => path.key(key),
                _ => path,
            }
        })
    }

    fn location(&self, marker: Marker) -> Location {
        let source = self.source.clone();
        Location {
            source,
            line: marker.line().max(1),
            column: marker.col() + 1,
        }
    }
}

/// Adds the entries of a `<<` value that the map does not have itself.
fn lay_under(map: &mut Map, base: Node) -> Result<(), Refusal> {
    match base.value {
        Value::Map(entries) => {
            for entry in entries.into_entries() {
                map.push_first(entry);
            }
            Ok(())
        }
        Value::List(items) => items.into_iter().try_for_each(|item| lay_under(map, item)),
        Value::Null | Value::Scalar(_) | Value::Refused => {
            let complaint = Complaint::new("`<<` merges maps").allowed("an alias of a map");
            refuse(base.location, complaint)
        }
    }
}

fn size_of(node: &Node) -> usize {
    1 + match &node.value {
        Value::Null | Value::Scalar(_) | Value::Refused => 0,
        Value::List(items) => items.iter().map(size_of).sum(),
        Value::Map(map) => map
            .entries()
            .iter()
            .map(|entry| size_of(&entry.value))
            .sum(),
    }
}

fn depth_of(node: &Node) -> usize {
    match &node.value {
        Value::Null | Value::Scalar(_) | Value::Refused => 0,
        Value::List(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Value::Map(map) => {
            1 + map
                .entries()
                .iter()
                .map(|entry| depth_of(&entry.value))
                .max()
                .unwrap_or(0)
        }
    }
}

/// The parser's message, with a hint for the mistakes that people make.
fn syntax_complaint(info: &str, text: &str, marker: &Marker) -> Complaint {
    let line = text
        .lines()
        .nth(marker.line().saturating_sub(1))
        .unwrap_or("");
    let hint = if line.trim_start_matches(' ').starts_with('\t') {
        Some("indent with spaces, not with tabs".to_owned())
    } else if line.contains(": ") && line.matches(": ").count() > 1 && !line.contains('{') {
        Some("quote values that contain `: `".to_owned())
    } else {
        Some("check indentation, brackets and quotes on this line and the one before".to_owned())
    };
    Complaint::new(format!("not valid YAML: {info}")).maybe_hint(hint)
}

#[cfg(test)]
mod tests;
