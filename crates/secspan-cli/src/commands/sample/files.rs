//! The sample as files, laid out as the collector lays them out.
//!
//! One thread makes the facts, this one makes lines of them and writes; a fact is never put on disk by half of its line,
//! not even when the disk is full or somebody presses Ctrl-C.

use std::collections::{BTreeMap, btree_map};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use secspan_jsonl::pipe_log::escape;
use secspan_records::kind::Kind;
use secspan_records::record::Record;
use secspan_records::timestamp::Date;
use secspan_sample::sample::{Content, Moment};

use super::World;
use super::summary::{self, Written};
use crate::args::{SampleArgs, samples};
use crate::commands::Stage;
use crate::exit::{Exit, Failed};

/// The folder below the one that the user names, as the collector has it.
const METRICS_DIRECTORY: &str = "metrics";

/// Bytes that are collected before they are written.
const BUFFER_BYTES: usize = 256 << 10;

/// Facts that are handed from one thread to the other at a time.
const CHUNK: usize = 512;

/// Chunks that wait in between.
const CHUNKS_WAITING: usize = 4;

/// How many facts there are between two looks at the progress.
const PROGRESS_STEP: u64 = 20_000;

pub(super) fn run(args: &SampleArgs, world: &World, stage: &Stage) -> Result<Exit, Failed> {
    let directory = args.out.join(METRICS_DIRECTORY);
    prepare(&directory, args.force)?;
    stage.interrupt.attend();
    let mut sample = Sample::new(directory);
    let (give, take) = sync_channel(CHUNKS_WAITING);
    let whole = thread::scope(|scope| {
        scope.spawn(move || make(world, &give));
        let whole = write(&take, &mut sample, args.records, stage);
        // The other thread ends when nobody takes what it makes.
        drop(take);
        whole
    })?;
    let written = sample.finish()?;
    stage.voice.clear_progress();
    summary::of_files(args, &written, stage.voice)?;
    if whole {
        return Ok(Exit::Success);
    }
    stage
        .voice
        .warn("interrupted; the files are a part of the sample, every line of them whole");
    Ok(Exit::Interrupted)
}

/// Makes the folder, and sees to it that no records of another origin are in it.
fn prepare(directory: &Path, force: bool) -> Result<(), Failed> {
    let cannot = |error: io::Error| {
        let text = format!("{} cannot be used: {error}", directory.display());
        Failed::usage(text).hint("name a folder that can be written to with --out")
    };
    fs::create_dir_all(directory).map_err(cannot)?;
    let mut others = Vec::new();
    for entry in fs::read_dir(directory).map_err(cannot)? {
        others.push(entry.map_err(cannot)?.path());
    }
    if others.is_empty() {
        return Ok(());
    }
    if !force {
        let text = format!("{} is not empty", directory.display());
        let hint =
            "choose another folder with --out, or replace the record files there with --force";
        return Err(Failed::usage(text).hint(hint));
    }
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let of_a_sample = |name: &str| {
        Kind::of_file_name(secspan_systems::kinds(), name).is_some()
            || samples().any(|sample| sample.logs.contains(&name))
    };
    for path in others.iter().filter(|path| of_a_sample(&name(path))) {
        fs::remove_file(path).map_err(|error| {
            Failed::caused(format_args!("{} cannot be removed", path.display()), &error)
        })?;
    }
    Ok(())
}

/// Makes all facts, as long as somebody takes them.
fn make(world: &World, give: &SyncSender<Vec<Box<dyn Moment>>>) {
    let mut chunk = Vec::with_capacity(CHUNK);
    for moment in world.moments() {
        chunk.push(moment);
        if chunk.len() == CHUNK {
            let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
            if give.send(full).is_err() {
                return;
            }
        }
    }
    // Nobody takes it when the writer had to stop.
    drop(give.send(chunk));
}

/// Writes what is made; whether all of it came.
fn write(
    take: &Receiver<Vec<Box<dyn Moment>>>,
    sample: &mut Sample,
    records: u64,
    stage: &Stage,
) -> Result<bool, Failed> {
    let mut next_look = PROGRESS_STEP;
    for chunk in take {
        if stage.interrupt.asked() {
            return Ok(false);
        }
        for moment in chunk {
            match moment.content() {
                Some(Content::Record(record)) => sample.add(&record)?,
                Some(Content::Line { log, fields }) => sample.log(log, &fields)?,
                None => {}
            }
        }
        let made = sample.written.most();
        if made >= next_look {
            next_look = made + PROGRESS_STEP;
            stage
                .voice
                .progress(format_args!("{} %", made * 100 / records.max(1)));
        }
    }
    Ok(true)
}

