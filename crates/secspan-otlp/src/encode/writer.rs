//! The Protobuf wire format, written to one buffer.

use crate::wire::{FIXED32, FIXED64, LEN, VARINT, tag};

/// Appends fields to a message; a nested message gets its length when it is complete.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes that are complete fields already.
    pub(crate) fn raw(&mut self, fields: &[u8]) {
        self.bytes.extend_from_slice(fields);
    }

    #[inline]
    pub(crate) fn varint(&mut self, field: u32, value: u64) {
        self.tag(field, VARINT);
        self.number(value);
    }

    #[inline]
    pub(crate) fn fixed64(&mut self, field: u32, value: u64) {
        self.tag(field, FIXED64);
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    #[inline]
    pub(crate) fn fixed32(&mut self, field: u32, value: u32) {
        self.tag(field, FIXED32);
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    #[inline]
    pub(crate) fn bytes(&mut self, field: u32, value: &[u8]) {
        self.tag(field, LEN);
        self.number(value.len() as u64);
        self.bytes.extend_from_slice(value);
    }

    /// Text that is left out when it is empty, like any field at its default.
    #[inline]
    pub(crate) fn text(&mut self, field: u32, value: &str) {
        if !value.is_empty() {
            self.bytes(field, value.as_bytes());
        }
    }

    /// A nested message.
    #[inline]
    pub(crate) fn message(&mut self, field: u32, fill: impl FnOnce(&mut Self)) {
        let start = self.begin(field);
        fill(self);
        self.end(start);
    }

    /// Starts a nested message, which [`Writer::end`] ends. Its length is known only then: one byte
    /// is kept free for it, which is enough for most, and the rest moves up when it is not.
    #[inline]
    pub(crate) fn begin(&mut self, field: u32) -> MessageStart {
        self.tag(field, LEN);
        self.bytes.push(0);
        MessageStart(self.bytes.len())
    }

    #[inline]
    pub(crate) fn end(&mut self, MessageStart(start): MessageStart) {
        let end = self.bytes.len();
        let len = end - start;
        if let (Some(place), Ok(short @ ..0x80)) =
            (self.bytes.get_mut(start - 1), u8::try_from(len))
        {
            *place = short;
            return;
        }
        self.make_room(start, end);
    }

    /// Moves a message up for a length of several bytes.
    fn make_room(&mut self, start: usize, end: usize) {
        let mut rest = (end - start) as u64;
        let width = (u64::BITS - rest.leading_zeros()).div_ceil(7) as usize;
        self.bytes.resize(end + width - 1, 0);
        self.bytes.copy_within(start..end, start + width - 1);
        for place in self.bytes.iter_mut().skip(start - 1).take(width) {
            let [low, ..] = rest.to_le_bytes();
            rest >>= 7;
            *place = if rest == 0 { low } else { low | 0x80 };
        }
    }

    #[inline]
    fn tag(&mut self, field: u32, wire_type: u32) {
        self.number(u64::from(tag(field, wire_type)));
    }

    /// Seven bits a byte, lowest first.
    #[inline]
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            let [low, ..] = value.to_le_bytes();
            self.bytes.push(low | 0x80);
            value >>= 7;
        }
        let [low, ..] = value.to_le_bytes();
        self.bytes.push(low);
    }
}

/// Where the content of an unfinished message begins.
#[derive(Debug)]
#[must_use]
pub(crate) struct MessageStart(usize);
