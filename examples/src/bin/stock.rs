//! You already have OpenTelemetry: secspan's typed calls on a tracer provider, a processor and an exporter of your own.
//!
//! Nothing here is secspan's but the calls that say what happened. They write onto the span that is current, whoever made it,
//! so spans travel as before, and the collector makes the same record of them.

use std::error::Error;
use std::io::{self, Write as _};

use opentelemetry::global;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::trace::SdkTracerProvider;
use secspan::enrichment::{self, Priority};
use secspan::perplexity::{self, Kind};
use secspan::ticket::{self, Closing};
use tracing::instrument;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

const TICKET: &str = "OPS-771";

#[instrument(fields(secops.workflow.name = secspan::ENRICHMENT))]
async fn enrich() {
    enrichment::ticket(TICKET);
    enrichment::analyst("Robin");
    triage().await;
    cve_research().await;
    priority_assessment().await;
}

// Stages, because of their names.
#[instrument]
async fn triage() {
    enrichment::vulnerability("CVE-2099-0001");
}

#[instrument]
async fn cve_research() {
    let ask = async { Ok::<_, io::Error>(["https://example.com/advisory"; 5]) };
    let call = perplexity::call(Kind::Reason).model("sonar-reasoning");
    let answer = call.record_with(ask, |answer, facts| {
        if let Ok(citations) = answer {
            facts.tokens(1_200, 340).citations(citations.len());
        }
    });
    if answer.await.is_ok() {
        enrichment::cvss(7.5);
        enrichment::epss(0.002_34);
        enrichment::known_exploited(false);
        enrichment::techniques(["T1190", "T1059"]);
    }
}

#[instrument]
async fn priority_assessment() {
    enrichment::priority(Priority::P2);
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // What you have. OTEL_EXPORTER_OTLP_ENDPOINT says where to.
    let exporter = SpanExporter::builder().with_tonic().build()?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .build();
    // A fact that comes when no span is current gets one of this provider.
    global::set_tracer_provider(provider.clone());
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("soc"));
    // Only what is yours: the exporter's own requests would become spans, and those spans requests.
    let yours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), LevelFilter::INFO);
    tracing_subscriber::registry()
        .with(spans.with_filter(yours))
        .init();

    enrich().await;
    ticket::closed(&Closing {
        ticket: TICKET,
        priority: Priority::P2,
        enriched_at: None,
    });

    provider.shutdown()?;
    writeln!(io::stdout(), "{TICKET} is enriched")?;
    Ok(())
}
