//! Runs a processor of a configuration over the requests of tests.

use std::sync::Arc;

use bytes::Bytes;
use secspan_otlp::json;
use secspan_otlp::view::{SpanId, TraceId};
use secspan_testkit::span::{self, TestEvent, TestSpan};

use crate::batch::{Payload, Signal};
use crate::component::ProcessorConfig;
use crate::config::{Section, read_text};
use crate::context::Context;
use crate::pipeline::chain::{Chain, Link};
use crate::telemetry::Telemetry;

type Parse = fn(&mut Section<'_>) -> Box<dyn ProcessorConfig>;

/// A request after the processor of this section.
pub(super) fn processed(parse: Parse, yaml: &str, signal: Signal, bytes: &[u8]) -> Payload {
    let (config, problems) = read_text(yaml, parse);
    assert!(problems.is_empty(), "{problems:?}");
    let context = Context::new(Arc::new(Telemetry::default()));
    let processor = config.build("tested", &context).unwrap().unwrap();
    let name = "tested".to_owned();
    let chain = Chain(vec![Link { name, processor }]);
    let payload = Payload {
        bytes: Bytes::copy_from_slice(bytes),
        items: 1,
    };
    chain.process(signal, payload, context.ledger()).unwrap()
}

/// What is wrong with a section.
pub(super) fn problems(parse: Parse, yaml: &str) -> Vec<String> {
    let (_, problems) = read_text(yaml, parse);
    let show = |own: &crate::config::Problem| {
        let complaint = &own.complaint;
        format!("{}: {}", own.path, complaint.message())
    };
    problems.iter().map(show).collect()
}

/// A span that names a person and a secret, with an event that does.
pub(super) fn span() -> TestSpan {
    let now = secspan_otlp::time::UnixNanos(1);
    TestSpan::new(TraceId([1; 16]), SpanId([2; 8]), "GET /login")
        .with("user", "ann@example.org")
        .with("attempt", 3)
        .with("http.url", "https://h/p?token=4711")
        .event(TestEvent::new("tried", now).with("token", "4711"))
}

/// The attributes of the only span of a request, as JSON on lines.
pub(super) fn attributes(payload: &Payload) -> String {
    let text = json::traces_to_json(&payload.bytes).unwrap();
    let request: serde_json::Value = serde_json::from_str(&text).unwrap();
    let span = request.pointer("/resourceSpans/0/scopeSpans/0/spans/0");
    let lines = |list: Option<&serde_json::Value>| {
        let list = list.and_then(|own| own.as_array());
        let list = list.into_iter().flatten();
        list.map(|own| format!("{} = {}", own["key"].as_str().unwrap(), own["value"]))
            .collect::<Vec<_>>()
    };
    let span = span.unwrap();
    let mut shown = lines(span.get("attributes"));
    let event = lines(span.pointer("/events/0/attributes"));
    shown.extend(event.iter().map(|line| format!("event: {line}")));
    let resource = lines(request.pointer("/resourceSpans/0/resource/attributes"));
    shown.extend(resource.iter().map(|line| format!("resource: {line}")));
    shown.join("\n")
}

/// The request of [`span`].
pub(super) fn request() -> Vec<u8> {
    span::request([&span()])
}
