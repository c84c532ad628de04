//! The torn end of a file: what a writer that crashed in the middle of a line left behind.
//!
//! Called under the lock, so no writer that takes the lock is in the middle of anything. A whole object that lacks only
//! its line feed is given one. Anything else is taken out of the file, so that readers that stop at the first bad line
//! do not stop there, and handed to the caller for the side file.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// The longest torn line, in bytes, that is moved; a longer one is only ended with a line feed.
const TORN_BYTES_MAX: u64 = 16 << 20;

/// How much is read at a time while the start of the last line is looked for, in bytes.
const STEP_BYTES: u64 = 64 << 10;

/// What the end of a file needs before a line may follow.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Nothing: it is empty, or ends with a line feed.
    Clean,
    /// A line feed.
    Unterminated,
    /// The bytes from `start` to the end are no line.
    Torn {
        /// Where the last whole line ends.
        start: u64,
        /// What follows it.
        bytes: Vec<u8>,
    },
}

/// Looks at the end of `file`, which is `len` bytes long.
pub(crate) fn end_of(file: &File, len: u64) -> io::Result<End> {
    if len == 0 || read(file, len - 1, len)? == b"\n" {
        return Ok(End::Clean);
    }
    let mut from = len;
    let mut bytes = Vec::new();
    while from > 0 && len - from < TORN_BYTES_MAX {
        let start = from.saturating_sub(STEP_BYTES);
        let chunk = read(file, start, from)?;
        let feed = chunk.iter().rposition(|byte| *byte == b'\n');
        let kept = chunk.get(feed.map_or(0, |at| at + 1)..).unwrap_or_default();
        bytes.splice(0..0, kept.iter().copied());
        from = len - bytes.len() as u64;
        if feed.is_some() || from == 0 {
            return Ok(judge(from, bytes));
        }
    }
    Ok(End::Unterminated)
}

fn judge(start: u64, bytes: Vec<u8>) -> End {
    match serde_json::from_slice::<serde_json::Value>(&bytes) {
        Ok(serde_json::Value::Object(_)) => End::Unterminated,
        _ => End::Torn { start, bytes },
    }
}

fn read(file: &File, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(to - from).unwrap_or(0)];
    file.read_exact_at(&mut bytes, from)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn end(content: &[u8]) -> End {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        end_of(&file, content.len() as u64).unwrap()
    }

    #[test]
    fn ends_are_told_apart() {
        let torn = |start, bytes: &[u8]| End::Torn {
            start,
            bytes: bytes.to_vec(),
        };
        for (content, expected) in [
            (&b""[..], End::Clean),
            (b"{}\n", End::Clean),
            (b"{}\n{\"a\":1}", End::Unterminated),
            (b"{}\n{\"a\":", torn(3, b"{\"a\":")),
            (b"{\"a", torn(0, b"{\"a")),
            (b"{}\n7", torn(3, b"7")),
            (b"{}\n\0\0", torn(3, b"\0\0")),
        ] {
            assert_eq!(end(content), expected, "{content:?}");
        }
    }

    #[test]
    fn a_torn_line_may_be_longer_than_a_step() {
        let long = vec![b'x'; 200_000];
        let content = [b"{}\n", &long[..]].concat();
        assert_eq!(
            end(&content),
            End::Torn {
                start: 3,
                bytes: long
            }
        );
    }
}
