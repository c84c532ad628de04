//! Decompression of request bodies, bounded: never more output than the limit, never more memory than reserved.
//!
//! Bodies are inflated whole, after they arrived, into a buffer sized by what the format says about its content (a hint,
//! not a promise). The decoder's own state is at most one per thread: zstd's is kept, and its window is limited, because
//! a frame may ask for a window of 128 MiB.

use std::cell::RefCell;

use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status};
use zstd::zstd_safe::{self, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective};

use super::admission::Reservation;
use super::rejection::Rejection;

/// A content encoding that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is.
    Identity,
    /// RFC 1952, members concatenated or not.
    Gzip,
    /// RFC 1950, under both of its names.
    Zlib,
    /// RFC 8878.
    Zstd,
}

impl Encoding {
    /// Reads a `content-encoding` or `grpc-encoding` value; absent means identity.
    ///
    /// # Errors
    /// The encoding is not understood.
    pub(super) fn parse(header: Option<&http::HeaderValue>) -> Result<Self, Rejection> {
        let Some(value) = header else {
            return Ok(Self::Identity);
        };
        let text = String::from_utf8_lossy(value.as_bytes())
            .trim()
            .to_ascii_lowercase();
        match text.as_str() {
            "" | "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "zlib" | "deflate" => Ok(Self::Zlib),
            "zstd" => Ok(Self::Zstd),
            _ => Err(Rejection::Encoding(
                text.chars().take(ENCODING_SHOWN_CHARS).collect(),
            )),
        }
    }
}

/// How much of an unknown encoding is repeated in the answer.
const ENCODING_SHOWN_CHARS: usize = 40;
/// First guess of the output when the format does not say: telemetry shrinks to a quarter or less.
const GUESSED_RATIO: usize = 4;
/// Smallest output buffer.
const OUTPUT_MIN_BYTES: usize = 4_096;
/// Largest window that a zstd frame may ask for, as a power of two: 8 MiB, which RFC 8878 tells decoders to support and
/// encoders not to exceed.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// Inflates `input` to at most `limit` bytes. The output stays reserved; the input may be given back by the caller.
///
/// # Errors
/// Over the limit, over the budget, or not what the encoding says.
pub(super) fn inflate(
    encoding: Encoding,
    input: Bytes,
    limit: usize,
    reservation: &mut Reservation,
) -> Result<Bytes, Rejection> {
    if encoding == Encoding::Identity {
        return Ok(input);
    }
    let hint = match encoding {
        Encoding::Gzip => gzip_size(&input),
        Encoding::Zstd => zstd_size(&input),
        Encoding::Zlib | Encoding::Identity => None,
    };
    let guess = hint.unwrap_or(input.len().saturating_mul(GUESSED_RATIO));
    let mut output = Output::new(guess, limit, reservation)?;
    match encoding {
        Encoding::Identity => {}
        Encoding::Gzip => gunzip(&input, &mut output)?,
        Encoding::Zlib => unzlib(&input, &mut output)?,
        Encoding::Zstd => unzstd(&input, &mut output)?,
    }
    output.finish()
}

/// Output that grows to one byte more than the limit, which tells "exactly full" from "too much".
struct Output<'r> {
    bytes: Vec<u8>,
    limit: usize,
    reservation: &'r mut Reservation,
}

impl<'r> Output<'r> {
    fn new(
        guess: usize,
        limit: usize,
        reservation: &'r mut Reservation,
    ) -> Result<Self, Rejection> {
        // One byte more than the content lets a decoder see the end of its stream without growing.
        let first = guess
            .saturating_add(1)
            .max(OUTPUT_MIN_BYTES)
            .min(limit.saturating_add(1));
        reservation.grow(first)?;
        Ok(Self {
            bytes: Vec::with_capacity(first),
            limit,
            reservation,
        })
    }

    /// Makes room after the buffer ran full, at most up to the limit.
    fn more(&mut self) -> Result<(), Rejection> {
        let have = self.bytes.len();
        if have > self.limit {
            return Err(self.too_large());
        }
        let room = self.limit.saturating_add(1) - have;
        let more = have.max(OUTPUT_MIN_BYTES).min(room);
        self.reservation.grow(more)?;
        self.bytes.reserve_exact(more);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.bytes.len() == self.bytes.capacity()
    }

    fn too_large(&self) -> Rejection {
        Rejection::TooLarge {
            limit: self.limit,
            place: "after decompression",
        }
    }

