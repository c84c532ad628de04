//! The two ways between metrics that are pushed and metrics that are pulled.
//!
//! ```text
//! received points ─> Table (last values) ─> exporters that are read from
//! metrics of connectors and receivers ─> Pusher (reads at intervals) ─> pipeline ─> exporters that are sent to
//! ```
//!
//! Both are for every component alike: one that takes metrics pulled can stand behind a receiver of OTLP, and one that takes
//! them pushed behind `spanmetrics`.

use std::sync::{Arc, OnceLock};

use secspan_metrics::family::Family;
use secspan_metrics::reader::Reader;
use secspan_metrics::received::{Received, Settings, Stage};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::PointView;

use crate::batch::Signal;
use crate::component::{MetricSource, PointObserver, PointStage};
use crate::context::Context;
use crate::ledger::Loss;

mod push;

pub use push::{Pusher, RunningPusher};

/// Received metrics for one exporter that is read from.
#[derive(Debug)]
pub struct Table {
    /// The exporter's component id, for the accounts.
    exporter: String,
    received: Arc<Received>,
    context: Context,
}

impl Table {
    /// A table with what an earlier configuration held, if that was served in the same way.
    pub fn new(
        exporter: String,
        settings: Settings,
        carried: Option<&Arc<Received>>,
        context: &Context,
    ) -> Self {
        let carried = carried.filter(|own| own.settings() == settings);
        let received = carried.cloned();
        Self {
            exporter,
            received: received.unwrap_or_else(|| Arc::new(Received::new(settings))),
            context: context.clone(),
        }
    }

    /// What it holds, for the next configuration.
    pub fn carry(&self) -> (String, Arc<Received>) {
        (self.exporter.clone(), Arc::clone(&self.received))
    }
}

impl PointObserver for Table {
    fn stage(&self) -> Box<dyn PointStage + '_> {
        Box::new(TableStage {
            table: self,
            stage: self.received.stage(),
        })
    }
}

/// The points of one batch.
struct TableStage<'t> {
    table: &'t Table,
    stage: Stage,
}

impl PointStage for TableStage<'_> {
    fn observe(&mut self, point: &PointView<'_, '_>) {
        self.table.received.observe(&mut self.stage, point);
    }

    fn commit(self: Box<Self>, now: UnixNanos) {
        let Table {
            exporter,
            received,
            context,
        } = self.table;
        let outcome = received.commit(self.stage, now);
        let ledger = context.ledger();
        ledger.account(exporter, Signal::Metrics, |account| {
            account.accepted += outcome.kept + outcome.dropped;
            account.exported += outcome.kept;
        });
        let (loss, reason) = (Loss::Dropped, "series_limit");
        ledger.lost(exporter, Signal::Metrics, loss, reason, outcome.dropped);
    }
}

impl MetricSource for Table {
    fn collect(&self, _: Reader, now: UnixNanos, out: &mut Vec<Family>) {
        self.received.collect(now, out);
    }
}

/// The metrics of a receiver, which is started after those who read them.
#[derive(Default)]
pub struct LateSource(OnceLock<Arc<dyn MetricSource>>);

impl std::fmt::Debug for LateSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let started = self.0.get().is_some();
        f.debug_tuple("LateSource").field(&started).finish()
    }
}

impl LateSource {
    /// The receiver has started.
    pub fn set(&self, source: Arc<dyn MetricSource>) {
        // A receiver is started once.
        self.0.set(source).ok();
    }
}

impl MetricSource for LateSource {
    fn collect(&self, reader: Reader, now: UnixNanos, out: &mut Vec<Family>) {
        if let Some(source) = self.0.get() {
            source.collect(reader, now, out);
        }
    }
}
