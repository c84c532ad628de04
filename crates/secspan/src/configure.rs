//! The builder: from nothing to a running exporter and an installed subscriber.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{InstrumentationScope, KeyValue, global};
use opentelemetry_sdk::trace::{IdGenerator, Sampler, ShouldSample, SpanExporter};
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::diagnostics::say;
use crate::encode::Encoder;
use crate::env::settings::{self, Explanation, Given, Settings};
use crate::env::{ProcessEnvironment, Variables};
use crate::export::backoff::Backoff;
use crate::export::disk::DiskSpool;
use crate::export::local::{ConsoleExporter, LocalExporter};
use crate::export::memory::MemorySpool;
use crate::export::pipeline::Pipeline;
use crate::export::{Ledger, Transport, Worker};
use crate::guard::Guard;
use crate::layer;
use crate::normalize::Normalizer;
use crate::preset::Preset;
use crate::queue::Queue;
use crate::tracer::{Ids, Provider, Shared, Tracer};
use crate::{Compression, Protocol, propagation, resource};

pub use self::error::ConfigureError;

mod error;

/// Encoded spans kept in memory while the destination is away.
const SPOOL_BYTES: usize = 64 * 1024 * 1024;
/// Encoded spans kept on disk, when a folder is given.
const DISK_SPOOL_BYTES: u64 = 1024 * 1024 * 1024;
/// First and longest pause between attempts.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));
/// How long `shutdown`, and the guard when dropped, wait for the destination.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
/// Name of the instrumentation scope.
const SCOPE: &str = "secspan";

/// Sets secspan up. What is not said here comes from the `OTEL_*` variables, then from defaults;
/// see [`crate::VARIABLES`].
#[must_use = "nothing is set up until `finish` or `layer` is called"]
pub struct Configure {
    given: Given,
    variables: Box<dyn Variables>,
    exporters: Vec<LocalExporter>,
    ids: Option<Box<dyn IdGenerator>>,
    resource: Vec<KeyValue>,
    level: LevelFilter,
    panic_hook: bool,
    spool_bytes: usize,
    disk_spool_bytes: u64,
    backoff: (Duration, Duration),
    shutdown_timeout: Duration,
}

impl fmt::Debug for Configure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Configure")
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}

/// Begins to set secspan up.
pub fn configure() -> Configure {
    Configure {
        given: Given::default(),
        variables: Box::new(ProcessEnvironment),
        exporters: Vec::new(),
        ids: None,
        resource: Vec::new(),
        level: LevelFilter::INFO,
        panic_hook: true,
        spool_bytes: SPOOL_BYTES,
        disk_spool_bytes: DISK_SPOOL_BYTES,
        backoff: BACKOFF,
        shutdown_timeout: SHUTDOWN_TIMEOUT,
    }
}

/// Sets secspan up from the environment alone and installs it for the whole process.
///
/// # Errors
/// Settings that cannot be used, or a subscriber that is already installed.
pub fn init() -> Result<Guard, ConfigureError> {
    configure().finish()
}

