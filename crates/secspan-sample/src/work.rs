//! How long the stages of a workflow take: most a little less than their budget, some much more, some skipped.

use crate::calendar::SECOND_NANOS;
use crate::random::{Random, whole};

/// Nanoseconds in a millisecond.
const MILLI_NANOS: u64 = 1_000_000;

/// No stage takes longer than this many times its usual time, so that work ends on the day on which it begins.
const LONGEST: f64 = 7.0;

/// Deviation of the logarithm of a stage's duration.
const SPREAD: f64 = 0.5;

/// One stage that ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Start, in nanoseconds since 1970.
    pub start: u64,
    /// End, in nanoseconds since 1970.
    pub end: u64,
}

/// A clock that work moves on.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// Nanoseconds since 1970.
    pub now: u64,
}

impl Course {
    /// A stage of usually `seconds`, at the pace of whoever does it, and at least `least_nanos`; then a short pause.
    pub fn stage(
        &mut self,
        seconds: f64,
        pace: f64,
        least_nanos: u64,
        random: &mut Random,
    ) -> Stretch {
        let usual = seconds * 1000.0;
        let millis = (usual * pace * random.log_normal(SPREAD)).clamp(40.0, usual * LONGEST);
        let start = self.now;
        let end = start + whole(millis) * MILLI_NANOS + least_nanos;
        let pause = if random.chance(0.04) {
            random.between(60_000, 600_000)
        } else {
            random.between(5, 2_500)
        };
        self.now = end + pause * MILLI_NANOS;
        Stretch { start, end }
    }

    /// A pause of up to `seconds`.
    pub fn rest(&mut self, seconds: u64, random: &mut Random) {
        self.now += random.between(1, seconds * 1000) * MILLI_NANOS;
    }
}

impl Stretch {
    /// How long it took, in nanoseconds.
    pub fn nanos(self) -> u64 {
        self.end - self.start
    }
}

/// Milliseconds as nanoseconds.
pub fn millis(millis: u64) -> u64 {
    millis * MILLI_NANOS
}

/// The second in which a point in time lies.
pub fn second(nanos: u64) -> u64 {
    nanos / SECOND_NANOS
}
