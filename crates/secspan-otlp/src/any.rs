//! Attribute values and key-value pairs, from the wire to [`Value`] and [`KeyValue`].
//!
//! Nearly every attribute on the wire has one shape: key, value, nothing else, each shorter than
//! 128 bytes. [`key_value`] recognises it by its bytes and validates key and text in one pass: the
//! bytes between them are ASCII, so the run is UTF-8 exactly if both are. Everything else takes the
//! general route, which follows the Protobuf rules for repeated and split fields: the last scalar
//! wins, lists and maps that come in several parts are joined.

use crate::error::Fault;
use crate::view::{ArrayView, KeyValue, MapView, Value};
use crate::wire::{DEPTH_MAX, FIXED64, LEN, Reader, Shape, VARINT, descend, tag};

const KEY_VALUE: Shape = Shape::new("KeyValue", &[1, 2, 3]);
const KEY: u32 = tag(1, LEN);
const VALUE_FIELD: u32 = 2;
const VALUE: u32 = tag(VALUE_FIELD, LEN);
const KEY_STRINDEX: u32 = tag(3, VARINT);

const ANY_VALUE: Shape = Shape::new("AnyValue", &[1, 2, 3, 4, 5, 6, 7, 8]);
const STRING: u32 = tag(1, LEN);
const BOOL: u32 = tag(2, VARINT);
const INT: u32 = tag(3, VARINT);
const DOUBLE: u32 = tag(4, FIXED64);
const ARRAY: u32 = tag(5, LEN);
const MAP: u32 = tag(6, LEN);
const BYTES: u32 = tag(7, LEN);
const STRING_STRINDEX: u32 = tag(8, VARINT);

const ARRAY_VALUE: Shape = Shape::new("ArrayValue", &[1]);
const KEY_VALUE_LIST: Shape = Shape::new("KeyValueList", &[1]);
const ITEM: u32 = tag(1, LEN);

/// The encoded items of an array or map.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Items<'a> {
    /// All in one message: its bytes.
    Whole(&'a [u8]),
    /// In several messages that the decoder has to join.
    Split(Split<'a>),
}

/// Where the parts of a split array or map are found again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Split<'a> {
    /// A message that holds all parts.
    message: &'a [u8],
    /// The field of `message` that is an `AnyValue`, or 0 when `message` is one itself.
    any_field: u32,
}

impl<'a> Split<'a> {
    /// The parts are in field `any_field` of `message`.
    pub(crate) fn new(message: &'a [u8], any_field: u32) -> Self {
        Self { message, any_field }
    }
}

/// One attribute: key and value of a `KeyValue` message at `depth`.
pub(crate) fn key_value(body: &[u8], depth: u32) -> Result<(&str, Value<'_>), Fault> {
    let mut entry = KeyValue {
        key: "",
        slot: None,
        value: Value::Empty,
    };
    match usual(body, &mut entry) {
        Some(()) => Ok((entry.key, entry.value)),
        None => general(body, depth),
    }
}

/// Reads an attribute of the usual shape into `entry`; `None` for any other, and for text that is
/// not UTF-8, which [`general`] reports.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "a call would move the entry through memory"
)]
pub(crate) fn usual<'a>(body: &'a [u8], entry: &mut KeyValue<'a>) -> Option<()> {
    let [0x0a, key_len @ 0..0x80, rest @ ..] = body else {
        return None;
    };
    let (key, after_key) = rest.split_at_checked(usize::from(*key_len))?;
    let [0x12, any_len @ 0..0x80, any @ ..] = after_key else {
        return None;
    };
    if any.len() != usize::from(*any_len) {
        return None;
    }
    entry.value = match any {
        [0x0a, len @ 0..0x80, string @ ..] if string.len() == usize::from(*len) => {
            let (key, rest) = smoothutf8::from_utf8(rest)?.split_at_checked(key.len())?;
            entry.key = key;
            entry.value = Value::Str(rest.get(VALUE_HEADER..)?);
            return Some(());
        }
        [0x10, value @ 0..0x80] => Value::Bool(*value != 0),
        [0x18, value @ 0..0x80] => Value::Int(i64::from(*value)),
        [0x18, varint @ ..] => Value::Int(whole_varint(varint)?.cast_signed()),
        [0x21, double @ ..] => Value::Double(f64::from_le_bytes(*double.as_array()?)),
        _ => return None,
    };
    entry.key = smoothutf8::from_utf8(key)?;
    Some(())
}

/// Bytes between a short key and its short text: two tags, two lengths.
const VALUE_HEADER: usize = 4;

/// A varint that fills `bytes` exactly.
#[inline]
fn whole_varint(bytes: &[u8]) -> Option<u64> {
    let mut reader = Reader::new(bytes);
    let value = reader.varint().ok()?;
    reader.is_empty().then_some(value)
}

/// A `KeyValue` message of any shape.
#[inline(never)]
pub(crate) fn general(body: &[u8], depth: u32) -> Result<(&str, Value<'_>), Fault> {
    let (mut key, mut value) = ("", Value::Empty);
    let mut reader = Reader::new(body);
    while !reader.is_empty() {
        let start = reader.rest();
        match reader.tag()? {
            KEY => key = reader.string()?,
            VALUE => {
                let any = reader.bytes()?;
                let depth = descend(depth, start)?;
                merge_any(&mut value, any, Split::new(body, VALUE_FIELD), depth)?;
            }
            KEY_STRINDEX => {
                reader.varint()?;
            }
            tag => reader.skip(start, tag, &KEY_VALUE, depth)?,
        }
    }
    Ok((key, value))
}

