//! The bytes of saved counts: sections, each with its length and the name of what it holds, so that a reader passes over
//! what it no longer knows. All numbers are little-endian.

use std::fmt;

/// Marks the bytes of this format and its version.
const MAGIC: &[u8; 8] = b"secmet\x00\x01";

/// The bytes are not a state that was saved here; nothing before the damage was lost, nothing after it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestoreError;

impl fmt::Display for RestoreError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("saved metric state is damaged or of another version")
    }
}

impl std::error::Error for RestoreError {}

/// The beginning of a state.
pub(crate) fn begin() -> Vec<u8> {
    MAGIC.to_vec()
}

/// Appends a section.
pub(crate) fn put_section(out: &mut Vec<u8>, name: &str, write: impl FnOnce(&mut Vec<u8>)) {
    let mut section = Vec::new();
    put_bytes(&mut section, name.as_bytes());
    write(&mut section);
    put_bytes(out, &section);
}

/// Gives each section to `visit`, which returns how many series came back from it. Returns the sum.
///
/// # Errors
/// When the bytes are damaged; sections before the damage have been visited.
pub(crate) fn read_sections(
    bytes: &[u8],
    visit: &mut dyn FnMut(&str, Reader<'_>) -> Result<usize, RestoreError>,
) -> Result<usize, RestoreError> {
    let mut reader = Reader(bytes.strip_prefix(MAGIC).ok_or(RestoreError)?);
    let mut restored = 0;
    while !reader.0.is_empty() {
        let mut section = Reader(reader.bytes()?);
        let name = section.text()?;
        restored += visit(name, section)?;
    }
    Ok(restored)
}

pub(crate) fn put_u64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes());
}

pub(crate) fn put_len(out: &mut Vec<u8>, length: usize) {
    put_u64(out, length as u64);
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_len(out, bytes.len());
    out.extend_from_slice(bytes);
}

pub(crate) fn put_counts(out: &mut Vec<u8>, counts: &[u64]) {
    put_len(out, counts.len());
    for count in counts {
        put_u64(out, *count);
    }
}

/// What is still to be read.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], RestoreError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(RestoreError)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], RestoreError> {
        self.take(N)?.try_into().map_err(|_| RestoreError)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, RestoreError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(crate) fn f64(&mut self) -> Result<f64, RestoreError> {
        Ok(f64::from_bits(self.u64()?))
    }

    pub(crate) fn flag(&mut self) -> Result<bool, RestoreError> {
        Ok(self.array::<1>()? == [1])
    }

    pub(crate) fn length(&mut self) -> Result<usize, RestoreError> {
        usize::try_from(self.u64()?).map_err(|_| RestoreError)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], RestoreError> {
        let length = self.length()?;
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, RestoreError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| RestoreError)
    }

    pub(crate) fn counts(&mut self) -> Result<Vec<u64>, RestoreError> {
        let length = self.length()?;
        // The bytes are there or they are not: no length is believed before that.
        let bytes = self.take(length.checked_mul(8).ok_or(RestoreError)?)?;
        Ok(bytes
            .as_chunks::<8>()
            .0
            .iter()
            .map(|chunk| u64::from_le_bytes(*chunk))
            .collect())
    }
}
