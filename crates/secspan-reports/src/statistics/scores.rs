//! How often each score occurred: mean and quantiles of numbers with fractions, independent of the order.

use std::collections::BTreeMap;

use super::{Merge, neighbours};

/// How often each score occurred. Scores are finite and not negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    /// By the bits of the score: for numbers that are not negative they are in the order of the numbers.
    by_bits: BTreeMap<u64, u64>,
}

impl Scores {
    /// Counts one score; what is negative or not finite is no score and is left out.
    pub fn add(&mut self, score: f64) {
        if score.is_finite() && score >= 0.0 {
            *self.by_bits.entry(score.abs().to_bits()).or_default() += 1;
        }
    }

    /// How many scores there are.
    pub fn n(&self) -> u64 {
        self.by_bits.values().sum()
    }

    /// The sum, ascending, divided by the number of scores.
    pub fn mean(&self) -> Option<f64> {
        let n = self.n();
        let products = self.by_bits.iter();
        let sum: f64 = products
            .map(|(bits, times)| f64::from_bits(*bits) * *times as f64)
            .sum();
        (n > 0).then(|| sum / n as f64)
    }

    /// Half of the scores are at most this.
    pub fn median(&self) -> Option<f64> {
        self.quantile(1, 2)
    }

    /// The quantile at `numerator / denominator`: rank `(n - 1) * p`, linear between neighbours.
    pub fn quantile(&self, numerator: u64, denominator: u64) -> Option<f64> {
        let scores = self.by_bits.iter();
        let ascending: Vec<(f64, u64)> = scores
            .map(|(bits, times)| (f64::from_bits(*bits), *times))
            .collect();
        let (low, high, above) = neighbours(&ascending, self.n(), numerator, denominator)?;
        let below = denominator - above;
        Some((low * below as f64 + high * above as f64) / denominator as f64)
    }
}

impl Merge for Scores {
    fn merge(&mut self, other: Self) {
        for (bits, times) in other.by_bits {
            *self.by_bits.entry(bits).or_default() += times;
        }
    }
}
