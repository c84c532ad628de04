//! Trace and span ids as typed bytes: parse from the wire or from hex, print as lower-case hex.

use std::fmt;
use std::str::FromStr;

/// A trace id; all zero means "none", which the schema rejects.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraceId(pub [u8; 16]);

/// A span id; all zero means "none".
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanId(pub [u8; 8]);

/// Text that is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected {digits} hexadecimal digits")]
pub struct InvalidId {
    /// How many digits the id has.
    pub digits: usize,
}

macro_rules! id {
    ($name:ident, $len:literal) => {
        impl $name {
            /// Length on the wire, in bytes.
            pub const LEN: usize = $len;

            /// A valid id as it stands on the wire: the right length, and not all zero.
            #[inline]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                let id = Self(*bytes.as_array::<$len>()?);
                id.is_valid().then_some(id)
            }

            /// Whether any bit is set.
            #[inline]
            pub fn is_valid(&self) -> bool {
                self.0 != [0; $len]
            }

            /// The id as lower-case hex text, without an allocation.
            pub fn to_hex(self) -> Hex<{ 2 * $len }> {
                let mut digits = [0; 2 * $len];
                for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
                    if let [high, low] = pair {
                        *high = digit(byte >> 4);
                        *low = digit(byte & 15);
                    }
                }
                Hex(digits)
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::LowerHex for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.to_hex().as_str())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::LowerHex::fmt(self, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Reads hex digits of either case; an id of zeros is read as well.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let mut bytes = [0; $len];
                if text.len() == 2 * $len && hex_into(text.as_bytes(), &mut bytes) {
                    Ok(Self(bytes))
                } else {
                    Err(InvalidId { digits: 2 * $len })
                }
            }
        }
    };
}

id!(TraceId, 16);
id!(SpanId, 8);

/// Hex digits on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hex<const N: usize>([u8; N]);

impl<const N: usize> Hex<N> {
    /// The digits.
    #[inline]
    pub fn as_str(&self) -> &str {
        // Hex digits are ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn digit(nibble: u8) -> u8 {
    if nibble < 10 {
        b'0' + nibble
    } else {
        b'a' + nibble - 10
    }
}

/// Decodes two digits per byte; false when a digit is none.
pub(crate) fn hex_into(digits: &[u8], bytes: &mut [u8]) -> bool {
    digits.chunks_exact(2).zip(bytes).all(|(pair, byte)| {
        let [high, low] = pair else { return false };
        let (Some(high), Some(low)) = (nibble(*high), nibble(*low)) else {
            return false;
        };
        *byte = high << 4 | low;
        true
    })
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_bytes_round_trip() {
        let text = "0af7651916cd43dd8448eb211c80319c";
        let id: TraceId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(text.to_uppercase().parse(), Ok(id));
        assert_eq!(TraceId::from_slice(&id.0), Some(id));
        assert_eq!(format!("{id:?}"), format!("TraceId({text})"));
        assert_eq!(
            "b7ad6b7169203331".parse::<SpanId>().unwrap().to_string(),
            "b7ad6b7169203331"
        );
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in [
            "",
            "0af7",
            "0af7651916cd43dd8448eb211c80319",
            "0af7651916cd43dd8448eb211c80319g",
        ] {
            assert_eq!(
                text.parse::<TraceId>(),
                Err(InvalidId { digits: 32 }),
                "{text}"
            );
        }
        assert_eq!(
            "0af7651916cd43d\u{e9}".parse::<SpanId>(),
            Err(InvalidId { digits: 16 })
        );
        assert_eq!(TraceId::from_slice(&[0; 16]), None);
        assert_eq!(SpanId::from_slice(&[1; 7]), None);
        assert!(!"0".repeat(16).parse::<SpanId>().unwrap().is_valid());
    }
}
