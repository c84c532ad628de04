//! When work comes in: dense on working days, thin at weekends, none at night.

use crate::random::{Purpose, Random};

/// Seconds in a day.
pub const DAY_SECONDS: u64 = 86_400;

/// Seconds in an hour.
pub const HOUR_SECONDS: u64 = 3_600;

/// Nanoseconds in a second.
pub const SECOND_NANOS: u64 = 1_000_000_000;

/// The first hour, in UTC, in which work is taken up, and how much comes in each hour from there on. None comes so late
/// that its work could reach the next day.
const FIRST_HOUR: u64 = 6;
const HOURS: [u64; 14] = [2, 5, 14, 20, 21, 18, 12, 15, 20, 21, 18, 12, 5, 2];

/// The hours, in UTC, in which work that can wait is done.
const OFFICE_HOURS: std::ops::Range<u64> = 8..18;

/// How much comes in on each day of the week, from Monday on.
const WEEK: [u64; 7] = [110, 105, 100, 100, 85, 12, 8];

/// The density of work over the days of a sample.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Midnight of the first day, in seconds since 1970.
    first_second: u64,
    /// Work up to the end of each hour of [`HOURS`] on each day.
    work: Vec<u64>,
}

impl Calendar {
    /// The calendar of `days` days from the midnight `first_second` on.
    pub fn new(seed: u64, first_second: u64, days: u64) -> Self {
        let mut work = Vec::new();
        let mut sum = 0;
        for day in 0..days {
            let date = first_second / DAY_SECONDS + day;
            let mood = Random::new(seed, Purpose::DAY, date).between(75, 125);
            for hour in HOURS {
                sum += hour * mood * of_weekday(date);
                work.push(sum);
            }
        }
        Self { first_second, work }
    }

    /// When the `number`th of `count` pieces of work begins, in nanoseconds since 1970. Later numbers never begin earlier.
    pub fn start_nanos(&self, number: u64, count: u64, random: &mut Random) -> u64 {
        const FINENESS: u64 = 1 << 20;
        let total = self.work.last().copied().unwrap_or(1);
        let place = u128::from(number) * u128::from(FINENESS) + u128::from(random.below(FINENESS));
        // In parts of a piece of work, so that a few pieces still begin at any second.
        let wide = place * u128::from(total) / u128::from(count.max(1));
        let at = u64::try_from(wide / u128::from(FINENESS)).unwrap_or(0);
        let rest = u64::try_from(wide % u128::from(FINENESS)).unwrap_or(0);
        let slot = self.work.partition_point(|sum| *sum <= at);
        let before = slot
            .checked_sub(1)
            .and_then(|before| self.work.get(before))
            .copied()
            .unwrap_or(0);
        let within = self.work.get(slot).copied().unwrap_or(total) - before;
        let part = (at - before) * FINENESS + rest;
        let hour_nanos = u128::from(HOUR_SECONDS * SECOND_NANOS);
        let offset = u128::from(part) * hour_nanos / u128::from(within.max(1) * FINENESS);
        let slot = slot as u64;
        let hours = HOURS.len() as u64;
        let second = self.first_second
            + slot / hours * DAY_SECONDS
            + (FIRST_HOUR + slot % hours) * HOUR_SECONDS;
        second * SECOND_NANOS + u64::try_from(offset).unwrap_or(0)
    }
}

/// The first second from `second` on in office hours; `random` spreads what piled up over the morning.
pub fn in_working_hours(second: u64, random: &mut Random) -> u64 {
    let day = second / DAY_SECONDS;
    let hour = second % DAY_SECONDS / HOUR_SECONDS;
    if is_working_day(day) && OFFICE_HOURS.contains(&hour) {
        return second;
    }
    let mut next = if hour < OFFICE_HOURS.start {
        day
    } else {
        day + 1
    };
    while !is_working_day(next) {
        next += 1;
    }
    next * DAY_SECONDS + OFFICE_HOURS.start * HOUR_SECONDS + random.below(3 * HOUR_SECONDS)
}

fn is_working_day(date: u64) -> bool {
    weekday(date) < 5
}

fn of_weekday(date: u64) -> u64 {
    WEEK.into_iter()
        .zip(0..)
        .find(|(_, day)| *day == weekday(date))
        .map_or(0, |(work, _)| work)
}

/// Day of the week from Monday, 0 to 6, of a day counted from 1970-01-01, which was a Thursday.
fn weekday(date: u64) -> u64 {
    (date + 3) % 7
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2025-10-03, a Friday.
    const FIRST: u64 = 1_759_449_600;

    #[test]
    fn work_begins_in_order_inside_the_days_and_mostly_on_working_days() {
        let calendar = Calendar::new(1, FIRST, 30);
        let mut before = 0;
        let (mut working, mut free) = (0, 0);
        for number in 0..5_000 {
            let mut random = Random::new(1, Purpose::START, number);
            let at = calendar.start_nanos(number, 5_000, &mut random);
            assert!(at >= before, "{number}");
            before = at;
            let second = at / SECOND_NANOS;
            assert!(
                (FIRST..FIRST + 30 * DAY_SECONDS).contains(&second),
                "{second}"
            );
            assert!((6..20).contains(&(second % DAY_SECONDS / HOUR_SECONDS)));
            if is_working_day(second / DAY_SECONDS) {
                working += 1;
            } else {
                free += 1;
            }
        }
        assert!(free > 0);
        assert!(working > 10 * free, "{working} {free}");
    }

    #[test]
    fn offices_rest_at_night_and_at_weekends() {
        let mut random = Random::new(1, Purpose(6), 0);
        let friday_noon = FIRST + 12 * HOUR_SECONDS;
        assert_eq!(in_working_hours(friday_noon, &mut random), friday_noon);
        let friday_night = FIRST + 22 * HOUR_SECONDS;
        let monday = in_working_hours(friday_night, &mut random);
        assert_eq!(monday / DAY_SECONDS, FIRST / DAY_SECONDS + 3);
        assert!((8..11).contains(&(monday % DAY_SECONDS / HOUR_SECONDS)));
    }
}
