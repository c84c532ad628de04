//! Numbers as both text formats write them.

use std::fmt;

/// A float: shortest form that reads back the same, `+Inf`, `-Inf`, `NaN`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Float(pub(super) f64);

impl fmt::Display for Float {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.abs();
        if self.0.is_nan() {
            out.write_str("NaN")
        } else if self.0.is_infinite() {
            out.write_str(if self.0 > 0.0 { "+Inf" } else { "-Inf" })
        } else if magnitude == 0.0 || (1e-5..1e17).contains(&magnitude) {
            write!(out, "{}", self.0)
        } else {
            write!(out, "{:e}", self.0)
        }
    }
}

/// A float that is never mistaken for an integer, as OpenMetrics wants bucket bounds: `1.0`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Canonical(pub(super) f64);

impl fmt::Display for Canonical {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Float(self.0).fmt(out)?;
        let whole = self.0.is_finite() && self.0.fract() == 0.0 && self.0.abs() < 1e17;
        if whole { out.write_str(".0") } else { Ok(()) }
    }
}

/// Nanoseconds since the epoch as seconds with milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seconds(pub(super) u64);

impl fmt::Display for Seconds {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0 / 1_000_000;
        write!(out, "{}.{:03}", millis / 1_000, millis % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_the_same() {
        for (value, plain, canonical) in [
            (0.0, "0", "0.0"),
            (1.0, "1", "1.0"),
            (0.1, "0.1", "0.1"),
            (-2.5, "-2.5", "-2.5"),
            (1e300, "1e300", "1e300"),
            (1e-9, "1e-9", "1e-9"),
            (123_456_789.0, "123456789", "123456789.0"),
            (f64::INFINITY, "+Inf", "+Inf"),
            (f64::NEG_INFINITY, "-Inf", "-Inf"),
            (f64::NAN, "NaN", "NaN"),
        ] {
            assert_eq!(Float(value).to_string(), plain);
            assert_eq!(Canonical(value).to_string(), canonical);
        }
        assert_eq!(Seconds(1_500_000_000).to_string(), "1.500");
    }
}
