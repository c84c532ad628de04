//! No collector: the spans of one host become record files in a folder.
//!
//! The exporter is `secspan_jsonl`'s, on a tracer provider of the OpenTelemetry SDK. It joins spans to records as the collector
//! does, and writes the same lines; what is missing without a collector are metrics and traces.

use std::error::Error;
use std::io::{self, Write as _};

use opentelemetry::global;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use secspan::enrichment::{self, Priority};
use secspan::perplexity::{self, Kind};
use secspan_enrichment::kinds::KINDS;
use secspan_jsonl::exporter::{JsonlSpanExporter, Settings};
use tracing::instrument;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

const TICKET: &str = "OPS-772";

#[instrument(fields(secops.workflow.name = secspan::ENRICHMENT))]
async fn enrich() {
    enrichment::ticket(TICKET);
    enrichment::analyst("Robin");
    enrichment::vulnerability("CVE-2099-0002");
    cve_research().await;
    enrichment::priority(Priority::P3);
}

// A stage, because of its name.
#[instrument]
async fn cve_research() {
    let ask = async { Ok::<_, io::Error>(["https://example.com/advisory"; 3]) };
    let call = perplexity::call(Kind::Search).model("sonar-pro");
    let answer = call.record_with(ask, |answer, facts| {
        if let Ok(citations) = answer {
            facts.tokens(300, 80).citations(citations.len());
        }
    });
    if answer.await.is_ok() {
        enrichment::cvss(5.3);
        enrichment::epss(0.000_81);
        enrichment::known_exploited(false);
        enrichment::techniques(["T1190"]);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("give the folder for the files")?;
    let exporter = JsonlSpanExporter::start(Settings::in_directory(&folder, KINDS))?;
    let records = exporter.handle();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .build();
    global::set_tracer_provider(provider.clone());
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("soc"));
    let yours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), LevelFilter::INFO);
    tracing_subscriber::registry()
        .with(spans.with_filter(yours))
        .init();

    enrich().await;

    // Completes what has ended, and waits until it is written.
    provider.shutdown()?;
    let unwritten = records.stats().unwritten;
    writeln!(
        io::stdout(),
        "{TICKET} is enriched, {unwritten} records are not written"
    )?;
    Ok(())
}
