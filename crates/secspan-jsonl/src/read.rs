//! Reading records back: files, folders, patterns and standard input, in parallel, each record once.
//!
//! ```text
//! Sources ─> blocks of whole lines ─> Record ─┬─> one accumulator for each thread
//!            (as many threads as cores)      └─> what is no record: counted, and the first named by place and reason
//! ```
//!
//! Files are read in blocks into buffers that are used again. A record that was corrected, or that stands there twice, is
//! found by its key, for which 28 bytes are kept in memory: a million records take some 30 MB, whatever they hold. Only when a
//! key comes again is everything read a second time, without what was replaced.
//!
//! Reading order: `read/sources.rs` (what is read), `read/passes.rs` (who reads which block), `read/lines.rs` (what a line
//! is), `read/keys.rs` (each record once), `read/summary.rs` (what became of lines).

mod blocks;
mod error;
mod keys;
mod lines;
mod open;
mod passes;
mod rows;
mod sources;
mod summary;

use std::num::NonZeroUsize;

use secspan_records::kind::Kind;
use secspan_records::origin::Reading;
use secspan_records::record::Record;

pub use error::ReadError;
pub use sources::Sources;

/// The longest line, in bytes, that is read; a longer one is malformed.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// The longest reason, in characters, that is given for a malformed line.
pub const REASON_CHARS_MAX: usize = 400;

/// How many malformed lines are named unless the caller wants more.
pub const EXAMPLES: usize = 10;

/// How sources are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The kinds that a line may be.
    pub kinds: &'static [&'static Kind],
    /// How lines are read.
    pub reading: Reading,
    /// How many threads read.
    pub threads: NonZeroUsize,
    /// How many malformed lines are named; all of them are counted.
    pub examples: usize,
}

impl Settings {
    /// Lines of these kinds, read with a thread for each core.
    pub fn of(kinds: &'static [&'static Kind]) -> Self {
        Self {
            kinds,
            reading: Reading::default(),
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            examples: EXAMPLES,
        }
    }
}

/// How much of a file is read at a time, in bytes: a block stays in a core's own cache while its lines are read.
const BLOCK_BYTES: u64 = 256 << 10;

/// How far reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read in this pass, as they stand on the disk.
    pub done: u64,
    /// Bytes to be read in this pass.
    pub total: u64,
    /// Which pass this is, 1 or 2; there is a second one only where records come again.
    pub pass: u32,
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Scan<A> {
    /// The accumulators, to be merged in any order.
    pub accumulators: Vec<A>,
    /// What was read and what was not.
    pub summary: Summary,
}

/// What was read and what was not; nothing is left out silently.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files, as the user named them, in the order in which they count.
    pub files: Vec<String>,
    /// Lines that are records, of every kind; the superseded ones are among them.
    pub records: u64,
    /// Records that were left out because a later correction replaced them, or because they stand there once more.
    pub superseded: u64,
    /// Lines that are no records, and files that could not be read to their end.
    pub malformed: u64,
    /// The first of them, and all that stand for what could not be read.
    pub malformed_examples: Vec<Malformed>,
    /// From where on a file could not be read, and why: a damaged archive, a file that may not be opened. Each counts as
    /// one malformed line.
    pub unreadable: Vec<Malformed>,
}

/// A line that is no record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Malformed {
    /// The file, as the user named it.
    pub file: String,
    /// Number of the line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads everything: `each` is given every record once, on one of several threads, with an accumulator that `new` made.
///
/// Which accumulator a record goes to is not defined; the summary does not depend on it. `progress` is called now and
/// then, from any thread.
///
/// # Errors
/// When a file changed meanwhile, or the program's own temporary files fail. Lines that are no records, damaged archives
/// and files that cannot be opened are no errors: the summary names them.
pub fn scan<A: Send>(
    sources: &Sources,
    settings: Settings,
    new: impl Fn() -> A + Sync,
    each: impl Fn(&mut A, &Record<'_>) + Sync,
    progress: impl Fn(Progress) + Sync,
) -> Result<Scan<A>, ReadError> {
    scan_by(BLOCK_BYTES, sources, settings, new, each, progress)
}

/// The same with blocks of another size.
fn scan_by<A: Send>(
    block_bytes: u64,
    sources: &Sources,
    settings: Settings,
    new: impl Fn() -> A + Sync,
    each: impl Fn(&mut A, &Record<'_>) + Sync,
    progress: impl Fn(Progress) + Sync,
) -> Result<Scan<A>, ReadError> {
    let reader = passes::Reader {
        inputs: &open::prepare(sources)?,
        settings,
        block_bytes,
        new,
        each,
        progress,
    };
    reader.scan()
}

#[cfg(test)]
mod tests;
