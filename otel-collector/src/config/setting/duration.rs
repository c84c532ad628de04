//! Durations in the form of Go and of the upstream collector: `1h30m`, `200ms`, `1.5s`.

use std::time::Duration;

use super::{ScalarSetting, Shown};

/// The units, largest first, in nanoseconds. `d` (24 h) is ours: retention is thought of in days.
const UNITS: [(&str, u128); 8] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000),
    ("ns", 1),
];

/// Longest duration accepted: 100 years, so that sums of durations stay far from any overflow.
const NANOS_MAX: u128 = 100 * 365 * 86_400_000_000_000;

/// Most digits of one number: more would only test the limits of the arithmetic.
const DIGITS_MAX: usize = 18;

/// Reads a duration.
///
/// # Errors
/// A hint that says what is missing or wrong.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    if text.starts_with('-') {
        return Err("a duration cannot be negative".to_owned());
    }
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) {
        return Err(format!("add a unit: `{text}s` or `{text}ms`"));
    }
    let mut rest = text;
    let mut nanos: u128 = 0;
    while !rest.is_empty() {
        let (number, after) = split_where(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, after) = split_where(after, |c| !c.is_ascii_digit() && c != '.');
        nanos = nanos.saturating_add(part_nanos(number, unit)?);
        rest = after;
    }
    if text.is_empty() {
        return Err(String::new());
    }
    if nanos > NANOS_MAX {
        return Err("at most 100 years".to_owned());
    }
    let seconds = u64::try_from(nanos / 1_000_000_000).map_err(|_| String::new())?;
    let below = u32::try_from(nanos % 1_000_000_000).map_err(|_| String::new())?;
    Ok(Duration::new(seconds, below))
}

/// Shows a duration so that [`parse_duration`] reads the same one back.
pub fn show_duration(duration: Duration) -> String {
    let mut rest = duration.as_nanos();
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, size) in UNITS.iter().filter(|(unit, _)| *unit != "µs") {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            text.push_str(&count.to_string());
            text.push_str(unit);
        }
    }
    text
}

fn part_nanos(number: &str, unit: &str) -> Result<u128, String> {
    if number.is_empty() || number.len() > DIGITS_MAX {
        return Err(String::new());
    }
    let unit = unit.trim();
    let Some((_, size)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(if unit.is_empty() {
            format!("add a unit after {number}: ms, s, m, h or d")
        } else {
            format!("units are ns, us, ms, s, m, h and d, not `{unit}`")
        });
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let bad = |_| format!("`{number}` is not a number");
    let mut nanos = match whole {
        "" => 0,
        digits => digits.parse::<u128>().map_err(bad)? * size,
    };
    if !fraction.is_empty() {
        let scale = fraction.chars().fold(1u128, |scale, _| scale * 10);
        nanos += fraction.parse::<u128>().map_err(bad)? * size / scale;
    }
    Ok(nanos)
}

/// Splits after the longest beginning whose characters all satisfy `wanted`.
fn split_where(text: &str, wanted: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !wanted(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

impl ScalarSetting for Duration {
    const EXPECTED: &'static str = "a duration, such as 200ms, 5s or 1h30m";

    fn parse(text: &str) -> Result<Self, String> {
        parse_duration(text)
    }

    fn placeholder() -> Self {
        Self::ZERO
    }

    fn show(&self) -> Shown {
        Shown::Scalar(show_duration(*self))
    }
}
