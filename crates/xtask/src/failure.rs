//! What can go wrong in a task: a message for the person at the terminal, and the exit code.

use std::fmt;

/// Result of a task or of a part of it.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Why a task ended. The text is complete: it says what, where and, where known, what to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
