//! From arguments to a computed document: which files, which dates, how many threads.

use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use secspan_jsonl::read::{self, Progress, ReadError, Scan, Settings, Sources, Summary};
use secspan_records::definition::RecordKind;
use secspan_records::entry::Entry;
use secspan_records::record::Reading;
use secspan_records::score;
use secspan_records::timestamp::{Date, Timestamp};
use secspan_reports::document::{Document, Malformed, Source};
use secspan_reports::{enrichment, quality, sampling, sla};

use crate::args::{EpssUnit, Report, ReportArgs};
use crate::environment;
use crate::exit::{Failed, chain};
use crate::output::{self, Target};
use crate::terminal::Voice;

/// Where the collector keeps its files when it is not told otherwise.
const DATA_DIRECTORY: &str = "secspan-data";

/// The variable by which it is told.
const DATA_DIRECTORY_VARIABLE: &str = "SECSPAN_DATA_DIR";

/// The name of standard input among inputs.
const STDIN: &str = "-";

/// Less than this is read before a line of progress could be.
const PROGRESS_BYTES_MIN: u64 = 256 << 20;

/// The seconds of a day, less one.
const TO_END_OF_DAY: i64 = 86_399;

/// What every report is computed with.
pub(super) trait Accumulate: Sized + Send {
    fn add(&mut self, entry: &Entry<'_>);
    fn merge(&mut self, other: Self);
    fn finish(self, source: Source) -> Document;
}

macro_rules! accumulate {
    ($($report:ident),*) => {$(
        impl Accumulate for $report::Accumulator {
            fn add(&mut self, entry: &Entry<'_>) {
                Self::add(self, entry);
            }

            fn merge(&mut self, other: Self) {
                Self::merge(self, other);
            }

            fn finish(self, source: Source) -> Document {
                Self::finish(self, source)
            }
        }
    )*};
}

accumulate!(enrichment, quality, sampling, sla);

/// What is to be read, and how.
#[derive(Debug)]
pub(super) struct Job {
    /// What was named, or the usual folder.
    inputs: Vec<String>,
    sources: Sources,
    /// Why no file was found, where that is no mistake of the user.
    nothing: Option<ReadError>,
    settings: Settings,
    window: Window,
    voice: Voice,
    /// From where on files could not be read.
    unreadable: OnceLock<Vec<read::Malformed>>,
    /// What was shown last of the progress.
    shown: AtomicU64,
}

/// First and last second of the records that count.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    /// Records of this kind count before it, too: they say when a clock started that stopped within it.
    starts: Option<RecordKind>,
}

/// An accumulator, and how many records were outside of the window.
struct Part<A> {
    accumulator: A,
    outside: u64,
}

impl Job {
    /// Finds the files.
    pub(super) fn prepare(args: &ReportArgs, voice: Voice) -> Result<Self, Failed> {
        let mut inputs = args.inputs.clone();
        if inputs.is_empty() {
            inputs.push(usual_folder());
        }
        // The order in which a shell lists files is no part of the question.
        inputs.sort();
        let (sources, nothing) = find(&inputs, args.report.kinds(), voice)?;
        let mut settings = Settings {
            reading: Reading {
                epss_unit: match args.reading.epss_unit {
                    EpssUnit::Guess => score::EpssUnit::Guess,
                    EpssUnit::Probability => score::EpssUnit::Probability,
                    EpssUnit::Percent => score::EpssUnit::Percent,
                },
                strict: false,
            },
            ..Settings::default()
        };
        if let Some(threads) = args
            .threads
            .and_then(|threads| NonZeroUsize::new(threads.into()))
        {
            settings.threads = threads;
        }
        Ok(Self {
            inputs,
            sources,
            nothing,
            settings,
            window: Window {
                from: args.from.and_then(midnight),
                to: args
                    .to
                    .and_then(midnight)
                    .map(|at| at.plus_seconds(TO_END_OF_DAY)),
                starts: (args.report == Report::Sla).then_some(RecordKind::Enrichment),
            },
            voice,
            unreadable: OnceLock::new(),
            shown: AtomicU64::new(0),
        })
    }

    /// Refuses to put the report in the place of a file that was named, or of records beside those that are read.
    pub(super) fn spares(&self, target: &Target) -> Result<(), Failed> {
        let (Some(file), Target::File(path)) = (target.replaced(), target) else {
            return Ok(());
        };
        let is_file = |about: fs::Metadata| output::identity(&about) == file;
        let mut inputs = self.inputs.iter();
        let named = inputs.find(|input| {
            let about = if *input == STDIN {
                let stdin = io::stdin().as_fd().try_clone_to_owned();
                stdin.and_then(|stdin| fs::File::from(stdin).metadata())
            } else {
                fs::metadata(input)
            };
            let all = &RecordKind::ALL;
            about.is_ok_and(is_file)
                || Sources::find(&[input], all).is_ok_and(|sources| sources.has_file(file))
        });
        match named {
            None => Ok(()),
            Some(input) => Err(Failed::usage(format_args!(
                "--output {} is one of the files of the input {input}; nothing was written",
                path.display()
            ))
            .hint("write the report somewhere else")),
        }
    }

