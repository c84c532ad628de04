//! One text that is no Unicode costs its own characters, never the request that it came in.

use secspan_otlp::json;
use secspan_tests::collector::Collector;
use secspan_tests::http;
use secspan_tests::workflow::Workflow;
use serde_json::Value;

/// A note on a stage that a client cut in the middle of a character; `?` is where.
const NOTE: &str = "cut in the middle of a character: ?";

/// The request of a workflow, one of whose stages carries the note.
fn request(workflow: &Workflow) -> String {
    let mut spans = workflow.spans();
    let note = serde_json::json!({ "key": "note", "value": { "stringValue": NOTE } });
    let attributes = spans[0]["attributes"].as_array_mut();
    attributes.unwrap().push(note);
    Workflow::request(&spans)
}

fn post(collector: &Collector, content_type: &str, body: &[u8]) -> String {
    let headers = [("content-type", content_type)];
    let answer = http::post(collector.http, "/v1/traces", &headers, body).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// The only record, once it is there.
fn record(collector: &Collector) -> Value {
    let lines = collector.enrichments(1).unwrap();
    serde_json::from_str(&lines[0]).unwrap()
}

#[test]
fn a_byte_that_is_no_utf_8_in_protobuf() {
    let workflow = Workflow::new(1);
    let collector = Collector::start(&[]).unwrap();
    let mut wire = json::traces_to_wire(request(&workflow).as_bytes(), 1 << 20).unwrap();
    let at = wire
        .windows(NOTE.len())
        .position(|part| part == NOTE.as_bytes());
    wire[at.expect("the note") + NOTE.len() - 1] = 0xe2;
    let answer = post(&collector, "application/x-protobuf", &wire);
    assert!(
        answer.contains("text is not valid UTF-8 at byte"),
        "{answer}"
    );
    assert_eq!(record(&collector)["ticket_id"], workflow.ticket());
}

#[test]
fn half_a_surrogate_pair_in_json() {
    let workflow = Workflow::new(2);
    let collector = Collector::start(&[]).unwrap();
    let body = request(&workflow).replace('?', "\\ud83d");
    let answer = post(&collector, "application/json", body.as_bytes());
    assert!(answer.contains("was replaced by U+FFFD"), "{answer}");
    assert!(!answer.contains("rejectedSpans"), "{answer}");
    assert_eq!(record(&collector)["ticket_id"], workflow.ticket());
}

#[test]
fn keys_as_the_protobuf_files_spell_them_and_keys_that_nobody_knows() {
    let workflow = Workflow::new(3);
    let collector = Collector::start(&[]).unwrap();
    let old = r#"{"resourceSpans":[{"instrumentationLibrarySpans":[]}],"spans":[]}"#;
    let answer = post(&collector, "application/json", old.as_bytes());
    assert!(
        answer.contains("unknown fields are ignored: instrumentationLibrarySpans, spans"),
        "{answer}"
    );
    let snake = request(&workflow)
        .replace("resourceSpans", "resource_spans")
        .replace("scopeSpans", "scope_spans")
        .replace("startTimeUnixNano", "start_time_unix_nano");
    assert_eq!(post(&collector, "application/json", snake.as_bytes()), "{}");
    assert_eq!(record(&collector)["ticket_id"], workflow.ticket());
}
