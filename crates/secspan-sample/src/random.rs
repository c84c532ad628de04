//! Chance, seeded: the same numbers on every machine, because nothing here is rounded by a mathematics library.
//!
//! Only additions, multiplications and divisions are used, which IEEE 754 defines to the last bit; `exp` and `ln` of the
//! system's library may differ between systems.

/// A stream of random numbers (`SplitMix64`). Streams of other purposes or other numbers are independent of each other.
#[derive(Clone, Debug)]
pub struct Random(u64);

/// What a stream of random numbers is for. A system numbers its own; these are of all systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose(pub u64);

impl Purpose {
    /// When a piece of work begins.
    pub const START: Self = Self(1);
    /// What a person is like.
    pub const PERSON: Self = Self(8);
    /// How much comes in on a day.
    pub const DAY: Self = Self(9);
    /// Ids of traces and spans.
    pub const IDS: Self = Self(10);
}

/// The step of `SplitMix64`: 2^64 divided by the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Squarings in [`exp`]: the result is off by about x^2 / 2^13, which no made-up duration shows.
const EXP_SQUARINGS: u32 = 12;

impl Random {
    /// The stream for one thing: the same arguments give the same numbers.
    pub fn new(seed: u64, purpose: Purpose, number: u64) -> Self {
        let purpose = mix(purpose.0).wrapping_mul(STEP);
        Self(mix(mix(seed ^ purpose).wrapping_add(number)))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// Evenly from 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Evenly from 0 to below `limit`; 0 for a limit of 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.bits()) * u128::from(limit);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// Evenly from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// Bell-shaped with mean 0 and deviation 1, within 3.5: the sum of four even numbers.
    pub fn normal(&mut self) -> f64 {
        /// The deviation of the sum of four even numbers from 0 to 65535, after its mean.
        const DEVIATION: f64 = 37_836.98;
        let bits = self.bits();
        let sum: u64 = [0, 16, 32, 48]
            .into_iter()
            .map(|shift| bits >> shift & 0xFFFF)
            .sum();
        (sum as f64 - 131_070.0) / DEVIATION
    }

    /// Around 1, never below 0, with a long tail upwards: what durations look like. `spread` is the deviation of the
    /// logarithm.
    pub fn log_normal(&mut self, spread: f64) -> f64 {
        exp(self.normal() * spread)
    }
}

/// The finaliser of `SplitMix64`.
fn mix(bits: u64) -> u64 {
    let bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ bits >> 31
}

/// e to the power of `x`, for small `x`.
fn exp(x: f64) -> f64 {
    let mut power = 1.0 + x / f64::from(1_u32 << EXP_SQUARINGS);
    for _ in 0..EXP_SQUARINGS {
        power *= power;
    }
    power
}

/// A duration or a count as a whole number; 0 for what is below 0.
pub fn whole(number: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates; made-up numbers are small"
    )]
    let whole = number as u64;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |seed, purpose, number| Random::new(seed, purpose, number).bits();
        assert_eq!(draw(1, Purpose::START, 7), draw(1, Purpose::START, 7));
        let others = [
            draw(2, Purpose::START, 7),
            draw(1, Purpose(2), 7),
            draw(1, Purpose::START, 8),
        ];
        assert!(!others.contains(&draw(1, Purpose::START, 7)));
    }

    #[test]
    fn shapes_have_their_moments() {
        let mut random = Random::new(1, Purpose::PERSON, 0);
        let normal: Vec<f64> = (0..100_000).map(|_| random.normal()).collect();
        let mean = normal.iter().sum::<f64>() / 100_000.0;
        let variance = normal.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 100_000.0;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
        let mut long: Vec<f64> = (0..100_001).map(|_| random.log_normal(0.5)).collect();
        long.sort_by(f64::total_cmp);
        assert!((long[50_000] - 1.0).abs() < 0.02, "{}", long[50_000]);
        assert!(long[0] > 0.0);
        let below: Vec<u64> = (0..10_000).map(|_| random.between(3, 5)).collect();
        assert!((3..=5).all(|wanted| below.contains(&wanted)));
        assert!(below.iter().all(|given| (3..=5).contains(given)));
    }

    #[test]
    fn exp_is_close() {
        for x in [-3.0, -1.0, 0.0, 0.5, 1.0, 3.0] {
            let ratio = exp(x) / f64::exp(x);
            assert!((ratio - 1.0).abs() < 2e-3, "{x}: {ratio}");
        }
    }
}
