//! Median and its 95 % interval by ranks: nothing is assumed about how a busy machine disturbs a measurement.

/// Standard deviations on either side that hold 95 % of a normal distribution.
const TWO_SIDED_95: f64 = 1.96;

/// Where the middle of some values lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    /// The middle.
    pub(crate) median: f64,
    /// Lower end of the interval.
    pub(crate) low: f64,
    /// Upper end of the interval.
    pub(crate) high: f64,
}

impl Spread {
    /// `median (low to high)` in another unit.
    pub(crate) fn text(self, factor: f64, digits: usize) -> String {
        let [median, low, high] = [self.median, self.low, self.high].map(|value| value * factor);
        format!("{median:.digits$} ({low:.digits$} to {high:.digits$})")
    }
}

/// Median and interval. The number of values below the true median is binomial with a half, so the ranks are
/// `(n + 1) / 2` less and more 1.96 times half the root of n, rounded outwards.
pub(crate) fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    let reach = TWO_SIDED_95 * count.sqrt() / 2.0;
    let middle = f64::midpoint(count, 1.0);
    Spread {
        median: f64::midpoint(rank(&values, middle.floor()), rank(&values, middle.ceil())),
        low: rank(&values, (middle - reach).floor()),
        high: rank(&values, (middle + reach).ceil()),
    }
}

/// The value at a rank, from 1; the outermost one where there is none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what a vector can hold"
)]
fn rank(sorted: &[f64], rank: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let index = ((rank - 1.0).max(0.0) as usize).min(last);
    sorted.get(index).copied().unwrap_or(f64::NAN)
}
