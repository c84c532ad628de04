//! Settings from code and environment: precedence, every problem at once, what is shown.

use insta::assert_snapshot;

use super::*;

fn resolved<const N: usize>(variables: [(&str, &str); N]) -> Settings {
    resolve(Given::default(), &variables).unwrap()
}

fn problems<const N: usize>(variables: [(&str, &str); N]) -> String {
    let problems = resolve(Given::default(), &variables).unwrap_err();
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn defaults_and_where_values_come_from() {
    let given = Given {
        service_name: Some("host-app".to_owned()),
        ..Given::default()
    };
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"),
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer%20secret",
        ),
        ("OTEL_SERVICE_NAME", "from-environment"),
        ("OTEL_BSP_SCHEDULE_DELAY", "  "),
    ];
    let settings = resolve(given, &variables).unwrap();
    assert_snapshot!(settings.explanation.to_string(), @r#"
    disabled            false                  (default)
    resource                                   (default)
    service_name        host-app               (code)
    exporters           otlp                   (default)
    protocol            grpc                   (default)
    insecure            false                  (default)
    endpoint            http://collector:4317  (OTEL_EXPORTER_OTLP_ENDPOINT)
    headers             authorization=***      (OTEL_EXPORTER_OTLP_HEADERS)
    timeout             10000 ms               (default)
    compression         none                   (default)
    certificate         none                   (default)
    client_key          none                   (default)
    client_certificate  none                   (default)
    sampler_ratio       1                      (default)
    sampler             parentbased_always_on  (default)
    span_attributes     128                    (default)
    span_events         128                    (default)
    span_links          128                    (default)
    event_attributes    128                    (default)
    link_attributes     128                    (default)
    value_length        no limit               (default)
    queue_size          65536                  (default)
    batch_size          4096                   (default)
    schedule_delay      1000 ms                (default)
    propagators         tracecontext,baggage   (default)
    preset              default                (default)
    spool_dir           none                   (default)
    "#);
}

#[test]
fn every_problem_is_told_at_once() {
    let text = problems([
        ("OTEL_SDK_DISABLED", "yes"),
        ("OTEL_TRACES_EXPORTER", "otlp,jaeger"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:port"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "key.pem"),
        ("OTEL_TRACES_SAMPLER", "parentbased_alwayson"),
        ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "-1"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "200"),
        ("OTEL_PROPAGATORS", "b3"),
        ("OTEL_RESOURCE_ATTRIBUTES", "novalue"),
        ("SECSPAN_PRESET", "rich"),
    ]);
    assert!(!text.contains("secret"), "{text}");
    assert_snapshot!(text, @r#"
    OTEL_SDK_DISABLED: given "yes", allowed true or false
    OTEL_RESOURCE_ATTRIBUTES: given "novalue", allowed key=value pairs separated by commas
    OTEL_TRACES_EXPORTER: given "otlp,jaeger", allowed otlp, console, none, or a list of them
    OTEL_EXPORTER_OTLP_PROTOCOL: given "http/json", allowed grpc or http/protobuf
    OTEL_EXPORTER_OTLP_ENDPOINT: given "collector:port", allowed http://host:port or https://host:port
    OTEL_EXPORTER_OTLP_HEADERS: given "***", allowed name=value pairs separated by commas
    OTEL_EXPORTER_OTLP_TIMEOUT: given "10s", allowed a whole number from 1 to 86400000, in milliseconds
    OTEL_EXPORTER_OTLP_COMPRESSION: given "zstd", allowed none or gzip
    OTEL_EXPORTER_OTLP_CLIENT_KEY and OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: given "only the key", allowed both or neither
    OTEL_TRACES_SAMPLER_ARG: given "2", allowed a number from 0.0 to 1.0
    OTEL_TRACES_SAMPLER: given "parentbased_alwayson", allowed always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio; hint: did you mean parentbased_always_on?
    OTEL_SPAN_EVENT_COUNT_LIMIT: given "-1", allowed a whole number from 0 to 4294967295
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: given "200", allowed at most the queue size, 100
    OTEL_PROPAGATORS: given "b3", allowed tracecontext, baggage, none, or a list of them
    SECSPAN_PRESET: given "rich", allowed lean, default or forensic
    "#);
}

#[test]
fn endpoints() {
    let rows = [
        ("grpc", "http://collector:4317", "http://collector:4317"),
        ("grpc", "http://collector", "http://collector:4317"),
        ("grpc", "https://collector", "https://collector:4317"),
        ("grpc", "collector:1", "https://collector:1"),
        ("grpc", "http://[::1]:1", "http://[::1]:1"),
        (
            "http/protobuf",
            "http://collector:4318",
            "http://collector:4318/v1/traces",
        ),
        (
            "http/protobuf",
            "http://collector:4318/",
            "http://collector:4318/v1/traces",
        ),
        (
            "http/protobuf",
            "https://collector/otlp/",
            "https://collector:443/otlp/v1/traces",
        ),
        (
            "http/protobuf",
            "collector",
            "https://collector:4318/v1/traces",
        ),
    ];
    for (protocol, given, wanted) in rows {
        let settings = resolved([
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", given),
        ]);
        assert_eq!(settings.endpoint.to_string(), wanted, "{protocol} {given}");
    }
    for given in [
        "ftp://a",
        "http://",
        "http://a:b",
        "http://user@a",
        "http://a:99999",
        "http://a b",
    ] {
        let text = problems([("OTEL_EXPORTER_OTLP_ENDPOINT", given)]);
        assert!(text.contains("allowed http://host:port"), "{given}: {text}");
    }
}

#[test]
fn the_endpoint_of_the_signal_is_used_as_it_is() {
    let settings = resolved([
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://general:1"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://own:2/ingest"),
    ]);
    assert_eq!(settings.endpoint.to_string(), "http://own:2/ingest");
}

#[test]
fn insecure_speaks_for_endpoints_without_a_scheme_only() {
    let at = |endpoint| {
        let pairs = [
            ("OTEL_EXPORTER_OTLP_INSECURE", "true"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ];
        resolved(pairs).endpoint.tls
    };
    assert!(!at("collector:1"));
    assert!(at("https://collector:1"));
}

#[test]
fn code_wins_over_the_signals_variable_and_that_over_the_general_one() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2000"),
    ];
    assert_eq!(
        resolve(Given::default(), &variables)
            .unwrap()
            .timeout
            .as_millis(),
        2000
    );
    let given = Given {
        timeout: Some(Duration::from_secs(3)),
        ..Given::default()
    };
    assert_eq!(
        resolve(given, &variables).unwrap().timeout.as_millis(),
        3000
    );
}

