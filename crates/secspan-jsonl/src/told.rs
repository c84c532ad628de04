//! Which troubles people know of: each is told once, until it is over.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::error::{Cause, WriteError};

/// The troubles that last, and the files that have them. A full disk is one trouble, however many files are on it; it is
/// over when all of them could be written again.
#[derive(Debug, Default)]
pub(crate) struct Told {
    troubles: HashMap<Cause, HashSet<PathBuf>>,
}

impl Told {
    /// Whether this is news.
    pub(crate) fn is_first(&mut self, error: &WriteError) -> bool {
        let files = self.troubles.entry(error.cause()).or_default();
        let first = files.is_empty();
        files.insert(error.path().to_owned());
        first
    }

    /// Notes that a file was written.
    pub(crate) fn is_well(&mut self, path: &Path) {
        self.troubles.retain(|_, files| {
            files.remove(path);
            !files.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(path: &str) -> WriteError {
        WriteError::Replaced {
            path: PathBuf::from(path),
        }
    }

    #[test]
    fn one_trouble_of_many_files_is_told_once_until_all_are_well() {
        let mut told = Told::default();
        assert!(told.is_first(&trouble("a")));
        assert!(!told.is_first(&trouble("b")));
        told.is_well(Path::new("a"));
        assert!(!told.is_first(&trouble("b")));
        told.is_well(Path::new("b"));
        assert!(told.is_first(&trouble("a")));
    }
}
