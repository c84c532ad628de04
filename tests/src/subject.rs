//! A collector under load: where it listens, how it is configured, when it is ready.

use std::error::Error;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::child::Process;
use crate::sender::Sender;

/// Loopback ports of a collector, and where it sends traces.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// OTLP/gRPC.
    pub grpc: u16,
    /// OTLP/HTTP.
    pub http: u16,
    /// Derived metrics.
    pub metrics: u16,
    /// Its own metrics.
    pub telemetry: u16,
    /// Health.
    pub health: u16,
    /// The destination of traces.
    pub sink: SocketAddr,
}

impl Ports {
    /// Free ports, in front of `sink`.
    ///
    /// # Errors
    /// When none can be had.
    pub fn free(sink: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let [grpc, http, metrics, telemetry, health] = free_ports()?;
        Ok(Self {
            grpc,
            http,
            metrics,
            telemetry,
            health,
            sink,
        })
    }
}

/// Builds the collector as it ships, and says where it is.
///
/// # Errors
/// It does not build.
pub fn build() -> Result<PathBuf, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--package", "secspan-collector"])
        .status()?;
    if !built.success() {
        return Err("the collector does not build".into());
    }
    Ok(target()?.join("release/secspan-collector"))
}

/// The folder that cargo builds into, as seen from a program in it.
///
/// # Errors
/// The program was moved out of it.
pub fn target() -> Result<PathBuf, Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2);
    Ok(target
        .ok_or("no target directory above this program")?
        .to_owned())
}

/// Waits until the collector takes connections.
///
/// # Errors
/// It ended, with what it said, or did not listen within ten seconds.
pub async fn wait_for(
    process: &mut Process,
    address: SocketAddr,
    directory: &Path,
) -> Result<(), Box<dyn Error>> {
    for _ in 0..200 {
        if !process.is_alive() {
            let log = std::fs::read_to_string(directory.join("log")).unwrap_or_default();
            return Err(format!("the collector ended: {log}").into());
        }
        if Sender::connect(address).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("the collector did not start listening in 10 s".into())
}

/// The whole work: span metrics, rules, workflow join, records to files, forwarding.
pub fn ours_config(ports: &Ports, directory: &Path) -> String {
    format!(
        "receivers:
  otlp: {{ protocols: {{ grpc: {{ endpoint: 127.0.0.1:{} }}, http: {{ endpoint: 127.0.0.1:{} }} }} }}
connectors:
  spanmetrics: {{ histogram: {{ unit: s, explicit: {{ buckets: [1ms, 10ms, 50ms, 100ms, 250ms, 500ms, 1s, 5s, 30s, 60s] }} }}, dimensions: [{{ name: http.request.method }}, {{ name: http.response.status_code }}] }}
  signalrules: {{ packs: [enrichment] }}
  workflow: {{ quiet_period: 1s, deadline: 1h }}
exporters:
  otlp/null: {{ endpoint: {}, tls: {{ insecure: true }}, compression: none }}
  prometheus: {{ endpoint: 127.0.0.1:{} }}
  jsonl: {{ directory: {} }}
extensions:
  health_check: {{ endpoint: 127.0.0.1:{} }}
service:
  extensions: [health_check]
  telemetry: {{ metrics: {{ readers: [{{ pull: {{ exporter: {{ prometheus: {{ host: 127.0.0.1, port: {} }} }} }} }}] }} }}
  pipelines:
    traces: {{ receivers: [otlp], exporters: [spanmetrics, signalrules, workflow, otlp/null] }}
    metrics: {{ receivers: [spanmetrics, signalrules], exporters: [prometheus] }}
    logs: {{ receivers: [workflow], exporters: [jsonl, signalrules] }}
",
        ports.grpc, ports.http, ports.sink, ports.metrics, directory.display(), ports.health, ports.telemetry
    )
}

/// The upstream collector with span metrics and forwarding.
pub fn upstream_config(ports: &Ports, _: &Path) -> String {
    format!(
        "receivers:
  otlp: {{ protocols: {{ grpc: {{ endpoint: 127.0.0.1:{}, max_recv_msg_size_mib: 20 }} }} }}
connectors:
  spanmetrics: {{ histogram: {{ unit: s, explicit: {{ buckets: [1ms, 10ms, 50ms, 100ms, 250ms, 500ms, 1s, 5s, 30s, 60s] }} }}, dimensions: [{{ name: http.request.method }}, {{ name: http.response.status_code }}] }}
exporters:
  otlp: {{ endpoint: {}, tls: {{ insecure: true }}, compression: none }}
  prometheus: {{ endpoint: 127.0.0.1:{} }}
service:
  telemetry: {{ metrics: {{ level: none }} }}
  pipelines:
    traces: {{ receivers: [otlp], exporters: [spanmetrics, otlp] }}
    metrics: {{ receivers: [spanmetrics], exporters: [prometheus] }}
",
        ports.grpc, ports.sink, ports.metrics
    )
}

fn free_ports<const N: usize>() -> Result<[u16; N], Box<dyn Error>> {
    let listeners: Vec<TcpListener> = (0..N)
        .map(|_| TcpListener::bind("127.0.0.1:0"))
        .collect::<std::io::Result<_>>()?;
    let ports: Vec<u16> = listeners
        .iter()
        .map(|listener| listener.local_addr().map(|address| address.port()))
        .collect::<std::io::Result<_>>()?;
    ports.try_into().map_err(|_| "not enough ports".into())
}