    fn finish(self) -> Result<Bytes, Rejection> {
        if self.bytes.len() > self.limit {
            return Err(self.too_large());
        }
        // What was reserved and not filled is not held for the time that the payload is.
        let spare = self.bytes.capacity() - self.bytes.len();
        let bytes = if spare > self.bytes.len() {
            self.bytes.as_slice().into()
        } else {
            self.bytes
        };
        self.reservation.shrink(spare);
        Ok(Bytes::from(bytes))
    }
}

/// The size of the last member as its trailer says it.
fn gzip_size(input: &[u8]) -> Option<usize> {
    let trailer = input.last_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*trailer)).ok()
}

fn zstd_size(input: &[u8]) -> Option<usize> {
    let size = zstd_safe::get_frame_content_size(input).ok().flatten()?;
    usize::try_from(size).ok()
}

/// Bits of the deflate window; the format allows no more.
const DEFLATE_WINDOW_BITS: u8 = 15;

fn gunzip(input: &[u8], output: &mut Output<'_>) -> Result<(), Rejection> {
    let mut rest = input;
    loop {
        let used = inflate_stream(
            Decompress::new_gzip(DEFLATE_WINDOW_BITS),
            rest,
            output,
            "gzip",
        )?;
        rest = rest.get(used..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(());
        }
    }
}

fn unzlib(input: &[u8], output: &mut Output<'_>) -> Result<(), Rejection> {
    let used = inflate_stream(Decompress::new(true), input, output, "zlib")?;
    if used == input.len() {
        Ok(())
    } else {
        Err(Rejection::Undecodable(
            "bytes follow the end of the zlib stream".to_owned(),
        ))
    }
}

/// Inflates one stream and returns how much input it used.
fn inflate_stream(
    mut state: Decompress,
    input: &[u8],
    output: &mut Output<'_>,
    name: &str,
) -> Result<usize, Rejection> {
    loop {
        let used = usize::try_from(state.total_in()).unwrap_or(usize::MAX);
        let before = (used, output.bytes.len());
        let rest = input.get(used..).unwrap_or_default();
        let status = state
            .decompress_vec(rest, &mut output.bytes, FlushDecompress::None)
            .map_err(|_| Rejection::Undecodable(format!("the body is no valid {name} stream")))?;
        let used = usize::try_from(state.total_in()).unwrap_or(usize::MAX);
        if status == Status::StreamEnd {
            return Ok(used);
        }
        if output.is_full() {
            output.more()?;
        } else if before == (used, output.bytes.len()) || used == input.len() {
            return Err(Rejection::Undecodable(format!(
                "the {name} stream ends too early"
            )));
        }
    }
}

thread_local! {
    /// Decoder state that is expensive to make, one per worker thread; reset before each use.
    static ZSTD: RefCell<Option<DCtx<'static>>> = const { RefCell::new(None) };
}

fn unzstd(input: &[u8], output: &mut Output<'_>) -> Result<(), Rejection> {
    ZSTD.with_borrow_mut(|slot| {
        let context = match slot {
            Some(context) => context,
            None => slot.insert(zstd_context()?),
        };
        let reset = context.reset(ResetDirective::SessionOnly);
        reset.map_err(zstd_problem)?;
        let mut source = InBuffer::around(input);
        loop {
            let (read, written) = (source.pos(), output.bytes.len());
            let mut target = OutBuffer::around_pos(&mut output.bytes, written);
            let hint = context
                .decompress_stream(&mut target, &mut source)
                .map_err(zstd_problem)?;
            if hint == 0 && source.pos() == input.len() {
                return Ok(());
            }
            if output.is_full() {
                output.more()?;
            } else if (read, written) == (source.pos(), output.bytes.len()) {
                return Err(Rejection::Undecodable(
                    "the zstd stream ends too early".to_owned(),
                ));
            }
        }
    })
}

fn zstd_context() -> Result<DCtx<'static>, Rejection> {
    let mut context = DCtx::try_create().ok_or(Rejection::NoRoom)?;
    context
        .set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG_MAX))
        .map_err(zstd_problem)?;
    Ok(context)
}

fn zstd_problem(code: zstd_safe::ErrorCode) -> Rejection {
    let name = zstd_safe::get_error_name(code);
    Rejection::Undecodable(format!(
        "the body is no valid zstd stream: {}",
        name.to_lowercase()
    ))
}

#[cfg(test)]
mod tests;
