//! The values that fields hold, and why a value is not allowed.

use std::borrow::Cow;
use std::fmt;

use crate::kind::Number;
use crate::timestamp::{MicroTimestamp, Timestamp};

/// The longest name, in bytes, that a record carries.
pub const TEXT_BYTES_MAX: usize = 1024;

/// The value of a field, as its [`Type`](crate::kind::Type) has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'a> {
    /// None.
    #[default]
    Absent,
    /// A name, or a text of a certain form.
    Text(Cow<'a, str>),
    /// A word, by its index.
    Word(u8),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Count(u64),
    /// A number.
    Number(f64),
    /// A time in whole seconds.
    Time(Timestamp),
    /// A time in microseconds.
    Micros(MicroTimestamp),
    /// Whole numbers, which the record keeps apart.
    Counts(Span),
}

/// Where the whole numbers of a field are in its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub(crate) start: u16,
    pub(crate) len: u16,
}

impl Value<'_> {
    /// Whether there is no value.
    pub fn is_absent(&self) -> bool {
        *self == Self::Absent
    }

    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Absent => Value::Absent,
            Self::Word(index) => Value::Word(index),
            Self::Flag(value) => Value::Flag(value),
            Self::Count(count) => Value::Count(count),
            Self::Number(number) => Value::Number(number),
            Self::Time(at) => Value::Time(at),
            Self::Micros(at) => Value::Micros(at),
            Self::Counts(span) => Value::Counts(span),
        }
    }
}

/// Why a value is not allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ValueError {
    /// A number out of range, or not a number.
    #[error("{given} is out of range; allowed is {allowed}")]
    Range {
        /// What was given.
        given: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A text that does not follow its form.
    #[error("{given} is not {allowed}")]
    Form {
        /// What was given, shortened; a text in quotes.
        given: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A text that is too long.
    #[error("{bytes} bytes are too long; allowed are {TEXT_BYTES_MAX}")]
    Long {
        /// How long it is.
        bytes: usize,
    },
}

impl ValueError {
    /// A value that is not of its form.
    pub fn form(given: impl fmt::Display, allowed: &'static str) -> Self {
        Self::Form {
            given: given.to_string().chars().take(60).collect(),
            allowed,
        }
    }

    /// A text that is not of its form.
    pub fn text_form(given: &str, allowed: &'static str) -> Self {
        let start: String = given.chars().take(60).collect();
        Self::Form {
            given: format!("\"{}\"", start.escape_debug()),
            allowed,
        }
    }
}

/// Checks a name: not blank, and not longer than [`TEXT_BYTES_MAX`].
///
/// # Errors
/// When it is blank or too long.
pub fn name(text: &str) -> Result<&str, ValueError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(ValueError::Long { bytes: text.len() });
    }
    if text.trim().is_empty() {
        return Err(ValueError::text_form(text, "a name; it is blank"));
    }
    Ok(text)
}

/// A text of words that others gave, cut where it is longer than [`TEXT_BYTES_MAX`].
pub fn fitted(mut text: String) -> String {
    const CUT: &str = "…";
    if text.len() > TEXT_BYTES_MAX {
        text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX - CUT.len()));
        text.push_str(CUT);
    }
    text
}

/// In what unit a source states a share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShareUnit {
    /// A value above 1 is a percentage, any other a share. Percentages below 1 cannot be told apart.
    #[default]
    Guess,
    /// Always a share, 0 to 1.
    Share,
    /// Always a percentage, 0 to 100.
    Percent,
}

impl Number {
    /// Checks a number; a share is read in the unit of its source.
    ///
    /// # Errors
    /// When it is out of range in that unit.
    pub fn read(&self, value: f64, unit: ShareUnit) -> Result<f64, ValueError> {
        match (self.allowed_percent, unit) {
            (None, _) | (_, ShareUnit::Share) => in_range(value, self.max, self.allowed),
            (_, ShareUnit::Guess) if value <= self.max => in_range(value, self.max, self.allowed),
            (Some(allowed), ShareUnit::Guess | ShareUnit::Percent) => {
                in_range(value, 100.0, allowed).map(shift_two_places)
            }
        }
    }
}

/// A hundredth of `percent` as its decimal digits say: 87.34 becomes 0.8734, without the error of the division.
fn shift_two_places(percent: f64) -> f64 {
    (percent * 1e10).round() / 1e12
}

fn in_range(value: f64, max: f64, allowed: &'static str) -> Result<f64, ValueError> {
    if (0.0..=max).contains(&value) {
        // Minus zero compares equal to zero but prints with its sign.
        Ok(value.abs())
    } else {
        Err(ValueError::Range {
            given: value,
            allowed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: Number = Number {
        max: 1.0,
        allowed: "a share from 0 to 1",
        allowed_percent: Some("a share from 0 to 1, or a percentage up to 100"),
        whole: false,
    };

    #[test]
    fn numbers_refuse_what_is_out_of_range() {
        let score = Number {
            max: 10.0,
            allowed_percent: None,
            ..SHARE
        };
        for value in [-0.1, 10.1, f64::NAN, f64::INFINITY] {
            assert!(score.read(value, ShareUnit::Guess).is_err(), "{value}");
        }
        let zero = score.read(-0.0, ShareUnit::Guess).unwrap();
        assert_eq!(zero.to_string(), "0");
        assert!(SHARE.read(1.01, ShareUnit::Share).is_err());
    }

    #[test]
    fn a_share_is_read_in_the_unit_of_its_source() {
        let read = |value, unit| SHARE.read(value, unit).ok();
        assert_eq!(read(87.34, ShareUnit::Guess), Some(0.8734));
        assert_eq!(read(0.8734, ShareUnit::Guess), Some(0.8734));
        assert_eq!(read(0.5, ShareUnit::Percent), Some(0.005));
        assert_eq!(read(87.34, ShareUnit::Share), None);
        assert_eq!(read(101.0, ShareUnit::Guess), None);
        assert_eq!(read(f64::NAN, ShareUnit::Guess), None);
    }

    #[test]
    fn a_name_is_not_blank_and_not_too_long() {
        assert!(name(" ").is_err());
        assert!(name(&"x".repeat(TEXT_BYTES_MAX + 1)).is_err());
        assert_eq!(name("OPS-1"), Ok("OPS-1"));
        assert_eq!(fitted("x".repeat(2000)).len(), TEXT_BYTES_MAX);
    }
}
