//! Tests of the document: references, signals, cycles, and the service section.

use tracing_subscriber::filter::LevelFilter;

use super::{Ack, Document, LogFormat};
use crate::batch::Signal;
use crate::config::inventory::sample::inventory;
use crate::config::problem::render::{Colour, text};
use crate::config::{ByteSize, Layer, Report, load};

/// Loads one YAML text; the problems are as printed, without the source's name.
fn read(yaml: &str) -> (Option<Document>, String) {
    let report = Report::new();
    let layers = [Layer::Text {
        name: "t.yaml".to_owned(),
        text: yaml.to_owned(),
    }];
    let loaded = load(&layers, &|_| None, &inventory(), &report);
    let problems = text(&report.problems(), Colour::Plain).replace("t.yaml:", "");
    (loaded.map(|loaded| loaded.document), problems)
}

const SOUND: &str = "
receivers: {otlp: }
connectors: {span_metrics: , workflow: }
exporters: {prometheus: , jsonl: , otlp_grpc/tempo: , otlphttp: }
extensions: {health_check: }
service:
  extensions: [health_check]
  pipelines:
    traces: {receivers: [otlp], exporters: [spanmetrics, workflow, otlp/tempo, otlp_http]}
    metrics/derived: {receivers: [span_metrics], exporters: [prometheus]}
    logs: {receivers: [workflow], exporters: [jsonl]}
";

#[test]
fn a_sound_document_has_no_problems_and_aliases_are_one_name() {
    let (document, problems) = read(SOUND);
    assert_eq!(problems, "");
    let document = document.expect("a document");
    let ids: Vec<String> = document
        .definitions()
        .map(|definition| definition.id.to_string())
        .collect();
    let expected = [
        "otlp",
        "spanmetrics",
        "workflow",
        "jsonl",
        "otlp/tempo",
        "otlphttp",
        "prometheus",
        "health_check",
    ];
    assert_eq!(ids, expected);
    let pipelines: Vec<_> = document
        .service
        .pipelines
        .iter()
        .map(super::Pipeline::id)
        .collect();
    assert_eq!(pipelines, ["traces", "metrics/derived", "logs"]);
    let metrics = document
        .service
        .pipelines
        .get(1)
        .expect("the second pipeline");
    assert_eq!(metrics.signal, Signal::Metrics);
    assert_eq!(
        metrics
            .receivers
            .first()
            .map(|own| own.id.to_string())
            .as_deref(),
        Some("spanmetrics")
    );
}

#[test]
fn the_service_section_has_upstreams_defaults_and_spellings() {
    let telemetry = |yaml: &str| {
        let (document, problems) = read(&SOUND.replace("service:", &format!("service:\n  {yaml}")));
        let service = document.expect("a document").service;
        let address = service
            .telemetry
            .metrics
            .map_or("off".to_owned(), |own| own.to_string());
        (address, service, problems)
    };
    for (yaml, expected) in [
        ("telemetry:", "127.0.0.1:8888"),
        (
            "telemetry: {metrics: {address: 'localhost:1'}}",
            "127.0.0.1:1",
        ),
        ("telemetry: {metrics: {level: none}}", "off"),
        ("telemetry: {metrics: {readers: []}}", "off"),
        (
            "telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: 0.0.0.0, port: 9}}}}]}}",
            "0.0.0.0:9",
        ),
        (
            "telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: }}}]}}",
            "127.0.0.1:8888",
        ),
    ] {
        let (address, _, problems) = telemetry(yaml);
        assert_eq!(
            (address.as_str(), problems.as_str()),
            (expected, ""),
            "{yaml}"
        );
    }
    let (_, service, _) = telemetry("telemetry: {logs: {level: debug, encoding: json}}");
    assert_eq!(service.telemetry.logs.level, LevelFilter::DEBUG);
    assert_eq!(service.telemetry.logs.format, LogFormat::Json);
    let (_, service, problems) = telemetry("write_ahead_log: {max_size: 1GiB}");
    assert_eq!(problems, "");
    assert_eq!(service.write_ahead_log.max_size, ByteSize::gib(1));
    assert_eq!(service.write_ahead_log.ack, Ack::Memory);
}

