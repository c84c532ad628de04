//! Opened sources: how long they are, whether they are compressed, whether they are rows or lines.
//!
//! What a file is, its first bytes say, not its name. Standard input and pipes are put into a temporary file first,
//! because a second look may be necessary. A file that grows is read up to where it ended when it was opened first.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use flate2::read::MultiGzDecoder;
use secspan_records::definition::RecordKind;
use secspan_records::file::Format;

use super::error::ReadError;
use super::sources::{Source, Sources};

/// How much of the start of a source is looked at, in bytes, to know what it is.
const START_BYTES: u64 = 4 << 10;

/// How much of a compressed file is read at a time, in bytes.
const ARCHIVE_STEP_BYTES: usize = 64 << 10;

const ZSTD_START: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const GZIP_START: &[u8] = &[0x1f, 0x8b];

/// Every source, ready to be opened as often as necessary.
#[derive(Debug)]
pub(super) struct Inputs {
    list: Vec<Input>,
}

/// One source.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) source: Source,
    /// What standard input or a pipe had to say.
    spooled: Option<Arc<File>>,
    /// What was opened first.
    first: OnceLock<Snapshot>,
    /// Bytes on the disk, for progress.
    pub(super) bytes: u64,
}

/// Which file it was and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Snapshot {
    file: (u64, u64),
    length: u64,
}

/// A source that is open.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: Arc<File>,
    /// Where it ended when it was opened first, in bytes.
    pub(super) length: u64,
    pub(super) compression: Option<Compression>,
    pub(super) format: Format,
    /// What is in it, where that is known.
    pub(super) kind: Option<RecordKind>,
    /// Whether its name promises rows.
    named_csv: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

impl Inputs {
    /// Looks at every source; empties standard input and pipes.
    pub(super) fn prepare(sources: &Sources) -> Result<Self, ReadError> {
        let list = sources
            .list()
            .iter()
            .map(Input::prepare)
            .collect::<Result<_, _>>()?;
        Ok(Self { list })
    }

    pub(super) fn get(&self, at: usize) -> Option<&Input> {
        self.list.get(at)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Input> {
        self.list.iter()
    }
}

impl Input {
    fn prepare(source: &Source) -> Result<Self, ReadError> {
        let spooled = match &source.path {
            None => Some(stdin_file().map_err(ReadError::io(&source.name))?),
            Some(path) => spooled_pipe(path)?,
        };
        let about = match (&spooled, &source.path) {
            (Some(file), _) => file.metadata(),
            (None, Some(path)) => std::fs::metadata(path),
            (None, None) => {
                return Err(ReadError::Changed {
                    name: source.name.clone(),
                });
            }
        };
        Ok(Self {
            bytes: about.map_err(ReadError::io(&source.name))?.len(),
            source: source.clone(),
            spooled: spooled.map(Arc::new),
            first: OnceLock::new(),
        })
    }

    /// The source, as it was when it was opened first.
    pub(super) fn open(&self) -> Result<Opened, ReadError> {
        let name = &self.source.name;
        let file = match (&self.spooled, &self.source.path) {
            (Some(file), _) => Arc::clone(file),
            (None, Some(path)) => Arc::new(File::open(path).map_err(ReadError::io(name))?),
            (None, None) => return Err(ReadError::Changed { name: name.clone() }),
        };
        let about = file.metadata().map_err(ReadError::io(name))?;
        let now = Snapshot {
            file: (about.dev(), about.ino()),
            length: about.len(),
        };
        let first = *self.first.get_or_init(|| now);
        if first.file != now.file || first.length > now.length {
            return Err(ReadError::Changed { name: name.clone() });
        }
        let mut opened = Opened {
            compression: compression(&file).map_err(ReadError::io(name))?,
            file,
            length: first.length,
            format: Format::JsonLines,
            kind: self.source.kind,
            named_csv: self.source.is_named_csv(),
        };
        opened.format = match opened.kind {
            Some(kind) => kind.file().format,
            None => opened.told_format().map_err(ReadError::io(name))?,
        };
        Ok(opened)
    }
}

impl Opened {
    /// The whole source from its start, decompressed.
    pub(super) fn stream(&self) -> io::Result<Box<dyn Read>> {
        let raw = FromStart {
            file: Arc::clone(&self.file),
            at: 0,
            end: self.length,
        };
        let raw = BufReader::with_capacity(ARCHIVE_STEP_BYTES, raw);
        Ok(match self.compression {
            None => Box::new(raw),
            Some(Compression::Gzip) => Box::new(MultiGzDecoder::new(raw)),
            Some(Compression::Zstd) => Box::new(zstd::Decoder::with_buffer(raw)?),
        })
    }

    /// Rows when the first line is a header of decisions, or when the name says so and it is no JSON; else lines. Damage
    /// is for those to find who read all of it.
    fn told_format(&self) -> io::Result<Format> {
        let mut start = Vec::new();
        drop(self.stream()?.take(START_BYTES).read_to_end(&mut start));
        let first = start
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let header = first.windows(9).any(|word| word == b"ticket_id");
        Ok(if !first.contains(&b'{') && (header || self.named_csv) {
            Format::Csv
        } else {
            Format::JsonLines
        })
    }
}

/// A file from its start, without moving a position that others share.
struct FromStart {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let read = self
            .file
            .read_at(buffer.get_mut(..wanted).unwrap_or_default(), self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

fn compression(file: &File) -> io::Result<Option<Compression>> {
    let mut start = [0; 4];
    let read = file.read_at(&mut start, 0)?;
    let start = start.get(..read).unwrap_or_default();
    Ok(if start.starts_with(ZSTD_START) {
        Some(Compression::Zstd)
    } else if start.starts_with(GZIP_START) {
        Some(Compression::Gzip)
    } else {
        None
    })
}

/// Standard input: itself where it is a file that was not read from yet, else a temporary file with what it said.
fn stdin_file() -> io::Result<File> {
    let stdin = io::stdin();
    let file = File::from(stdin.as_fd().try_clone_to_owned()?);
    let untouched = file.metadata()?.is_file() && io::Seek::stream_position(&mut &file)? == 0;
    if untouched { Ok(file) } else { spool(file) }
}

/// What a pipe had to say; `None` for a plain file.
fn spooled_pipe(path: &Path) -> Result<Option<File>, ReadError> {
    let about = std::fs::metadata(path).map_err(ReadError::at(path))?;
    if about.is_file() {
        return Ok(None);
    }
    let pipe = File::open(path).map_err(ReadError::at(path))?;
    spool(pipe).map(Some).map_err(ReadError::temporary)
}

fn spool(mut from: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut from, &mut file)?;
    Ok(file)
}
