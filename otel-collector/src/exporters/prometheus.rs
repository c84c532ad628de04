//! `prometheus`: serves derived metrics to scrapers.
//!
//! # Purpose
//! `GET /metrics` gives what the connectors of the exporter's metrics pipelines hold, as Prometheus text, OpenMetrics (with
//! exemplars) or Prometheus protobuf (with native histograms), as the scraper asks. A scrape cannot fail: series that
//! contradict each other are left out and counted in the page itself.
//!
//! # Configuration
//! `endpoint` (required), `path` (default `/metrics`), `native_histograms` (default true), `created_lines` (default false).
//!
//! # Limits
//! 64 scrapes at once.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use secspan_metrics::exposition::{self, Conflicts, Options};
use secspan_metrics::family::{Family, Kind, Point, PointValue};
use secspan_otlp::time::UnixNanos;

use crate::clock;
use crate::component::{
    BoxFuture, ExporterConfig, ExporterPart, MetricSource, Running, ScrapeConfig, StartError,
};
use crate::config::Section;
use crate::context::Context;
use crate::events::Events;
use crate::pages::{self, Asked, Page, Pages};
use crate::telemetry::Telemetry;

/// The parsed section.
#[derive(Clone, Debug)]
pub struct PrometheusConfig {
    endpoint: SocketAddr,
    path: String,
    options: Options,
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
    };
    section.without_effect(
        "enable_open_metrics",
        "scrapers get OpenMetrics when they ask for it",
    );
    section.without_effect(
        "metric_expiration",
        "set series_expiration at the connector",
    );
    section.without_effect("send_timestamps", "scrapers set the time");
    Box::new(config)
}

impl ExporterConfig for PrometheusConfig {
    fn build(self: Box<Self>, id: &str, context: &Context) -> Result<ExporterPart, StartError> {
        let server = Server {
            id: id.to_owned(),
            config: *self,
            telemetry: Arc::clone(&context.telemetry),
            events: Arc::clone(&context.events),
        };
        Ok(ExporterPart::Scrape(Box::new(server)))
    }
}

/// Waits for its sources.
struct Server {
    id: String,
    config: PrometheusConfig,
    telemetry: Arc<Telemetry>,
    events: Arc<Events>,
}

impl ScrapeConfig for Server {
    fn start(
        self: Box<Self>,
        sources: Vec<Arc<dyn MetricSource>>,
    ) -> BoxFuture<'static, Result<Box<dyn Running>, StartError>> {
        Box::pin(async move {
            let Self {
                id,
                config,
                telemetry,
                events,
            } = *self;
            let PrometheusConfig {
                endpoint,
                path,
                options,
            } = config;
            let name = id.clone();
            let pages: Pages = Arc::new(move |asked: Asked<'_>| {
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
            let server = pages::serve(&name, endpoint, &events, pages).await?;
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
