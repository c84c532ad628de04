//! `jsonl`: appends each record as one line to the file that report scripts read.
//!
//! # Purpose
//! Records in; out, below `directory`, in `metrics/`: `enrichment-metrics-<date>.jsonl`, `review-metrics-<date>.jsonl`,
//! `ticket-metrics-<date>.jsonl` and `review-decisions.csv`. A record that lacks a required field goes to the file's
//! `.rejected` neighbour with its reasons, and so does what a file cannot take because it is another table. How files are
//! shared with other writers is in [`secspan_jsonl`].
//!
//! # Configuration
//! `directory` (required), `records` (the kinds to write: `enrichment`, `review`, `decision`, `ticket`; default all),
//! `sync` (`system`, the default, or `batch`: the disk is asked to keep every batch), `lock_timeout` (default 10 s),
//! `enabled` (default true; false keeps the pipeline and writes nothing), `formulas` (`reject`, the default, or `keep`: rows
//! of CSV that hold what a spreadsheet computes).
//! `retention`: `enabled` (default true), `after` (default 365d), `archive` with `directory` (default `archive` below
//! `directory`), `compression` (`zstd`, the default, or `gzip`), `level` and `object_store` (`provider`, `endpoint`, `bucket`,
//! `prefix`, the provider's credentials, `tls`, `timeout`; as the README says). Daily files whose records are all
//! older are archived, at the start and once a day; how is in [`secspan_jsonl::archive`].
//!
//! # Telemetry
//! `secops_records_total{kind, result}`, among the derived metrics, each record once: `written`, `amended`, `duplicate`,
//! `rejected`, `left_out` (of a kind that `records` does not name, or with `enabled: false`).
//! `secops_record_write_failures_total{kind}`: records that an attempt could not write, each attempt anew.
//! `secops_archived_files_total{result}`: `archived`, `failed` (each attempt).
//!
//! # Limits
//! One batch at a time. A failing disk never delays other destinations: batches wait in the log, and when it is full
//! receivers are told to come back; no record that was taken is dropped.

mod kinds;
mod refusals;
mod retention;
mod tally;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secspan_jsonl::append;
use secspan_jsonl::error::WriteError;
use secspan_jsonl::writer::{self, Counts, Report, Writer};
use secspan_records::join::Joined;
use secspan_records::kind::Kind;

use secspan_transport::Backoff;

use crate::batch::Batch;
use crate::clock;
use crate::component::{
    BoxFuture, Delivered, DestinationSettings, ExportError, Exporter, ExporterConfig, ExporterPart,
    OnFull, StartError,
};
use crate::config::Section;
use crate::context::Context;
use refusals::Refusals;
use tally::Tally;

/// A disk may come back at any moment, and nobody is hurt by an attempt: pauses are short.
const RETRY: Backoff = Backoff {
    initial_interval: Duration::from_millis(500),
    max_interval: Duration::from_secs(10),
    multiplier: 2.0,
    randomization_factor: 0.0,
};

/// The parsed section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonlConfig {
    directory: PathBuf,
    append: append::Settings,
    records: BTreeSet<&'static Kind>,
    /// `None` where files are kept for ever.
    retention: Option<retention::Retention>,
    enabled: bool,
    formulas: bool,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ExporterConfig> {
    let syncs = [
        ("system", append::Sync::System),
        ("batch", append::Sync::Batch),
    ];
    let waits = Duration::from_millis(1)..=Duration::from_mins(5);
    let directory = section.path_buf("directory").required();
    let append = append::Settings {
        sync: section.choice("sync", &syncs).or(append::Sync::System),
        lock_wait: section
            .duration("lock_timeout")
            .within(waits)
            .or(append::LOCK_WAIT),
    };
    let retention = section.section("retention", |retention| {
        retention::read(retention, &directory, append.lock_wait)
    });
    Box::new(JsonlConfig {
        directory,
        append,
        records: kinds::read(section),
        retention,
        enabled: section.bool("enabled").or(true),
        formulas: section
            .choice("formulas", &[("reject", false), ("keep", true)])
            .or(false),
    })
}

