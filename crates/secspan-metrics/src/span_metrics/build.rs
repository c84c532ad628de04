//! From configuration to tables, with all problems at once.

use std::time::Duration;

use secspan_otlp::keys::Keys;
use secspan_semconv::attribute::{SERVICE_NAME, SERVICE_NAMESPACE};
use secspan_semconv::metric::{TRACES_SPANMETRICS_CALLS_TOTAL, TRACES_SPANMETRICS_LATENCY};

use super::config::{Config, Dimension, Naming, Unit};
use super::{Calls, LabelSource, Metric, SpanMetrics};
use crate::family::Kind;
use crate::histogram::Bounds;
use crate::name;
use crate::problem::Problem;
use crate::stage::Pool;
use crate::table::{Description, LabelSpec, Table};

/// Upstream's default bounds, in milliseconds.
const UPSTREAM_MILLIS: [u64; 16] = [
    2, 4, 6, 8, 10, 50, 100, 200, 400, 800, 1_000, 1_400, 2_000, 5_000, 10_000, 15_000,
];

/// Tempo's default bounds, in milliseconds: fourteen powers of two.
const TEMPO_MILLIS: [u64; 14] = [
    2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384,
];

/// The base labels that can be left out, by the name that configurations use.
const BASE: [&str; 4] = [SERVICE_NAME, "span.name", "span.kind", "status.code"];

const CALLS_HELP: &str = "Spans by service, name, kind and status.";
const DURATION_HELP: &str = "Durations of spans.";
const EVENTS_HELP: &str = "Span events by name.";

/// One list of dimensions with its place in the configuration.
type Dimensions<'a> = (&'static str, &'a [Dimension]);

pub(super) fn build(config: &Config, keys: &mut Keys) -> Result<SpanMetrics, Vec<Problem>> {
    let mut builder = Builder {
        config,
        keys,
        problems: Vec::new(),
    };
    let metrics = builder.metrics();
    match metrics {
        Some(metrics) if builder.problems.is_empty() => Ok(metrics),
        _ => Err(builder.problems),
    }
}

struct Builder<'a> {
    config: &'a Config,
    keys: &'a mut Keys,
    problems: Vec<Problem>,
}

