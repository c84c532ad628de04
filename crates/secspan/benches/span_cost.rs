//! What does a span cost the host app, next to stock `tracing-opentelemetry` with its batch
//! processor and OTLP exporter at the same settings?
//!
//! Both send over gRPC to a sink in the process that answers and forgets. Rounds of the two are
//! interleaved, so that what else the machine does falls on both alike; what is measured is the
//! processor time of the calling thread only, and between rounds the queues are flushed, so that export is paid for but
//! does not push back. Printed are medians in nanoseconds per span and the ratio ours / stock.
//!
//! "the same settings" are the same attributes on the wire and the same queue, batch and delay;
//! "as they come" are both with their defaults for attributes. Run with
//! `cargo bench -p secspan --bench span_cost`.
//!
//! Last result (two shared cores, 2026-11-21), ours / stock at 0 attributes, 5, and 5 with an event:
//! location and target 0.88, 0.96, 0.88; nothing but the fields 0.94, 0.93, 0.90; as they come 0.66,
//! 0.75, 0.74. The rest is tracing and tracing-opentelemetry, which both share.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints and measures"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};
use secspan::{Guard, Preset};
use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, Level, event, info_span};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

/// Spans of one timed round; fits any of the queues.
const ROUND: u32 = 4_000;
/// Timed rounds per setup and case; the median is printed.
const ROUNDS: usize = 61;
const QUEUE: usize = 65_536;
const BATCH: usize = 4_096;
const DELAY: Duration = Duration::from_secs(1);

/// A collector that answers at once and keeps nothing.
fn null_sink() -> SocketAddr {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        // No default subscriber is set here: it would slow every span of the process down.
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let service = hyper::service::service_fn(answer);
                tokio::spawn(async move {
                    let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    drop(
                        builder
                            .serve_connection(TokioIo::new(stream), service)
                            .await,
                    );
                });
            }
        });
    });
    address
}

async fn answer(
    request: http::Request<hyper::body::Incoming>,
) -> Result<
    http::Response<impl hyper::body::Body<Data = Bytes, Error = std::convert::Infallible>>,
    hyper::Error,
> {
    let mut body = request.into_body();
    while let Some(frame) = body.frame().await {
        frame?;
    }
    let mut trailers = http::HeaderMap::new();
    trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
    let empty = Full::new(Bytes::from_static(&[0; 5]));
    let body = empty.with_trailers(async move { Some(Ok(trailers)) });
    let mut response = http::Response::new(body);
    let grpc = http::HeaderValue::from_static("application/grpc");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, grpc);
    Ok(response)
}

struct Setup {
    dispatch: Dispatch,
    flush: Box<dyn Fn()>,
}

fn ours(sink: SocketAddr, preset: Preset) -> Setup {
    let (layer, guard): (_, Guard) = secspan::configure()
        .variables(BTreeMap::new())
        .endpoint(format!("http://{sink}"))
        .preset(preset)
        .queue_size(QUEUE)
        .batch_size(BATCH)
        .schedule_delay(DELAY)
        .layer()
        .unwrap();
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(layer));
    Setup {
        dispatch,
        flush: Box::new(move || assert_eq!(guard.flush().unwrap().lost(), 0)),
    }
}

/// `full`: as the crates come. Otherwise only what our default preset records as well.
fn stock(sink: SocketAddr, full: bool, location: bool) -> Setup {
    let runtime = Box::leak(Box::new(
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap(),
    ));
    let _entered = runtime.enter();
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(format!("http://{sink}"))
        .build()
        .unwrap();
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(DELAY)
        .build();
    let processor = BatchSpanProcessor::builder(exporter)
        .with_batch_config(config)
        .build();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(processor)
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("stock"))
        .with_location(full || location)
        .with_target(full || location)
        .with_threads(full)
        .with_tracked_inactivity(full)
        // Without a filter it would export its own exporter's spans: the least that works.
        .with_filter(LevelFilter::INFO);
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(layer));
    Setup {
        dispatch,
        flush: Box::new(move || provider.force_flush().unwrap()),
    }
}

#[derive(Clone, Copy)]
enum Case {
    Bare,
    Attributes,
    AttributesAndEvent,
}

fn work(case: Case) {
    for n in 0..ROUND {
        let n = i64::from(n);
        match case {
            Case::Bare => drop(info_span!("stage").entered()),
            Case::Attributes => drop(
                info_span!(
                    "stage",
                    ticket = "OPS-771",
                    priority = "P2",
                    attempt = n,
                    score = 7.5,
                    known = true
                )
                .entered(),
            ),
            Case::AttributesAndEvent => {
                let _entered = info_span!(
                    "stage",
                    ticket = "OPS-771",
                    priority = "P2",
                    attempt = n,
                    score = 7.5,
                    known = true
                )
                .entered();
                event!(name: "found", Level::INFO, source = "nvd", count = n, fresh = false);
            }
        }
    }
}

/// What this thread has spent; time in which it did not run does not count.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap(),
        time.tv_nsec.try_into().unwrap(),
    )
}

/// Nanoseconds per span on the calling thread.
fn round(setup: &Setup, case: Case) -> f64 {
    let spent = tracing::dispatcher::with_default(&setup.dispatch, || {
        let begun = processor_time();
        work(black_box(case));
        processor_time().saturating_sub(begun)
    });
    (setup.flush)();
    spent.as_secs_f64() * 1e9 / f64::from(ROUND)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() {
    let sink = null_sink();
    let pairs = [
        (
            "the same settings: location, target",
            ours(sink, Preset::Default),
            stock(sink, false, true),
        ),
        (
            "the same settings: nothing but the fields",
            ours(sink, Preset::Lean),
            stock(sink, false, false),
        ),
        (
            "as they come",
            ours(sink, Preset::Default),
            stock(sink, true, true),
        ),
    ];
    let cases = [
        ("0 attributes", Case::Bare),
        ("5 attributes", Case::Attributes),
        ("5 attributes + event", Case::AttributesAndEvent),
    ];
    println!(
        "{:44}{:22}{:>10}{:>10}{:>8}",
        "", "", "ours ns", "stock ns", "ratio"
    );
    for (title, ours, stock) in &pairs {
        for (name, case) in cases {
            let mut seen = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
            // The first round of each pays for caches and connections.
            for turn in 0..=ROUNDS {
                let both = (round(ours, case), round(stock, case));
                if turn > 0 {
                    seen.0.push(both.0);
                    seen.1.push(both.1);
                }
            }
            let (ours, stock) = (median(seen.0), median(seen.1));
            println!(
                "{title:44}{name:22}{ours:>10.0}{stock:>10.0}{:>8.2}",
                ours / stock
            );
        }
    }
}
