//! Points in time as records write them: UTC with `Z`, whole seconds, or microseconds where the contract has them.

mod plain;

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use secspan_otlp::time::UnixNanos;

/// Nanoseconds in a second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Microseconds in a second.
const MICROS_PER_SECOND: i64 = 1_000_000;

/// The last second that is read and written: 9999-12-30T22:00:00Z, which every time zone still writes with four digits.
const SECONDS_MAX: i64 = 253_402_207_200;

/// A point in time with the resolution of a record: one second.
///
/// The resolution is part of the type, so that what is decoded from a line equals what was encoded into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
}

/// Why a text is not a point in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a time; write UTC as 2025-12-03T09:41:07Z")]
pub struct TimestampError {
    given: String,
}

impl Timestamp {
    /// The second in which `at` lies.
    pub fn from_nanos(at: UnixNanos) -> Self {
        Self {
            seconds: i64::try_from(at.0 / NANOS_PER_SECOND)
                .unwrap_or(0)
                .min(SECONDS_MAX),
        }
    }

    /// `seconds` after the epoch, limited to the years 1970 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self {
            seconds: seconds.clamp(0, SECONDS_MAX),
        }
    }

    /// Seconds since the Unix epoch.
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Reads a time as legacy writers spell it: with `Z`, with an offset, or naive, which means UTC; with or without a
    /// fraction, which is cut off.
    ///
    /// # Errors
    /// When the text is not a date and a time between 1970 and 9999.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        read(text).map(|at| Self {
            seconds: at.as_second(),
        })
    }

    /// This time `seconds` later, or earlier when they are negative; limited to the years 1970 to 9999.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix_seconds(self.seconds.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this time; negative when this time is before it.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.seconds - earlier.seconds
    }

    /// Reads the one spelling that records are written in; `None` for any other, be it a time or not.
    pub(crate) fn plain(text: &str) -> Option<Self> {
        plain::seconds(text.as_bytes()).map(|seconds| Self { seconds })
    }

    /// The UTC date, which names the file that the record goes into.
    pub fn date(self) -> Date {
        let civil = self.civil().date();
        Date {
            year: civil.year(),
            month: civil.month(),
            day: civil.day(),
        }
    }

    fn civil(self) -> DateTime {
        let at = jiff::Timestamp::from_second(self.seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        TimeZone::UTC.to_datetime(at)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.civil();
        let (hour, minute, second) = (at.hour(), at.minute(), at.second());
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.date())
    }
}

/// Reads a time as legacy writers spell it; one without an offset is UTC.
fn read(text: &str) -> Result<jiff::Timestamp, TimestampError> {
    let fault = || TimestampError {
        given: text.chars().take(40).collect(),
    };
    let at = match text.parse::<jiff::Timestamp>() {
        Ok(at) => at,
        Err(_) => text
            .parse::<DateTime>()
            .and_then(|naive| naive.to_zoned(TimeZone::UTC))
            .map_err(|_| fault())?
            .timestamp(),
    };
    if !(0..=SECONDS_MAX).contains(&at.as_second()) || !text.contains(['T', 't', ' ']) {
        return Err(fault());
    }
    Ok(at)
}

/// A point in time with microseconds, as the file of review decisions has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MicroTimestamp {
    micros: i64,
}

impl MicroTimestamp {
    /// The microsecond in which `at` lies.
    pub fn from_nanos(at: UnixNanos) -> Self {
        Self::from_unix_micros(i64::try_from(at.0 / 1_000).unwrap_or(0))
    }

    /// `micros` after the epoch, limited to the years 1970 to 9999.
    pub fn from_unix_micros(micros: i64) -> Self {
        Self {
            micros: micros.clamp(0, SECONDS_MAX * MICROS_PER_SECOND),
        }
    }

    /// Microseconds since the Unix epoch.
    pub fn unix_micros(self) -> i64 {
        self.micros
    }

