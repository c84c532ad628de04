//! One series of a table: its labels, what it holds, and whether a reader has seen it at 0 yet.

use secspan_otlp::time::UnixNanos;

use crate::family::{Exemplar, Kind, Labels, Point, PointValue};
use crate::histogram::{Bounds, Histogram, Observed};
use crate::reader::{Reader, Shown};

/// A series.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) key: Box<[u8]>,
    pub(crate) hash: u64,
    pub(crate) labels: Labels,
    pub(crate) created: UnixNanos,
    pub(crate) touched: UnixNanos,
    pub(crate) shown: Shown,
    /// From a closed label set or an overflow: never expires.
    pub(crate) lasting: bool,
    pub(crate) cell: Cell,
}

/// What a series holds.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Counter {
        value: f64,
        exemplar: Option<Exemplar>,
    },
    Gauge(f64),
    Histogram(Box<Histogram>),
}

impl Cell {
    pub(crate) fn new(kind: Kind, bounds: &Bounds) -> Self {
        match kind {
            Kind::Counter => Self::Counter {
                value: 0.0,
                exemplar: None,
            },
            Kind::Gauge => Self::Gauge(0.0),
            Kind::Histogram => Self::Histogram(Box::new(Histogram::new(bounds))),
        }
    }

    pub(crate) fn add(&mut self, observed: Observed, example: Option<Exemplar>, native_max: usize) {
        match self {
            Self::Counter { value, exemplar } => {
                *value += observed.value * observed.weight as f64;
                if let Some(example) = example {
                    example.enter(exemplar);
                }
            }
            Self::Gauge(value) => *value = observed.value,
            Self::Histogram(histogram) => histogram.add(observed, example, native_max),
        }
    }

    fn point(&self, bounds: &Bounds, exemplars_max: usize) -> PointValue {
        match self {
            Self::Counter { value, exemplar } => PointValue::Counter {
                value: *value,
                exemplar: exemplar.filter(|_| exemplars_max > 0),
            },
            Self::Gauge(value) => PointValue::Gauge(*value),
            Self::Histogram(histogram) => {
                PointValue::Histogram(Box::new(histogram.point(bounds, exemplars_max)))
            }
        }
    }
}

/// What a collect needs to know of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) kind: Kind,
    pub(crate) bounds: &'a Bounds,
    pub(crate) exemplars_max: usize,
    /// `None`: values are shown at once. Otherwise how long a new series is held at 0, beyond its first collect.
    pub(crate) zero_hold_nanos: Option<u64>,
    pub(crate) reader: Reader,
    pub(crate) now: UnixNanos,
}

impl Series {
    /// The series as this collect shows it, and one step further on its way.
    pub(crate) fn point(&mut self, reading: Reading<'_>) -> Point {
        if self.created == UnixNanos(0) {
            self.created = reading.now;
        }
        let value = if self.shows_value(reading) {
            self.cell.point(reading.bounds, reading.exemplars_max)
        } else {
            Cell::new(reading.kind, reading.bounds).point(reading.bounds, 0)
        };
        Point {
            labels: Labels::clone(&self.labels),
            created: self.created,
            value,
        }
    }

    fn shows_value(&mut self, reading: Reading<'_>) -> bool {
        let hold = reading
            .zero_hold_nanos
            .filter(|_| reading.kind != Kind::Gauge);
        hold.is_none_or(|hold| {
            self.shown
                .step(reading.reader, self.created, reading.now, hold)
        })
    }
}
