//! How bytes reach a file that others write to as well: by path, under an exclusive lock, in one write.
//!
//! The file is opened anew for every batch, because a legacy updater may have replaced it; the lock is `flock`, the same
//! that Python's `fcntl.flock` takes. A write that the disk cuts short is taken back, so a file never ends inside a line
//! because of us; one that another writer tore is repaired first. A file that is moved away while it is waited for is
//! let go: after locking, the path is asked whether it still names this file.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::time::Duration;

use crate::error::{Step, WriteError};
use crate::layout::{BYTE_ORDER_MARK, Head, Layout};
use crate::torn::{End, end_of};

/// How often a file that is being replaced is opened again.
const REOPEN_MAX: u32 = 100;

/// How long the lock is waited for unless configured.
pub const LOCK_WAIT: Duration = Duration::from_secs(10);

/// Pauses between two attempts to lock.
const LOCK_PAUSE: Duration = Duration::from_millis(1);

/// Between two looks at an end that is not clean: far longer than a write takes.
pub(crate) const SETTLE_PAUSE: Duration = Duration::from_millis(10);

/// Looks at most at an end that keeps moving.
const SETTLE_LOOKS_MAX: u32 = 100;

/// When the disk is asked to keep what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sync {
    /// When the operating system thinks so: what was written survives a crash of the process, not of the machine.
    #[default]
    System,
    /// After every batch.
    Batch,
}

/// How batches are appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// When the disk is asked to keep a batch.
    pub sync: Sync,
    /// How long the lock of a file is waited for.
    pub lock_wait: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sync: Sync::default(),
            lock_wait: LOCK_WAIT,
        }
    }
}

/// What is about to be put right in a file, because no line may follow what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair<'a> {
    /// The file ends in a torn line, which is taken out.
    Torn(&'a [u8]),
    /// The file begins with a byte order mark, which is overwritten with blanks.
    Mark,
    /// The file ends in blank lines, which are taken out.
    Blank,
}

