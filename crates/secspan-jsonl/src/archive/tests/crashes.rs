//! A process that ends at any step, and starts again: every line once, in the file or in one archive.

use super::*;

/// A folder that dies at a step, as a process does: nobody cleans up.
struct Dying {
    folder: Folder,
    /// Calls of `keep` until then.
    left: Arc<AtomicU32>,
    /// Whether the archive still gets its name.
    after: bool,
}

impl ArchiveStore for Dying {
    fn open(&self, name: &str) -> io::Result<Option<File>> {
        self.folder.open(name)
    }

    fn keep(&self, name: &str, ready: &Path) -> io::Result<()> {
        let dies = self.left.fetch_sub(1, Ordering::Relaxed) == 1;
        assert!(!dies || self.after, "before the archive has its name");
        self.folder.keep(name, ready)?;
        assert!(!dies, "after the archive has its name");
        Ok(())
    }

    fn location_of(&self, name: &str) -> PathBuf {
        self.folder.location_of(name)
    }
}

/// Runs until the process "ends" with the `at`th archive.
fn run_and_die(place: &Place, at: u32, after: bool) {
    let settings = place.settings();
    let store = Dying {
        folder: Folder::new(&settings.staging),
        left: Arc::new(AtomicU32::new(at)),
        after,
    };
    let mut archiver = Archiver::new(settings, store);
    let run = catch_unwind(AssertUnwindSafe(|| archiver.run(today(), &STOP)));
    assert!(run.is_err(), "it should have died");
}

fn once(text: &str) -> BTreeMap<String, usize> {
    text.lines().map(|line| (line.to_owned(), 1)).collect()
}

#[test]
fn before_an_archive_has_its_name_it_is_made_anew() {
    let place = Place::new();
    place.put(OLD, lines(0, 1000));
    run_and_die(&place, 1, false);
    assert_eq!(place.archives(), [format!("{OLD}.zst.partial")]);
    assert_eq!(place.records(), [OLD]);

    // Others' files are none of our leftovers.
    fs::write(place.archive("notes.zst.partial"), "").unwrap();
    fs::write(
        place.archive("enrichment-metrics-2024-11-20.7.jsonl.gz.partial"),
        "",
    )
    .unwrap();
    let outcome = place.archiver().run(today(), &STOP);
    assert!(outcome.failures.is_empty(), "{outcome:?}");
    assert_eq!(place.records(), Vec::<String>::new());
    let archive = format!("{OLD}.zst");
    assert_eq!(place.archives(), [archive.as_str(), "notes.zst.partial"]);
    assert_eq!(content(&place.archive(&archive)), lines(0, 1000));
}

#[test]
fn a_file_beside_its_archive_is_compared_and_removed() {
    let place = Place::new();
    place.put(OLD, lines(0, 1000));
    run_and_die(&place, 1, true);
    let archive = format!("{OLD}.zst");
    assert_eq!(
        (place.records(), place.archives()),
        (vec![OLD.to_owned()], vec![archive.clone()])
    );

    let outcome = place.archiver().run(today(), &STOP);
    assert_eq!(
        outcome.archived[0].archives,
        [],
        "nothing was left to archive"
    );
    assert_eq!((place.records(), place.archives()), (vec![], vec![archive]));
    assert_eq!(place.lines(), once(&lines(0, 1000)));
}

#[test]
fn what_came_after_a_crash_is_archived_alone() {
    let place = Place::new();
    place.put(OLD, lines(0, 1000));
    run_and_die(&place, 1, true);
    append_to(&place.record(OLD), &lines(1000, 1010));
    run_and_die(&place, 1, true);
    append_to(&place.record(OLD), &lines(1010, 1020));
    // The setting may be another one by then.
    let settings = Settings {
        compression: Compression::Gzip,
        ..place.settings()
    };
    let store = Folder::new(&settings.staging);
    let outcome = Archiver::new(settings, store).run(today(), &STOP);
    assert!(outcome.failures.is_empty(), "{outcome:?}");
    assert_eq!(place.records(), Vec::<String>::new());
    assert_eq!(
        place.archives(),
        [
            "enrichment-metrics-2024-11-20.1.jsonl.zst",
            "enrichment-metrics-2024-11-20.2.jsonl.gz",
            "enrichment-metrics-2024-11-20.jsonl.zst",
        ]
    );
    assert_eq!(place.lines(), once(&lines(0, 1020)));
}

#[test]
fn a_damaged_archive_is_not_relied_on() {
    let place = Place::new();
    place.put(OLD, lines(0, 1000));
    run_and_die(&place, 1, true);
    let archive = place.archive(&format!("{OLD}.zst"));
    let whole = fs::read(&archive).unwrap();
    for damaged in [
        whole[..whole.len() / 2].to_vec(),
        whole
            .iter()
            .enumerate()
            .map(|(at, byte)| byte ^ u8::from(at == whole.len() - 1))
            .collect(),
        b"no archive at all".to_vec(),
        Vec::new(),
    ] {
        fs::write(&archive, &damaged).unwrap();
        place.put(OLD, lines(0, 1000));
        let outcome = place.archiver().run(today(), &STOP);
        assert!(outcome.failures.is_empty(), "{outcome:?}");
        let second = place.archive("enrichment-metrics-2024-11-20.1.jsonl.zst");
        assert_eq!(content(&second), lines(0, 1000));
        assert_eq!(fs::read(&archive).unwrap(), damaged, "it is left as it is");
        fs::remove_file(second).unwrap();
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Write(u32),
    Die { at: u32, after: bool },
    Run,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1..40u32).prop_map(Act::Write),
        (1..3u32, any::<bool>()).prop_map(|(at, after)| Act::Die { at, after }),
        Just(Act::Run),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happens in whatever order, after one more run every line is in archives, once.
    #[test]
    fn nothing_is_lost_and_nothing_doubled(acts in proptest::collection::vec(act(), 1..12)) {
        let place = Place::new();
        let mut written = 0;
        for act in acts {
            match act {
                Act::Write(count) => {
                    append_to(&place.record(OLD), &lines(written, written + count));
                    append_to(&place.record(&format!("{OLD}.rejected")), &format!("r{written}\n"));
                    written += count;
                }
                Act::Die { at, after } => {
                    let settings = place.settings();
                    let left = Arc::new(AtomicU32::new(at));
                    let folder = Folder::new(&settings.staging);
                    let mut archiver = Archiver::new(settings, Dying { folder, left, after });
                    drop(catch_unwind(AssertUnwindSafe(|| archiver.run(today(), &STOP))));
                }
                Act::Run => {
                    let outcome = place.archiver().run(today(), &STOP);
                    prop_assert!(outcome.failures.is_empty(), "{outcome:?}");
                }
            }
        }
        let outcome = place.archiver().run(today(), &STOP);
        prop_assert!(outcome.failures.is_empty(), "{outcome:?}");
        prop_assert_eq!(place.records(), Vec::<String>::new());
        let found = place.lines();
        let numbers = found.keys().filter(|line| line.starts_with('{')).count();
        prop_assert_eq!(numbers, usize::try_from(written).unwrap());
        prop_assert!(found.values().all(|count| *count == 1), "{found:?}");
    }
}
