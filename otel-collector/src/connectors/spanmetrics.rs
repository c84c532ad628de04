//! `spanmetrics`: calls, durations and events of every span, with upstream's names.
//!
//! # Purpose
//! Traces in, metrics out. What is counted and how is in [`secspan_metrics::span_metrics`].
//!
//! # Configuration
//! Upstream's options: `histogram {unit, explicit {buckets}, disable, dimensions}`, `dimensions`, `calls_dimensions`,
//! `exclude_dimensions`, `events {enabled, dimensions}`, `exemplars {enabled, max_per_data_point}`, `namespace`,
//! `series_expiration`, `aggregation_cardinality_limit`, `metrics_flush_interval` (default 60 s: how often metrics leave by
//! exporters that take them pushed). Ours: `naming` (`upstream`, `tempo`), `initial_zero`.
//!
//! # Limits
//! 2,000 series a metric and 200 values a label, overflow visible as `__overflow__`.

use std::sync::Arc;
use std::time::Duration;

use secspan_metrics::family::Family;
use secspan_metrics::limits::{Limits, SERIES_CEILING};
use secspan_metrics::reader::Reader;
use secspan_metrics::span_metrics::{
    Config, Dimension, HistogramConfig, Naming, SpanMetrics, SpanStage, Unit,
};
use secspan_metrics::table::InitialZero;
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::SpanView;

use super::{push_interval, reject};
use crate::component::{Connector, ConnectorConfig, MetricSource, Staged, StartError, Stateful};
use crate::config::Section;
use crate::context::BuildContext;

/// The parsed section.
#[derive(Debug)]
pub struct SpanMetricsConfig {
    config: Config,
    push_interval: Option<Duration>,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ConnectorConfig> {
    let defaults = Config::default();
    let naming = [("upstream", Naming::Upstream), ("tempo", Naming::Tempo)];
    let config = Config {
        naming: section.choice("naming", &naming).or(Naming::Upstream),
        namespace: section.string("namespace").or(defaults.namespace),
        histogram: section.section("histogram", histogram),
        dimensions: dimensions(section, "dimensions"),
        calls_dimensions: dimensions(section, "calls_dimensions"),
        exclude_dimensions: section.list("exclude_dimensions").or(Vec::new()),
        events: section.section("events", |events| {
            let enabled = events.bool("enabled").or(false);
            let dimensions = dimensions(events, "dimensions");
            enabled.then_some(dimensions)
        }),
        job_label: section.bool("job_label").or(defaults.job_label),
        exemplars_max: section.section("exemplars", |exemplars| {
            let enabled = exemplars.bool("enabled").or(true);
            let max = exemplars.u64("max_per_data_point").within(1..=100).or(5);
            if enabled {
                usize::try_from(max).unwrap_or(usize::MAX)
            } else {
                0
            }
        }),
        limits: limits(section),
        initial_zero: if section.bool("initial_zero").or(true) {
            InitialZero::default()
        } else {
            InitialZero::Off
        },
        series_expiration: match section.duration("series_expiration").or(Duration::ZERO) {
            Duration::ZERO => None,
            expiration => Some(expiration),
        },
    };
    without_effect(section);
    // A dry build finds what only the whole shows, such as two dimensions with one label name.
    if let Err(problems) = SpanMetrics::new(config.clone(), &mut Keys::new()) {
        for problem in &problems {
            reject(section, &problem.path, problem);
        }
    }
    Box::new(SpanMetricsConfig {
        config,
        push_interval: push_interval(section),
    })
}

/// Upstream's options whose purpose is served in another way here.
fn without_effect(section: &mut Section<'_>) {
    section.without_effect("metrics_expiration", "set series_expiration");
    section.without_effect(
        "resource_metrics_cache_size",
        "series are bounded by limits of their own",
    );
    section.without_effect(
        "resource_metrics_key_attributes",
        "resources do not split series",
    );
    section.without_effect(
        "dimensions_cache_size",
        "series are bounded by limits of their own",
    );
    section.unsupported(
        "aggregation_temporality",
        "remove it: metrics are cumulative",
    );
}

fn histogram(section: &mut Section<'_>) -> HistogramConfig {
    let units = [("ms", Unit::Milliseconds), ("s", Unit::Seconds)];
    let config = HistogramConfig {
        disable: section.bool("disable").or(false),
        unit: section.choice("unit", &units).or(Unit::Milliseconds),
        buckets: section.section("explicit", |explicit| {
            // As upstream: an empty list means the default buckets.
            explicit
                .list::<Duration>("buckets")
                .optional()
                .filter(|buckets| !buckets.is_empty())
        }),
        dimensions: dimensions(section, "dimensions"),
    };
    section.section("exponential", |exponential| {
        exponential.without_effect(
            "max_size",
            "native histograms are always kept beside the classic ones",
        );
    });
    config
}

fn dimensions(section: &mut Section<'_>, key: &'static str) -> Vec<Dimension> {
    section.sections(key, |dimension| Dimension {
        name: dimension.string("name").required(),
        default: dimension.string("default").optional(),
    })
}

fn limits(section: &mut Section<'_>) -> Limits {
    let defaults = Limits::default();
    let ceiling = u64::try_from(SERIES_CEILING).unwrap_or(u64::MAX);
    let series = section
        .u64("aggregation_cardinality_limit")
        .within(0..=ceiling)
        .optional();
    let series_max = match series {
        None => defaults.series_max,
        // Upstream's "unlimited".
        Some(0) => SERIES_CEILING,
        Some(series) => usize::try_from(series).unwrap_or(SERIES_CEILING),
    };
    let values = section
        .u64("label_values_limit")
        .within(1..=ceiling)
        .optional();
    let label_values_max = values
        .and_then(|values| usize::try_from(values).ok())
        .unwrap_or(defaults.label_values_max);
    Limits {
        series_max,
        label_values_max,
        ..defaults
    }
}

impl ConnectorConfig for SpanMetricsConfig {
    fn build(
        self: Box<Self>,
        id: &str,
        context: &mut BuildContext,
    ) -> Result<Connector, StartError> {
        let metrics = SpanMetrics::new(self.config, &mut context.keys).map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            StartError {
                component: id.to_owned(),
                reason: problems.join("; "),
            }
        })?;
        let metrics = Arc::new(metrics);
        Ok(Connector {
            spans: Some(Arc::<SpanMetrics>::clone(&metrics)),
            metrics: Some(Arc::<SpanMetrics>::clone(&metrics)),
            push_interval: self.push_interval,
            state: Some(metrics),
            ..Connector::default()
        })
    }
}

impl Staged for SpanMetrics {
    type Stage = SpanStage;

    fn open(&self) -> SpanStage {
        self.stage()
    }

    fn span(&self, stage: &mut SpanStage, span: &SpanView<'_, '_>) {
        self.observe(stage, span);
    }

    fn count(&self, stage: SpanStage, now: UnixNanos) {
        self.commit(stage, now);
    }
}

impl MetricSource for SpanMetrics {
    fn collect(&self, reader: Reader, now: UnixNanos, out: &mut Vec<Family>) {
        self.collect_for(reader, now, out);
    }
}

impl Stateful for SpanMetrics {
    fn save(&self) -> Option<Vec<u8>> {
        Some(Self::save(self))
    }

    fn restore(&self, bytes: &[u8], _: UnixNanos) -> Result<(), String> {
        let restored = Self::restore(self, bytes);
        restored.map(drop).map_err(|error| error.to_string())
    }
}
