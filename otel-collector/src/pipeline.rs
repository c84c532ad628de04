//! From a valid configuration to a running collector, and back to rest.
//!
//! ```text
//! start: extensions, exporters, connectors, the log, destinations' runners, record flows, scrape servers, receivers
//! stop:  receivers, record flows (complete what can be), the log closes, runners drain, scrape servers, extensions
//! ```
//!
//! Receivers start last and stop first, so that nothing is taken that nobody would look at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secspan_otlp::keys::Keys;

use crate::component::{
    Connector, DestinationSettings, Exporter, ExporterPart, Running, ScrapeConfig, StartError,
};
use crate::components::Parsed;
use crate::config::document::{ComponentId, Document};
use crate::context::{BuildContext, Context};
use crate::ledger::Loss;
use crate::log::memory::{MemoryLog, Subscriber};
use crate::log::{DESTINATIONS_MAX, DestinationId, Log};

pub mod inlet;
pub mod records;
pub mod runner;
pub mod split;
mod wiring;

use records::RunningFlow;
use runner::Runner;
use wiring::Wiring;

/// How long receivers may take to finish requests that are under way.
const RECEIVERS_DEADLINE: Duration = Duration::from_secs(5);

/// How long destinations may take to empty the log.
const DRAIN_DEADLINE: Duration = Duration::from_secs(10);

/// How long a server of pages may take to finish.
const PAGES_DEADLINE: Duration = Duration::from_secs(1);

/// A running collector.
pub struct Collector {
    context: Context,
    log: Arc<dyn Log>,
    extensions: Vec<Box<dyn Running>>,
    runners: Vec<Runner>,
    flows: Vec<RunningFlow>,
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
    /// Builds and starts everything.
    ///
    /// # Errors
    /// When a part cannot start; what had started is stopped again.
    pub async fn start(
        document: &Document,
        parsed: Parsed,
        context: Context,
    ) -> Result<Self, StartError> {
        let Parsed {
            receivers,
            connectors,
            exporters,
            mut extensions,
        } = parsed;
        let mut running = Vec::new();
        for reference in &document.service.extensions {
            if let Some(config) = extensions.remove(&reference.id) {
                running.push(config.start(&reference.id.to_string(), &context).await?);
            }
        }
        let (connectors, keys) = build_connectors(connectors, &context)?;
        let (destinations, scrapes) = build_exporters(exporters, document, &context)?;
        let log = new_log(document, &destinations, &context);
        let wiring = Wiring::new(document, connectors, &destinations.ids());
        let mut collector = Self {
            runners: start_runners(destinations, log.as_ref(), &context),
            flows: wiring
                .flows(&log, &context)
                .into_iter()
                .map(records::RecordFlow::start)
                .collect(),
            context,
            log,
            extensions: running,
            servers: Vec::new(),
            receivers: Vec::new(),
        };
        match collector
            .open(&wiring, scrapes, receivers, &Arc::new(keys))
            .await
        {
            Ok(()) => Ok(collector),
            Err(error) => {
                collector.stop().await;
                Err(error)
            }
        }
    }

    /// Opens scrape servers and receivers.
    async fn open(
        &mut self,
        wiring: &Wiring,
        scrapes: Vec<(ComponentId, Box<dyn ScrapeConfig>)>,
        receivers: BTreeMap<ComponentId, Box<dyn crate::component::ReceiverConfig>>,
        keys: &Arc<Keys>,
    ) -> Result<(), StartError> {
        for (id, scrape) in scrapes {
            self.servers.push(scrape.start(wiring.sources(&id)).await?);
        }
        for (id, config) in receivers {
            let name = id.to_string();
            self.context.health.expect(&name);
            let inlet = wiring.inlet(&id, keys, &self.log, &self.context);
            let receiver = config.start(&name, Arc::new(inlet), &self.context).await?;
            self.context.health.up(&name);
            self.receivers.push(receiver);
        }
        Ok(())
    }

    /// Stops taking work, completes and delivers what was taken, releases everything.
    pub async fn stop(self) {
        self.context.health.stopping();
        for receiver in self.receivers {
            receiver.stop(RECEIVERS_DEADLINE).await;
        }
        for flow in self.flows {
            flow.finish().await;
        }
        self.log.close();
        let drains: Vec<_> = self
            .runners
            .into_iter()
            .map(|runner| {
                let name = runner.name().to_owned();
                tokio::spawn(async move { (name, runner.drain(DRAIN_DEADLINE).await) })
            })
            .collect();
        for drain in drains {
            if let Ok((name, items @ 1..)) = drain.await {
                let message = format!(
                    "{items} items were not delivered within {} s and are lost: the log is in memory",
                    DRAIN_DEADLINE.as_secs()
                );
                self.context.events.error(&name, &message);
            }
        }
        for part in self
            .servers
            .into_iter()
            .chain(self.extensions.into_iter().rev())
        {
            part.stop(PAGES_DEADLINE).await;
        }
    }
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
) -> Result<(BTreeMap<ComponentId, Connector>, Keys), StartError> {
    let mut build = BuildContext {
        keys: Keys::new(),
        shared: context.clone(),
    };
    let mut connectors = BTreeMap::new();
    for (id, config) in configs {
        let connector = config.build(&id.to_string(), &mut build)?;
        connectors.insert(id, connector);
    }
    Ok((connectors, build.keys))
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
        let is_used = |pipeline: &crate::config::document::Pipeline| {
            pipeline
                .exporters
                .iter()
                .any(|reference| reference.id == id)
        };
        if !document.service.pipelines.iter().any(is_used) {
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
