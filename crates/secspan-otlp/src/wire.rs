//! The Protobuf wire format, read strictly from one slice.
//!
//! Accepts exactly what `prost` accepts: field numbers from 1, integers of up to ten bytes, unknown
//! fields of every wire type (groups included) skipped, nesting limited by [`DEPTH_MAX`]. A message
//! is a slice of its own, so nothing can be read past its end.

use crate::error::{Fault, Malformed};

/// How deep messages and unknown groups may nest, as in other Protobuf decoders.
pub(crate) const DEPTH_MAX: u32 = 100;

/// Wire type of integers and booleans.
pub(crate) const VARINT: u32 = 0;
/// Wire type of eight bytes.
pub(crate) const FIXED64: u32 = 1;
/// Wire type of text, bytes and messages.
pub(crate) const LEN: u32 = 2;
/// Wire type that opens a group.
const GROUP_START: u32 = 3;
/// Wire type that closes a group.
const GROUP_END: u32 = 4;
/// Wire type of four bytes.
pub(crate) const FIXED32: u32 = 5;

/// The tag of a field with a wire type, as it stands on the wire.
pub(crate) const fn tag(field: u32, wire_type: u32) -> u32 {
    field << 3 | wire_type
}

/// What an unexpected tag is judged by: a message's name and its known field numbers as bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    name: &'static str,
    known: u32,
}

impl Shape {
    /// The message `name` with these field numbers, all below 32.
    pub(crate) const fn new(name: &'static str, fields: &[u32]) -> Self {
        let mut known = 0;
        let mut rest = fields;
        while let [field, tail @ ..] = rest {
            known |= 1 << *field;
            rest = tail;
        }
        Self { name, known }
    }
}

/// The value of a field as the wire shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wire<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32,
    Bytes(&'a [u8]),
}

/// Reads the fields of one message, front to back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

type Read<T> = Result<T, Fault>;

