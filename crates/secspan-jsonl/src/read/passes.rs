//! Each record once: one pass where no record comes again, more where some do.
//!
//! Of the records with the same key the highest correction counts, and among equal ones the last; so the answer depends
//! on what is in the files and on the order of the sources alone.

use std::collections::{BTreeMap, HashMap};

use secspan_records::entry::Entry;
use secspan_records::record::Key;

use super::error::ReadError;
use super::lines::Place;
use super::repeated::{Numbers, Repeated, Suspects, number_of};
use super::run::{Pass, Reader};
use super::{Malformed, Scan, Summary};

/// What became of lines, as one thread saw them.
#[derive(Debug, Default)]
struct Tally {
    records: u64,
    superseded: u64,
    malformed: u64,
    /// The first malformed lines of this thread, in the order of their places: threads take blocks in order.
    examples: Vec<(Place, String)>,
    /// From where on sources could not be read, and why.
    unreadable: Vec<(Place, String)>,
    /// How many lines each block has.
    lines: Vec<(Place, u32)>,
}

/// The first pass: every record to an accumulator, and the number of its key noted.
struct Everything<'a, N, F> {
    new: &'a N,
    each: &'a F,
    examples: usize,
    numbers_max: usize,
}

/// The second pass: which of the records with the same key counts.
struct Choice<'a> {
    suspects: &'a Suspects,
}

/// The last pass: the records that count, as far as their numbers are in a range.
struct Chosen<'a, N, F> {
    new: &'a N,
    each: &'a F,
    examples: usize,
    suspects: &'a Suspects,
    choice: &'a HashMap<Key, (u32, Place)>,
}

