//! A part of a whole, with the interval that says how far such a share may be trusted.

use super::Z_95;

/// `part` of `whole` things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio {
    /// Things that have the property.
    pub part: u64,
    /// All things.
    pub whole: u64,
}

impl Ratio {
    /// `part` of `whole`.
    pub const fn new(part: u64, whole: u64) -> Self {
        Self { part, whole }
    }

    /// The share, 0 to 1; none of nothing.
    pub fn share(self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }

    /// The 95 % score interval of Wilson (1927): it stays within 0 to 1 and holds for few things and for shares near the
    /// ends, where the usual interval does not.
    pub fn wilson(self) -> Option<(f64, f64)> {
        let share = self.share()?;
        let n = self.whole as f64;
        let z2 = Z_95 * Z_95;
        let centre = share + z2 / (2.0 * n);
        let margin = Z_95 * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        let low = if self.part == 0 {
            0.0
        } else {
            (centre - margin) / scale
        };
        let high = if self.part == self.whole {
            1.0
        } else {
            (centre + margin) / scale
        };
        Some((low, high))
    }
}
