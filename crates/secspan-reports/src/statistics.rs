//! Exact statistics: counts by value, so that every result is independent of the order in which values came.
//!
//! Nothing here adds up floats as they arrive. Whole numbers are counted by value and divided once at the end; scores are
//! counted by value and summed in ascending order; ranks are whole numbers. Two accumulators that are merged know what
//! one that saw everything knows, to the last bit.

mod correlation;
mod counts;
mod ratio;
mod scores;

pub use correlation::{Correlation, PAIRS_MIN, Undefined, spearman};
pub use counts::{Counts, Distribution};
pub use ratio::Ratio;
pub use scores::Scores;

/// The quantile of the standard normal distribution that 95 % intervals need.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// What two parts of the same work know, known by one of them.
pub trait Merge {
    /// Takes over everything that `other` knows.
    fn merge(&mut self, other: Self);
}

impl Merge for u64 {
    fn merge(&mut self, other: Self) {
        *self = self.saturating_add(other);
    }
}

impl<T: Merge, const N: usize> Merge for [T; N] {
    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.iter_mut().zip(other) {
            mine.merge(theirs);
        }
    }
}

/// The value at `numerator / denominator` of the way through ascending values of which each occurs as often as stated:
/// the lower neighbour, the upper neighbour, and how many `denominator`ths the quantile lies above the lower one.
///
/// This is the definition that is called "inclusive", "linear" or type 7: rank `(n - 1) * p`, straight line between
/// neighbours. It is what `statistics.quantiles(values, method="inclusive")` and `numpy.quantile` compute.
pub fn neighbours<T: Copy>(
    ascending: &[(T, u64)],
    n: u64,
    numerator: u64,
    denominator: u64,
) -> Option<(T, T, u64)> {
    let rank = u128::from(n.checked_sub(1)?) * u128::from(numerator);
    let denominator = u128::from(denominator);
    let low = at_rank(ascending, rank / denominator)?;
    let above = u64::try_from(rank % denominator).ok()?;
    let high = if above == 0 {
        low
    } else {
        at_rank(ascending, rank / denominator + 1)?
    };
    Some((low, high, above))
}

fn at_rank<T: Copy>(ascending: &[(T, u64)], rank: u128) -> Option<T> {
    let mut before = 0_u128;
    for (value, times) in ascending {
        before += u128::from(*times);
        if rank < before {
            return Some(*value);
        }
    }
    None
}

#[cfg(test)]
mod tests;
