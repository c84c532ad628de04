//! Components of the upstream collector that are absent here, and what to do instead.
//!
//! People bring configuration files along. Where a component is missing by design, its name is
//! worth more than "unknown": the hint says what takes its place.

use super::inventory::Role;

/// Upstream's name, its role there, and the hint.
const ABSENT: &[(&str, Role, &str)] = &[
    (
        "groupbytrace",
        Role::Processor,
        "remove it: the workflow connector joins the spans of a trace",
    ),
    (
        "tail_sampling",
        Role::Processor,
        "remove it: derived metrics need every span",
    ),
    (
        "probabilistic_sampler",
        Role::Processor,
        "remove it: derived metrics need every span",
    ),
    (
        "resourcedetection",
        Role::Processor,
        "set OTEL_RESOURCE_ATTRIBUTES in the applications",
    ),
    ("logging", Role::Exporter, "use the exporter `debug`"),
    ("file", Role::Exporter, "use the exporter `jsonl`"),
    (
        "prometheusexporter",
        Role::Exporter,
        "use the exporter `prometheus`",
    ),
    (
        "jaeger",
        Role::Exporter,
        "use the exporter `otlp`: Jaeger takes OTLP",
    ),
    (
        "zipkin",
        Role::Exporter,
        "use the exporter `otlp` or `otlphttp`",
    ),
    (
        "loadbalancing",
        Role::Exporter,
        "run the upstream collector with `loadbalancing` in front of several of these",
    ),
    (
        "jaeger",
        Role::Receiver,
        "send OTLP: every Jaeger client library has an OTLP successor",
    ),
    ("zipkin", Role::Receiver, "send OTLP to the receiver `otlp`"),
    (
        "prometheus",
        Role::Receiver,
        "let Prometheus scrape; this collector serves metrics with the exporter `prometheus`",
    ),
    ("count", Role::Connector, "use the connector `signalrules`"),
    ("sum", Role::Connector, "use the connector `signalrules`"),
    (
        "signaltometrics",
        Role::Connector,
        "use the connector `signalrules`",
    ),
    (
        "signal_to_metrics",
        Role::Connector,
        "use the connector `signalrules`",
    ),
    (
        "servicegraph",
        Role::Connector,
        "let Tempo's metrics generator make service graphs",
    ),
    (
        "service_graph",
        Role::Connector,
        "let Tempo's metrics generator make service graphs",
    ),
    (
        "file_storage",
        Role::Extension,
        "remove it: what is queued is kept by service.write_ahead_log",
    ),
    (
        "memory_ballast",
        Role::Extension,
        "remove it: there is no garbage collector to please",
    ),
    (
        "memory_limiter",
        Role::Extension,
        "remove it: limits are built in",
    ),
    (
        "healthcheckv2",
        Role::Extension,
        "use the extension `health_check`",
    ),
    (
        "health_check_v2",
        Role::Extension,
        "use the extension `health_check`",
    ),
];

/// What to do about an upstream component that does not exist here.
pub(super) fn replacement(role: Role, name: &str) -> Option<&'static str> {
    ABSENT
        .iter()
        .find(|(own, of, _)| *own == name && *of == role)
        .map(|(_, _, hint)| *hint)
}
