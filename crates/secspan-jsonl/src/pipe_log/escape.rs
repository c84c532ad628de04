//! Text within a field: no pipe, no line break, and back again.
//!
//! The escapes are those of JSON strings: `\\`, `\n`, `\r`, `\t`, and `\u007c` for the pipe; a raw pipe behind a
//! backslash would still end the field for parsers that only split.

use std::fmt::Write;

/// A field as it is written.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Besides the pipe, whatever some language takes for the end of a line.
            '|' | '\u{2028}' | '\u{2029}' => by_number(&mut out, letter),
            control if control.is_control() => by_number(&mut out, control),
            plain => out.push(plain),
        }
    }
    out
}

fn by_number(out: &mut String, letter: char) {
    // Writing to a text does not fail.
    write!(out, "\\u{:04x}", u32::from(letter)).unwrap_or_default();
}

/// A field as it was before it was written. A backslash that escapes nothing is a backslash.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, behind)) = rest.split_once('\\') {
        out.push_str(plain);
        let (letter, length) = escaped(behind).unwrap_or(('\\', 0));
        out.push(letter);
        rest = behind.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The letter that is written behind a backslash, and how many bytes that takes.
fn escaped(behind: &str) -> Option<(char, usize)> {
    match behind.as_bytes().first()? {
        b'\\' => Some(('\\', 1)),
        b'n' => Some(('\n', 1)),
        b'r' => Some(('\r', 1)),
        b't' => Some(('\t', 1)),
        b'u' => {
            let digits = behind.get(1..5)?;
            let digits = digits
                .bytes()
                .all(|digit| digit.is_ascii_hexdigit())
                .then_some(digits)?;
            let letter = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            Some((letter, 5))
        }
        _ => None,
    }
}
