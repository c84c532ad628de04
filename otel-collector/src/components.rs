//! The inventory: every component that is built in, each list in alphabetical order.
//!
//! A new component is one line here and its own face file.

use std::collections::BTreeMap;

use crate::batch::Signal;
use crate::component::{
    ConnectorConfig, ExporterConfig, ExtensionConfig, ProcessorConfig, ReceiverConfig,
};
use crate::config::document::{ComponentId, Definitions, Document};
use crate::config::inventory::{Inventory, Kind, Port};
use crate::config::{Report, Section};
use crate::connectors::{signalrules, spanmetrics, workflow};
use crate::exporters::{debug, jsonl, otlp as otlp_exporter, otlphttp, prometheus};
use crate::extensions::{bearertokenauth, health_check};
use crate::processors::{attributes, batch, filter, memory_limiter, redaction, resource};
use crate::receivers::otlp as otlp_receiver;

/// A kind of component and how its section is read.
#[derive(Debug)]
pub struct Factory<C: ?Sized> {
    /// Name, aliases, ports.
    pub kind: Kind,
    /// Reads a section; problems go into its report.
    pub parse: fn(&mut Section<'_>) -> Box<C>,
}

use Port::{Pulled, Pushed, Records};
use Signal::{Logs, Metrics, Traces};

/// Everything that is received.
const OTLP: &[Port] = &[Pushed(Traces), Pushed(Metrics), Pushed(Logs)];

/// Everything that can be in a pipeline.
const ALL: &[Port] = &[
    Pushed(Traces),
    Pushed(Metrics),
    Pushed(Logs),
    Records,
    Pulled,
];

/// Everything that is received, and records.
const OTLP_AND_RECORDS: &[Port] = &[Pushed(Traces), Pushed(Metrics), Pushed(Logs), Records];

/// Receivers.
pub const RECEIVERS: &[Factory<dyn ReceiverConfig>] = &[Factory {
    kind: Kind {
        name: "otlp",
        aliases: &[],
        summary: "takes OTLP over gRPC and HTTP",
        inputs: &[],
        outputs: OTLP,
    },
    parse: otlp_receiver::parse,
}];

/// Processors.
pub const PROCESSORS: &[Factory<dyn ProcessorConfig>] = &[
    Factory {
        kind: Kind {
            name: "attributes",
            aliases: &[],
            summary: "changes attributes of spans, log records and data points",
            inputs: OTLP,
            outputs: OTLP,
        },
        parse: attributes::parse,
    },
    Factory {
        kind: Kind {
            name: "batch",
            aliases: &[],
            summary: "accepted from upstream, passes everything",
            inputs: ALL,
            outputs: ALL,
        },
        parse: batch::parse,
    },
    Factory {
        kind: Kind {
            name: "filter",
            aliases: &[],
            summary: "drops spans, log records and data points",
            inputs: OTLP,
            outputs: OTLP,
        },
        parse: filter::parse,
    },
    Factory {
        kind: Kind {
            name: "memory_limiter",
            aliases: &[],
            summary: "accepted from upstream, passes everything",
            inputs: ALL,
            outputs: ALL,
        },
        parse: memory_limiter::parse,
    },
    Factory {
        kind: Kind {
            name: "redaction",
            aliases: &[],
            summary: "takes attributes out and masks values",
            inputs: OTLP,
            outputs: OTLP,
        },
        parse: redaction::parse,
    },
    Factory {
        kind: Kind {
            name: "resource",
            aliases: &[],
            summary: "changes attributes of resources",
            inputs: OTLP,
            outputs: OTLP,
        },
        parse: resource::parse,
    },
];

/// Connectors.
pub const CONNECTORS: &[Factory<dyn ConnectorConfig>] = &[
    Factory {
        kind: Kind {
            name: "signalrules",
            aliases: &["signal_rules"],
            summary: "derives metrics from spans, events and records by rules",
            inputs: &[Pushed(Traces), Pushed(Logs), Records],
            outputs: &[Pulled],
        },
        parse: signalrules::parse,
    },
    Factory {
        kind: Kind {
            name: "spanmetrics",
            aliases: &["span_metrics"],
            summary: "counts calls and durations of every span",
            inputs: &[Pushed(Traces)],
            outputs: &[Pulled],
        },
        parse: spanmetrics::parse,
    },
    Factory {
        kind: Kind {
            name: "workflow",
            aliases: &[],
            summary: "joins the spans of a workflow into one record",
            inputs: &[Pushed(Traces), Pushed(Logs)],
            outputs: &[Records],
        },
        parse: workflow::parse,
    },
];

/// Exporters.
pub const EXPORTERS: &[Factory<dyn ExporterConfig>] = &[
    Factory {
        kind: Kind {
            name: "debug",
            aliases: &[],
            summary: "shows what flows through a pipeline",
            inputs: OTLP_AND_RECORDS,
            outputs: &[],
        },
        parse: debug::parse,
    },
    Factory {
        kind: Kind {
            name: "jsonl",
            aliases: &[],
            summary: "appends records to the JSONL files that scripts read",
            inputs: &[Records],
            outputs: &[],
        },
        parse: jsonl::parse,
    },
    Factory {
        kind: Kind {
            name: "otlp",
            aliases: &["otlp_grpc"],
            summary: "sends OTLP over gRPC, to Tempo for one",
            inputs: OTLP_AND_RECORDS,
            outputs: &[],
        },
        parse: otlp_exporter::parse,
    },
    Factory {
        kind: Kind {
            name: "otlphttp",
            aliases: &["otlp_http"],
            summary: "sends OTLP over HTTP",
            inputs: OTLP_AND_RECORDS,
            outputs: &[],
        },
        parse: otlphttp::parse,
    },
    Factory {
        kind: Kind {
            name: "prometheus",
            aliases: &[],
            summary: "serves derived metrics to scrapers",
            inputs: &[Pulled],
            outputs: &[],
        },
        parse: prometheus::parse,
    },
];

/// Extensions.
pub const EXTENSIONS: &[Factory<dyn ExtensionConfig>] = &[
    Factory {
        kind: Kind {
            name: "bearertokenauth",
            aliases: &["bearer_token_auth"],
            summary: "lets only clients with a token in",
            inputs: &[],
            outputs: &[],
        },
        parse: bearertokenauth::parse,
    },
    Factory {
        kind: Kind {
            name: "health_check",
            aliases: &["healthcheck"],
            summary: "answers whether the collector is alive and ready",
            inputs: &[],
            outputs: &[],
        },
        parse: health_check::parse,
    },
];

/// What the configuration layer needs to know of the lists.
pub fn inventory() -> Inventory {
    fn kinds<C: ?Sized>(factories: &[Factory<C>]) -> Vec<Kind> {
        factories.iter().map(|factory| factory.kind).collect()
    }
    Inventory {
        receivers: kinds(RECEIVERS),
        processors: kinds(PROCESSORS),
        connectors: kinds(CONNECTORS),
        exporters: kinds(EXPORTERS),
        extensions: kinds(EXTENSIONS),
    }
}

/// Every component's own configuration.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Receivers.
    pub receivers: BTreeMap<ComponentId, Box<dyn ReceiverConfig>>,
    /// Processors.
    pub processors: BTreeMap<ComponentId, Box<dyn ProcessorConfig>>,
    /// Connectors.
    pub connectors: BTreeMap<ComponentId, Box<dyn ConnectorConfig>>,
    /// Exporters.
    pub exporters: BTreeMap<ComponentId, Box<dyn ExporterConfig>>,
    /// Extensions.
    pub extensions: BTreeMap<ComponentId, Box<dyn ExtensionConfig>>,
}

