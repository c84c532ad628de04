//! Instruments for a program's own telemetry: counters, gauges and histograms held by whoever feeds them.
//!
//! ```
//! use secspan_metrics::store::{Instrument, Store};
//! use secspan_otlp::time::UnixNanos;
//!
//! let store = Store::new();
//! let what = Instrument::new("otelcol_receiver_accepted_spans", "Spans accepted.");
//! let accepted = store.counter(&what, &[("receiver", "otlp"), ("transport", "grpc")]);
//! accepted.add(3);
//! let mut families = Vec::new();
//! store.collect(UnixNanos(1), &mut families);
//! assert_eq!(families[0].points.len(), 1);
//! ```
//!
//! An instrument exists from the moment it is asked for, so its 0 is there to be seen; asked for again with the same
//! name and labels it is the same one. Handles are cheap to clone and never block each other, except on histograms.
//! Values are shown as they are: only instruments made with [`Instrument::initial_zero`] follow the rule of
//! [`crate::reader`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secspan_otlp::time::UnixNanos;

use crate::family::{Exemplar, Family, Kind, Label, Labels, Point, PointValue};
use crate::histogram::{Bounds, Histogram, Observed};
use crate::limits::NATIVE_BUCKETS_MAX;
use crate::name;
use crate::reader::{Reader, Shown};
use crate::table::EXEMPLARS_MAX;

/// What an instrument measures.
#[derive(Clone, Copy, Debug)]
pub struct Instrument<'a> {
    name: &'a str,
    help: &'a str,
    unit: &'a str,
    initial_zero: bool,
}

impl<'a> Instrument<'a> {
    /// An instrument without a unit, shown as it is.
    pub fn new(name: &'a str, help: &'a str) -> Self {
        Self {
            name,
            help,
            unit: "",
            initial_zero: false,
        }
    }

    /// Names the unit, for example `seconds`.
    #[must_use]
    pub fn unit(self, unit: &'a str) -> Self {
        Self { unit, ..self }
    }

    /// Shows new series at 0 in their first collect, so that the first event counts in `increase()`.
    #[must_use]
    pub fn initial_zero(self) -> Self {
        Self {
            initial_zero: true,
            ..self
        }
    }
}

/// The instruments of a program.
#[derive(Clone, Debug, Default)]
pub struct Store {
    families: Arc<Mutex<Vec<Instruments>>>,
}

/// A number that only grows.
#[derive(Clone, Debug)]
pub struct Counter(Arc<AtomicU64>);

/// A number that goes up and down.
#[derive(Clone, Debug)]
pub struct Gauge(Arc<AtomicU64>);

/// Observations in classic and native buckets.
#[derive(Clone, Debug)]
pub struct HistogramHandle(Arc<Observations>);

#[derive(Debug)]
struct Observations {
    bounds: Bounds,
    histogram: Mutex<Histogram>,
}

#[derive(Debug)]
struct Instruments {
    name: Arc<str>,
    help: Arc<str>,
    unit: Arc<str>,
    kind: Kind,
    initial_zero: bool,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    labels: Labels,
    created: UnixNanos,
    shown: Shown,
    value: Held,
}

#[derive(Clone, Debug)]
enum Held {
    Counter(Counter),
    Gauge(Gauge),
    Histogram(HistogramHandle),
}

impl Counter {
    /// Adds whole events.
    pub fn add(&self, count: u64) {
        self.add_amount(count as f64);
    }

