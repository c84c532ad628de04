//! Tests of archives: what is in them, what a crash leaves, who may write meanwhile.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use secspan_records::timestamp::Timestamp;
use tempfile::TempDir;

use super::*;

mod crashes;
mod troubles;

const OLD: &str = "enrichment-metrics-2024-11-20.jsonl";
/// Go on.
static STOP: AtomicBool = AtomicBool::new(false);

/// A folder with records, and one for archives.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("metrics")).unwrap();
        Self { folder }
    }

    fn record(&self, name: &str) -> PathBuf {
        self.folder.path().join("metrics").join(name)
    }

    fn archive(&self, name: &str) -> PathBuf {
        self.folder.path().join("archive").join(name)
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.record(name), content).unwrap();
    }

    fn settings(&self) -> Settings {
        Settings {
            kinds: secspan_testkit::kinds::KINDS.to_vec(),
            records: self.folder.path().join("metrics"),
            staging: self.folder.path().join("archive"),
            keep: retention::KEEP,
            compression: Compression::Zstd,
            level: 3,
            lock_wait: Duration::from_millis(20),
        }
    }

    fn archiver(&self) -> Archiver {
        let settings = self.settings();
        let store = Folder::new(&settings.staging);
        Archiver::new(settings, store)
    }

    fn records(&self) -> Vec<String> {
        sorted(&self.folder.path().join("metrics"))
    }

    fn archives(&self) -> Vec<String> {
        let names = sorted(&self.folder.path().join("archive"));
        names.into_iter().filter(|name| name != LOCK).collect()
    }

    /// Everything that was ever written to a file, in its archives and in what is left of it: the sum that must not change.
    fn lines(&self) -> BTreeMap<String, usize> {
        let mut lines = BTreeMap::new();
        let mut count = |text: String| {
            for line in text.lines() {
                *lines.entry(line.to_owned()).or_insert(0) += 1;
            }
        };
        for name in self.archives() {
            count(content(&self.archive(&name)));
        }
        for name in self.records() {
            count(fs::read_to_string(self.record(&name)).unwrap());
        }
        lines
    }
}

fn sorted(folder: &Path) -> Vec<String> {
    let mut names = names_in(folder).unwrap();
    names.sort();
    names
}

/// What an archive holds, as other programs would say.
fn content(path: &Path) -> String {
    let file = File::open(path).unwrap();
    let mut text = String::new();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("zst") => zstd::Decoder::new(file).unwrap().read_to_string(&mut text),
        Some("gz") => flate2::read::GzDecoder::new(file).read_to_string(&mut text),
        other => panic!("{other:?}"),
    }
    .unwrap();
    text
}

/// A day on which [`OLD`] is due.
fn today() -> UnixNanos {
    let seconds = Timestamp::parse("2025-12-03T09:41:07Z").unwrap();
    UnixNanos(seconds.unix_seconds().unsigned_abs() * 1_000_000_000)
}

fn lines(from: u32, to: u32) -> String {
    let numbers = from..to;
    numbers.fold(String::new(), |mut text, number| {
        writeln!(text, "{{\"number\":{number}}}").unwrap();
        text
    })
}

