//! `debug`: shows what flows through a pipeline, on standard output.
//!
//! # Purpose
//! To see that data arrives, and what it says, while a pipeline is being set up.
//!
//! # Configuration
//! `verbosity`: `basic` (default, one line per batch) or `detailed` (traces and log records as OTLP JSON, records as lines).
//!
//! # Limits
//! A detailed batch is cut after 1 MiB.

use std::io::Write as _;
use std::sync::Arc;

use secspan_records::join::Joined;

use secspan_transport::Backoff;

use crate::batch::Batch;
use crate::component::{
    BoxFuture, Delivered, DestinationSettings, ExportError, Exporter, ExporterConfig, ExporterPart,
    OnFull, StartError,
};
use crate::config::Section;
use crate::context::Context;

/// Most bytes shown of one batch.
const SHOWN_BYTES_MAX: usize = 1 << 20;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verbosity {
    Basic,
    Detailed,
}

/// The exporter and its configuration in one: it holds nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugExporter {
    id: String,
    verbosity: Verbosity,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ExporterConfig> {
    let names = [
        ("basic", Verbosity::Basic),
        ("normal", Verbosity::Basic),
        ("detailed", Verbosity::Detailed),
    ];
    let verbosity = section.choice("verbosity", &names).or(Verbosity::Basic);
    Box::new(DebugExporter {
        id: String::new(),
        verbosity,
    })
}

impl ExporterConfig for DebugExporter {
    fn build(self: Box<Self>, id: &str, _: &Context) -> Result<ExporterPart, StartError> {
        let exporter = Self {
            id: id.to_owned(),
            ..*self
        };
        Ok(ExporterPart::Destination {
            exporter: Arc::new(exporter),
            settings: DestinationSettings {
                consumers: 1,
                on_full: OnFull::DropOldest,
                retry: Backoff::default(),
            },
        })
    }
}

impl Exporter for DebugExporter {
    fn export<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Delivered, ExportError>> {
        let text = self.show(batch);
        let written = std::io::stdout().lock().write_all(text.as_bytes());
        let result =
            written
                .map(|()| Delivered::default())
                .map_err(|error| ExportError::Permanent {
                    reason: format!("cannot write to standard output: {error}"),
                });
        Box::pin(std::future::ready(result))
    }
}

impl DebugExporter {
    fn show(&self, batch: &Batch) -> String {
        let what = match batch {
            Batch::Records(_) => "records",
            other => other.signal().items(),
        };
        let mut text = format!(
            "{}: {} {what}, {} bytes\n",
            self.id,
            batch.items(),
            batch.bytes()
        );
        if self.verbosity == Verbosity::Detailed {
            text.push_str(&detail(batch));
            text.push('\n');
        }
        text
    }
}

fn detail(batch: &Batch) -> String {
    let mut text = match batch {
        Batch::Traces(payload) => secspan_otlp::json::traces_to_json(&payload.bytes)
            .unwrap_or_else(|error| format!("cannot be shown: {error}")),
        Batch::Logs(payload) | Batch::Metrics(payload) => {
            format!("{} bytes of protobuf", payload.bytes.len())
        }
        Batch::Records(records) => records.iter().map(line).collect::<Vec<String>>().join("\n"),
    };
    if text.len() > SHOWN_BYTES_MAX {
        let cut = (0..=SHOWN_BYTES_MAX)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(cut);
        text.push_str("… (cut)");
    }
    text
}

fn line(joined: &Joined) -> String {
    match joined {
        Joined::Record(record) => record.to_line(),
        Joined::Rejected(unfinished) => {
            format!(
                "rejected ({}): {}",
                unfinished.reasons.join("; "),
                unfinished.partial
            )
        }
        Joined::Incomplete(unfinished) => {
            format!(
                "ended with {}: {}",
                unfinished.outcome.as_str(),
                unfinished.partial
            )
        }
        Joined::Orphaned(orphaned) => {
            format!(
                "no workflow span in trace {:x}, {} spans",
                orphaned.trace, orphaned.spans
            )
        }
    }
}
