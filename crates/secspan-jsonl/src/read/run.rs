//! Who reads which block: threads take the next block of the next source until none is left.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use secspan_records::entry::Entry;
use secspan_records::file::Format;

use super::blocks::{Buffer, Stream};
use super::error::ReadError;
use super::lines::{self, Place};
use super::open::{Inputs, Opened};
use super::rows::Table;
use super::{Limits, Progress, Settings};

/// What is done with the lines of one pass over all sources.
pub(super) trait Pass: Sync {
    /// What one thread keeps.
    type Kept: Send;

    /// For a thread that starts.
    fn begin(&self) -> Self::Kept;

    /// A line: a record, or the reason why it is none.
    fn take(
        &self,
        kept: &mut Self::Kept,
        place: Place,
        judged: Result<Entry<'_>, String>,
    ) -> Result<(), ReadError>;

    /// The rest of a source from this place on cannot be read, for this reason.
    fn unreadable(&self, _kept: &mut Self::Kept, _place: Place, _reason: String) {}

    /// A block was read to its end and had this many lines.
    fn block_read(&self, _kept: &mut Self::Kept, _block: Place, _lines: u32) {}

    /// For a thread that has nothing more to do.
    fn end(&self, _kept: &mut Self::Kept) {}
}

/// Reads all sources, as often as necessary.
pub(super) struct Reader<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) settings: Settings,
    pub(super) limits: Limits,
    progress: &'a (dyn Fn(Progress) + Sync),
}

/// What a thread does next.
enum Work {
    /// The lines that start between two places in a file.
    Block {
        place: Place,
        opened: Arc<Opened>,
        from: u64,
        to: u64,
    },
    /// All lines of a source that has to be read from its start.
    Whole { source: u32, opened: Arc<Opened> },
    /// Nothing but to note that a source cannot be opened.
    Unreadable { source: u32, error: io::Error },
}

/// What was given out so far.
#[derive(Default)]
struct Next {
    source: usize,
    block: u32,
    opened: Option<Arc<Opened>>,
}

