//! Values as people read them: durations in words, shares in percent, numbers grouped, control characters made visible.
//!
//! Every renderer for people takes its words from here, so a number looks the same in a terminal and on a page.

use std::borrow::Cow;

use super::put;
use crate::document::{Cell, Level, Unit};

/// What stands for a value that is missing without a reason.
pub const NOTHING: &str = "-";

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Below this many seconds, tenths are shown.
const TENTHS_BELOW_SECONDS: f64 = 10.0;

/// What is smaller than this, and not nothing, is said to be smaller.
const SMALLEST_FIGURE: f64 = 0.001;

/// A cell in the unit of its column. A missing value is its reason, or a hyphen.
pub fn cell(cell: &Cell, unit: Unit) -> Cow<'_, str> {
    match cell {
        Cell::Missing("") => Cow::Borrowed(NOTHING),
        Cell::Missing(reason) => Cow::Borrowed(reason),
        Cell::Text(text) => visible(text),
        Cell::Count(count) => Cow::Owned(whole(*count, unit)),
        Cell::Number(value) => Cow::Owned(number(*value, unit)),
        Cell::Flag(true) => Cow::Borrowed("yes"),
        Cell::Flag(false) => Cow::Borrowed("no"),
    }
}

/// A number in its unit: `12 min 30 s`, `18.5 h`, `25.0 %`, `+2.5 pp`, `86.5`, `0.312`, `1,204`.
pub fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Seconds => seconds(value),
        Unit::Hours => format!("{} h", fixed(value, 1)),
        Unit::Share => format!("{} %", fixed(value * 100.0, 1)),
        Unit::ShareDifference => format!("{} pp", signed(value * 100.0)),
        Unit::Score => fixed(value, 1),
        Unit::Count if value.fract() == 0.0 => fixed(value, 0),
        Unit::Plain | Unit::Count | Unit::Number => figures(value),
    }
}

/// A whole number, with commas between thousands.
pub fn count(value: u64) -> String {
    group(&value.to_string())
}

/// A whole number in the unit of its column.
fn whole(value: u64, unit: Unit) -> String {
    match unit {
        Unit::Plain | Unit::Count | Unit::Number | Unit::Score => count(value),
        Unit::Hours => format!("{} h", count(value)),
        Unit::Seconds | Unit::Share | Unit::ShareDifference => number(value as f64, unit),
    }
}

/// A duration by its two largest parts.
fn seconds(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let size = value.abs();
    if size < TENTHS_BELOW_SECONDS && size.fract() != 0.0 {
        return format!("{} s", fixed(value, 1));
    }
    // Floats become whole by text: there is no lossless cast, and what does not fit is longer than any workflow.
    let total: u64 = format!("{size:.0}").parse().unwrap_or(u64::MAX);
    let (large, large_unit, small, small_unit) = if total < MINUTE {
        return format!("{}{total} s", if total == 0 { "" } else { sign });
    } else if total < HOUR {
        (total / MINUTE, "min", total % MINUTE, "s")
    } else if total < DAY {
        let minutes = (total + MINUTE / 2) / MINUTE;
        (minutes / 60, "h", minutes % 60, "min")
    } else {
        let hours = total.saturating_add(HOUR / 2) / HOUR;
        (hours / 24, "d", hours % 24, "h")
    };
    let large = count(large);
    if small == 0 {
        format!("{sign}{large} {large_unit}")
    } else {
        format!("{sign}{large} {large_unit} {small} {small_unit}")
    }
}

/// Fewer decimals the larger the number: 0.312, 4.25, 117.4, 1,204.
fn figures(value: f64) -> String {
    if value.fract() == 0.0 {
        return fixed(value, 0);
    }
    match value.abs() {
        size if size < SMALLEST_FIGURE => {
            let sign = if value < 0.0 { "> -" } else { "< " };
            format!("{sign}{SMALLEST_FIGURE}")
        }
        size if size >= 100.0 => fixed(value, 1),
        size if size >= 1.0 => fixed(value, 2),
        _ => fixed(value, 3),
    }
}

