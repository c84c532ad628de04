//! Points in time as OTLP carries them.
//!
//! Nothing here reads a clock: whoever knows the time passes it in.

use std::time::Duration;

/// Nanoseconds per second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Nanoseconds per millisecond.
pub const NANOS_PER_MILLI: u64 = 1_000_000;

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;
/// The Gregorian calendar repeats itself after so many years, and so many days.
const ERA_YEARS: u64 = 400;
const ERA_DAYS: u64 = 146_097;
/// Days from the first of March of the year 0 to the first of January 1970.
const MARCH_0_TO_1970: u64 = 719_468;
/// ISO 8601 writes years with four digits.
const LAST_YEAR: u64 = 9999;

/// Nanoseconds since the Unix epoch, UTC. 0 means "not set" on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnixNanos(pub u64);

impl UnixNanos {
    /// "Not set".
    pub const UNSET: Self = Self(0);

    /// The latest point that fits, in the year 2554.
    pub const MAX: Self = Self(u64::MAX);

    /// Nanoseconds from `earlier` to `self`, 0 when `earlier` is later.
    #[inline]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same as [`UnixNanos::since`], as a [`Duration`].
    #[inline]
    pub fn duration_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.since(earlier))
    }

    /// Whether a time was set at all.
    #[inline]
    pub fn is_set(self) -> bool {
        self.0 != 0
    }

    /// From whole seconds; `None` when it does not fit.
    pub fn from_secs(seconds: u64) -> Option<Self> {
        seconds.checked_mul(NANOS_PER_SECOND).map(Self)
    }

    /// From milliseconds; `None` when it does not fit.
    pub fn from_millis(millis: u64) -> Option<Self> {
        millis.checked_mul(NANOS_PER_MILLI).map(Self)
    }

    /// From the time that passed since the epoch; `None` when it does not fit. A `SystemTime`
    /// becomes one by `duration_since(UNIX_EPOCH)`.
    pub fn from_epoch(since_epoch: Duration) -> Option<Self> {
        u64::try_from(since_epoch.as_nanos()).ok().map(Self)
    }

    /// The time that passed since the epoch.
    #[inline]
    pub fn since_epoch(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// Whole seconds since the epoch.
    #[inline]
    pub fn secs(self) -> u64 {
        self.0 / NANOS_PER_SECOND
    }

    /// Whole milliseconds since the epoch.
    #[inline]
    pub fn millis(self) -> u64 {
        self.0 / NANOS_PER_MILLI
    }

    /// Nanoseconds within the second, below [`NANOS_PER_SECOND`].
    #[inline]
    pub fn subsec_nanos(self) -> u32 {
        self.since_epoch().subsec_nanos()
    }

    /// Seconds since the epoch, to about 0.2 microseconds: what Prometheus calls a timestamp.
    #[inline]
    pub fn as_secs_f64(self) -> f64 {
        self.since_epoch().as_secs_f64()
    }

    /// `self` plus a duration; `None` when it does not fit.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        let nanos = u64::try_from(duration.as_nanos()).ok()?;
        self.0.checked_add(nanos).map(Self)
    }

    /// `self` minus a duration; `None` before the epoch.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        let nanos = u64::try_from(duration.as_nanos()).ok()?;
        self.0.checked_sub(nanos).map(Self)
    }

    /// `self` plus a duration, at most [`UnixNanos::MAX`].
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        self.checked_add(duration).unwrap_or(Self::MAX)
    }
}

impl From<u64> for UnixNanos {
    fn from(nanos: u64) -> Self {
        Self(nanos)
    }
}

/// A time in UTC as ISO 8601 writes it, with microseconds where there are any; none after 9999. `since` counts from the epoch.
pub fn utc(since: Duration) -> Option<String> {
    let (year, month, day) = date(since);
    if year > LAST_YEAR {
        return None;
    }
    let second = since.as_secs() % SECONDS_PER_DAY;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let fraction = match since.subsec_micros() {
        0 => String::new(),
        micros => format!(".{micros:06}"),
    };
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"
    ))
}

/// Year, month and day. Years begin in March here, so that the leap day is the last of its year.
fn date(since: Duration) -> (u64, u64, u64) {
    let days = since.as_secs() / SECONDS_PER_DAY + MARCH_0_TO_1970;
    let (era, day_of_era) = (days / ERA_DAYS, days % ERA_DAYS);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / (ERA_DAYS - 1)) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * ERA_YEARS + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_file_contract_wants_them() {
        for (seconds, micros, text) in [
            (0, 0, "1970-01-01T00:00:00Z"),
            (951_782_399, 0, "2000-02-28T23:59:59Z"),
            (951_782_400, 0, "2000-02-29T00:00:00Z"),
            (951_868_800, 0, "2000-03-01T00:00:00Z"),
            (1_764_754_867, 310, "2025-12-03T09:41:07.000310Z"),
            (4_107_542_399, 999_999, "2100-02-28T23:59:59.999999Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00Z"),
            (253_402_300_799, 0, "9999-12-31T23:59:59Z"),
        ] {
            let since = Duration::from_secs(seconds) + Duration::from_micros(micros);
            assert_eq!(utc(since).as_deref(), Some(text));
        }
        let last = Duration::from_secs(253_402_300_799);
        assert_eq!(utc(last + Duration::from_secs(1)), None);
    }

    #[test]
    fn conversions_agree_and_overflow_is_none() {
        let time = UnixNanos::from_millis(1_700_000_000_123).unwrap();
        assert_eq!(
            (time.secs(), time.millis()),
            (1_700_000_000, 1_700_000_000_123)
        );
        assert_eq!(time.subsec_nanos(), 123_000_000);
        assert_eq!(UnixNanos::from_epoch(time.since_epoch()), Some(time));
        assert_eq!(UnixNanos::from_secs(u64::MAX), None);
        assert_eq!(UnixNanos::from_epoch(Duration::MAX), None);
        assert_eq!(UnixNanos::MAX.checked_add(Duration::from_nanos(1)), None);
        assert_eq!(UnixNanos::UNSET.checked_sub(Duration::from_nanos(1)), None);
        assert_eq!(time.saturating_add(Duration::MAX), UnixNanos::MAX);
        assert_eq!(time.since(time.saturating_add(Duration::from_secs(1))), 0);
        assert!(!UnixNanos::UNSET.is_set());
    }
}
