//! What the demo says when it worked: where everything is, one of each, and what to do next.

use std::path::Path;

use super::DATA;
use super::evidence::Evidence;
use super::ports::Ports;
use crate::terminal::say;
use crate::workspace::shown;

/// What there is to tell.
pub(super) struct Summary<'a> {
    pub(super) root: &'a Path,
    pub(super) ports: Ports,
    pub(super) traces_at: &'a str,
    /// Further servers, a line each.
    pub(super) stack: &'a [String],
    pub(super) evidence: &'a Evidence,
    /// Whether the collector goes on running.
    pub(super) serving: bool,
}

impl Summary<'_> {
    pub(super) fn show(&self) {
        say("\nOne workflow, three destinations:\n");
        self.show_evidence();
        self.show_places();
        self.show_next();
    }

    fn show_evidence(&self) {
        let metrics = format!("http://127.0.0.1:{}/metrics", self.ports.metrics);
        if let Some(record) = self.evidence.records.first() {
            item("record", &shown(self.root, &record.file), &record.line);
        }
        if let Some(sample) = self.evidence.metric.first() {
            item("metric", &metrics, sample);
        }
        if let Some(record) = self.evidence.records.first() {
            let spans = format!("{}, {} spans", record.trace_id, self.evidence.spans);
            item("trace", self.traces_at, &spans);
        }
    }

    fn show_places(&self) {
        let Ports {
            grpc,
            http,
            telemetry,
            health,
            ..
        } = self.ports;
        say("Around it:\n");
        say(&format!(
            "  OTLP       127.0.0.1:{grpc} (gRPC), 127.0.0.1:{http} (HTTP)"
        ));
        say(&format!(
            "  collector  http://127.0.0.1:{telemetry}/metrics, health http://127.0.0.1:{health}/"
        ));
        say(&format!("  its log    {DATA}/collector.log"));
        for place in self.stack {
            say(&format!("  {place}"));
        }
    }

    fn show_next(&self) {
        say("\nNext:\n");
        if self.serving {
            let address = format!("http://127.0.0.1:{}", self.ports.grpc);
            say(&format!(
                "  send your own      OTEL_EXPORTER_OTLP_ENDPOINT={address}"
            ));
        } else {
            say("  keep it running    cargo xtask demo");
        }
        say("  instrument a host  crates/secspan/README.md, examples/src/");
        say("  configure          otel-collector/README.md");
        say("  see it in Grafana  cargo xtask demo --stack, or grafana/README.md");
    }
}

/// One thing: what it is, where, and how it looks.
fn item(what: &str, place: &str, sample: &str) {
    say(&format!("  {what:<10} {place}\n             {sample}\n"));
}
