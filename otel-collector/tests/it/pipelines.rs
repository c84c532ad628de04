//! What pipelines do with one and the same data: each sees what its own processors left, and metrics find their way.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics; that is its report"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use secspan_collector::component::{
    BoxFuture, MetricSource, PipelineInput, ReceiverConfig, ReceiverPart, Running, StartError,
};
use secspan_collector::components;
use secspan_collector::config::{Loaded, Report};
use secspan_collector::context::Context;
use secspan_collector::pipeline::{Carried, Collector};
use secspan_metrics::family::{Family, Kind, Point, PointValue};
use secspan_metrics::reader::Reader;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, TraceId};
use secspan_testkit::span::{self, TestSpan};

use crate::support::{context, free_addresses, page, points, post, read, start};

#[tokio::test(flavor = "multi_thread")]
async fn redacted_for_one_destination_and_not_for_another() {
    let [otlp, plain, redacted] = free_addresses();
    let yaml = format!(
        "
receivers: {{ otlp: {{ protocols: {{ http: {{ endpoint: '{otlp}' }} }} }} }}
processors:
  redaction: {{ allow_all_keys: true, blocked_values: ['4\\d+'] }}
  batch: {{}}
  filter: {{ traces: {{ span: ['name == \"noise\"'] }} }}
connectors:
  spanmetrics/plain: {{ initial_zero: false, dimensions: [{{ name: card }}] }}
  spanmetrics/redacted: {{ initial_zero: false, dimensions: [{{ name: card }}] }}
exporters:
  prometheus/plain: {{ endpoint: '{plain}' }}
  prometheus/redacted: {{ endpoint: '{redacted}' }}
  debug: {{}}
  debug/redacted: {{}}
service:
  pipelines:
    traces: {{ receivers: [otlp], exporters: [spanmetrics/plain, debug] }}
    traces/batched: {{ receivers: [otlp], processors: [batch], exporters: [debug] }}
    traces/redacted: {{ receivers: [otlp], processors: [redaction, filter], exporters: [spanmetrics/redacted, debug/redacted] }}
    metrics/plain: {{ receivers: [spanmetrics/plain], exporters: [prometheus/plain] }}
    metrics/redacted: {{ receivers: [spanmetrics/redacted], exporters: [prometheus/redacted] }}
"
    );
    let loaded = read(&yaml).unwrap();
    let (collector, context) = start(&yaml, &loaded).await;
    let spans = ["pay", "noise"]
        .map(|name| TestSpan::new(TraceId([1; 16]), SpanId([7; 8]), name).with("card", "4711"));
    post(otlp, "traces", span::request(&spans)).await;
    let (plain, redacted) = (page(plain).await, page(redacted).await);
    for (page, name, card, is_there) in [
        (&plain, "pay", "4711", true),
        (&plain, "noise", "4711", true),
        (&redacted, "pay", "****", true),
        (&redacted, "pay", "4711", false),
        (&redacted, "noise", "****", false),
    ] {
        let counted = page.lines().any(|line| {
            line.contains(&format!(r#"span_name="{name}""#))
                && line.contains(&format!(r#"card="{card}""#))
        });
        assert_eq!(counted, is_there, "{name} {card}\n{page}");
    }
    assert_eq!(collector.stop().await, 0);
    let accounts = context.ledger().accounts();
    let exported = |name: &str| {
        let own = accounts.iter().find(|((own, _), _)| own == name);
        own.map(|(_, account)| account.exported)
    };
    // A processor that does nothing makes no second way to the same destination.
    assert_eq!(
        (exported("debug"), exported("debug/redacted")),
        (Some(2), Some(1))
    );
    let processings = context.ledger().processings();
    let filter = processings.iter().find(|((name, _), _)| name == "filter");
    let (_, filter) = filter.unwrap();
    assert_eq!((filter.incoming, filter.outgoing), (2, 1));
}

/// A receiver that measures, as `hostmetrics` would.
#[derive(Debug)]
struct Meter;

struct Idle;

impl Running for Idle {
    fn stop(self: Box<Self>, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

impl MetricSource for Meter {
    fn collect(&self, _: Reader, _: UnixNanos, out: &mut Vec<Family>) {
        out.push(Family {
            name: "load".into(),
            help: "For tests.".into(),
            kind: Kind::Gauge,
            unit: "".into(),
            points: vec![Point {
                labels: Arc::from([]),
                created: UnixNanos(0),
                value: PointValue::Gauge(0.5),
            }],
        });
    }
}

impl ReceiverConfig for Meter {
    fn start(
        self: Box<Self>,
        _: &str,
        _: Arc<dyn PipelineInput>,
        _: &Context,
    ) -> BoxFuture<'static, Result<ReceiverPart, StartError>> {
        let part = ReceiverPart {
            metrics: Some(Arc::new(Self)),
            push_interval: Some(Duration::from_hours(1)),
            ..ReceiverPart::new(Idle)
        };
        Box::pin(std::future::ready(Ok(part)))
    }
}

/// Starts a configuration whose only receiver is a [`Meter`].
async fn start_metered(loaded: &Loaded) -> (Collector, Context) {
    let mut parsed = components::parse(&loaded.document, &Report::new());
    for receiver in parsed.receivers.values_mut() {
        *receiver = Box::new(Meter);
    }
    let context = context();
    let carried = Carried::default();
    let started = Collector::start(&loaded.document, parsed, context.clone(), &carried);
    (started.await.unwrap(), context)
}

fn metered(page: SocketAddr, processors: &str) -> String {
    format!(
        "
receivers: {{ otlp: {{ protocols: {{ http: {{ endpoint: 127.0.0.1:1 }} }} }} }}
processors: {{ resource: {{ attributes: [{{ key: service.name, value: host, action: upsert }}] }} }}
exporters: {{ prometheus: {{ endpoint: '{page}' }}, debug: {{}} }}
service:
  pipelines:
    metrics: {{ receivers: [otlp], processors: [{processors}], exporters: [prometheus, debug] }}
"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_measures_is_read_and_pushed() {
    let [address] = free_addresses();
    let (collector, context) = start_metered(&read(&metered(address, "")).unwrap()).await;
    let shown = page(address).await;
    assert!(shown.contains("load 0.5"), "{shown}");
    assert_eq!(collector.stop().await, 0);
    // The reading at the stop.
    let accounts = context.ledger().accounts();
    assert!(
        accounts
            .iter()
            .any(|((name, _), own)| name == "debug" && own.exported == 1)
    );
    // What a connector or receiver measures itself was not received from anyone.
    assert!(context.ledger().receptions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_metrics_are_carried_to_shows_them_after_a_reload_too() {
    let [otlp, address] = free_addresses();
    let yaml = metered(address, "").replace("127.0.0.1:1 ", &format!("'{otlp}' "));
    let loaded = read(&yaml).unwrap();
    let (collector, _) = start(&yaml, &loaded).await;
    post(otlp, "metrics", points(secspan_collector::clock::now())).await;
    let carried = collector.suspend().await;
    let parsed = components::parse(&loaded.document, &Report::new());
    let again = Collector::start(&loaded.document, parsed, context(), &carried);
    let again = again.await.unwrap();
    let shown = page(address).await;
    assert!(shown.contains("\nedge_points"), "{shown}");
    again.stop().await;
}
