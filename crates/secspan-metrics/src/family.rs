//! The plain snapshot that `collect` fills and the exposition formats render.

use std::sync::Arc;

use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, TraceId};

use crate::native::NativePoint;

/// What a metric counts or measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Only grows; its name usually ends in `_total`.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Observations in buckets.
    Histogram,
}

impl Kind {
    /// The word that Prometheus and rule files use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// One label of a series.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// Its name, a valid Prometheus label name when it comes from this crate.
    pub name: Arc<str>,
    /// Its value, any UTF-8.
    pub value: Arc<str>,
}

impl Label {
    /// A label from its two texts.
    pub fn new(name: &str, value: &str) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// The label set of a series: shared, so that a snapshot copies no text.
pub type Labels = Arc<[Label]>;

/// A metric with all its series at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The name as it stands on a sample: counters carry their `_total`.
    pub name: Arc<str>,
    /// One sentence for people.
    pub help: Arc<str>,
    /// Counter, gauge or histogram.
    pub kind: Kind,
    /// The unit (`seconds`, `milliseconds`, `USD`), empty when there is none.
    pub unit: Arc<str>,
    /// One point per series.
    pub points: Vec<Point>,
}

/// One series at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its labels; absent labels are left out.
    pub labels: Labels,
    /// When the series began to count; 0 when it is not known.
    pub created: UnixNanos,
    /// What it holds.
    pub value: PointValue,
}

/// What a series holds.
#[derive(Clone, Debug, PartialEq)]
pub enum PointValue {
    /// A total, and the latest event that added to it.
    Counter {
        /// The total.
        value: f64,
        /// The latest event with a trace.
        exemplar: Option<Exemplar>,
    },
    /// The current value.
    Gauge(f64),
    /// Observations in classic and native buckets.
    Histogram(Box<HistogramPoint>),
}

impl PointValue {
    /// The kind of metric that holds such values.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Counter { .. } => Kind::Counter,
            Self::Gauge(_) => Kind::Gauge,
            Self::Histogram(_) => Kind::Histogram,
        }
    }
}

/// A histogram at one moment: the same observations in classic and in native buckets.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramPoint {
    /// Upper bounds, inclusive, rising, without `+Inf`.
    pub bounds: Arc<[f64]>,
    /// Observations per bucket, not cumulative; one more than there are bounds.
    pub counts: Vec<u64>,
    /// How many observations.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The latest exemplar of each bucket that has one, with the bucket's index, in rising order.
    pub exemplars: Vec<(usize, Exemplar)>,
    /// The exponential buckets.
    pub native: NativePoint,
}

/// An example of what was counted: the way from a number to its trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exemplar {
    /// The trace.
    pub trace_id: TraceId,
    /// The span in it; all zero when only the trace is known.
    pub span_id: SpanId,
    /// The observed value.
    pub value: f64,
    /// When it was observed.
    pub time: UnixNanos,
}

impl Exemplar {
    /// Puts this one into a slot, unless a newer one is there: Prometheus refuses exemplars that go back in time.
    pub(crate) fn enter(self, slot: &mut Option<Self>) {
        if slot.is_none_or(|known| known.time <= self.time) {
            *slot = Some(self);
        }
    }
}