/// With a sign always, one decimal.
fn signed(value: f64) -> String {
    let text = fixed(value, 1);
    if text.starts_with('-') || text == "0.0" {
        text
    } else {
        format!("+{text}")
    }
}

/// `decimals` decimals, grouped, and never a negative zero.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !zero { "-" } else { "" };
    match text.split_once('.') {
        Some((whole, rest)) => format!("{sign}{}.{rest}", group(whole)),
        None => format!("{sign}{}", group(&text)),
    }
}

/// Commas between thousands.
fn group(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Text with every control character made visible: a name in a record can neither move the cursor, nor break a line,
/// nor turn the reading direction of what follows it.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            other if is_invisible(other) => {
                put(&mut shown, format_args!("\\u{{{:x}}}", u32::from(other)));
            }
            other => shown.push(other),
        }
    }
    Cow::Owned(shown)
}

/// Control characters, line separators and marks that change the direction of text.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// The word before a note; an explanation needs none.
pub fn level(level: Level) -> Option<&'static str> {
    match level {
        Level::NoData => Some("No data"),
        Level::Info => None,
        Level::Good => Some("Good"),
        Level::Warning => Some("Warning"),
    }
}

/// Whether values of a unit are numbers that stand right-aligned under each other.
pub fn right_aligned(unit: Unit) -> bool {
    unit != Unit::Plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_like_a_person_writes_them() {
        for (value, unit, text) in [
            (0.0, Unit::Seconds, "0 s"),
            (4.25, Unit::Seconds, "4.2 s"),
            (45.0, Unit::Seconds, "45 s"),
            (59.6, Unit::Seconds, "1 min"),
            (750.0, Unit::Seconds, "12 min 30 s"),
            (3599.7, Unit::Seconds, "1 h"),
            (86_370.0, Unit::Seconds, "24 h"),
            (100_000.0, Unit::Seconds, "1 d 4 h"),
            (-90.0, Unit::Seconds, "-1 min 30 s"),
            (-0.01, Unit::Seconds, "0.0 s"),
            (1036.25, Unit::Hours, "1,036.2 h"),
            (0.25, Unit::Share, "25.0 %"),
            (1.0, Unit::Share, "100.0 %"),
            (0.025, Unit::ShareDifference, "+2.5 pp"),
            (-0.0004, Unit::ShareDifference, "0.0 pp"),
            (86.5, Unit::Score, "86.5"),
            (-0.3123, Unit::Number, "-0.312"),
            (1e-9, Unit::Number, "< 0.001"),
            (17.44, Unit::Number, "17.44"),
            (1_204_000.0, Unit::Count, "1,204,000"),
            (f64::MAX, Unit::Seconds, "213,503,982,334,601 d 7 h"),
        ] {
            assert_eq!(number(value, unit), text, "{value} {unit:?}");
        }
        assert_eq!(cell(&Cell::Count(1_234_567), Unit::Count), "1,234,567");
        assert_eq!(cell(&Cell::Count(24), Unit::Hours), "24 h");
        assert_eq!(cell(&Cell::Count(750), Unit::Seconds), "12 min 30 s");
        assert_eq!(cell(&Cell::Missing(""), Unit::Share), "-");
        assert_eq!(cell(&Cell::Missing("n < 5"), Unit::Share), "n < 5");
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(
            visible("Mira (Security Analyst)"),
            "Mira (Security Analyst)"
        );
        assert_eq!(visible("a\nb\r\tc\u{1b}[31m"), "a\\nb\\r\\tc\\u{1b}[31m");
        assert_eq!(visible("\u{202e}evil\u{2066}"), "\\u{202e}evil\\u{2066}");
        assert_eq!(
            visible("\u{5de}\u{5d9}\u{5e8}\u{5d4}"),
            "\u{5de}\u{5d9}\u{5e8}\u{5d4}"
        );
    }
}
