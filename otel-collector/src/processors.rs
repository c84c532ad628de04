//! Components that change or drop what passes through a pipeline.

use regex::Regex;

use crate::config::{Complaint, Section};

mod actions;
pub mod attributes;
pub mod batch;
mod condition;
pub mod filter;
pub mod memory_limiter;
pub mod redaction;
pub mod resource;
#[cfg(test)]
mod sample;
mod selection;

/// Reads a regular expression.
fn pattern(section: &mut Section<'_>, key: &'static str) -> Option<Regex> {
    let text = section.string(key).optional()?;
    compile(section, key, &text)
}

/// Reads a list of regular expressions.
fn patterns(section: &mut Section<'_>, key: &'static str) -> Vec<Regex> {
    let texts = section.list::<String>(key).or(Vec::new());
    let compiled = texts.iter().enumerate();
    compiled
        .filter_map(|(at, text)| compile(section, &format!("{key}[{at}]"), text))
        .collect()
}

/// Compiles a regular expression that stands at a key of the section.
fn compile(section: &Section<'_>, key: &str, text: &str) -> Option<Regex> {
    match Regex::new(text) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            let complaint = Complaint::new("is no regular expression").given(text);
            section.reject(key, complaint.hint(reason(&error)));
            None
        }
    }
}

/// What is wrong with a regular expression, on one line: the last line of the library's explanation.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

/// The SHA-256 of some bytes, in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&hmac_sha256::Hash::hash(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
