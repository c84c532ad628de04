//! How good an analysis was: score, the four classes, accuracy; and what kind of analysis it was.

use crate::score::ValueError;

/// The overall score of a review, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct ReviewScore(f64);

impl ReviewScore {
    /// # Errors
    /// When `value` is not a number from 0 to 100.
    pub fn new(value: f64) -> Result<Self, ValueError> {
        if (0.0..=100.0).contains(&value) {
            Ok(Self(value.abs()))
        } else {
            Err(ValueError::Range {
                given: value,
                allowed: "a score from 0 to 100",
            })
        }
    }

    /// A mean of scores, to four decimals.
    pub(super) fn rounded(mean: f64) -> Self {
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

    /// Reads a class in any case, with `_` or `-` for the space.
    ///
    /// # Errors
    /// When it is none of the four.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let word = text.trim().replace(['_', '-'], " ");
        Self::ALL
            .into_iter()
            .find(|class| word.eq_ignore_ascii_case(class.as_str()))
            .ok_or_else(|| {
                let allowed = "one of Excellent, Good, Needs Improvement, Inadequate";
                ValueError::text_form(text, allowed)
            })
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

    /// Reads the word in any case.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        [Self::Cve, Self::Event]
            .into_iter()
            .find(|kind| text.trim().eq_ignore_ascii_case(kind.as_str()))
            .ok_or_else(|| ValueError::text_form(text, "one of cve, event"))
    }
}

/// How many of the verified facts were right, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accuracy(u8);

impl Accuracy {
    /// # Errors
    /// When `percent` is above 100.
    pub fn new(percent: u64) -> Result<Self, ValueError> {
        match u8::try_from(percent) {
            Ok(percent @ 0..=100) => Ok(Self(percent)),
            _ => Err(ValueError::form(percent, "an accuracy from 0 to 100")),
        }
    }

    /// Percent, 0 to 100.
    pub fn get(self) -> u8 {
        self.0
    }
}
