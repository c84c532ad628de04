//! Which keys come more than once among any number of records, in bounded memory.
//!
//! Every key becomes one number. Numbers are kept sorted in runs, in temporary files when they are many, and merged: one
//! that comes twice is a suspect. Two keys may share a number, so a suspect proves nothing; the next pass looks at the
//! keys themselves.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, HashSet};
use std::fs::File;
use std::hash::BuildHasher;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use secspan_records::record::Key;

/// The number of a record, whichever correction of it this is.
pub(super) fn number_of(key: &Key) -> u64 {
    let state = foldhash::quality::FixedState::default();
    match key {
        Key::Workflow { kind, identity, .. } => {
            state.hash_one((kind, identity.trace.0, identity.span.0))
        }
        Key::Event {
            kind,
            ticket,
            at_micros,
        } => state.hash_one((kind, ticket, at_micros)),
    }
}

/// The numbers that one thread saw.
#[derive(Debug)]
pub(super) struct Numbers {
    values: Vec<u64>,
    max: usize,
    runs: Vec<File>,
}

impl Numbers {
    /// Room for `max` numbers in memory. All of it is asked for at once: what is not written to is not resident, and a
    /// vector that grows leaves its smaller selves behind.
    pub(super) fn new(max: usize) -> Self {
        let max = max.max(1);
        Self {
            values: Vec::with_capacity(max),
            max,
            runs: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, number: u64) -> io::Result<()> {
        if self.values.len() >= self.max {
            self.spill()?;
        }
        self.values.push(number);
        Ok(())
    }

    /// Sorts what is in memory, so that all threads do so at the same time.
    pub(super) fn finish(&mut self) {
        self.values.sort_unstable();
    }

    fn spill(&mut self) -> io::Result<()> {
        self.values.sort_unstable();
        let mut run = BufWriter::new(tempfile::tempfile()?);
        for value in self.values.drain(..) {
            run.write_all(&value.to_le_bytes())?;
        }
        self.runs
            .push(run.into_inner().map_err(io::IntoInnerError::into_error)?);
        Ok(())
    }
}

/// The numbers of all threads in order.
#[derive(Debug)]
pub(super) struct Repeated {
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<(u64, usize)>>,
    last: Option<u64>,
}

#[derive(Debug)]
enum Run {
    Memory(std::vec::IntoIter<u64>),
    File(BufReader<File>),
}

/// Suspects between two numbers.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    /// The first number that belongs here.
    pub(super) from: u64,
    /// The last number that belongs here.
    pub(super) to: u64,
    /// Those that came more than once.
    pub(super) numbers: HashSet<u64, foldhash::fast::FixedState>,
}

impl Suspects {
    /// Whether no number at all came again.
    pub(super) fn are_none_at_all(&self) -> bool {
        self.from == 0 && self.to == u64::MAX && self.numbers.is_empty()
    }
}

impl Repeated {
    /// From the numbers of every thread; each must be finished.
    pub(super) fn new(all: Vec<Numbers>) -> io::Result<Self> {
        let mut runs = Vec::new();
        for numbers in all {
            for mut file in numbers.runs {
                file.rewind()?;
                runs.push(Run::File(BufReader::new(file)));
            }
            runs.push(Run::Memory(numbers.values.into_iter()));
        }
        let mut heads = BinaryHeap::new();
        for (at, run) in runs.iter_mut().enumerate() {
            if let Some(value) = run.next()? {
                heads.push(Reverse((value, at)));
            }
        }
        let last = None;
        Ok(Self { runs, heads, last })
    }

    /// The next suspects, up to `max` of them, with the range of numbers that they stand for; `None` when all numbers
    /// were in a range. The ranges follow each other without a gap; the last one ends with the greatest number.
    pub(super) fn next(&mut self, max: usize) -> io::Result<Option<Suspects>> {
        let from = match self.last {
            None => 0,
            Some(u64::MAX) => return Ok(None),
            Some(last) => last + 1,
        };
        let mut suspects = Suspects {
            from,
            to: u64::MAX,
            ..Suspects::default()
        };
        let mut before = None;
        while let Some(value) = self.pop()? {
            if before == Some(value) {
                suspects.numbers.insert(value);
            } else if suspects.numbers.len() >= max {
                // This number opens the next range.
                suspects.to = value - 1;
                self.unread(value);
                break;
            }
            before = Some(value);
        }
        self.last = Some(suspects.to);
        Ok(Some(suspects))
    }

    fn pop(&mut self) -> io::Result<Option<u64>> {
        let Some(mut head) = self.heads.peek_mut() else {
            return Ok(None);
        };
        let Reverse((value, at)) = *head;
        match self.runs.get_mut(at).map_or(Ok(None), Run::next)? {
            Some(next) => *head = Reverse((next, at)),
            None => drop(PeekMut::pop(head)),
        }
        Ok(Some(value))
    }

    fn unread(&mut self, value: u64) {
        self.heads.push(Reverse((value, self.runs.len())));
    }
}

impl Run {
    fn next(&mut self) -> io::Result<Option<u64>> {
        match self {
            Self::Memory(values) => Ok(values.next()),
            Self::File(file) => {
                let mut bytes = [0; 8];
                match file.read_exact(&mut bytes) {
                    Ok(()) => Ok(Some(u64::from_le_bytes(bytes))),
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every range with its suspects, for numbers that are shared out among threads with little memory.
    fn ranges(all: &[Vec<u64>], memory: usize, max: usize) -> Vec<(u64, u64, Vec<u64>)> {
        let threads = all.iter().map(|values| {
            let mut numbers = Numbers::new(memory);
            for value in values {
                numbers.add(*value).unwrap();
            }
            numbers.finish();
            numbers
        });
        let mut repeated = Repeated::new(threads.collect()).unwrap();
        let mut ranges = Vec::new();
        while let Some(suspects) = repeated.next(max).unwrap() {
            let mut numbers: Vec<u64> = suspects.numbers.into_iter().collect();
            numbers.sort_unstable();
            ranges.push((suspects.from, suspects.to, numbers));
        }
        ranges
    }

    proptest! {
        #[test]
        fn suspects_are_the_numbers_that_come_again(
            all in prop::collection::vec(prop::collection::vec(0..40_u64, 0..60), 1..4),
            memory in 1..20_usize, max in 1..5_usize
        ) {
            let mut sorted = all.concat();
            sorted.sort_unstable();
            let expected: Vec<u64> = sorted
                .chunk_by(|a, b| a == b)
                .filter(|same| same.len() > 1)
                .map(|same| same[0])
                .collect();
            let ranges = ranges(&all, memory, max);
            let found: Vec<u64> = ranges.iter().flat_map(|(_, _, numbers)| numbers.clone()).collect();
            prop_assert_eq!(found, expected);
            let mut next = Some(0);
            for (from, to, numbers) in &ranges {
                prop_assert_eq!(Some(*from), next);
                prop_assert!(numbers.len() <= max);
                prop_assert!(numbers.iter().all(|number| (from..=to).contains(&number)));
                next = to.checked_add(1);
            }
            prop_assert_eq!(next, None);
        }
    }
}
