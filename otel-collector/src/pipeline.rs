//! From a valid configuration to a running collector, and back to rest.
//!
//! ```text
//! start: extensions, exporters, connectors, the log, destinations' runners, record flows, scrape servers, receivers, pushers
//! stop:  receivers, record flows (complete what can be), pushers, the log closes, runners drain, scrape servers, extensions
//! ```
//!
//! Receivers start last and stop first, so that nothing is taken that nobody would look at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secspan_metrics::received::Received;
use secspan_otlp::keys::Keys;

use crate::batch::Batch;
use crate::clock;
use crate::component::{
    Connector, DestinationSettings, Exporter, ExporterPart, ExtensionConfig, Processor,
    ProcessorConfig, Running, ScrapeConfig, StartError, Stateful,
};
use crate::components::Parsed;
use crate::config::document::{ComponentId, Document};
use crate::context::{BuildContext, Context};
use crate::ledger::Loss;
use crate::log::memory::{MemoryLog, Subscriber};
use crate::log::{DESTINATIONS_MAX, DestinationId, Log, Route};

pub mod branch;
pub mod bridge;
pub mod chain;
mod group;
pub mod input;
pub mod records;
pub mod runner;
pub mod split;
mod wiring;

use bridge::{Pusher, RunningPusher, Table};
use records::RunningFlow;
use runner::Runner;
use wiring::{Parts, Wiring};

/// How long receivers may take to finish requests that are under way.
const RECEIVERS_DEADLINE: Duration = Duration::from_secs(5);

/// How long destinations may take to empty the log.
const DRAIN_DEADLINE: Duration = Duration::from_secs(10);

/// How long destinations may take when another configuration takes over what they leave.
const SUSPEND_DEADLINE: Duration = Duration::from_secs(2);

/// How long a server of pages may take to finish.
const PAGES_DEADLINE: Duration = Duration::from_secs(1);

/// A running collector.
pub struct Collector {
    context: Context,
    log: Arc<dyn Log>,
    extensions: Vec<Box<dyn Running>>,
    runners: Vec<Runner>,
    flows: Vec<RunningFlow>,
    pushers: Vec<RunningPusher>,
    tables: Vec<Arc<Table>>,
    states: Vec<(String, Arc<dyn Stateful>)>,
    servers: Vec<Box<dyn Running>>,
    receivers: Vec<Box<dyn Running>>,
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector")
            .field("log", &self.log)
            .field("receivers", &self.receivers.len())
            .field("runners", &self.runners)
            .finish_non_exhaustive()
    }
}

/// Destinations by component, in the order of their numbers.
struct Destinations {
    list: Vec<Destination>,
}

struct Destination {
    id: ComponentId,
    exporter: Arc<dyn Exporter>,
    settings: DestinationSettings,
}

impl Collector {
    /// Builds and starts everything; what an earlier configuration left is taken over.
    ///
    /// # Errors
    /// When a part cannot start; what had started is stopped again.
    pub async fn start(
        document: &Document,
        parsed: Parsed,
        context: Context,
        carried: &Carried,
    ) -> Result<Self, StartError> {
        let (connectors, keys) = build_connectors(parsed.connectors, &context, carried)?;
        let processors = build_processors(parsed.processors, document, &context)?;
        let (destinations, scrapes) = build_exporters(parsed.exporters, document, &context)?;
        let log = new_log(document, &destinations, &context);
        carried.refill(log.as_ref(), &destinations, &context).await;
        let parts = Parts {
            keys: Arc::new(keys),
            log: Arc::clone(&log),
            context: context.clone(),
            connectors,
            processors,
            destinations: destinations.ids(),
            tables: carried.tables(&scrapes, &context),
        };
        let wiring = Wiring::new(document, parts);
        let flows = wiring.flows().into_iter();
        let mut collector = Self {
            runners: start_runners(destinations, log.as_ref(), &context),
            flows: flows.map(records::RecordFlow::start).collect(),
            pushers: Vec::new(),
            states: wiring.states(),
            tables: wiring.tables(),
            context,
            log,
            extensions: Vec::new(),
            servers: Vec::new(),
            receivers: Vec::new(),
        };
        let extensions = in_order(document, parsed.extensions);
        let opened = collector
            .open(&wiring, extensions, scrapes, parsed.receivers)
            .await;
        match opened {
            Ok(()) => Ok(collector),
            Err(error) => {
                collector.stop().await;
                Err(error)
            }
        }
    }

    /// Opens extensions, scrape servers and receivers, in this order.
    async fn open(
        &mut self,
        wiring: &Wiring,
        extensions: Vec<(ComponentId, Box<dyn ExtensionConfig>)>,
        scrapes: Vec<(ComponentId, Box<dyn ScrapeConfig>)>,
        receivers: BTreeMap<ComponentId, Box<dyn crate::component::ReceiverConfig>>,
    ) -> Result<(), StartError> {
        for (id, config) in extensions {
            let extension = config.start(&id.to_string(), &self.context).await?;
            self.extensions.push(extension);
        }
        for (id, scrape) in scrapes {
            self.servers.push(scrape.start(wiring.sources(&id)).await?);
        }
        let mut pushers = wiring.pushers();
        for (id, config) in receivers {
            let name = id.to_string();
            self.context.health.expect(&name);
            let input = Arc::new(wiring.input(&id));
            let part = config.start(&name, input, &self.context).await?;
            self.context.health.up(&name);
            pushers.extend(wiring.started(&id, &part));
            self.receivers.push(part.running);
        }
        self.pushers = pushers.into_iter().map(Pusher::start).collect();
        Ok(())
    }