impl Configure {
    /// `service.name`. Variable: `OTEL_SERVICE_NAME`.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.given.service_name = Some(name.into());
        self
    }

    /// An attribute of the resource. Variable: `OTEL_RESOURCE_ATTRIBUTES`.
    pub fn resource_attribute(
        mut self,
        name: impl Into<opentelemetry::Key>,
        value: impl Into<opentelemetry::Value>,
    ) -> Self {
        self.resource.push(KeyValue::new(name, value));
        self
    }

    /// Where the collector is: `http://host:port`. Variable: `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.given.endpoint = Some(endpoint.into());
        self
    }

    /// gRPC or HTTP. Variable: `OTEL_EXPORTER_OTLP_PROTOCOL`.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.given.protocol = Some(protocol);
        self
    }

    /// Packing of requests. Variable: `OTEL_EXPORTER_OTLP_COMPRESSION`.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.given.compression = Some(compression);
        self
    }

    /// A header of every request, such as `authorization`. Variable: `OTEL_EXPORTER_OTLP_HEADERS`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.given.headers.push((name.into(), value.into()));
        self
    }

    /// Time limit of one attempt. Variable: `OTEL_EXPORTER_OTLP_TIMEOUT`.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.given.timeout = Some(timeout);
        self
    }

    /// Which traces are recorded. Variable: `OTEL_TRACES_SAMPLER`. A workflow that is sampled away
    /// becomes no record: leave the default unless records are counted elsewhere.
    pub fn sampler(mut self, sampler: impl Into<Box<dyn ShouldSample>>) -> Self {
        self.given.sampler = Some(sampler.into());
        self
    }

    /// How much is recorded beside your own fields. Variable: `SECSPAN_PRESET`.
    pub fn preset(mut self, preset: Preset) -> Self {
        self.given.preset = Some(preset);
        self
    }

    /// The most detailed level of spans and events that is recorded; default `INFO`.
    pub fn level(mut self, level: LevelFilter) -> Self {
        self.level = level;
        self
    }

    /// Most spans between application and export thread. Variable: `OTEL_BSP_MAX_QUEUE_SIZE`.
    pub fn queue_size(mut self, spans: usize) -> Self {
        self.given.queue_spans = Some(spans);
        self
    }

    /// Most spans in a request. Variable: `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`.
    pub fn batch_size(mut self, spans: usize) -> Self {
        self.given.batch_spans = Some(spans);
        self
    }

    /// Longest time a span waits for its batch. Variable: `OTEL_BSP_SCHEDULE_DELAY`.
    pub fn schedule_delay(mut self, delay: Duration) -> Self {
        self.given.schedule_delay = Some(delay);
        self
    }

    /// Encoded spans kept in memory while the collector is away, in bytes; default 64 MiB.
    pub fn spool_bytes(mut self, bytes: usize) -> Self {
        self.spool_bytes = bytes;
        self
    }

    /// A folder for spans that memory has no room for, and for those undelivered at the end; the
    /// next process with the same folder delivers them. Variable: `SECSPAN_SPOOL_DIR`.
    pub fn spool_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.given.spool_dir = Some(directory.into());
        self
    }

    /// Limit of that folder in bytes; default 1 GiB.
    pub fn spool_dir_bytes(mut self, bytes: u64) -> Self {
        self.disk_spool_bytes = bytes;
        self
    }

    /// First and longest pause between attempts; default 200 ms and 5 s.
    pub fn retry_backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = (first, longest);
        self
    }

    /// How long [`Guard::shutdown`], and the guard when dropped, wait for the collector; default 5 s.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    /// Any exporter made for `opentelemetry_sdk`, such as the JSONL exporter. It takes the place of
    /// OTLP, unless `OTEL_TRACES_EXPORTER` names `otlp` as well.
    pub fn exporter(mut self, exporter: impl SpanExporter + 'static) -> Self {
        self.exporters.push(LocalExporter::new(exporter));
        self
    }

    /// Where the ids of traces and spans come from, instead of chance: for programs that send again what has ids already.
    pub fn id_generator(mut self, ids: impl IdGenerator + 'static) -> Self {
        self.ids = Some(Box::new(ids));
        self
    }

    /// Whether a panic's text and place are remembered for the span it ends; default yes. The
    /// present panic hook is still called.
    pub fn panic_hook(mut self, install: bool) -> Self {
        self.panic_hook = install;
        self
    }

    /// Where variables come from, instead of the process environment.
    pub fn variables(mut self, variables: impl Variables + 'static) -> Self {
        self.variables = Box::new(variables);
        self
    }

    /// Every setting, its value and where that comes from. Print it when something surprises you.
    ///
    /// # Errors
    /// Settings that cannot be used.
    pub fn explain(self) -> Result<Explanation, ConfigureError> {
        Ok(self.resolve()?.0.explanation)
    }

    /// Starts the exporter and installs secspan as the process's subscriber, tracer provider and
    /// propagator.
    ///
    /// # Errors
    /// Settings that cannot be used, or a subscriber that is already installed.
    pub fn finish(self) -> Result<Guard, ConfigureError> {
        let level = self.level;
        let built = self.build()?;
        let layer = layer::compose(built.tracer, built.recording, built.preset, level);
        // The level filter is global: callsites below it cost nothing at all.
        let subscriber = tracing_subscriber::registry().with(level).with(layer);
        tracing::subscriber::set_global_default(subscriber)
            .map_err(|_| ConfigureError::SubscriberInstalled)?;
        global::set_tracer_provider(built.provider);
        global::set_text_map_propagator(propagation::propagator());
        Ok(built.guard)
    }

    /// Starts the exporter and gives the layer for a subscriber of your own:
    ///
    /// ```no_run
    /// use tracing_subscriber::prelude::*;
    ///
    /// let (layer, guard) = secspan::configure().layer()?;
    /// tracing_subscriber::registry().with(layer).init();
    /// # guard.shutdown()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The global tracer provider and propagator stay as they are; [`Guard::provider`] and
    /// [`crate::propagation`] work in either case.
    ///
    /// # Errors
    /// Settings that cannot be used.
    pub fn layer<S>(self) -> Result<(impl Layer<S> + Send + Sync, Guard), ConfigureError>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let level = self.level;
        let built = self.build()?;
        Ok((
            layer::compose(built.tracer, built.recording, built.preset, level),
            built.guard,
        ))
    }

    fn resolve(self) -> Result<(Settings, Rest), ConfigureError> {
        let given = Given {
            has_local_exporter: !self.exporters.is_empty(),
            ..self.given
        };
        let settings =
            settings::resolve(given, &*self.variables).map_err(ConfigureError::Settings)?;
        let rest = Rest {
            exporters: self.exporters,
            resource: self.resource,
            panic_hook: self.panic_hook,
            spool_bytes: self.spool_bytes,
            disk_spool_bytes: self.disk_spool_bytes,
            backoff: self.backoff,
            shutdown_timeout: self.shutdown_timeout,
        };
        Ok((settings, rest))
    }

    fn build(mut self) -> Result<Built, ConfigureError> {
        let ids = self.ids.take();
        let (settings, rest) = self.resolve()?;
        settings
            .warnings
            .iter()
            .for_each(|warning| say(format_args!("{warning}")));
        let recording = !settings.disabled;
        if recording && rest.panic_hook {
            layer::panics::install_hook();
        }
        let queue = Arc::new(Queue::new(settings.queue_spans, settings.batch_spans));
        let sampler = if recording {
            settings.sampler.clone()
        } else {
            Some(Box::new(Sampler::AlwaysOff) as _)
        };
        let provider = Provider::new(Shared {
            queue: Arc::clone(&queue),
            sampler,
            limits: settings.limits,
            ids: ids.map_or_else(Ids::default, Ids::Given),
        });
        let scope = InstrumentationScope::builder(SCOPE).with_version(env!("CARGO_PKG_VERSION"));
        let tracer = provider.tracer_with_scope(scope.build());
        propagation::choose(settings.propagators);
        let preset = settings.preset;
        let explanation = settings.explanation.clone();
        let shutdown_timeout = rest.shutdown_timeout;
        let worker = worker(settings, rest, queue)?;
        let pipeline = Arc::new(Pipeline::start(worker).map_err(ConfigureError::Thread)?);
        let guard = Guard::new(pipeline, provider.clone(), explanation, shutdown_timeout);
        Ok(Built {
            tracer,
            provider,
            guard,
            recording,
            preset,
        })
    }
}

