//! `attributes`: changes attributes of spans, log records and data points.
//!
//! # Purpose
//! To name things as others expect them, and to take out what a destination must not see, on the way to some of the
//! exporters: pipelines without the processor keep the data as it came.
//!
//! # Configuration
//! Upstream's. `actions` (required), a list of `{key, action}`, in this order:
//! `insert` (only if absent), `update` (only if there) and `upsert` with `value` or `from_attribute`; `delete` and `hash`
//! (SHA-256, in hexadecimal) with `key` or `pattern`, a regular expression for keys; `extract` with `pattern`, whose named
//! groups become attributes; `convert` with `converted_type` (`int`, `double`, `string`).
//! `include` and `exclude` limit it to some items: `match_type` (`strict`, `regexp`) and `services`, `span_names`,
//! `metric_names`, `log_bodies`, `log_severity_texts`, `attributes`, `resources`; all kinds that are given must match.
//!
//! # Telemetry
//! `otelcol_processor_incoming_items`, `otelcol_processor_outgoing_items`.
//!
//! # Limits
//! Attributes of events, scopes and resources stay as they are; for resources there is the processor `resource`.

use std::sync::Arc;

use secspan_otlp::rewrite::Edit;
use secspan_otlp::view::{LogView, PointView, SpanView};

use super::actions::{self, Action};
use super::selection::{Item, Selection};
use crate::component::{Processor, ProcessorConfig, StartError};
use crate::config::Section;
use crate::context::Context;

/// The processor and its configuration in one.
#[derive(Clone, Debug)]
pub struct AttributesProcessor {
    actions: Vec<Action>,
    selection: Selection,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ProcessorConfig> {
    Box::new(AttributesProcessor {
        actions: actions::read(section, "actions"),
        selection: Selection::read(section),
    })
}

impl ProcessorConfig for AttributesProcessor {
    fn build(
        self: Box<Self>,
        _: &str,
        _: &Context,
    ) -> Result<Option<Arc<dyn Processor>>, StartError> {
        Ok(Some(Arc::new(*self)))
    }
}

impl AttributesProcessor {
    fn edit(&self, item: &Item<'_, '_>, edit: &mut Edit) {
        if self.selection.takes(item) {
            for action in &self.actions {
                action.apply(item.attributes, &mut edit.attributes);
            }
        }
    }
}

impl Processor for AttributesProcessor {
    fn span(&self, span: &SpanView<'_, '_>, edit: &mut Edit) {
        self.edit(&Item::of_span(span), edit);
    }

    fn log(&self, record: &LogView<'_, '_>, edit: &mut Edit) {
        self.edit(&Item::of_log(record), edit);
    }

    fn point(&self, point: &PointView<'_, '_>, edit: &mut Edit) {
        self.edit(&Item::of_point(point), edit);
    }
}

#[cfg(test)]
mod tests;
