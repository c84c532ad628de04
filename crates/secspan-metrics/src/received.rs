//! The last values of metrics that others sent: pushed in as data points, read as families.
//!
//! A series is a metric's name and a label set: the attributes of the point, and `job` and `instance` from its resource as
//! the OpenTelemetry specification maps them (`service.namespace/service.name`, `service.instance.id`). What else a
//! resource says is in `target_info`, or in the labels of every series where that is asked for.
//!
//! | sent as | read as |
//! |---|---|
//! | gauge, sum that may fall | gauge |
//! | sum that never falls | counter |
//! | histogram | histogram with classic buckets |
//! | exponential histogram | histogram with native buckets |
//! | summary | what Prometheus makes of one: `name{quantile}`, `name_sum`, `name_count` |
//!
//! Totals replace what was there, unless they are older; additions are added. A series that is not sent for longer than
//! [`Settings::expiration`] is gone, and so is one whose sender says that it has ended. Exemplars are not kept.
//!
//! Use: for each batch `stage`, `observe` per point, `commit`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hashbrown::HashMap;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{Attributes, MetricKind, PointView, Temporality};

use crate::family::{Family, Kind, Label, Labels, Point, PointValue};
use crate::name;
use crate::value_text;

mod unit;
mod value;

use value::{add, classic, native};

/// Series of one table; beyond it points of new series are dropped and counted.
pub const SERIES_MAX: usize = 100_000;

/// How long a series stays after it was last sent; upstream's default.
pub const EXPIRATION: Duration = Duration::from_mins(5);

/// Attributes of a resource that become `job` and `instance`, not labels of their own.
const IDENTITY: [&str; 3] = ["service.namespace", "service.name", "service.instance.id"];

/// How a table serves what it receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// See [`SERIES_MAX`].
    pub series_max: usize,
    /// See [`EXPIRATION`].
    pub expiration: Duration,
    /// Whether every attribute of the resource is a label of each of its series.
    pub resource_labels: bool,
    /// Whether name and version of the scope are labels, `otel_scope_name` and `otel_scope_version`.
    pub scope_labels: bool,
    /// Whether names get their unit and, for counters, `_total`.
    pub suffixes: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            series_max: SERIES_MAX,
            expiration: EXPIRATION,
            resource_labels: false,
            scope_labels: true,
            suffixes: true,
        }
    }
}

/// A bounded table of last values.
#[derive(Debug)]
pub struct Received {
    settings: Settings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    families: HashMap<(Arc<str>, Kind), Held>,
    series: usize,
}

/// One metric's series.
#[derive(Debug)]
struct Held {
    help: Arc<str>,
    unit: Arc<str>,
    series: HashMap<Labels, Series>,
}

#[derive(Debug)]
struct Series {
    start: UnixNanos,
    time: UnixNanos,
    seen: UnixNanos,
    value: PointValue,
}

/// What one batch holds.
#[derive(Debug, Default)]
pub struct Stage {
    samples: Vec<Sample>,
    /// The resource of the last point, by its index, and its labels.
    resource: Option<(u32, Vec<Label>)>,
}

#[derive(Debug)]
struct Sample {
    name: Arc<str>,
    help: Arc<str>,
    unit: Arc<str>,
    labels: Labels,
    start: UnixNanos,
    time: UnixNanos,
    value: PointValue,
    delta: bool,
    ended: bool,
    /// Whether it stands for a point of the batch; a summary is several samples, and `target_info` none of its points.
    counts: bool,
}

/// What became of the points of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Points that are in the table.
    pub kept: u64,
    /// Points of series that would have been one too many.
    pub dropped: u64,
}

