//! Business hours: Monday to Friday, from one time of day to another, at a fixed offset from UTC.
//!
//! Everything follows from one function: how many business seconds passed since a fixed Monday. What lies between two
//! times is a difference of it, and a due time is its inverse, so that neither can disagree with the other.

use secspan_records::timestamp::Timestamp;

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;
const WEEK: i64 = 7 * DAY;

/// Days of a week on which people are at work, Monday first.
const WORKING_DAYS: i64 = 5;

/// From the Monday before the Unix epoch, a Thursday, to the epoch.
const MONDAY_TO_EPOCH: i64 = 3 * DAY;

/// The furthest offset from UTC that is in use anywhere, in minutes.
const OFFSET_MINUTES_MAX: i16 = 14 * 60;

/// The longest time that is added to another, in seconds: ten thousand years, beyond which there are no times.
const SECONDS_MAX: u64 = 10_000 * 366 * 24 * 60 * 60;

/// Minutes in a day.
const DAY_MINUTES: u16 = 24 * 60;

/// When people are at work, Monday to Friday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusinessHours {
    from_minute: u16,
    to_minute: u16,
    offset_minutes: i16,
}

/// Why hours are no business hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BusinessHoursError {
    /// They end before they begin, or after midnight.
    #[error(
        "{from_minute} to {to_minute} minutes after midnight is no working day; it begins before it ends, by 1440"
    )]
    Day {
        /// Begin, in minutes after midnight.
        from_minute: u16,
        /// End, in minutes after midnight.
        to_minute: u16,
    },
    /// There is no such offset.
    #[error("{minutes} minutes is no offset from UTC; allowed is -840 to 840")]
    Offset {
        /// The offset, in minutes.
        minutes: i16,
    },
}

impl Default for BusinessHours {
    /// Nine to five, UTC.
    fn default() -> Self {
        Self {
            from_minute: 9 * 60,
            to_minute: 17 * 60,
            offset_minutes: 0,
        }
    }
}

impl BusinessHours {
    /// Hours from and to a minute after midnight, in local time that is `offset_minutes` ahead of UTC.
    ///
    /// # Errors
    /// When the day does not begin before it ends, or the offset does not exist.
    pub fn new(
        from_minute: u16,
        to_minute: u16,
        offset_minutes: i16,
    ) -> Result<Self, BusinessHoursError> {
        if from_minute >= to_minute || to_minute > DAY_MINUTES {
            return Err(BusinessHoursError::Day {
                from_minute,
                to_minute,
            });
        }
        if offset_minutes.abs() > OFFSET_MINUTES_MAX {
            let minutes = offset_minutes;
            return Err(BusinessHoursError::Offset { minutes });
        }
        Ok(Self {
            from_minute,
            to_minute,
            offset_minutes,
        })
    }

    /// Business seconds between two times; 0 when `to` is not after `from`.
    pub fn between(self, from: Timestamp, to: Timestamp) -> u64 {
        u64::try_from(self.passed(to) - self.passed(from)).unwrap_or(0)
    }

    /// The first time at which `seconds` business seconds have passed since `from`.
    pub fn after(self, from: Timestamp, seconds: u64) -> Timestamp {
        let Ok(seconds @ 1..) = i64::try_from(seconds.min(SECONDS_MAX)) else {
            return from;
        };
        // The last of these seconds begins when all but one have passed.
        let before_last = self.passed(from) + seconds - 1;
        let (days, second) = (before_last / self.day(), before_last % self.day());
        let (week, day) = (days / WORKING_DAYS, days % WORKING_DAYS);
        let local = week * WEEK + day * DAY + self.opens() + second + 1;
        Timestamp::from_unix_seconds(local - MONDAY_TO_EPOCH - self.offset())
    }

    /// Business seconds from the Monday before the epoch to a time.
    fn passed(self, at: Timestamp) -> i64 {
        let local = at.unix_seconds() + self.offset() + MONDAY_TO_EPOCH;
        let (week, in_week) = (local.div_euclid(WEEK), local.rem_euclid(WEEK));
        let (day, in_day) = (in_week / DAY, in_week % DAY);
        let today = if day < WORKING_DAYS {
            (in_day - self.opens()).clamp(0, self.day())
        } else {
            0
        };
        (week * WORKING_DAYS + day.min(WORKING_DAYS)) * self.day() + today
    }

    /// Seconds of a working day.
    fn day(self) -> i64 {
        i64::from(self.to_minute - self.from_minute) * MINUTE
    }

    /// Seconds from midnight to the beginning of work.
    fn opens(self) -> i64 {
        i64::from(self.from_minute) * MINUTE
    }

    fn offset(self) -> i64 {
        i64::from(self.offset_minutes) * MINUTE
    }
}
