//! An inventory for tests of the configuration layer: the shapes that components have, without
//! the components.

use super::Port::{self, Pulled, Pushed, Records};
use super::{Inventory, Kind};
use crate::batch::Signal::{Logs, Metrics, Traces};

const NONE: &[Port] = &[];
const OTLP: &[Port] = &[Pushed(Traces), Pushed(Metrics), Pushed(Logs)];
const ALL: &[Port] = &[Pushed(Traces), Pushed(Metrics), Pushed(Logs), Records];

/// One component of every shape.
pub(crate) fn inventory() -> Inventory {
    Inventory {
        receivers: vec![kind("otlp", &[], NONE, OTLP)],
        processors: vec![kind("redaction", &[], OTLP, OTLP)],
        connectors: vec![
            kind(
                "signalrules",
                &["signal_rules"],
                &[Pushed(Traces), Pushed(Logs), Records],
                &[Pulled],
            ),
            kind(
                "spanmetrics",
                &["span_metrics"],
                &[Pushed(Traces)],
                &[Pulled],
            ),
            kind("workflow", &[], &[Pushed(Traces), Pushed(Logs)], &[Records]),
        ],
        exporters: vec![
            kind("debug", &[], ALL, NONE),
            kind("jsonl", &[], &[Records], NONE),
            kind("otlp", &["otlp_grpc"], ALL, NONE),
            kind("otlphttp", &["otlp_http"], ALL, NONE),
            kind("prometheus", &[], &[Pulled], NONE),
        ],
        extensions: vec![kind("health_check", &[], NONE, NONE)],
    }
}

fn kind(
    name: &'static str,
    aliases: &'static [&'static str],
    inputs: &'static [Port],
    outputs: &'static [Port],
) -> Kind {
    Kind {
        name,
        aliases,
        summary: "for tests",
        inputs,
        outputs,
    }
}
