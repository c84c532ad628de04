//! Runs a collector until it is asked to stop, and through reloads of its configuration.
//!
//! SIGTERM and Ctrl-C stop it; a second one ends the wait for slow destinations. SIGHUP loads the configuration again: a
//! bad one is reported and the running one goes on; a good one replaces it, and if it cannot start, the old one comes back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use secspan_metrics::exposition::{self, Format, Options};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::clock;
use crate::component::{Running, StartError};
use crate::components;
use crate::config::{Loaded, Report};
use crate::context::Context;
use crate::logs;
use crate::pages::{self, Page, PageRequest, Pages};
use crate::pipeline::{Carried, Collector};
use crate::telemetry::Telemetry;

/// How long the server of the collector's own metrics may take to finish.
const TELEMETRY_DEADLINE: Duration = Duration::from_secs(1);

/// The part's name in events.
const SERVICE: &str = "service";

/// Why the collector ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The asynchronous runtime could not be built.
    #[error("cannot start the runtime")]
    Runtime(#[source] std::io::Error),
    /// A part could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// It stopped, but not everything that it had taken was delivered.
    #[error("{items} items that were taken could not be delivered before the stop")]
    Lost {
        /// Spans, metric points, log records and records together.
        items: u64,
    },
}

/// Runs until a signal asks it to stop. `reload` loads the configuration again, or reports why it cannot.
///
/// # Errors
/// When it cannot start.
pub fn run(loaded: Loaded, reload: impl Fn() -> Option<Loaded>) -> Result<(), RunError> {
    let runtime = runtime().map_err(RunError::Runtime)?;
    let result = runtime.block_on(serve(loaded, reload));
    // Whatever is still running has had its deadline.
    runtime.shutdown_timeout(Duration::from_millis(100));
    result
}

/// One thread where there is one core: nothing is gained by handing work over.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut builder = if cores == 1 {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    builder.enable_all().build()
}

async fn serve(loaded: Loaded, reload: impl Fn() -> Option<Loaded>) -> Result<(), RunError> {
    let cannot_listen = |error: std::io::Error| StartError {
        component: SERVICE.to_owned(),
        reason: format!("cannot wait for signals: {error}"),
    };
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot_listen)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot_listen)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(cannot_listen)?;
    let telemetry = Arc::new(Telemetry::default());
    let mut loaded = loaded;
    let mut generation = Generation::start(&loaded, &telemetry, &Carried::default()).await?;
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hangup.recv() => {
                let Some(next) = reload() else {
                    tracing::error!(component = %SERVICE, "the new configuration is bad, the old one goes on");
                    continue;
                };
                generation = generation.replace(&loaded, &next, &telemetry).await?;
                loaded = next;
            }
        }
    }
    tracing::info!(component = %SERVICE, "stopping");
    let lost = tokio::select! {
        lost = generation.stop() => lost,
        () = again(&mut terminate, &mut interrupt) => {
            tracing::warn!(component = %SERVICE, "stopped at once, as asked twice");
            return Ok(());
        }
    };
    tracing::info!(component = %SERVICE, "stopped");
    if lost > 0 {
        return Err(RunError::Lost { items: lost });
    }
    Ok(())
}

/// Waits for another request to stop.
async fn again(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// A configuration at work.
struct Generation {
    collector: Collector,
    telemetry: Option<Box<dyn Running>>,
}

impl Generation {
    async fn start(
        loaded: &Loaded,
        telemetry: &Arc<Telemetry>,
        carried: &Carried,
    ) -> Result<Self, StartError> {
        let document = &loaded.document;
        let settings = &document.service.telemetry;
        logs::apply(&settings.logs).map_err(|reason| StartError {
            component: SERVICE.to_owned(),
            reason,
        })?;
        let context = Context::new(Arc::clone(telemetry));
        // The problems of this reading were reported when the configuration was loaded.
        let parsed = components::parse(document, &Report::new());
        let server = match settings.metrics {
            Some(address) => Some(serve_metrics(address, &context).await?),
            None => None,
        };
        match Collector::start(document, parsed, context, carried).await {
            Ok(collector) => {
                let pipelines = document.service.pipelines.len();
                tracing::info!(component = %SERVICE, "ready, {pipelines} pipelines");
                Ok(Self {
                    collector,
                    telemetry: server,
                })
            }
            Err(error) => {
                if let Some(server) = server {
                    server.stop(TELEMETRY_DEADLINE).await;
                }
                Err(error)
            }
        }
    }

    /// Starts the next configuration in place of this one; this one again if that fails.
    async fn replace(
        self,
        old: &Loaded,
        next: &Loaded,
        telemetry: &Arc<Telemetry>,
    ) -> Result<Self, StartError> {
        tracing::info!(component = %SERVICE, "loading the new configuration");
        let carried = self.suspend().await;
        match Self::start(next, telemetry, &carried).await {
            Ok(generation) => Ok(generation),
            Err(error) => {
                tracing::error!(component = %SERVICE, "{error}; going back to the old configuration");
                Self::start(old, telemetry, &carried).await
            }
        }
    }

    async fn suspend(self) -> Carried {
        let carried = self.collector.suspend().await;
        if let Some(server) = self.telemetry {
            server.stop(TELEMETRY_DEADLINE).await;
        }
        carried
    }

    async fn stop(self) -> u64 {
        let lost = self.collector.stop().await;
        if let Some(server) = self.telemetry {
            server.stop(TELEMETRY_DEADLINE).await;
        }
        lost
    }
}

async fn serve_metrics(
    address: SocketAddr,
    context: &Context,
) -> Result<Box<dyn Running>, StartError> {
    let telemetry = Arc::clone(&context.telemetry);
    let pages: Pages = Arc::new(move |asked: PageRequest<'_>| {
        (asked.path == "/metrics").then(|| {
            let mut families = Vec::new();
            telemetry.collect(clock::now(), &mut families);
            let (families, _) = exposition::reconcile(families);
            let body = exposition::render(&families, Format::Text, Options::default());
            let content_type = Format::Text.content_type();
            Page {
                status: StatusCode::OK,
                content_type,
                body: body.into(),
            }
        })
    });
    let name = "service.telemetry.metrics";
    let server = pages::serve(name, address, pages).await?;
    Ok(Box::new(server))
}
