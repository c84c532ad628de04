//! Where a result goes: standard output, or a file that is either the old one or the new one, never a half.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::exit::Failed;
use crate::interrupt::Interrupt;

/// Writes `text` to standard output. A reader that closed its pipe has read enough: that is no error.
pub(crate) fn to_stdout(text: &str) -> Result<(), Failed> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failed::caused("standard output cannot be written", &error))
        }
        _ => Ok(()),
    }
}

/// Refuses a path whose folder is missing, before any work is done for it.
pub(crate) fn check_parent(path: &Path) -> Result<(), Failed> {
    let parent = parent(path);
    if path.is_dir() {
        let text = format!("--output {}: is a folder, not a file", path.display());
        return Err(Failed::usage(text));
    }
    if parent.is_dir() {
        return Ok(());
    }
    let text = format!(
        "--output {}: there is no folder {}",
        path.display(),
        parent.display()
    );
    Err(Failed::usage(text).hint(format_args!("mkdir -p {}", parent.display())))
}

/// Puts `text` where `path` says, at once: whoever reads the file meanwhile sees the old one.
pub(crate) fn to_file(path: &Path, text: &str, interrupt: &Interrupt) -> Result<(), Failed> {
    let temporary = temporary(path);
    let held = interrupt.hold();
    let written = write_new(&temporary, text).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The reason why it could not be written is the one to tell.
        drop(fs::remove_file(&temporary));
    }
    drop(held);
    written.map_err(|error| {
        Failed::caused(format_args!("{} cannot be written", path.display()), &error)
    })
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A name beside the file, on the same file system.
fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_at_once_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        let interrupt = Interrupt::default();
        for text in ["first", "second"] {
            to_file(&path, text, &interrupt).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_path_that_cannot_be_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let missing = check_parent(&folder.path().join("no/such/report.html")).unwrap_err();
        assert!(missing.text.contains("there is no folder"), "{missing:?}");
        assert!(missing.hint.is_some());
        let is_folder = check_parent(folder.path()).unwrap_err();
        assert!(is_folder.text.contains("is a folder"), "{is_folder:?}");
        let blocked = folder.path().join("report.html");
        fs::create_dir(&blocked).unwrap();
        let interrupt = Interrupt::default();
        assert!(to_file(&blocked, "text", &interrupt).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
