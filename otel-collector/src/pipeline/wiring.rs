//! Who is connected to whom: read off the pipelines, one question at a time.
//!
//! Pipelines of a source with equal processors are one branch, in which an exporter is reached once however many of them
//! name it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use secspan_otlp::keys::Keys;

use super::branch::Branch;
use super::bridge::{LateSource, Pusher, Table};
use super::chain::{Chain, Link};
use super::input::{Branches, Entrance};
use super::records::RecordFlow;
use crate::batch::Signal;
use crate::component::{
    Connector, MetricSource, PUSH_INTERVAL, PointObserver, Processor, ReceiverPart, Stateful,
};
use crate::config::document::{ComponentId, Document, Pipeline, Reference};
use crate::context::Context;
use crate::log::{DestinationId, Log, Route};

/// What stands between receivers and exporters.
pub(super) struct Parts {
    pub(super) keys: Arc<Keys>,
    pub(super) log: Arc<dyn Log>,
    pub(super) context: Context,
    pub(super) connectors: BTreeMap<ComponentId, Connector>,
    /// Those that do something, by id.
    pub(super) processors: BTreeMap<ComponentId, Arc<dyn Processor>>,
    pub(super) destinations: BTreeMap<ComponentId, DestinationId>,
    /// Received metrics of every exporter that is read from.
    pub(super) tables: BTreeMap<ComponentId, Arc<Table>>,
}

/// The pipelines and what they connect.
pub(super) struct Wiring {
    pipelines: Vec<Pipeline>,
    /// The metrics of receivers, once they have started.
    late: BTreeMap<ComponentId, Arc<LateSource>>,
    parts: Parts,
}

impl Wiring {
    pub(super) fn new(document: &Document, parts: Parts) -> Self {
        let receivers = document.receivers.keys();
        Self {
            pipelines: document.service.pipelines.clone(),
            late: receivers.map(|id| (id.clone(), Arc::default())).collect(),
            parts,
        }
    }

    /// The input of a receiver.
    pub(super) fn input(&self, receiver: &ComponentId) -> Entrance {
        let branches = Branches {
            traces: self.branches(receiver, Signal::Traces),
            logs: self.branches(receiver, Signal::Logs),
            metrics: self.branches(receiver, Signal::Metrics),
        };
        self.entrance(receiver, true, branches)
    }

    fn entrance(&self, source: &ComponentId, is_receiver: bool, branches: Branches) -> Entrance {
        Entrance {
            source: source.to_string(),
            is_receiver,
            keys: Arc::clone(&self.parts.keys),
            log: Arc::clone(&self.parts.log),
            branches,
            context: self.parts.context.clone(),
        }
    }

    /// The flow of every connector that makes records.
    pub(super) fn flows(&self) -> Vec<RecordFlow> {
        let mut flows = Vec::new();
        for (id, connector) in &self.parts.connectors {
            let Some(source) = &connector.source else {
                continue;
            };
            let exporters = exporters(self.fed_by(id, Signal::Logs));
            let (route, destinations) = self.route(&exporters);
            let observers = self.connectors_among(&exporters);
            flows.push(RecordFlow {
                name: id.to_string(),
                source: Arc::clone(source),
                route,
                destinations,
                observers: observers
                    .filter_map(|connector| connector.records.clone())
                    .collect(),
                log: Arc::clone(&self.parts.log),
                context: self.parts.context.clone(),
            });
        }
        flows
    }

    /// The state of every connector that has one.
    pub(super) fn states(&self) -> Vec<(String, Arc<dyn Stateful>)> {
        let connectors = self.parts.connectors.iter();
        connectors
            .filter_map(|(id, connector)| Some((id.to_string(), connector.state.clone()?)))
            .collect()
    }

    /// Received metrics of every exporter that is read from.
    pub(super) fn tables(&self) -> Vec<Arc<Table>> {
        self.parts.tables.values().cloned().collect()
    }

    /// What an exporter that is read from serves: the metrics of sources in front of it, and what was received for it.
    pub(super) fn sources(&self, exporter: &ComponentId) -> Vec<Arc<dyn MetricSource>> {
        let direct = self.pipelines.iter().filter(|pipeline| {
            names(&pipeline.exporters, exporter) && self.chain_ids(pipeline).is_empty()
        });
        let ids: BTreeSet<&ComponentId> = direct
            .flat_map(|pipeline| pipeline.receivers.iter().map(|reference| &reference.id))
            .collect();
        let sources = ids.into_iter().filter_map(|id| {
            let late = self.late.get(id);
            let late = late.map(|late| Arc::<LateSource>::clone(late) as Arc<dyn MetricSource>);
            late.or_else(|| self.parts.connectors.get(id)?.metrics.clone())
        });
        let table = self.parts.tables.get(exporter);
        let table = table.map(|table| Arc::<Table>::clone(table) as Arc<dyn MetricSource>);
        sources.chain(table).collect()
    }

