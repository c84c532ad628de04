//! JSON to wire bytes, following the schema's tables; nothing is kept but the bytes written.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{
    self, DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::{JsonError, Wire};
use crate::encode::Writer;
use crate::schema::{Field, Kind, Message};
use crate::view;

/// Base64 with or without padding, as the Protobuf mapping asks of readers.
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
/// The same with the alphabet for addresses.
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
/// How deep unknown keys are worth a remark: in the request and in its resource groups, where the old names of whole
/// parts stood (`instrumentationLibrarySpans`).
const STEPS_REMARKED: usize = 2;
/// How many unknown keys a remark names.
const KEYS_MAX: usize = 8;
/// How much of an unknown key it shows, in characters.
const KEY_CHARS_MAX: usize = 64;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Wire bytes of the message that `json` holds.
pub(super) fn to_wire(
    json: &[u8],
    message: &'static Message,
    bytes_max: usize,
) -> Result<Wire, JsonError> {
    let mut context = Context {
        writer: Writer::default(),
        path: Vec::new(),
        bytes_max,
        full: false,
        remarks: Remarks::default(),
    };
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let read = deserializer
        .deserialize_map(MessageVisitor {
            message,
            context: &mut context,
        })
        .and_then(|()| deserializer.end());
    match read {
        Ok(()) => Ok(Wire {
            bytes: context.writer.finish(),
            remark: context.remarks.text(),
        }),
        Err(_) if context.full => Err(JsonError::TooLarge { bytes_max }),
        Err(error) => Err(invalid(&error, &context.path)),
    }
}

/// The reason without the position that `serde_json` appends to it, and the place that was reached.
fn invalid(error: &serde_json::Error, path: &[Step]) -> JsonError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let position = format!(" at line {line} column {column}");
    let reason = text.strip_suffix(&position).unwrap_or(&text).to_owned();
    JsonError::Invalid {
        path: place(path),
        reason,
        line,
        column,
    }
}

/// A path as people write it; `request` for the whole.
fn place(path: &[Step]) -> String {
    let mut place = String::new();
    for step in path {
        match step {
            Step::Key(key) if place.is_empty() => place.push_str(key),
            Step::Key(key) => place.extend([".", key]),
            Step::Index(index) => place.extend(["[", &index.to_string(), "]"]),
        }
    }
    if place.is_empty() {
        place.push_str("request");
    }
    place
}

/// What was read and is not in the wire bytes.
#[derive(Default)]
struct Remarks {
    /// Unknown keys of the request and of its first level, each once.
    unknown: Vec<String>,
    /// Where the first text stands that is not Unicode.
    not_unicode: Option<String>,
}

impl Remarks {
    /// Notes a key, cut where a key is no longer a name.
    fn unknown(&mut self, key: &str) {
        let key: String = key.chars().take(KEY_CHARS_MAX).collect();
        if self.unknown.len() < KEYS_MAX && !self.unknown.contains(&key) {
            self.unknown.push(key);
        }
    }

    fn text(self) -> String {
        let mut parts = Vec::new();
        if !self.unknown.is_empty() {
            let keys = self.unknown.join(", ");
            parts.push(format!("unknown fields are ignored: {keys}"));
        }
        if let Some(place) = self.not_unicode {
            parts.push(format!(
                "text that is not Unicode, first at {place}, was replaced by U+FFFD"
            ));
        }
        parts.join("; ")
    }
}

/// One step from a value to a value inside it.
enum Step {
    Key(&'static str),
    Index(usize),
}

/// What the visitors share. A step is taken back only when its value was read: after an error,
/// `path` names the value that is wrong.
struct Context {
    writer: Writer,
    path: Vec<Step>,
    bytes_max: usize,
    full: bool,
    remarks: Remarks,
}

impl Context {
    /// An error as soon as more was written than allowed.
    fn check_size<E: de::Error>(&mut self) -> Result<(), E> {
        self.full = self.writer.len() > self.bytes_max;
        if self.full {
            Err(E::custom("too large"))
        } else {
            Ok(())
        }
    }
}

/// Writes the fields of an object.
struct MessageVisitor<'c> {
    message: &'static Message,
    context: &'c mut Context,
}

