//! Which finished enrichments are reviewed: every urgent one, and a sample of the others that anyone can replay.
//!
//! A ticket is drawn by a keyed hash of its identifier, never by a generator with a state: the same seed and ticket give
//! the same answer in any order, on any machine, in any language. In Python:
//!
//! ```text
//! mac = hmac.new(str(seed).encode(), ticket.encode(), "sha256").digest()
//! required = int.from_bytes(mac[:8], "big") * 10_000 < rate_in_hundredths_of_a_percent << 64
//! ```
//!
//! The priority is not part of the draw: a ticket that is in the sample at 10 % is in it at 25 % too, so raising a
//! ticket's priority never takes a review away.

use std::fmt;

use hmac_sha256::HMAC;

use secspan_records::value::ValueError;

use crate::terms::Priority;

/// Hundredths of a percent in the whole.
const WHOLE: u16 = 10_000;

/// How far the share of reviews may be from its rate, in percentage points, before a report says so.
pub const TOLERANCE_POINTS: f64 = 5.0;

/// The share of tickets that is reviewed, in hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u16);

impl Rate {
    /// Every ticket.
    pub const ALL: Self = Self(WHOLE);

    /// # Errors
    /// When `percent` is not a number from 0 to 100. More than two decimals are rounded.
    pub fn from_percent(percent: f64) -> Result<Self, ValueError> {
        if !(0.0..=100.0).contains(&percent) {
            return Err(ValueError::Range {
                given: percent,
                allowed: "a rate from 0 to 100 percent",
            });
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "range checked"
        )]
        let hundredths = (percent * 100.0).round() as u16;
        Ok(Self(hundredths))
    }

    /// The rate in percent.
    pub fn percent(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// Whether a draw is within the rate.
    fn includes(self, draw: u64) -> bool {
        u128::from(draw) * u128::from(WHOLE) < u128::from(self.0) << 64
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.percent())
    }
}

/// The rate of each priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates([Rate; 5]);

impl Rates {
    /// Rates in the order of [`Priority::ALL`].
    pub const fn new(rates: [Rate; 5]) -> Self {
        Self(rates)
    }

    /// The rate of a priority.
    pub fn of(&self, priority: Priority) -> Rate {
        let [p1, p2, p3, p4, p5] = self.0;
        match priority {
            Priority::P1 => p1,
            Priority::P2 => p2,
            Priority::P3 => p3,
            Priority::P4 => p4,
            Priority::P5 => p5,
        }
    }
}

impl Default for Rates {
    /// 100, 100, 25, 10 and 5 percent.
    fn default() -> Self {
        Self([Rate::ALL, Rate::ALL, Rate(2_500), Rate(1_000), Rate(500)])
    }
}

/// The rule by which reviews are decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SamplingRule {
    /// Which sample of all possible ones is drawn.
    pub seed: u64,
    /// How many tickets of each priority are in it.
    pub rates: Rates,
}

impl SamplingRule {
    /// A rule with the rates of the team's handbook.
    pub fn with_seed(seed: u64) -> Self {
        let rates = Rates::default();
        Self { seed, rates }
    }

    /// The number that is drawn for a ticket: see the [module](self).
    pub fn draw(&self, ticket: &str) -> u64 {
        let mac = HMAC::mac(ticket.as_bytes(), self.seed.to_string().as_bytes());
        mac.first_chunk::<8>()
            .map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    /// Whether a ticket is to be reviewed.
    pub fn requires(&self, ticket: &str, priority: Priority) -> bool {
        self.rates.of(priority).includes(self.draw(ticket))
    }

    /// Why a ticket of this priority is, or is not, to be reviewed: the texts that legacy scripts look for.
    pub fn reason(&self, priority: Priority, required: bool) -> String {
        let rate = self.rates.of(priority);
        match required {
            true if rate == Rate::ALL => {
                format!("Mandatory review for {} priority", priority.as_str())
            }
            true => format!("Randomly selected for review ({rate} sampling)"),
            false => format!("Not selected for review ({rate} sampling)"),
        }
    }
}

#[cfg(test)]
mod tests;