/// What the builder holds beside the settings.
struct Rest {
    exporters: Vec<LocalExporter>,
    resource: Vec<KeyValue>,
    panic_hook: bool,
    spool_bytes: usize,
    disk_spool_bytes: u64,
    backoff: (Duration, Duration),
    shutdown_timeout: Duration,
}

struct Built {
    tracer: Tracer,
    provider: Provider,
    guard: Guard,
    recording: bool,
    preset: Preset,
}

fn worker(settings: Settings, rest: Rest, queue: Arc<Queue>) -> Result<Worker, ConfigureError> {
    let resource = resource::describe(&settings, rest.resource);
    let mut locals = rest.exporters;
    if settings.exporters.console {
        locals.push(LocalExporter::new(ConsoleExporter));
    }
    for exporter in &mut locals {
        exporter.set_resource(&resource);
    }
    let on_network = settings.exporters.otlp && !settings.disabled;
    let disk = match settings.spool_dir.as_ref().filter(|_| on_network) {
        Some(directory) => Some(DiskSpool::open(directory, rest.disk_spool_bytes).map_err(
            |source| ConfigureError::SpoolDirectory {
                directory: directory.clone(),
                source,
            },
        )?),
        None => None,
    };
    Ok(Worker {
        queue,
        ledger: Arc::new(Mutex::new(Ledger::default())),
        normalizer: Normalizer {
            preset: settings.preset,
            limits: settings.limits,
            value_chars: settings.value_chars,
        },
        encoder: Encoder::new(&resource),
        batch_spans: settings.batch_spans as u64,
        schedule_delay: settings.schedule_delay,
        transport: if on_network {
            Some(transport(settings)?)
        } else {
            None
        },
        locals,
        memory: MemorySpool::new(rest.spool_bytes),
        disk,
        backoff: Backoff::new(rest.backoff.0, rest.backoff.1),
    })
}

#[cfg(any(feature = "grpc", feature = "http"))]
fn transport(settings: Settings) -> Result<Box<dyn Transport>, ConfigureError> {
    let transport = crate::export::transport::NetworkTransport::new(settings)?;
    Ok(Box::new(transport))
}

#[cfg(not(any(feature = "grpc", feature = "http")))]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the same shape as with a protocol"
)]
fn transport(settings: Settings) -> Result<Box<dyn Transport>, ConfigureError> {
    // Settings refuse the exporter `otlp` in this build, so this is never reached.
    Err(ConfigureError::Tls(format!(
        "{} needs a protocol feature",
        settings.endpoint
    )))
}