    /// Stops taking work, completes and delivers what was taken, releases everything. Returns how many items were lost.
    pub async fn stop(mut self) -> u64 {
        let mut lost = 0;
        self.stop_receivers().await;
        for flow in std::mem::take(&mut self.flows) {
            flow.finish().await;
        }
        self.stop_pushers().await;
        let context = self.context.clone();
        for (name, batches) in self.close(DRAIN_DEADLINE).await {
            let mut items = 0;
            for batch in &batches {
                let ledger = context.ledger();
                ledger.lost(
                    &name,
                    batch.signal(),
                    Loss::Dropped,
                    "shutdown",
                    batch.items(),
                );
                items += batch.items();
            }
            let seconds = DRAIN_DEADLINE.as_secs();
            let message = format!(
                "{items} items were not delivered within {seconds} s and are lost: the log is in memory"
            );
            tracing::error!(component = %name, "{message}");
            lost += items;
        }
        lost
    }

    /// Stops for another configuration: open workflows, counts and undelivered batches are returned, nothing is lost.
    pub async fn suspend(mut self) -> Carried {
        self.stop_receivers().await;
        let mut states = BTreeMap::new();
        for flow in std::mem::take(&mut self.flows) {
            let name = flow.name().to_owned();
            if let Some(state) = flow.suspend().await {
                states.insert(name, state);
            }
        }
        self.stop_pushers().await;
        for (name, state) in &self.states {
            if let Some(bytes) = state.save() {
                states.insert(name.clone(), bytes);
            }
        }
        let tables = self.tables.iter().map(|table| table.carry()).collect();
        Carried {
            states,
            tables,
            backlog: self.close(SUSPEND_DEADLINE).await,
        }
    }

    async fn stop_receivers(&mut self) {
        self.context.health.stopping();
        for receiver in std::mem::take(&mut self.receivers) {
            receiver.stop(RECEIVERS_DEADLINE).await;
        }
    }

    /// Sends what was counted last. What is counted must have stopped before.
    async fn stop_pushers(&mut self) {
        for pusher in std::mem::take(&mut self.pushers) {
            pusher.finish().await;
        }
    }

    /// Closes the log, gives destinations until the deadline to empty it, and releases everything else. Returns what they
    /// did not take.
    async fn close(self, deadline: Duration) -> BTreeMap<String, Vec<Batch>> {
        self.log.close();
        let drains: Vec<_> = self
            .runners
            .into_iter()
            .map(|runner| {
                let name = runner.name().to_owned();
                tokio::spawn(async move { (name, runner.drain(deadline).await) })
            })
            .collect();
        let mut left = BTreeMap::new();
        for drain in drains {
            if let Ok((name, batches)) = drain.await
                && !batches.is_empty()
            {
                left.insert(name, batches);
            }
        }
        for part in self
            .servers
            .into_iter()
            .chain(self.extensions.into_iter().rev())
        {
            part.stop(PAGES_DEADLINE).await;
        }
        left
    }
}

/// What one configuration leaves to the next, by component id.
#[derive(Debug, Default)]
pub struct Carried {
    states: BTreeMap<String, Vec<u8>>,
    tables: BTreeMap<String, Arc<Received>>,
    backlog: BTreeMap<String, Vec<Batch>>,
}

impl Carried {
    /// Puts undelivered batches into the new log; what a destination that is gone was owed is lost, and said.
    async fn refill(&self, log: &dyn Log, destinations: &Destinations, context: &Context) {
        let ids = destinations.ids();
        for (name, batches) in &self.backlog {
            let known = ids.iter().find(|(id, _)| id.to_string() == *name);
            for batch in batches {
                let kept = match known {
                    Some((_, number)) => log
                        .append(Route::default().with(*number), batch.clone())
                        .await
                        .is_ok(),
                    None => false,
                };
                if !kept {
                    let ledger = context.ledger();
                    ledger.lost(name, batch.signal(), Loss::Dropped, "reload", batch.items());
                    let message = format!(
                        "{} items have no place in the new configuration",
                        batch.items()
                    );
                    tracing::warn!(component = %name, "{message}");
                }
            }
        }
    }

    /// The received metrics of every exporter that is read from.
    fn tables(&self, scrapes: &Scrapes, context: &Context) -> BTreeMap<ComponentId, Arc<Table>> {
        let tables = scrapes.iter().map(|(id, scrape)| {
            let name = id.to_string();
            let carried = self.tables.get(&name);
            let table = Table::new(name, scrape.received(), carried, context);
            (id.clone(), Arc::new(table))
        });
        tables.collect()
    }

