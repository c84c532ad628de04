//! Where archives stay: a folder, or whatever else can keep named bytes and give them back.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A place where archives stay. Calls block.
pub trait ArchiveStore: Send {
    /// The archive of this name, from its start; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be told or the archive cannot be read.
    fn open(&self, name: &str) -> io::Result<Option<File>>;

    /// Keeps what is in the file `ready` under this name, for good, and checks that it does. The file may be moved away.
    ///
    /// # Errors
    /// When it is not kept, or the name is taken; an archive is never replaced.
    fn keep(&self, name: &str, ready: &Path) -> io::Result<()>;

    /// Where an archive is, for people.
    fn location_of(&self, name: &str) -> PathBuf;
}

/// A folder of archives.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at `path`; it is made when there is something to keep.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl ArchiveStore for Folder {
    fn open(&self, name: &str) -> io::Result<Option<File>> {
        match File::open(self.path.join(name)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn keep(&self, name: &str, ready: &Path) -> io::Result<()> {
        let to = self.path.join(name);
        // Whoever archives into this folder holds its lock, so nothing comes in between.
        match fs::symlink_metadata(&to) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(_) => return Err(ErrorKind::AlreadyExists.into()),
        }
        fs::rename(ready, to)?;
        sync_folder(&self.path)
    }

    fn location_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// Asks the disk to keep the names in a folder as they are.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
