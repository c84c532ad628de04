//! Whole lines out of a file, block by block: every line belongs to the block in which it starts.
//!
//! So any thread can read any block without knowing the others, and a line that crosses the end of a block is read by
//! the one it starts in.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt;

use super::LINE_BYTES_MAX;

/// How much is read behind a block to find the end of its last line, in bytes.
const BEHIND_BYTES: usize = 4 << 10;

/// Room for a block, used again for the next one.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// Zeroed once; what is behind `filled` is of blocks before.
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// The lines that start from `from` up to `to`.
    ///
    /// The last one may be cut when it is longer than [`LINE_BYTES_MAX`]; it lacks its line feed then, and at the end of
    /// the file.
    pub(super) fn read(&mut self, file: &File, from: u64, to: u64) -> io::Result<&[u8]> {
        let lines = self.find(file, from, to)?;
        Ok(self.bytes.get(lines).unwrap_or_default())
    }

    fn find(&mut self, file: &File, from: u64, to: u64) -> io::Result<Range<usize>> {
        // The byte before tells whether a line starts at once.
        let start = from.saturating_sub(1);
        let block = usize::try_from(to - start).unwrap_or(usize::MAX);
        self.filled = 0;
        self.extend(file, start, block.saturating_add(BEHIND_BYTES))?;
        let first = match memchr::memchr(b'\n', self.filled(0)) {
            _ if from == 0 => 0,
            Some(feed) => feed + 1,
            None => return Ok(0..0),
        };
        if first >= block.min(self.filled) {
            return Ok(0..0);
        }
        // The last line starts before the end of the block and ends at the first line feed from its last byte on.
        let mut looked_at = block - 1;
        loop {
            if let Some(feed) = memchr::memchr(b'\n', self.filled(looked_at)) {
                return Ok(first..looked_at + feed + 1);
            }
            looked_at = self.filled;
            let too_long = looked_at.saturating_sub(block) > LINE_BYTES_MAX;
            if too_long || self.extend(file, start, BEHIND_BYTES * 16)? == 0 {
                return Ok(first..looked_at);
            }
        }
    }

    fn filled(&self, from: usize) -> &[u8] {
        self.bytes.get(from..self.filled).unwrap_or_default()
    }

    /// Appends what follows in the file, up to `wanted` bytes; returns how many there were.
    fn extend(&mut self, file: &File, start: u64, wanted: usize) -> io::Result<usize> {
        let before = self.filled;
        let end = before.saturating_add(wanted);
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        while let Some(space) = self.bytes.get_mut(self.filled..end)
            && !space.is_empty()
        {
            match file.read_at(space, start + self.filled as u64) {
                Ok(0) => break,
                Ok(more) => self.filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.filled - before)
    }
}

/// Whole lines out of a stream, a buffer full at a time.
pub(super) struct Stream<R> {
    from: R,
    block_bytes: u64,
    buffer: Vec<u8>,
    /// How much of the buffer was handed out.
    handed: usize,
    at_end: bool,
    /// Why there is no more, once the whole lines before it were handed out.
    broken: Option<io::Error>,
    /// Whether the rest of a line that is too long is to be passed over.
    inside_long: bool,
}

impl<R: Read> Stream<R> {
    pub(super) fn new(from: R, block_bytes: u64) -> Self {
        Self {
            from,
            block_bytes,
            buffer: Vec::new(),
            handed: 0,
            at_end: false,
            broken: None,
            inside_long: false,
        }
    }

    /// The next lines; `None` at the end. The last one may be cut as in [`Buffer::read`].
    ///
    /// # Errors
    /// Where the stream broke, after all whole lines before that.
    pub(super) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        loop {
            self.buffer.drain(..self.handed);
            self.handed = 0;
            self.fill();
            if self.inside_long {
                let feed = memchr::memchr(b'\n', &self.buffer);
                self.handed = feed.map_or(self.buffer.len(), |feed| feed + 1);
                self.inside_long = feed.is_none() && !self.at_end;
                if self.buffer.is_empty() && self.at_end {
                    return self.broken.take().map_or(Ok(None), Err);
                }
                continue;
            }
            if self.buffer.is_empty() {
                return self.broken.take().map_or(Ok(None), Err);
            }
            self.handed = match memchr::memrchr(b'\n', &self.buffer) {
                Some(feed) => feed + 1,
                None if self.at_end => self.buffer.len(),
                None if self.buffer.len() > LINE_BYTES_MAX => {
                    self.inside_long = true;
                    self.buffer.len()
                }
                None => continue,
            };
            return Ok(self.buffer.get(..self.handed));
        }
    }

    fn fill(&mut self) {
        let wanted = self.block_bytes;
        if self.at_end {
            return;
        }
        match (&mut self.from).take(wanted).read_to_end(&mut self.buffer) {
            Ok(read) => self.at_end = (read as u64) < wanted,
            Err(error) => {
                self.at_end = true;
                self.broken = Some(error);
                // What was read before stays in the buffer; the line that was cut goes with what is lost.
                let whole = memchr::memrchr(b'\n', &self.buffer).map_or(0, |feed| feed + 1);
                self.buffer.truncate(whole);
            }
        }
    }
}
