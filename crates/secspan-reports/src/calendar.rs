//! UTC days and ISO weeks as small numbers: a record's day and week cost two divisions, names are made at the end.
//!
//! A week is named by its ISO year, so that 2024-12-30 lies in `2025-W01`; the calendar year would give `2024-W01` and put
//! it a year too early.

use jiff::civil;
use secspan_records::timestamp::{Date, Timestamp};

use crate::document::Note;
use crate::statistics::Merge;

const SECONDS_PER_DAY: i64 = 86_400;

/// A UTC day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// An ISO week, Monday to Sunday in UTC, counted from the week of 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(i32);

/// 1970-01-01 was a Thursday, so this many days of its week lie before it.
const DAYS_BEFORE_EPOCH: i32 = 3;

impl Day {
    /// The day in which `at` lies.
    pub fn of(at: Timestamp) -> Self {
        Self(i32::try_from(at.unix_seconds() / SECONDS_PER_DAY).unwrap_or(i32::MAX))
    }

    /// The week of the day.
    pub fn week(self) -> Week {
        Week((self.0 + DAYS_BEFORE_EPOCH).div_euclid(7))
    }

    /// How many days lie from this day to `last`, both included.
    pub fn days_to(self, last: Self) -> u64 {
        u64::try_from(last.0 - self.0 + 1).unwrap_or(0)
    }

    fn date(self) -> Option<civil::Date> {
        let days = jiff::Span::new().try_days(self.0).ok()?;
        civil::date(1970, 1, 1).checked_add(days).ok()
    }
}

impl Week {
    /// Monday.
    pub fn first_day(self) -> Day {
        Day(self.0 * 7 - DAYS_BEFORE_EPOCH)
    }

    /// Sunday.
    pub fn last_day(self) -> Day {
        Day(self.0 * 7 - DAYS_BEFORE_EPOCH + 6)
    }

    /// The week before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// How many weeks lie from this week to `last`, both included.
    pub fn weeks_to(self, last: Self) -> u64 {
        u64::try_from(last.0 - self.0 + 1).unwrap_or(0)
    }

    /// The weeks from this one to `last`.
    pub fn until(self, last: Self) -> impl Iterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }

    /// ISO year and week: `2025-W49`.
    pub fn name(self) -> String {
        let Some(monday) = self.first_day().date() else {
            return String::new();
        };
        let week = monday.iso_week_date();
        format!("{:04}-W{:02}", week.year(), week.week())
    }
}

/// Reads a time such as 2025-12-03T09:41:07Z, or a date, which means its end.
///
/// # Errors
/// When it is neither; the error says how to write it.
pub fn time_or_end(text: &str) -> Result<Timestamp, String> {
    let end = Date::parse(text).map(|date| format!("{date}T23:59:59Z"));
    Timestamp::parse(end.as_deref().unwrap_or(text))
        .map_err(|_| "write a time as 2025-12-03T09:41:07Z, or a date as 2025-12-03".to_owned())
}

/// A value for each day or week in which something happened. Records mostly come in the order of time, so the entry that
/// was used last is tried first.
#[derive(Clone, Debug)]
pub struct Timeline<K, T> {
    entries: Vec<(K, T)>,
    places: hashbrown::HashMap<K, usize, foldhash::fast::RandomState>,
    last: usize,
}

impl<K, T> Default for Timeline<K, T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            places: hashbrown::HashMap::default(),
            last: 0,
        }
    }
}

impl<K: Copy + Ord + std::hash::Hash, T: Default> Timeline<K, T> {
    /// Changes the value at `key`.
    #[inline]
    pub fn at(&mut self, key: K, change: impl FnOnce(&mut T)) {
        if self.entries.get(self.last).is_none_or(|(k, _)| *k != key) {
            self.last = self.place(key);
        }
        if let Some((_, value)) = self.entries.get_mut(self.last) {
            change(value);
        }
    }

    fn place(&mut self, key: K) -> usize {
        let next = self.entries.len();
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.entries.push((key, T::default()));
        }
        place
    }

    /// The entries in order of time.
    pub fn into_sorted(self) -> Vec<(K, T)> {
        let mut entries = self.entries;
        entries.sort_unstable_by_key(|(key, _)| *key);
        entries
    }

    /// The values, in no order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|(_, value)| value)
    }
}

impl<K: Copy + Ord + std::hash::Hash, T: Default + Merge> Merge for Timeline<K, T> {
    fn merge(&mut self, other: Self) {
        for (key, theirs) in other.entries {
            self.at(key, |mine| mine.merge(theirs));
        }
    }
}

/// More weeks than this, ten years, are not shown one by one.
const WEEKS_MAX: usize = 522;

/// The weeks of a report in order, those without records included: nothing happened in them, so their counts are 0 as
/// those of a day without records are, and what is computed from values is missing.
#[derive(Debug)]
pub struct Weeks<T> {
    /// The weeks.
    pub weeks: Vec<(Week, T)>,
    /// What is not shown, when something is not.
    pub note: Option<Note>,
}

