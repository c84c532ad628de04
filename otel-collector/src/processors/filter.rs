//! `filter`: drops spans, log records and data points.
//!
//! # Purpose
//! To keep what nobody wants to see out of some of the exporters: health checks, debug lines, metrics of another team.
//!
//! # Configuration
//! Upstream's: `error_mode` (accepted: conditions cannot fail here); `traces: {span}`, `metrics: {metric, datapoint}`,
//! `logs: {log_record}`, each a list of conditions, of which one is enough. Conditions are a part of upstream's language:
//! comparisons of `attributes["key"]`, `resource.attributes["key"]`, `scope.name` and the item's own fields (`name`, `kind`,
//! `status.code`, `body`, `severity_number`, `metric.name`, …) with texts, numbers, booleans and `nil`; `IsMatch(…, "pattern")`;
//! `and`, `or`, `not` and parentheses. The rest of the language is refused.
//!
//! # Telemetry
//! `otelcol_processor_incoming_items`, `otelcol_processor_outgoing_items`: the difference was dropped.
//!
//! # Limits
//! Events of spans cannot be dropped. What is dropped was acknowledged to its sender.

use std::sync::Arc;

use secspan_otlp::rewrite::Edit;
use secspan_otlp::view::{LogView, PointView, SpanView};

use super::condition::{Condition, Context, Item};
use crate::component::{Processor, ProcessorConfig, StartError};
use crate::config::{Complaint, Section};

/// The processor and its configuration in one.
#[derive(Clone, Debug, Default)]
pub struct FilterProcessor {
    spans: Vec<Condition>,
    records: Vec<Condition>,
    metrics: Vec<Condition>,
    points: Vec<Condition>,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ProcessorConfig> {
    let modes = [("ignore", ()), ("silent", ()), ("propagate", ())];
    section.choice("error_mode", &modes).or(());
    let mut filter = FilterProcessor::default();
    section.section("traces", |traces| {
        filter.spans = conditions(traces, "span", Context::Span);
        traces.unsupported("spanevent", "events stay with their span");
    });
    section.section("metrics", |metrics| {
        filter.metrics = conditions(metrics, "metric", Context::Metric);
        filter.points = conditions(metrics, "datapoint", Context::Point);
        for key in ["include", "exclude"] {
            metrics.unsupported(
                key,
                r#"write metric: ['name == "…"'] or IsMatch(name, "…")"#,
            );
        }
    });
    section.section("logs", |logs| {
        filter.records = conditions(logs, "log_record", Context::Log);
        for key in ["include", "exclude"] {
            logs.unsupported(key, "write log_record: [condition]");
        }
    });
    section.unsupported("spans", "write traces: { span: [condition] }");
    if filter.is_empty() {
        let complaint = Complaint::new("drops nothing");
        section.reject_all(complaint.hint(r#"write traces: { span: ['name == "…"'] }"#));
    }
    Box::new(filter)
}

fn conditions(section: &mut Section<'_>, key: &'static str, context: Context) -> Vec<Condition> {
    let texts = section.list::<String>(key).or(Vec::new());
    let read = texts.iter().enumerate().filter_map(|(at, text)| {
        let condition = Condition::parse(text, context);
        let report = |error: super::condition::ConditionError| {
            let complaint = Complaint::new(error.message).given(error.given);
            section.reject(&format!("{key}[{at}]"), complaint.allowed(error.allowed));
        };
        condition.map_err(report).ok()
    });
    read.collect()
}

impl FilterProcessor {
    fn is_empty(&self) -> bool {
        let lists = [&self.spans, &self.records, &self.metrics, &self.points];
        lists.iter().all(|list| list.is_empty())
    }
}

impl ProcessorConfig for FilterProcessor {
    fn build(
        self: Box<Self>,
        _: &str,
        _: &crate::context::Context,
    ) -> Result<Option<Arc<dyn Processor>>, StartError> {
        Ok(Some(Arc::new(*self)))
    }
}

/// Drops an item for which one of the conditions holds.
fn drop_if(conditions: &[Condition], item: Item<'_, '_>, edit: &mut Edit) {
    if conditions.iter().any(|condition| condition.holds(item)) {
        edit.drop_item();
    }
}

impl Processor for FilterProcessor {
    fn span(&self, span: &SpanView<'_, '_>, edit: &mut Edit) {
        drop_if(&self.spans, Item::Span(span), edit);
    }

    fn log(&self, record: &LogView<'_, '_>, edit: &mut Edit) {
        drop_if(&self.records, Item::Log(record), edit);
    }

    fn point(&self, point: &PointView<'_, '_>, edit: &mut Edit) {
        drop_if(&self.metrics, Item::Point(point), edit);
        drop_if(&self.points, Item::Point(point), edit);
    }
}

#[cfg(test)]
mod tests;
