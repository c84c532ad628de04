//! What flows through pipelines: received OTLP payloads as bytes, and the records that the workflow join makes.
//!
//! A payload is kept exactly as it was received (uncompressed protobuf), so forwarding costs no encoding; its counts were
//! taken during the one walk that also validated it.

use std::sync::Arc;

use bytes::Bytes;
use secspan_records::join::Joined;

/// The OpenTelemetry signal that a pipeline carries. Records travel in logs pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Metric points.
    Metrics,
    /// Log records, domain records among them.
    Logs,
}

impl Signal {
    /// Every signal, in the order in which they are listed to people.
    pub const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];

    /// The name in configuration files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
        }
    }

    /// The signal in the wire crate's words.
    pub fn on_the_wire(self) -> secspan_otlp::Signal {
        match self {
            Self::Traces => secspan_otlp::Signal::Traces,
            Self::Metrics => secspan_otlp::Signal::Metrics,
            Self::Logs => secspan_otlp::Signal::Logs,
        }
    }

    /// What one item of this signal is called in metric names.
    pub fn items(self) -> &'static str {
        match self {
            Self::Traces => "spans",
            Self::Metrics => "metric_points",
            Self::Logs => "log_records",
        }
    }
}

/// A received payload: one OTLP export request.
#[derive(Clone, Debug)]
pub struct Payload {
    /// The request, protobuf encoded, valid.
    pub bytes: Bytes,
    /// How many spans, metric points or log records it holds.
    pub items: u64,
}

/// The unit that the log keeps and destinations take.
#[derive(Clone, Debug)]
pub enum Batch {
    /// An `ExportTraceServiceRequest`.
    Traces(Payload),
    /// An `ExportMetricsServiceRequest`.
    Metrics(Payload),
    /// An `ExportLogsServiceRequest`.
    Logs(Payload),
    /// What the workflow join made: records, and workflows that could not become one.
    Records(Arc<[Joined]>),
}

/// What a joined workflow is taken to weigh in the log, in bytes: a line with its detail objects and keys.
const JOINED_BYTES: usize = 2_048;

impl Batch {
    /// A batch of a received payload.
    pub fn received(signal: Signal, payload: Payload) -> Self {
        match signal {
            Signal::Traces => Self::Traces(payload),
            Signal::Metrics => Self::Metrics(payload),
            Signal::Logs => Self::Logs(payload),
        }
    }

    /// The signal of the pipeline that carries it.
    pub fn signal(&self) -> Signal {
        match self {
            Self::Traces(_) => Signal::Traces,
            Self::Metrics(_) => Signal::Metrics,
            Self::Logs(_) | Self::Records(_) => Signal::Logs,
        }
    }

    /// Spans, metric points, log records or records in it.
    pub fn items(&self) -> u64 {
        match self {
            Self::Traces(payload) | Self::Metrics(payload) | Self::Logs(payload) => payload.items,
            Self::Records(records) => records.len() as u64,
        }
    }

    /// What it costs to keep, in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Traces(payload) | Self::Metrics(payload) | Self::Logs(payload) => {
                payload.bytes.len()
            }
            Self::Records(records) => records.len() * JOINED_BYTES,
        }
    }
}
