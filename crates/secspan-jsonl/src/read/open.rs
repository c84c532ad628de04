//! Sources, looked at: how long they are, whether they are compressed, whether they are rows or lines.
//!
//! What a file is, its first bytes say, not its name. Standard input and pipes are put into a temporary file first,
//! because a second look may be necessary. A file that grows is read up to where it ended when it was looked at.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use secspan_records::kind::Kind;

use super::error::ReadError;
use super::sources::{Source, Sources};

/// How much of the start of a source is looked at, in bytes, to know what it is.
const START_BYTES: u64 = 4 << 10;

/// How much of a compressed file is read at a time, in bytes.
const ARCHIVE_STEP_BYTES: usize = 64 << 10;

const ZSTD_START: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const GZIP_START: &[u8] = &[0x1f, 0x8b];

/// One source, ready to be opened as often as necessary.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) source: Source,
    /// What standard input or a pipe had to say.
    spooled: Option<File>,
    /// What it is, or why it cannot be opened.
    pub(super) shape: Result<Shape, io::Error>,
}

/// What a source was when it was looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Device and inode.
    file: (u64, u64),
    /// Where it ended, in bytes.
    pub(super) length: u64,
    pub(super) compression: Option<Compression>,
    /// The kind whose rows are in it; `None` when it holds lines.
    pub(super) table: Option<&'static Kind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

/// Looks at every source; empties standard input and pipes.
pub(super) fn prepare(sources: &Sources) -> Result<Vec<Input>, ReadError> {
    let kinds = sources.kinds();
    let inputs = sources.list().iter();
    inputs.map(|source| Input::prepare(source, kinds)).collect()
}

impl Input {
    fn prepare(source: &Source, kinds: &[&'static Kind]) -> Result<Self, ReadError> {
        let spooled = match &source.path {
            None => Some(stdin_file().map_err(ReadError::io(&source.name))?),
            Some(path) => spooled_pipe(path)?,
        };
        let mut input = Self {
            source: source.clone(),
            spooled,
            shape: Err(io::ErrorKind::NotFound.into()),
        };
        input.shape = input.file().and_then(|file| input.look(&file, kinds));
        Ok(input)
    }

    /// Bytes on the disk, for progress.
    pub(super) fn bytes(&self) -> u64 {
        self.shape.as_ref().map_or(0, |shape| shape.length)
    }

    /// The source, as it was when it was looked at.
    pub(super) fn open(&self, shape: &Shape) -> Result<File, ReadError> {
        let name = &self.source.name;
        let file = self.file().map_err(ReadError::io(name))?;
        let about = file.metadata().map_err(ReadError::io(name))?;
        if shape.file != (about.dev(), about.ino()) || shape.length > about.len() {
            return Err(ReadError::Changed { name: name.clone() });
        }
        Ok(file)
    }

    fn file(&self) -> io::Result<File> {
        match (&self.spooled, &self.source.path) {
            (Some(file), _) => file.try_clone(),
            (None, Some(path)) => File::open(path),
            (None, None) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn look(&self, file: &File, kinds: &[&'static Kind]) -> io::Result<Shape> {
        let about = file.metadata()?;
        let mut shape = Shape {
            file: (about.dev(), about.ino()),
            length: about.len(),
            compression: compression(file)?,
            table: None,
        };
        shape.table = match self.source.kind {
            Some(kind) => kind.header().map(|_| kind),
            None => self.stated_table(file, &shape, kinds),
        };
        Ok(shape)
    }

    /// The kind whose rows these are: the first line is its header, or the name says that they are rows and it is no JSON.
    /// Damage is for those to find who read all of it.
    fn stated_table(
        &self,
        file: &File,
        shape: &Shape,
        kinds: &[&'static Kind],
    ) -> Option<&'static Kind> {
        let mut start = Vec::new();
        if let Ok(stream) = shape.stream(file) {
            drop(stream.take(START_BYTES).read_to_end(&mut start));
        }
        let first = start
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        if first.contains(&b'{') {
            return None;
        }
        let mut tables = kinds.iter().copied().filter(|kind| kind.header().is_some());
        let headed = |kind: &&'static Kind| {
            let column = kind.telling.first().map_or("", |column| column).as_bytes();
            !column.is_empty() && first.windows(column.len()).any(|word| word == column)
        };
        let any = tables.clone().next().filter(|_| self.source.is_named_csv());
        tables.find(headed).or(any)
    }
}

impl Shape {
    /// Whether it can only be read from its start.
    pub(super) fn is_one_piece(&self) -> bool {
        self.compression.is_some() || self.table.is_some()
    }

    /// The whole source from its start, decompressed.
    pub(super) fn stream<'a>(&self, file: &'a File) -> io::Result<Box<dyn Read + 'a>> {
        let raw = FromStart {
            file,
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
}

/// A file from its start, without moving a position that others share.
struct FromStart<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl Read for FromStart<'_> {
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
