//! A document as people and machines read it: text, Markdown, HTML, JSON, CSV.
//!
//! A renderer reads a [`Document`](crate::document::Document) and nothing else: no clock, no terminal, no environment. The
//! same document gives the same bytes. People get rounded numbers with units ([`value`]), machines get every digit.

pub mod csv;
pub mod html;
pub mod json;
pub mod markdown;
pub mod text;
pub mod value;

mod headline;
mod source;

#[cfg(test)]
mod tests;

use std::fmt::{Arguments, Write};

/// Adds formatted words to a text.
fn put(text: &mut String, words: Arguments<'_>) {
    // Memory takes what it is given; a formatter that failed would leave a mark rather than silence.
    if text.write_fmt(words).is_err() {
        text.push('?');
    }
}
