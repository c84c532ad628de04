//! How the overall score of a review comes from its eight parts.

use crate::grade::ReviewScore;

/// What a reviewer scores, heaviest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// Whether what is said is right: a quarter.
    TechnicalAccuracy,
    /// Whether all is said: a fifth.
    Completeness,
    /// Whether the reader knows what to do.
    Actionability,
    /// Whether it is said for this business and these assets.
    Contextualization,
    /// Whether it is written down so that others find it.
    Documentation,
    /// Whether techniques are mapped rightly.
    AttackMapping,
    /// Whether it is free of bias.
    Bias,
    /// Whether sources are cited.
    Citation,
}

impl Dimension {
    /// Every dimension, heaviest first.
    pub const ALL: [Self; 8] = [
        Self::TechnicalAccuracy,
        Self::Completeness,
        Self::Actionability,
        Self::Contextualization,
        Self::Documentation,
        Self::AttackMapping,
        Self::Bias,
        Self::Citation,
    ];

    /// Its share of the overall score, in percent.
    pub fn weight_percent(self) -> u8 {
        match self {
            Self::TechnicalAccuracy => 25,
            Self::Completeness => 20,
            Self::Actionability | Self::Contextualization => 15,
            Self::Documentation => 10,
            Self::AttackMapping | Self::Bias | Self::Citation => 5,
        }
    }
}

/// The score of each dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DimensionScores {
    /// Technical accuracy.
    pub technical_accuracy: ReviewScore,
    /// Completeness.
    pub completeness: ReviewScore,
    /// Actionability.
    pub actionability: ReviewScore,
    /// Contextualization.
    pub contextualization: ReviewScore,
    /// Documentation.
    pub documentation: ReviewScore,
    /// Attack mapping.
    pub attack_mapping: ReviewScore,
    /// Freedom of bias.
    pub bias: ReviewScore,
    /// Citation.
    pub citation: ReviewScore,
}

impl DimensionScores {
    /// The score of one dimension.
    pub fn of(&self, dimension: Dimension) -> ReviewScore {
        match dimension {
            Dimension::TechnicalAccuracy => self.technical_accuracy,
            Dimension::Completeness => self.completeness,
            Dimension::Actionability => self.actionability,
            Dimension::Contextualization => self.contextualization,
            Dimension::Documentation => self.documentation,
            Dimension::AttackMapping => self.attack_mapping,
            Dimension::Bias => self.bias,
            Dimension::Citation => self.citation,
        }
    }
}

impl ReviewScore {
    /// The overall score: the mean of the dimensions by their weights, to four decimals, so that a sum of fractions that
    /// is ninety on paper is ninety here and falls into its class.
    #[must_use]
    pub fn weighted(scores: &DimensionScores) -> Self {
        let sum: f64 = Dimension::ALL
            .into_iter()
            .map(|dimension| scores.of(dimension).get() * f64::from(dimension.weight_percent()))
            .sum();
        Self::rounded(sum / 100.0)
    }
}
