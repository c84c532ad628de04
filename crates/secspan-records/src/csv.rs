//! Rows of comma-separated values as RFC 4180 has them, read so that one broken row costs one line.
//!
//! A quoted field may hold commas, doubled quotes and line breaks. Where quotes do not match, the row is reported and
//! reading goes on with the next line: a writer that died inside a quoted field must not swallow the rest of the file.

use std::borrow::Cow;

/// The longest row, in bytes, that is followed over line breaks inside quotes.
pub const ROW_BYTES_MAX: usize = 64 * 1024;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The fields, without their quotes.
    pub fields: Vec<Cow<'a, str>>,
    /// The row as it stands in the text, without its line end.
    pub text: &'a str,
    /// The line in which it starts, counted from 1.
    pub line: usize,
}

/// A line that is no row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// A quoted field does not end.
    #[error("a quoted field has no closing quote: the row is torn")]
    Open,
    /// Something stands between the end of a quoted field and the next comma.
    #[error("text after a closing quote; a quote inside a quoted field is written twice")]
    AfterQuote,
}

/// A line that is no row, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct BrokenRow<'a> {
    /// What is wrong.
    pub error: RowError,
    /// The line, without its end.
    pub text: &'a str,
    /// Its number, counted from 1.
    pub line: usize,
}

/// The rows of a text; blank lines are passed over.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    rest: &'a str,
    line: usize,
}

/// The rows of `text`.
pub fn rows(text: &str) -> Rows<'_> {
    Rows {
        rest: text,
        line: 1,
    }
}

/// The fields of a text that is exactly one row.
///
/// # Errors
/// When its quotes do not match.
pub fn fields(row: &str) -> Result<Vec<Cow<'_, str>>, RowError> {
    let (fields, _) = scan(row)?;
    Ok(fields)
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, BrokenRow<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(rest) = self
            .rest
            .strip_prefix("\r\n")
            .or_else(|| self.rest.strip_prefix('\n'))
        {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        Some(match scan(self.rest) {
            Ok((fields, length)) => Ok(Row {
                fields,
                text: self.pass(length),
                line,
            }),
            Err(error) => {
                let length = self.rest.find('\n').unwrap_or(self.rest.len());
                Err(BrokenRow {
                    error,
                    text: self.pass(length),
                    line,
                })
            }
        })
    }
}

impl<'a> Rows<'a> {
    /// What was not read yet.
    pub fn rest(&self) -> &'a str {
        self.rest
    }

    /// Goes on behind the next `length` bytes and the line end after them; returns them without it.
    fn pass(&mut self, length: usize) -> &'a str {
        let (passed, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.line += passed.matches('\n').count();
        self.rest = match rest.strip_prefix('\n') {
            Some(rest) => {
                self.line += 1;
                rest
            }
            None => rest,
        };
        passed.strip_suffix('\r').unwrap_or(passed)
    }
}

/// The fields of the row at the start of `text`, and its length up to the line feed that ends it.
fn scan(text: &str) -> Result<(Vec<Cow<'_, str>>, usize), RowError> {
    let mut fields = Vec::with_capacity(6);
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let (field, length) = if let Some(quoted) = rest.strip_prefix('"') {
            let (field, length) = scan_quoted(quoted)?;
            (field, length + 1)
        } else {
            let length = rest.find([',', '\n']).unwrap_or(rest.len());
            let field = rest.get(..length).unwrap_or_default();
            (Cow::Borrowed(without_return(field, rest, length)), length)
        };
        fields.push(field);
        at += length;
        let after = text.get(at..).unwrap_or_default();
        if after.starts_with(',') {
            at += 1;
        } else if after.starts_with("\r\n") || after == "\r" {
            return Ok((fields, at + 1));
        } else if after.is_empty() || after.starts_with('\n') {
            return Ok((fields, at));
        } else {
            return Err(RowError::AfterQuote);
        }
    }
}

/// A field that ends its row does not own the carriage return of the line end.
fn without_return<'a>(field: &'a str, rest: &str, length: usize) -> &'a str {
    if rest.as_bytes().get(length) == Some(&b',') {
        field
    } else {
        field.strip_suffix('\r').unwrap_or(field)
    }
}

