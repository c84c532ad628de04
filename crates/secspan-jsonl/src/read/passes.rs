//! Each record once: threads read blocks of all sources, and note the key of every record; only where a key came more
//! than once is everything read a second time, without what was replaced.
//!
//! Of the records with the same key the highest correction counts, and among equal ones the last; so the answer depends
//! on what is in the files and on the order of the sources alone.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;

use secspan_records::record::Record;

use super::blocks::{Buffer, Stream};
use super::error::ReadError;
use super::keys::{Keys, Winners};
use super::lines::{self, LineRef};
use super::open::{Input, Shape};
use super::rows::Table;
use super::summary::Tally;
use super::{Progress, Scan, Settings};

/// What is read, and what is done with it.
pub(super) struct Reader<'a, N, F, P> {
    pub(super) inputs: &'a [Input],
    pub(super) settings: Settings,
    /// How much is read at a time, in bytes.
    pub(super) block_bytes: u64,
    pub(super) new: N,
    pub(super) each: F,
    pub(super) progress: P,
}

/// What one thread knows.
struct Part<A> {
    accumulator: A,
    tally: Tally,
    keys: Keys,
}

/// One pass over all sources.
struct Pass<'a, N, F, P> {
    reader: &'a Reader<'a, N, F, P>,
    /// Where each block begins.
    blocks: &'a [LineRef],
    /// Which records count, in the second pass.
    winners: Option<&'a Winners>,
    next: AtomicUsize,
    stopped: AtomicBool,
    done: AtomicU64,
    total: u64,
}