impl Builder<'_> {
    fn metrics(&mut self) -> Option<SpanMetrics> {
        let config = self.config;
        self.check_excluded();
        let all: Dimensions<'_> = ("dimensions", &config.dimensions);
        let calls_own: Dimensions<'_> = ("calls_dimensions", &config.calls_dimensions);
        let duration_own: Dimensions<'_> = ("histogram.dimensions", &config.histogram.dimensions);
        let shared =
            !config.histogram.disable && calls_own.1.is_empty() && duration_own.1.is_empty();
        let (calls_name, duration_name, events_name) = self.names();

        let duration = if config.histogram.disable {
            None
        } else {
            let mut what =
                Description::new(&duration_name, DURATION_HELP, Kind::Histogram, Vec::new());
            what.unit = self.unit().as_str().into();
            what.bounds = self.bounds();
            self.metric(what, &[all, duration_own], false)
        };
        let calls = if shared {
            Some(Calls::FromDuration {
                name: calls_name.as_str().into(),
                help: CALLS_HELP.into(),
            })
        } else {
            let what = Description::new(&calls_name, CALLS_HELP, Kind::Counter, Vec::new());
            self.metric(what, &[all, calls_own], false)
                .map(|metric| Calls::Own(Box::new(metric)))
        };
        let events = config.events.as_deref().and_then(|own| {
            let what = Description::new(&events_name, EVENTS_HELP, Kind::Counter, Vec::new());
            self.metric(what, &[all, ("events.dimensions", own)], true)
        });
        Some(SpanMetrics {
            service_name: self.slot(SERVICE_NAME, "dimensions")?,
            service_namespace: self.slot(SERVICE_NAMESPACE, "dimensions")?,
            exemplars: config.exemplars_max > 0,
            unit_nanos: self.unit().nanos(),
            calls: calls?,
            duration,
            events,
            stages: Pool::default(),
        })
    }

    fn names(&self) -> (String, String, String) {
        match self.config.naming {
            Naming::Tempo => (
                TRACES_SPANMETRICS_CALLS_TOTAL.to_owned(),
                TRACES_SPANMETRICS_LATENCY.to_owned(),
                "traces_spanmetrics_events_total".to_owned(),
            ),
            Naming::Upstream => {
                let namespace = &self.config.namespace;
                let prefix = if namespace.is_empty() {
                    String::new()
                } else {
                    format!("{namespace}.")
                };
                let named =
                    |rest: String| name::metric_name(&format!("{prefix}{rest}")).into_owned();
                (
                    named("calls_total".to_owned()),
                    named(format!("duration_{}", self.unit().as_str())),
                    named("events_total".to_owned()),
                )
            }
        }
    }

    fn unit(&self) -> Unit {
        match self.config.naming {
            Naming::Tempo => Unit::Seconds,
            Naming::Upstream => self.config.histogram.unit,
        }
    }

    fn bounds(&mut self) -> Bounds {
        let nanos = self.unit().nanos();
        let defaults: &[u64] = match self.config.naming {
            Naming::Upstream => &UPSTREAM_MILLIS,
            Naming::Tempo => &TEMPO_MILLIS,
        };
        let buckets: Vec<Duration> = match &self.config.histogram.buckets {
            Some(buckets) => buckets.clone(),
            None => defaults
                .iter()
                .map(|millis| Duration::from_millis(*millis))
                .collect(),
        };
        let bounds: Vec<f64> = buckets
            .iter()
            .map(|bound| bound.as_nanos() as f64 / nanos)
            .collect();
        Bounds::new(&bounds).unwrap_or_else(|error| {
            let given = format!("{buckets:?}");
            let problem =
                Problem::new("histogram.explicit.buckets", error.to_string()).given(given);
            self.problems
                .push(problem.hint("list the bounds from short to long, each one once"));
            Bounds::none()
        })
    }

    fn metric(
        &mut self,
        mut what: Description,
        lists: &[Dimensions<'_>],
        events: bool,
    ) -> Option<Metric> {
        let mut sources = Vec::new();
        for (spec, source) in self.base_labels(events) {
            what.labels.push(spec);
            sources.push(source);
        }
        for (list, dimensions) in lists {
            for (at, dimension) in dimensions.iter().enumerate() {
                let path = format!("{list}[{at}].name");
                let label = name::label_name(&dimension.name);
                if dimension.name.is_empty() {
                    self.problems.push(Problem::new(
                        path,
                        "a dimension needs the name of an attribute",
                    ));
                } else if what.labels.iter().any(|known| *known.name == *label) {
                    self.report_twice(path, &dimension.name, &label);
                } else {
                    what.labels.push(LabelSpec::open(&label));
                    let default = dimension.default.as_deref().map(Into::into);
                    let slot = self.slot(&dimension.name, &path)?;
                    sources.push(LabelSource::Dimension { slot, default });
                }
            }
        }
        what.limits = self.config.limits;
        what.initial_zero = self.config.initial_zero;
        what.expiry = self.config.series_expiration;
        what.exemplars_max = self.config.exemplars_max;
        Some(Metric {
            table: Table::new(what),
            labels: sources,
        })
    }

    fn base_labels(&self, events: bool) -> Vec<(LabelSpec, LabelSource)> {
        let upstream = self.config.naming == Naming::Upstream;
        let service = if upstream { "service_name" } else { "service" };
        let mut labels = vec![
            (BASE[0], LabelSpec::open(service), LabelSource::Service),
            (BASE[1], LabelSpec::open("span_name"), LabelSource::SpanName),
            (
                BASE[2],
                LabelSpec::closed("span_kind"),
                LabelSource::SpanKind,
            ),
            (
                BASE[3],
                LabelSpec::closed("status_code"),
                LabelSource::StatusCode,
            ),
        ];
        if events {
            labels.push((
                "event.name",
                LabelSpec::open("event_name"),
                LabelSource::EventName,
            ));
        }
        if upstream && self.config.job_label {
            labels.push(("job", LabelSpec::open("job"), LabelSource::Job));
        }
        let kept = |name: &str| {
            !self
                .config
                .exclude_dimensions
                .iter()
                .any(|excluded| excluded == name)
        };
        labels
            .into_iter()
            .filter(|(name, ..)| kept(name))
            .map(|(_, spec, source)| (spec, source))
            .collect()
    }

    fn check_excluded(&mut self) {
        let known =
            |name: &String| BASE.contains(&name.as_str()) || name == "collector.instance.id";
        for (at, name) in self.config.exclude_dimensions.iter().enumerate() {
            if !known(name) {
                let problem =
                    Problem::new(format!("exclude_dimensions[{at}]"), "not a base dimension");
                self.problems
                    .push(problem.given(name).allowed(BASE.join(", ")));
            }
        }
    }

    fn report_twice(&mut self, path: String, name: &str, label: &str) {
        let problem = Problem::new(path, "this label is already there").given(name);
        self.problems.push(problem.hint(format!(
            "two dimensions would both be the label {label}; remove one"
        )));
    }

    fn slot(&mut self, key: &str, path: &str) -> Option<secspan_otlp::keys::Slot> {
        match self.keys.slot(key) {
            Ok(slot) => Some(slot),
            Err(error) => {
                let problem = Problem::new(path, error.to_string()).given(key);
                self.problems
                    .push(problem.hint("use fewer dimensions and rules"));
                None
            }
        }
    }
}
