//! What is to be read: files, folders, patterns and standard input become a list of files in a fixed order.
//!
//! A file's name says what is in it; where it does not, its lines do. Side files are never read: what is in them was
//! rejected.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use secspan_records::kind::Kind;

use super::error::ReadError;

/// The name of standard input among sources.
const STDIN: &str = "-";

/// The folder below the collector's that holds records.
const METRICS_FOLDER: &str = "metrics";

/// What compressed files end with.
const ARCHIVE_ENDS: [&str; 2] = [".zst", ".gz"];

/// What files end with that stand beside records and hold none.
const OTHER_ENDS: [&str; 5] = [".rejected", ".torn", ".log", ".tmp", ".partial"];

/// What is to be read, in the order in which it counts.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
    /// The kinds that a file may hold.
    kinds: Vec<&'static Kind>,
    passed_over: Vec<PathBuf>,
    seen: HashSet<(u64, u64)>,
}

/// One file.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// As the user named it.
    pub(super) name: String,
    /// Where it is; `None` for standard input.
    pub(super) path: Option<PathBuf>,
    /// What is in it, where its name says so.
    pub(super) kind: Option<&'static Kind>,
}

impl Source {
    /// Whether the name ends as tables do, compressed or not.
    pub(super) fn is_named_csv(&self) -> bool {
        let end = Path::new(plain_name(&self.name)).extension();
        end.is_some_and(|end| end.eq_ignore_ascii_case("csv"))
    }
}

