//! The inventory times the inventory: every edge that validation accepts delivers what enters it, and every other is refused
//! with a reason.
//!
//! A new component is in the matrix as soon as it is in the inventory. One that cannot run on an empty section needs a line
//! in [`section`].

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics; that is its report"
)]

use std::net::SocketAddr;
use std::time::Duration;

use secspan_collector::batch::Signal;
use secspan_collector::components;
use secspan_collector::config::inventory::Port;
use secspan_collector::config::{Inventory, Kind, Loaded, Role};
use secspan_otlp::view::{SpanId, TraceId};
use secspan_testkit::span::{self, TestEvent, TestSpan};

use crate::support::{free_addresses, page, points, post, read, start};

/// How long a series may take to appear on a page.
const APPEARS: Duration = Duration::from_secs(20);

/// A rule on whatever is sent, with a label that has no values before.
const RULES: &str = "{ metrics_flush_interval: 1h, rules: [
    { name: edge_spans_total, type: counter, help: Spans., on: span, labels: { name: { from: span.name } } },
    { name: edge_events_total, type: counter, help: Events., on: event, labels: { id: { from: secops.ticket.id } } },
    { name: edge_records_total, type: counter, help: Records., on: record, labels: { id: { from: ticket_id } } } ] }";

/// Addresses and folders of one scenario.
struct Ground {
    otlp: SocketAddr,
    page: SocketAddr,
    sink_grpc: SocketAddr,
    sink_http: SocketAddr,
    directory: tempfile::TempDir,
}

impl Ground {
    fn new() -> Self {
        let [otlp, page, sink_grpc, sink_http] = free_addresses();
        let directory = tempfile::tempdir().unwrap();
        Self {
            otlp,
            page,
            sink_grpc,
            sink_http,
            directory,
        }
    }

    /// The section of a component; most run on an empty one.
    fn section(&self, role: Role, kind: &str) -> String {
        match (role, kind) {
            (Role::Receiver, "otlp") => {
                format!(
                    "{{ protocols: {{ http: {{ endpoint: '{}' }} }} }}",
                    self.otlp
                )
            }
            (Role::Connector, "signalrules") => RULES.to_owned(),
            (Role::Exporter, "jsonl") => {
                format!("{{ directory: '{}' }}", self.directory.path().display())
            }
            (Role::Exporter, "otlp") => {
                format!(
                    "{{ endpoint: '{}', tls: {{ insecure: true }} }}",
                    self.sink_grpc
                )
            }
            (Role::Exporter, "otlphttp") => format!("{{ endpoint: 'http://{}' }}", self.sink_http),
            (Role::Exporter, "prometheus") => format!("{{ endpoint: '{}' }}", self.page),
            (Role::Processor, "attributes" | "resource") => {
                let key = if kind == "resource" {
                    "attributes"
                } else {
                    "actions"
                };
                format!("{{ {key}: [{{ key: edge, value: here, action: upsert }}] }}")
            }
            (Role::Processor, "filter") => {
                "{ traces: { span: ['name == \"another\"'] } }".to_owned()
            }
            (Role::Processor, "redaction") => "{ allow_all_keys: true }".to_owned(),
            _ => "{}".to_owned(),
        }
    }

    /// A destination of everything.
    fn sink(&self) -> String {
        let pipelines: Vec<String> = Signal::ALL
            .iter()
            .map(|signal| pipeline(*signal, "all", "otlp", &[], "debug"))
            .collect();
        format!(
            "receivers: {{ otlp: {{ protocols: {{ grpc: {{ endpoint: '{}' }}, http: {{ endpoint: '{}' }} }} }} }}\n\
             exporters: {{ debug: {{}} }}\nservice:\n  pipelines:\n{}",
            self.sink_grpc,
            self.sink_http,
            pipelines.concat()
        )
    }
}

fn pipeline(signal: Signal, name: &str, from: &str, through: &[&str], to: &str) -> String {
    let through = through.join(", ");
    let signal = signal.name();
    format!(
        "    {signal}/{name}: {{ receivers: [{from}], processors: [{through}], exporters: [{to}] }}\n"
    )
}

