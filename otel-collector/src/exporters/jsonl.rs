//! `jsonl`: appends each record as one line to the daily file that report scripts read.
//!
//! # Purpose
//! Records in, `metrics/enrichment-metrics-<date>.jsonl` out, below `directory`. A record that lacks a required field goes
//! to the file's `.rejected` neighbour with its reasons. How files are shared with other writers is in [`secspan_jsonl`].
//!
//! # Configuration
//! `directory` (required), `sync` (`system`, the default, or `batch`: the disk is asked to keep every batch),
//! `lock_timeout` (default 10 s), `enabled` (default true; false keeps the pipeline and writes nothing).
//!
//! # Telemetry
//! `secops_records_total{kind, result}`, among the derived metrics.
//!
//! # Limits
//! One batch at a time. A failing disk never delays other destinations: batches wait in the log, and when it is full
//! receivers are told to come back; no record that was taken is dropped.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secspan_jsonl::append;
use secspan_jsonl::error::WriteError;
use secspan_jsonl::writer::{self, Counts, Report, Writer};
use secspan_metrics::store::{Instrument, Store};
use secspan_records::definition::RecordKind;
use secspan_records::join::Joined;
use secspan_semconv::metric;

use crate::batch::Batch;
use crate::clock;
use crate::component::{
    BoxFuture, Delivered, DestinationSettings, ExportError, Exporter, ExporterConfig, ExporterPart,
    OnFull, RetrySettings, StartError,
};
use crate::config::Section;
use crate::context::Context;

/// A disk may come back at any moment, and nobody is hurt by an attempt: pauses are short.
const RETRY: RetrySettings = RetrySettings {
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
    enabled: bool,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ExporterConfig> {
    let syncs = [
        ("system", append::Sync::System),
        ("batch", append::Sync::Batch),
    ];
    let waits = Duration::from_millis(1)..=Duration::from_mins(5);
    Box::new(JsonlConfig {
        directory: section.path_buf("directory").required(),
        append: append::Settings {
            sync: section.choice("sync", &syncs).or(append::Sync::System),
            lock_wait: section
                .duration("lock_timeout")
                .within(waits)
                .or(append::LOCK_WAIT),
        },
        enabled: section.bool("enabled").or(true),
    })
}

impl ExporterConfig for JsonlConfig {
    fn build(self: Box<Self>, id: &str, context: &Context) -> Result<ExporterPart, StartError> {
        let counts = Tally {
            store: context.telemetry.derived.clone(),
        };
        for kind in RecordKind::ALL {
            counts.add(kind, Counts::default());
        }
        if self.enabled {
            check_directory(id, &self.directory)?;
        }
        let Self {
            directory,
            append,
            enabled,
        } = *self;
        let writer = enabled.then(|| Writer::new(writer::Settings { directory, append }));
        let exporter = JsonlExporter {
            id: id.to_owned(),
            state: Arc::new(Mutex::new(State { writer, left: None })),
            counts,
            context: context.clone(),
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
    context: Context,
}

#[derive(Debug)]
struct State {
    /// `None` when switched off.
    writer: Option<Writer>,
    /// The batch of which only a part is on disk, and the positions that are not: the next attempt writes these alone.
    left: Option<(Arc<[Joined]>, Vec<usize>)>,
}

impl Exporter for JsonlExporter {
    fn export<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Delivered, ExportError>> {
        Box::pin(async move {
            let Batch::Records(records) = batch else {
                // Log records that are no domain records have no line here.
                return Ok(Delivered {
                    rejected: batch.items(),
                    message: "only records have a file, not other log records".to_owned(),
                });
            };
            let (state, records) = (Arc::clone(&self.state), Arc::clone(records));
            // Locks and disks may block for seconds.
            let written = tokio::task::spawn_blocking(move || write(&state, &records)).await;
            let report = written.map_err(|error| ExportError::Retry {
                after: None,
                reason: format!("the writer stopped: {error}"),
            })?;
            self.settle(&report).map(|()| Delivered {
                rejected: without_a_line(batch),
                message: "no record: the workflow did not complete, or lacks a required field (see .rejected)"
                    .to_owned(),
            })
        })
    }
}

fn write(state: &Mutex<State>, records: &Arc<[Joined]>) -> Report {
    let mut state = lock(state);
    let State { writer, left } = &mut *state;
    let Some(writer) = writer else {
        return Report::default();
    };
    let now = clock::now();
    let Some((_, positions)) = left.take_if(|(batch, _)| Arc::ptr_eq(batch, records)) else {
        let report = writer.write(records, now);
        remember(left, records, report.unwritten.clone());
        return report;
    };
    let items: Vec<Joined> = positions
        .iter()
        .filter_map(|at| records.get(*at).cloned())
        .collect();
    let report = writer.write(&items, now);
    let still = report
        .unwritten
        .iter()
        .filter_map(|at| positions.get(*at).copied())
        .collect();
    remember(left, records, still);
    report
}

fn remember(
    left: &mut Option<(Arc<[Joined]>, Vec<usize>)>,
    records: &Arc<[Joined]>,
    unwritten: Vec<usize>,
) {
    if !unwritten.is_empty() {
        *left = Some((Arc::clone(records), unwritten));
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl JsonlExporter {
    /// Counts what was done, tells what went wrong, and decides whether to try again.
    fn settle(&self, report: &Report) -> Result<(), ExportError> {
        for (kind, counts) in &report.counts {
            self.counts.add(*kind, *counts);
        }
        for failure in report.failures.iter().filter(|failure| failure.first) {
            self.context
                .events
                .error(&self.id, &describe(&failure.error));
        }
        match report.failures.last() {
            // A side file that cannot be written leaves nothing for the files that scripts read.
            Some(failure) if !report.unwritten.is_empty() => Err(ExportError::Retry {
                after: None,
                reason: describe(&failure.error),
            }),
            _ => Ok(()),
        }
    }
}

/// Workflows in a batch that have no line in the files that scripts read.
fn without_a_line(batch: &Batch) -> u64 {
    let Batch::Records(records) = batch else {
        return 0;
    };
    let records = records.iter();
    records
        .filter(|joined| !matches!(joined, Joined::Record(_)))
        .count() as u64
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

/// Counts records by kind and result.
#[derive(Clone, Debug)]
struct Tally {
    store: Store,
}

impl Tally {
    fn add(&self, kind: RecordKind, counts: Counts) {
        let name = metric::SECOPS_RECORDS_TOTAL;
        let help = secspan_semconv::find_metric(name).map_or("", |known| known.brief);
        let results = [
            ("written", counts.written),
            ("amended", counts.amended),
            ("duplicate", counts.duplicate),
            ("rejected", counts.rejected),
            ("failed", counts.failed),
        ];
        for (result, count) in results {
            let labels = [("kind", kind.as_str()), ("result", result)];
            self.store
                .counter(&Instrument::new(name, help), &labels)
                .add(count);
        }
    }
}
