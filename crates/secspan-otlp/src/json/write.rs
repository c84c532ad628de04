//! Wire bytes to JSON, following the schema's tables.
//!
//! JSON has one place per field where the wire may have several: the parts of a singular message
//! are joined (their concatenation is the joined message), of a scalar the last one is taken, and
//! of the fields that exclude each other only the last.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

use crate::schema::{Field, Kind, Message};
use crate::wire::{FIXED32, FIXED64, LEN, Reader, VARINT};

/// The JSON of a message that a walk accepted.
pub(super) fn to_json(bytes: &[u8], message: &Message) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    write_message(&mut out, bytes, message);
    out
}

/// One value on the wire.
#[derive(Clone, Copy)]
enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn write_message(out: &mut String, bytes: &[u8], message: &Message) {
    let chosen = last_of_oneof(bytes, message);
    out.push('{');
    let mut first = true;
    for field in message.fields {
        let excluded = message.oneof.contains(&field.number);
        let values = match chosen {
            Some((number, part)) if excluded && number == field.number => values(part, field),
            _ if excluded => continue,
            _ => values(bytes, field),
        };
        if values.is_empty() {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        out.push('"');
        out.push_str(field.name);
        out.push_str("\":");
        write_field(out, field, &values);
    }
    out.push('}');
}

/// The number of the excluding field that counts, and the part of the message after the last field
/// that it replaced.
fn last_of_oneof<'a>(bytes: &'a [u8], message: &Message) -> Option<(u32, &'a [u8])> {
    let mut chosen: Option<(u32, &[u8])> = None;
    let mut reader = Reader::new(bytes);
    while !reader.is_empty() {
        let start = reader.rest();
        let number = reader.next_tag()? >> 3;
        if message.oneof.contains(&number) && chosen.is_none_or(|(before, _)| before != number) {
            chosen = Some((number, start));
        }
    }
    chosen
}

/// All values of a field, those of a packed list one by one.
fn values<'a>(bytes: &'a [u8], field: &Field) -> Vec<Wire<'a>> {
    let mut values = Vec::new();
    let mut reader = Reader::new(bytes);
    while !reader.is_empty() {
        let mut value = reader;
        let Some(tag) = reader.next_tag() else { break };
        if tag >> 3 != field.number || value.tag().is_err() {
            continue;
        }
        let wire_type = field.kind.wire_type();
        if tag & 7 == LEN && wire_type != LEN {
            let mut packed = value.message().unwrap_or(Reader::new(&[]));
            while let Some(number) = read(&mut packed, wire_type) {
                values.push(number);
            }
        } else {
            values.extend(read(&mut value, wire_type));
        }
    }
    values
}

/// One value; `None` at the end of the message.
fn read<'a>(reader: &mut Reader<'a>, wire_type: u32) -> Option<Wire<'a>> {
    match wire_type {
        VARINT => reader.varint().map(Wire::Number).ok(),
        FIXED64 => reader.fixed64().map(Wire::Number).ok(),
        FIXED32 => reader
            .fixed32()
            .map(|number| Wire::Number(number.into()))
            .ok(),
        _ => reader.bytes().map(Wire::Bytes).ok(),
    }
}

fn write_field(out: &mut String, field: &Field, values: &[Wire<'_>]) {
    if field.repeated {
        out.push('[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_value(out, field.kind, *value);
        }
        out.push(']');
        return;
    }
    match (field.kind, values) {
        (Kind::Message(_), [_, _, ..]) => {
            let parts: Vec<&[u8]> = values.iter().map(|value| value.bytes()).collect();
            write_value(out, field.kind, Wire::Bytes(&parts.concat()));
        }
        (kind, [.., last]) => write_value(out, kind, *last),
        (_, []) => {}
    }
}

impl<'a> Wire<'a> {
    fn number(self) -> u64 {
        if let Self::Number(number) = self {
            number
        } else {
            0
        }
    }

    /// The number in 32 bits, as the wire format truncates it.
    fn low(self) -> u32 {
        let [a, b, c, d, ..] = self.number().to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }

    fn bytes(self) -> &'a [u8] {
        if let Self::Bytes(bytes) = self {
            bytes
        } else {
            &[]
        }
    }
}

fn write_value(out: &mut String, kind: Kind, value: Wire<'_>) {
    // Writing to a string cannot fail.
    let written = match kind {
        Kind::Bool => write!(out, "{}", value.number() != 0),
        Kind::Bytes => write!(out, "\"{}\"", STANDARD.encode(value.bytes())),
        Kind::Double => write_double(out, f64::from_bits(value.number())),
        Kind::Enum(_) | Kind::Int32 => write!(out, "{}", value.low().cast_signed()),
        Kind::Fixed32 | Kind::Uint32 => write!(out, "{}", value.low()),
        Kind::Sint32 => {
            let zigzag = value.low();
            let sign = (zigzag & 1).wrapping_neg();
            write!(out, "{}", ((zigzag >> 1) ^ sign).cast_signed())
        }
        Kind::Fixed64 | Kind::Uint64 => write!(out, "\"{}\"", value.number()),
        Kind::Int64 | Kind::Sfixed64 => write!(out, "\"{}\"", value.number().cast_signed()),
        Kind::Id => write_hex(out, value.bytes()),
        Kind::Message(message) => {
            write_message(out, value.bytes(), message);
            Ok(())
        }
        Kind::Text => {
            let text = str::from_utf8(value.bytes()).unwrap_or_default();
            write!(out, "{}", serde_json::Value::from(text))
        }
    };
    debug_assert!(written.is_ok(), "a string takes any text");
}

fn write_double(out: &mut String, value: f64) -> std::fmt::Result {
    if value.is_finite() {
        return write!(out, "{}", serde_json::Value::from(value));
    }
    out.push_str(match (value.is_nan(), value > 0.0) {
        (true, _) => "\"NaN\"",
        (false, true) => "\"Infinity\"",
        (false, false) => "\"-Infinity\"",
    });
    Ok(())
}

fn write_hex(out: &mut String, bytes: &[u8]) -> std::fmt::Result {
    out.push('"');
    for byte in bytes {
        write!(out, "{byte:02x}")?;
    }
    out.push('"');
    Ok(())
}