/// Appends `lines`, each with its line feed, to the file at `path`, below the header that its layout asks for. What
/// another writer left behind is put right first: `repair` is told before anything is changed, and keeps a torn line;
/// when it fails, nothing is changed.
///
/// # Errors
/// When the file cannot be opened, locked, repaired or written, or is another layout's; it then ends where it ended before.
pub fn append(
    path: &Path,
    layout: Layout,
    lines: &[u8],
    settings: Settings,
    mut repair: impl FnMut(Repair<'_>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let mut file = locked(path, settings.lock_wait)?;
    let (len, before) = make_ready(&file, path, layout, &mut repair)?;
    let batch = if before.is_empty() {
        Vec::new()
    } else {
        [before.as_bytes(), lines].concat()
    };
    let bytes = if before.is_empty() { lines } else { &batch };
    write_whole(&mut file, bytes, len).map_err(WriteError::io(Step::Write, path))?;
    match settings.sync {
        Sync::System => Ok(()),
        Sync::Batch => file.sync_data().map_err(WriteError::io(Step::Sync, path)),
    }
}

/// Puts right what another writer left behind. Answers with the file's length and with what must stand before the lines.
fn make_ready(
    file: &File,
    path: &Path,
    layout: Layout,
    repair: &mut impl FnMut(Repair<'_>) -> Result<(), WriteError>,
) -> Result<(u64, String), WriteError> {
    let (len, head, end) = settled(file, layout).map_err(WriteError::io(Step::Read, path))?;
    let cut = |to| {
        let cut = if to < len { file.set_len(to) } else { Ok(()) };
        cut.map(|()| to).map_err(WriteError::io(Step::Write, path))
    };
    let header = layout.header().map(|header| format!("{header}\n"));
    match head {
        Head::Foreign(found) => return Err(WriteError::foreign(path, layout, found)),
        Head::Absent => return Ok((cut(0)?, header.unwrap_or_default())),
        Head::Marked => {
            repair(Repair::Mark)?;
            blank_out_mark(file, path).map_err(WriteError::io(Step::Write, path))?;
        }
        Head::Fine => {}
    }
    match end {
        End::Clean => Ok((len, String::new())),
        End::Unterminated => Ok((len, "\n".to_owned())),
        End::Blank { start } => {
            repair(Repair::Blank)?;
            Ok((cut(start)?, String::new()))
        }
        End::Torn { start, bytes } => {
            repair(Repair::Torn(&bytes))?;
            Ok((cut(start)?, String::new()))
        }
        End::Hidden { start } => Err(WriteError::Unclosed {
            path: path.to_owned(),
            start,
        }),
    }
}

/// The length, start and end of the file, once they hold still.
///
/// A writer in Python that unlocks inside its `with` block has not flushed yet: its line arrives without the lock, and
/// can be seen half written, and a file that lacks its header may be about to get one. So nothing is judged before a second
/// look that no write can have lasted to.
fn settled(file: &File, layout: Layout) -> io::Result<(u64, Head, End)> {
    let look = || -> io::Result<_> {
        let len = file.metadata()?.len();
        Ok((len, layout.head_of(file, len)?, end_of(layout, file, len)?))
    };
    let mut last = look();
    for _ in 0..SETTLE_LOOKS_MAX {
        match &last {
            Ok((_, Head::Fine, End::Clean)) => return last,
            // A legacy updater may empty the file while it is read.
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return last,
            _ => {}
        }
        std::thread::sleep(SETTLE_PAUSE);
        wait_for_writes(file);
        let now = look();
        let still = matches!((&last, &now), (Ok(before), Ok(after)) if before == after);
        last = now;
        if still {
            return last;
        }
    }
    Err(io::Error::other("its end never holds still"))
}

/// Waits for a write that is under way in another process: the system changes the rights of a file only between two
/// writes to it, even when they stay as they are and even when it then refuses.
pub(crate) fn wait_for_writes(file: &File) {
    if let Ok(now) = file.metadata() {
        file.set_permissions(now.permissions()).unwrap_or_default();
    }
}

/// Overwrites the byte order mark with blanks, which JSON allows before a value. The file stays the same one, so that
/// writers that have it open lose nothing.
fn blank_out_mark(locked: &File, path: &Path) -> io::Result<()> {
    // Through a file that is open for appending, every write goes to its end.
    let file = OpenOptions::new().write(true).open(path)?;
    if !is_same(&locked.metadata()?, &file.metadata()?) {
        return Err(io::Error::other("it was replaced meanwhile"));
    }
    file.write_all_at(&[b' '; BYTE_ORDER_MARK.len()], 0)
}

/// Writes everything, or takes back what the disk cut short.
fn write_whole(file: &mut File, bytes: &[u8], len: u64) -> io::Result<()> {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        let error = match file.write(rest) {
            Ok(0) => io::ErrorKind::WriteZero.into(),
            Ok(count) => {
                written += count;
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => error,
        };
        // If even that fails, the next writer finds a torn line and repairs it.
        let taken_back = take_back(file, len, written as u64).err();
        return Err(worse(error, taken_back));
    }
    Ok(())
}

/// Cuts off the part of a batch that was written, unless a writer without the lock has written behind it.
fn take_back(file: &File, len: u64, written: u64) -> io::Result<()> {
    if written == 0 {
        return Ok(());
    }
    if file.metadata()?.len() != len + written {
        return Err(io::Error::other("another writer wrote behind it"));
    }
    file.set_len(len)
}

/// The error of a write, with what went wrong when it was taken back.
fn worse(error: io::Error, taken_back: Option<io::Error>) -> io::Error {
    match taken_back {
        None => error,
        Some(second) => io::Error::new(
            error.kind(),
            format!("{error}; and it could not be taken back: {second}"),
        ),
    }
}

/// The file that has this path now, locked; made if it is not there. Dropping it unlocks it.
pub(crate) fn locked(path: &Path, wait: Duration) -> Result<File, WriteError> {
    locked_by(path, wait, open)
}

/// The file that has this path now, opened by `open` and locked.
pub(crate) fn locked_by(
    path: &Path,
    wait: Duration,
    open: impl Fn(&Path) -> Result<File, WriteError>,
) -> Result<File, WriteError> {
    let mut waited = Duration::ZERO;
    for _ in 0..REOPEN_MAX {
        let file = open(path)?;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if waited >= wait => {
                    return Err(WriteError::Busy {
                        path: path.to_owned(),
                        waited,
                    });
                }
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(LOCK_PAUSE);
                    waited += LOCK_PAUSE;
                }
                Err(TryLockError::Error(error)) => {
                    return Err(WriteError::io(Step::Lock, path)(error));
                }
            }
        }
        if still_there(&file, path) {
            return Ok(file);
        }
    }
    Err(WriteError::Replaced {
        path: path.to_owned(),
    })
}

/// Whether the path still names the file that was locked.
pub(crate) fn still_there(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(locked), Ok(named)) => is_same(&locked, &named),
        _ => false,
    }
}

fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

fn open(path: &Path) -> Result<File, WriteError> {
    let open = || {
        OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
    };
    match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let directory = path.parent().unwrap_or(path);
            fs::create_dir_all(directory).map_err(WriteError::io(Step::CreateDirectory, path))?;
            open().map_err(WriteError::io(Step::Open, path))
        }
        other => other.map_err(WriteError::io(Step::Open, path)),
    }
}

#[cfg(test)]
mod tests;
