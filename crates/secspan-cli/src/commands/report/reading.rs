//! From arguments to a computed document: which files, which dates, how many threads.

use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use secspan_jsonl::read::{self, Progress, ReadError, Scan, Settings, Sources, Summary};
use secspan_records::kind::Kind;
use secspan_records::origin::Reading;
use secspan_records::value::ShareUnit;
use secspan_reports::document::{Document, Malformed, Source};
use secspan_reports::report::Accumulator;

use crate::args::{EpssUnit, ReportArgs};
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

/// What is to be read, and how.
#[derive(Debug)]
pub(super) struct Job {
    /// What was named, or the usual folder.
    inputs: Vec<String>,
    sources: Sources,
    /// Why no file was found, where that is no mistake of the user.
    nothing: Option<ReadError>,
    settings: Settings,
    voice: Voice,
    /// From where on files could not be read.
    unreadable: OnceLock<Vec<read::Malformed>>,
    /// What was shown last of the progress.
    shown: AtomicU64,
}

impl Job {
    /// Finds the files.
    pub(super) fn prepare(args: &ReportArgs, voice: Voice) -> Result<Self, Failed> {
        let common = &args.common;
        let mut inputs = args.inputs.clone();
        if inputs.is_empty() {
            inputs.push(usual_folder());
        }
        // The order in which a shell lists files is no part of the question.
        inputs.sort();
        let (sources, nothing) = find(&inputs, args.report.reads, voice)?;
        let mut settings = Settings {
            reading: Reading {
                share_unit: match common.epss_unit {
                    EpssUnit::Guess => ShareUnit::Guess,
                    EpssUnit::Probability => ShareUnit::Share,
                    EpssUnit::Percent => ShareUnit::Percent,
                },
                strict: false,
            },
            ..Settings::of(secspan_systems::kinds())
        };
        if let Some(threads) = common
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
            let all = secspan_systems::kinds();
            about.is_ok_and(is_file)
                || Sources::find(&[input], all, all).is_ok_and(|sources| sources.has_file(file))
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

    /// Reads everything into parts of `whole` and computes the report.
    pub(super) fn compute(&self, mut whole: Accumulator) -> Result<Document, Failed> {
        let empty = whole.part();
        let Scan {
            accumulators,
            mut summary,
        } = read::scan(
            &self.sources,
            self.settings,
            || empty.part(),
            Accumulator::add,
            |progress| self.show(progress),
        )
        .map_err(|error| Failed::on_the_way(chain(&error)).hint(error.hint()))?;
        self.voice.clear_progress();
        for part in accumulators {
            whole.merge(part);
        }
        self.unreadable
            .get_or_init(|| std::mem::take(&mut summary.unreadable));
        Ok(whole.finish(source(summary)))
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
    wanted: &[&'static Kind],
    voice: Voice,
) -> Result<(Sources, Option<ReadError>), Failed> {
    let (mut holding, mut others) = (Vec::new(), Vec::new());
    for input in inputs {
        match Sources::find(&[input], secspan_systems::kinds(), wanted) {
            Ok(_) => holding.push(input),
            Err(error @ ReadError::NoRecordFiles { .. }) => others.push((input.as_str(), error)),
            Err(error) => return Err(Failed::usage(chain(&error)).hint(error.hint())),
        }
    }
    let sources = Sources::find(&holding, secspan_systems::kinds(), wanted)
        .map_err(|error| Failed::usage(chain(&error)).hint(error.hint()))?;
    if holding.is_empty() {
        return Ok((sources, others.pop().map(|(_, error)| error)));
    }
    if !sources.passed_over().is_empty() {
        let names = sources.passed_over().iter().map(|path| path.display());
        let names: Vec<String> = names.map(|name| name.to_string()).collect();
        voice.warn(format_args!(
            "not read, because of how their names end: {}",
            names.join(", ")
        ));
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

fn source(summary: Summary) -> Source {
    let examples = summary.malformed_examples.into_iter();
    Source {
        files: summary.files,
        records: summary.records,
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