impl Sources {
    /// What `arguments` name: files, folders (their `metrics` folder, or themselves), patterns, `-` for standard input.
    /// A file that is named twice is read once. A file may hold any of `kinds`; in folders only files of the `wanted` ones
    /// are looked for.
    ///
    /// # Errors
    /// When something does not exist, cannot be looked into or holds no record files.
    pub fn find<S: AsRef<OsStr>>(
        arguments: &[S],
        kinds: &[&'static Kind],
        wanted: &[&'static Kind],
    ) -> Result<Self, ReadError> {
        let mut sources = Self {
            kinds: kinds.to_vec(),
            ..Self::default()
        };
        for argument in arguments {
            sources.add_argument(argument.as_ref(), wanted)?;
        }
        Ok(sources)
    }

    /// The kinds that a file may hold.
    pub(super) fn kinds(&self) -> &[&'static Kind] {
        &self.kinds
    }

    /// The files, as the user named them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|source| source.name.as_str())
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether the file with this device and inode is one of them.
    pub fn has_file(&self, file: (u64, u64)) -> bool {
        self.seen.contains(&file)
    }

    /// Files in folders that begin as files with the wanted records do, and are not read because of how they end.
    pub fn passed_over(&self) -> &[PathBuf] {
        &self.passed_over
    }

    pub(super) fn list(&self) -> &[Source] {
        &self.list
    }

    fn add_argument(
        &mut self,
        argument: &OsStr,
        wanted: &[&'static Kind],
    ) -> Result<(), ReadError> {
        if argument == STDIN {
            self.add_stdin();
            return Ok(());
        }
        let path = Path::new(argument);
        match (fs::metadata(path), argument.to_str()) {
            (Err(_), Some(pattern)) if pattern.contains(['*', '?', '[']) => {
                self.add_pattern(pattern, wanted)
            }
            (Err(error), _) => Err(ReadError::at(path)(error)),
            (Ok(about), _) if about.is_dir() => self.add_folder(path, wanted),
            (Ok(_), _) if holds_none(path) => Err(no_record_files(path, wanted)),
            (Ok(about), _) => {
                self.add_file(path, &about);
                Ok(())
            }
        }
    }

    fn add_stdin(&mut self) {
        if self.list.iter().all(|source| source.path.is_some()) {
            self.list.push(Source {
                name: STDIN.to_owned(),
                path: None,
                kind: None,
            });
        }
    }

    fn add_file(&mut self, path: &Path, about: &fs::Metadata) {
        if self.seen.insert((about.dev(), about.ino())) {
            self.list.push(Source {
                name: path.display().to_string(),
                path: Some(path.to_owned()),
                kind: path
                    .file_name()
                    .and_then(OsStr::to_str)
                    .and_then(|name| kind_of(&self.kinds, name)),
            });
        }
    }

    /// Everything that a pattern matches, in the order of names; what stands beside records is passed over.
    fn add_pattern(&mut self, pattern: &str, wanted: &[&'static Kind]) -> Result<(), ReadError> {
        let found = glob::glob(pattern).map_err(|source| ReadError::Pattern {
            pattern: pattern.to_owned(),
            source,
        })?;
        let mut matched = false;
        for path in found {
            let path = path.map_err(|error| {
                let path = error.path().to_owned();
                ReadError::at(&path)(error.into())
            })?;
            if holds_none(&path) {
                continue;
            }
            matched = true;
            let about = fs::metadata(&path).map_err(ReadError::at(&path))?;
            if about.is_dir() {
                self.add_folder(&path, wanted)?;
            } else {
                self.add_file(&path, &about);
            }
        }
        if matched {
            return Ok(());
        }
        Err(ReadError::NoMatch {
            pattern: pattern.to_owned(),
        })
    }

    fn add_folder(&mut self, folder: &Path, wanted: &[&'static Kind]) -> Result<(), ReadError> {
        let below = folder.join(METRICS_FOLDER);
        let mut found = if below.is_dir() {
            self.record_files(&below, wanted)?
        } else {
            Vec::new()
        };
        if found.is_empty() {
            found = self.record_files(folder, wanted)?;
        }
        if found.is_empty() {
            return Err(no_record_files(folder, wanted));
        }
        for path in found {
            let about = fs::metadata(&path).map_err(ReadError::at(&path))?;
            self.add_file(&path, &about);
        }
        Ok(())
    }

    /// The files in a folder that hold records of the wanted kinds, in the order of their names.
    fn record_files(
        &mut self,
        folder: &Path,
        wanted: &[&'static Kind],
    ) -> Result<Vec<PathBuf>, ReadError> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(ReadError::at(folder))? {
            let entry = entry.map_err(ReadError::at(folder))?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_str().unwrap_or_default();
            match kind_of(&self.kinds, name) {
                Some(kind) if wanted.contains(&kind) && path.is_file() => found.push(path),
                None if begins_as_one_of(name, wanted) && !holds_none(&path) && path.is_file() => {
                    self.passed_over.push(path);
                }
                _ => {}
            }
        }
        found.sort();
        self.passed_over.sort();
        Ok(found)
    }
}

/// Whether a name begins with that of files of the wanted kinds.
fn begins_as_one_of(name: &str, wanted: &[&'static Kind]) -> bool {
    wanted.iter().any(|kind| {
        let rest = name.strip_prefix(kind.file.stem);
        rest.is_some_and(|rest| rest.starts_with(['-', '.']))
    })
}

/// What a file of this name holds: the first part of its name and its extension say so, whatever is between them.
fn kind_of(kinds: &[&'static Kind], name: &str) -> Option<&'static Kind> {
    let plain = plain_name(name);
    let mut kinds = kinds.iter().copied();
    kinds.find(|kind| {
        let file = kind.file;
        let between = plain
            .strip_prefix(file.stem)
            .and_then(|rest| rest.strip_suffix(file.format.extension()))
            .and_then(|rest| rest.strip_suffix('.'));
        between.is_some_and(|between| between.is_empty() || between.starts_with(['-', '.']))
    })
}

/// The name of a file before it was compressed and before logrotate put it aside: as `name.1`, `name.2.gz`,
/// `name-20260101` or with the seconds behind the date.
fn plain_name(name: &str) -> &str {
    let mut plain = ARCHIVE_ENDS.iter().map(|end| name.strip_suffix(end));
    let plain = plain.find_map(|plain| plain).unwrap_or(name);
    let start = plain.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '-');
    start.strip_suffix('.').unwrap_or(start)
}

/// Whether a file stands beside records and holds none.
fn holds_none(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str);
    name.is_some_and(|name| {
        let plain = plain_name(name);
        OTHER_ENDS.iter().any(|end| plain.ends_with(end))
    })
}

fn no_record_files(path: &Path, wanted: &[&'static Kind]) -> ReadError {
    let names = wanted.iter().map(|kind| {
        let file = kind.file;
        let between = if kind.header().is_some() { "" } else { "-*" };
        format!("{}{between}.{}", file.stem, file.format.extension())
    });
    let looked_for: Vec<String> = names.collect();
    ReadError::NoRecordFiles {
        path: path.to_owned(),
        looked_for: format!("{} (also .zst and .gz)", looked_for.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use secspan_testkit::kinds;

    use super::*;

    #[test]
    fn names_say_what_is_in_a_file() {
        for (name, kind) in [
            (
                "enrichment-metrics-2025-12-03.jsonl",
                Some(&kinds::ENRICHMENT),
            ),
            (
                "enrichment-metrics-2025-12.jsonl.zst",
                Some(&kinds::ENRICHMENT),
            ),
            ("enrichment-metrics.jsonl", Some(&kinds::ENRICHMENT)),
            ("review-metrics-2025-12-03.jsonl.gz", Some(&kinds::REVIEW)),
            ("review-decisions.csv", Some(&kinds::DECISION)),
            ("review-decisions.2024.csv.gz", Some(&kinds::DECISION)),
            ("ticket-metrics-2025-12-03.jsonl", Some(&kinds::TICKET)),
            ("enrichment-metrics-2025-12-03.jsonl.rejected", None),
            (
                "enrichment-metrics-2025-12-03.1.jsonl.zst",
                Some(&kinds::ENRICHMENT),
            ),
            ("enrichment-metrics-2025-12-03.jsonl.rejected.zst", None),
            ("enrichment-metrics-2025-12-03.jsonl.zst.partial", None),
            ("enrichment-metricsx.jsonl", None),
            ("enrichment-metrics-2025-12-03.csv", None),
            ("notes.jsonl", None),
            (
                "enrichment-metrics-2025-12-03.jsonl.1",
                Some(&kinds::ENRICHMENT),
            ),
            (
                "enrichment-metrics-2025-12-03.jsonl.12.gz",
                Some(&kinds::ENRICHMENT),
            ),
            (
                "enrichment-metrics-2025-12-03.jsonl-20260101",
                Some(&kinds::ENRICHMENT),
            ),
            (
                "review-decisions.csv-20260101-1767225600.gz",
                Some(&kinds::DECISION),
            ),
            ("review-decisions.csv.1", Some(&kinds::DECISION)),
            ("review-decisions.csv.bak", None),
            ("review-metrics-2025-12-03.jsonl.rejected.1", None),
        ] {
            assert_eq!(kind_of(&kinds::KINDS, name), kind, "{name}");
        }
    }
}