    /// Reads everything into accumulators and computes the report.
    pub(super) fn fold<A: Accumulate>(
        &self,
        new: impl Fn() -> A + Sync,
    ) -> Result<Document, Failed> {
        let window = self.window;
        let Scan {
            accumulators,
            mut summary,
        } = read::scan(
            &self.sources,
            self.settings,
            || Part {
                accumulator: new(),
                outside: 0,
            },
            |part, entry| {
                if window.holds(entry) {
                    part.accumulator.add(entry);
                } else {
                    part.outside += 1;
                }
            },
            |progress| self.show(progress),
        )
        .map_err(|error| Failed::on_the_way(chain(&error)).hint(error.hint()))?;
        self.voice.clear_progress();
        let mut outside = 0;
        let mut whole = new();
        for part in accumulators {
            outside += part.outside;
            whole.merge(part.accumulator);
        }
        self.unreadable
            .get_or_init(|| std::mem::take(&mut summary.unreadable));
        Ok(whole.finish(source(summary, outside)))
    }

    /// Says which files could not be read to their end; whether there were any.
    pub(super) fn tell_unreadable(&self) -> bool {
        let all = self.unreadable.get().map_or(&[][..], Vec::as_slice);
        for bad in all {
            self.voice
                .warn(format_args!("{}:{}: {}", bad.file, bad.line, bad.reason));
        }
        !all.is_empty()
    }

    /// What to do when no file was found.
    pub(super) fn nothing_found(&self) -> Option<String> {
        let error = self.nothing.as_ref()?;
        Some(format!("{}; {}", chain(error), error.hint()))
    }

    /// Shows how far reading is, once for each percent, and only where somebody has time to read it.
    fn show(&self, progress: Progress) {
        let percent = progress.done.saturating_mul(100) / progress.total.max(1);
        let step = u64::from(progress.pass) << 8 | percent;
        if progress.total >= PROGRESS_BYTES_MIN && self.shown.swap(step, Ordering::Relaxed) != step
        {
            self.voice.progress(format_args!("reading: {percent} %"));
        }
    }
}

/// Finds the files. What holds none, as one of several inputs, is left out with a warning: shells expand patterns to
/// everything that is there. When nothing is left, the reason is returned.
fn find(
    inputs: &[String],
    wanted: &[RecordKind],
    voice: Voice,
) -> Result<(Sources, Option<ReadError>), Failed> {
    let (mut holding, mut others) = (Vec::new(), Vec::new());
    for input in inputs {
        match Sources::find(&[input], wanted) {
            Ok(_) => holding.push(input),
            Err(error @ ReadError::NoRecordFiles { .. }) => others.push((input.as_str(), error)),
            Err(error) => return Err(Failed::usage(chain(&error)).hint(error.hint())),
        }
    }
    let sources = Sources::find(&holding, wanted)
        .map_err(|error| Failed::usage(chain(&error)).hint(error.hint()))?;
    if holding.is_empty() {
        return Ok((sources, others.pop().map(|(_, error)| error)));
    }
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().map(|(name, _)| *name).collect();
        voice.warn(format_args!(
            "left out, because no records are in it: {}",
            names.join(", ")
        ));
    }
    Ok((sources, None))
}

/// Where records are when nobody says.
fn usual_folder() -> String {
    environment::variable(DATA_DIRECTORY_VARIABLE).unwrap_or_else(|| {
        let usual = Path::new(DATA_DIRECTORY).is_dir();
        if usual { DATA_DIRECTORY } else { "." }.to_owned()
    })
}

/// The moment at which a date begins.
pub(super) fn midnight(date: Date) -> Option<Timestamp> {
    Timestamp::parse(&format!("{date}T00:00:00Z")).ok()
}

fn source(summary: Summary, outside_period: u64) -> Source {
    let examples = summary.malformed_examples.into_iter();
    Source {
        files: summary.files,
        records: summary.records,
        outside_period,
        superseded: summary.superseded,
        malformed: summary.malformed,
        malformed_examples: examples
            .map(|bad| Malformed {
                file: bad.file,
                line: bad.line,
                reason: bad.reason,
            })
            .collect(),
        ..Source::default()
    }
}

impl Window {
    fn holds(self, entry: &Entry<'_>) -> bool {
        if self.from.is_none() && self.to.is_none() {
            return true;
        }
        let at = entry.completed_at();
        let early = self.from.is_some_and(|from| at < from);
        (!early || self.starts == Some(entry.kind())) && self.to.is_none_or(|to| at <= to)
    }
}
