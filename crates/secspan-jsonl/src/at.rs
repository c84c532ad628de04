//! Reading a piece of a file without moving its position.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// The bytes from `from` to `to`.
pub(crate) fn read(file: &File, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(to.saturating_sub(from)).unwrap_or(0)];
    file.read_exact_at(&mut bytes, from)?;
    Ok(bytes)
}