fn append_to(path: &Path, text: &str) {
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn old_files_go_into_archives_and_the_others_stay() {
    for (compression, extension) in [(Compression::Zstd, "zst"), (Compression::Gzip, "gz")] {
        let place = Place::new();
        let side = format!("{OLD}.rejected");
        place.put(OLD, lines(0, 50_000));
        place.put(&side, "{\"reasons\":[]}\n");
        place.put("enrichment-metrics-2025-12-03.jsonl", "{}\n");
        place.put("review-decisions.csv", "ticket_id\n");
        let settings = Settings {
            compression,
            level: compression.level(),
            ..place.settings()
        };
        let store = Folder::new(&settings.staging);
        let outcome = Archiver::new(settings, store).run(today(), &STOP);

        assert!(outcome.failures.is_empty(), "{outcome:?}");
        let names = [
            "enrichment-metrics-2025-12-03.jsonl",
            "review-decisions.csv",
        ];
        assert_eq!(place.records(), names);
        let archive = format!("{OLD}.{extension}");
        let side = format!("{side}.{extension}");
        let mut names = [side.clone(), archive.clone()];
        names.sort();
        assert_eq!(place.archives(), names);
        assert_eq!(content(&place.archive(&archive)), lines(0, 50_000));
        assert_eq!(content(&place.archive(&side)), "{\"reasons\":[]}\n");
        let first = &outcome.archived[0];
        assert_eq!(first.path, place.record(OLD));
        assert_eq!(first.bytes, lines(0, 50_000).len() as u64);
        let (path, bytes) = &first.archives[0];
        assert_eq!(path, &place.archive(&archive));
        assert_eq!(*bytes, fs::metadata(path).unwrap().len());
        assert!(*bytes < first.bytes / 2, "{bytes}");
    }
}

#[test]
fn without_old_files_nothing_is_touched() {
    let place = Place::new();
    place.put("enrichment-metrics-2025-12-03.jsonl", "{}\n");
    let outcome = place.archiver().run(today(), &STOP);
    assert!(outcome.archived.is_empty() && outcome.failures.is_empty());
    assert!(!place.folder.path().join("archive").exists());
    // Not even a folder of records need be there.
    let nowhere = Settings {
        records: place.folder.path().join("nowhere"),
        ..place.settings()
    };
    let outcome = Archiver::new(nowhere, Folder::new("nowhere")).run(today(), &STOP);
    assert!(outcome.failures.is_empty(), "{outcome:?}");
}

#[test]
fn an_archive_is_as_private_as_its_file() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.put(OLD, lines(0, 10));
    fs::set_permissions(place.record(OLD), fs::Permissions::from_mode(0o600)).unwrap();
    place.archiver().run(today(), &STOP);
    let about = fs::metadata(place.archive(&format!("{OLD}.zst"))).unwrap();
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_late_file_of_the_same_name_becomes_another_part() {
    let place = Place::new();
    let mut archiver = place.archiver();
    for part in 0..3 {
        place.put(OLD, lines(part * 10, part * 10 + 10));
        let outcome = archiver.run(today(), &STOP);
        assert!(outcome.failures.is_empty(), "{outcome:?}");
    }
    let names = [
        "enrichment-metrics-2024-11-20.1.jsonl.zst",
        "enrichment-metrics-2024-11-20.2.jsonl.zst",
        "enrichment-metrics-2024-11-20.jsonl.zst",
    ];
    assert_eq!(place.archives(), names);
    assert_eq!(content(&place.archive(names[2])), lines(0, 10));
    assert_eq!(content(&place.archive(names[0])), lines(10, 20));
    assert_eq!(content(&place.archive(names[1])), lines(20, 30));
}

#[test]
fn an_empty_file_needs_no_archive() {
    let place = Place::new();
    place.put(OLD, "");
    let outcome = place.archiver().run(today(), &STOP);
    assert_eq!(outcome.archived[0].archives, []);
    assert_eq!((place.records(), place.archives()), (vec![], vec![]));
}

#[test]
fn links_are_left_alone() {
    let place = Place::new();
    place.put("elsewhere", lines(0, 10));
    std::os::unix::fs::symlink(place.record("elsewhere"), place.record(OLD)).unwrap();
    let outcome = place.archiver().run(today(), &STOP);
    assert!(outcome.archived.is_empty());
    assert_eq!(place.records(), ["elsewhere", OLD]);
}

#[test]
fn an_archive_is_held_against_every_byte_of_its_file() {
    let place = Place::new();
    let text = lines(0, 30_000);
    let len = text.len() as u64;
    place.put("same", &text);
    place.put("longer", format!("{text}more"));
    let shorter = text.trim_end();
    place.put("shorter", shorter);
    place.put("last byte", format!("{shorter} "));
    place.put("first byte", text.replacen('{', " ", 1));
    for compression in Compression::ALL {
        let archive = place.record("archive");
        let how = (compression, compression.level());
        let same = File::open(place.record("same")).unwrap();
        codec::compress(how, &same, 0..len, File::create(&archive).unwrap(), &STOP).unwrap();
        for (name, held) in [
            ("same", Some(len)),
            ("longer", Some(len)),
            ("shorter", None),
            ("last byte", None),
            ("first byte", None),
        ] {
            let file = File::open(place.record(name)).unwrap();
            let all = 0..file.metadata().unwrap().len();
            let archive = File::open(&archive).unwrap();
            let found = codec::held(compression, archive, &file, all, &STOP);
            assert_eq!(found.unwrap(), held, "{compression:?}, {name}");
        }
        let whole = fs::read(&archive).unwrap();
        for kept in 0..whole.len() / 1000 {
            fs::write(&archive, &whole[..kept * 1000]).unwrap();
            let archive = File::open(&archive).unwrap();
            let found = codec::held(compression, archive, &same, 0..len, &STOP);
            // An archive that ends early holds less, or is damaged; it never passes for the whole.
            assert!(!matches!(found, Ok(Some(held)) if held == len), "{kept}");
        }
    }
}
