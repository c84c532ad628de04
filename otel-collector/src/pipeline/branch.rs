//! The pipelines of one source and signal that treat data alike: the same processors, then their exporters together.
//!
//! Two pipelines of a receiver with equal chains are one branch, and an exporter in both is reached once. Nearly every
//! configuration has one branch without processors: it is shown the bytes as they came.

use std::sync::Arc;

use secspan_otlp::DecodeError;
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{LogView, PointView, SpanView};
use secspan_otlp::walk::{self, LogVisitor, MetricVisitor, SpanVisitor, WalkLimits};

use super::chain::Chain;
use crate::batch::Signal;
use crate::component::{LogObserver, LogStage, PointObserver, PointStage, SpanObserver, SpanStage};
use crate::log::Route;
use crate::schema::Violations;

/// One branch.
#[derive(Clone, Default)]
pub struct Branch {
    /// What is done to the data first.
    pub chain: Chain,
    /// The destinations.
    pub route: Route,
    /// Their component ids, for the accounts.
    pub destinations: Vec<String>,
    /// Connectors that look at spans.
    pub spans: Vec<Arc<dyn SpanObserver>>,
    /// Connectors that look at log records.
    pub logs: Vec<Arc<dyn LogObserver>>,
    /// Tables of exporters that are read from.
    pub points: Vec<Arc<dyn PointObserver>>,
}

impl std::fmt::Debug for Branch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Branch")
            .field("chain", &self.chain)
            .field("destinations", &self.destinations)
            .field("spans", &self.spans.len())
            .field("logs", &self.logs.len())
            .field("points", &self.points.len())
            .finish_non_exhaustive()
    }
}

impl Branch {
    /// Opens the stages of everything that looks at this branch.
    pub fn open(&self) -> Stages<'_> {
        Stages {
            spans: self.spans.iter().map(|own| own.stage()).collect(),
            logs: self.logs.iter().map(|own| own.stage()).collect(),
            points: self.points.iter().map(|own| own.stage()).collect(),
            violations: None,
        }
    }
}

/// What those who look at a branch gather from one batch; dropped without a trace unless it is committed.
#[derive(Default)]
pub struct Stages<'o> {
    spans: Vec<Box<dyn SpanStage + 'o>>,
    logs: Vec<Box<dyn LogStage + 'o>>,
    points: Vec<Box<dyn PointStage + 'o>>,
    /// Where spans that break the schema are noted; those are not shown to anyone.
    violations: Option<Violations>,
}

impl std::fmt::Debug for Stages<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = [self.spans.len(), self.logs.len(), self.points.len()];
        f.debug_tuple("Stages").field(&counts).finish()
    }
}

impl Stages<'_> {
    /// Checks the spans that will be walked.
    #[must_use]
    pub fn checking(self) -> Self {
        Self {
            violations: Some(Violations::default()),
            ..self
        }
    }

    /// The spans that broke the schema.
    pub fn take_violations(&mut self) -> Violations {
        self.violations.take().unwrap_or_default()
    }

    /// Shows every item of a request, and counts them.
    ///
    /// # Errors
    /// When the bytes are not a request of this signal; the stages are then to be dropped.
    pub fn walk(&mut self, signal: Signal, bytes: &[u8], keys: &Keys) -> Result<u64, DecodeError> {
        let limits = WalkLimits::default();
        Ok(match signal {
            Signal::Traces => walk::traces(bytes, keys, &limits, self)?.spans.into(),
            Signal::Logs => walk::logs(bytes, keys, &limits, self)?.records.into(),
            Signal::Metrics if self.points.is_empty() => walk::metrics(bytes, &limits)?.data_points,
            Signal::Metrics => walk::metric_points(bytes, keys, &limits, self)?.data_points,
        })
    }

    /// The batch is kept: counts what was gathered.
    pub fn commit(self, now: UnixNanos) {
        for stage in self.spans {
            stage.commit(now);
        }
        for stage in self.logs {
            stage.commit(now);
        }
        for stage in self.points {
            stage.commit(now);
        }
    }
}

impl SpanVisitor for Stages<'_> {
    fn span(&mut self, span: &SpanView<'_, '_>) {
        if let Some(violations) = &mut self.violations
            && !violations.check(span)
        {
            return;
        }
        for stage in &mut self.spans {
            stage.observe(span);
        }
    }
}

impl LogVisitor for Stages<'_> {
    fn log(&mut self, record: &LogView<'_, '_>) {
        if let Some(violations) = &mut self.violations {
            violations.check_log(record);
        }
        for stage in &mut self.logs {
            stage.observe(record);
        }
    }
}

impl MetricVisitor for Stages<'_> {
    fn point(&mut self, point: &PointView<'_, '_>) {
        for stage in &mut self.points {
            stage.observe(point);
        }
    }
}
