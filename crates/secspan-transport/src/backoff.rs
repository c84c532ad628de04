//! How long to wait before the next attempt: longer after each failure, up to a limit, and never in step with others.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// The growing pauses between attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// Pause after the first failure.
    pub initial_interval: Duration,
    /// Longest pause.
    pub max_interval: Duration,
    /// Growth from one failure to the next.
    pub multiplier: f64,
    /// How much a pause may be longer or shorter, as a share of it. Keeps clients from retrying in step.
    pub randomization_factor: f64,
}

impl Default for Backoff {
    /// As the upstream collector: 5 s to 30 s, times 1.5, half at random.
    fn default() -> Self {
        Self {
            initial_interval: Duration::from_secs(5),
            max_interval: Duration::from_secs(30),
            multiplier: 1.5,
            randomization_factor: 0.5,
        }
    }
}

impl Backoff {
    /// The pause after `failures` failures before this one.
    pub fn pause(&self, failures: u32) -> Duration {
        self.pause_at(failures, random_share())
    }

    /// The same with the random share, in 0..1, given.
    fn pause_at(&self, failures: u32, share: f64) -> Duration {
        let exponent = i32::try_from(failures.min(64)).unwrap_or(64);
        let grown = self.initial_interval.as_secs_f64() * self.multiplier.powi(exponent);
        let bounded = grown.min(self.max_interval.as_secs_f64());
        let spread = 1.0 + self.randomization_factor * (2.0 * share - 1.0);
        Duration::try_from_secs_f64(bounded * spread).unwrap_or(self.max_interval)
    }
}

/// A number in 0..1 from the hasher's random keys: good enough to keep clients from retrying in step.
fn random_share() -> f64 {
    let bits = RandomState::new().hash_one(0_u8) >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_are_spread() {
        let backoff = Backoff::default();
        let middle: Vec<f64> = (0..6)
            .map(|failures| backoff.pause_at(failures, 0.5).as_secs_f64())
            .collect();
        assert_eq!(middle, [5.0, 7.5, 11.25, 16.875, 25.3125, 30.0]);
        assert_eq!(backoff.pause_at(0, 0.0), Duration::from_secs_f64(2.5));
        assert_eq!(backoff.pause_at(u32::MAX, 1.0), Duration::from_secs(45));
        assert_eq!(backoff.pause_at(u32::MAX, 0.5), Duration::from_secs(30));
        let pause = backoff.pause(0);
        assert!((2.5..=7.5).contains(&pause.as_secs_f64()));
    }
}
