//! What is wrong with a configuration or a rule file, said so that it can be mended without reading the source.

use std::fmt;

/// One problem. All problems of a file are found in one reading; texts are lowercase fragments without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key path, for example `metrics[3].labels.kind.allowed`; relative to what was given to the reader.
    pub path: String,
    /// The file or pack it is in, empty when the reader knows.
    pub source: String,
    /// The line in the text that was read, from 1; 0 when it did not come from text.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// What was given, empty when that says nothing.
    pub given: String,
    /// What is allowed, empty when the message says it.
    pub allowed: String,
    /// What to do, empty when nothing better than the above is known.
    pub hint: String,
}

impl Problem {
    /// A problem with its place and message.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            source: String::new(),
            line: 0,
            message: message.into(),
            given: String::new(),
            allowed: String::new(),
            hint: String::new(),
        }
    }

    /// What was given.
    #[must_use]
    pub fn given(self, given: impl Into<String>) -> Self {
        Self {
            given: given.into(),
            ..self
        }
    }

    /// What is allowed.
    #[must_use]
    pub fn allowed(self, allowed: impl Into<String>) -> Self {
        Self {
            allowed: allowed.into(),
            ..self
        }
    }

    /// What to do.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: hint.into(),
            ..self
        }
    }

    /// The line in the source.
    #[must_use]
    pub fn line(self, line: u32) -> Self {
        Self { line, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(out, "{}: ", self.path)?;
        }
        out.write_str(&self.message)?;
        for (word, text) in [
            ("given", &self.given),
            ("allowed", &self.allowed),
            ("hint", &self.hint),
        ] {
            if !text.is_empty() {
                write!(out, "\n  {word}: {text}")?;
            }
        }
        Ok(())
    }
}
