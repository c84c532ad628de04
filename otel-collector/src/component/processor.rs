//! Processors: they change or drop what passes through a pipeline.

use std::fmt::Debug;
use std::sync::Arc;

use secspan_otlp::rewrite::{Changes, Edit};
use secspan_otlp::view::{LogView, PointView, ResourceView, ScopeView, SpanView};

use super::StartError;
use crate::context::Context;

/// Says what is to change in what it is shown. Pure: it holds its configuration and nothing else.
///
/// Processors of a pipeline see what the one before them made of a batch. A batch in which none of them changes anything
/// goes on with the bytes in which it came.
pub trait Processor: Send + Sync + Debug {
    /// Changes the attributes of a resource; asked once for each resource of a batch that has items.
    fn resource(&self, _resource: &ResourceView<'_, '_>, _changes: &mut Changes) {}
    /// Changes the attributes of a scope; asked once for each scope of a batch that has items.
    fn scope(&self, _scope: &ScopeView<'_, '_>, _changes: &mut Changes) {}
    /// Changes or drops a span.
    fn span(&self, _span: &SpanView<'_, '_>, _edit: &mut Edit) {}
    /// Changes or drops a log record.
    fn log(&self, _record: &LogView<'_, '_>, _edit: &mut Edit) {}
    /// Changes or drops a data point.
    fn point(&self, _point: &PointView<'_, '_>, _edit: &mut Edit) {}
}

/// A processor's parsed configuration.
pub trait ProcessorConfig: Debug + Send {
    /// Builds it; `None` when its purpose is served in another way and data passes as if it were not there.
    ///
    /// # Errors
    /// When a resource cannot be had.
    fn build(
        self: Box<Self>,
        id: &str,
        context: &Context,
    ) -> Result<Option<Arc<dyn Processor>>, StartError>;
}
