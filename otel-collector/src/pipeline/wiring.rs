//! Who is connected to whom: read off the pipelines, one question at a time.
//!
//! A receiver that feeds two pipelines with the same exporter delivers to it once: destinations are a set.

use std::collections::BTreeMap;
use std::sync::Arc;

use secspan_otlp::keys::Keys;

use super::input::{Entrance, Outlets};
use super::records::RecordFlow;
use crate::batch::Signal;
use crate::component::{Connector, MetricSource, Stateful};
use crate::config::document::{ComponentId, Document, Pipeline};
use crate::context::Context;
use crate::log::{DestinationId, Log, Route};

/// The pipelines, the connectors and the destinations' numbers.
pub(super) struct Wiring {
    pipelines: Vec<Pipeline>,
    connectors: BTreeMap<ComponentId, Connector>,
    destinations: BTreeMap<ComponentId, DestinationId>,
}

impl Wiring {
    pub(super) fn new(
        document: &Document,
        connectors: BTreeMap<ComponentId, Connector>,
        destinations: &BTreeMap<ComponentId, DestinationId>,
    ) -> Self {
        Self {
            pipelines: document.service.pipelines.clone(),
            connectors,
            destinations: destinations.clone(),
        }
    }

    /// The input of a receiver.
    pub(super) fn input(
        &self,
        receiver: &ComponentId,
        keys: &Arc<Keys>,
        log: &Arc<dyn Log>,
        context: &Context,
    ) -> Entrance {
        Entrance {
            receiver: receiver.to_string(),
            keys: Arc::clone(keys),
            log: Arc::clone(log),
            traces: self.outlets(receiver, Signal::Traces),
            logs: self.outlets(receiver, Signal::Logs),
            metrics: self.outlets(receiver, Signal::Metrics),
            context: context.clone(),
        }
    }

    /// The flow of every connector that makes records.
    pub(super) fn flows(&self, log: &Arc<dyn Log>, context: &Context) -> Vec<RecordFlow> {
        let mut flows = Vec::new();
        for (id, connector) in &self.connectors {
            let Some(source) = &connector.source else {
                continue;
            };
            let (route, destinations) = self.route(id, Signal::Logs);
            let observers = self.unique_exporters(id, Signal::Logs);
            flows.push(RecordFlow {
                name: id.to_string(),
                source: Arc::clone(source),
                route,
                destinations,
                observers: observers
                    .filter_map(|connector| connector.records.clone())
                    .collect(),
                log: Arc::clone(log),
                context: context.clone(),
            });
        }
        flows
    }

    /// The state of every connector that has one.
    pub(super) fn states(&self) -> Vec<(String, Arc<dyn Stateful>)> {
        let connectors = self.connectors.iter();
        connectors
            .filter_map(|(id, connector)| Some((id.to_string(), connector.state.clone()?)))
            .collect()
    }

    /// What a scrape server serves: the connectors that its metrics pipelines name as receivers.
    pub(super) fn sources(&self, exporter: &ComponentId) -> Vec<Arc<dyn MetricSource>> {
        let mut ids: Vec<&ComponentId> = self
            .pipelines
            .iter()
            .filter(|pipeline| {
                pipeline
                    .exporters
                    .iter()
                    .any(|reference| reference.id == *exporter)
            })
            .flat_map(|pipeline| pipeline.receivers.iter().map(|reference| &reference.id))
            .collect();
        ids.sort();
        ids.dedup();
        ids.into_iter()
            .filter_map(|id| self.connectors.get(id)?.metrics.clone())
            .collect()
    }

    fn outlets(&self, receiver: &ComponentId, signal: Signal) -> Option<Outlets> {
        self.fed_by(receiver, signal).next()?;
        let (route, destinations) = self.route(receiver, signal);
        let connectors: Vec<&Connector> = self.unique_exporters(receiver, signal).collect();
        let spans = connectors
            .iter()
            .filter_map(|connector| connector.spans.clone());
        let logs = connectors
            .iter()
            .filter_map(|connector| connector.logs.clone());
        let (spans, logs) = match signal {
            Signal::Traces => (spans.collect(), Vec::new()),
            Signal::Logs => (Vec::new(), logs.collect()),
            Signal::Metrics => (Vec::new(), Vec::new()),
        };
        Some(Outlets {
            route,
            destinations,
            spans,
            logs,
        })
    }

    /// The destinations of everything that a component feeds.
    fn route(&self, from: &ComponentId, signal: Signal) -> (Route, Vec<String>) {
        let mut route = Route::default();
        let mut names = Vec::new();
        for id in self.exporter_ids(from, signal) {
            if let Some(destination) = self.destinations.get(id) {
                route = route.with(*destination);
                names.push(id.to_string());
            }
        }
        (route, names)
    }

    /// The connectors that stand as exporters behind a component, each once.
    fn unique_exporters<'w>(
        &'w self,
        from: &'w ComponentId,
        signal: Signal,
    ) -> impl Iterator<Item = &'w Connector> {
        self.exporter_ids(from, signal)
            .into_iter()
            .filter_map(|id| self.connectors.get(id))
    }

    fn exporter_ids<'w>(&'w self, from: &ComponentId, signal: Signal) -> Vec<&'w ComponentId> {
        let mut ids: Vec<&ComponentId> = self
            .fed_by(from, signal)
            .flat_map(|pipeline| pipeline.exporters.iter().map(|reference| &reference.id))
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    fn fed_by<'w>(
        &'w self,
        from: &ComponentId,
        signal: Signal,
    ) -> impl Iterator<Item = &'w Pipeline> {
        self.pipelines.iter().filter(move |pipeline| {
            pipeline.signal == signal
                && pipeline
                    .receivers
                    .iter()
                    .any(|reference| reference.id == *from)
        })
    }
}
