//! How often each whole number occurred, and what follows from it: mean, median, quantiles, exactly.
//!
//! Durations of work are small whole numbers that repeat a lot, so they are counted in an array; what is rare or large is
//! counted in a map until it is frequent enough for the array. Memory depends on the values, not on how many there are.

use std::collections::BTreeMap;

use super::{Merge, neighbours};

/// Values below this are counted in an array once they are frequent (four and a half hours, in seconds); values from
/// here on always stand in the map.
const DENSE_LIMIT: u64 = 16_384;

/// The array grows when the map has been needed as often as this part of the array's new length: so even a group with
/// few values costs little memory, and one with many is counted in the array after its first few hundred values.
const MISSES_PART: u64 = 8;

/// How often each whole number occurred.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Occurrences of 0, 1, 2 and so on.
    dense: Vec<u32>,
    /// Occurrences of every other value, and of those beyond what `dense` can count.
    sparse: BTreeMap<u64, u64>,
    /// How often the map was needed since the array grew last.
    misses: u64,
    /// The largest value that would fit into a longer array.
    largest_candidate: u64,
}

impl Counts {
    /// Counts one value.
    #[inline]
    pub fn add(&mut self, value: u64) {
        let place = usize::try_from(value)
            .ok()
            .and_then(|at| self.dense.get_mut(at));
        match place {
            Some(count) if *count < u32::MAX => *count += 1,
            _ => self.add_sparse(value, 1),
        }
    }

    #[cold]
    fn add_sparse(&mut self, value: u64, times: u64) {
        *self.sparse.entry(value).or_default() += times;
        if value < DENSE_LIMIT {
            self.misses += 1;
            self.largest_candidate = self.largest_candidate.max(value);
            let length = (self.largest_candidate + 1).next_power_of_two();
            if self.misses * MISSES_PART >= length {
                self.grow(length);
            }
        }
    }

    /// Makes the array longer and moves what fits into it out of the map.
    fn grow(&mut self, length: u64) {
        self.misses = 0;
        let Ok(length) = usize::try_from(length) else {
            return;
        };
        if length <= self.dense.len() {
            return;
        }
        self.dense.resize(length, 0);
        let dense = &mut self.dense;
        self.sparse.retain(|value, times| {
            let place = usize::try_from(*value)
                .ok()
                .and_then(|at| dense.get_mut(at));
            match (place, u32::try_from(*times)) {
                // A place that is taken is full: the map has what went beyond it.
                (Some(count), Ok(times)) if *count == 0 => {
                    *count = times;
                    false
                }
                _ => true,
            }
        });
    }

    /// Counts everything that `other` counted.
    pub fn merge(&mut self, other: &Self) {
        if self.dense.len() < other.dense.len() {
            self.grow(other.dense.len() as u64);
        }
        for (value, times) in (0_u64..).zip(&other.dense) {
            self.add_times(value, u64::from(*times));
        }
        for (value, times) in &other.sparse {
            self.add_times(*value, *times);
        }
    }

    /// Counts one value `times` times.
    pub fn add_times(&mut self, value: u64, times: u64) {
        if times == 0 {
            return;
        }
        let place = usize::try_from(value)
            .ok()
            .and_then(|at| self.dense.get_mut(at));
        let sum = place
            .as_ref()
            .and_then(|count| u32::try_from(u64::from(**count) + times).ok());
        match (place, sum) {
            (Some(count), Some(sum)) => *count = sum,
            _ => self.add_sparse(value, times),
        }
    }

    /// The values in ascending order.
    pub fn distribution(&self) -> Distribution {
        self.distribution_from(0)
    }

    /// The values from 1 on, in ascending order: a stage of 0 seconds did not run.
    pub fn distribution_above_zero(&self) -> Distribution {
        self.distribution_from(1)
    }

    fn distribution_from(&self, lowest: u64) -> Distribution {
        let dense = (0_u64..)
            .zip(&self.dense)
            .map(|(value, times)| (value, u64::from(*times)));
        let mut ascending: Vec<(u64, u64)> = dense
            .filter(|(_, times)| *times > 0)
            .chain(self.sparse.iter().map(|(value, times)| (*value, *times)))
            .filter(|(value, _)| *value >= lowest)
            .collect();
        ascending.sort_unstable_by_key(|(value, _)| *value);
        ascending.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        Distribution {
            n: ascending.iter().map(|(_, times)| times).sum(),
            ascending,
        }
    }
}

impl Merge for Counts {
    fn merge(&mut self, other: Self) {
        Self::merge(self, &other);
    }
}

/// Whole numbers in ascending order, each with how often it occurred.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    ascending: Vec<(u64, u64)>,
    n: u64,
}

impl Distribution {
    /// How many values there are.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The values and how often each occurred, ascending.
    pub fn values(&self) -> &[(u64, u64)] {
        &self.ascending
    }

    /// Sum of the values.
    pub fn sum(&self) -> u128 {
        let products = self.ascending.iter();
        products
            .map(|(value, times)| u128::from(*value) * u128::from(*times))
            .sum()
    }

    /// The exact sum divided by the number of values.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum() as f64 / self.n as f64)
    }

    /// Half of the values are at most this.
    pub fn median(&self) -> Option<f64> {
        self.quantile(1, 2)
    }

    /// Nine tenths of the values are at most this.
    pub fn p90(&self) -> Option<f64> {
        self.quantile(9, 10)
    }

    /// The quantile at `numerator / denominator`: rank `(n - 1) * p`, linear between neighbours.
    pub fn quantile(&self, numerator: u64, denominator: u64) -> Option<f64> {
        let (low, high, above) = neighbours(&self.ascending, self.n, numerator, denominator)?;
        let below = u128::from(denominator - above);
        let weighted = u128::from(low) * below + u128::from(high) * u128::from(above);
        // Of values that are too large for a float to tell apart, rounding must not lead out of the neighbours.
        let quantile = weighted as f64 / denominator as f64;
        Some(quantile.clamp(low as f64, high as f64))
    }

    /// The smallest value.
    pub fn min(&self) -> Option<u64> {
        self.ascending.first().map(|(value, _)| *value)
    }

    /// The largest value.
    pub fn max(&self) -> Option<u64> {
        self.ascending.last().map(|(value, _)| *value)
    }

    /// How many values are greater than `limit`.
    pub fn above(&self, limit: u64) -> u64 {
        let over = self.ascending.iter().filter(|(value, _)| *value > limit);
        over.map(|(_, times)| times).sum()
    }
}
