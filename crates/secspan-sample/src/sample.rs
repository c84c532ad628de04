//! What a sample is: a system's description of it, its settings, and what happens in it.

use std::fmt;

use secspan_records::record::Record;
use secspan_records::spans::Span;
use secspan_records::timestamp::Timestamp;

use crate::calendar::{DAY_SECONDS, SECOND_NANOS};

/// Most pieces of work in a sample: with all that follows from them they fill some 20 GB.
pub const RECORDS_MAX: u64 = 10_000_000;

/// Most days of a sample.
pub const DAYS_MAX: u32 = 3660;

/// The sample of a system, as the inventory lists it.
#[derive(Clone, Copy, Debug)]
pub struct SampleDef {
    /// What it makes up, in a few words: the work that [`Settings::records`] counts, and what follows from it.
    pub about: &'static str,
    /// The files beside those of records that it writes lines for.
    pub logs: &'static [&'static str],
    /// Makes it up.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub new: fn(Settings) -> Result<Box<dyn Sample>, SettingsError>,
}

/// A made-up world.
pub trait Sample: fmt::Debug + Send + Sync {
    /// Everything that happens in it, in the order in which it is over.
    fn moments(&self) -> Box<dyn Iterator<Item = Box<dyn Moment>> + '_>;
}

/// Something that happened.
pub trait Moment: Send {
    /// What it becomes in a file.
    fn content(&self) -> Option<Content>;

    /// The spans that a collector turns into the same record; the first one is the parent of the others. None for what no
    /// application would say.
    fn spans(&self) -> Vec<Span>;

    /// Whether it is one of the pieces of work that [`Settings::records`] counts.
    fn is_work(&self) -> bool;
}

/// What becomes of a moment in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A record.
    Record(Record<'static>),
    /// A line of a log with pipes.
    Line {
        /// The file.
        log: &'static str,
        /// The fields, not yet escaped.
        fields: [String; 5],
    },
}

/// What the sample is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Seed of all chance.
    pub seed: u64,
    /// How many pieces of work, 1 to [`RECORDS_MAX`]; other facts follow from them.
    pub records: u64,
    /// How many days, 1 to [`DAYS_MAX`].
    pub days: u32,
    /// The last day, as any moment of it.
    pub until: Timestamp,
    /// Whether what is open in the end has a record, as in the export of another system. No span says so.
    pub open: bool,
}

/// Why there is no such sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Too few or too many pieces of work.
    #[error("{0} records cannot be made; allowed are 1 to {RECORDS_MAX}")]
    Records(u64),
    /// Too few or too many days.
    #[error("{0} days are no span for a sample; allowed are 1 to {DAYS_MAX}")]
    Days(u32),
    /// The first day would lie too early.
    #[error("{0} days before the last day is before 1971")]
    TooEarly(u32),
}

impl Settings {
    /// The first second of the first day, and the midnight after the last one in nanoseconds, both since 1970.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn bounds(&self) -> Result<(u64, u64), SettingsError> {
        if !(1..=RECORDS_MAX).contains(&self.records) {
            return Err(SettingsError::Records(self.records));
        }
        if !(1..=DAYS_MAX).contains(&self.days) {
            return Err(SettingsError::Days(self.days));
        }
        let until = u64::try_from(self.until.unix_seconds()).unwrap_or(0);
        let end = (until / DAY_SECONDS + 1) * DAY_SECONDS;
        let first = end
            .checked_sub(u64::from(self.days) * DAY_SECONDS)
            .filter(|first| *first > 365 * DAY_SECONDS)
            .ok_or(SettingsError::TooEarly(self.days))?;
        Ok((first, end * SECOND_NANOS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_out_of_range_are_refused() {
        let settings = |records, days, until: &str| Settings {
            seed: 1,
            records,
            days,
            until: Timestamp::parse(until).unwrap(),
            open: false,
        };
        let refused = |records, days| {
            let settings = settings(records, days, "2025-12-31T00:00:00Z");
            settings.bounds().unwrap_err()
        };
        assert_eq!(refused(0, 90), SettingsError::Records(0));
        assert_eq!(
            refused(RECORDS_MAX + 1, 90),
            SettingsError::Records(RECORDS_MAX + 1)
        );
        assert_eq!(refused(1, 0), SettingsError::Days(0));
        assert_eq!(refused(1, DAYS_MAX + 1), SettingsError::Days(DAYS_MAX + 1));
        let early = settings(1, 365, "1971-06-01T00:00:00Z");
        assert_eq!(early.bounds(), Err(SettingsError::TooEarly(365)));
    }
}
