//! Attribute values: scalars borrowed from the wire, lists and maps decoded when they are asked for.

use super::KeyValue;
use crate::any::{self, Items};

/// An attribute value as it stands on the wire. Arrays and maps are validated and decoded on demand.
#[derive(Clone, Copy, Debug, Default)]
pub enum Value<'a> {
    /// No value was set.
    #[default]
    Empty,
    /// UTF-8 text.
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
    Array(ArrayView<'a>),
    /// A map of values.
    Map(MapView<'a>),
}

/// The still encoded elements of an array value, already validated.
#[derive(Clone, Copy, Debug)]
pub struct ArrayView<'a> {
    pub(crate) items: Items<'a>,
}

/// The still encoded entries of a map value, already validated.
#[derive(Clone, Copy, Debug)]
pub struct MapView<'a> {
    pub(crate) items: Items<'a>,
}

impl<'a> Value<'a> {
    /// The text, if it is text.
    #[inline]
    pub fn as_str(&self) -> Option<&'a str> {
        if let Self::Str(text) = *self {
            Some(text)
        } else {
            None
        }
    }

    /// The boolean, if it is one.
    #[inline]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = *self {
            Some(value)
        } else {
            None
        }
    }

    /// The integer, if it is one. A double is not, even a whole one.
    #[inline]
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(value) = *self {
            Some(value)
        } else {
            None
        }
    }

    /// The number: a double, or an integer as the nearest double.
    #[inline]
    pub fn as_double(&self) -> Option<f64> {
        match *self {
            Self::Double(value) => Some(value),
            Self::Int(value) => Some(value as f64),
            _ => None,
        }
    }

    /// The bytes, if it is bytes.
    #[inline]
    pub fn as_bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = *self {
            Some(bytes)
        } else {
            None
        }
    }

    /// The list, if it is one.
    #[inline]
    pub fn as_array(&self) -> Option<ArrayView<'a>> {
        if let Self::Array(array) = *self {
            Some(array)
        } else {
            None
        }
    }

    /// The map, if it is one.
    #[inline]
    pub fn as_map(&self) -> Option<MapView<'a>> {
        if let Self::Map(map) = *self {
            Some(map)
        } else {
            None
        }
    }

    /// Whether no value was set.
    #[inline]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

/// Equal content: lists by their elements, maps by their entries in order, doubles as numbers.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Empty, Self::Empty) => true,
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a.iter().eq(b.iter()),
            (Self::Map(a), Self::Map(b)) => a
                .iter()
                .map(|e| (e.key, e.value))
                .eq(b.iter().map(|e| (e.key, e.value))),
            _ => false,
        }
    }
}

impl<'a> ArrayView<'a> {
    /// The elements, in wire order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        any::elements(self.items)
    }

    /// How many elements there are; walks them.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl<'a> MapView<'a> {
    /// The entries, in wire order; their slots are not resolved. A key may occur twice.
    pub fn iter(&self) -> impl Iterator<Item = KeyValue<'a>> + use<'a> {
        any::entries(self.items).map(|(key, value)| KeyValue {
            key,
            slot: None,
            value,
        })
    }

    /// The value of `key`, the last one if it occurs twice.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.iter()
            .filter(|entry| entry.key == key)
            .last()
            .map(|entry| entry.value)
    }

    /// How many entries there are; walks them.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}
