//! The processors of a pipeline, one after the other.
//!
//! Each one is shown the whole batch as the one before it left it, and says what is to change; only a batch in which
//! something changes is written anew. What connectors and destinations behind the chain see is therefore one and the same.

use std::sync::Arc;

use bytes::Bytes;
use secspan_otlp::DecodeError;
use secspan_otlp::keys::Keys;
use secspan_otlp::rewrite::{self, Changes, Edit, Edits};
use secspan_otlp::view::{LogView, PointView, ResourceView, ScopeView, SpanView};
use secspan_otlp::walk::{self, LogVisitor, MetricVisitor, SpanVisitor, WalkLimits};

use crate::batch::{Payload, Signal};
use crate::component::Processor;
use crate::ledger::Ledger;

/// A processor at its place.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its component id, for the accounts.
    pub name: String,
    /// What it does.
    pub processor: Arc<dyn Processor>,
}

/// Processors in order; most chains are empty.
#[derive(Clone, Debug, Default)]
pub struct Chain(pub Vec<Link>);

impl Chain {
    /// Whether everything passes as it is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the processors make of a payload; the same bytes when none of them changes anything.
    ///
    /// # Errors
    /// When the bytes are not a request of this signal, or hold too much after a processor added to them.
    pub fn process(
        &self,
        signal: Signal,
        payload: Payload,
        ledger: &Ledger,
    ) -> Result<Payload, DecodeError> {
        let mut payload = payload;
        for link in &self.0 {
            let edits = edits(&*link.processor, signal, &payload.bytes)?;
            let left = payload.items.saturating_sub(edits.dropped());
            ledger.processing(&link.name, signal, payload.items, left);
            if !edits.is_empty() {
                let bytes = rewrite::apply(&payload.bytes, signal.on_the_wire(), &edits);
                payload = Payload {
                    bytes: Bytes::from(bytes),
                    items: left,
                };
            }
        }
        Ok(payload)
    }
}

/// What one processor changes in a request.
fn edits(processor: &dyn Processor, signal: Signal, bytes: &[u8]) -> Result<Edits, DecodeError> {
    let (keys, limits) = (Keys::new(), WalkLimits::default());
    let mut editor = Editor {
        processor,
        edits: Edits::default(),
        resource: None,
        scope: None,
    };
    match signal {
        Signal::Traces => drop(walk::traces(bytes, &keys, &limits, &mut editor)?),
        Signal::Logs => drop(walk::logs(bytes, &keys, &limits, &mut editor)?),
        Signal::Metrics => drop(walk::metric_points(bytes, &keys, &limits, &mut editor)?),
    }
    Ok(editor.edits)
}

/// The walk's visitor: asks a processor about everything, once.
struct Editor<'p> {
    processor: &'p dyn Processor,
    edits: Edits,
    /// The resource and the scope that were asked about last.
    resource: Option<u32>,
    scope: Option<u32>,
}

impl Editor<'_> {
    fn origin(&mut self, resource: &ResourceView<'_, '_>, scope: &ScopeView<'_, '_>) {
        if self.resource != Some(resource.index) {
            self.resource = Some(resource.index);
            let mut changes = Changes::default();
            self.processor.resource(resource, &mut changes);
            self.edits.resource(resource.index, changes);
        }
        if self.scope != Some(scope.index) {
            self.scope = Some(scope.index);
            let mut changes = Changes::default();
            self.processor.scope(scope, &mut changes);
            self.edits.scope(scope.index, changes);
        }
    }
}

impl SpanVisitor for Editor<'_> {
    fn span(&mut self, span: &SpanView<'_, '_>) {
        self.origin(span.resource, span.scope);
        let mut edit = Edit::default();
        self.processor.span(span, &mut edit);
        self.edits.item(span.index, edit);
    }
}

impl LogVisitor for Editor<'_> {
    fn log(&mut self, record: &LogView<'_, '_>) {
        self.origin(record.resource, record.scope);
        let mut edit = Edit::default();
        self.processor.log(record, &mut edit);
        self.edits.item(record.index, edit);
    }
}

impl MetricVisitor for Editor<'_> {
    fn point(&mut self, point: &PointView<'_, '_>) {
        self.origin(point.metric.resource, point.metric.scope);
        let mut edit = Edit::default();
        self.processor.point(point, &mut edit);
        self.edits.item(point.index, edit);
    }
}
