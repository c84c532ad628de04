//! A number in place of a name, where only sameness matters.

use std::hash::{BuildHasher, Hasher};

/// A number that stands for a name: the same in every accumulator and in every run. Among a million names, two share
/// one once in thirty million reports.
#[inline]
pub fn number(name: &str) -> u64 {
    let mut hasher = foldhash::quality::FixedState::default().build_hasher();
    hasher.write(name.as_bytes());
    hasher.finish()
}
