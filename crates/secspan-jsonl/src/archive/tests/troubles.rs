//! Locks, full disks, writers in between, and being asked to stop: the file stays, and people are told once.

use super::*;

/// A folder whose disk is full, or that gives another file back than it took.
struct Broken {
    folder: Folder,
    error: ErrorKind,
    full: Arc<AtomicBool>,
}

impl ArchiveStore for Broken {
    fn open(&self, name: &str) -> io::Result<Option<File>> {
        self.folder.open(name)
    }

    fn keep(&self, name: &str, ready: &Path) -> io::Result<()> {
        if self.full.load(Ordering::Relaxed) {
            return Err(self.error.into());
        }
        self.folder.keep(name, ready)
    }

    fn location_of(&self, name: &str) -> PathBuf {
        self.folder.location_of(name)
    }
}

#[test]
fn a_full_disk_is_told_once_and_the_files_stay() {
    let place = Place::new();
    let names = [OLD, "ticket-metrics-2024-01-01.jsonl"];
    for name in names {
        place.put(name, lines(0, 10));
    }
    let full = Arc::new(AtomicBool::new(true));
    let settings = place.settings();
    let store = Broken {
        folder: Folder::new(&settings.staging),
        error: ErrorKind::StorageFull,
        full: Arc::clone(&full),
    };
    let mut archiver = Archiver::new(settings, store);
    let told = |outcome: &Outcome| -> Vec<bool> {
        outcome
            .failures
            .iter()
            .map(|failure| failure.first)
            .collect()
    };
    let outcome = archiver.run(today(), &STOP);
    assert_eq!(told(&outcome), [true, false]);
    let error = &outcome.failures[0].error;
    assert!(error.hint().contains("free space"), "{}", error.hint());
    assert!(error.to_string().starts_with("cannot store "), "{error}");
    assert_eq!(told(&archiver.run(today(), &STOP)), [false, false]);
    assert_eq!(place.records(), names);
    assert_eq!(
        place.archives(),
        Vec::<String>::new(),
        "nothing half made is left"
    );

    full.store(false, Ordering::Relaxed);
    assert!(archiver.run(today(), &STOP).failures.is_empty());
    assert_eq!(place.records(), Vec::<String>::new());
    // It happens again: that is news.
    full.store(true, Ordering::Relaxed);
    place.put(OLD, lines(10, 20));
    assert_eq!(told(&archiver.run(today(), &STOP)), [true]);
}

#[test]
fn a_real_full_disk_is_noticed() {
    let place = Place::new();
    place.put(OLD, lines(0, 10));
    let full = codec::compress(
        (Compression::Zstd, 3),
        &File::open(place.record(OLD)).unwrap(),
        0..10,
        OpenOptions::new().write(true).open("/dev/full").unwrap(),
        &STOP,
    );
    assert_eq!(full.unwrap_err().kind(), ErrorKind::StorageFull);
}

#[test]
fn a_file_that_a_writer_holds_is_left_for_another_day() {
    let place = Place::new();
    place.put(OLD, lines(0, 10));
    let writer = File::open(place.record(OLD)).unwrap();
    writer.lock().unwrap();
    let mut archiver = place.archiver();
    let outcome = archiver.run(today(), &STOP);
    assert!(matches!(outcome.failures[0].error, ArchiveError::Lock(_)));
    assert_eq!(
        (place.records(), place.archives()),
        (vec![OLD.to_owned()], vec![])
    );
    drop(writer);
    assert!(archiver.run(today(), &STOP).failures.is_empty());
    assert_eq!(place.records(), Vec::<String>::new());
}

#[test]
fn two_archivers_keep_out_of_each_others_way() {
    let place = Place::new();
    place.put(OLD, lines(0, 10));
    fs::create_dir(place.folder.path().join("archive")).unwrap();
    let other = File::create(place.archive(LOCK)).unwrap();
    other.lock().unwrap();
    let outcome = place.archiver().run(today(), &STOP);
    assert!(matches!(outcome.failures[0].error, ArchiveError::Lock(_)));
    assert_eq!(place.records(), [OLD]);
}