/// One pass under way.
struct Round<'a, P> {
    reader: &'a Reader<'a>,
    pass: &'a P,
    number: u32,
    next: Mutex<Next>,
    stopped: AtomicBool,
    done: AtomicU64,
    total: u64,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        inputs: &'a Inputs,
        settings: Settings,
        limits: Limits,
        progress: &'a (dyn Fn(Progress) + Sync),
    ) -> Self {
        Self {
            inputs,
            settings,
            limits,
            progress,
        }
    }

    /// A source, as the user named it.
    pub(super) fn name_of(&self, source: u32) -> &str {
        let input = self.inputs.get(source as usize);
        input.map_or("", |input| &input.source.name)
    }

    /// One pass over all sources; what each thread kept.
    pub(super) fn run<P: Pass>(&self, pass: &P, number: u32) -> Result<Vec<P::Kept>, ReadError> {
        let round = Round {
            reader: self,
            pass,
            number,
            next: Mutex::default(),
            stopped: AtomicBool::new(false),
            done: AtomicU64::new(0),
            total: self.inputs.iter().map(|input| input.bytes).sum(),
        };
        thread::scope(|scope| {
            let others: Vec<_> = (1..self.settings.threads.get())
                .map(|_| scope.spawn(|| round.work()))
                .collect();
            let mut kept = vec![round.work()];
            for other in others {
                match other.join() {
                    Ok(result) => kept.push(result),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            kept.into_iter().collect()
        })
    }
}

impl<P: Pass> Round<'_, P> {
    /// What one thread does.
    fn work(&self) -> Result<P::Kept, ReadError> {
        let mut kept = self.pass.begin();
        let mut buffer = Buffer::default();
        while let Some(work) = self.next()? {
            let result = match work {
                Work::Block {
                    place,
                    opened,
                    from,
                    to,
                } => self
                    .block(&opened, place, from..to, &mut buffer, &mut kept)
                    .map(|()| to - from),
                Work::Whole { source, opened } => self
                    .whole(&opened, source, &mut kept)
                    .map(|()| opened.length),
                Work::Unreadable { source, error } => {
                    let place = Place {
                        source,
                        ..Place::default()
                    };
                    self.lost(&mut kept, place, &error, None);
                    Ok(0)
                }
            };
            match result {
                Ok(bytes) => self.went_on(bytes),
                Err(error) => {
                    self.stop();
                    return Err(error);
                }
            }
        }
        self.pass.end(&mut kept);
        Ok(kept)
    }

    /// The others stop at their next block.
    fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn went_on(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        (self.reader.progress)(Progress {
            done: done.min(self.total),
            total: self.total,
            pass: self.number,
        });
    }

    fn next(&self) -> Result<Option<Work>, ReadError> {
        let block_bytes = self.reader.limits.block_bytes;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.stopped.load(Ordering::Relaxed) {
            let Some(input) = self.reader.inputs.get(next.source) else {
                return Ok(None);
            };
            let opened = if let Some(opened) = &next.opened {
                Arc::clone(opened)
            } else {
                match input.open() {
                    Ok(opened) => Arc::clone(next.opened.insert(Arc::new(opened))),
                    Err(ReadError::Io { source: error, .. }) => {
                        let source = number(next.source);
                        next.go_on();
                        return Ok(Some(Work::Unreadable { source, error }));
                    }
                    Err(error) => {
                        self.stop();
                        return Err(error);
                    }
                }
            };
            let source = number(next.source);
            if opened.compression.is_some() || opened.format == Format::Csv {
                next.go_on();
                return Ok(Some(Work::Whole { source, opened }));
            }
            let from = u64::from(next.block) * block_bytes;
            if from < opened.length {
                let place = Place {
                    source,
                    block: next.block,
                    line: 0,
                };
                next.block += 1;
                let to = opened.length.min(from + block_bytes);
                return Ok(Some(Work::Block {
                    place,
                    opened,
                    from,
                    to,
                }));
            }
            next.go_on();
        }
        Ok(None)
    }

    fn block(
        &self,
        opened: &Opened,
        place: Place,
        bytes: std::ops::Range<u64>,
        buffer: &mut Buffer,
        kept: &mut P::Kept,
    ) -> Result<(), ReadError> {
        let file: &File = &opened.file;
        match buffer.read(file, bytes.start, bytes.end) {
            Ok(block) => self.lines(block, opened, place, kept).map(drop),
            Err(error) => {
                self.lost(kept, place, &error, None);
                Ok(())
            }
        }
    }

    fn whole(&self, opened: &Opened, source: u32, kept: &mut P::Kept) -> Result<(), ReadError> {
        let mut place = Place {
            source,
            ..Place::default()
        };
        let block_bytes = self.reader.limits.block_bytes;
        let stream = match opened.stream() {
            Ok(stream) => stream,
            Err(error) => {
                self.lost(kept, place, &error, None);
                return Ok(());
            }
        };
        if opened.format == Format::Csv {
            let table = Table::new(self.reader.settings.reading, opened.kind.is_none());
            let stream = Stream::new(stream, block_bytes);
            let (line, broken) = table.each(stream, |line, judged| {
                self.pass.take(kept, Place { line, ..place }, judged)
            })?;
            self.pass.block_read(kept, place, line);
            if let Some(error) = broken {
                self.lost(kept, Place { line, ..place }, &error, Some(line.into()));
            }
            return Ok(());
        }
        let mut stream = Stream::new(stream, block_bytes);
        let mut lines = 0;
        loop {
            match stream.next() {
                Ok(Some(block)) => lines += u64::from(self.lines(block, opened, place, kept)?),
                Ok(None) => return Ok(()),
                Err(error) => {
                    self.lost(kept, place, &error, Some(lines));
                    return Ok(());
                }
            }
            place.block += 1;
        }
    }

    fn lines(
        &self,
        block: &[u8],
        opened: &Opened,
        place: Place,
        kept: &mut P::Kept,
    ) -> Result<u32, ReadError> {
        let reading = self.reader.settings.reading;
        let lines = lines::each(
            block,
            place.block == 0,
            opened.kind,
            reading,
            |line, judged| self.pass.take(kept, Place { line, ..place }, judged),
        )?;
        self.pass.block_read(kept, place, lines);
        Ok(lines)
    }

    /// Notes that a source cannot be read from `place` on. What the operating system did not say, the decoder of an
    /// archive did.
    fn lost(&self, kept: &mut P::Kept, place: Place, error: &io::Error, after: Option<u64>) {
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
            self.pass.block_read(kept, place, 0);
        }
        self.pass.unreadable(kept, place, reason);
    }
}

impl Next {
    /// To the next source.
    fn go_on(&mut self) {
        *self = Self {
            source: self.source + 1,
            ..Self::default()
        };
    }
}

fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