#[test]
fn definitions_of_what_does_not_exist() {
    let (_, problems) = read(
        "
receivers: {otlp: , jaeger: , spanmetrics: , 'otlp/': }
processors: {batch: }
connectors: {spanmetric: }
exporters: {debug: , logging: }
service: {pipelines: {logs: {receivers: [otlp], exporters: [debug]}}}
",
    );
    insta::assert_snapshot!(problems, @r"
    2:21: error: receivers.jaeger: unknown receiver
      given    jaeger
      allowed  otlp
      hint     send OTLP: every Jaeger client library has an OTLP successor
    2:31: error: receivers.spanmetrics: unknown receiver
      given    spanmetrics
      allowed  otlp
      hint     `spanmetrics` is a connector: define it under `connectors`
    2:46: error: receivers.otlp/: not a component's name
      given    otlp/
      allowed  a kind such as `otlp`, or kind and name: `otlp/tempo`
    3:14: error: processors.batch: unknown processor
      given    batch
      allowed  redaction
    4:14: error: connectors.spanmetric: unknown connector
      given    spanmetric
      allowed  signalrules, spanmetrics, workflow
      hint     did you mean `spanmetrics`?
    5:22: error: exporters.logging: unknown exporter
      given    logging
      allowed  debug, jsonl, otlp, otlphttp, prometheus
      hint     use the exporter `debug`

    6 errors
    ");
}

#[test]
fn references_that_lead_nowhere() {
    let (_, problems) = read(
        "
receivers: {otlp: , jaeger: }
connectors: {workflow: }
exporters: {jsonl: , logging: }
service:
  extensions: [health_check]
  pipelines:
    logs:
      receivers: [otlp, otpl, jsonl, otlp]
      processors: [batch, memory_limiter, 'a b']
      exporters: [prometheus, jsonl/other, {x: 1}]
",
    );
    insta::assert_snapshot!(problems, @r"
    2:21: error: receivers.jaeger: unknown receiver
      given    jaeger
      allowed  otlp
      hint     send OTLP: every Jaeger client library has an OTLP successor
    3:14: warning: connectors.workflow: defined but not used
      hint     add it to the exporters of one pipeline and the receivers of another, or remove it
    4:13: warning: exporters.jsonl: defined but not used
      hint     add it to the exporters of a pipeline, or remove it
    4:22: error: exporters.logging: unknown exporter
      given    logging
      allowed  debug, jsonl, otlp, otlphttp, prometheus
      hint     use the exporter `debug`
    6:16: error: service.extensions[0]: no such extension
      given    health_check
      allowed  nothing is defined
      hint     define it under `extensions`
    9:25: error: service.pipelines.logs.receivers[1]: no such receiver or connector
      given    otpl
      allowed  jaeger, otlp, workflow
      hint     did you mean `otlp`?
    9:31: error: service.pipelines.logs.receivers[2]: no such receiver or connector
      given    jsonl
      allowed  jaeger, otlp, workflow
      hint     `jsonl` is defined under `exporters`
    9:38: error: service.pipelines.logs.receivers[3]: listed twice
      given    otlp
    10:20: error: service.pipelines.logs.processors[0]: no such processor
      given    batch
      allowed  nothing is defined
    10:27: error: service.pipelines.logs.processors[1]: no such processor
      given    memory_limiter
      allowed  nothing is defined
    10:43: error: service.pipelines.logs.processors[2]: not a component's name
      given    a b
      allowed  a kind such as `otlp`, or kind and name: `otlp/tempo`
    11:19: error: service.pipelines.logs.exporters[0]: no such exporter or connector
      given    prometheus
      allowed  jsonl, logging, workflow
      hint     define it under `exporters`
    11:31: error: service.pipelines.logs.exporters[1]: no such exporter or connector
      given    jsonl/other
      allowed  jsonl, logging, workflow
      hint     define it under `exporters`
    11:44: error: service.pipelines.logs.exporters[2]: wrong type
      given    a map
      allowed  the name of a component

    12 errors, 2 warnings
    ");
}

#[test]
fn pipelines_that_cannot_be() {
    let (_, problems) = read(
        "
receivers: {otlp: }
exporters: {debug: }
service:
  pipelines:
    trace: {receivers: [otlp], exporters: [debug]}
    logs/: {receivers: [otlp], exporters: [debug]}
    profiles: {receivers: otlp, exporters: []}
    logs: {receivers: [otlp], exporters: [debug]}
",
    );
    insta::assert_snapshot!(problems, @r"
    6:5: error: service.pipelines.trace: unknown signal
      given    trace
      allowed  traces, metrics, logs
      hint     did you mean `traces`?
    7:5: error: service.pipelines.logs/: pipeline name is empty
      given    logs/
      hint     write `logs` or `logs/name`
    8:5: error: service.pipelines.profiles: unknown signal
      given    profiles
      allowed  traces, metrics, logs
    8:27: error: service.pipelines.profiles.receivers: wrong type
      given    a single value
      allowed  a list of components
      hint     write it as [a, b]
    8:44: error: service.pipelines.profiles.exporters: pipeline has no exporters

    5 errors
    ");
}

#[test]
fn connectors_must_connect_what_they_can() {
    let (_, problems) = read(
        "
receivers: {otlp: }
connectors: {spanmetrics: , workflow: , signalrules: , spanmetrics/idle: }
exporters: {prometheus: , jsonl: }
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [spanmetrics, prometheus]}
    traces/second: {receivers: [workflow], exporters: [workflow]}
    metrics: {receivers: [signalrules], exporters: [prometheus, workflow]}
    logs: {receivers: [], exporters: [jsonl]}
",
    );
    insta::assert_snapshot!(problems, @r"
    3:14: error: connectors.spanmetrics: connector is not among the receivers of any pipeline
      given    only among the exporters of traces
      hint     add it to the receivers of a pipeline of metrics
    3:41: error: connectors.signalrules: connector is not among the exporters of any pipeline
      given    only among the receivers of metrics
      hint     add it to the exporters of a pipeline of traces or logs
    3:56: warning: connectors.spanmetrics/idle: defined but not used
      hint     add it to the exporters of one pipeline and the receivers of another, or remove it
    7:58: error: service.pipelines.traces.exporters[1]: this exporter takes no traces
      given    prometheus in a traces pipeline
      allowed  a pipeline of metrics
    8:5: error: service.pipelines.traces/second: pipelines form a cycle
      given    traces/second -[workflow]-> traces/second
      hint     take one of the connectors out of the receivers or exporters on the way
    8:33: error: service.pipelines.traces/second.receivers[0]: this connector gives no traces
      given    workflow in a traces pipeline
      allowed  a pipeline of logs
    9:65: error: service.pipelines.metrics.exporters[1]: this connector takes no metrics
      given    workflow in a metrics pipeline
      allowed  a pipeline of traces or logs
    10:23: error: service.pipelines.logs.receivers: pipeline has no receivers

    7 errors, 1 warning
    ");
}

#[test]
fn cycles_are_shown_with_their_way() {
    let (_, problems) = read(
        "
receivers: {otlp: }
connectors: {workflow/a: , workflow/b: }
exporters: {jsonl: }
service:
  pipelines:
    logs/one: {receivers: [otlp, workflow/b], exporters: [workflow/a]}
    logs/two: {receivers: [workflow/a], exporters: [workflow/b, jsonl]}
",
    );
    insta::assert_snapshot!(problems, @r"
    7:5: error: service.pipelines.logs/one: pipelines form a cycle
      given    logs/one -[workflow/a]-> logs/two -[workflow/b]-> logs/one
      hint     take one of the connectors out of the receivers or exporters on the way
    7:59: error: service.pipelines.logs/one.exporters[0]: this connector cannot take what `workflow/b` gives
      given    records from workflow/b
      allowed  received log records
      hint     use two pipelines, so that `workflow/b` and `workflow/a` do not meet
    8:53: error: service.pipelines.logs/two.exporters[0]: this connector cannot take what `workflow/a` gives
      given    records from workflow/a
      allowed  received log records
      hint     received log records come from otlp

    3 errors
    ");
}

#[test]
fn only_connectors_form_cycles() {
    // The usual relay: a receiver and an exporter of one name.
    let (_, relay) = read(
        "
receivers: {otlp: }
exporters: {otlp: {endpoint: 'localhost:1'}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp]}}}
",
    );
    assert_eq!(relay, "");
    let (_, unknown) = read(
        "
receivers: {otlp: }
connectors: {spanmetrics: }
exporters: {prometheus: }
service:
  pipelines:
    traces: {receivers: [otlp, workflow], exporters: [spanmetrics, workflow]}
    metrics: {receivers: [spanmetrics, prometheus], exporters: [prometheus]}
",
    );
    insta::assert_snapshot!(unknown, @r"
    7:32: error: service.pipelines.traces.receivers[1]: no such receiver or connector
      given    workflow
      allowed  otlp, spanmetrics
      hint     define it under `connectors`
    7:68: error: service.pipelines.traces.exporters[1]: no such exporter or connector
      given    workflow
      allowed  prometheus, spanmetrics
      hint     define it under `connectors`
    8:40: error: service.pipelines.metrics.receivers[1]: no such receiver or connector
      given    prometheus
      allowed  otlp, spanmetrics
      hint     `prometheus` is defined under `exporters`

    3 errors
    ");
}

#[test]
fn an_empty_configuration_says_what_to_add() {
    let (_, problems) = read("");
    insta::assert_snapshot!(problems, @r"
    1:1: error: service: no pipelines
      hint     add service.pipelines.traces with receivers and exporters

    1 error
    ");
    let (_, problems) = read("service: {pipelines: {}}\nextension: {}");
    insta::assert_snapshot!(problems, @r"
    1:1: error: service: no pipelines
      hint     add service.pipelines.traces with receivers and exporters
    2:1: error: extension: unknown key
      given    extension
      allowed  connectors, exporters, extensions, processors, receivers, service
      hint     did you mean `extensions`?

    2 errors
    ");
}

#[test]
fn two_spellings_of_one_component_are_one_too_many() {
    let yaml = SOUND.replace("span_metrics: ,", "span_metrics: , spanmetrics: ,");
    let (_, problems) = read(&yaml);
    assert!(
        problems.contains("connectors.spanmetrics: defined twice"),
        "{problems}"
    );
}

#[test]
fn a_component_is_ambiguous_if_it_is_an_exporter_and_a_connector() {
    let mut both = inventory();
    both.exporters.extend(both.connectors.clone());
    let yaml = SOUND.replace(
        "exporters: {prometheus:",
        "exporters: {workflow: , prometheus:",
    );
    let report = Report::new();
    let layers = [Layer::Text {
        name: "t.yaml".to_owned(),
        text: yaml,
    }];
    load(&layers, &|_| None, &both, &report);
    let problems = text(&report.problems(), Colour::Plain);
    assert!(problems.contains("ambiguous"), "{problems}");
}

#[test]
fn what_the_environment_lacks_is_complained_about_once() {
    let yaml = SOUND.replace(
        "service:",
        "service:\n  write_ahead_log: {max_size: '${env:SIZE}'}",
    );
    let (_, problems) =
        read(&yaml.replace("[otlp], exporters: [span", "['${env:R}'], exporters: [span"));
    assert_eq!(problems.matches("is not set").count(), 2, "{problems}");
    assert!(problems.contains("2 errors, 1 warning"), "{problems}");
}

#[test]
fn extensions_that_components_refer_to_must_be_enabled() {
    let yaml = SOUND
        .replace(
            "jsonl: ,",
            "jsonl: {auth: health_check}, prometheus/two: {auth: helth_check}, ",
        )
        .replace("{health_check: }", "{health_check: , health_check/other: }")
        .replace("otlphttp: }", "otlphttp: {auth: health_check/other}}");
    let report = Report::new();
    let layers = [Layer::Text {
        name: "t.yaml".to_owned(),
        text: yaml,
    }];
    let loaded = load(&layers, &|_| None, &inventory(), &report).expect("YAML");
    for exporter in loaded.document.exporters.values() {
        exporter.read(&report, |section| section.extension("auth").optional());
    }
    loaded.document.check_mentions(&inventory(), &report);
    let problems = text(&report.problems(), Colour::Plain).replace("t.yaml:", "");
    insta::assert_snapshot!(problems, @r"
    4:56: warning: exporters.prometheus/two: defined but not used
      hint     add it to the exporters of a pipeline, or remove it
    4:79: error: exporters.prometheus/two.auth: no such extension is enabled
      given    helth_check
      allowed  health_check
      hint     did you mean `health_check`?
    4:130: error: exporters.otlphttp.auth: no such extension is enabled
      given    health_check/other
      allowed  health_check
      hint     add `health_check/other` to service.extensions
    5:30: warning: extensions.health_check/other: defined but not used
      hint     add it to service.extensions, or remove it

    2 errors, 2 warnings
    ");
}
