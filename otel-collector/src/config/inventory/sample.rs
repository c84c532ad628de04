//! An inventory for tests of the configuration layer: the shapes that components have, without
//! the components.

use super::{Inventory, Kind};
use crate::batch::Signal::{self, Logs, Metrics, Traces};

const NONE: &[Signal] = &[];

/// One component of every shape.
pub(crate) fn inventory() -> Inventory {
    Inventory {
        receivers: vec![kind("otlp", &[], NONE, &Signal::ALL)],
        processors: vec![kind("redaction", &[], &[Traces, Logs], &[Traces, Logs])],
        connectors: vec![
            kind(
                "signalrules",
                &["signal_rules"],
                &[Traces, Logs],
                &[Metrics],
            ),
            kind("spanmetrics", &["span_metrics"], &[Traces], &[Metrics]),
            kind("workflow", &[], &[Traces, Logs], &[Logs]),
        ],
        exporters: vec![
            kind("debug", &[], &Signal::ALL, NONE),
            kind("jsonl", &[], &[Logs], NONE),
            kind("otlp", &["otlp_grpc"], &Signal::ALL, NONE),
            kind("otlphttp", &["otlp_http"], &Signal::ALL, NONE),
            kind("prometheus", &[], &[Metrics], NONE),
        ],
        extensions: vec![kind("health_check", &[], NONE, NONE)],
    }
}

fn kind(
    name: &'static str,
    aliases: &'static [&'static str],
    inputs: &'static [Signal],
    outputs: &'static [Signal],
) -> Kind {
    Kind {
        name,
        aliases,
        summary: "for tests",
        inputs,
        outputs,
    }
}
