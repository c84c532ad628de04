//! Attribute values to be written.

use super::writer::Writer;
use crate::view::{KeyValue, Value};

/// A key and a value.
pub type Attribute<'a> = (&'a str, Any<'a>);

/// A value to be written; made from texts, numbers and booleans with `into()`.
#[derive(Clone, Copy, Debug)]
pub enum Any<'a> {
    /// Text.
    Str(&'a str),
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// Raw bytes.
    Bytes(&'a [u8]),
    /// A list of values.
    Array(&'a [Any<'a>]),
    /// A list of texts.
    Strs(&'a [&'a str]),
    /// A map of values.
    Map(&'a [Attribute<'a>]),
    /// A value that was received, whatever it is.
    View(Value<'a>),
}

impl<'a> From<&'a str> for Any<'a> {
    fn from(text: &'a str) -> Self {
        Self::Str(text)
    }
}

impl<'a> From<&'a String> for Any<'a> {
    fn from(text: &'a String) -> Self {
        Self::Str(text)
    }
}

impl From<bool> for Any<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Any<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Any<'_> {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<u32> for Any<'_> {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<f64> for Any<'_> {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

impl<'a> From<&'a [Any<'a>]> for Any<'a> {
    fn from(values: &'a [Any<'a>]) -> Self {
        Self::Array(values)
    }
}

impl<'a, const N: usize> From<&'a [Any<'a>; N]> for Any<'a> {
    fn from(values: &'a [Any<'a>; N]) -> Self {
        Self::Array(values)
    }
}

impl<'a> From<&'a [&'a str]> for Any<'a> {
    fn from(texts: &'a [&'a str]) -> Self {
        Self::Strs(texts)
    }
}

impl<'a> From<Value<'a>> for Any<'a> {
    fn from(value: Value<'a>) -> Self {
        Self::View(value)
    }
}

/// Writes a `KeyValue` into `field`.
#[inline]
pub(super) fn write_attribute(writer: &mut Writer, field: u32, key: &str, value: &Any<'_>) {
    writer.message(field, |writer| {
        writer.text(1, key);
        writer.message(2, |writer| write_any(writer, value));
    });
}

/// Writes the field of an `AnyValue`.
pub(crate) fn write_any(writer: &mut Writer, value: &Any<'_>) {
    match *value {
        Any::Str(text) => writer.bytes(1, text.as_bytes()),
        Any::Bool(value) => writer.varint(2, value.into()),
        Any::Int(value) => writer.varint(3, value.cast_unsigned()),
        Any::Double(value) => writer.fixed64(4, value.to_bits()),
        Any::Bytes(bytes) => writer.bytes(7, bytes),
        Any::Array(values) => writer.message(5, |writer| {
            for value in values {
                writer.message(1, |writer| write_any(writer, value));
            }
        }),
        Any::Strs(texts) => writer.message(5, |writer| {
            for text in texts {
                writer.message(1, |writer| write_any(writer, &Any::Str(text)));
            }
        }),
        Any::Map(entries) => writer.message(6, |writer| {
            for (key, value) in entries {
                write_attribute(writer, 1, key, value);
            }
        }),
        Any::View(value) => write_view(writer, value),
    }
}

fn write_view(writer: &mut Writer, value: Value<'_>) {
    match value {
        Value::Empty => {}
        Value::Str(text) => write_any(writer, &Any::Str(text)),
        Value::Bool(value) => write_any(writer, &Any::Bool(value)),
        Value::Int(value) => write_any(writer, &Any::Int(value)),
        Value::Double(value) => write_any(writer, &Any::Double(value)),
        Value::Bytes(bytes) => write_any(writer, &Any::Bytes(bytes)),
        Value::Array(array) => writer.message(5, |writer| {
            for value in array.iter() {
                writer.message(1, |writer| write_view(writer, value));
            }
        }),
        Value::Map(map) => writer.message(6, |writer| {
            for KeyValue { key, value, .. } in map.iter() {
                write_attribute(writer, 1, key, &Any::View(value));
            }
        }),
    }
}
