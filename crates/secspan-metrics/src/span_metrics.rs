//! Calls, durations and events of spans, with the names and semantics of the upstream `spanmetrics` connector.
//!
//! What is the same: names, base labels, dimensions (span attribute, else resource attribute, else default, else no
//! label), buckets with inclusive upper bounds, a negative duration counted as 0, spans weighted by the sampling
//! threshold in their trace state. What is not, on purpose:
//!
//! - A resource without `service.name` is counted as [`UNKNOWN_SERVICE`]; upstream skips its spans silently.
//! - There is no random `collector_instance_id`: a restart continues the same series.
//! - Limits, exemplars and `initial_zero` are on by default (see [`crate::limits`], [`crate::reader`]).
//! - A fractional sampling weight is rounded by the span's own id, not by a random number, so that the same spans give
//!   the same counts whatever their batches and however often they are replayed.
//! - Events carry `event_name`, and need no extra dimension.
//!
//! Use: `new` at start-up, then for each batch `stage`, `observe` per span, `commit`.

use std::sync::Arc;

use secspan_otlp::keys::{Keys, Slot};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{EventView, SpanId, SpanKind, SpanView, StatusCode, TraceId};

use crate::family::{Exemplar, Family, Kind, Point, PointValue};
use crate::problem::Problem;
use crate::reader::Reader;
use crate::stage::{Pool, Stage};
use crate::table::{self, RestoreError, Table};
use crate::value_text::{self, stated};

mod build;
mod config;
mod sampling;

pub use config::{Config, Dimension, HistogramConfig, Naming, Unit};

/// The service of a resource that does not name one.
pub const UNKNOWN_SERVICE: &str = "unknown_service";

/// Metrics of spans.
#[derive(Debug)]
pub struct SpanMetrics {
    service_name: Slot,
    service_namespace: Slot,
    exemplars: bool,
    /// Nanoseconds in one unit of the duration.
    unit_nanos: f64,
    calls: Calls,
    duration: Option<Metric>,
    events: Option<Metric>,
    stages: Pool<SpanStage>,
}

/// Where calls are counted.
#[derive(Debug)]
enum Calls {
    /// In a table of their own.
    Own(Box<Metric>),
    /// Nowhere: they are the counts of the duration histogram, which has the same labels.
    FromDuration { name: Arc<str>, help: Arc<str> },
}

/// A table and how its keys are written.
#[derive(Debug)]
struct Metric {
    table: Table,
    labels: Vec<LabelSource>,
}

/// Where a label's value comes from.
#[derive(Debug)]
enum LabelSource {
    Service,
    SpanName,
    SpanKind,
    StatusCode,
    EventName,
    Job,
    Dimension {
        slot: Slot,
        default: Option<Box<str>>,
    },
}

/// What a batch would add; dropped when the batch turns out to be malformed.
#[derive(Debug)]
pub struct SpanStage {
    calls: Option<Stage>,
    duration: Option<Stage>,
    events: Option<Stage>,
}

