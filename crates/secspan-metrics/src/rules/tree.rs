//! The YAML of a rule file as a tree that knows its lines, and readers that report every mistake they meet.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

use crate::problem::Problem;

/// Deepest nesting of a rule file.
const DEPTH_MAX: usize = 16;

/// A value with its line.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What stands there.
    pub value: NodeValue,
    /// Its line, from 1; 0 when it is not known.
    pub line: u32,
}

/// The content of a [`Node`].
#[derive(Clone, Debug, PartialEq)]
pub enum NodeValue {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order in which it was written.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// Reads YAML text.
    ///
    /// # Errors
    /// One problem with the line when the text is not YAML; one when it is not exactly one document.
    pub fn parse(text: &str) -> Result<Self, Box<Problem>> {
        let documents = MarkedYaml::load_from_str(text).map_err(|error| {
            let line = u32::try_from(error.marker().line()).unwrap_or(0);
            Box::new(Problem::new("", format!("not YAML: {}", error.info())).line(line))
        })?;
        match documents.as_slice() {
            [document] => Self::from_yaml(document, 0),
            [] => Ok(Self {
                value: NodeValue::Null,
                line: 1,
            }),
            more => {
                let problem = Problem::new("", "more than one YAML document");
                let problem = problem.given(format!("{} documents", more.len()));
                Err(Box::new(problem.hint("put each into a file of its own")))
            }
        }
    }

    /// A scalar from its text, read as YAML's core schema reads it unless it was quoted.
    pub fn scalar(text: &str, quoted: bool, line: u32) -> Self {
        let value = if quoted {
            NodeValue::Text(text.to_owned())
        } else {
            scalar_value(&Scalar::parse_from_cow(text.into()))
        };
        Self { value, line }
    }

    fn from_yaml(yaml: &MarkedYaml<'_>, depth: usize) -> Result<Self, Box<Problem>> {
        let line = u32::try_from(yaml.span.start.line()).unwrap_or(0);
        let odd = |message: &str| Box::new(Problem::new("", message).line(line));
        if depth > DEPTH_MAX {
            return Err(odd("nested too deep"));
        }
        let value = match &yaml.data {
            YamlData::Value(scalar) => scalar_value(scalar),
            YamlData::Sequence(items) => {
                let items = items.iter().map(|item| Self::from_yaml(item, depth + 1));
                NodeValue::List(items.collect::<Result<_, _>>()?)
            }
            YamlData::Mapping(map) => {
                let mut entries = Vec::with_capacity(map.len());
                for (key, value) in map {
                    let key = Self::from_yaml(key, depth + 1)?;
                    let name = key.text().ok_or_else(|| odd("a key must be text"))?;
                    entries.push((name, Self::from_yaml(value, depth + 1)?));
                }
                NodeValue::Map(entries)
            }
            YamlData::Tagged(_, inner) => Self::from_yaml(inner, depth + 1)?.value,
            YamlData::Representation(..) | YamlData::Alias(_) | YamlData::BadValue => {
                return Err(odd("not a value"));
            }
        };
        Ok(Self { value, line })
    }

    /// A scalar as text.
    pub(super) fn text(&self) -> Option<String> {
        match &self.value {
            NodeValue::Bool(value) => Some(value.to_string()),
            NodeValue::Int(value) => Some(value.to_string()),
            NodeValue::Float(value) => Some(crate::value_text::Number(*value).to_string()),
            NodeValue::Text(text) => Some(text.clone()),
            NodeValue::Null | NodeValue::List(_) | NodeValue::Map(_) => None,
        }
    }

    /// What a problem repeats of it.
    fn given(&self) -> String {
        match &self.value {
            NodeValue::Null => "nothing".to_owned(),
            NodeValue::List(items) => format!("a list of {}", items.len()),
            NodeValue::Map(_) => "a map".to_owned(),
            _ => self.text().unwrap_or_default(),
        }
    }
}

fn scalar_value(scalar: &Scalar<'_>) -> NodeValue {
    match scalar {
        Scalar::Null => NodeValue::Null,
        Scalar::Boolean(value) => NodeValue::Bool(*value),
        Scalar::Integer(value) => NodeValue::Int(*value),
        Scalar::FloatingPoint(value) => NodeValue::Float(value.into_inner()),
        Scalar::String(text) => NodeValue::Text(text.clone().into_owned()),
    }
}

/// A node with its key path.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub(super) node: &'a Node,
    pub(super) path: String,
}

impl<'a> Place<'a> {
    pub(super) fn new(node: &'a Node, path: &str) -> Self {
        Self {
            node,
            path: path.to_owned(),
        }
    }

