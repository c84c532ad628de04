//! `prometheus`: serves derived and received metrics to scrapers.
//!
//! # Purpose
//! `GET /metrics` gives what the sources of the exporter's metrics pipelines hold and the last values of what receivers took
//! for it, as Prometheus text, OpenMetrics (with
//! exemplars) or Prometheus protobuf (with native histograms), as the scraper asks. A scrape cannot fail: series that
//! contradict each other are left out and counted in the page itself.
//!
//! # Configuration
//! `endpoint` (required), `path` (default `/metrics`), `native_histograms` (default true), `created_lines` (default false).
//! For received metrics, with upstream's names: `resource_to_telemetry_conversion: {enabled}` (every attribute of the resource
//! is a label; else `job`, `instance` and `target_info`), `metric_expiration` (default 5m), `without_scope_info`,
//! `add_metric_suffixes` (default true); ours: `series_limit` (default 100,000).
//!
//! # Telemetry
//! `scrape_conflicting_series` on the page itself; received points are in the accounts of the exporter, those beyond the
//! limit as dropped, reason `series_limit`.
//!
//! # Limits
//! 64 scrapes at once; `series_limit` series of received metrics.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use secspan_metrics::exposition::{self, Conflicts, Options};
use secspan_metrics::family::{Family, Kind, Point, PointValue};
use secspan_metrics::limits::SERIES_CEILING;
use secspan_metrics::received::Settings;
use secspan_otlp::time::UnixNanos;

use crate::clock;
use crate::component::{
    BoxFuture, ExporterConfig, ExporterPart, MetricSource, Running, ScrapeConfig, StartError,
};
use crate::config::Section;
use crate::context::Context;
use crate::pages::{self, Page, PageRequest, Pages};
use crate::telemetry::Telemetry;

/// The parsed section.
#[derive(Clone, Debug)]
pub struct PrometheusConfig {
    endpoint: SocketAddr,
    path: String,
    options: Options,
    received: Settings,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ExporterConfig> {
    let defaults = Options::default();
    let endpoint = section.socket_addr("endpoint").required();
    if section.has("endpoint") {
        section.listens("endpoint", endpoint);
    }
    let config = PrometheusConfig {
        endpoint,
        path: section.string("path").or("/metrics".to_owned()),
        options: Options {
            created_lines: section.bool("created_lines").or(defaults.created_lines),
            native_histograms: section
                .bool("native_histograms")
                .or(defaults.native_histograms),
        },
        received: received(section),
    };
    section.without_effect(
        "enable_open_metrics",
        "scrapers get OpenMetrics when they ask for it",
    );
    section.without_effect("send_timestamps", "scrapers set the time");
    for key in ["namespace", "const_labels", "tls", "translation_strategy"] {
        section.unsupported(
            key,
            "let Prometheus add it: relabel_configs, external_labels",
        );
    }
    Box::new(config)
}

/// How received metrics are served.
fn received(section: &mut Section<'_>) -> Settings {
    let defaults = Settings::default();
    let ceiling = u64::try_from(SERIES_CEILING).unwrap_or(u64::MAX);
    let series = section.u64("series_limit").within(1..=ceiling).optional();
    let conversion = "resource_to_telemetry_conversion";
    Settings {
        series_max: series
            .and_then(|series| usize::try_from(series).ok())
            .unwrap_or(defaults.series_max),
        expiration: section
            .duration("metric_expiration")
            .or(defaults.expiration),
        resource_labels: section.section(conversion, |own| own.bool("enabled").or(false)),
        scope_labels: !section
            .bool("without_scope_info")
            .or(!defaults.scope_labels),
        suffixes: section.bool("add_metric_suffixes").or(defaults.suffixes),
    }
}

impl ExporterConfig for PrometheusConfig {
    fn build(self: Box<Self>, id: &str, context: &Context) -> Result<ExporterPart, StartError> {
        let server = Server {
            id: id.to_owned(),
            config: *self,
            telemetry: Arc::clone(&context.telemetry),
        };
        Ok(ExporterPart::Scrape(Box::new(server)))
    }
}

/// Waits for its sources.
struct Server {
    id: String,
    config: PrometheusConfig,
    telemetry: Arc<Telemetry>,
}

impl ScrapeConfig for Server {
    fn received(&self) -> Settings {
        self.config.received
    }

    fn start(
        self: Box<Self>,
        sources: Vec<Arc<dyn MetricSource>>,
    ) -> BoxFuture<'static, Result<Box<dyn Running>, StartError>> {
        Box::pin(async move {
            let Self {
                id,
                config,
                telemetry,
            } = *self;
            let PrometheusConfig {
                endpoint,
                path,
                options,
                ..
            } = config;
            let name = id.clone();
            let pages: Pages = Arc::new(move |asked: PageRequest<'_>| {
                (asked.path == path).then(|| {
                    let now = clock::now();
                    let reader = telemetry.reader(&format!("{id} {}", asked.client), now);
                    let mut families = Vec::new();
                    for source in &sources {
                        source.collect(reader, now, &mut families);
                    }
                    telemetry.derived.collect_for(reader, now, &mut families);
                    page(families, asked.accept, options)
                })
            });
            let server = pages::serve(&name, endpoint, pages).await?;
            Ok(Box::new(server) as Box<dyn Running>)
        })
    }
}

/// Families as the scraper asked for them.
fn page(families: Vec<Family>, accept: &str, options: Options) -> Page {
    let (mut families, conflicts) = exposition::reconcile(families);
    if conflicts != Conflicts::default() {
        families.push(conflict_family(conflicts));
    }
    let format = exposition::negotiate(accept);
    let body = exposition::render(&families, format, options);
    Page {
        status: StatusCode::OK,
        content_type: format.content_type(),
        body: Bytes::from(body),
    }
}

/// What was left out of this page, so that it can be seen on it.
fn conflict_family(conflicts: Conflicts) -> Family {
    let left_out = conflicts.families + conflicts.series;
    let point = Point {
        labels: Arc::from([]),
        created: UnixNanos(0),
        value: PointValue::Gauge(left_out as f64),
    };
    Family {
        name: "scrape_conflicting_series".into(),
        help: "Families and series left out of this page because they contradict others.".into(),
        kind: Kind::Gauge,
        unit: "".into(),
        points: vec![point],
    }
}
