//! Who reads, and what a reader is shown of a new series.
//!
//! `increase()` and `rate()` cannot see a counter that appears with a value. A new counter or histogram series is
//! therefore shown at 0 first, to each reader once, and with its value from that reader's next collect on. Whatever was
//! counted before, between or since is in that value: nothing is lost, it is only shown one scrape later.
//!
//! - The rule is the same for closed label sets, which exist before their first event.
//! - Readers are told apart by name, for example their address and `User-Agent`: a second Prometheus and a person with
//!   `curl` do not take the 0 from each other. Readers without a name, and those beyond [`READERS_MAX`], share one.
//! - A reader that comes for the first time is shown old series with their value: a 0 would look like a reset, and the
//!   next value like a burst. Old are those that some reader has seen with a value and that were there before it came.
//! - `hold` keeps a new series at 0 until that long after its first collect by anyone; for readers that share a name.
//! - Formats with creation times carry the time at which the series came to be, before all of this.
//! - Gauges are shown at once.

use secspan_otlp::time::UnixNanos;

/// How many readers are told apart.
pub const READERS_MAX: usize = 63;

/// One reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    bit: u8,
    /// Its first collect; for ever later where that is not known, so that what anyone has seen counts as old.
    since: UnixNanos,
}

impl Reader {
    /// Any reader without a name.
    pub const ANONYMOUS: Self = Self {
        bit: 0,
        since: UnixNanos(u64::MAX),
    };

    /// A reader that is always shown the value, and leaves no trace: for protocols that carry the time at which a series
    /// began, so that a new series needs no 0.
    pub const DIRECT: Self = Self {
        bit: u8::MAX,
        since: UnixNanos(u64::MAX),
    };

    fn mask(self) -> u64 {
        1 << self.bit
    }
}

/// The readers that have been here.
#[derive(Clone, Debug, Default)]
pub struct Readers(Vec<(Box<str>, Reader)>);

impl Readers {
    /// No reader yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The reader of this name, who collects at `now`.
    pub fn reader(&mut self, name: &str, now: UnixNanos) -> Reader {
        if let Some((_, reader)) = self.0.iter().find(|(known, _)| **known == *name) {
            return *reader;
        }
        match u8::try_from(self.0.len() + 1) {
            Ok(bit) if self.0.len() < READERS_MAX => {
                let reader = Reader { bit, since: now };
                self.0.push((name.into(), reader));
                reader
            }
            _ => Reader::ANONYMOUS,
        }
    }
}

/// How far a series has come on its way to the readers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The readers that have been shown something.
    readers: u64,
    /// The first collect by anyone.
    first: UnixNanos,
    /// Whether anyone has been shown the value.
    full: bool,
}

impl Shown {
    /// Shown with its value before, for a series that comes back after a restart.
    pub(crate) fn full() -> Self {
        Self {
            full: true,
            ..Self::default()
        }
    }

    pub(crate) fn is_full(self) -> bool {
        self.full
    }

    /// Whether this collect shows the value; otherwise it shows 0.
    pub(crate) fn step(
        &mut self,
        reader: Reader,
        created: UnixNanos,
        now: UnixNanos,
        hold_nanos: u64,
    ) -> bool {
        if reader == Reader::DIRECT {
            return true;
        }
        let again = self.readers & reader.mask() != 0;
        let old = self.full && created <= reader.since;
        if self.first == UnixNanos(0) {
            self.first = now;
        }
        self.readers |= reader.mask();
        let value = old || (again && now.since(self.first) >= hold_nanos);
        self.full |= value;
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each of several collects by named readers shows of a series created at 100.
    fn shown(collects: &[(&str, u64)], hold_nanos: u64) -> Vec<bool> {
        let mut readers = Readers::new();
        readers.reader("early", UnixNanos(1));
        readers.reader("other", UnixNanos(2));
        let mut shown = Shown::default();
        let mut step = |(name, now): &(&str, u64)| {
            let reader = readers.reader(name, UnixNanos(*now));
            shown.step(reader, UnixNanos(100), UnixNanos(*now), hold_nanos)
        };
        collects.iter().map(&mut step).collect()
    }

    #[test]
    fn each_reader_is_shown_zero_once() {
        let collects = [
            ("early", 110),
            ("other", 111),
            ("early", 120),
            ("other", 121),
            ("early", 130),
        ];
        assert_eq!(shown(&collects, 0), [false, false, true, true, true]);
    }

    #[test]
    fn a_reader_that_comes_later_is_shown_old_series_with_their_value() {
        assert_eq!(
            shown(
                &[("early", 110), ("early", 120), ("new", 130), ("new", 140)],
                0
            ),
            [false, true, true, true]
        );
        assert_eq!(
            shown(&[("early", 110), ("new", 115), ("new", 125)], 0),
            [false, false, true],
            "not old yet"
        );
    }

    #[test]
    fn a_hold_counts_from_the_first_collect_by_anyone() {
        let collects = [
            ("early", 110),
            ("early", 150),
            ("other", 160),
            ("early", 209),
            ("early", 210),
            ("other", 211),
        ];
        assert_eq!(
            shown(&collects, 100),
            [false, false, false, false, true, true]
        );
    }

    #[test]
    fn readers_beyond_the_limit_share_one() {
        let mut readers = Readers::new();
        let named: Vec<Reader> = (0..READERS_MAX)
            .map(|at| readers.reader(&at.to_string(), UnixNanos(1)))
            .collect();
        assert_eq!(
            named
                .iter()
                .map(|reader| reader.mask())
                .fold(1, |all, one| all | one),
            u64::MAX
        );
        assert_eq!(readers.reader("one more", UnixNanos(1)), Reader::ANONYMOUS);
        assert_eq!(readers.reader("0", UnixNanos(9)), named[0]);
    }
}
