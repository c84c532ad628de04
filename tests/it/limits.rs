//! Requests that are too large, hostile or nonsense: a clear answer, bounded memory, and the collector lives.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use secspan_tests::collector::Collector;
use secspan_tests::workflow::Workflow;
use secspan_tests::{http, poll};
use serde_json::json;

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

/// More than this means that a hostile request was unpacked.
const MEMORY_BOUND_MIB: f64 = 200.0;

fn assert_lives(mut collector: Collector) {
    assert!(collector.is_alive(), "{}", collector.log());
    let body = Workflow::request(&Workflow::new(9).spans());
    let headers = [("content-type", "application/json")];
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(collector.enrichments(1).unwrap().len(), 1);
    let peak = collector.peak_rss_mib();
    assert!(peak < MEMORY_BOUND_MIB, "peak memory {peak} MiB");
}

#[test]
fn random_bytes_are_refused_with_the_place() {
    let collector = Collector::start(&[]).unwrap();
    let body: Vec<u8> = (0u64..10_000)
        .map(|n| u8::try_from(n * 2_654_435 % 251).unwrap())
        .collect();
    let answer = http::post(collector.http, "/v1/traces", &[PROTOBUF], &body).unwrap();
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(answer.text().contains("at byte"), "{}", answer.text());
    let log = collector.log();
    assert!(log.contains("rejected a traces request"), "{log}");
    assert_lives(collector);
}

#[test]
fn a_zstd_bomb_is_stopped_at_the_limit() {
    let collector = Collector::start(&[]).unwrap();
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    let zeros = vec![0u8; 1 << 20];
    for _ in 0..2_048 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(
        bomb.len() < 1 << 20,
        "2 GiB of zeros in {} bytes",
        bomb.len()
    );
    let headers = [PROTOBUF, ("content-encoding", "zstd")];
    let answer = http::post(collector.http, "/v1/traces", &headers, &bomb).unwrap();
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert_lives(collector);
}

#[test]
fn a_wrong_content_type_is_named() {
    let collector = Collector::start(&[]).unwrap();
    let headers = [("content-type", "text/csv")];
    let answer = http::post(collector.http, "/v1/traces", &headers, b"a,b").unwrap();
    assert_eq!(answer.status, 415, "{}", answer.text());
    assert!(
        answer.text().contains("application/x-protobuf"),
        "{}",
        answer.text()
    );
    assert_lives(collector);
}

#[test]
fn a_request_over_the_size_limit_is_refused() {
    let collector = Collector::start(&[]).unwrap();
    let body = vec![0u8; 21 << 20];
    let answer = http::post(collector.http, "/v1/traces", &[PROTOBUF], &body).unwrap();
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert_lives(collector);
}

#[test]
fn an_overload_says_when_to_come_back() {
    let collector = Collector::start(&[
        "receivers.otlp.max_in_flight_bytes=1MiB",
        "receivers.otlp.protocols.grpc.max_recv_msg_size_mib=1",
        "receivers.otlp.protocols.http.max_request_body_size=1MiB",
    ])
    .unwrap();
    let body = Workflow::request(&Workflow::new(1).spans());
    let headers = [("content-type", "application/json")];
    let small = || http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).ok();
    // A request that is never finished holds all the room there is. It has the room only once the collector has read it,
    // and not at all if the small request was there first: then the next attempt decides.
    let mut slow = None;
    let answer = poll::until("a refusal", Duration::from_secs(20), || {
        if slow.is_none() {
            slow = Some(unfinished(collector.http));
            return None;
        }
        let refused = small().filter(|answer| answer.status != 200);
        if refused.is_none() {
            slow = None;
        }
        refused
    })
    .unwrap();
    assert!(
        matches!(answer.status, 429 | 503),
        "{} {}",
        answer.status,
        answer.text()
    );
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!(seconds >= 1);
    drop(slow);
    poll::until("room again", Duration::from_secs(10), || {
        small().filter(|answer| answer.status == 200)
    })
    .unwrap();
}

/// A request of 1 MiB whose last bytes never come.
fn unfinished(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = "POST /v1/traces HTTP/1.1\r\nhost: slow\r\ncontent-type: application/x-protobuf\r\ncontent-length: 1048576\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![0u8; 1_048_000]).unwrap();
    stream
}

#[test]
fn spans_that_break_the_schema_are_a_partial_success() {
    let collector = Collector::start(&[]).unwrap();
    let mut spans = Workflow::new(5).spans();
    let mut broken = spans[0].clone();
    broken["spanId"] = "0000000000000000".into();
    spans.push(broken);
    let body = Workflow::request(&spans);
    let headers = [("content-type", "application/json")];
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["partialSuccess"]["rejectedSpans"], "1", "{text}");
    assert!(text.contains("span_id is all zero"), "{text}");
    assert_eq!(collector.enrichments(1).unwrap().len(), 1);
}

#[test]
fn a_harmless_type_never_rejects_a_span() {
    let collector = Collector::start(&[]).unwrap();
    let mut spans = Workflow::new(8).spans();
    let facts = spans.last_mut().unwrap()["attributes"]
        .as_array_mut()
        .unwrap();
    facts.push(
        json!({ "key": "secops.workflow.trigger", "value": { "arrayValue": { "values": [] } } }),
    );
    let body = Workflow::request(&spans);
    let headers = [("content-type", "application/json")];
    let answer = http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let partial = &answer["partialSuccess"];
    let said = partial["errorMessage"].as_str().unwrap();
    assert!(
        said.contains("secops.workflow.trigger is not read"),
        "{text}"
    );
    assert!(
        matches!(partial["rejectedSpans"].as_str(), None | Some("0")),
        "{text}"
    );
    assert_eq!(collector.enrichments(1).unwrap().len(), 1);
}
