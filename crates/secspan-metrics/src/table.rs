//! One metric with its series: committed by batches, read by scrapes, bounded by [`Limits`].
//!
//! What a reader is shown of a new series is told in [`crate::reader`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use foldhash::fast::RandomState;
use secspan_otlp::time::UnixNanos;

use crate::family::{Exemplar, Family, Kind};
use crate::histogram::{Bounds, Observed};
use crate::limits::{Limits, WHOLE_METRIC};
use crate::reader::Reader;
use crate::series::Reading;
use crate::stage::Stage;

mod overflow;
mod rows;
mod state;

pub use crate::saved::RestoreError;
use rows::Rows;
pub(crate) use state::{restore, restore_section, save};

/// A label of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelSpec {
    /// Its name, already valid.
    pub name: Arc<str>,
    /// Whether its values come from a short fixed list, which makes it exempt from limits.
    pub closed: bool,
    /// Its own limit of distinct values, in place of [`Limits::label_values_max`].
    pub values_max: Option<usize>,
}

impl LabelSpec {
    /// A label with any values.
    pub fn open(name: &str) -> Self {
        Self {
            name: name.into(),
            closed: false,
            values_max: None,
        }
    }

    /// A label with a short, fixed list of values.
    pub fn closed(name: &str) -> Self {
        Self {
            name: name.into(),
            closed: true,
            values_max: None,
        }
    }
}

/// How new series are shown first; see [`crate::reader`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitialZero {
    /// With their value.
    Off,
    /// At 0 in the first collect and until `hold` after it.
    On {
        /// Zero where readers have names, one scrape interval where several share one.
        hold: Duration,
    },
}

impl Default for InitialZero {
    fn default() -> Self {
        Self::On {
            hold: Duration::ZERO,
        }
    }
}

/// What a metric is.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// The name of its samples.
    pub name: Arc<str>,
    /// One sentence for people.
    pub help: Arc<str>,
    /// Unit, empty when there is none.
    pub unit: Arc<str>,
    /// Counter, gauge or histogram.
    pub kind: Kind,
    /// Classic buckets of a histogram.
    pub bounds: Bounds,
    /// Its labels, in the order in which keys are written.
    pub labels: Vec<LabelSpec>,
    /// Its limits.
    pub limits: Limits,
    /// How new series are shown.
    pub initial_zero: InitialZero,
    /// How long a series without events is kept; `None` for ever.
    pub expiry: Option<Duration>,
    /// The most exemplars of a series in one collect, 0 for none.
    pub exemplars_max: usize,
}

/// The most exemplars of a series, upstream's default.
pub const EXEMPLARS_MAX: usize = 5;

impl Description {
    /// A metric with the default limits and no bucket bounds.
    pub fn new(name: &str, help: &str, kind: Kind, labels: Vec<LabelSpec>) -> Self {
        Self {
            name: name.into(),
            help: help.into(),
            unit: "".into(),
            kind,
            bounds: Bounds::none(),
            labels,
            limits: Limits::default(),
            initial_zero: InitialZero::default(),
            expiry: None,
            exemplars_max: EXEMPLARS_MAX,
        }
    }
}

/// How often a limit was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// The label, or [`WHOLE_METRIC`].
    pub label: Arc<str>,
    /// Events that were counted under an overflow value because of it.
    pub events: u64,
}

/// A metric and its series.
#[derive(Debug)]
pub struct Table {
    description: Description,
    hasher: RandomState,
    rows: Mutex<Rows>,
}

impl Table {
    /// An empty table.
    pub fn new(description: Description) -> Self {
        let rows = Rows::new(description.labels.len());
        Self {
            description,
            hasher: RandomState::default(),
            rows: Mutex::new(rows),
        }
    }

    /// What the metric is.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Brings a label set to life at 0, in the order of the description's labels.
    pub fn preset(&self, values: &[Option<&str>]) {
        let mut stage = self.stage();
        for value in values {
            stage.key.optional(*value);
        }
        self.lock()
            .preset(&self.description, &self.hasher, stage.key.as_bytes());
    }

    /// Adds one event outside any batch.
    pub fn record(
        &self,
        values: &[Option<&str>],
        value: f64,
        exemplar: Option<Exemplar>,
        now: UnixNanos,
    ) {
        let mut stage = self.stage();
        for label in values {
            stage.key.optional(*label);
        }
        self.add(&mut stage, value, 1, exemplar);
        self.commit(&mut stage, now);
    }

    pub(crate) fn stage(&self) -> Stage {
        Stage::new(self.hasher.clone(), self.description.limits.label_bytes_max)
    }

    /// Stages an event for the labels in the stage's key.
    pub(crate) fn add(
        &self,
        stage: &mut Stage,
        value: f64,
        weight: u64,
        exemplar: Option<Exemplar>,
    ) {
        if !value.is_finite() {
            return;
        }
        let observed = match self.description.kind {
            Kind::Histogram => Observed::new(value, weight, &self.description.bounds),
            Kind::Counter | Kind::Gauge => Observed::scalar(value, weight),
        };
        stage.add(observed, exemplar);
    }

    /// Applies a batch and empties its stage for the next one.
    pub(crate) fn commit(&self, stage: &mut Stage, now: UnixNanos) {
        if !stage.is_empty() {
            self.lock()
                .apply(&self.description, &self.hasher, stage, now);
        }
        stage.clear();
    }

    /// Appends the family as a reader without a name is shown it at `now`.
    pub fn collect(&self, now: UnixNanos, out: &mut Vec<Family>) {
        self.collect_for(Reader::ANONYMOUS, now, out);
    }

    /// Appends the family as `reader` is shown it at `now` (see [`crate::reader`]).
    pub fn collect_for(&self, reader: Reader, now: UnixNanos, out: &mut Vec<Family>) {
        let description = &self.description;
        let reading = Reading {
            kind: description.kind,
            bounds: &description.bounds,
            exemplars_max: description.exemplars_max,
            zero_hold_nanos: match description.initial_zero {
                InitialZero::Off => None,
                InitialZero::On { hold } => Some(nanos(hold)),
            },
            reader,
            now,
        };
        let mut rows = self.lock();
        if let Some(expiry) = description.expiry {
            rows.expire(now, nanos(expiry), &self.hasher);
        }
        out.push(Family {
            name: Arc::clone(&description.name),
            help: Arc::clone(&description.help),
            kind: description.kind,
            unit: Arc::clone(&description.unit),
            points: rows
                .series
                .iter_mut()
                .map(|series| series.point(reading))
                .collect(),
        });
    }

    /// How often each limit was reached: one entry for each label that has a limit, one for the metric as a whole.
    pub fn overflow(&self) -> Vec<Overflow> {
        let rows = self.lock();
        let labels = self
            .description
            .labels
            .iter()
            .map(|label| (Arc::clone(&label.name), label.closed));
        labels
            .chain([(WHOLE_METRIC.into(), false)])
            .zip(&rows.overflow)
            .filter(|((_, closed), _)| !closed)
            .map(|((label, _), events)| Overflow {
                label,
                events: *events,
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Appends `secops_metric_overflow_total{metric, label}` for the tables given, when any is over a limit.
pub(crate) fn collect_overflow<'a>(
    tables: impl IntoIterator<Item = &'a Table>,
    out: &mut Vec<Family>,
) {
    overflow::collect(tables, out);
}

#[cfg(test)]
mod tests;
