//! Why something is not a record: every field that is missing or out of range, at once.

use std::fmt;

use crate::kind::{Kind, Type};

/// One field of a record that is missing or holds what it may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field, by its name in the record (`stage_durations.stage1_fetch_ticket` for a nested one).
    pub field: &'static str,
    /// What is wrong and what is allowed, as a lower-case fragment.
    pub reason: String,
    /// Whether the field is required and has no value at all.
    pub missing: bool,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}

/// All problems of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", list(.problems))]
pub struct Invalid {
    /// The problems, in the order in which they were found. Never empty in an error.
    pub problems: Vec<Problem>,
}

impl Invalid {
    /// Notes a required field that has no value.
    pub fn missing(&mut self, field: &'static str, hint: &str) {
        let reason = format!("missing; {hint}");
        self.problems.push(Problem {
            field,
            reason,
            missing: true,
        });
    }

    /// Notes a value that is not allowed.
    pub fn rejected(&mut self, field: &'static str, reason: impl fmt::Display) {
        self.problems.push(Problem {
            field,
            reason: reason.to_string(),
            missing: false,
        });
    }

    /// Whether something is known to be wrong with a field: then it is not also missing.
    pub(crate) fn mentions(&self, kind: &Kind, at: usize) -> bool {
        let Some(field) = kind.fields.get(at) else {
            return false;
        };
        // The total cannot be known when the stages are wrong, nor they when it is.
        let is_duration = |of: Type| matches!(of, Type::TotalSeconds | Type::KeySeconds);
        let goes_along = |key: &str| {
            let mut fields = kind.fields.iter();
            is_duration(field.of) && fields.any(|other| is_duration(other.of) && other.key == key)
        };
        let mut problems = self.problems.iter();
        problems.any(|problem| problem.field == field.key || goes_along(problem.field))
    }

    /// Keeps the value of `result`, or notes the problem under `field`.
    pub fn keep<T, E: fmt::Display>(
        &mut self,
        field: &'static str,
        result: Result<T, E>,
    ) -> Option<T> {
        result.map_err(|error| self.rejected(field, error)).ok()
    }

    /// `value` when nothing is wrong, else the problems.
    ///
    /// # Errors
    /// The problems, when there are any or when `value` is `None`.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(self),
        }
    }

    /// Each problem as one line of text.
    pub fn reasons(&self) -> Vec<String> {
        self.problems.iter().map(ToString::to_string).collect()
    }
}

fn list(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
