//! Attribute values as label text: what the upstream connector writes for the same value.

use std::fmt::{self, Write as _};

use secspan_otlp::view::Value;

use crate::key::KeyBuf;

/// Writes a value as the next label of a key; text, by far the most frequent, without formatting.
pub(crate) fn write(key: &mut KeyBuf, value: Value<'_>) {
    match value {
        Value::Str(text) => key.text(text),
        other => key.written(format_args!("{}", Text(other))),
    }
}

/// The value, unless it says nothing: to Prometheus a label with an empty text is an absent one.
pub(crate) fn stated(value: Option<Value<'_>>) -> Option<Value<'_>> {
    value.filter(|value| !matches!(value, Value::Empty | Value::Str("")))
}

/// A value's text: scalars plain, bytes in base64, lists and maps as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a>(pub Value<'a>);

impl fmt::Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Empty => Ok(()),
            Value::Str(text) => out.write_str(text),
            Value::Bool(value) => write!(out, "{value}"),
            Value::Int(value) => write!(out, "{value}"),
            Value::Double(value) => write!(out, "{}", Number(value)),
            Value::Bytes(bytes) => write!(out, "{}", Base64(bytes)),
            Value::Array(_) | Value::Map(_) => write!(out, "{}", Json(self.0)),
        }
    }
}

/// A double as JSON writes it: decimal from 1e-6 up to 1e21, with an exponent beyond.
pub(crate) struct Number(pub(crate) f64);

impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.abs();
        if self.0.is_infinite() {
            return out.write_str(if self.0 > 0.0 { "+Inf" } else { "-Inf" });
        }
        if magnitude == 0.0 || self.0.is_nan() || (1e-6..1e21).contains(&magnitude) {
            return write!(out, "{}", self.0);
        }
        let text = format!("{:e}", self.0);
        match text.split_once('e') {
            Some((digits, exponent)) if magnitude >= 1.0 => write!(out, "{digits}e+{exponent}"),
            _ => out.write_str(&text),
        }
    }
}

struct Json<'a>(Value<'a>);

impl fmt::Display for Json<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Empty => out.write_str("null"),
            Value::Str(text) => write!(out, "{}", JsonText(text)),
            Value::Bytes(bytes) => write!(out, "\"{}\"", Base64(bytes)),
            Value::Array(array) => {
                let mut before = '[';
                for item in array.iter() {
                    write!(out, "{before}{}", Json(item))?;
                    before = ',';
                }
                out.write_str(if before == '[' { "[]" } else { "]" })
            }
            Value::Map(map) => {
                let mut entries: Vec<_> = map.iter().collect();
                entries.sort_by_key(|entry| entry.key);
                let mut before = '{';
                for entry in entries {
                    write!(out, "{before}{}:{}", JsonText(entry.key), Json(entry.value))?;
                    before = ',';
                }
                out.write_str(if before == '{' { "{}" } else { "}" })
            }
            Value::Bool(_) | Value::Int(_) | Value::Double(_) => write!(out, "{}", Text(self.0)),
        }
    }
}

struct JsonText<'a>(&'a str);

impl fmt::Display for JsonText<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_char('"')?;
        for character in self.0.chars() {
            match character {
                '"' => out.write_str("\\\"")?,
                '\\' => out.write_str("\\\\")?,
                '\n' => out.write_str("\\n")?,
                '\r' => out.write_str("\\r")?,
                '\t' => out.write_str("\\t")?,
                '\u{8}' => out.write_str("\\b")?,
                '\u{c}' => out.write_str("\\f")?,
                '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                    write!(out, "\\u{:04x}", u32::from(character))?;
                }
                other => out.write_char(other)?,
            }
        }
        out.write_char('"')
    }
}

struct Base64<'a>(&'a [u8]);

impl fmt::Display for Base64<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for chunk in self.0.chunks(3) {
            let byte = |at: usize| chunk.get(at).copied().map_or(0, u32::from);
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            for digit in 0..4 {
                let sextet = (bits >> (18 - 6 * digit) & 63) as usize;
                let character = if digit > chunk.len() {
                    b'='
                } else {
                    DIGITS.get(sextet).copied().unwrap_or(b'=')
                };
                out.write_char(char::from(character))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_read_as_upstream_writes_them() {
        for (value, expected) in [
            (Value::Str("a\"b"), "a\"b"),
            (Value::Bool(true), "true"),
            (Value::Int(-7), "-7"),
            (Value::Double(2.0), "2"),
            (Value::Double(0.25), "0.25"),
            (Value::Double(1e21), "1e+21"),
            (Value::Double(2.5e-7), "2.5e-7"),
            (Value::Bytes(b"secspan"), "c2Vjc3Bhbg=="),
            (Value::Bytes(b"sec"), "c2Vj"),
            (Value::Empty, ""),
        ] {
            assert_eq!(Text(value).to_string(), expected, "{value:?}");
        }
        assert_eq!(
            JsonText("<a> \"b\"\u{1}").to_string(),
            r#""<a> \"b\"\u0001""#
        );
    }
}
