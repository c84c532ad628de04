//! Native (exponential) histogram buckets: `2^schema` buckets for each power of two, resolution halved when there are
//! too many.
//!
//! Bucket `i` of a schema holds the values in `(base^(i-1), base^i]` with `base = 2^(2^-schema)`, as Prometheus counts
//! them. An index is computed once at the finest schema, [`SCHEMA_MAX`]; every coarser one follows from it by a shift,
//! so halving never looks at the values again and classic and native counts cannot disagree.

use std::sync::LazyLock;

/// The finest resolution: 256 buckets for each power of two, base 1.0027.
pub const SCHEMA_MAX: i8 = 8;

/// The coarsest resolution: one bucket for sixteen powers of two. The whole range of `f64` then fits 160 buckets.
pub const SCHEMA_MIN: i8 = -4;

/// Values this close to zero, 2^-128, are counted as zero.
pub const ZERO_THRESHOLD: f64 = 2.938_735_877_055_719e-39;

/// Buckets for each power of two at [`SCHEMA_MAX`].
const FRACTIONS: usize = 256;

/// Equal steps of the mantissa that the guess table knows; each holds at most one bucket bound.
const STEPS: usize = 512;

/// Bits of the mantissa below those that select a step.
const STEP_SHIFT: u32 = 52 - 9;

const MANTISSA_MASK: u64 = (1 << 52) - 1;

const EXPONENT_BIAS: i32 = 1023;

/// Where a value belongs at [`SCHEMA_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Within the zero threshold.
    Zero,
    /// A positive value's bucket.
    Positive(i32),
    /// A negative value's bucket, by magnitude.
    Negative(i32),
}

/// Bucket counts in one direction from zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets {
    /// The index of the first count.
    pub first: i32,
    /// Counts of adjacent buckets.
    pub counts: Vec<u64>,
}

/// The exponential buckets of a histogram at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativePoint {
    /// The resolution, [`SCHEMA_MIN`] to [`SCHEMA_MAX`].
    pub schema: i8,
    /// Observations within [`ZERO_THRESHOLD`].
    pub zero_count: u64,
    /// Buckets above zero.
    pub positive: Buckets,
    /// Buckets below zero, by magnitude.
    pub negative: Buckets,
}

impl Default for NativePoint {
    fn default() -> Self {
        Self {
            schema: SCHEMA_MAX,
            zero_count: 0,
            positive: Buckets::default(),
            negative: Buckets::default(),
        }
    }
}

impl NativePoint {
    /// Adds `count` observations at `place`, halving the resolution until at most `buckets_max` buckets span each sign.
    pub(crate) fn add(&mut self, place: Place, count: u64, buckets_max: usize) {
        let finest = match place {
            Place::Zero => {
                self.zero_count = self.zero_count.saturating_add(count);
                return;
            }
            Place::Positive(index) | Place::Negative(index) => index,
        };
        loop {
            let index = coarser(finest, SCHEMA_MAX.abs_diff(self.schema));
            let side = self.side(place);
            if side.span_with(index) <= buckets_max || self.schema == SCHEMA_MIN {
                self.side(place).add(index, count);
                return;
            }
            self.halve();
        }
    }

    /// Adds what another counted, at the coarser resolution of the two.
    pub(crate) fn merge(&mut self, mut other: Self) {
        if self.total() == 0 {
            self.schema = self.schema.max(other.schema);
        }
        while self.schema > other.schema {
            self.halve();
        }
        while other.schema > self.schema {
            other.halve();
        }
        self.zero_count = self.zero_count.saturating_add(other.zero_count);
        for (own, added) in [
            (&mut self.positive, other.positive),
            (&mut self.negative, other.negative),
        ] {
            for (index, count) in (added.first..).zip(added.counts) {
                own.add(index, count);
            }
        }
    }

    /// All observations: the zero bucket and both sides.
    pub fn total(&self) -> u64 {
        let sides = self.positive.total().saturating_add(self.negative.total());
        self.zero_count.saturating_add(sides)
    }

    fn side(&mut self, place: Place) -> &mut Buckets {
        match place {
            Place::Negative(_) => &mut self.negative,
            Place::Zero | Place::Positive(_) => &mut self.positive,
        }
    }

    fn halve(&mut self) {
        self.schema -= 1;
        self.positive.halve();
        self.negative.halve();
    }
}

impl Buckets {
    /// All observations on this side.
    pub fn total(&self) -> u64 {
        self.counts.iter().copied().fold(0, u64::saturating_add)
    }

    fn span_with(&self, index: i32) -> usize {
        let Some(last) = self.last() else { return 1 };
        let low = i64::from(self.first.min(index));
        let high = i64::from(last.max(index));
        usize::try_from(high - low + 1).unwrap_or(usize::MAX)
    }

    fn last(&self) -> Option<i32> {
        let length = i32::try_from(self.counts.len()).ok()?;
        (length > 0).then(|| self.first + length - 1)
    }

    fn add(&mut self, index: i32, count: u64) {
        if self.counts.is_empty() {
            self.first = index;
        }
        if index < self.first {
            let missing = usize::try_from(self.first - index).unwrap_or(0);
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = index;
        }
        let position = usize::try_from(index - self.first).unwrap_or(0);
        if position >= self.counts.len() {
            self.counts.resize(position + 1, 0);
        }
        if let Some(slot) = self.counts.get_mut(position) {
            *slot = slot.saturating_add(count);
        }
    }

    pub(crate) fn halve(&mut self) {
        let old = std::mem::take(self);
        for (index, count) in (old.first..).zip(old.counts) {
            self.add(coarser(index, 1), count);
        }
    }
}

/// The bucket of a schema `steps` coarser: upper bounds are inclusive, so indices round up.
fn coarser(index: i32, steps: u8) -> i32 {
    ((index - 1) >> steps) + 1
}

/// The bucket of a finite value at [`SCHEMA_MAX`].
pub(crate) fn place(value: f64) -> Place {
    let magnitude = value.abs();
    if magnitude <= ZERO_THRESHOLD {
        return Place::Zero;
    }
    let index = index(magnitude);
    if value > 0.0 {
        Place::Positive(index)
    } else {
        Place::Negative(index)
    }
}

/// `ceil(256 * log2(magnitude))` of a normal number, without a logarithm: one look-up and one comparison.
fn index(magnitude: f64) -> i32 {
    let bits = magnitude.to_bits();
    let exponent = i32::try_from(bits >> 52).unwrap_or(0) - EXPONENT_BIAS;
    let mantissa = bits & MANTISSA_MASK;
    let fraction = f64::from_bits(mantissa | (1023 << 52));
    let step = usize::try_from(mantissa >> STEP_SHIFT).unwrap_or(0);
    let below = TABLE.below.get(step).copied().unwrap_or(0);
    let beyond = TABLE
        .bounds
        .get(usize::from(below))
        .is_some_and(|bound| *bound < fraction);
    exponent * 256 + i32::from(below) + i32::from(beyond)
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

/// The bucket bounds between 1 and 2, and for each step of the mantissa how many of them lie below it.
struct Table {
    bounds: [f64; FRACTIONS],
    below: [u16; STEPS],
}

impl Table {
    fn new() -> Self {
        let bounds = std::array::from_fn(|i| (i as f64 / FRACTIONS as f64).exp2());
        let below = std::array::from_fn(|step| {
            let edge = 1.0 + step as f64 / STEPS as f64;
            let count = bounds.iter().take_while(|bound| **bound < edge).count();
            u16::try_from(count).unwrap_or(u16::MAX)
        });
        Self { bounds, below }
    }
}

#[cfg(test)]
mod tests;