    /// Reads a time as [`Timestamp::parse`] does, and keeps six digits of its fraction.
    ///
    /// # Errors
    /// When the text is not a date and a time between 1970 and 9999.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        read(text).map(|at| Self {
            micros: at.as_microsecond(),
        })
    }

    /// The second in which it lies.
    pub fn to_seconds(self) -> Timestamp {
        Timestamp {
            seconds: self.micros / MICROS_PER_SECOND,
        }
    }

    /// The UTC date.
    pub fn date(self) -> Date {
        self.to_seconds().date()
    }

    /// Nanoseconds since the Unix epoch.
    pub fn to_nanos(self) -> UnixNanos {
        UnixNanos(
            u64::try_from(self.micros)
                .unwrap_or(0)
                .saturating_mul(1_000),
        )
    }
}

impl fmt::Display for MicroTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.to_seconds().civil();
        let (hour, minute, second) = (at.hour(), at.minute(), at.second());
        let (date, fraction) = (self.date(), self.micros % MICROS_PER_SECOND);
        write!(f, "{date}T{hour:02}:{minute:02}:{second:02}.{fraction:06}Z")
    }
}

/// A UTC calendar date; prints as `2025-12-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i16,
    month: i8,
    day: i8,
}

impl Date {
    /// Reads a date as it prints: `2025-12-03`, nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let date: jiff::civil::Date = text.parse().ok()?;
        let date = Self {
            year: date.year(),
            month: date.month(),
            day: date.day(),
        };
        (date.to_string() == text).then_some(date)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_the_contract_shows() {
        let at = Timestamp::from_nanos(UnixNanos(1_764_754_867_999_999_999));
        assert_eq!(at.to_string(), "2025-12-03T09:41:07Z");
        assert_eq!(at.date().to_string(), "2025-12-03");
        let last = Timestamp::from_unix_seconds(i64::MAX);
        assert_eq!(last.to_string(), "9999-12-30T22:00:00Z");
        assert_eq!(Timestamp::parse(&last.to_string()), Ok(last));
        assert!(Timestamp::parse("9999-12-31T23:59:59Z").is_err());
        let far = Timestamp::from_nanos(UnixNanos(u64::MAX));
        assert_eq!(far.to_string(), "2554-07-21T23:34:33Z");
    }

    #[test]
    fn microseconds_are_kept_where_they_are_written() {
        let text = "2025-12-03T12:15:44.000310Z";
        let at = MicroTimestamp::parse(text).unwrap();
        assert_eq!(at.to_string(), text);
        assert_eq!(at.to_seconds().to_string(), "2025-12-03T12:15:44Z");
        assert_eq!(MicroTimestamp::from_nanos(at.to_nanos()), at);
        let naive = MicroTimestamp::parse("2025-12-03T12:15:44").unwrap();
        assert_eq!(naive.to_string(), "2025-12-03T12:15:44.000000Z");
        assert!(MicroTimestamp::parse("2025-12-03").is_err());
        let far = MicroTimestamp::from_nanos(UnixNanos(u64::MAX));
        assert_eq!(far.to_string(), "2554-07-21T23:34:33.709551Z");
    }

    #[test]
    fn reads_what_legacy_writers_write() {
        for text in [
            "2025-12-03T09:41:07Z",
            "2025-12-03T09:41:07.999999Z",
            "2025-12-03T09:41:07",
            "2025-12-03T09:41:07.000310",
            "2025-12-03T09:41:07+00:00",
            "2025-12-03T11:41:07+02:00",
            "2025-12-03 09:41:07Z",
        ] {
            let at = Timestamp::parse(text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(at.to_string(), "2025-12-03T09:41:07Z", "{text}");
        }
    }

    #[test]
    fn says_what_is_no_time() {
        for text in [
            "",
            "yesterday",
            "2025-12-03",
            "2025-13-03T09:41:07Z",
            "1969-01-01T00:00:00Z",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }
}