    /// A receiver has started: its metrics can be read.
    pub(super) fn started(&self, receiver: &ComponentId, part: &ReceiverPart) -> Option<Pusher> {
        let source = part.metrics.clone()?;
        if let Some(late) = self.late.get(receiver) {
            late.set(Arc::clone(&source));
        }
        self.pusher(receiver, source, part.push_interval)
    }

    /// What pushes the metrics of connectors to where they are taken pushed.
    pub(super) fn pushers(&self) -> Vec<Pusher> {
        let connectors = self.parts.connectors.iter();
        connectors
            .filter_map(|(id, connector)| {
                self.pusher(id, connector.metrics.clone()?, connector.push_interval)
            })
            .collect()
    }

    fn pusher(
        &self,
        id: &ComponentId,
        source: Arc<dyn MetricSource>,
        interval: Option<std::time::Duration>,
    ) -> Option<Pusher> {
        let mut metrics = self.branches(id, Signal::Metrics);
        for branch in &mut metrics {
            if branch.chain.is_empty() {
                // Exporters that are read from read the source itself.
                branch.points.clear();
            }
        }
        metrics.retain(|branch| !branch.route.is_empty() || !branch.points.is_empty());
        if metrics.is_empty() {
            return None;
        }
        let branches = Branches {
            metrics,
            ..Branches::default()
        };
        Some(Pusher {
            name: id.to_string(),
            source,
            interval: interval.unwrap_or(PUSH_INTERVAL),
            entrance: self.entrance(id, false, branches),
            context: self.parts.context.clone(),
        })
    }

    /// The pipelines of a source and signal, those with equal processors together.
    fn branches(&self, from: &ComponentId, signal: Signal) -> Vec<Branch> {
        let mut chains: Vec<(Vec<&ComponentId>, Vec<&Pipeline>)> = Vec::new();
        for pipeline in self.fed_by(from, signal) {
            let chain = self.chain_ids(pipeline);
            match chains.iter_mut().find(|(own, _)| *own == chain) {
                Some((_, pipelines)) => pipelines.push(pipeline),
                None => chains.push((chain, vec![pipeline])),
            }
        }
        let branches = chains.into_iter().map(|(chain, pipelines)| {
            let exporters = exporters(pipelines.into_iter());
            let (route, destinations) = self.route(&exporters);
            let mut branch = Branch {
                chain: self.chain(&chain),
                route,
                destinations,
                ..Branch::default()
            };
            for connector in self.connectors_among(&exporters) {
                match signal {
                    Signal::Traces => branch.spans.extend(connector.spans.clone()),
                    Signal::Logs => branch.logs.extend(connector.logs.clone()),
                    Signal::Metrics => {}
                }
            }
            if signal == Signal::Metrics {
                let tables = exporters.iter().filter_map(|id| self.parts.tables.get(*id));
                branch.points = tables
                    .map(|table| Arc::<Table>::clone(table) as Arc<dyn PointObserver>)
                    .collect();
            }
            branch
        });
        branches.collect()
    }

    fn chain(&self, ids: &[&ComponentId]) -> Chain {
        let links = ids.iter().filter_map(|id| {
            Some(Link {
                name: id.to_string(),
                processor: self.parts.processors.get(*id).cloned()?,
            })
        });
        Chain(links.collect())
    }

    /// The processors of a pipeline that do something.
    fn chain_ids<'w>(&'w self, pipeline: &'w Pipeline) -> Vec<&'w ComponentId> {
        let ids = pipeline.processors.iter().map(|reference| &reference.id);
        ids.filter(|id| self.parts.processors.contains_key(*id))
            .collect()
    }

    /// The destinations among exporters.
    fn route(&self, exporters: &BTreeSet<&ComponentId>) -> (Route, Vec<String>) {
        let mut route = Route::default();
        let mut names = Vec::new();
        for id in exporters {
            if let Some(destination) = self.parts.destinations.get(*id) {
                route = route.with(*destination);
                names.push(id.to_string());
            }
        }
        (route, names)
    }

    fn connectors_among<'w>(
        &'w self,
        exporters: &'w BTreeSet<&ComponentId>,
    ) -> impl Iterator<Item = &'w Connector> {
        exporters
            .iter()
            .filter_map(|id| self.parts.connectors.get(*id))
    }

    fn fed_by<'w>(
        &'w self,
        from: &'w ComponentId,
        signal: Signal,
    ) -> impl Iterator<Item = &'w Pipeline> {
        self.pipelines
            .iter()
            .filter(move |pipeline| pipeline.signal == signal && names(&pipeline.receivers, from))
    }
}

fn names(references: &[Reference], id: &ComponentId) -> bool {
    references.iter().any(|reference| reference.id == *id)
}

/// The exporters and connectors behind some pipelines, each once.
fn exporters<'w>(pipelines: impl Iterator<Item = &'w Pipeline>) -> BTreeSet<&'w ComponentId> {
    pipelines
        .flat_map(|pipeline| pipeline.exporters.iter().map(|reference| &reference.id))
        .collect()
}