impl ExporterConfig for JsonlConfig {
    fn build(self: Box<Self>, id: &str, context: &Context) -> Result<ExporterPart, StartError> {
        let Self {
            directory,
            append,
            records,
            retention,
            enabled,
            formulas,
        } = *self;
        // Switched off, it is a writer of no kind: what it leaves out is counted.
        let records = if enabled { records } else { BTreeSet::new() };
        let derived = context.telemetry.derived.clone();
        let counts = Tally::new(derived, records.iter().copied());
        if enabled {
            check_directory(id, &directory)?;
        } else {
            let message = "jsonl is switched off: no records are written (`enabled: false`)";
            tracing::warn!(component = %id, "{message}");
        }
        let settings = writer::Settings {
            directory,
            append,
            records: records.clone(),
            formulas,
        };
        let retention = retention.filter(|_| enabled);
        let retention = retention.map(|retention| retention::start(retention, id, context));
        let exporter = JsonlExporter {
            id: id.to_owned(),
            state: Arc::new(Mutex::new(State {
                writer: Writer::new(settings),
                left: None,
            })),
            counts,
            records,
            refusals: Refusals::new(id),
            _retention: retention.transpose()?,
        };
        Ok(ExporterPart::Destination {
            exporter: Arc::new(exporter),
            settings: DestinationSettings {
                consumers: 1,
                on_full: OnFull::Refuse,
                retry: RETRY,
            },
        })
    }
}

/// The exporter.
#[derive(Debug)]
struct JsonlExporter {
    id: String,
    state: Arc<Mutex<State>>,
    counts: Tally,
    /// The kinds that are written; none when switched off.
    records: BTreeSet<&'static Kind>,
    refusals: Refusals,
    /// Ends with the exporter.
    _retention: Option<retention::Task>,
}

#[derive(Debug)]
struct State {
    writer: Writer,
    /// The batch of which only a part is on disk: the next attempt writes the rest of it alone.
    left: Option<Left>,
}

/// What is left of a batch.
#[derive(Debug)]
struct Left {
    batch: Arc<[Joined]>,
    /// Positions that are not on disk.
    positions: Vec<usize>,
    /// Items that went to side files in earlier attempts.
    rejected: u64,
}

/// What one attempt did.
#[derive(Debug, Default)]
struct Attempt {
    report: Report,
    /// Items of the batch that went to side files so far.
    rejected: u64,
}

impl Exporter for JsonlExporter {
    fn export<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Delivered, ExportError>> {
        Box::pin(async move {
            let Batch::Records(records) = batch else {
                // Log records that are no domain records have no line here.
                return Ok(Delivered {
                    rejected: batch.items(),
                    message: "only records have a file, not other log records".to_owned(),
                    reported: false,
                });
            };
            let (state, items) = (Arc::clone(&self.state), Arc::clone(records));
            // Locks and disks may block for seconds.
            let written = tokio::task::spawn_blocking(move || write(&state, &items)).await;
            let attempt = written.map_err(|error| ExportError::Retry {
                after: None,
                reason: format!("the writer stopped: {error}"),
            })?;
            self.settle(&attempt.report)?;
            // The rest are records that their file cannot take.
            let rest = attempt.rejected.saturating_sub(self.tell(records));
            Ok(Delivered {
                rejected: attempt.rejected + no_records(records),
                message: format!("{rest} records that their file cannot take, see .rejected"),
                reported: rest == 0,
            })
        })
    }
}

