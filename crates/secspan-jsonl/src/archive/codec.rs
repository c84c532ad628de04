//! Compressing a piece of a file, and comparing what was compressed with it, byte by byte. Memory does not grow with files.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// How much is read, compressed or compared at a time, in bytes.
const STEP_BYTES: usize = 128 << 10;

/// How archives are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Zstandard, with a checksum of the content.
    #[default]
    Zstd,
    /// gzip, which every tool reads.
    Gzip,
}

impl Compression {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Zstd, Self::Gzip];

    /// What names of archives end with, behind a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Zstd => "zst",
            Self::Gzip => "gz",
        }
    }

    /// The level unless configured: what the command line tools take.
    pub fn level(self) -> u32 {
        match self {
            Self::Zstd => 3,
            Self::Gzip => 6,
        }
    }

    /// The highest level. Above 19, zstd takes hundreds of MiB of memory.
    pub fn level_max(self) -> u32 {
        match self {
            Self::Zstd => 19,
            Self::Gzip => 9,
        }
    }
}

/// Whether to go on.
pub(super) fn check(stop: &AtomicBool) -> io::Result<()> {
    if stop.load(Ordering::Relaxed) {
        return Err(io::Error::other("asked to stop"));
    }
    Ok(())
}

/// Writes the bytes of `range` to `to`, compressed, and asks the disk to keep them.
pub(super) fn compress(
    (compression, level): (Compression, u32),
    from: &File,
    range: Range<u64>,
    to: File,
    stop: &AtomicBool,
) -> io::Result<()> {
    let out = BufWriter::with_capacity(STEP_BYTES, to);
    let out = match compression {
        Compression::Zstd => {
            let level = i32::try_from(level).unwrap_or(0);
            let mut encoder = zstd::Encoder::new(out, level)?;
            encoder.include_checksum(true)?;
            // Small files then take little memory.
            encoder.set_pledged_src_size(Some(range.end - range.start))?;
            copy(from, range, &mut encoder, stop)?;
            encoder.finish()?
        }
        Compression::Gzip => {
            let mut encoder = GzEncoder::new(out, flate2::Compression::new(level));
            copy(from, range, &mut encoder, stop)?;
            encoder.finish()?
        }
    };
    out.into_inner()?.sync_all()
}

fn copy(from: &File, range: Range<u64>, to: &mut impl Write, stop: &AtomicBool) -> io::Result<()> {
    let mut buffer = vec![0; STEP_BYTES];
    let mut at = range.start;
    while at < range.end {
        check(stop)?;
        let piece = piece_of(&mut buffer, range.end - at);
        from.read_exact_at(piece, at)?;
        to.write_all(piece)?;
        at += piece.len() as u64;
    }
    Ok(())
}

/// How many bytes of `file` at the start of `range` the archive holds; `None` when it holds anything else.
///
/// # Errors
/// When one of them cannot be read, or the archive is damaged; see [`is_damage`].
pub(super) fn held(
    compression: Compression,
    archive: File,
    file: &File,
    range: Range<u64>,
    stop: &AtomicBool,
) -> io::Result<Option<u64>> {
    let raw = BufReader::with_capacity(STEP_BYTES, archive);
    let mut content: Box<dyn Read> = match compression {
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(raw)?),
        Compression::Gzip => Box::new(MultiGzDecoder::new(raw)),
    };
    let (mut archived, mut own) = (vec![0; STEP_BYTES], vec![0; STEP_BYTES]);
    let mut at = range.start;
    loop {
        check(stop)?;
        let count = content.read(&mut archived)?;
        if count == 0 {
            return Ok(Some(at - range.start));
        }
        let end = at + count as u64;
        if end > range.end {
            return Ok(None);
        }
        let own = piece_of(&mut own, count as u64);
        file.read_exact_at(own, at)?;
        if archived.get(..count) != Some(own) {
            return Ok(None);
        }
        at = end;
    }
}

/// Whether an error of [`held`] is about the content of an archive, not about reading it.
pub(super) fn is_damage(error: &io::Error) -> bool {
    error.raw_os_error().is_none()
}

/// The start of a buffer, at most `len` bytes.
fn piece_of(buffer: &mut [u8], len: u64) -> &mut [u8] {
    let len = usize::try_from(len).unwrap_or(usize::MAX).min(buffer.len());
    buffer.get_mut(..len).unwrap_or_default()
}