/// Writers that come while the first archive is kept: one without a lock, and one that has the file open, waits for its
/// lock and never looks whether it is still there, as programs in Python do.
struct Late {
    folder: Folder,
    path: PathBuf,
    came: AtomicBool,
}

impl ArchiveStore for Late {
    fn open(&self, name: &str) -> io::Result<Option<File>> {
        self.folder.open(name)
    }

    fn keep(&self, name: &str, ready: &Path) -> io::Result<()> {
        if !self.came.swap(true, Ordering::Relaxed) {
            append_to(&self.path, &lines(10, 11));
            let mut file = OpenOptions::new().append(true).open(&self.path)?;
            std::thread::spawn(move || {
                file.lock().unwrap();
                file.write_all(lines(11, 12).as_bytes()).unwrap();
            });
        }
        self.folder.keep(name, ready)
    }

    fn location_of(&self, name: &str) -> PathBuf {
        self.folder.location_of(name)
    }
}

#[test]
fn what_is_written_while_the_file_goes_is_kept() {
    let place = Place::new();
    place.put(OLD, lines(0, 10));
    let settings = place.settings();
    let store = Late {
        folder: Folder::new(&settings.staging),
        path: place.record(OLD),
        came: AtomicBool::new(false),
    };
    let outcome = Archiver::new(settings, store).run(today(), &STOP);
    assert!(outcome.failures.is_empty(), "{outcome:?}");
    assert_eq!(place.archives().len(), 2, "{:?}", place.archives());
    assert_eq!(place.records(), [OLD], "a new file for the last line");
    assert_eq!(
        fs::read_to_string(place.record(OLD)).unwrap(),
        lines(11, 12)
    );
    assert!(place.archiver().run(today(), &STOP).failures.is_empty());
    assert_eq!(place.records(), Vec::<String>::new());
    let found = place.lines();
    assert_eq!(found.len(), 12);
    assert!(found.values().all(|count| *count == 1), "{found:?}");
}

#[test]
fn a_file_that_never_holds_still_is_named() {
    /// Writes a line whenever an archive is kept.
    struct Restless(Folder, PathBuf);
    impl ArchiveStore for Restless {
        fn open(&self, name: &str) -> io::Result<Option<File>> {
            self.0.open(name)
        }
        fn keep(&self, name: &str, ready: &Path) -> io::Result<()> {
            append_to(&self.1, "{}\n");
            self.0.keep(name, ready)
        }
        fn location_of(&self, name: &str) -> PathBuf {
            self.0.location_of(name)
        }
    }
    let place = Place::new();
    place.put(OLD, lines(0, 10));
    let settings = place.settings();
    let store = Restless(Folder::new(&settings.staging), place.record(OLD));
    let outcome = Archiver::new(settings, store).run(today(), &STOP);
    let error = &outcome.failures[0].error;
    assert!(matches!(error, ArchiveError::Changed { .. }), "{error}");
    assert!(place.archiver().run(today(), &STOP).failures.is_empty());
    assert_eq!(place.records(), Vec::<String>::new());
}

#[test]
fn a_request_to_stop_leaves_everything_as_it_was() {
    let place = Place::new();
    place.put(OLD, lines(0, 10));
    let stop = AtomicBool::new(true);
    let outcome = place.archiver().run(today(), &stop);
    assert!(
        outcome.stopped && outcome.failures.is_empty(),
        "{outcome:?}"
    );
    assert_eq!(place.records(), [OLD]);
    let error = codec::compress(
        (Compression::Gzip, 6),
        &File::open(place.record(OLD)).unwrap(),
        0..10,
        tempfile::tempfile().unwrap(),
        &stop,
    );
    assert!(error.is_err());
}
