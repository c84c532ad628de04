//! The five shapes of protobuf fields that OTLP traces use, and reading them back in answers.

use std::time::{SystemTime, UNIX_EPOCH};

const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const LENGTH_DELIMITED: u64 = 2;
const FIXED32: u64 = 5;

/// Nanoseconds since 1970; 0 for a time before, `u64::MAX` beyond the year 2554.
pub(crate) fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

pub(crate) fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(low_bits(value) | 0x80);
        value >>= 7;
    }
    out.push(low_bits(value));
}

fn low_bits(value: u64) -> u8 {
    value.to_le_bytes()[0] & 0x7f
}

pub(crate) fn varint_len(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

fn tag(out: &mut Vec<u8>, number: u32, shape: u64) {
    varint(out, u64::from(number) << 3 | shape);
}

/// Bytes that a length-delimited field takes, tag and length included.
pub(crate) fn field_len(number: u32, body: usize) -> usize {
    varint_len(u64::from(number) << 3) + varint_len(body as u64) + body
}

pub(crate) fn len_prefix(out: &mut Vec<u8>, number: u32, body: usize) {
    tag(out, number, LENGTH_DELIMITED);
    varint(out, body as u64);
}

pub(crate) fn bytes_field(out: &mut Vec<u8>, number: u32, body: &[u8]) {
    len_prefix(out, number, body.len());
    out.extend_from_slice(body);
}

/// Absent when empty, as proto3 asks.
pub(crate) fn string_field(out: &mut Vec<u8>, number: u32, text: &str) {
    if !text.is_empty() {
        bytes_field(out, number, text.as_bytes());
    }
}

/// Absent when zero, as proto3 asks.
pub(crate) fn varint_field(out: &mut Vec<u8>, number: u32, value: u64) {
    if value != 0 {
        varint_member(out, number, value);
    }
}

pub(crate) fn varint_member(out: &mut Vec<u8>, number: u32, value: u64) {
    tag(out, number, VARINT);
    varint(out, value);
}

/// Absent when zero, as proto3 asks.
pub(crate) fn fixed64_field(out: &mut Vec<u8>, number: u32, value: u64) {
    if value != 0 {
        fixed64_member(out, number, value);
    }
}

pub(crate) fn fixed64_member(out: &mut Vec<u8>, number: u32, value: u64) {
    tag(out, number, FIXED64);
    out.extend_from_slice(&value.to_le_bytes());
}

/// Absent when zero, as proto3 asks.
pub(crate) fn fixed32_field(out: &mut Vec<u8>, number: u32, value: u32) {
    if value != 0 {
        tag(out, number, FIXED32);
        out.extend_from_slice(&value.to_le_bytes());
    }
}

/// A field of a message that was received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// Reads the fields of an answer; stops at the first byte that makes no sense.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn read_varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn read_bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (body, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(body)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Field<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let tag = self.read_varint()?;
        let field = match tag & 7 {
            VARINT => Field::Number(self.read_varint()?),
            FIXED64 => Field::Bytes(self.read_bytes(8)?),
            LENGTH_DELIMITED => {
                let len = usize::try_from(self.read_varint()?).ok()?;
                Field::Bytes(self.read_bytes(len)?)
            }
            FIXED32 => Field::Bytes(self.read_bytes(4)?),
            _ => return None,
        };
        Some((tag >> 3, field))
    }
}
