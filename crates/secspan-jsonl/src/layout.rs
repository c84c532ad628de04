//! What a shared file is made of, which decides what its first bytes may be and when its end is whole.

use std::fs::File;
use std::io;

use crate::at::read;

/// The longest header, in bytes, that is looked at; a longer first line is another file's.
const HEADER_BYTES_MAX: u64 = 4 << 10;

/// What some editors put before UTF-8 text. Every reader of lines takes it for a part of the first one.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How the lines of a file are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One JSON object on each line.
    Json,
    /// Rows of RFC 4180 below a header, which stands there exactly once.
    Csv {
        /// The header, without its line feed.
        header: &'static str,
    },
    /// This many fields on each line, with a pipe between each two.
    Pipe {
        /// How many.
        fields: usize,
    },
}

/// What a file begins with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// What it should.
    Fine,
    /// Nothing, or a torn header and nothing else: it needs this many bytes cut and a header.
    Absent,
    /// A byte order mark that can be blanked out.
    Marked,
    /// Something else: the file is not ours to write to.
    Foreign(String),
}

impl Layout {
    /// What stands before the first line of a new file.
    pub(crate) fn header(self) -> Option<&'static str> {
        match self {
            Self::Csv { header } => Some(header),
            Self::Json | Self::Pipe { .. } => None,
        }
    }

    /// Looks at the start of `file`, which is `len` bytes long.
    pub(crate) fn head_of(self, file: &File, len: u64) -> io::Result<Head> {
        match self {
            Self::Pipe { .. } => Ok(Head::Fine),
            Self::Json => {
                let start = read(file, 0, len.min(BYTE_ORDER_MARK.len() as u64))?;
                Ok(if start == BYTE_ORDER_MARK {
                    Head::Marked
                } else {
                    Head::Fine
                })
            }
            Self::Csv { header } => {
                let start = read(file, 0, len.min(HEADER_BYTES_MAX))?;
                Ok(csv_head(header, &start))
            }
        }
    }
}

fn csv_head(header: &str, start: &[u8]) -> Head {
    let feed = start.iter().position(|byte| *byte == b'\n');
    let line = start.get(..feed.unwrap_or(start.len())).unwrap_or_default();
    // Python's csv module ends lines with CR LF unless told otherwise, and reads both.
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line == header.as_bytes() {
        return Head::Fine;
    }
    // What a writer that died in the middle of the header left.
    if feed.is_none() && header.as_bytes().starts_with(line) {
        return Head::Absent;
    }
    let shown: String = String::from_utf8_lossy(line).chars().take(200).collect();
    Head::Foreign(shown.escape_debug().to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn head(layout: Layout, content: &[u8]) -> Head {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        layout.head_of(&file, content.len() as u64).unwrap()
    }

    #[test]
    fn a_table_has_its_header_or_none() {
        let layout = Layout::Csv { header: "a,b" };
        for (content, expected) in [
            ("", Head::Absent),
            ("a,", Head::Absent),
            ("a,b", Head::Fine),
            ("a,b\r\n1,2\r\n", Head::Fine),
            ("a,b\n1,2\n", Head::Fine),
            ("a,b,c\n", Head::Foreign("a,b,c".to_owned())),
            ("a,\n", Head::Foreign("a,".to_owned())),
            ("\u{feff}a,b\n", Head::Foreign("\\u{feff}a,b".to_owned())),
            ("\n", Head::Foreign(String::new())),
            ("1,2\n", Head::Foreign("1,2".to_owned())),
        ] {
            assert_eq!(head(layout, content.as_bytes()), expected, "{content:?}");
        }
    }

    #[test]
    fn lines_of_json_may_have_a_byte_order_mark_before_them() {
        assert_eq!(head(Layout::Json, b"\xef\xbb\xbf{}\n"), Head::Marked);
        assert_eq!(head(Layout::Json, b"{}\n"), Head::Fine);
        assert_eq!(head(Layout::Json, b""), Head::Fine);
    }
}
