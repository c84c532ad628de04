//! Scores and identifiers that cannot hold a value out of range.

use std::fmt;

/// The longest ticket, analyst or workflow name, in bytes, that a record carries.
pub const TEXT_BYTES_MAX: usize = 1024;

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
    pub(crate) fn form(given: impl fmt::Display, allowed: &'static str) -> Self {
        Self::Form {
            given: given.to_string().chars().take(60).collect(),
            allowed,
        }
    }

    pub(crate) fn text_form(given: &str, allowed: &'static str) -> Self {
        let start: String = given.chars().take(60).collect();
        Self::Form {
            given: format!("\"{}\"", start.escape_debug()),
            allowed,
        }
    }
}

/// A CVSS base score, 0 to 10.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct CvssScore(f64);

impl CvssScore {
    /// # Errors
    /// When `value` is not a number from 0 to 10.
    pub fn new(value: f64) -> Result<Self, ValueError> {
        in_range(value, 10.0, "a CVSS base score from 0 to 10").map(Self)
    }

    /// The score, 0 to 10.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// An EPSS score as a probability, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct EpssScore(f64);

/// In what unit a source states EPSS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EpssUnit {
    /// A value above 1 is a percentage, any other a probability. Percentages below 1 cannot be told apart.
    #[default]
    Guess,
    /// Always a probability, 0 to 1.
    Probability,
    /// Always a percentage, 0 to 100.
    Percent,
}

impl EpssScore {
    /// # Errors
    /// When `value` is not a number from 0 to 1.
    pub fn new(value: f64) -> Result<Self, ValueError> {
        in_range(value, 1.0, "an EPSS probability from 0 to 1").map(Self)
    }

    /// Reads a value in the unit of its source.
    ///
    /// # Errors
    /// When `value` is out of range in that unit.
    pub fn read(value: f64, unit: EpssUnit) -> Result<Self, ValueError> {
        match unit {
            EpssUnit::Guess if value <= 1.0 => Self::new(value),
            EpssUnit::Probability => Self::new(value),
            EpssUnit::Guess | EpssUnit::Percent => {
                let allowed = "an EPSS probability from 0 to 1, or a percentage up to 100";
                in_range(value, 100.0, allowed).map(|percent| Self(shift_two_places(percent)))
            }
        }
    }

    /// The probability, 0 to 1.
    pub fn get(self) -> f64 {
        self.0
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

/// A CVE identifier such as `CVE-2025-40112`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CveId(Box<str>);

impl CveId {
    /// Reads an identifier; lower case is accepted and becomes upper case.
    ///
    /// # Errors
    /// When the text is not `CVE-`, a year of four digits, `-`, four to nineteen digits.
    pub fn new(text: &str) -> Result<Self, ValueError> {
        let upper = text.trim().to_ascii_uppercase();
        let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
            lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let valid = upper
            .strip_prefix("CVE-")
            .and_then(|rest| rest.split_once('-'))
            .is_some_and(|(year, number)| digits(year, 4..=4) && digits(number, 4..=19));
        if valid {
            Ok(Self(upper.into()))
        } else {
            Err(ValueError::text_form(
                text,
                "a CVE identifier such as CVE-2025-40112",
            ))
        }
    }

    /// The identifier, upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name that is not empty and not longer than [`TEXT_BYTES_MAX`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Box<str>);

impl Text {
    /// # Errors
    /// When the text is empty, all blank, or too long.
    pub fn new(text: &str) -> Result<Self, ValueError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(ValueError::Long { bytes: text.len() });
        }
        if text.trim().is_empty() {
            return Err(ValueError::text_form(text, "a name; it is blank"));
        }
        Ok(Self(text.into()))
    }

    /// A text that this crate composed: of a few words, never blank.
    pub(crate) fn made(text: String) -> Self {
        Self(text.into())
    }

    /// The same, of words that others gave: what is longer than [`TEXT_BYTES_MAX`] loses its end.
    pub(crate) fn fitted(mut text: String) -> Self {
        const CUT: &str = "…";
        if text.len() > TEXT_BYTES_MAX {
            text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX - CUT.len()));
            text.push_str(CUT);
        }
        Self::made(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads whether a vulnerability is in the catalogue of known exploited ones, as sources spell it.
///
/// # Errors
/// When the text is none of the accepted words.
pub fn known_exploited(text: &str) -> Result<bool, ValueError> {
    match text.trim().to_ascii_lowercase().replace('_', " ").as_str() {
        "listed" | "yes" | "true" => Ok(true),
        "not listed" | "no" | "false" => Ok(false),
        _ => Err(ValueError::text_form(
            text,
            "true, false, Listed, Not Listed, Yes or No",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_refuse_what_is_out_of_range() {
        for value in [-0.1, 10.1, f64::NAN, f64::INFINITY] {
            assert!(CvssScore::new(value).is_err(), "{value}");
        }
        assert_eq!(CvssScore::new(-0.0).unwrap().get().to_string(), "0");
        assert!(EpssScore::new(1.01).is_err());
    }

    #[test]
    fn epss_is_read_in_the_unit_of_its_source() {
        let read = |value, unit| EpssScore::read(value, unit).ok().map(EpssScore::get);
        assert_eq!(read(87.34, EpssUnit::Guess), Some(0.8734));
        assert_eq!(read(0.8734, EpssUnit::Guess), Some(0.8734));
        assert_eq!(read(0.5, EpssUnit::Percent), Some(0.005));
        assert_eq!(read(87.34, EpssUnit::Probability), None);
        assert_eq!(read(101.0, EpssUnit::Guess), None);
        assert_eq!(read(f64::NAN, EpssUnit::Guess), None);
    }

    #[test]
    fn cve_identifiers_follow_their_form() {
        assert_eq!(
            CveId::new("cve-2025-40112").unwrap().as_str(),
            "CVE-2025-40112"
        );
        for text in [
            "CVE-25-1",
            "CVE-2025-123",
            "CVE-2025-12a4",
            "GHSA-xxxx",
            "",
            "CVE-2025",
        ] {
            assert!(CveId::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn known_exploited_is_read_in_every_spelling() {
        for (text, expected) in [
            ("Listed", true),
            ("Not Listed", false),
            ("YES", true),
            ("no", false),
            ("true", true),
        ] {
            assert_eq!(known_exploited(text), Ok(expected), "{text}");
        }
        assert!(known_exploited("maybe").is_err());
    }
}
