//! The JSON form against `opentelemetry-proto`'s, and the errors people see.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::Message as _;

use super::*;
use crate::Signal;
use crate::walk::tests::generate::{self, Random};

/// Far above every text here.
const BYTES_MAX: usize = 1 << 20;

fn first_span(json: &str) -> opentelemetry_proto::tonic::trace::v1::Span {
    let wire = traces_to_wire(json.as_bytes(), BYTES_MAX).unwrap();
    let request = ExportTraceServiceRequest::decode(wire.as_slice()).unwrap();
    request.resource_spans[0].scope_spans[0].spans[0].clone()
}

fn in_span(fields: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{fields}}}]}}]}}]}}"#)
}

#[test]
fn a_span_of_any_shape_is_read() {
    let span = first_span(&in_span(
        r#""traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174",
        "parentSpanId":"","name":"\u00e9t\u00e9","kind":"SPAN_KIND_SERVER","flags":257,
        "startTimeUnixNano":"1544712660000000001","endTimeUnixNano":1544712661000000003,
        "droppedEventsCount":2,"madeUp":{"deep":[1,{"x":null}]},"traceState":null,
        "status":{"code":2,"message":"no"},
        "links":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"}],
        "events":[{"timeUnixNano":"5","name":"e","attributes":[]}]"#,
    ));
    assert_eq!(span.trace_id[..2], [0x5b, 0x8e]);
    assert_eq!((span.span_id.len(), span.parent_span_id.len()), (8, 0));
    assert_eq!(
        (span.name.as_str(), span.kind, span.flags),
        ("\u{e9}t\u{e9}", 2, 257)
    );
    assert_eq!(span.start_time_unix_nano, 1_544_712_660_000_000_001);
    assert_eq!(span.end_time_unix_nano, 1_544_712_661_000_000_003);
    assert_eq!((span.dropped_events_count, span.links.len()), (2, 1));
    assert_eq!(span.status.unwrap().message, "no");
    assert_eq!(
        (span.events[0].time_unix_nano, span.events[0].name.as_str()),
        (5, "e")
    );
}