/// The files of a sample.
struct Sample {
    directory: PathBuf,
    series: Vec<Series>,
    logs: BTreeMap<&'static str, OpenFile>,
    written: Written,
}

/// The files of one kind, of which one is written at a time.
struct Series {
    kind: &'static Kind,
    date: Option<Date>,
    open: Option<OpenFile>,
}

struct OpenFile {
    path: PathBuf,
    file: File,
    /// Whole lines that are not in the file yet.
    waiting: Vec<u8>,
    /// Bytes that are.
    bytes: u64,
}

impl Sample {
    fn new(directory: PathBuf) -> Self {
        let series = secspan_systems::kinds().iter().map(|kind| Series {
            kind,
            date: None,
            open: None,
        });
        Self {
            written: Written::new(directory.clone()),
            directory,
            series: series.collect(),
            logs: BTreeMap::new(),
        }
    }

    /// Adds a line to a log, which exists from its first line on.
    fn log(&mut self, name: &'static str, fields: &[String]) -> Result<(), Failed> {
        let open = match self.logs.entry(name) {
            btree_map::Entry::Occupied(open) => open.into_mut(),
            btree_map::Entry::Vacant(place) => {
                place.insert(OpenFile::new(self.directory.join(name), None)?)
            }
        };
        *self.written.logs.entry(name).or_default() += 1;
        let fields: Vec<_> = fields.iter().map(|field| escape(field)).collect();
        open.add(&fields.join("|"))
    }

    fn add(&mut self, record: &Record<'_>) -> Result<(), Failed> {
        let kind = record.kind();
        let Some(series) = self.series.iter_mut().find(|series| series.kind == kind) else {
            return Ok(());
        };
        let (line, date) = (record.to_line(), record.date());
        let fresh = series.place(&self.directory, date)?;
        if let Some(counts) = self.written.of(kind) {
            counts.files += u64::from(fresh);
            counts.records += 1;
        }
        self.written.add_day(date);
        series.open.as_mut().map_or(Ok(()), |open| open.add(&line))
    }

    fn finish(mut self) -> Result<Written, Failed> {
        let open = self
            .series
            .iter_mut()
            .filter_map(|series| series.open.as_mut());
        for file in open.chain(self.logs.values_mut()) {
            file.flush()?;
        }
        Ok(self.written)
    }
}

impl Series {
    /// Opens the file for a date unless it is open; whether it was not.
    fn place(&mut self, directory: &Path, date: Date) -> Result<bool, Failed> {
        let name = self.kind.file_name(date);
        let same = match (&self.open, self.date) {
            (Some(_), Some(known)) if known == date => true,
            (Some(open), _) => open.path.file_name() == Some(name.as_ref()),
            (None, _) => false,
        };
        self.date = Some(date);
        if same {
            return Ok(false);
        }
        if let Some(mut open) = self.open.take() {
            open.flush()?;
        }
        self.open = Some(OpenFile::new(directory.join(name), self.kind.header())?);
        Ok(true)
    }
}

impl OpenFile {
    fn new(path: PathBuf, header: Option<&str>) -> Result<Self, Failed> {
        let file = File::create_new(&path).map_err(|error| {
            Failed::caused(format_args!("{} cannot be made", path.display()), &error)
        })?;
        let mut waiting = Vec::with_capacity(BUFFER_BYTES * 2);
        if let Some(header) = header {
            waiting.extend_from_slice(header.as_bytes());
            waiting.push(b'\n');
        }
        Ok(Self {
            path,
            file,
            waiting,
            bytes: 0,
        })
    }

    /// Takes a line, and writes when there are many.
    fn add(&mut self, line: &str) -> Result<(), Failed> {
        self.waiting.extend_from_slice(line.as_bytes());
        self.waiting.push(b'\n');
        if self.waiting.len() >= BUFFER_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes what waits. What the disk cuts short is taken back, so that the file ends with a whole line.
    fn flush(&mut self) -> Result<(), Failed> {
        self.file.write_all(&self.waiting).map_err(|error| {
            // If even that fails, the reason for the first failure is still the one to tell.
            drop(self.file.set_len(self.bytes));
            Failed::caused(
                format_args!("{} cannot be written", self.path.display()),
                &error,
            )
        })?;
        self.bytes += self.waiting.len() as u64;
        self.waiting.clear();
        Ok(())
    }
}
