//! The bounds on label sets, on by default, and the names of what lies beyond them.
//!
//! A label value that would be one too many becomes [`OVERFLOW`] while the other labels of the series stay as they are;
//! when the whole metric is full, labels with few values stay and the others become [`OVERFLOW`]. The event is counted
//! either way, so sums over a metric stay right, and `secops_metric_overflow_total{metric, label}` says how often.

/// Series of one metric, overflow series not counted.
pub const SERIES_MAX: usize = 2_000;

/// The most series that a configuration may ask for; stands in for upstream's 0, "unlimited".
pub const SERIES_CEILING: usize = 1_000_000;

/// Distinct values of one open label in one metric.
pub const LABEL_VALUES_MAX: usize = 200;

/// Longest label value in bytes; what is longer is cut at a character.
pub const LABEL_BYTES_MAX: usize = 1_024;

/// Buckets of a native histogram, for each sign; beyond it the resolution is halved.
pub const NATIVE_BUCKETS_MAX: usize = 160;

/// A label with at most this many values keeps them when the metric is full, unless no other label has more.
pub(crate) const LOW_CARDINALITY_MAX: usize = 16;

/// Series that a full metric may still add for its overflow, beside one for each combination of closed labels.
pub(crate) const OVERFLOW_SERIES_MAX: usize = 64;

/// The value of a label beyond its limit.
pub const OVERFLOW: &str = "__overflow__";

/// The `label` of `secops_metric_overflow_total` when the metric's own series limit was reached.
pub const WHOLE_METRIC: &str = "*";

/// The bounds of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Series of the metric, overflow series not counted.
    pub series_max: usize,
    /// Distinct values of each open label.
    pub label_values_max: usize,
    /// Longest label value, in bytes, at most [`LABEL_BYTES_MAX`].
    pub label_bytes_max: usize,
    /// Buckets of a native histogram, for each sign.
    pub native_buckets_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            series_max: SERIES_MAX,
            label_values_max: LABEL_VALUES_MAX,
            label_bytes_max: LABEL_BYTES_MAX,
            native_buckets_max: NATIVE_BUCKETS_MAX,
        }
    }
}