#[test]
fn values_of_every_type_are_read() {
    let cases = [
        (r#""stringValue":"""#, Value::StringValue(String::new())),
        (r#""boolValue":false"#, Value::BoolValue(false)),
        (
            r#""intValue":"-9223372036854775808""#,
            Value::IntValue(i64::MIN),
        ),
        (r#""intValue":42"#, Value::IntValue(42)),
        (r#""intValue":1e3"#, Value::IntValue(1000)),
        (r#""doubleValue":0.1"#, Value::DoubleValue(0.1)),
        (r#""doubleValue":2"#, Value::DoubleValue(2.0)),
        (
            r#""doubleValue":"-Infinity""#,
            Value::DoubleValue(f64::NEG_INFINITY),
        ),
        (
            r#""bytesValue":"+/8=""#,
            Value::BytesValue(vec![0xfb, 0xff]),
        ),
        (r#""bytesValue":"-_8""#, Value::BytesValue(vec![0xfb, 0xff])),
        (
            r#""intValue":1,"stringValue":"last""#,
            Value::StringValue("last".to_owned()),
        ),
    ];
    for (json, expected) in cases {
        let attribute = format!(r#""attributes":[{{"key":"k","value":{{{json}}}}}]"#);
        let span = first_span(&in_span(&attribute));
        let value = span.attributes[0].value.clone().unwrap().value;
        assert_eq!(value, Some(expected), "{json}");
    }
}

#[test]
fn errors_name_the_place_and_what_is_allowed() {
    let span = "resourceSpans[0].scopeSpans[0].spans[0]";
    let cases = [
        (in_span(r#""name":7"#), format!("{span}.name: invalid type: integer `7`, expected text at line 1 column 52")),
        (in_span(r#""kind":"SERVER""#), format!("{span}.kind: invalid value: string \"SERVER\", expected a number or a name like SPAN_KIND_INTERNAL at line 1 column 59")),
        (in_span(r#""traceId":"5b8"#), format!("{span}.traceId: EOF while parsing a string at line 1 column 65")),
        (in_span(r#""spanId":"5g""#), format!("{span}.spanId: invalid value: string \"5g\", expected hexadecimal digits, two for each byte at line 1 column 57")),
        (in_span(r#""startTimeUnixNano":-1"#), format!("{span}.startTimeUnixNano: integer -1 is out of range at line 1 column 66")),
        (in_span(r#""startTimeUnixNano":1.5"#), format!("{span}.startTimeUnixNano: invalid value: floating point `1.5`, expected an integer, as a number or as text at line 1 column 67")),
        (in_span(r#""events":{}"#), format!("{span}.events: invalid type: map, expected a list at line 1 column 55")),
        (in_span(r#""attributes":[{"value":{"boolValue":"yes"}}]"#), format!("{span}.attributes[0].value.boolValue: invalid type: string \"yes\", expected true or false at line 1 column 85")),
        ("[]".to_owned(), "request: invalid type: sequence, expected an object (ExportTraceServiceRequest) at line 1 column 0".to_owned()),
        ("{} x".to_owned(), "request: trailing characters at line 1 column 4".to_owned()),
        (String::new(), "request: EOF while parsing a value at line 1 column 0".to_owned()),
    ];
    for (json, expected) in cases {
        let error = traces_to_wire(json.as_bytes(), BYTES_MAX).unwrap_err();
        assert_eq!(error.to_string(), expected, "{json}");
    }
}

#[test]
fn text_that_is_not_unicode_costs_its_own_characters_alone() {
    let half = in_span(r#""name":"half \ud83d pair","spanId":"eee19b7ec3c1b174""#);
    let read = to_wire(Signal::Traces, half.as_bytes(), BYTES_MAX).unwrap();
    assert!(
        walk::traces(
            &read.bytes,
            &Keys::new(),
            &UNLIMITED,
            &mut |span: &SpanView<'_, '_>| {
                assert!(span.name.starts_with("half \u{fffd}") && span.name.ends_with(" pair"));
                assert_eq!(span.span_id.len(), 8);
            }
        )
        .is_ok()
    );
    assert_eq!(
        read.remark,
        "text that is not Unicode, first at resourceSpans[0].scopeSpans[0].spans[0].name, was replaced by U+FFFD"
    );
    let mut bytes = in_span(r#""name":"byte ?""#).into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[at] = 0xff;
    assert!(to_wire(Signal::Traces, &bytes, BYTES_MAX).is_ok());
    let whole = in_span(r#""name":"\ud83d\ude00""#);
    assert_eq!(first_span(&whole).name, "\u{1f600}");
    let read = to_wire(Signal::Traces, whole.as_bytes(), BYTES_MAX).unwrap();
    assert_eq!(read.remark, "");
}

#[test]
fn keys_of_the_protobuf_files_are_read_and_unknown_ones_near_the_top_are_named() {
    let snake = r#"{"resource_spans":[{"scope_spans":[{"spans":[{"name":"pay","start_time_unix_nano":"7"}]}]}]}"#;
    let span = first_span(snake);
    assert_eq!((span.name.as_str(), span.start_time_unix_nano), ("pay", 7));
    let cases = [
        (
            r#"{"resourceSpans":[{"instrumentationLibrarySpans":[{"spans":[{"name":"old"}]}]}]}"#,
            "instrumentationLibrarySpans",
        ),
        (r#"{"resourceLogs":[],"spans":[]}"#, "resourceLogs, spans"),
        (
            r#"{"resource__spans":[],"Resource_spans":[]}"#,
            "resource__spans, Resource_spans",
        ),
    ];
    for (json, keys) in cases {
        let read = to_wire(Signal::Traces, json.as_bytes(), BYTES_MAX).unwrap();
        assert_eq!(read.remark, format!("unknown fields are ignored: {keys}"));
    }
    // Deeper ones come from newer versions of the protocol.
    let newer = in_span(r#""madeUp":1"#);
    let read = to_wire(Signal::Traces, newer.as_bytes(), BYTES_MAX).unwrap();
    assert_eq!(read.remark, "");
}

#[test]
fn depth_and_size_are_bounded() {
    let deep = |levels: usize| {
        let value = format!(
            "{}{{\"boolValue\":true}}{}",
            r#"{"arrayValue":{"values":["#.repeat(levels),
            "]}}".repeat(levels)
        );
        in_span(&format!(r#""attributes":[{{"key":"k","value":{value}}}]"#))
    };
    let error = traces_to_wire(deep(60).as_bytes(), BYTES_MAX).unwrap_err();
    assert!(
        error.to_string().contains("recursion limit exceeded"),
        "{error}"
    );
    // The deepest that is read is not too deep for the walk.
    let deepest = (1..60)
        .rev()
        .find_map(|levels| traces_to_wire(deep(levels).as_bytes(), BYTES_MAX).ok());
    assert!(traces_to_json(&deepest.unwrap()).is_ok());

    let json = in_span(r#""name":"0123456789""#);
    let wire = traces_to_wire(json.as_bytes(), BYTES_MAX).unwrap();
    assert!(traces_to_wire(json.as_bytes(), wire.len()).is_ok());
    let error = traces_to_wire(json.as_bytes(), 10).unwrap_err();
    assert_eq!(error, JsonError::TooLarge { bytes_max: 10 });
    assert!(traces_to_wire(&b"[".repeat(1_000_000), BYTES_MAX).is_err());
}

#[test]
fn log_records_are_read() {
    let json = r#"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name",
        "value":{"stringValue":"s"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1",
        "severityNumber":"SEVERITY_NUMBER_WARN","eventName":"scan.done","traceId":"0a",
        "body":{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}}]}}}]}]}]}"#;
    let wire = logs_to_wire(json.as_bytes(), BYTES_MAX).unwrap();
    let request = ExportLogsServiceRequest::decode(wire.as_slice()).unwrap();
    let record = &request.resource_logs[0].scope_logs[0].log_records[0];
    assert_eq!(
        (record.severity_number, record.event_name.as_str()),
        (13, "scan.done")
    );
    assert_eq!(
        (record.trace_id.as_slice(), record.time_unix_nano),
        ([0x0a].as_slice(), 1)
    );
    let Some(Value::KvlistValue(list)) = record.body.clone().unwrap().value else {
        panic!()
    };
    assert_eq!(list.values[0].key, "a");
    let again = logs_to_wire(logs_to_json(&wire).unwrap().as_bytes(), BYTES_MAX).unwrap();
    assert_eq!(
        ExportLogsServiceRequest::decode(again.as_slice()),
        Ok(request)
    );
}

#[test]
fn metrics_of_every_number_type_round_trip() {
    let json = concat!(
        r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","#,
        r#""exponentialHistogram":{"dataPoints":[{"count":"3","sum":1.5,"scale":-2,"#,
        r#""positive":{"offset":-7,"bucketCounts":["1","18446744073709551615"]},"flags":1,"#,
        r#""min":"NaN"}],"aggregationTemporality":2}},"#,
        r#"{"sum":{"dataPoints":[{"asInt":"-5"}],"isMonotonic":true}}]}]}]}"#
    );
    let wire = metrics_to_wire(json.as_bytes(), BYTES_MAX).unwrap();
    assert_eq!(walk::metrics(&wire, &UNLIMITED).unwrap().data_points, 2);
    assert_eq!(metrics_to_json(&wire).unwrap(), json);
}

#[test]
fn answers_have_the_names_of_their_signal() {
    assert_eq!(export_response(Signal::Traces, 0, ""), "{}");
    assert_eq!(
        export_response(Signal::Logs, 2, "no \"body\""),
        r#"{"partialSuccess":{"errorMessage":"no \"body\"","rejectedLogRecords":"2"}}"#
    );
    assert_eq!(
        export_response(Signal::Metrics, 1, ""),
        r#"{"partialSuccess":{"rejectedDataPoints":"1"}}"#
    );
    assert_eq!(status(3, "bad"), r#"{"code":3,"message":"bad"}"#);
}

/// What JSON cannot tell apart is equal in this text: the payload of a NaN.
fn decoded<M: prost::Message + Default + std::fmt::Debug>(wire: &[u8]) -> String {
    format!("{:?}", M::decode(wire).unwrap())
}

#[test]
fn generated_requests_survive_json() {
    for seed in 0..300 {
        let generated = |schema| generate::message(&mut Random(seed), schema, seed % 2 == 0);

        let wire = generated(&schema::TRACES);
        let json = traces_to_json(&wire).unwrap();
        let again = traces_to_wire(json.as_bytes(), usize::MAX).unwrap();
        let expected = decoded::<ExportTraceServiceRequest>(&wire);
        assert_eq!(
            decoded::<ExportTraceServiceRequest>(&again),
            expected,
            "seed {seed}"
        );

        let wire = generated(&schema::LOGS);
        let json = logs_to_json(&wire).unwrap();
        let again = logs_to_wire(json.as_bytes(), usize::MAX).unwrap();
        let expected = decoded::<ExportLogsServiceRequest>(&wire);
        assert_eq!(
            decoded::<ExportLogsServiceRequest>(&again),
            expected,
            "seed {seed}"
        );

        let wire = generated(&schema::METRICS);
        let json = metrics_to_json(&wire).unwrap();
        let again = metrics_to_wire(json.as_bytes(), usize::MAX).unwrap();
        let expected = decoded::<ExportMetricsServiceRequest>(&wire);
        assert_eq!(
            decoded::<ExportMetricsServiceRequest>(&again),
            expected,
            "seed {seed}"
        );
    }
}
