//! How good an analysis was: score, the four classes, accuracy; and what kind of analysis it was.

use secspan_records::value::{ShareUnit, ValueError};

use crate::values;

/// The overall score of a review, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct ReviewScore(f64);

impl ReviewScore {
    /// # Errors
    /// When `value` is not a number from 0 to 100.
    pub fn new(value: f64) -> Result<Self, ValueError> {
        let read = values::REVIEW_SCORE.read(value, ShareUnit::default());
        read.map(Self)
    }

    /// A mean of scores, to four decimals.
    pub(crate) fn rounded(mean: f64) -> Self {
        Self((mean.clamp(0.0, 100.0) * 1e4).round() / 1e4)
    }

    /// The score, 0 to 100.
    pub fn get(self) -> f64 {
        self.0
    }

    /// The class that the score falls into.
    pub fn classification(self) -> Classification {
        match self.0 {
            score if score >= 90.0 => Classification::Excellent,
            score if score >= 75.0 => Classification::Good,
            score if score >= 60.0 => Classification::NeedsImprovement,
            _ => Classification::Inadequate,
        }
    }
}

/// The four classes of quality, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Classification {
    /// 90 and more.
    Excellent,
    /// 75 to below 90.
    Good,
    /// 60 to below 75.
    NeedsImprovement,
    /// Below 60.
    Inadequate,
}

impl Classification {
    /// Every class, best first.
    pub const ALL: [Self; 4] = [
        Self::Excellent,
        Self::Good,
        Self::NeedsImprovement,
        Self::Inadequate,
    ];

    /// The words of the class, as scripts compare them.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Excellent => "Excellent",
            Self::Good => "Good",
            Self::NeedsImprovement => "Needs Improvement",
            Self::Inadequate => "Inadequate",
        }
    }

    /// The class with an index into its list of words.
    pub fn of_index(index: u8) -> Option<Self> {
        Self::ALL.get(usize::from(index)).copied()
    }

    /// Its index into its list of words.
    pub fn index(self) -> u8 {
        self as u8
    }
}

/// What kind of investigation was reviewed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Investigation {
    /// The enrichment of a vulnerability.
    #[default]
    Cve,
    /// The investigation of an event.
    Event,
}

impl Investigation {
    /// The word that records use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cve => "cve",
            Self::Event => "event",
        }
    }

    /// The kind with an index into its list of words.
    pub fn of_index(index: u8) -> Option<Self> {
        [Self::Cve, Self::Event].get(usize::from(index)).copied()
    }

    /// Its index into its list of words.
    pub fn index(self) -> u8 {
        self as u8
    }
}
