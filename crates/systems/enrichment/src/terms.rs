//! The closed word lists of records as types: priority, kind of Perplexity call.

use secspan_records::value::ValueError;

use crate::values;

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
        let index = values::PRIORITY.parse(text);
        let priority = index.and_then(Self::of_index);
        priority.ok_or_else(|| ValueError::text_form(text, values::PRIORITY.allowed))
    }

    /// The priority with an index into its list of words.
    pub fn of_index(index: u8) -> Option<Self> {
        Self::ALL.get(usize::from(index)).copied()
    }

    /// Its index into its list of words.
    pub fn index(self) -> u8 {
        self as u8
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

    /// The kind with an index into its list of words.
    pub fn of_index(index: u8) -> Option<Self> {
        Self::ALL.get(usize::from(index)).copied()
    }

    /// Its index into its list of words.
    pub fn index(self) -> u8 {
        self as u8
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
        for kind in PerplexityKind::ALL {
            assert_eq!(PerplexityKind::parse(kind.as_str()), Some(kind));
        }
        assert!(Priority::parse("P6").is_err());
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