impl<'a> Reader<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What has not been read yet.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next tag. Only [`Reader::skip`] checks its parts: a tag that equals a known one is valid.
    #[inline]
    pub(crate) fn tag(&mut self) -> Read<u32> {
        match self.rest {
            [byte, rest @ ..] if *byte < 0x80 => {
                self.rest = rest;
                Ok(u32::from(*byte))
            }
            _ => self.long_tag(),
        }
    }

    #[inline(never)]
    fn long_tag(&mut self) -> Read<u32> {
        let start = self.rest;
        let value = self.varint()?;
        u32::try_from(value).map_err(|_| Fault::new(start, Malformed::FieldNumber))
    }

    /// An integer of one to ten bytes.
    #[inline]
    pub(crate) fn varint(&mut self) -> Read<u64> {
        match self.rest {
            [byte, rest @ ..] if *byte < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*byte))
            }
            [low, high, rest @ ..] if *high < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*low & 0x7f) | u64::from(*high) << 7)
            }
            _ => self.long_varint(),
        }
    }

    #[inline(never)]
    fn long_varint(&mut self) -> Read<u64> {
        let start = self.rest;
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let Some((byte, rest)) = self.rest.split_first() else {
                return Err(Fault::new(start, Malformed::Truncated));
            };
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                // The tenth byte has room for one bit.
                let fits = shift < 63 || *byte < 2;
                return if fits {
                    Ok(value)
                } else {
                    Err(Fault::new(start, Malformed::Varint))
                };
            }
        }
        Err(Fault::new(start, Malformed::Varint))
    }

    /// An integer of 32 bits: the excess bits are dropped, as in every Protobuf decoder.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the wire format truncates")]
    pub(crate) fn uint32(&mut self) -> Read<u32> {
        Ok(self.varint()? as u32)
    }

    /// A signed integer or enumeration of 32 bits, truncated like [`Reader::uint32`].
    #[inline]
    pub(crate) fn int32(&mut self) -> Read<i32> {
        Ok(self.uint32()?.cast_signed())
    }

    #[inline]
    pub(crate) fn fixed64(&mut self) -> Read<u64> {
        match self.rest.split_first_chunk::<8>() {
            Some((value, rest)) => {
                self.rest = rest;
                Ok(u64::from_le_bytes(*value))
            }
            None => Err(Fault::new(self.rest, Malformed::Truncated)),
        }
    }

    #[inline]
    pub(crate) fn fixed32(&mut self) -> Read<u32> {
        match self.rest.split_first_chunk::<4>() {
            Some((value, rest)) => {
                self.rest = rest;
                Ok(u32::from_le_bytes(*value))
            }
            None => Err(Fault::new(self.rest, Malformed::Truncated)),
        }
    }

    /// A length and as many bytes: text, bytes or a message.
    #[inline]
    pub(crate) fn bytes(&mut self) -> Read<&'a [u8]> {
        let start = self.rest;
        let len = self.varint()?;
        // A length beyond the address space is beyond the slice as well.
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        match self.rest.split_at_checked(len) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(Fault::new(start, Malformed::Truncated)),
        }
    }

    /// A text field.
    #[inline]
    pub(crate) fn string(&mut self) -> Read<&'a str> {
        text(self.bytes()?)
    }

    /// A message field.
    #[inline]
    pub(crate) fn message(&mut self) -> Read<Reader<'a>> {
        self.bytes().map(Reader::new)
    }

    /// Skips a field that no arm of the caller wanted: `start` is where its tag began.
    ///
    /// A known field number here means a wrong wire type.
    #[cold]
    #[inline(never)]
    pub(crate) fn skip(&mut self, start: &[u8], tag: u32, shape: &Shape, depth: u32) -> Read<()> {
        let (field, found) = (tag >> 3, tag & 7);
        if field < 32 && shape.known >> field & 1 == 1 && found <= FIXED32 {
            let what = Malformed::WireType {
                message: shape.name,
                field,
                found,
            };
            return Err(Fault::new(start, what));
        }
        self.skip_field(start, tag, depth)
    }

    /// The next field, if it has this one-byte tag and is shorter than 128 bytes.
    #[inline]
    pub(crate) fn short(&mut self, wanted: u32) -> Option<&'a [u8]> {
        let [tag, len @ 0..0x80, rest @ ..] = self.rest else {
            return None;
        };
        if u32::from(*tag) != wanted {
            return None;
        }
        let (bytes, rest) = rest.split_at_checked(usize::from(*len))?;
        self.rest = rest;
        Some(bytes)
    }

    /// The next length-delimited field with this tag, whatever stands before it; `None` at the end.
    /// For messages that a walk has accepted: an error ends the message.
    #[inline]
    pub(crate) fn next_of(&mut self, wanted: u32) -> Option<&'a [u8]> {
        while !self.is_empty() {
            let start = self.rest;
            let tag = self.tag().ok()?;
            if tag == wanted {
                return self.bytes().ok();
            }
            self.skip_field(start, tag, DEPTH_MAX).ok()?;
        }
        None
    }

    /// The tag of the next field, which is skipped; `None` at the end, as in [`Reader::next_of`].
    pub(crate) fn next_tag(&mut self) -> Option<u32> {
        if self.is_empty() {
            return None;
        }
        let start = self.rest;
        let tag = self.tag().ok()?;
        self.skip_field(start, tag, DEPTH_MAX).ok()?;
        Some(tag)
    }

    /// The number and value of the next field that is no group; `None` at the end, as in [`Reader::next_of`].
    pub(crate) fn next_field(&mut self) -> Option<(u32, Wire<'a>)> {
        while !self.is_empty() {
            let start = self.rest;
            let tag = self.tag().ok()?;
            let value = match tag & 7 {
                VARINT => Wire::Varint(self.varint().ok()?),
                FIXED64 => Wire::Fixed64(self.fixed64().ok()?),
                FIXED32 => {
                    self.fixed32().ok()?;
                    Wire::Fixed32
                }
                LEN => Wire::Bytes(self.bytes().ok()?),
                _ => {
                    self.skip_field(start, tag, DEPTH_MAX).ok()?;
                    continue;
                }
            };
            return Some((tag >> 3, value));
        }
        None
    }

    fn skip_field(&mut self, start: &[u8], tag: u32, depth: u32) -> Read<()> {
        if tag & 7 > FIXED32 {
            let what = Malformed::UnknownWireType { found: tag & 7 };
            return Err(Fault::new(start, what));
        }
        if tag >> 3 == 0 {
            return Err(Fault::new(start, Malformed::FieldNumber));
        }
        if depth == 0 {
            return Err(Fault::new(start, Malformed::TooDeep));
        }
        match tag & 7 {
            VARINT => self.varint().map(drop),
            FIXED64 => self.fixed64().map(drop),
            FIXED32 => self.fixed32().map(drop),
            LEN => self.bytes().map(drop),
            GROUP_START => self.skip_group(tag >> 3, depth - 1),
            _ => Err(Fault::new(start, Malformed::EndGroup)),
        }
    }

    fn skip_group(&mut self, field: u32, depth: u32) -> Read<()> {
        loop {
            let start = self.rest;
            let inner = self.tag()?;
            if inner == tag(field, GROUP_END) {
                return Ok(());
            }
            self.skip_field(start, inner, depth)?;
        }
    }
}

/// `bytes` as text.
#[inline]
pub(crate) fn text(bytes: &[u8]) -> Read<&str> {
    match smoothutf8::from_utf8(bytes) {
        Some(text) => Ok(text),
        None => Err(Fault::new(bytes, Malformed::Utf8)),
    }
}

/// One level deeper; an error when no level is left.
#[inline]
pub(crate) fn descend(depth: u32, at: &[u8]) -> Read<u32> {
    match depth.checked_sub(1) {
        Some(left) => Ok(left),
        None => Err(Fault::new(at, Malformed::TooDeep)),
    }
}