impl Received {
    /// An empty table.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: Mutex::default(),
        }
    }

    /// How it serves what it receives.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Opens a stage for one batch.
    pub fn stage(&self) -> Stage {
        Stage::default()
    }

    /// Gathers one point.
    pub fn observe(&self, stage: &mut Stage, point: &PointView<'_, '_>) {
        let labels = self.labels(stage, point);
        let metric = point.metric;
        let (kind, delta) = match metric.kind {
            MetricKind::Gauge => (Kind::Gauge, false),
            MetricKind::Sum {
                temporality,
                monotonic,
            } => {
                let kind = if monotonic {
                    Kind::Counter
                } else {
                    Kind::Gauge
                };
                (kind, temporality == Temporality::Delta)
            }
            MetricKind::Histogram(temporality) | MetricKind::ExponentialHistogram(temporality) => {
                (Kind::Histogram, temporality == Temporality::Delta)
            }
            MetricKind::Summary => return self.observe_summary(stage, point, &labels),
        };
        let value = match (metric.kind, kind) {
            (MetricKind::Histogram(_), _) => classic(point.histogram()),
            (MetricKind::ExponentialHistogram(_), _) => native(&point.exponential()),
            (_, kind) => {
                let number = point.number().map(secspan_otlp::view::Number::as_double);
                let ended = point.is_end_of_series().then_some(0.0);
                number.or(ended).map(|value| single(kind, value))
            }
        };
        let Some(value) = value else { return };
        let name = unit::family_name(metric.name, metric.unit, kind, self.settings.suffixes);
        let mut sample = sample(name, point, labels.into(), value);
        sample.delta = delta;
        stage.samples.push(sample);
    }

    fn observe_summary(&self, stage: &mut Stage, point: &PointView<'_, '_>, labels: &[Label]) {
        let (metric, data) = (point.metric, point.summary());
        let name = unit::family_name(
            metric.name,
            metric.unit,
            Kind::Gauge,
            self.settings.suffixes,
        );
        let count = single(Kind::Counter, data.count as f64);
        let all = Labels::from(labels);
        stage.samples.push(sample(
            format!("{name}_count"),
            point,
            Arc::clone(&all),
            count,
        ));
        let sum = single(Kind::Counter, data.sum);
        let mut further = vec![sample(format!("{name}_sum"), point, all, sum)];
        for (quantile, value) in data.quantiles {
            let mut labels = labels.to_vec();
            labels.push(Label::new("quantile", &quantile.to_string()));
            let value = single(Kind::Gauge, value);
            further.push(sample(name.clone(), point, labels.into(), value));
        }
        for sample in &mut further {
            sample.counts = false;
        }
        stage.samples.append(&mut further);
    }

    /// The labels of a point's series; the first point of a resource leaves its `target_info` in the stage.
    fn labels(&self, stage: &mut Stage, point: &PointView<'_, '_>) -> Vec<Label> {
        let resource = point.metric.resource;
        let known = stage.resource.take();
        let (index, of_resource) = match known {
            Some(known) if known.0 == resource.index => known,
            _ => {
                let identity = identity(&resource.attributes);
                target_info(stage, point, &identity);
                let mut labels = identity;
                if self.settings.resource_labels {
                    push_all(&mut labels, &resource.attributes, &[]);
                }
                (resource.index, labels)
            }
        };
        let mut labels = Vec::with_capacity(of_resource.len() + point.attributes.len() + 2);
        push_all(&mut labels, &point.attributes, &[]);
        if self.settings.scope_labels {
            let scope = point.metric.scope;
            push(&mut labels, "otel_scope_name", scope.name);
            push(&mut labels, "otel_scope_version", scope.version);
        }
        for label in &of_resource {
            push(&mut labels, &label.name, &label.value);
        }
        stage.resource = Some((index, of_resource));
        labels.sort();
        labels
    }

    /// Keeps what the batch holds.
    pub fn commit(&self, stage: Stage, now: UnixNanos) -> Outcome {
        let mut outcome = Outcome::default();
        let mut state = self.state();
        for sample in stage.samples {
            let counts = sample.counts;
            let kept = state.keep(sample, now, &self.settings);
            match (counts, kept) {
                (false, _) => {}
                (true, true) => outcome.kept += 1,
                (true, false) => outcome.dropped += 1,
            }
        }
        outcome
    }

    /// Appends every family; what has not been sent for too long is forgotten.
    pub fn collect(&self, now: UnixNanos, out: &mut Vec<Family>) {
        let mut state = self.state();
        state.expire(now, self.settings.expiration);
        for ((name, kind), held) in &state.families {
            let point = |(labels, series): (&Labels, &Series)| Point {
                labels: Arc::clone(labels),
                created: series.start,
                value: series.value.clone(),
            };
            out.push(Family {
                name: Arc::clone(name),
                help: Arc::clone(&held.help),
                kind: *kind,
                unit: Arc::clone(&held.unit),
                points: held.series.iter().map(point).collect(),
            });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether there was room for the sample's series.
    fn keep(&mut self, sample: Sample, now: UnixNanos, settings: &Settings) -> bool {
        let key = (sample.name, sample.value.kind());
        let known = self.families.get_mut(&key);
        if let Some(held) = known {
            if sample.ended {
                self.series -= usize::from(held.series.remove(&sample.labels).is_some());
                return true;
            }
            if let Some(series) = held.series.get_mut(&sample.labels) {
                series.seen = now;
                if sample.delta {
                    add(&mut series.value, sample.value);
                } else if sample.time >= series.time {
                    series.start = sample.start;
                    series.value = sample.value;
                }
                series.time = series.time.max(sample.time);
                return true;
            }
        }
        if sample.ended {
            return true;
        }
        if self.series >= settings.series_max {
            self.expire(now, settings.expiration);
            if self.series >= settings.series_max {
                return false;
            }
        }
        let held = self.families.entry(key).or_insert_with(|| Held {
            help: sample.help,
            unit: sample.unit,
            series: HashMap::new(),
        });
        let series = Series {
            start: sample.start,
            time: sample.time,
            seen: now,
            value: sample.value,
        };
        held.series.insert(sample.labels, series);
        self.series += 1;
        true
    }

    fn expire(&mut self, now: UnixNanos, expiration: Duration) {
        let expiration = u64::try_from(expiration.as_nanos()).unwrap_or(u64::MAX);
        self.families.retain(|_, held| {
            held.series
                .retain(|_, series| now.since(series.seen) <= expiration);
            !held.series.is_empty()
        });
        self.series = self.families.values().map(|held| held.series.len()).sum();
    }
}

fn sample(name: String, point: &PointView<'_, '_>, labels: Labels, value: PointValue) -> Sample {
    Sample {
        name: name.into(),
        help: point.metric.description.into(),
        unit: unit::word(point.metric.unit).into(),
        labels,
        start: point.start,
        time: point.time,
        value,
        delta: false,
        ended: point.is_end_of_series(),
        counts: true,
    }
}

/// Leaves what a resource says, apart from its identity, in the stage.
fn target_info(stage: &mut Stage, point: &PointView<'_, '_>, identity: &[Label]) {
    let attributes = &point.metric.resource.attributes;
    let mut labels = identity.to_vec();
    push_all(&mut labels, attributes, &IDENTITY);
    if identity.is_empty() || labels.len() == identity.len() {
        return;
    }
    labels.sort();
    stage.samples.push(Sample {
        name: "target_info".into(),
        help: "Target metadata".into(),
        unit: "".into(),
        labels: labels.into(),
        start: UnixNanos(0),
        time: point.time,
        value: single(Kind::Gauge, 1.0),
        delta: false,
        ended: false,
        counts: false,
    });
}

fn single(kind: Kind, value: f64) -> PointValue {
    match kind {
        Kind::Counter => PointValue::Counter {
            value,
            exemplar: None,
        },
        Kind::Gauge | Kind::Histogram => PointValue::Gauge(value),
    }
}

/// `job` and `instance` of a resource, as far as it has them.
fn identity(attributes: &Attributes<'_, '_>) -> Vec<Label> {
    let text = |key| attributes.by_key(key).and_then(|own| own.as_str());
    let [namespace, service, instance] = IDENTITY.map(text);
    let mut labels = Vec::new();
    if let Some(service) = service {
        match namespace.filter(|own| !own.is_empty()) {
            Some(namespace) => push(&mut labels, "job", &format!("{namespace}/{service}")),
            None => push(&mut labels, "job", service),
        }
    }
    push(&mut labels, "instance", instance.unwrap_or_default());
    labels
}

fn push_all(labels: &mut Vec<Label>, attributes: &Attributes<'_, '_>, except: &[&str]) {
    for attribute in attributes {
        if !except.contains(&attribute.key) {
            let text = value_text::Text(attribute.value).to_string();
            push(labels, &name::label_name(attribute.key), &text);
        }
    }
}

/// Adds a label that is not there yet; an empty one is an absent one.
fn push(labels: &mut Vec<Label>, name: &str, value: &str) {
    if !value.is_empty() && !labels.iter().any(|own| *own.name == *name) {
        labels.push(Label::new(name, value));
    }
}

#[cfg(test)]
mod tests;
