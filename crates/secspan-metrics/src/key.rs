//! The label values of a series as one run of bytes: hashed and compared without a `String`.
//!
//! For each label, in the metric's order: its length as two bytes, then its text; [`ABSENT`] stands for a label that the
//! series does not have. An empty label is an absent one, as in Prometheus, where both would be one series.

use std::fmt;

const ABSENT: u16 = u16::MAX;

/// A key under construction; reused from event to event.
#[derive(Debug)]
pub(crate) struct KeyBuf {
    bytes: Vec<u8>,
    label_bytes_max: usize,
}

impl KeyBuf {
    pub(crate) fn new(label_bytes_max: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(256),
            label_bytes_max: label_bytes_max.min(usize::from(ABSENT - 1)),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn absent(&mut self) {
        self.bytes.extend_from_slice(&ABSENT.to_le_bytes());
    }

    pub(crate) fn text(&mut self, text: &str) {
        let text = text
            .get(..text.floor_char_boundary(self.label_bytes_max))
            .unwrap_or(text);
        if text.is_empty() {
            return self.absent();
        }
        let length = u16::try_from(text.len()).unwrap_or(ABSENT - 1);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.absent(),
        }
    }

    /// One label made of several pieces.
    pub(crate) fn written(&mut self, value: fmt::Arguments<'_>) {
        if let Some(text) = value.as_str() {
            return self.text(text);
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0, 0]);
        let mut bounded = Bounded {
            bytes: &mut self.bytes,
            left: self.label_bytes_max,
        };
        // Stops with an error once the label is full, which is what cutting means.
        fmt::Write::write_fmt(&mut bounded, value).ok();
        let length = match self.bytes.len() - start - 2 {
            0 => ABSENT,
            length => u16::try_from(length).unwrap_or(ABSENT),
        };
        if let Some(head) = self.bytes.get_mut(start..start + 2) {
            head.copy_from_slice(&length.to_le_bytes());
        }
    }
}

struct Bounded<'a> {
    bytes: &'a mut Vec<u8>,
    left: usize,
}

impl fmt::Write for Bounded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let kept = text
            .get(..text.floor_char_boundary(self.left))
            .unwrap_or_default();
        self.bytes.extend_from_slice(kept.as_bytes());
        self.left -= kept.len();
        if kept.len() < text.len() {
            Err(fmt::Error)
        } else {
            Ok(())
        }
    }
}

/// The label values in a key, in order.
pub(crate) fn values(mut key: &[u8]) -> impl Iterator<Item = Option<&str>> {
    std::iter::from_fn(move || {
        let (head, rest) = key.split_first_chunk::<2>()?;
        let length = u16::from_le_bytes(*head);
        if length == ABSENT {
            key = rest;
            return Some(None);
        }
        let (text, rest) = rest.split_at_checked(usize::from(length))?;
        key = rest;
        Some(std::str::from_utf8(text).ok())
    })
}

/// Whether bytes from outside are a key of `labels` labels.
pub(crate) fn is_key(key: &[u8], labels: usize) -> bool {
    let lengths = values(key).map(|value| 2 + value.map_or(0, str::len));
    let (count, length) = lengths.fold((0, 0), |(count, sum), length| (count + 1, sum + length));
    count == labels && length == key.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_cut_at_a_character() {
        let mut key = KeyBuf::new(5);
        key.text("short");
        key.absent();
        key.text("");
        key.text("größer");
        key.written(format_args!("{}:{}", 1, "größer"));
        key.written(format_args!("{}{}", "", String::new()));
        let found: Vec<_> = values(key.as_bytes()).collect();
        assert_eq!(
            found,
            [Some("short"), None, None, Some("grö"), Some("1:gr"), None]
        );
    }
}