/// The field behind an opening quote, and its length with the closing one.
fn scan_quoted(text: &str) -> Result<(Cow<'_, str>, usize), RowError> {
    let mut from = 0;
    loop {
        let quote = text
            .get(from..)
            .and_then(|rest| rest.find('"'))
            .map(|at| from + at)
            .filter(|at| *at <= ROW_BYTES_MAX)
            .ok_or(RowError::Open)?;
        if text.as_bytes().get(quote + 1) != Some(&b'"') {
            let field = text.get(..quote).unwrap_or_default();
            let field = if field.contains('"') {
                Cow::Owned(field.replace("\"\"", "\""))
            } else {
                Cow::Borrowed(field)
            };
            return Ok((field, quote + 1));
        }
        from = quote + 2;
    }
}

/// The row of these fields, without a line end. Line breaks become spaces: what is written has one row on one line.
pub fn row<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let mut row = String::with_capacity(128);
    for (at, field) in fields.into_iter().enumerate() {
        if at > 0 {
            row.push(',');
        }
        push_field(&mut row, field);
    }
    row
}

fn push_field(row: &mut String, field: &str) {
    let field = one_line(field);
    if field.contains([',', '"']) {
        row.push('"');
        row.push_str(&field.replace('"', "\"\""));
        row.push('"');
    } else {
        row.push_str(&field);
    }
}

/// A text with spaces for its line breaks.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(['\r', '\n']) {
        Cow::Owned(text.replace("\r\n", " ").replace(['\r', '\n'], " "))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<Result<Vec<String>, (usize, RowError)>> {
        rows(text)
            .map(|row| match row {
                Ok(row) => Ok(row.fields.iter().map(ToString::to_string).collect()),
                Err(broken) => Err((broken.line, broken.error)),
            })
            .collect()
    }

    fn texts(fields: &[&str]) -> Vec<String> {
        fields.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rows_are_read_as_the_standard_says() {
        for (text, expected) in [
            ("a,b\n", vec![Ok(texts(&["a", "b"]))]),
            (
                "a,b\r\nc,\r\n",
                vec![Ok(texts(&["a", "b"])), Ok(texts(&["c", ""]))],
            ),
            ("\n\r\na\n", vec![Ok(texts(&["a"]))]),
            ("\"a,\"\"b\"\"\",c", vec![Ok(texts(&["a,\"b\"", "c"]))]),
            ("\"a\r\nb\",c\n", vec![Ok(texts(&["a\r\nb", "c"]))]),
            ("\"\",\"\"\r\n", vec![Ok(texts(&["", ""]))]),
            ("a\"b,c\n", vec![Ok(texts(&["a\"b", "c"]))]),
            ("", vec![]),
            (",\n", vec![Ok(texts(&["", ""]))]),
        ] {
            assert_eq!(all(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_broken_row_costs_one_line() {
        let text = "a,\"torn\nb,\"c, d\",e\nf,g\n";
        let expected = vec![
            Err((1, RowError::AfterQuote)),
            Ok(texts(&["b", "c, d", "e"])),
            Ok(texts(&["f", "g"])),
        ];
        assert_eq!(all(text), expected);
        assert_eq!(
            all("a\nb,\"torn\nc\n"),
            vec![
                Ok(texts(&["a"])),
                Err((2, RowError::Open)),
                Ok(texts(&["c"]))
            ]
        );
        let long = format!("\"{}\n{}\"", "x".repeat(ROW_BYTES_MAX), "y");
        assert_eq!(all(&long).first(), Some(&Err((1, RowError::Open))));
    }

    #[test]
    fn lines_are_counted_through_quoted_breaks() {
        let lines: Vec<usize> = rows("\"a\nb\"\n\nc\n")
            .map(|row| row.unwrap().line)
            .collect();
        assert_eq!(lines, [1, 4]);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(fields in prop::collection::vec("[ -~äß\"]{0,12}", 2..7)) {
            let row = row(fields.iter().map(String::as_str));
            let read: Vec<String> = super::fields(&row).unwrap().iter().map(ToString::to_string).collect();
            prop_assert_eq!(read, fields);
        }

        #[test]
        fn no_text_breaks_the_reader(text in "[a,\"\r\n]{0,60}") {
            let covered: usize = rows(&text).map(|row| match row {
                Ok(row) => row.text.len(),
                Err(broken) => broken.text.len(),
            }).sum();
            prop_assert!(covered <= text.len());
        }
    }
}