    /// Gives a connector its state back.
    fn restore(&self, name: &str, connector: &Connector) {
        if let (Some(bytes), Some(state)) = (self.states.get(name), &connector.state)
            && let Err(error) = state.restore(bytes, clock::now())
        {
            tracing::warn!(component = %name, "starts anew: {error}");
        }
    }
}

/// The enabled extensions, in the order in which the service names them.
fn in_order(
    document: &Document,
    mut configs: BTreeMap<ComponentId, Box<dyn ExtensionConfig>>,
) -> Vec<(ComponentId, Box<dyn ExtensionConfig>)> {
    let references = document.service.extensions.iter();
    references
        .filter_map(|reference| configs.remove_entry(&reference.id))
        .collect()
}

impl Destinations {
    fn ids(&self) -> BTreeMap<ComponentId, DestinationId> {
        let numbered = self.list.iter().enumerate();
        numbered
            .filter_map(|(number, destination)| {
                Some((destination.id.clone(), DestinationId::new(number)?))
            })
            .collect()
    }
}

fn build_connectors(
    configs: BTreeMap<ComponentId, Box<dyn crate::component::ConnectorConfig>>,
    context: &Context,
    carried: &Carried,
) -> Result<(BTreeMap<ComponentId, Connector>, Keys), StartError> {
    let mut build = BuildContext {
        keys: Keys::new(),
        shared: context.clone(),
    };
    let mut connectors = BTreeMap::new();
    for (id, config) in configs {
        let name = id.to_string();
        let connector = config.build(&name, &mut build)?;
        carried.restore(&name, &connector);
        connectors.insert(id, connector);
    }
    Ok((connectors, build.keys))
}

/// Builds the processors that a pipeline names, without those that let everything pass.
fn build_processors(
    configs: BTreeMap<ComponentId, Box<dyn ProcessorConfig>>,
    document: &Document,
    context: &Context,
) -> Result<BTreeMap<ComponentId, Arc<dyn Processor>>, StartError> {
    let mut processors = BTreeMap::new();
    for (id, config) in configs {
        if !document.uses(|pipeline| &pipeline.processors, &id) {
            continue;
        }
        if let Some(processor) = config.build(&id.to_string(), context)? {
            processors.insert(id, processor);
        }
    }
    Ok(processors)
}

type Scrapes = Vec<(ComponentId, Box<dyn ScrapeConfig>)>;

/// Builds the exporters that a pipeline names; one that none names is not a destination.
fn build_exporters(
    configs: BTreeMap<ComponentId, Box<dyn crate::component::ExporterConfig>>,
    document: &Document,
    context: &Context,
) -> Result<(Destinations, Scrapes), StartError> {
    let mut destinations = Destinations { list: Vec::new() };
    let mut scrapes = Scrapes::new();
    for (id, config) in configs {
        if !document.uses(|pipeline| &pipeline.exporters, &id) {
            continue;
        }
        match config.build(&id.to_string(), context)? {
            ExporterPart::Destination { exporter, settings } => {
                destinations.list.push(Destination {
                    id,
                    exporter,
                    settings,
                });
            }
            ExporterPart::Scrape(scrape) => scrapes.push((id, scrape)),
        }
    }
    if destinations.list.len() > DESTINATIONS_MAX {
        let count = destinations.list.len();
        return Err(StartError {
            component: "pipelines".to_owned(),
            reason: format!("{count} exporters, at most {DESTINATIONS_MAX} are possible"),
        });
    }
    Ok((destinations, scrapes))
}

fn new_log(document: &Document, destinations: &Destinations, context: &Context) -> Arc<dyn Log> {
    let subscribers = destinations
        .list
        .iter()
        .map(|destination| {
            let name = destination.id.to_string();
            let (lost_by, context) = (name.clone(), context.clone());
            Subscriber {
                name,
                on_full: destination.settings.on_full,
                on_drop: Arc::new(move |batch| {
                    let ledger = context.ledger();
                    ledger.lost(
                        &lost_by,
                        batch.signal(),
                        Loss::Dropped,
                        "log_full",
                        batch.items(),
                    );
                }),
            }
        })
        .collect();
    let capacity = document.service.write_ahead_log.max_size.as_usize();
    let log: Arc<dyn Log> = Arc::new(MemoryLog::new(capacity, subscribers));
    context.telemetry.watch_log(Arc::clone(&log));
    log
}

fn start_runners(destinations: Destinations, log: &dyn Log, context: &Context) -> Vec<Runner> {
    let numbered = destinations.list.into_iter().enumerate();
    numbered
        .filter_map(|(number, destination)| {
            let name = destination.id.to_string();
            let cursor = log.cursor(DestinationId::new(number)?);
            context
                .telemetry
                .watch_destination(&name, Arc::clone(&cursor));
            context.health.up(&name);
            let Destination {
                exporter, settings, ..
            } = destination;
            Some(Runner::start(
                name,
                exporter,
                cursor,
                settings,
                context.clone(),
            ))
        })
        .collect()
}
