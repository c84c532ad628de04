//! What is wrong with a configuration: where, what was given, what is allowed, and a hint.
//!
//! Reading a configuration never stops at the first mistake. Everything that reads writes its
//! problems into one [`Report`], which is rendered once, sorted by source and line
//! (see [`render`]). Texts are lowercase fragments without a full stop.

use std::cell::RefCell;
use std::net::SocketAddr;

use super::location::{KeyPath, Location};

pub mod render;

/// Whether the collector starts in spite of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is started.
    Error,
    /// It is said aloud, and the collector starts.
    Warning,
}

impl Severity {
    /// The word that is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One problem, complete enough to be mended without reading the source of the collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it prevents the start.
    pub severity: Severity,
    /// Where the offending text stands; `None` only where there is no text at all.
    pub location: Option<Location>,
    /// The key path, empty for the root.
    pub path: KeyPath,
    /// What is wrong, and the details.
    pub complaint: Complaint,
}

/// What is wrong with one value, without its place: the part that a component writes.
///
/// ```
/// use secspan_collector::config::Complaint;
///
/// let complaint = Complaint::new("bucket bounds must rise")
///     .given("[5s, 1s]")
///     .allowed("durations, each larger than the one before")
///     .hint("write [1s, 5s]");
/// assert_eq!(complaint.message(), "bucket bounds must rise");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    message: String,
    given: Option<String>,
    allowed: Option<String>,
    hint: Option<String>,
}

/// Longest piece of the user's text that is repeated in a problem, in characters.
const GIVEN_CHARS_MAX: usize = 120;

impl Complaint {
    /// A complaint with its one-line message: a lowercase fragment, no full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            given: None,
            allowed: None,
            hint: None,
        }
    }

    /// What the user wrote. Never pass a secret.
    #[must_use]
    pub fn given(mut self, given: impl Into<String>) -> Self {
        let text: String = given.into();
        let mut short: String = text.chars().take(GIVEN_CHARS_MAX).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        self.given = Some(short);
        self
    }

    /// What would have been accepted.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// [`Complaint::hint`] where there is one.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    /// The one-line message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What was given, allowed and hinted, each with its label, in printing order.
    pub fn details(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("given", &self.given),
            ("allowed", &self.allowed),
            ("hint", &self.hint),
        ]
        .into_iter()
        .filter_map(|(label, text)| text.as_deref().map(|text| (label, text)))
    }
}

/// A value as it is in force after defaults were applied, for `print-config --resolved`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// One scalar, ready to print.
    Scalar(String),
    /// A secret: printed as a mask.
    Secret,
    /// A list of values.
    List(Vec<Shown>),
    /// A map of values, in key order.
    Map(Vec<(String, Shown)>),
}

/// Collects problems, and the values in force, from everything that reads a configuration.
///
/// Sections of one configuration share it by reference, so adding takes `&self`.
#[derive(Debug, Default)]
pub struct Report {
    problems: RefCell<Vec<Problem>>,
    effective: RefCell<Vec<(KeyPath, Shown)>>,
    mentions: RefCell<Vec<Mention>>,
    listening: RefCell<Vec<Listening>>,
}

/// An extension's name inside a component's section, to be looked up once all were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The name as written.
    pub name: String,
    /// Where it stands.
    pub location: Location,
    /// Its key path.
    pub path: KeyPath,
}

/// An address that a part will listen on, to be compared with the others once all were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// The address, written or by default.
    pub address: SocketAddr,
    /// Where it stands, or where it would.
    pub location: Option<Location>,
    /// Its key path.
    pub path: KeyPath,
}

impl Report {
    /// An empty report.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an error.
    pub fn error(&self, location: Option<&Location>, path: &KeyPath, complaint: Complaint) {
        self.add(Severity::Error, location, path, complaint);
    }

    /// Adds a warning.
    pub fn warning(&self, location: Option<&Location>, path: &KeyPath, complaint: Complaint) {
        self.add(Severity::Warning, location, path, complaint);
    }

    /// Adds a problem that was made elsewhere.
    pub fn push(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// Whether anything so far prevents the start.
    pub fn has_errors(&self) -> bool {
        self.problems
            .borrow()
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }

    /// Whether an error was reported about the value at `path`: itself, something below it, or
    /// something above it that is still more than `depth` steps from the root.
    pub(crate) fn has_error_about(&self, path: &KeyPath, depth: usize) -> bool {
        let path = path.segments();
        self.problems.borrow().iter().any(|problem| {
            let other = problem.path.segments();
            let related =
                other.starts_with(path) || (other.len() > depth && path.starts_with(other));
            problem.severity == Severity::Error && related
        })
    }

    /// All problems, sorted by source, line, column and key path; exact repetitions removed.
    pub fn problems(&self) -> Vec<Problem> {
        let mut all = self.problems.borrow().clone();
        all.sort_by(|a, b| {
            let key = |p: &Problem| (p.location.clone(), p.path.clone(), p.severity);
            key(a).cmp(&key(b))
        });
        all.dedup();
        all
    }

    /// The values in force that were read so far, in reading order.
    pub fn effective(&self) -> Vec<(KeyPath, Shown)> {
        self.effective.borrow().clone()
    }

    /// The extensions that components referred to.
    pub fn mentions(&self) -> Vec<Mention> {
        self.mentions.borrow().clone()
    }

    /// The addresses that parts will listen on.
    pub fn listening(&self) -> Vec<Listening> {
        self.listening.borrow().clone()
    }

    pub(crate) fn note_listening(&self, listening: Listening) {
        self.listening.borrow_mut().push(listening);
    }

    pub(crate) fn note_mention(&self, mention: Mention) {
        self.mentions.borrow_mut().push(mention);
    }

    pub(crate) fn note_effective(&self, path: KeyPath, shown: Shown) {
        self.effective.borrow_mut().push((path, shown));
    }

    fn add(
        &self,
        severity: Severity,
        location: Option<&Location>,
        path: &KeyPath,
        complaint: Complaint,
    ) {
        self.push(Problem {
            severity,
            location: location.cloned(),
            path: path.clone(),
            complaint,
        });
    }
}
