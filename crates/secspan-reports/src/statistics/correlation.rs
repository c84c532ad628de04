//! Spearman's rank correlation: whether more of one thing goes with more of another, without assuming a straight line.

use super::Z_95;

/// Fewer pairs than this give no correlation: the interval would cover nearly everything.
pub const PAIRS_MIN: usize = 10;

/// Results are rounded to this many steps of 1, so that another mathematical library gives the same bytes.
const STEPS: f64 = 1e9;

/// A rank correlation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// Number of pairs.
    pub n: usize,
    /// Spearman's rho, -1 to 1, with average ranks where values are equal.
    pub rho: f64,
    /// The 95 % interval: Fisher's z with the standard error `sqrt((1 + rho^2 / 2) / (n - 3))` of Bonett and Wright
    /// (2000), which keeps its level for ranks where Fisher's own `1 / sqrt(n - 3)` is too narrow. `None` when all ranks
    /// agree or all are reversed, where it has no width.
    pub interval: Option<(f64, f64)>,
}

/// Why there is no correlation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// Fewer than [`PAIRS_MIN`] pairs.
    FewPairs,
    /// All values of one side are equal.
    NoSpread,
}

/// The rank correlation of pairs. Ranks are doubled so that they are whole numbers, and so the order of the pairs has no
/// influence on the sums.
///
/// # Errors
/// When there are too few pairs, or one side does not vary.
pub fn spearman(pairs: &[(f64, f64)]) -> Result<Correlation, Undefined> {
    let n = pairs.len();
    if n < PAIRS_MIN {
        return Err(Undefined::FewPairs);
    }
    let x = doubled_ranks(pairs.iter().map(|(x, _)| *x));
    let y = doubled_ranks(pairs.iter().map(|(_, y)| *y));
    // Ranks that are doubled have the mean n + 1, whatever the ties.
    let mean = i128::try_from(n).unwrap_or(i128::MAX) + 1;
    let products = |a: &[i128], b: &[i128]| -> i128 {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| (a - mean) * (b - mean)).sum()
    };
    let spread = (products(&x, &x) as f64).sqrt() * (products(&y, &y) as f64).sqrt();
    if spread == 0.0 {
        return Err(Undefined::NoSpread);
    }
    let rho = (products(&x, &y) as f64 / spread).clamp(-1.0, 1.0);
    Ok(Correlation {
        n,
        rho: rounded(rho),
        interval: interval(rho, n),
    })
}

fn interval(rho: f64, n: usize) -> Option<(f64, f64)> {
    if 1.0 - rho.abs() < 1.0 / STEPS {
        return None;
    }
    let error = ((1.0 + rho * rho / 2.0) / (n as f64 - 3.0)).sqrt();
    let centre = rho.atanh();
    let ends = |z: f64| rounded((centre + z * error).tanh());
    Some((ends(-Z_95), ends(Z_95)))
}

fn rounded(value: f64) -> f64 {
    // Adding zero turns minus zero into zero.
    (value * STEPS).round() / STEPS + 0.0
}

/// Twice the average rank of each value, counted from 1.
fn doubled_ranks(values: impl Iterator<Item = f64>) -> Vec<i128> {
    let values: Vec<f64> = values.collect();
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|(a, i), (b, j)| a.total_cmp(b).then(i.cmp(j)));
    let mut ranks = vec![0; values.len()];
    let mut before = 0_i128;
    for tied in order.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
        let many = i128::try_from(tied.len()).unwrap_or(0);
        // The ranks before + 1 to before + many have the average before + (many + 1) / 2.
        let doubled = 2 * before + many + 1;
        for (_, at) in tied {
            if let Some(rank) = ranks.get_mut(*at) {
                *rank = doubled;
            }
        }
        before += many;
    }
    ranks
}
