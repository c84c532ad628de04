//! Label values that name people, replaced by a keyed hash: the same person is the same value, and only who has the key
//! can tell which.

use std::fmt::{self, Write as _};

use hmac_sha256::HMAC;

/// The shortest key, in bytes: what can be guessed hides nothing.
pub(super) const KEY_BYTES_MIN: usize = 16;

/// Bytes of the hash that are shown: enough to keep millions of names apart.
const SHOWN_BYTES: usize = 8;

/// The key of a pseudonym. Never shown, not even by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key(String);

impl Key {
    /// A key, unless it is too short.
    pub(super) fn new(text: &str) -> Option<Self> {
        (text.len() >= KEY_BYTES_MIN).then(|| Self(text.to_owned()))
    }

    /// The pseudonym of a name, in hexadecimal digits.
    pub(super) fn pseudonym(&self, name: &str) -> String {
        let hash = HMAC::mac(name.as_bytes(), self.0.as_bytes());
        hash.iter()
            .take(SHOWN_BYTES)
            .fold(String::new(), |mut text, byte| {
                // Writing into a String cannot fail.
                write!(text, "{byte:02x}").ok();
                text
            })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_keyed_and_keys_are_hidden() {
        let key = Key::new("0123456789abcdef").unwrap();
        // HMAC-SHA256, first eight bytes, as other tools compute it.
        assert_eq!(key.pseudonym("Mira"), "6bdbc3cd10c1d92e");
        assert_ne!(key.pseudonym("Mira"), key.pseudonym("mira"));
        assert_ne!(
            key.pseudonym("Mira"),
            Key::new("0123456789abcdeF").unwrap().pseudonym("Mira")
        );
        assert_eq!(format!("{key:?}"), "Key(…)");
        assert_eq!(Key::new("short"), None);
    }
}