impl<'de> Visitor<'de> for MessageVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", self.message.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            let Some(field) = self.message.by_name(&key) else {
                if self.context.path.len() <= STEPS_REMARKED {
                    self.context.remarks.unknown(&key);
                }
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            self.context.path.push(Step::Key(field.name));
            map.next_value_seed(Value {
                field,
                element: false,
                context: self.context,
            })?;
            self.context.path.pop();
            self.context.check_size()?;
        }
        Ok(())
    }
}

/// A key, borrowed from the text unless it has escapes. Read as bytes: one that is not Unicode is unknown, and no error.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: de::Deserializer<'de>>(self, from: D) -> Result<Cow<'de, str>, D::Error> {
        from.deserialize_bytes(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_bytes<E>(self, key: &'de [u8]) -> Result<Cow<'de, str>, E> {
        Ok(String::from_utf8_lossy(key))
    }

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(String::from_utf8_lossy(key).into_owned()))
    }
}

/// Writes the value of a field: of one that repeats, the list or (`element`) one of its items.
struct Value<'c> {
    field: &'static Field,
    element: bool,
    context: &'c mut Context,
}

impl Value<'_> {
    fn is_list(&self) -> bool {
        self.field.repeated && !self.element
    }

    /// An integer of any type; floats count when they are whole.
    fn integer<E: de::Error>(self, value: i128) -> Result<(), E> {
        let out_of_range = || E::custom(format_args!("integer {value} is out of range"));
        let signed = || i64::try_from(value).map_err(|_| out_of_range());
        let int32 = || i32::try_from(value).map_err(|_| out_of_range());
        let uint32 = || u32::try_from(value).map_err(|_| out_of_range());
        let unsigned = || u64::try_from(value).map_err(|_| out_of_range());
        let (writer, number) = (&mut self.context.writer, self.field.number);
        match self.field.kind {
            Kind::Int64 => writer.varint(number, signed()?.cast_unsigned()),
            Kind::Sfixed64 => writer.fixed64(number, signed()?.cast_unsigned()),
            Kind::Uint64 => writer.varint(number, unsigned()?),
            Kind::Fixed64 => writer.fixed64(number, unsigned()?),
            Kind::Uint32 => writer.varint(number, uint32()?.into()),
            Kind::Fixed32 => writer.fixed32(number, uint32()?),
            Kind::Int32 | Kind::Enum(_) => {
                writer.varint(number, i64::from(int32()?).cast_unsigned());
            }
            Kind::Sint32 => {
                let value = int32()?;
                writer.varint(
                    number,
                    ((value << 1) ^ (value >> 31)).cast_unsigned().into(),
                );
            }
            Kind::Double => writer.fixed64(number, (value as f64).to_bits()),
            _ => return Err(E::invalid_type(de::Unexpected::Other("integer"), &self)),
        }
        Ok(())
    }

    /// The value of a field that text can hold in its place: numbers, enumerations, bytes.
    fn text<E: de::Error>(self, text: &str) -> Result<(), E> {
        let number = self.field.number;
        let wrong = |this: &Self| E::invalid_value(de::Unexpected::Str(text), this);
        match self.field.kind {
            Kind::Text => self.context.writer.bytes(number, text.as_bytes()),
            Kind::Id => {
                let mut bytes = vec![0; text.len() / 2];
                if !text.len().is_multiple_of(2) || !view::hex_into(text.as_bytes(), &mut bytes) {
                    return Err(wrong(&self));
                }
                self.context.writer.bytes(number, &bytes);
            }
            Kind::Bytes => {
                let decoded = BASE64.decode(text).or_else(|_| BASE64_URL.decode(text));
                let bytes = decoded.map_err(|_| wrong(&self))?;
                self.context.writer.bytes(number, &bytes);
            }
            Kind::Double => {
                let value = double(text).ok_or_else(|| wrong(&self))?;
                self.context.writer.fixed64(number, value.to_bits());
            }
            Kind::Enum(names) => {
                let known = names.iter().position(|name| *name == text);
                let value = known
                    .and_then(|n| i128::try_from(n).ok())
                    .ok_or_else(|| wrong(&self))?;
                return self.integer(value);
            }
            Kind::Bool | Kind::Message(_) => {
                return Err(E::invalid_type(de::Unexpected::Str(text), &self));
            }
            _ => {
                let value = text.parse().map_err(|_| wrong(&self))?;
                return self.integer(value);
            }
        }
        Ok(())
    }
}

