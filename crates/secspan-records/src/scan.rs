//! A place in a line and the few shapes of JSON values that are read without a general parser.
//!
//! Every reader takes a value whose meaning is beyond doubt, or gives `None`: no escapes, no signs, no exponents.

use secspan_otlp::view::{SpanId, TraceId};

use crate::value::TEXT_BYTES_MAX;

/// Digits of a whole number at most: all of them are below the longest duration.
const WHOLE_DIGITS_MAX: usize = 9;
/// With so many digits, point left out, a number is held by a float exactly.
const EXACT_DIGITS_MAX: usize = 15;
/// Powers of ten that a float holds exactly; dividing by one of them rounds once, as a careful parser does.
const POWERS: [f64; EXACT_DIGITS_MAX + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// One of eight bytes.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The high bit of each of eight bytes.
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The rest of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(line: &'a str) -> Self {
        Self { rest: line }
    }

    /// Whether nothing is left.
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Goes past a key of a description, if it is next. Its length is not known to the compiler: a few words are compared
    /// faster here than by a call.
    #[inline]
    pub(crate) fn key(&mut self, key: &str) -> Option<()> {
        let (start, rest) = self.rest.split_at_checked(key.len())?;
        let (words, end) = start.as_bytes().as_chunks::<8>();
        let (key_words, key_end) = key.as_bytes().as_chunks::<8>();
        let same = words.iter().zip(key_words).all(|(one, other)| one == other);
        if !same || !end.iter().zip(key_end).all(|(one, other)| one == other) {
            return None;
        }
        self.rest = rest;
        Some(())
    }

    /// Goes past `literal`, if it is next.
    #[expect(
        clippy::inline_always,
        reason = "a literal is compared in a few words only where the compiler sees it"
    )]
    #[inline(always)]
    pub(crate) fn literal(&mut self, literal: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    /// A text without escapes.
    #[inline]
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        self.literal("\"")?;
        let length = plain_length(self.rest.as_bytes());
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest.strip_prefix('"')?;
        Some(text)
    }

    /// A text that may be a name: not blank, not too long.
    #[inline]
    pub(crate) fn name(&mut self) -> Option<&'a str> {
        self.text().filter(|text| {
            let letter = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
            text.len() <= TEXT_BYTES_MAX && (letter || !text.trim().is_empty())
        })
    }

    pub(crate) fn flag(&mut self) -> Option<bool> {
        if self.literal("true").is_some() {
            Some(true)
        } else {
            self.literal("false").map(|()| false)
        }
    }

    /// A whole number, 0 or more, of a few digits.
    #[inline]
    pub(crate) fn whole(&mut self) -> Option<u64> {
        let (value, digits) = self.digits(0)?;
        (digits <= WHOLE_DIGITS_MAX).then_some(value)
    }

    /// A number, 0 or more, without an exponent.
    #[inline]
    pub(crate) fn number(&mut self) -> Option<f64> {
        let start = self.rest;
        let (whole, digits) = self.digits(0)?;
        let (value, places) = if self.literal(".").is_some() {
            let before = self.rest.len();
            (self.fraction(whole)?, before - self.rest.len())
        } else {
            (whole, 0)
        };
        if digits + places <= EXACT_DIGITS_MAX {
            return Some(value as f64 / POWERS.get(places)?);
        }
        let length = start.len() - self.rest.len();
        start.get(..length)?.parse().ok()
    }

    /// The digits that are next, without a leading zero; their value wraps when there are too many.
    #[inline]
    fn digits(&mut self, start: u64) -> Option<(u64, usize)> {
        let before = self.rest.len();
        let zero = self.rest.as_bytes().first() == Some(&b'0');
        let value = self.fraction(start)?;
        let digits = before - self.rest.len();
        (!zero || digits == 1).then_some((value, digits))
    }

    /// One digit or more, appended to those of `value`.
    #[inline]
    fn fraction(&mut self, mut value: u64) -> Option<u64> {
        let bytes = self.rest.as_bytes();
        let mut length = 0;
        for byte in bytes {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            length += 1;
        }
        self.rest = self.rest.get(length..)?;
        (length > 0).then_some(value)
    }

    /// A trace id in lower-case digits.
    pub(crate) fn trace_id(&mut self) -> Option<TraceId> {
        let mut id = TraceId([0; TraceId::LEN]);
        from_hex(self.text()?, &mut id.0)?;
        id.is_valid().then_some(id)
    }

    /// A span id in lower-case digits.
    pub(crate) fn span_id(&mut self) -> Option<SpanId> {
        let mut id = SpanId([0; SpanId::LEN]);
        from_hex(self.text()?, &mut id.0)?;
        id.is_valid().then_some(id)
    }
}

/// How many bytes come before the first quote, backslash or control character; all of them when there is none.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let stops = stops(u64::from_le_bytes(*word));
        if stops != 0 {
            return length + (stops.trailing_zeros() / 8) as usize;
        }
        length += 8;
        rest = after;
    }
    let plain = |byte: &&u8| **byte >= b' ' && **byte != b'"' && **byte != b'\\';
    length + rest.iter().take_while(plain).count()
}

/// The high bit of each byte that ends a plain text, exact up to the first of them, which is all that is looked at.
#[inline]
fn stops(word: u64) -> u64 {
    let zero_in = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let quotes = zero_in(word ^ (ONES * u64::from(b'"')));
    let backslashes = zero_in(word ^ (ONES * u64::from(b'\\')));
    let controls = word.wrapping_sub(ONES * u64::from(b' ')) & !word & HIGHS;
    quotes | backslashes | controls
}

/// Reads as many lower-case digits as fill `id`.
#[inline]
fn from_hex<const N: usize>(text: &str, id: &mut [u8; N]) -> Option<()> {
    let (words, []) = text.as_bytes().as_chunks::<8>() else {
        return None;
    };
    let (places, []) = id.as_chunks_mut::<4>() else {
        return None;
    };
    if words.len() != places.len() {
        return None;
    }
    for (place, word) in places.iter_mut().zip(words) {
        *place = four_bytes(u64::from_be_bytes(*word))?.to_be_bytes();
    }
    Some(())
}

/// Four bytes from eight digits at once: each byte becomes its value, and must be the digit that this value is written as.
#[inline]
fn four_bytes(digits: u64) -> Option<u32> {
    let values = (digits & (ONES * 0x0f)) + ((digits >> 6) & (ONES * 0x03)) * 9;
    let letters = ((values + ONES * 118) >> 7) & ONES;
    let written = values + ONES * u64::from(b'0') + letters * u64::from(b'a' - b'0' - 10);
    if values & (ONES * 0xf0) != 0 || written != digits {
        return None;
    }
    let pairs = (values | values >> 4) & 0x00ff_00ff_00ff_00ff;
    let quads = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
    u32::try_from((quads | quads >> 16) & 0xffff_ffff).ok()
}