/// Lets every component read its section. Kinds that do not exist were reported when the document was read.
pub fn parse(document: &Document, report: &Report) -> Parsed {
    Parsed {
        receivers: parse_all(&document.receivers, RECEIVERS, report),
        processors: parse_all(&document.processors, PROCESSORS, report),
        connectors: parse_all(&document.connectors, CONNECTORS, report),
        exporters: parse_all(&document.exporters, EXPORTERS, report),
        extensions: parse_all(&document.extensions, EXTENSIONS, report),
    }
}

fn parse_all<C: ?Sized>(
    definitions: &Definitions,
    factories: &[Factory<C>],
    report: &Report,
) -> BTreeMap<ComponentId, Box<C>> {
    definitions
        .iter()
        .filter_map(|(id, definition)| {
            let factory = factories
                .iter()
                .find(|factory| factory.kind.name == id.kind)?;
            Some((
                id.clone(),
                definition.read(report, |section| (factory.parse)(section)),
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_alphabetical_order() {
        let inventory = inventory();
        for kinds in [
            &inventory.receivers,
            &inventory.processors,
            &inventory.connectors,
            &inventory.exporters,
            &inventory.extensions,
        ] {
            assert!(kinds.is_sorted_by_key(|kind| kind.name), "{kinds:?}");
        }
    }
}