impl SpanMetrics {
    /// Metrics as configured; asks `keys` for the attributes they need.
    ///
    /// # Errors
    /// All problems of the configuration.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a configuration is used up by what it builds"
    )]
    pub fn new(config: Config, keys: &mut Keys) -> Result<Self, Vec<Problem>> {
        build::build(&config, keys)
    }

    /// A stage for one batch.
    pub fn stage(&self) -> SpanStage {
        self.stages.take().unwrap_or_else(|| SpanStage {
            calls: match &self.calls {
                Calls::Own(metric) => Some(metric.table.stage()),
                Calls::FromDuration { .. } => None,
            },
            duration: self.duration.as_ref().map(|metric| metric.table.stage()),
            events: self.events.as_ref().map(|metric| metric.table.stage()),
        })
    }

    /// Stages one span.
    pub fn observe(&self, stage: &mut SpanStage, span: &SpanView<'_, '_>) {
        let weight = sampling::adjusted_count(span.trace_state, span.span_id);
        let value = span.duration_nanos() as f64 / self.unit_nanos;
        let exemplar = if self.exemplars {
            exemplar(span, value)
        } else {
            None
        };
        if let (Some(metric), Some(stage)) = (&self.duration, &mut stage.duration) {
            self.write_key(metric, stage, span, None);
            metric.table.add(stage, value, weight, exemplar);
        }
        if let (Calls::Own(metric), Some(stage)) = (&self.calls, &mut stage.calls) {
            self.write_key(metric, stage, span, None);
            metric.table.add(stage, 1.0, weight, exemplar);
        }
        if let (Some(metric), Some(stage)) = (&self.events, &mut stage.events) {
            for event in span.events.iter() {
                self.write_key(metric, stage, span, Some(&event));
                metric.table.add(stage, 1.0, weight, exemplar);
            }
        }
    }

    /// Applies a whole batch.
    pub fn commit(&self, mut stage: SpanStage, now: UnixNanos) {
        if let (Some(metric), Some(stage)) = (&self.duration, &mut stage.duration) {
            metric.table.commit(stage, now);
        }
        if let (Calls::Own(metric), Some(stage)) = (&self.calls, &mut stage.calls) {
            metric.table.commit(stage, now);
        }
        if let (Some(metric), Some(stage)) = (&self.events, &mut stage.events) {
            metric.table.commit(stage, now);
        }
        self.stages.give(stage);
    }

    /// Appends all families as a reader without a name is shown them at `now`.
    pub fn collect(&self, now: UnixNanos, out: &mut Vec<Family>) {
        self.collect_for(Reader::ANONYMOUS, now, out);
    }

    /// Appends all families as `reader` is shown them at `now` (see [`crate::reader`]).
    pub fn collect_for(&self, reader: Reader, now: UnixNanos, out: &mut Vec<Family>) {
        match &self.calls {
            Calls::Own(metric) => metric.table.collect_for(reader, now, out),
            Calls::FromDuration { .. } => {}
        }
        if let Some(metric) = &self.duration {
            metric.table.collect_for(reader, now, out);
            if let (Calls::FromDuration { name, help }, Some(durations)) = (&self.calls, out.last())
            {
                let calls = calls_of(durations, name, help);
                out.push(calls);
            }
        }
        if let Some(metric) = &self.events {
            metric.table.collect_for(reader, now, out);
        }
        table::collect_overflow(self.tables(), out);
    }

    /// All counts as bytes, for [`Self::restore`] after a restart.
    pub fn save(&self) -> Vec<u8> {
        table::save(self.tables())
    }

    /// Puts saved counts back; metrics whose shape has changed start anew. Returns how many series came back.
    ///
    /// # Errors
    /// When the bytes are damaged or of another version.
    pub fn restore(&self, bytes: &[u8]) -> Result<usize, RestoreError> {
        table::restore(bytes, &self.tables().collect::<Vec<_>>())
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        let calls = match &self.calls {
            Calls::Own(metric) => Some(&**metric),
            Calls::FromDuration { .. } => None,
        };
        [self.duration.as_ref(), calls, self.events.as_ref()]
            .into_iter()
            .flatten()
            .map(|metric| &metric.table)
    }

    fn write_key(
        &self,
        metric: &Metric,
        stage: &mut Stage,
        span: &SpanView<'_, '_>,
        event: Option<&EventView<'_, '_>>,
    ) {
        let key = &mut stage.key;
        key.clear();
        let resource = &span.resource.attributes;
        let service = || {
            let named = resource
                .str(self.service_name)
                .filter(|name| !name.is_empty());
            named.unwrap_or(UNKNOWN_SERVICE)
        };
        for label in &metric.labels {
            match label {
                LabelSource::Service => key.text(service()),
                LabelSource::SpanName => key.text(span.name),
                LabelSource::SpanKind => key.text(kind_text(span.kind)),
                LabelSource::StatusCode => key.text(status_text(span.status)),
                LabelSource::EventName => key.text(event.map_or("", |event| event.name)),
                LabelSource::Job => match resource
                    .str(self.service_namespace)
                    .filter(|name| !name.is_empty())
                {
                    Some(namespace) => key.written(format_args!("{namespace}/{}", service())),
                    None => key.text(service()),
                },
                LabelSource::Dimension { slot, default } => {
                    let value = stated(span.attributes.get(*slot))
                        .or_else(|| stated(event?.attributes.get(*slot)))
                        .or_else(|| stated(resource.get(*slot)));
                    match value {
                        Some(value) => value_text::write(key, value),
                        None => key.optional(default.as_deref()),
                    }
                }
            }
        }
    }
}

/// The span as an example of what was counted; spans without a trace are none.
fn exemplar(span: &SpanView<'_, '_>, value: f64) -> Option<Exemplar> {
    let trace_id = TraceId(span.trace_id.try_into().ok()?);
    let span_id = span
        .span_id
        .try_into()
        .map_or_else(|_| SpanId::default(), SpanId);
    (trace_id != TraceId::default()).then_some(Exemplar {
        trace_id,
        span_id,
        value,
        time: span.end,
    })
}

/// The counts of a duration histogram as the calls counter.
fn calls_of(durations: &Family, name: &Arc<str>, help: &Arc<str>) -> Family {
    let points = durations.points.iter().filter_map(|point| {
        let PointValue::Histogram(histogram) = &point.value else {
            return None;
        };
        let newest = histogram
            .exemplars
            .iter()
            .max_by_key(|(_, exemplar)| exemplar.time);
        Some(Point {
            labels: Arc::clone(&point.labels),
            created: point.created,
            value: PointValue::Counter {
                value: histogram.count as f64,
                exemplar: newest.map(|(_, one)| *one),
            },
        })
    });
    Family {
        name: Arc::clone(name),
        help: Arc::clone(help),
        kind: Kind::Counter,
        unit: "".into(),
        points: points.collect(),
    }
}

pub(crate) fn kind_text(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Unspecified => "SPAN_KIND_UNSPECIFIED",
        SpanKind::Internal => "SPAN_KIND_INTERNAL",
        SpanKind::Server => "SPAN_KIND_SERVER",
        SpanKind::Client => "SPAN_KIND_CLIENT",
        SpanKind::Producer => "SPAN_KIND_PRODUCER",
        SpanKind::Consumer => "SPAN_KIND_CONSUMER",
    }
}

pub(crate) fn status_text(status: StatusCode) -> &'static str {
    match status {
        StatusCode::Unset => "STATUS_CODE_UNSET",
        StatusCode::Ok => "STATUS_CODE_OK",
        StatusCode::Error => "STATUS_CODE_ERROR",
    }
}

#[cfg(test)]
mod tests;
