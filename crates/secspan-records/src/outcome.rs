//! How a workflow ended.

use crate::value::ValueError;

/// How a workflow ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// It completed.
    #[default]
    Success,
    /// It came to a negative result.
    Failure,
    /// It broke.
    Error,
    /// It took too long.
    Timeout,
    /// It was stopped.
    Cancelled,
    /// It was not necessary.
    Skipped,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 6] = [
        Self::Success,
        Self::Failure,
        Self::Error,
        Self::Timeout,
        Self::Cancelled,
        Self::Skipped,
    ];

    /// Reads an outcome; any case is accepted.
    ///
    /// # Errors
    /// When the word is not known.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let word = text.trim();
        Self::ALL
            .into_iter()
            .find(|outcome| word.eq_ignore_ascii_case(outcome.as_str()))
            .ok_or_else(|| {
                let allowed = "one of success, failure, error, timeout, cancelled, skipped";
                ValueError::text_form(text, allowed)
            })
    }

    /// The lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }

    /// Whether the workflow did all its work.
    pub fn completed(self) -> bool {
        self == Self::Success
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.as_str()), Ok(outcome));
        }
        assert!(Outcome::parse("fine").is_err());
    }
}
