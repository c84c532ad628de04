//! What `--output` replaces, what it writes through, and what it refuses.

use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};

use super::*;

fn put(path: &Path, text: &str) {
    let target = Target::of(Some(path)).unwrap();
    target.write(text, &Interrupt::default()).unwrap();
}

#[test]
fn a_file_is_replaced_at_once_and_nothing_stays_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    for text in ["first", "second"] {
        put(&path, text);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_path_that_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| Target::of(Some(path)).unwrap_err();
    let missing = refused(&folder.path().join("no/such/report.html"));
    assert!(missing.text.contains("there is no folder"), "{missing:?}");
    assert!(missing.hint.is_some());
    let is_folder = refused(folder.path());
    assert!(is_folder.text.contains("is a folder"), "{is_folder:?}");
    let circle = folder.path().join("circle");
    symlink("circle", &circle).unwrap();
    assert!(refused(&circle).text.contains("circle"));
    let blocked = folder.path().join("report.html");
    let target = Target::of(Some(&blocked)).unwrap();
    fs::create_dir(&blocked).unwrap();
    assert!(target.write("text", &Interrupt::default()).is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_file_keeps_its_mode_and_links_stay_links() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.txt");
    let link = folder.path().join("link");
    let second = folder.path().join("second");
    symlink("report.txt", &link).unwrap();
    symlink(&link, &second).unwrap();
    put(&second, "first");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    put(&second, "other");
    assert_eq!(fs::read_to_string(&path).unwrap(), "other");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o640);
    for link in [&link, &second] {
        assert!(fs::symlink_metadata(link).unwrap().is_symlink());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn a_pipe_is_written_through_and_stays_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let reader = std::thread::spawn({
        let path = path.clone();
        move || fs::read_to_string(path).unwrap()
    });
    put(&path, "text");
    assert_eq!(reader.join().unwrap(), "text");
    assert!(fs::metadata(&path).unwrap().file_type().is_fifo());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_open_file_is_written_behind_what_it_holds() {
    use std::os::fd::AsRawFd as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    fs::write(&path, "before\n").unwrap();
    let open = fs::File::open(&path).unwrap();
    put(
        Path::new(&format!("/proc/self/fd/{}", open.as_raw_fd())),
        "text",
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "before\ntext");
    assert_eq!(
        fs::metadata(&path).unwrap().ino(),
        open.metadata().unwrap().ino()
    );
}

#[test]
fn nothing_named_and_a_dash_are_standard_output() {
    assert_eq!(Target::of(None).unwrap(), Target::Stdout);
    assert_eq!(Target::of(Some(Path::new("-"))).unwrap(), Target::Stdout);
}
