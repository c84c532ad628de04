//! How an analysis is marked: eight marks, weighted to one score. The marks of this example are made up.

use secspan_enrichment::weights::Dimension;

use crate::chance;

/// Marks of this example are from here up to 100.
const LOWEST_MARK: f64 = 45.0;
/// A mark below this is a critical issue.
const CRITICAL: f64 = 50.0;
/// A mark below this, and not critical, is a significant gap.
const SIGNIFICANT: f64 = 65.0;
/// A mark below this, and no gap, can be improved.
const MINOR: f64 = 85.0;
/// Verified facts of this example are right at least so often, in percent.
const LOWEST_ACCURACY: u8 = 88;

/// A mark from 0 to 100 for each of [`Dimension::ALL`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marks([f64; Dimension::ALL.len()]);

/// What the marks reveal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gaps {
    /// Critical issues.
    pub critical: usize,
    /// Significant gaps.
    pub significant: usize,
    /// Minor improvements.
    pub minor: usize,
}

impl Marks {
    /// Made-up marks: good ones are more frequent than bad ones.
    pub fn draw(seed: u64, ticket: &str) -> Self {
        Self(Dimension::ALL.map(|dimension| {
            let fraction = chance::fraction(seed, ticket, &format!("{dimension:?}"));
            LOWEST_MARK + (100.0 - LOWEST_MARK) * fraction.sqrt()
        }))
    }

    /// The weighted mean, to two decimals.
    pub fn overall(self) -> f64 {
        let weighted = self.0.iter().zip(Dimension::ALL);
        let sum: f64 = weighted
            .map(|(mark, dimension)| mark * f64::from(dimension.weight_percent()))
            .sum();
        // The weights add up to 100, so that the sum is in hundredths.
        sum.round() / 100.0
    }

    /// Counts the marks that are too low.
    pub fn gaps(self) -> Gaps {
        let between = |low: f64, high: f64| {
            let found = self.0.iter().filter(|mark| (low..high).contains(mark));
            found.count()
        };
        Gaps {
            critical: between(0.0, CRITICAL),
            significant: between(CRITICAL, SIGNIFICANT),
            minor: between(SIGNIFICANT, MINOR),
        }
    }

    /// Share of the verified facts that were right, in percent.
    pub fn accuracy(seed: u64, ticket: &str) -> u8 {
        let span = u64::from(100 - LOWEST_ACCURACY) + 1;
        let above = chance::number(seed, ticket, "accuracy") % span;
        LOWEST_ACCURACY + u8::try_from(above).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_the_weighted_mean() {
        let same = Marks([80.0; 8]);
        assert!((same.overall() - 80.0).abs() < 1e-9);
        let one_bad = Marks([40.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0]);
        assert!((one_bad.overall() - 85.0).abs() < 1e-9);
    }

    #[test]
    fn every_low_mark_is_counted_once() {
        let marks = Marks([49.9, 50.0, 64.9, 65.0, 84.9, 85.0, 100.0, 0.0]);
        let expected = Gaps {
            critical: 2,
            significant: 2,
            minor: 2,
        };
        assert_eq!(marks.gaps(), expected);
    }

    #[test]
    fn what_is_drawn_is_in_range_and_all_classes_come_up() {
        let scores = (0..500).map(|number| Marks::draw(1, &format!("OPS-{number}")).overall());
        let mut classes = [0; 4];
        for score in scores {
            assert!((0.0..=100.0).contains(&score));
            let class = usize::from(score >= 60.0)
                + usize::from(score >= 75.0)
                + usize::from(score >= 90.0);
            classes[class] += 1;
        }
        assert!(
            classes[1] > 0 && classes[2] > 0 && classes[3] > 0,
            "{classes:?}"
        );
        let accuracies = (0..500).map(|number| Marks::accuracy(1, &format!("OPS-{number}")));
        assert!(
            accuracies
                .clone()
                .all(|percent| (88..=100).contains(&percent))
        );
        assert_eq!(accuracies.max(), Some(100));
    }
}
