//! Where a configuration value stands: source, line and column, and its key path from the root.

use std::fmt;
use std::sync::Arc;

/// A text that configuration was read from: a file, the embedded default or a `--set` argument.
///
/// Sources order by when they were given, so that problems print in the order the user wrote them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    order: u32,
    name: Arc<str>,
    has_lines: bool,
}

impl Source {
    /// A file, or a text that has lines like one; `order` is its position among all sources.
    pub fn file(order: u32, name: &str) -> Self {
        Self {
            order,
            name: Arc::from(name),
            has_lines: true,
        }
    }

    /// A command line argument: one short text, so that lines and columns would only be noise.
    pub fn argument(order: u32, name: &str) -> Self {
        Self {
            order,
            name: Arc::from(name),
            has_lines: false,
        }
    }

    /// The name to show: the path as the user gave it, or the argument without its value.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// One position in a [`Source`]. Line and column count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The text the position is in.
    pub source: Source,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Location {
    /// The first character of `source`, for problems that concern all of it.
    pub fn start_of(source: &Source) -> Self {
        Self {
            source: source.clone(),
            line: 1,
            column: 1,
        }
    }

    /// Line and column, unless the source is an argument.
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        self.source.has_lines.then_some((self.line, self.column))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.source.name())?;
        match self.line_and_column() {
            Some((line, column)) => write!(f, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}

/// The way from the root of the configuration to a value, shown as a user would write it:
/// `service.pipelines.traces.receivers[0]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPath(Vec<Segment>);

/// One step of a [`KeyPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// Into the value of a key.
    Key(String),
    /// Into an item of a list, from 0.
    Index(usize),
}

impl KeyPath {
    /// The root itself, shown as nothing.
    pub fn root() -> Self {
        Self::default()
    }

    /// The path of `key` in the map at this path.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.then(Segment::Key(key.to_owned()))
    }

    /// The path of the item at `index` (from 0) in the list at this path.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.then(Segment::Index(index))
    }

    /// The steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    fn then(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                // A dot inside a key would read as two keys.
                Segment::Key(key) if key.contains('.') => write!(f, "[\"{key}\"]")?,
                Segment::Key(key) if position == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}