fn write(state: &Mutex<State>, records: &Arc<[Joined]>) -> Attempt {
    let mut state = lock(state);
    let State { writer, left } = &mut *state;
    let before = left.take_if(|left| Arc::ptr_eq(&left.batch, records));
    let now = clock::now();
    let (report, positions) = match &before {
        None => {
            let report = writer.write(records, now);
            let positions = report.unwritten.clone();
            (report, positions)
        }
        Some(Left { positions, .. }) => {
            let rest = positions.iter().filter_map(|at| records.get(*at).cloned());
            let report = writer.write(&rest.collect::<Vec<_>>(), now);
            let still = report.unwritten.iter();
            let still = still.filter_map(|at| positions.get(*at).copied()).collect();
            (report, still)
        }
    };
    let now_rejected: u64 = report.counts.values().map(|counts| counts.rejected).sum();
    let rejected = now_rejected + before.map_or(0, |left| left.rejected);
    if !positions.is_empty() {
        *left = Some(Left {
            batch: Arc::clone(records),
            positions,
            rejected,
        });
    }
    Attempt { report, rejected }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl JsonlExporter {
    /// Tells what became no record, of the kinds that are written. Answers with how many of them have a side file.
    fn tell(&self, batch: &[Joined]) -> u64 {
        let now = clock::instant();
        let written = |joined: &&Joined| match joined.kind() {
            Some(kind) => self.records.contains(&kind),
            None => !self.records.is_empty(),
        };
        let mut aside = 0;
        for joined in batch.iter().filter(written) {
            self.refusals.note(joined, now);
            aside += u64::from(matches!(joined, Joined::Rejected(_)));
        }
        aside
    }

    /// Counts what was done, tells what went wrong, and decides whether to try again.
    fn settle(&self, report: &Report) -> Result<(), ExportError> {
        for (&kind, &counts) in &report.counts {
            self.counts.add(kind, counts);
        }
        for failure in report.failures.iter().filter(|failure| failure.first) {
            tracing::error!(component = %self.id, "{}", describe(&failure.error));
        }
        for message in repairs(report) {
            tracing::warn!(component = %self.id, "{message}");
        }
        let mut failures = report.failures.iter().rev();
        match failures.find(|failure| !failure.error.is_content()) {
            // A side file that cannot be written leaves nothing for the files that scripts read.
            Some(failure) if !report.unwritten.is_empty() => Err(ExportError::Retry {
                after: None,
                reason: describe(&failure.error),
            }),
            _ => Ok(()),
        }
    }
}

/// Of what other writers left behind, what was done.
fn repairs(report: &Report) -> Vec<String> {
    let sum = |count: fn(&Counts) -> u64| report.counts.values().map(count).sum::<u64>();
    let (repaired, blank) = (sum(|counts| counts.repaired), sum(|counts| counts.blank));
    let noted = (repaired > 0).then(|| {
        format!(
            "{}: a torn line or a byte order mark of another writer was taken out, see .rejected",
            files(repaired)
        )
    });
    let blank = (blank > 0).then(|| {
        format!(
            "{}: blank lines of another writer at the end were taken out",
            files(blank)
        )
    });
    noted.into_iter().chain(blank).collect()
}

fn files(count: u64) -> String {
    match count {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    }
}

/// Workflows in a batch that became no record at all.
fn no_records(records: &[Joined]) -> u64 {
    let neither = |joined: &&Joined| !matches!(joined, Joined::Record(_) | Joined::Rejected(_));
    records.iter().filter(neither).count() as u64
}

/// Finds out at the start, not with the first record, that files cannot be written.
fn check_directory(id: &str, directory: &Path) -> Result<(), StartError> {
    let probe = directory.join(format!(".probe-{}", std::process::id()));
    let tried = fs::create_dir_all(directory)
        .and_then(|()| fs::write(&probe, b""))
        .and_then(|()| fs::remove_file(&probe));
    tried.map_err(|error| StartError {
        component: id.to_owned(),
        reason: format!(
            "cannot write to {}: {error}; set `directory`, or SECSPAN_DATA_DIR with the embedded default, to a folder that this user may write to",
            directory.display()
        ),
    })
}

/// The error, what the operating system said, and what to do.
fn describe(error: &WriteError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}; {}", cause.unwrap_or_default(), error.hint())
}