/// A double as text: the three values that JSON numbers lack, or a number.
fn double(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => text.parse().ok().filter(|value: &f64| value.is_finite()),
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if matches!(self.field.kind, Kind::Text) && !self.is_list() {
            // As an option, because `null` is the same as no key; then as bytes, because half a surrogate pair is no text.
            from.deserialize_option(self)
        } else {
            from.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_list() {
            return f.write_str("a list");
        }
        match self.field.kind {
            Kind::Bool => f.write_str("true or false"),
            Kind::Bytes => f.write_str("base64 text"),
            Kind::Double => f.write_str("a number"),
            Kind::Enum(names) => {
                let first = names.get(1).copied().unwrap_or_default();
                write!(f, "a number or a name like {first}")
            }
            Kind::Id => f.write_str("hexadecimal digits, two for each byte"),
            Kind::Message(message) => write!(f, "an object ({})", message.name),
            Kind::Text => f.write_str("text"),
            _ => f.write_str("an integer, as a number or as text"),
        }
    }

    /// `null` is the same as no key.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: de::Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_bytes(self)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<(), E> {
        let text = String::from_utf8_lossy(bytes);
        if matches!(text, Cow::Owned(_)) {
            let remarks = &mut self.context.remarks;
            remarks
                .not_unicode
                .get_or_insert_with(|| place(&self.context.path));
        }
        self.text(&text)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        if self.is_list() || !matches!(self.field.kind, Kind::Bool) {
            return Err(E::invalid_type(de::Unexpected::Bool(value), &self));
        }
        self.context.writer.varint(self.field.number, value.into());
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        if self.is_list() || !self.field.kind.is_number() {
            return Err(E::invalid_type(de::Unexpected::Signed(value), &self));
        }
        self.integer(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        if self.is_list() || !self.field.kind.is_number() {
            return Err(E::invalid_type(de::Unexpected::Unsigned(value), &self));
        }
        self.integer(value.into())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and within 2^64, so it fits"
    )]
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        const BEYOND_ANY_INTEGER: f64 = 2e19;
        if self.is_list() || !self.field.kind.is_number() {
            return Err(E::invalid_type(de::Unexpected::Float(value), &self));
        }
        if matches!(self.field.kind, Kind::Double) {
            self.context
                .writer
                .fixed64(self.field.number, value.to_bits());
            return Ok(());
        }
        if value.fract() != 0.0 || value.abs() > BEYOND_ANY_INTEGER {
            return Err(E::invalid_value(de::Unexpected::Float(value), &self));
        }
        self.integer(value as i128)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        if self.is_list() {
            return Err(E::invalid_type(de::Unexpected::Str(text), &self));
        }
        self.text(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if !self.is_list() {
            return Err(de::Error::invalid_type(de::Unexpected::Seq, &self));
        }
        let Self { field, context, .. } = self;
        for index in 0.. {
            context.path.push(Step::Index(index));
            let item = Value {
                field,
                element: true,
                context,
            };
            let more = list.next_element_seed(item)?.is_some();
            context.path.pop();
            if !more {
                break;
            }
            context.check_size()?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Kind::Message(message) = self.field.kind else {
            return Err(de::Error::invalid_type(de::Unexpected::Map, &self));
        };
        if self.is_list() {
            return Err(de::Error::invalid_type(de::Unexpected::Map, &self));
        }
        let start = self.context.writer.begin(self.field.number);
        MessageVisitor {
            message,
            context: &mut *self.context,
        }
        .visit_map(map)?;
        self.context.writer.end(start);
        Ok(())
    }
}