/// Merges one `AnyValue` message into `value`. If a list continues one that `value` holds already,
/// `split` tells where to find both parts.
pub(crate) fn merge_any<'a>(
    value: &mut Value<'a>,
    any: &'a [u8],
    split: Split<'a>,
    depth: u32,
) -> Result<(), Fault> {
    let mut reader = Reader::new(any);
    while !reader.is_empty() {
        let start = reader.rest();
        *value = match reader.tag()? {
            STRING => Value::Str(reader.string()?),
            BOOL => Value::Bool(reader.varint()? != 0),
            INT => Value::Int(reader.varint()?.cast_signed()),
            DOUBLE => Value::Double(f64::from_bits(reader.fixed64()?)),
            ARRAY => {
                let body = reader.bytes()?;
                check_array(body, descend(depth, start)?)?;
                let joined = matches!(value, Value::Array(_));
                Value::Array(ArrayView {
                    items: items(body, joined, split),
                })
            }
            MAP => {
                let body = reader.bytes()?;
                check_map(body, descend(depth, start)?)?;
                let joined = matches!(value, Value::Map(_));
                Value::Map(MapView {
                    items: items(body, joined, split),
                })
            }
            BYTES => Value::Bytes(reader.bytes()?),
            STRING_STRINDEX => {
                // An index into a table that only profiles carry: no value here.
                reader.varint()?;
                Value::Empty
            }
            tag => {
                reader.skip(start, tag, &ANY_VALUE, depth)?;
                continue;
            }
        };
    }
    Ok(())
}

fn items<'a>(body: &'a [u8], joined: bool, split: Split<'a>) -> Items<'a> {
    if joined {
        Items::Split(split)
    } else {
        Items::Whole(body)
    }
}

/// An `AnyValue` message that is not split over several fields.
fn any_value(any: &[u8], depth: u32) -> Result<Value<'_>, Fault> {
    let mut value = Value::Empty;
    merge_any(&mut value, any, Split::new(any, 0), depth)?;
    Ok(value)
}

fn check_array(body: &[u8], depth: u32) -> Result<(), Fault> {
    let mut reader = Reader::new(body);
    while !reader.is_empty() {
        let start = reader.rest();
        match reader.tag()? {
            ITEM => {
                let item = reader.bytes()?;
                any_value(item, descend(depth, start)?)?;
            }
            tag => reader.skip(start, tag, &ARRAY_VALUE, depth)?,
        }
    }
    Ok(())
}

fn check_map(body: &[u8], depth: u32) -> Result<(), Fault> {
    let mut reader = Reader::new(body);
    while !reader.is_empty() {
        let start = reader.rest();
        match reader.tag()? {
            ITEM => {
                let item = reader.bytes()?;
                key_value(item, descend(depth, start)?)?;
            }
            tag => reader.skip(start, tag, &KEY_VALUE_LIST, depth)?,
        }
    }
    Ok(())
}

/// The elements of a validated array.
pub(crate) fn elements(items: Items<'_>) -> impl Iterator<Item = Value<'_>> {
    parts(items, ARRAY)
        .flat_map(|part| Fields::new(part, ITEM))
        .filter_map(|item| {
            // It was validated, so this cannot fail.
            any_value(item, DEPTH_MAX).ok()
        })
}

/// The entries of a validated map.
pub(crate) fn entries(items: Items<'_>) -> impl Iterator<Item = (&str, Value<'_>)> {
    parts(items, MAP)
        .flat_map(|part| Fields::new(part, ITEM))
        .filter_map(|item| key_value(item, DEPTH_MAX).ok())
}

/// The messages that together hold the items: those in field `wanted` after the last value of
/// another kind, which replaced what stood before it.
fn parts(items: Items<'_>, wanted: u32) -> impl Iterator<Item = &[u8]> {
    let (whole, split) = match items {
        Items::Whole(body) => (Some(body), None),
        Items::Split(split) => (None, Some(split)),
    };
    let replaced = split.map_or(0, |split| count_replaced(split, wanted));
    let split = split.into_iter().flat_map(any_values);
    let joined = split
        .flat_map(move |any| Fields::new(any, wanted))
        .skip(replaced);
    whole.into_iter().chain(joined)
}

/// How many parts stand before the last value of another kind.
fn count_replaced(split: Split<'_>, wanted: u32) -> usize {
    let (mut seen, mut replaced) = (0, 0);
    for any in any_values(split) {
        let mut reader = Reader::new(any);
        while let Some(tag) = reader.next_tag() {
            if tag == wanted {
                seen += 1;
            } else if (1..=8).contains(&(tag >> 3)) {
                replaced = seen;
            }
        }
    }
    replaced
}

/// The `AnyValue` messages that a split value is made of.
fn any_values(split: Split<'_>) -> impl Iterator<Item = &[u8]> {
    let itself = (split.any_field == 0).then_some(split.message);
    let inner = if split.any_field == 0 {
        &[]
    } else {
        split.message
    };
    itself
        .into_iter()
        .chain(Fields::new(inner, tag(split.any_field, LEN)))
}

/// The values of one length-delimited field of a validated message, in wire order.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    reader: Reader<'a>,
    wanted: u32,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(message: &'a [u8], wanted: u32) -> Self {
        Self {
            reader: Reader::new(message),
            wanted,
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.reader.next_of(self.wanted)
    }
}