impl<A, N, F, P> Reader<'_, N, F, P>
where
    A: Send,
    N: Fn() -> A + Sync,
    F: Fn(&mut A, &Record<'_>) + Sync,
    P: Fn(Progress) + Sync,
{
    pub(super) fn scan(&self) -> Result<Scan<A>, ReadError> {
        let blocks = self.blocks();
        let mut parts = self.pass(&blocks, None)?;
        let keys: Vec<Keys> = parts
            .iter_mut()
            .map(|part| std::mem::take(&mut part.keys))
            .collect();
        let winners = Winners::of(&keys);
        drop(keys);
        if !winners.is_empty() {
            drop(parts);
            parts = self.pass(&blocks, Some(&winners))?;
        }
        let (accumulators, tallies) = parts
            .into_iter()
            .map(|part| (part.accumulator, part.tally))
            .unzip();
        let names = self.inputs.iter().map(|input| input.source.name.clone());
        Ok(Scan {
            accumulators,
            summary: Tally::summary(tallies, names.collect(), self.settings.examples),
        })
    }

    /// Where each block begins. What can only be read from its start, or not at all, is one block.
    fn blocks(&self) -> Vec<LineRef> {
        let mut blocks = Vec::new();
        for (source, input) in (0..).zip(self.inputs) {
            let many = match &input.shape {
                Ok(shape) if !shape.is_one_piece() => shape.length.div_ceil(self.block_bytes),
                _ => 1,
            };
            let many = u32::try_from(many).unwrap_or(u32::MAX);
            blocks.extend((0..many).map(|block| LineRef {
                source,
                block,
                line: 0,
            }));
        }
        blocks
    }

    fn pass(
        &self,
        blocks: &[LineRef],
        winners: Option<&Winners>,
    ) -> Result<Vec<Part<A>>, ReadError> {
        let pass = Pass {
            reader: self,
            blocks,
            winners,
            next: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            done: AtomicU64::new(0),
            total: self.inputs.iter().map(Input::bytes).sum(),
        };
        thread::scope(|scope| {
            let others: Vec<_> = (1..self.settings.threads.get())
                .map(|_| scope.spawn(|| pass.work()))
                .collect();
            let mut parts = vec![pass.work()];
            for other in others {
                match other.join() {
                    Ok(part) => parts.push(part),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            parts.into_iter().collect()
        })
    }
}

impl<A, N, F, P> Pass<'_, N, F, P>
where
    N: Fn() -> A,
    F: Fn(&mut A, &Record<'_>),
    P: Fn(Progress),
{
    /// What one thread does: it takes the next block until none is left.
    fn work(&self) -> Result<Part<A>, ReadError> {
        let mut part = Part {
            accumulator: (self.reader.new)(),
            tally: Tally::new(self.reader.settings.examples),
            keys: Keys::default(),
        };
        let mut buffer = Buffer::default();
        let mut open: Option<(u32, File)> = None;
        while !self.stopped.load(Ordering::Relaxed)
            && let Some(place) = self.blocks.get(self.next.fetch_add(1, Ordering::Relaxed))
        {
            let read = self.block(*place, &mut open, &mut buffer, &mut part);
            if read.is_err() {
                self.stopped.store(true, Ordering::Relaxed);
            }
            self.went_on(read?);
        }
        Ok(part)
    }

    fn went_on(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        (self.reader.progress)(Progress {
            done: done.min(self.total),
            total: self.total,
            pass: if self.winners.is_none() { 1 } else { 2 },
        });
    }

    /// Reads one block; returns how many bytes on the disk that was.
    fn block(
        &self,
        place: LineRef,
        open: &mut Option<(u32, File)>,
        buffer: &mut Buffer,
        part: &mut Part<A>,
    ) -> Result<u64, ReadError> {
        let Some(input) = self.reader.inputs.get(place.source as usize) else {
            return Ok(0);
        };
        let shape = match &input.shape {
            Ok(shape) => shape,
            Err(error) => {
                part.tally.lost(place, error, None);
                return Ok(0);
            }
        };
        let file = match open {
            Some((source, file)) if *source == place.source => file,
            _ => match input.open(shape) {
                Ok(file) => &open.insert((place.source, file)).1,
                Err(ReadError::Io { source: error, .. }) => {
                    part.tally.lost(place, &error, None);
                    return Ok(0);
                }
                Err(error) => return Err(error),
            },
        };
        if shape.is_one_piece() {
            self.whole(input, shape, file, place, part);
            return Ok(shape.length);
        }
        let from = u64::from(place.block) * self.reader.block_bytes;
        let Range { start, end } = from..shape.length.min(from + self.reader.block_bytes);
        match buffer.read(file, start, end) {
            Ok(block) => drop(self.lines(input, block, place, part)),
            Err(error) => part.tally.lost(place, &error, None),
        }
        Ok(end - start)
    }

    /// Reads a source from its start to its end.
    fn whole(
        &self,
        input: &Input,
        shape: &Shape,
        file: &File,
        mut place: LineRef,
        part: &mut Part<A>,
    ) {
        let stream = match shape.stream(file) {
            Ok(stream) => stream,
            Err(error) => return part.tally.lost(place, &error, None),
        };
        let mut stream = Stream::new(stream, self.reader.block_bytes);
        if let Some(kind) = shape.table {
            let reading = self.reader.settings.reading;
            let table = Table::new(kind, reading, input.source.kind.is_none());
            let (line, broken) = table.each(stream, |line, judged| {
                self.take(LineRef { line, ..place }, judged, part);
            });
            part.tally.block_read(place, line);
            if let Some(error) = broken {
                part.tally
                    .lost(LineRef { line, ..place }, &error, Some(line.into()));
            }
            return;
        }
        let mut lines = 0;
        let broken: Option<io::Error> = loop {
            match stream.next() {
                Ok(Some(block)) => lines += u64::from(self.lines(input, block, place, part)),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
            place.block += 1;
        };
        if let Some(error) = broken {
            part.tally.lost(place, &error, Some(lines));
        }
    }

    /// Takes the lines of a block; returns how many there were.
    fn lines(&self, input: &Input, block: &[u8], place: LineRef, part: &mut Part<A>) -> u32 {
        let Settings { kinds, reading, .. } = self.reader.settings;
        let kind = input.source.kind;
        let at_start = place.block == 0;
        let lines = lines::each(block, at_start, kinds, kind, reading, |line, judged| {
            self.take(LineRef { line, ..place }, judged, part);
        });
        part.tally.block_read(place, lines);
        lines
    }

    /// Takes a line: a record, or the reason why it is none.
    fn take(&self, place: LineRef, judged: Result<Record<'_>, String>, part: &mut Part<A>) {
        let record = match judged {
            Ok(record) => record,
            Err(reason) => return part.tally.malformed(place, reason),
        };
        part.tally.records += 1;
        if let Some(key) = record.key() {
            match self.winners {
                None => part.keys.add(&key, place),
                Some(winners) if winners.is_replaced(&key, place) => {
                    part.tally.superseded += 1;
                    return;
                }
                Some(_) => {}
            }
        }
        (self.reader.each)(&mut part.accumulator, &record);
    }
}