/// One edge and what surrounds it: what feeds its source, and what shows that its sink was reached.
struct Scenario<'k> {
    source: (Role, &'k Kind),
    through: Option<&'k Kind>,
    sink: (Role, &'k Kind),
    signal: Signal,
}

impl Scenario<'_> {
    fn name(&self) -> String {
        let through = self
            .through
            .map_or(String::new(), |kind| format!("{} -> ", kind.name));
        let (source, sink) = (self.source.1.name, self.sink.1.name);
        format!("{source} -> {through}{sink} ({})", self.signal.name())
    }

    fn yaml(&self, ground: &Ground) -> String {
        let mut components = vec![
            (Role::Receiver, "otlp"),
            (Role::Exporter, "debug"),
            (self.source.0, self.source.1.name),
            (self.sink.0, self.sink.1.name),
        ];
        components.extend(self.through.map(|kind| (Role::Processor, kind.name)));
        components.sort_unstable();
        components.dedup();
        let mut yaml = String::new();
        for role in Role::ALL {
            let own = components.iter().filter(|(of, _)| *of == role);
            let lines: Vec<String> = own
                .map(|(role, kind)| format!("  {kind}: {}\n", ground.section(*role, kind)))
                .collect();
            if !lines.is_empty() {
                yaml.push_str(role.key());
                yaml.push_str(":\n");
                yaml.push_str(&lines.concat());
            }
        }
        yaml.push_str("service:\n  pipelines:\n");
        let (source, sink) = (self.source.1, self.sink.1);
        if self.source.0 == Role::Connector {
            for port in source.inputs {
                if let Port::Pushed(signal) = port {
                    yaml.push_str(&pipeline(*signal, "feed", "otlp", &[], source.name));
                }
            }
        }
        let through: Vec<&str> = self.through.iter().map(|kind| kind.name).collect();
        yaml.push_str(&pipeline(
            self.signal,
            "edge",
            source.name,
            &through,
            sink.name,
        ));
        if self.sink.0 == Role::Connector {
            for port in sink.outputs {
                yaml.push_str(&pipeline(port.signal(), "shown", sink.name, &[], "debug"));
            }
        }
        yaml
    }

    /// Runs the edge and looks whether what was sent has come out behind it.
    async fn deliver(&self, ground: &Ground, loaded: Loaded) {
        let sink = ground.sink();
        let (sink, _) = start(&sink, &read(&sink).unwrap()).await;
        let (collector, context) = start(&self.yaml(ground), &loaded).await;
        let behind = match self.sink.0 {
            Role::Connector => "debug",
            _ => self.sink.1.name,
        };
        let is_read = behind == "prometheus";
        let before = if is_read {
            page(ground.page).await
        } else {
            String::new()
        };
        send(ground.otlp, &loaded).await;
        if is_read {
            self.appears(ground.page, &before).await;
        }
        assert_eq!(collector.stop().await, 0, "{}: lost", self.name());
        sink.stop().await;
        let accounts = context.ledger().accounts();
        let exported = accounts.iter().filter(|((own, _), _)| own == behind);
        let exported: u64 = exported.map(|(_, account)| account.exported).sum();
        assert!(is_read || exported > 0, "{}: {accounts:?}", self.name());
    }

    /// Waits until a sample stands on a page that was not there before.
    async fn appears(&self, address: SocketAddr, before: &str) {
        let appeared = tokio::time::timeout(APPEARS, async {
            loop {
                let page = page(address).await;
                let mut samples = page.lines().filter(|line| !line.starts_with('#'));
                if samples.any(|line| !before.contains(series(line))) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        });
        assert!(appeared.await.is_ok(), "{}: nothing appears", self.name());
    }
}

/// A sample without its value.
fn series(line: &str) -> &str {
    line.rsplit_once(' ').map_or(line, |(series, _)| series)
}

/// One item of each signal that the receiver has a pipeline for.
async fn send(address: SocketAddr, loaded: &Loaded) {
    let now = secspan_collector::clock::now();
    let event = TestEvent::new("secops.ticket.closed", now)
        .with("secops.ticket.id", "EDGE-1")
        .with("secops.priority", "P1");
    let (trace, span) = (TraceId([7; 16]), SpanId([7; 8]));
    let root = TestSpan::new(trace, span, "edge").during(now, now);
    let root = root.event(event.clone());
    let payloads = [
        (Signal::Traces, span::request([&root])),
        (Signal::Logs, span::log_request([(trace, span, &event)])),
        (Signal::Metrics, points(now)),
    ];
    for (signal, payload) in payloads {
        let mut pipelines = loaded.document.service.pipelines.iter();
        let fed = pipelines.any(|own| {
            own.signal == signal && own.receivers.iter().any(|from| from.id.kind == "otlp")
        });
        if fed {
            post(address, signal.name(), payload).await;
        }
    }
}

/// The components of some roles.
fn kinds<'i>(inventory: &'i Inventory, roles: &[Role]) -> Vec<(Role, &'i Kind)> {
    let of = |role: &Role| {
        let role = *role;
        inventory.of(role).iter().map(move |kind| (role, kind))
    };
    roles.iter().flat_map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edge_that_is_accepted_delivers() {
    let inventory = components::inventory();
    let mut accepted = 0;
    for source in kinds(&inventory, &[Role::Receiver, Role::Connector]) {
        for sink in kinds(&inventory, &[Role::Exporter, Role::Connector]) {
            for signal in Signal::ALL {
                let scenario = Scenario {
                    source,
                    through: None,
                    sink,
                    signal,
                };
                let ground = Ground::new();
                match read(&scenario.yaml(&ground)) {
                    Ok(loaded) => {
                        accepted += 1;
                        scenario.deliver(&ground, loaded).await;
                    }
                    Err(refusal) => assert!(
                        refusal.contains("edge.yaml:") && refusal.contains("given"),
                        "{}: {refusal}",
                        scenario.name()
                    ),
                }
            }
        }
    }
    // At least what upstream's files take for granted.
    assert!(accepted >= 20, "{accepted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_processor_passes_every_signal_that_it_takes() {
    let inventory = components::inventory();
    let find = |role, name| (role, inventory.find(role, name).unwrap());
    for (_, processor) in kinds(&inventory, &[Role::Processor]) {
        for port in processor.inputs {
            let Port::Pushed(signal) = *port else {
                continue;
            };
            for sink in ["debug", "otlp"] {
                let scenario = Scenario {
                    source: find(Role::Receiver, "otlp"),
                    through: Some(processor),
                    sink: find(Role::Exporter, sink),
                    signal,
                };
                let ground = Ground::new();
                let loaded = read(&scenario.yaml(&ground));
                let loaded =
                    loaded.unwrap_or_else(|refusal| panic!("{}: {refusal}", scenario.name()));
                scenario.deliver(&ground, loaded).await;
            }
        }
    }
}