    /// Adds an amount that need not be whole, such as seconds of CPU time. Negative or unreal amounts are ignored.
    pub fn add_amount(&self, amount: f64) {
        if amount > 0.0 && amount.is_finite() {
            let add = |bits| Some((f64::from_bits(bits) + amount).to_bits());
            // The closure never declines, so there is no error to look at.
            self.0
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add)
                .ok();
        }
    }

    /// The total so far.
    pub fn value(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

impl Gauge {
    /// Sets the current value.
    pub fn set(&self, value: f64) {
        self.0.store(value.to_bits(), Ordering::Relaxed);
    }

    /// The current value.
    pub fn value(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

impl HistogramHandle {
    /// Adds an observation; values that are not finite are ignored.
    pub fn observe(&self, value: f64, exemplar: Option<Exemplar>) {
        if value.is_finite() {
            let observed = Observed::new(value, 1, &self.0.bounds);
            lock(&self.0.histogram).add(observed, exemplar, NATIVE_BUCKETS_MAX);
        }
    }
}

impl Store {
    /// No instruments yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The counter with this name and these labels.
    pub fn counter(&self, what: &Instrument<'_>, labels: &[(&str, &str)]) -> Counter {
        let fresh = Counter(Arc::default());
        match self.row(what, Kind::Counter, labels, Held::Counter(fresh.clone())) {
            Held::Counter(counter) => counter,
            Held::Gauge(_) | Held::Histogram(_) => fresh,
        }
    }

    /// The gauge with this name and these labels.
    pub fn gauge(&self, what: &Instrument<'_>, labels: &[(&str, &str)]) -> Gauge {
        let fresh = Gauge(Arc::default());
        match self.row(what, Kind::Gauge, labels, Held::Gauge(fresh.clone())) {
            Held::Gauge(gauge) => gauge,
            Held::Counter(_) | Held::Histogram(_) => fresh,
        }
    }

    /// The histogram with this name and these labels. Its bounds are those it was first asked for with.
    pub fn histogram(
        &self,
        what: &Instrument<'_>,
        labels: &[(&str, &str)],
        bounds: &Bounds,
    ) -> HistogramHandle {
        let histogram = Mutex::new(Histogram::new(bounds));
        let fresh = HistogramHandle(Arc::new(Observations {
            bounds: bounds.clone(),
            histogram,
        }));
        match self.row(
            what,
            Kind::Histogram,
            labels,
            Held::Histogram(fresh.clone()),
        ) {
            Held::Histogram(histogram) => histogram,
            Held::Counter(_) | Held::Gauge(_) => fresh,
        }
    }

    /// Appends every family as a reader without a name is shown it at `now`.
    pub fn collect(&self, now: UnixNanos, out: &mut Vec<Family>) {
        self.collect_for(Reader::ANONYMOUS, now, out);
    }

    /// Appends every family as `reader` is shown it at `now`.
    pub fn collect_for(&self, reader: Reader, now: UnixNanos, out: &mut Vec<Family>) {
        for family in lock(&self.families).iter_mut() {
            out.push(family.collect(reader, now));
        }
    }

    fn row(&self, what: &Instrument<'_>, kind: Kind, labels: &[(&str, &str)], fresh: Held) -> Held {
        let labels: Labels = labels
            .iter()
            .map(|(name, value)| Label::new(&name::label_name(name), value))
            .collect();
        let name = name::metric_name(what.name);
        let mut families = lock(&self.families);
        let at = families
            .iter()
            .position(|family| *family.name == *name && family.kind == kind);
        let at = at.unwrap_or_else(|| {
            families.push(Instruments::new(&name, what, kind));
            families.len() - 1
        });
        match families.get_mut(at) {
            Some(family) => family.row(labels, fresh),
            None => fresh,
        }
    }
}

impl Instruments {
    fn new(name: &str, what: &Instrument<'_>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            help: what.help.into(),
            unit: what.unit.into(),
            kind,
            initial_zero: what.initial_zero && kind != Kind::Gauge,
            rows: Vec::new(),
        }
    }

    fn row(&mut self, labels: Labels, fresh: Held) -> Held {
        if let Some(row) = self.rows.iter().find(|row| row.labels == labels) {
            return row.value.clone();
        }
        self.rows.push(Row {
            labels,
            created: UnixNanos(0),
            shown: Shown::default(),
            value: fresh.clone(),
        });
        fresh
    }

    fn collect(&mut self, reader: Reader, now: UnixNanos) -> Family {
        let initial_zero = self.initial_zero;
        Family {
            name: Arc::clone(&self.name),
            help: Arc::clone(&self.help),
            kind: self.kind,
            unit: Arc::clone(&self.unit),
            points: self
                .rows
                .iter_mut()
                .map(|row| row.point(reader, now, initial_zero))
                .collect(),
        }
    }
}

impl Row {
    fn point(&mut self, reader: Reader, now: UnixNanos, initial_zero: bool) -> Point {
        if self.created == UnixNanos(0) {
            self.created = now;
        }
        let zero = initial_zero && !self.shown.step(reader, self.created, now, 0);
        let value = self.value.value(zero);
        Point {
            labels: Arc::clone(&self.labels),
            created: self.created,
            value,
        }
    }
}

impl Held {
    fn value(&self, zero: bool) -> PointValue {
        match self {
            Self::Counter(counter) => PointValue::Counter {
                value: if zero { 0.0 } else { counter.value() },
                exemplar: None,
            },
            Self::Gauge(gauge) => PointValue::Gauge(gauge.value()),
            Self::Histogram(HistogramHandle(held)) if zero => PointValue::Histogram(Box::new(
                Histogram::new(&held.bounds).point(&held.bounds, 0),
            )),
            Self::Histogram(HistogramHandle(held)) => PointValue::Histogram(Box::new(
                lock(&held.histogram).point(&held.bounds, EXEMPLARS_MAX),
            )),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(store: &Store, now: u64) -> Vec<f64> {
        let mut out = Vec::new();
        store.collect(UnixNanos(now), &mut out);
        out.iter()
            .flat_map(|family| &family.points)
            .map(|point| match point.value {
                PointValue::Counter { value, .. } | PointValue::Gauge(value) => value,
                PointValue::Histogram(ref histogram) => histogram.count as f64,
            })
            .collect()
    }

    #[test]
    fn the_same_name_and_labels_are_the_same_instrument() {
        let store = Store::new();
        let what = Instrument::new("otelcol_receiver_accepted_spans", "Spans accepted.");
        store.counter(&what, &[("transport", "grpc")]).add(2);
        store
            .counter(&what, &[("transport", "grpc")])
            .add_amount(0.5);
        store
            .counter(&what, &[("transport", "http")])
            .add_amount(-1.0);
        assert_eq!(counters(&store, 1), [2.5, 0.0]);
    }

    #[test]
    fn initial_zero_shows_the_first_event_one_collect_later() {
        let store = Store::new();
        let what = Instrument::new("secops_records_total", "Records.").initial_zero();
        let records = store.counter(&what, &[("kind", "enrichment")]);
        records.add(1);
        assert_eq!(counters(&store, 1), [0.0]);
        assert_eq!(counters(&store, 2), [1.0]);
    }

    #[test]
    fn a_name_taken_by_another_kind_still_gives_a_working_instrument() {
        let store = Store::new();
        store.counter(&Instrument::new("x", ""), &[]).add(1);
        let gauge = store.gauge(&Instrument::new("x", ""), &[]);
        gauge.set(7.0);
        let histogram = store.histogram(&Instrument::new("x", ""), &[], &Bounds::none());
        histogram.observe(1.0, None);
        histogram.observe(f64::NAN, None);
        assert_eq!(counters(&store, 1), [1.0, 7.0, 1.0]);
    }
}