pub(super) fn scan<A: Send>(
    reader: &Reader<'_>,
    new: &(impl Fn() -> A + Sync),
    each: &(impl Fn(&mut A, &Entry<'_>) + Sync),
) -> Result<Scan<A>, ReadError> {
    let examples = reader.settings.examples;
    let limits = reader.limits;
    let numbers_max = limits.numbers / reader.settings.threads;
    let everything = Everything {
        new,
        each,
        examples,
        numbers_max,
    };
    let mut numbers = Vec::new();
    let mut results = Vec::new();
    for (result, seen) in reader.run(&everything, 1)? {
        results.push(result);
        numbers.push(seen);
    }
    let mut repeated = Repeated::new(numbers).map_err(ReadError::temporary)?;
    let mut pass = 1;
    while let Some(suspects) = repeated
        .next(limits.suspects)
        .map_err(ReadError::temporary)?
    {
        if suspects.are_none_at_all() {
            break;
        }
        if suspects.from == 0 {
            results.clear();
        }
        let choice = Choice {
            suspects: &suspects,
        };
        let chosen = merged(reader.run(&choice, pass + 1)?);
        let last = Chosen {
            new,
            each,
            examples,
            suspects: &suspects,
            choice: &chosen,
        };
        results.extend(reader.run(&last, pass + 2)?);
        pass += 2;
    }
    let (accumulators, tallies) = results.into_iter().unzip();
    Ok(Scan {
        accumulators,
        summary: summary(reader, tallies),
    })
}

impl<A: Send, N: Fn() -> A + Sync, F: Fn(&mut A, &Entry<'_>) + Sync> Pass for Everything<'_, N, F> {
    type Kept = ((A, Tally), Numbers);

    fn begin(&self) -> Self::Kept {
        let result = ((self.new)(), Tally::default());
        (result, Numbers::new(self.numbers_max))
    }

    fn take(
        &self,
        ((accumulator, tally), numbers): &mut Self::Kept,
        place: Place,
        judged: Result<Entry<'_>, String>,
    ) -> Result<(), ReadError> {
        match judged {
            Err(reason) => tally.malformed(place, reason, self.examples),
            Ok(entry) => {
                if let Some(key) = entry.key() {
                    numbers.add(number_of(&key)).map_err(ReadError::temporary)?;
                }
                tally.records += 1;
                (self.each)(accumulator, &entry);
            }
        }
        Ok(())
    }

    fn unreadable(&self, ((_, tally), _): &mut Self::Kept, place: Place, reason: String) {
        tally.unreadable.push((place, reason));
    }

    fn block_read(&self, ((_, tally), _): &mut Self::Kept, block: Place, lines: u32) {
        tally.lines.push((block, lines));
    }

    fn end(&self, (_, numbers): &mut Self::Kept) {
        numbers.finish();
    }
}

impl Pass for Choice<'_> {
    type Kept = HashMap<Key, (u32, Place)>;

    fn begin(&self) -> Self::Kept {
        HashMap::new()
    }

    fn take(
        &self,
        kept: &mut Self::Kept,
        place: Place,
        judged: Result<Entry<'_>, String>,
    ) -> Result<(), ReadError> {
        let key = judged.ok().and_then(|entry| entry.key());
        if let Some(key) = key.filter(|key| self.suspects.numbers.contains(&number_of(key))) {
            let (key, amendment) = whichever(key);
            choose(kept, key, (amendment, place));
        }
        Ok(())
    }
}

impl<A: Send, N: Fn() -> A + Sync, F: Fn(&mut A, &Entry<'_>) + Sync> Pass for Chosen<'_, N, F> {
    type Kept = (A, Tally);

    fn begin(&self) -> Self::Kept {
        ((self.new)(), Tally::default())
    }

    fn take(
        &self,
        (accumulator, tally): &mut Self::Kept,
        place: Place,
        judged: Result<Entry<'_>, String>,
    ) -> Result<(), ReadError> {
        // What has no number belongs to the first range.
        let first = self.suspects.from == 0;
        let entry = match judged {
            Err(reason) => {
                if first {
                    tally.malformed(place, reason, self.examples);
                }
                return Ok(());
            }
            Ok(entry) => entry,
        };
        let (here, counts) = match entry.key() {
            None => (first, true),
            Some(key) => {
                let number = number_of(&key);
                let here = (self.suspects.from..=self.suspects.to).contains(&number);
                let suspect = here && self.suspects.numbers.contains(&number);
                (here, !suspect || self.is_chosen(key, place))
            }
        };
        if here {
            tally.records += 1;
            if counts {
                (self.each)(accumulator, &entry);
            } else {
                tally.superseded += 1;
            }
        }
        Ok(())
    }

    fn unreadable(&self, (_, tally): &mut Self::Kept, place: Place, reason: String) {
        if self.suspects.from == 0 {
            tally.unreadable.push((place, reason));
        }
    }

    fn block_read(&self, (_, tally): &mut Self::Kept, block: Place, lines: u32) {
        if self.suspects.from == 0 {
            tally.lines.push((block, lines));
        }
    }
}

impl<N, F> Chosen<'_, N, F> {
    fn is_chosen(&self, key: Key, place: Place) -> bool {
        let (key, amendment) = whichever(key);
        self.choice.get(&key) == Some(&(amendment, place))
    }
}

/// The key that all corrections of a record share, and which correction it is.
fn whichever(key: Key) -> (Key, u32) {
    match key {
        Key::Workflow {
            kind,
            identity,
            amendment,
        } => {
            let key = Key::Workflow {
                kind,
                identity,
                amendment: 0,
            };
            (key, amendment)
        }
        event @ Key::Event { .. } => (event, 0),
    }
}

fn choose(kept: &mut HashMap<Key, (u32, Place)>, key: Key, this: (u32, Place)) {
    let best = kept.entry(key).or_insert(this);
    *best = this.max(*best);
}

fn merged(all: Vec<HashMap<Key, (u32, Place)>>) -> HashMap<Key, (u32, Place)> {
    let mut all = all.into_iter();
    let mut kept = all.next().unwrap_or_default();
    for (key, this) in all.flatten() {
        choose(&mut kept, key, this);
    }
    kept
}

impl Tally {
    fn malformed(&mut self, place: Place, reason: String, examples: usize) {
        self.malformed += 1;
        if self.examples.len() < examples {
            self.examples.push((place, reason));
        }
    }
}

fn summary(reader: &Reader<'_>, tallies: Vec<Tally>) -> Summary {
    let names = reader.inputs.iter().map(|input| input.source.name.clone());
    let mut summary = Summary {
        files: names.collect(),
        ..Summary::default()
    };
    let mut examples = Vec::new();
    let mut unreadable = Vec::new();
    let mut lines = BTreeMap::new();
    for tally in tallies {
        summary.records += tally.records;
        summary.superseded += tally.superseded;
        summary.malformed += tally.malformed;
        summary.malformed += tally.unreadable.len() as u64;
        examples.extend(tally.examples);
        unreadable.extend(tally.unreadable);
        lines.extend(tally.lines);
    }
    examples.sort_unstable();
    examples.truncate(reader.settings.examples);
    unreadable.sort_unstable();
    examples.extend(unreadable.iter().cloned());
    examples.sort_unstable();
    let before = lines_before(lines);
    let named = |(place, reason): (Place, String)| Malformed {
        file: reader.name_of(place.source).to_owned(),
        line: before.get(&place.block_only()).unwrap_or(&0) + u64::from(place.line) + 1,
        reason,
    };
    summary.malformed_examples = examples.into_iter().map(named).collect();
    summary.unreadable = unreadable.into_iter().map(named).collect();
    summary
}

/// How many lines of its source are before each block.
fn lines_before(lines: BTreeMap<Place, u32>) -> BTreeMap<Place, u64> {
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
