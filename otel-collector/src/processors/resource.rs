//! `resource`: changes attributes of resources.
//!
//! # Purpose
//! To say where data comes from in the words that a destination expects: an environment, a cluster, a team.
//!
//! # Configuration
//! Upstream's: `attributes` (required), a list of `{key, action}` as in the processor `attributes`.
//!
//! # Telemetry
//! `otelcol_processor_incoming_items`, `otelcol_processor_outgoing_items`.
//!
//! # Limits
//! Connectors in the same pipeline see the changed resource: a changed `service.name` makes other series.

use std::sync::Arc;

use secspan_otlp::rewrite::Changes;
use secspan_otlp::view::ResourceView;

use super::actions::{self, Action};
use crate::component::{Processor, ProcessorConfig, StartError};
use crate::config::Section;
use crate::context::Context;

/// The processor and its configuration in one.
#[derive(Clone, Debug)]
pub struct ResourceProcessor {
    actions: Vec<Action>,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ProcessorConfig> {
    Box::new(ResourceProcessor {
        actions: actions::read(section, "attributes"),
    })
}

impl ProcessorConfig for ResourceProcessor {
    fn build(
        self: Box<Self>,
        _: &str,
        _: &Context,
    ) -> Result<Option<Arc<dyn Processor>>, StartError> {
        Ok(Some(Arc::new(*self)))
    }
}

impl Processor for ResourceProcessor {
    fn resource(&self, resource: &ResourceView<'_, '_>, changes: &mut Changes) {
        for action in &self.actions {
            action.apply(&resource.attributes, changes);
        }
    }
}
