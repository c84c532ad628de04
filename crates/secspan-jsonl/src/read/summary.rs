//! What became of lines: counted by each thread, and put together with the numbers that people count lines by.

use std::collections::BTreeMap;
use std::io;

use super::lines::LineRef;
use super::{Malformed, Summary};

/// What became of lines, as one thread saw them.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) records: u64,
    pub(super) superseded: u64,
    malformed: u64,
    /// How many malformed lines are named.
    examples_max: usize,
    /// The first malformed lines of this thread, in the order of their places: threads take blocks in order.
    examples: Vec<(LineRef, String)>,
    /// From where on sources could not be read, and why.
    unreadable: Vec<(LineRef, String)>,
    /// How many lines each block has.
    lines: Vec<(LineRef, u32)>,
}

impl Tally {
    pub(super) fn new(examples_max: usize) -> Self {
        Self {
            records: 0,
            superseded: 0,
            malformed: 0,
            examples_max,
            examples: Vec::new(),
            unreadable: Vec::new(),
            lines: Vec::new(),
        }
    }

    pub(super) fn malformed(&mut self, place: LineRef, reason: String) {
        self.malformed += 1;
        if self.examples.len() < self.examples_max {
            self.examples.push((place, reason));
        }
    }

    /// Notes that a block was read to its end and had this many lines.
    pub(super) fn block_read(&mut self, block: LineRef, lines: u32) {
        self.lines.push((block, lines));
    }

    /// Notes that a source cannot be read from `place` on. What the operating system did not say, the decoder of an
    /// archive did.
    pub(super) fn lost(&mut self, place: LineRef, error: &io::Error, after: Option<u64>) {
        let what = if error.raw_os_error().is_none() {
            "the archive is damaged"
        } else {
            "cannot be read"
        };
        let reason = match after {
            Some(1) => format!("{what} after 1 line: {error}"),
            Some(lines) => format!("{what} after {lines} lines: {error}"),
            None => format!("{what}: {error}"),
        };
        if place.line == 0 {
            self.block_read(place, 0);
        }
        self.unreadable.push((place, reason));
    }

    /// What all threads saw.
    pub(super) fn summary(tallies: Vec<Self>, files: Vec<String>, examples_max: usize) -> Summary {
        let mut summary = Summary {
            files,
            ..Summary::default()
        };
        let mut examples = Vec::new();
        let mut unreadable = Vec::new();
        let mut lines = BTreeMap::new();
        for tally in tallies {
            summary.records += tally.records;
            summary.superseded += tally.superseded;
            summary.malformed += tally.malformed;
            examples.extend(tally.examples);
            unreadable.extend(tally.unreadable);
            lines.extend(tally.lines);
        }
        examples.sort_unstable();
        examples.truncate(examples_max);
        unreadable.sort_unstable();
        unreadable.dedup_by_key(|(place, _)| place.source);
        summary.malformed += unreadable.len() as u64;
        examples.extend(unreadable.iter().cloned());
        examples.sort_unstable();
        let before = lines_before(lines);
        let named = |(place, reason): (LineRef, String)| Malformed {
            file: summary
                .files
                .get(place.source as usize)
                .cloned()
                .unwrap_or_default(),
            line: before.get(&place.block_only()).unwrap_or(&0) + u64::from(place.line) + 1,
            reason,
        };
        let (examples, unreadable) = (
            examples.into_iter().map(named).collect(),
            unreadable.into_iter().map(named).collect(),
        );
        summary.malformed_examples = examples;
        summary.unreadable = unreadable;
        summary
    }
}

/// How many lines of its source are before each block.
fn lines_before(lines: BTreeMap<LineRef, u32>) -> BTreeMap<LineRef, u64> {
    let (mut source, mut sum) = (0, 0);
    let before = lines.into_iter().map(|(block, lines)| {
        if block.source != source {
            (source, sum) = (block.source, 0);
        }
        let before = sum;
        sum += u64::from(lines);
        (block, before)
    });
    before.collect()
}