    /// A problem with this node.
    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(self.path.clone(), message)
            .line(self.node.line)
            .given(self.node.given())
    }

    fn child(&self, key: &str, node: &'a Node) -> Self {
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        };
        Self { node, path }
    }

    pub(super) fn text(&self, problems: &mut Vec<Problem>) -> Option<String> {
        let text = self.node.text();
        if text.is_none() {
            problems.push(self.problem("must be a single text"));
        }
        text
    }

    pub(super) fn number(&self, problems: &mut Vec<Problem>) -> Option<f64> {
        match self.node.value {
            NodeValue::Int(value) => Some(value as f64),
            NodeValue::Float(value) if value.is_finite() => Some(value),
            _ => {
                problems.push(self.problem("must be a number"));
                None
            }
        }
    }

    /// A count from 1 up to `max`.
    pub(super) fn count(&self, max: usize, problems: &mut Vec<Problem>) -> Option<usize> {
        let count = match self.node.value {
            NodeValue::Int(value) => usize::try_from(value)
                .ok()
                .filter(|count| (1..=max).contains(count)),
            _ => None,
        };
        if count.is_none() {
            problems.push(
                self.problem("must be a whole number")
                    .allowed(format!("1 to {max}")),
            );
        }
        count
    }

    pub(super) fn flag(&self, problems: &mut Vec<Problem>) -> Option<bool> {
        if let NodeValue::Bool(value) = self.node.value {
            return Some(value);
        }
        problems.push(self.problem("must be true or false"));
        None
    }

    /// The items of a list, or the node itself as the only one.
    pub(super) fn items(&self) -> Vec<Place<'a>> {
        match &self.node.value {
            NodeValue::List(items) => self.each(items),
            _ => vec![self.clone()],
        }
    }

    /// The items of what must be a list.
    pub(super) fn list(&self, problems: &mut Vec<Problem>) -> Vec<Place<'a>> {
        if let NodeValue::List(items) = &self.node.value {
            return self.each(items);
        }
        problems.push(self.problem("must be a list"));
        Vec::new()
    }

    fn each(&self, items: &'a [Node]) -> Vec<Place<'a>> {
        let place = |(at, node)| Self {
            node,
            path: format!("{}[{at}]", self.path),
        };
        items.iter().enumerate().map(place).collect()
    }

    pub(super) fn texts(&self, problems: &mut Vec<Problem>) -> Vec<String> {
        self.items()
            .iter()
            .filter_map(|item| item.text(problems))
            .collect()
    }

    /// The entries of what must be a map.
    pub(super) fn entries(&self, problems: &mut Vec<Problem>) -> Vec<(&'a str, Place<'a>)> {
        if let NodeValue::Map(entries) = &self.node.value {
            return entries
                .iter()
                .map(|(key, node)| (key.as_str(), self.child(key, node)))
                .collect();
        }
        problems.push(self.problem("must be a map"));
        Vec::new()
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
        &self,
        words: &[(&str, T)],
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let text = self.node.text();
        let found = words
            .iter()
            .find(|(word, _)| Some(*word) == text.as_deref());
        if found.is_none() {
            let allowed: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let problem = self
                .problem("not one of the words allowed here")
                .allowed(allowed.join(", "));
            problems.push(with_nearest(
                problem,
                text.as_deref().unwrap_or_default(),
                &allowed,
            ));
        }
        found.map(|(_, value)| *value)
    }

    /// The map's entries, with every key that is not allowed reported.
    pub(super) fn section(&self, allowed: &[&str], problems: &mut Vec<Problem>) -> Section<'a> {
        let entries = self.entries(problems);
        for (key, place) in &entries {
            if !allowed.contains(key) {
                let problem = Problem::new(place.path.clone(), "unknown key")
                    .line(place.node.line)
                    .given(*key);
                problems.push(with_nearest(
                    problem.allowed(allowed.join(", ")),
                    key,
                    allowed,
                ));
            }
        }
        Section {
            whole: self.clone(),
            entries,
        }
    }
}

/// The entries of a map whose keys are known.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) whole: Place<'a>,
    entries: Vec<(&'a str, Place<'a>)>,
}

impl<'a> Section<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&Place<'a>> {
        self.entries
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, place)| place)
    }

    pub(super) fn required(&self, key: &str, problems: &mut Vec<Problem>) -> Option<&Place<'a>> {
        let found = self.get(key);
        if found.is_none() {
            let path = format!("{}.{key}", self.whole.path);
            let path = path.trim_start_matches('.');
            problems.push(Problem::new(path, "missing").line(self.whole.node.line));
        }
        found
    }

    pub(super) fn text(&self, key: &str, problems: &mut Vec<Problem>) -> Option<String> {
        self.get(key)?.text(problems)
    }

    pub(super) fn texts(&self, key: &str, problems: &mut Vec<Problem>) -> Vec<String> {
        self.get(key)
            .map(|place| place.texts(problems))
            .unwrap_or_default()
    }
}

/// Adds "did you mean" when one of the words is close.
pub(super) fn with_nearest(problem: Problem, given: &str, words: &[&str]) -> Problem {
    /// Similarity from which a word is worth a suggestion.
    const CLOSE: f64 = 0.75;
    let score = |word: &&str| strsim::jaro_winkler(word, given);
    let nearest = words
        .iter()
        .copied()
        .max_by(|a, b| score(a).total_cmp(&score(b)));
    match nearest.filter(|word| score(word) >= CLOSE) {
        Some(word) => problem.hint(format!("did you mean {word}?")),
        None => problem,
    }
}
