//! The end of a ticket, from which compliance with service levels is computed.
//!
//! ```
//! use secspan::enrichment::Priority;
//! use secspan::ticket::{self, Closing};
//!
//! # let enriched = std::time::SystemTime::UNIX_EPOCH;
//! ticket::closed(&Closing {
//!     ticket: "OPS-771",
//!     priority: Priority::P1,
//!     enriched_at: Some(enriched),
//! });
//! ```

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::KeyValue;
use secspan_semconv::{attribute as key, event};

use crate::enrichment::Priority;
use crate::fact;

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;
/// The Gregorian calendar repeats itself after so many years, and so many days.
const ERA_YEARS: u64 = 400;
const ERA_DAYS: u64 = 146_097;
/// Days from the first of March of the year 0 to the first of January 1970.
const MARCH_0_TO_1970: u64 = 719_468;
/// ISO 8601 writes years with four digits.
const LAST_YEAR: u64 = 9999;

/// A ticket that is closed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing<'a> {
    /// The ticket.
    pub ticket: &'a str,
    /// Its priority, which decides its service level.
    pub priority: Priority,
    /// When its enrichment was complete: the service level counts from there. Leave it out where only the enrichment's
    /// own record knows it.
    pub enriched_at: Option<SystemTime>,
}

impl Closing<'_> {
    fn attributes(&self) -> Vec<KeyValue> {
        let mut attributes = vec![
            KeyValue::new(key::SECOPS_TICKET_ID, self.ticket.to_owned()),
            KeyValue::new(key::SECOPS_PRIORITY, self.priority.as_str()),
        ];
        let enriched_at = self.enriched_at.and_then(utc);
        attributes
            .extend(enriched_at.map(|time| KeyValue::new(key::SECOPS_TICKET_ENRICHED_AT, time)));
        attributes
    }
}

/// A ticket is closed, now: one event, one line of `ticket-metrics-<date>.jsonl`.
///
/// Where the event goes is told at [`crate::review::decided`].
pub fn closed(closing: &Closing<'_>) {
    fact::record(event::SECOPS_TICKET_CLOSED, || closing.attributes());
}

/// A time in UTC as ISO 8601 writes it, with microseconds where there are any; none before 1970 or after 9999.
fn utc(time: SystemTime) -> Option<String> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
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
fn date(since_1970: Duration) -> (u64, u64, u64) {
    let days = since_1970.as_secs() / SECONDS_PER_DAY + MARCH_0_TO_1970;
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
            let time = UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_micros(micros);
            assert_eq!(utc(time).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_has_no_such_form_is_left_out() {
        let year = Duration::from_hours(24 * 366);
        assert_eq!(utc(UNIX_EPOCH - Duration::from_secs(1)), None);
        assert_eq!(utc(UNIX_EPOCH + 8030 * year), None);
    }
}