impl<T: Default> Weeks<T> {
    /// From the weeks that have data, in order.
    pub fn with_gaps(entries: Vec<(Week, T)>) -> Self {
        let ends = entries.first().zip(entries.last());
        let Some((first, last)) = ends.map(|(first, last)| (first.0, last.0)) else {
            return Self {
                weeks: Vec::new(),
                note: None,
            };
        };
        if first.weeks_to(last) > WEEKS_MAX as u64 {
            let left_out = entries.len().saturating_sub(WEEKS_MAX);
            let shown = entries.into_iter().skip(left_out);
            return Self {
                weeks: shown.collect(),
                note: Some(too_many(left_out)),
            };
        }
        let mut entries = entries.into_iter().peekable();
        let weeks = first.until(last).map(|week| {
            let entry = entries.next_if(|(next, _)| *next == week);
            (week, entry.map(|(_, value)| value).unwrap_or_default())
        });
        Self {
            weeks: weeks.collect(),
            note: None,
        }
    }

    /// The names of the weeks.
    pub fn names(&self) -> Vec<String> {
        self.weeks.iter().map(|(week, _)| week.name()).collect()
    }

    /// A value for each week, for a chart.
    pub fn series(&self, value: impl Fn(&T) -> Option<f64>) -> Vec<Option<f64>> {
        self.weeks.iter().map(|(_, entry)| value(entry)).collect()
    }

    /// Each week, and the week right before it.
    pub fn with_previous(&self) -> impl Iterator<Item = (Week, &T, Option<&T>)> {
        let before = std::iter::once(None).chain(self.weeks.iter().map(Some));
        self.weeks
            .iter()
            .zip(before)
            .map(|((week, entry), before)| {
                let previous = before
                    .filter(|(previous, _)| *previous == week.previous())
                    .map(|(_, entry)| entry);
                (*week, entry, previous)
            })
    }
}

/// What is not shown of a long time.
fn too_many(left_out: usize) -> Note {
    let first = match left_out {
        0 => String::new(),
        weeks => format!(", and the first {weeks} are left out"),
    };
    Note::info(format!(
        "The records span more than {WEEKS_MAX} weeks: weeks without records are not shown{first}."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_without_records_has_nothing_in_it() {
        let weeks = Weeks::with_gaps(vec![(Week(7), 1), (Week(9), 2), (Week(10), 3)]);
        let seen: Vec<_> = weeks
            .with_previous()
            .map(|(week, now, before)| (week.0, *now, before.copied()))
            .collect();
        let expected = [
            (7, 1, None),
            (8, 0, Some(1)),
            (9, 2, Some(0)),
            (10, 3, Some(2)),
        ];
        assert_eq!(seen, expected);
        assert!(weeks.note.is_none());
        let far = Weeks::with_gaps(vec![(Week(0), 1), (Week(2800), 2)]);
        assert_eq!(far.weeks, [(Week(0), 1), (Week(2800), 2)]);
        assert!(far.note.is_some());
        assert!(far.with_previous().all(|(_, _, before)| before.is_none()));
    }

    fn day(text: &str) -> Day {
        Day::of(Timestamp::parse(&format!("{text}T23:59:59Z")).unwrap())
    }

    #[test]
    fn weeks_carry_the_iso_year() {
        for (date, week) in [
            ("1970-01-01", "1970-W01"),
            ("1970-01-04", "1970-W01"),
            ("1970-01-05", "1970-W02"),
            ("2024-12-29", "2024-W52"),
            ("2024-12-30", "2025-W01"),
            ("2027-01-03", "2026-W53"),
            ("2025-12-03", "2025-W49"),
            ("9999-12-26", "9999-W51"),
        ] {
            assert_eq!(day(date).week().name(), week, "{date}");
            assert_eq!(name(day(date)), date);
        }
    }

    fn name(day: Day) -> String {
        day.date().unwrap().to_string()
    }

    #[test]
    fn a_week_lasts_from_monday_to_sunday() {
        let week = day("2025-12-03").week();
        assert_eq!(name(week.first_day()), "2025-12-01");
        assert_eq!(name(week.last_day()), "2025-12-07");
        assert_eq!(name(week.previous().last_day()), "2025-11-30");
        assert_eq!(week.first_day().days_to(week.last_day()), 7);
        assert_eq!(week.until(week).collect::<Vec<_>>(), [week]);
    }

    #[test]
    fn a_timeline_is_sorted_whatever_came_first() {
        let mut timeline: Timeline<Day, u64> = Timeline::default();
        for at in [3, 1, 3, 2, 1, 3] {
            timeline.at(Day(at), |count| *count += 1);
        }
        assert_eq!(
            timeline.into_sorted(),
            [(Day(1), 2), (Day(2), 1), (Day(3), 3)]
        );
    }
}
