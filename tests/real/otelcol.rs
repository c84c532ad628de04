//! The upstream collector beside ours: the same spans give the same numbers, and each can feed the other.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use secspan_tests::collector::{Collector, free_addresses};
use secspan_tests::http;
use secspan_tests::load::{Mix, Template};
use secspan_tests::poll;
use secspan_tests::sender::{Encoding, Sender};
use secspan_tests::stack::Upstream;
use secspan_tests::workflow::Workflow;

use crate::send;

/// Labels that only one of the two has: what its Prometheus exporter makes of resources and scopes, and instance ids.
const FOREIGN: [&str; 6] = [
    "collector_instance_id",
    "instance",
    "job",
    "otel_scope_name",
    "otel_scope_schema_url",
    "otel_scope_version",
];

/// A series: its name, and its labels in order.
type Key = (String, Vec<(String, String)>);

type Series = BTreeMap<Key, f64>;

/// The call and duration series of a page, by name and labels.
fn span_metrics(address: SocketAddr) -> Series {
    let page = http::get(address, "/metrics", &[]).unwrap().text();
    let wanted = [
        "traces_span_metrics_calls_total",
        "traces_span_metrics_duration_milliseconds",
    ];
    page.lines()
        .filter(|line| wanted.iter().any(|name| line.starts_with(name)))
        .filter_map(parse)
        .collect()
}

fn parse(line: &str) -> Option<(Key, f64)> {
    let line = line.split(" # ").next()?;
    let (series, value) = line.rsplit_once(' ')?;
    let (name, labels) = series.split_once('{')?;
    let mut labels: Vec<(String, String)> = labels
        .trim_end_matches('}')
        .split("\",")
        .filter_map(|pair| pair.split_once("=\""))
        .map(|(key, value)| (key.to_owned(), value.trim_end_matches('"').to_owned()))
        .filter(|(key, _)| !FOREIGN.contains(&key.as_str()))
        .map(|(key, value)| {
            if key == "le" {
                (key, bound(&value))
            } else {
                (key, value)
            }
        })
        .collect();
    labels.sort();
    Some(((name.to_owned(), labels), value.parse().ok()?))
}

/// One spelling for a bucket bound: `1` and `1.0` are the same.
fn bound(text: &str) -> String {
    text.parse::<f64>()
        .map_or_else(|_| text.to_owned(), |bound| bound.to_string())
}

async fn send_load(address: SocketAddr, requests: &[Bytes]) {
    let mut sender = Sender::connect(address).await.unwrap();
    for request in requests {
        let answer = sender.export(request, Encoding::Identity).await.unwrap();
        assert_eq!((answer.status, answer.rejected), (0, 0));
    }
}

#[test]
fn every_count_and_bucket_agrees() {
    let [nowhere] = free_addresses().unwrap();
    let upstream = Upstream::start("otelcol-spanmetrics.yaml", nowhere).unwrap();
    let settings = [
        "connectors.spanmetrics.histogram.unit=ms",
        "connectors.spanmetrics.histogram.explicit.buckets=[100ms, 500ms, 1s, 5s, 30s, 1m, 2m, 5m, 10m, 30m]",
        "connectors.spanmetrics.dimensions=[{name: secops.workflow.name}, {name: secops.priority}]",
    ];
    let collector = Collector::start(&settings).unwrap();
    let requests: Vec<Bytes> = (0..20)
        .map(|seed| {
            let nanos = 1_700_000_000_000_000_000;
            Template::new(Mix::Mixed, 500, nanos, u64::from(seed)).fresh(seed + 1)
        })
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        send_load(upstream.otlp, &requests).await;
        send_load(collector.grpc, &requests).await;
    });
    let total = |series: &Series| -> f64 {
        let calls = series
            .iter()
            .filter(|((name, _), _)| name.ends_with("calls_total"));
        calls.map(|(_, value)| value).sum()
    };
    let mut theirs = Series::new();
    poll::until(
        "all spans at the upstream collector",
        Duration::from_secs(30),
        || {
            theirs = span_metrics(upstream.metrics);
            (total(&theirs) >= 10_000.0).then_some(())
        },
    )
    .unwrap_or_else(|error| panic!("{error}: {}", upstream.log()));
    // The first scrape may show new series at 0.
    span_metrics(collector.metrics);
    let ours = span_metrics(collector.metrics);
    assert!((total(&ours) - 10_000.0).abs() < 1e-6, "{}", total(&ours));
    let differing: Vec<_> = theirs
        .iter()
        .filter(|(key, value)| {
            ours.get(*key)
                .is_none_or(|own| (own - **value).abs() > **value * 1e-9)
        })
        .take(5)
        .map(|(key, value)| (key, value, ours.get(key)))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
    let missing: Vec<_> = ours
        .keys()
        .filter(|key| !theirs.contains_key(*key))
        .take(5)
        .collect();
    assert!(missing.is_empty(), "only ours: {missing:#?}");
}

#[test]
fn it_forwards_to_ours() {
    let collector = Collector::start(&[]).unwrap();
    let upstream = Upstream::start("otelcol-forward.yaml", collector.grpc).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let request = Template::new(Mix::Mixed, 200, 1_700_000_000_000_000_000, 7).fresh(1);
    runtime.block_on(send_load(upstream.otlp, &[request]));
    poll::until(
        "200 spans from the upstream collector",
        Duration::from_secs(30),
        || {
            let accepted =
                collector.own_metric("otelcol_receiver_accepted_spans{receiver=\"otlp\"}")?;
            (accepted >= 200.0).then_some(())
        },
    )
    .unwrap_or_else(|error| panic!("{error}: {} {}", upstream.log(), collector.log()));
    assert_eq!(collector.enrichments(1).unwrap().len(), 1);
}

#[test]
fn it_receives_from_ours() {
    let last = Collector::start(&[]).unwrap();
    let upstream = Upstream::start("otelcol-forward.yaml", last.grpc).unwrap();
    let endpoint = format!("http://{}", upstream.otlp);
    let first =
        Collector::start_with(&[], &[("SECSPAN_TEMPO_ENDPOINT", endpoint.as_str())]).unwrap();
    send(&first, &Workflow::new(1));
    let here = first.enrichments(1).unwrap();
    let there = last.enrichments(1).unwrap();
    assert_eq!(here, there, "two collectors, one line");
}