#[test]
fn headers_add_up_and_the_more_specific_wins() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,b=1,c=1"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "b=2,c=2"),
    ];
    let given = Given {
        headers: vec![("c".to_owned(), "3".to_owned())],
        ..Given::default()
    };
    let headers = resolve(given, &variables).unwrap().headers;
    let mut seen: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}={}", value.to_str().unwrap()))
        .collect();
    seen.sort();
    assert_eq!(seen, ["a=1", "b=2", "c=3"]);
}

#[test]
fn samplers_of_the_environment() {
    let shown = |sampler, ratio| {
        let pairs = [
            ("OTEL_TRACES_SAMPLER", sampler),
            ("OTEL_TRACES_SAMPLER_ARG", ratio),
        ];
        resolved(pairs)
            .sampler
            .map_or_else(|| "as the parent".to_owned(), |s| format!("{s:?}"))
    };
    assert_eq!(shown("always_off", ""), "AlwaysOff");
    assert_eq!(shown("traceidratio", "0.25"), "TraceIdRatioBased(0.25)");
    assert_eq!(
        shown("parentbased_traceidratio", "0.5"),
        "ParentBased(TraceIdRatioBased(0.5))"
    );
    assert_eq!(shown("", ""), "as the parent");
}

#[test]
fn a_general_limit_gives_way_to_a_special_one() {
    let limits = resolved([
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "10"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "20"),
    ])
    .limits;
    assert_eq!(
        (
            limits.max_attributes_per_span,
            limits.max_attributes_per_event
        ),
        (20, 10)
    );
}

#[test]
fn variables_without_effect_are_told_with_the_nearest_name() {
    let warnings = resolved([
        ("OTEL_EXPORTER_OTLP_ENDPONT", "http://a:1"),
        ("OTEL_METRICS_EXPORTER", "none"),
        ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "1"),
        ("OTEL_SOMETHING_ELSE_ENTIRELY", "1"),
        ("OTEL_SERVICE_NAME", "a"),
        ("PATH", "/bin"),
    ])
    .warnings;
    assert_snapshot!(warnings.join("\n"), @r#"
    OTEL_EXPORTER_OTLP_ENDPONT is set and not known; did you mean OTEL_EXPORTER_OTLP_ENDPOINT?
    OTEL_METRICS_EXPORTER is set and has no effect: secspan exports traces; metrics and logs are derived by the collector
    OTEL_SOMETHING_ELSE_ENTIRELY is set and not known
    "#);
}

#[test]
fn every_variable_is_listed_once() {
    let mut names: Vec<&str> = crate::VARIABLES
        .iter()
        .map(|variable| variable.name)
        .collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}
