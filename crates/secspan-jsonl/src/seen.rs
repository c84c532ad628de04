//! Which records were written already: so that a batch that is tried again, or replayed after a restart, is not written
//! twice.

use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use secspan_records::key::Key;
use secspan_records::kind::Kind;
use secspan_records::origin::Reading;
use secspan_records::record::Record;

/// Records remembered at most; the oldest give way.
const SEEN_MAX: usize = 1 << 17;

/// Files that were read back, remembered at most.
const FILES_MAX: usize = 64;

/// How much of the end of a file is read back, in bytes: some fifteen thousand records.
const READ_BACK_BYTES: u64 = 16 << 20;

/// A bounded set of written records.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    keys: HashSet<Key>,
    order: VecDeque<Key>,
    files: VecDeque<PathBuf>,
}

impl Seen {
    pub(crate) fn contains(&self, key: &Key) -> bool {
        self.keys.contains(key)
    }

    pub(crate) fn insert(&mut self, key: Key) {
        if self.keys.insert(key.clone()) {
            self.order.push_back(key);
        }
        while self.order.len() > SEEN_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.keys.remove(&oldest);
            }
        }
    }

    /// Learns what `path` holds, the first time that it is asked for.
    pub(crate) fn read_back(&mut self, kind: &'static Kind, path: &Path) -> io::Result<()> {
        if self.files.iter().any(|known| known == path) {
            return Ok(());
        }
        let text = match end_of(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        for line in text.split(|byte| *byte == b'\n') {
            let record = str::from_utf8(line)
                .ok()
                .and_then(|line| Record::from_line(kind, line, Reading::default()).ok());
            if let Some(key) = record.as_ref().and_then(Record::key) {
                self.insert(key);
            }
        }
        self.files.push_back(path.to_owned());
        if self.files.len() > FILES_MAX {
            self.files.pop_front();
        }
        Ok(())
    }
}

/// The last bytes of a file. The first line may be cut; it then is no record.
fn end_of(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let len = file.metadata()?.len();
    let from = len.saturating_sub(READ_BACK_BYTES);
    let mut bytes = vec![0; usize::try_from(len - from).unwrap_or(0)];
    file.read_exact_at(&mut bytes, from)?;
    Ok(bytes)
}
