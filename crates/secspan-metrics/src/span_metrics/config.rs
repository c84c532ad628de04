//! What the span metrics can be told; the defaults are upstream's where upstream has the option.

use std::time::Duration;

use crate::limits::Limits;
use crate::table::{EXEMPLARS_MAX, InitialZero};

/// Whose names and labels to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Naming {
    /// The upstream connector's: `traces_span_metrics_calls_total{service_name, …}`.
    #[default]
    Upstream,
    /// Tempo's metrics generator's: `traces_spanmetrics_calls_total{service, …}`, latency in seconds. Its
    /// `traces_spanmetrics_size_total` is not there: a span's wire size is not an attribute of the span.
    Tempo,
}

/// The unit of durations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unit {
    /// `ms`.
    #[default]
    Milliseconds,
    /// `s`.
    Seconds,
}

impl Unit {
    /// The word at the end of the metric's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Milliseconds => "milliseconds",
            Self::Seconds => "seconds",
        }
    }

    /// Nanoseconds in one.
    pub fn nanos(self) -> f64 {
        match self {
            Self::Milliseconds => 1e6,
            Self::Seconds => 1e9,
        }
    }
}

/// A label taken from an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dimension {
    /// The attribute, for example `secops.stage.name`.
    pub name: String,
    /// The value where no span or resource attribute has one; without it the label is absent.
    pub default: Option<String>,
}

impl Dimension {
    /// A dimension without a default.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            default: None,
        }
    }
}

/// The duration histogram.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistogramConfig {
    /// No durations at all.
    pub disable: bool,
    /// The unit; Tempo's names are always in seconds.
    pub unit: Unit,
    /// Upper bounds; `None` for the defaults of the naming.
    pub buckets: Option<Vec<Duration>>,
    /// Dimensions of the durations alone.
    pub dimensions: Vec<Dimension>,
}

/// All options.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Whose names to use.
    pub naming: Naming,
    /// The beginning of upstream names, dots as underscores.
    pub namespace: String,
    /// The duration histogram.
    pub histogram: HistogramConfig,
    /// Dimensions of all metrics.
    pub dimensions: Vec<Dimension>,
    /// Dimensions of the calls alone.
    pub calls_dimensions: Vec<Dimension>,
    /// Base labels to leave out, by attribute name: `service.name`, `span.name`, `span.kind`, `status.code`.
    pub exclude_dimensions: Vec<String>,
    /// Whether events are counted, and their own dimensions.
    pub events: Option<Vec<Dimension>>,
    /// Whether upstream names carry `job`.
    pub job_label: bool,
    /// The most exemplars of a series, 0 for none.
    pub exemplars_max: usize,
    /// Bounds on the label sets.
    pub limits: Limits,
    /// How new series are shown.
    pub initial_zero: InitialZero,
    /// How long a series without spans is kept; `None` for ever.
    pub series_expiration: Option<Duration>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            naming: Naming::default(),
            namespace: "traces.span.metrics".to_owned(),
            histogram: HistogramConfig::default(),
            dimensions: Vec::new(),
            calls_dimensions: Vec::new(),
            exclude_dimensions: Vec::new(),
            events: None,
            job_label: true,
            exemplars_max: EXEMPLARS_MAX,
            limits: Limits::default(),
            initial_zero: InitialZero::default(),
            series_expiration: None,
        }
    }
}
