//! Writes the seeds: small requests that use what a fuzzer finds slowly by itself.

use std::fs;
use std::io;
use std::path::Path;

use secspan_otlp::encode::{Any, LogRequest, Scope, TraceRequest};
use secspan_otlp::json;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, SpanKind, StatusCode, TraceId};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for (name, bytes) in traces() {
        write(&root, "walk_traces", name, &bytes)?;
        if let Ok(text) = json::traces_to_json(&bytes) {
            write(&root, "json", name, text.as_bytes())?;
        }
    }
    let logs = logs();
    write(&root, "walk_logs", "event", &logs)?;
    write(
        &root,
        "json",
        "log_event",
        json::logs_to_json(&logs).unwrap_or_default().as_bytes(),
    )?;
    for (name, text) in METRICS {
        let wire = json::metrics_to_wire(text.as_bytes(), usize::MAX).map_err(io::Error::other)?;
        write(&root, "walk_metrics", name, &wire)?;
        write(&root, "json", name, text.as_bytes())?;
    }
    Ok(())
}

fn write(root: &Path, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = root.join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}

fn traces() -> Vec<(&'static str, Vec<u8>)> {
    let span = b"\x0a\x05\x12\x03\x12\x01";
    let in_span = |fields: &[u8]| {
        let len = fields.len() as u8;
        [&[0x0a, len + 4, 0x12, len + 2, 0x12, len], fields].concat()
    };
    vec![
        ("full", full()),
        ("unknown_fields", in_span(b"\x88\x01\x05\x91\x01\0\0\0\0\0\0\0\0\x9a\x01\x01x\xfd\x07abcd")),
        ("unknown_group", in_span(b"\x8b\x01\x08\x01\x93\x01\x94\x01\x8c\x01")),
        // A list in two parts; a value that is replaced; a value before its key.
        ("split_list", in_span(b"\x4a\x13\x0a\x01a\x12\x06\x2a\x04\x0a\x02\x18\x01\x12\x06\x2a\x04\x0a\x02\x18\x02")),
        ("replaced_value", in_span(b"\x4a\x0b\x12\x02\x18\x01\x12\x02\x10\x01\x0a\x01a")),
        // The scope after its span, the resource after its scopes and in two parts.
        ("late_scope", b"\x0a\x13\x12\x09\x12\x00\x0a\x03\x0a\x01s\x12\x00\x0a\x02\x10\x01\x0a\x02\x10\x02".to_vec()),
        ("overlong", b"\x8a\x00\x88\x80\x00\x12\x86\x00\x12\x04\x2a\x82\x00x".to_vec()),
        ("truncated", span.to_vec()),
    ]
}

fn full() -> Vec<u8> {
    let mut request = TraceRequest::new();
    request.resource(&[("service.name", "s".into())], |resource| {
        let scope = Scope {
            name: "lib",
            version: "1",
            attributes: &[("a", true.into())],
        };
        resource.scope(&scope, |scope| {
            scope.span(|span| {
                span.trace_id(TraceId([1; 16]))
                    .span_id(SpanId([2; 8]))
                    .parent(SpanId([3; 8]));
                span.trace_state("a=b")
                    .name("gr\u{fc}n")
                    .kind(SpanKind::Client);
                span.start(UnixNanos(1)).end(UnixNanos(2)).flags(0x101);
                span.attribute("list", [Any::Int(-1), Any::Double(0.5)].as_slice());
                span.attribute(
                    "map",
                    Any::Map(&[("k", Any::Bytes(b"\xff")), ("l", "v".into())]),
                );
                span.event("event", UnixNanos(3), |event| {
                    event.attribute("http.response.status_code", 200);
                });
                span.link(TraceId([4; 16]), SpanId([5; 8]), |link| {
                    link.attribute("why", "follows").flags(1);
                });
                span.status(StatusCode::Error, "no");
            });
        });
        resource.schema_url("https://example.test/schema");
    });
    request.finish()
}

fn logs() -> Vec<u8> {
    let mut request = LogRequest::new();
    request.resource(&[("service.name", "s".into())], |resource| {
        resource.scope(&Scope::default(), |scope| {
            scope.log(|log| {
                log.time(UnixNanos(1))
                    .severity(9, "INFO")
                    .event_name("event");
                log.body([Any::Int(1), Any::Str("x")].as_slice())
                    .attribute("a", 1);
                log.trace_id(TraceId([1; 16])).span_id(SpanId([2; 8]));
            });
        });
    });
    request.finish()
}

const METRICS: [(&str, &str); 2] = [
    (
        "sum",
        r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":{"dataPoints":[{"asInt":"5","timeUnixNano":"1","exemplars":[{"asDouble":1.5,"traceId":"0102","filteredAttributes":[{"key":"a","value":{"boolValue":true}}]}]}],"isMonotonic":true,"aggregationTemporality":2}}]}]}]}"#,
    ),
    (
        "histograms",
        r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[{"count":"2","bucketCounts":["1","1"],"explicitBounds":[0.5]}]}},{"exponentialHistogram":{"dataPoints":[{"scale":-1,"positive":{"offset":-3,"bucketCounts":["1"]}}]}},{"summary":{"dataPoints":[{"quantileValues":[{"quantile":0.5,"value":1}]}]}}]}]}]}"#,
    ),
];
