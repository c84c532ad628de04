//! The closed word lists of records: priority, outcome, kind of Perplexity call.

use crate::score::ValueError;

/// How urgent a ticket is, P1 first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// Critical.
    P1,
    /// High.
    P2,
    /// Medium.
    P3,
    /// Low.
    P4,
    /// Trivial.
    P5,
}

impl Priority {
    /// Every priority, most urgent first.
    pub const ALL: [Self; 5] = [Self::P1, Self::P2, Self::P3, Self::P4, Self::P5];

    /// Reads a priority; lower case is accepted.
    ///
    /// # Errors
    /// When the text is not P1 to P5.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let word = text.trim();
        Self::ALL
            .into_iter()
            .find(|priority| word.eq_ignore_ascii_case(priority.as_str()))
            .ok_or_else(|| ValueError::text_form(text, "one of P1, P2, P3, P4, P5"))
    }

    /// `P1` to `P5`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
            Self::P5 => "P5",
        }
    }
}

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

/// What a Perplexity call was for, shallow to deep: the order is the meaning of "deepest".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PerplexityKind {
    /// A quick search.
    Search,
    /// Reasoning over sources.
    Reason,
    /// A long research run.
    DeepResearch,
}

impl PerplexityKind {
    /// Every kind, shallow to deep.
    pub const ALL: [Self; 3] = [Self::Search, Self::Reason, Self::DeepResearch];

    /// The word that records and labels use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Reason => "reason",
            Self::DeepResearch => "deep_research",
        }
    }

    /// Reads a kind, `deep-research` and any case included.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.trim().to_ascii_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The kind that the name of an MCP tool gives: `mcp__perplexity__reason`, `perplexity_search`.
    pub fn from_tool(tool: &str) -> Option<Self> {
        let word = tool.trim().to_ascii_lowercase().replace('-', "_");
        let (_, name) = word.rsplit_once("perplexity")?;
        match name.trim_start_matches(['_', '.', '/', ':']) {
            "research" => Some(Self::DeepResearch),
            name => Self::parse(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for priority in Priority::ALL {
            assert_eq!(
                Priority::parse(&priority.as_str().to_lowercase()),
                Ok(priority)
            );
        }
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.as_str()), Ok(outcome));
        }
        for kind in PerplexityKind::ALL {
            assert_eq!(PerplexityKind::parse(kind.as_str()), Some(kind));
        }
        assert!(Priority::parse("P6").is_err());
        assert!(Outcome::parse("fine").is_err());
    }

    #[test]
    fn tool_names_give_the_kind() {
        for (tool, kind) in [
            ("mcp__perplexity__reason", Some(PerplexityKind::Reason)),
            (
                "mcp__perplexity-ask__perplexity_search",
                Some(PerplexityKind::Search),
            ),
            ("perplexity_research", Some(PerplexityKind::DeepResearch)),
            ("perplexity_ask", None),
            ("perplexity_search", Some(PerplexityKind::Search)),
            (
                "perplexity.deep-research",
                Some(PerplexityKind::DeepResearch),
            ),
            ("mcp__jira__search", None),
        ] {
            assert_eq!(PerplexityKind::from_tool(tool), kind, "{tool}");
        }
    }
}
