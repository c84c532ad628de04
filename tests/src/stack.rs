//! Real servers for the tests: Prometheus, Tempo and the upstream collector, each from a template under `tests/real/`.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::child::Process;
use crate::collector::free_addresses;
use crate::{http, poll};

/// Servers that build their state at start need a while on a busy machine.
const START_DEADLINE: Duration = Duration::from_mins(1);

/// The program that a variable names.
///
/// # Errors
/// When the variable is not set: these tests run under `cargo xtask real`, which sets it.
pub fn tool(variable: &str) -> Result<PathBuf, Box<dyn Error>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo xtask real names the tools this way"
    )]
    let path = std::env::var(variable);
    path.map(PathBuf::from)
        .map_err(|_| format!("{variable} is not set; run this with cargo xtask real").into())
}

/// A template of `tests/real/` with its `{placeholders}` filled in.
fn template(name: &str, values: &[(&str, String)]) -> Result<String, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("real")
        .join(name);
    let mut text =
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    for (key, value) in values {
        text = text.replace(&format!("{{{key}}}"), value);
    }
    Ok(text)
}

/// A running server with its files.
#[derive(Debug)]
pub struct Server {
    process: Process,
    directory: TempDir,
}

impl Server {
    fn start(
        variable: &str,
        config: &str,
        arguments: impl FnOnce(&Path) -> Vec<String>,
    ) -> Result<Self, Box<dyn Error>> {
        let directory = tempfile::tempdir()?;
        let config = config.replace("{data_dir}", &directory.path().display().to_string());
        fs::write(directory.path().join("config.yaml"), config)?;
        let log = fs::File::create(directory.path().join("log"))?;
        let process = Process::start(
            Command::new(tool(variable)?)
                .args(arguments(directory.path()))
                .current_dir(directory.path())
                .stdout(log.try_clone()?)
                .stderr(log)
                .stdin(Stdio::null()),
        )?;
        Ok(Self { process, directory })
    }

    fn wait(&mut self, what: &str, address: SocketAddr, path: &str) -> Result<(), Box<dyn Error>> {
        let up = poll::until(what, START_DEADLINE, || {
            if !self.process.is_alive() {
                return Some(false);
            }
            let answer = http::get(address, path, &[]).ok()?;
            (answer.status < 300).then_some(true)
        });
        match up {
            Ok(true) => Ok(()),
            Ok(false) => Err(format!("{what} ended: {}", self.log()).into()),
            Err(error) => Err(format!("{error}: {}", self.log()).into()),
        }
    }

    /// What it said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

/// A real Prometheus that scrapes one target every second.
#[derive(Debug)]
pub struct Prometheus {
    /// Its API.
    pub address: SocketAddr,
    server: Server,
}

impl Prometheus {
    /// Starts it.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn start(target: SocketAddr) -> Result<Self, Box<dyn Error>> {
        Self::start_with_rules(target, None)
    }

    /// The same with a rule file.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn start_with_rules(
        target: SocketAddr,
        rules: Option<&Path>,
    ) -> Result<Self, Box<dyn Error>> {
        let [address] = free_addresses()?;
        let mut config = template("prometheus.yaml", &[("target", target.to_string())])?;
        if let Some(rules) = rules {
            let _infallible = writeln!(config, "rule_files: [\"{}\"]", rules.display());
        }
        let mut server = Server::start("PROMETHEUS_BIN", &config, |directory| {
            vec![
                "--config.file=config.yaml".to_owned(),
                format!("--storage.tsdb.path={}", directory.join("data").display()),
                format!("--web.listen-address={address}"),
                "--enable-feature=exemplar-storage".to_owned(),
                // Without it the first scrape comes five seconds late.
                "--scrape.discovery-reload-interval=100ms".to_owned(),
            ]
        })?;
        server.wait("Prometheus", address, "/-/ready")?;
        Ok(Self { address, server })
    }

    /// Runs an instant query; the result's vector.
    ///
    /// # Errors
    /// When Prometheus refuses the query.
    pub fn query(&self, expression: &str) -> Result<Vec<Value>, Box<dyn Error>> {
        self.ask(&format!("/api/v1/query?query={}", encode(expression)))
    }

    /// The same at a point in time, in seconds.
    ///
    /// # Errors
    /// When Prometheus refuses the query.
    pub fn query_at(&self, expression: &str, time: f64) -> Result<Vec<Value>, Box<dyn Error>> {
        self.ask(&format!(
            "/api/v1/query?query={}&time={time:.3}",
            encode(expression)
        ))
    }

    /// The exemplars of a query in the last ten minutes.
    ///
    /// # Errors
    /// When Prometheus refuses the query.
    pub fn exemplars(&self, expression: &str) -> Result<Vec<Value>, Box<dyn Error>> {
        let now = self.number("time()")?;
        let path = format!(
            "/api/v1/query_exemplars?query={}&start={}&end={}",
            encode(expression),
            now - 600.0,
            now + 1.0
        );
        let answer: Value = serde_json::from_slice(&http::get(self.address, &path, &[])?.body)?;
        Ok(answer["data"].as_array().cloned().unwrap_or_default())
    }

    /// The alerts that are pending or firing now, as the API tells them.
    ///
    /// # Errors
    /// When Prometheus does not answer.
    pub fn alerts(&self) -> Result<Vec<Value>, Box<dyn Error>> {
        let answer = http::get(self.address, "/api/v1/alerts", &[])?;
        let answer: Value = serde_json::from_slice(&answer.body)?;
        Ok(answer["data"]["alerts"]
            .as_array()
            .cloned()
            .unwrap_or_default())
    }

    /// The one number that a query gives.
    ///
    /// # Errors
    /// When it gives none.
    pub fn number(&self, expression: &str) -> Result<f64, Box<dyn Error>> {
        let result = self.query(expression)?;
        let sample = result
            .first()
            .ok_or_else(|| format!("{expression} gives nothing"))?;
        let value = sample
            .pointer("/value/1")
            .or_else(|| sample.get(1))
            .unwrap_or(sample);
        Ok(value.as_str().ok_or("no number")?.parse()?)
    }

    /// Waits until a query gives this number.
    ///
    /// # Errors
    /// When it does not; says what it gave last.
    pub fn wait_for(&self, expression: &str, number: f64) -> Result<(), Box<dyn Error>> {
        let mut last = String::new();
        poll::until(expression, Duration::from_secs(40), || {
            match self.number(expression) {
                Ok(found) if (found - number).abs() < 1e-9 => Some(()),
                Ok(found) => {
                    last = found.to_string();
                    None
                }
                Err(error) => {
                    last = error.to_string();
                    None
                }
            }
        })
        .map_err(|error| format!("{error}: wanted {number}, last: {last}").into())
    }

    fn ask(&self, path: &str) -> Result<Vec<Value>, Box<dyn Error>> {
        let answer = http::get(self.address, path, &[])?;
        let value: Value = serde_json::from_slice(&answer.body)?;
        if value["status"] != "success" {
            return Err(format!("{path}: {value}").into());
        }
        let result = &value["data"]["result"];
        if value["data"]["resultType"] == "scalar" {
            return Ok(vec![result[1].clone()]);
        }
        Ok(result.as_array().cloned().unwrap_or_default())
    }

    /// What it said.
    pub fn log(&self) -> String {
        self.server.log()
    }
}

/// A real Tempo.
#[derive(Debug)]
pub struct Tempo {
    /// Its API.
    pub address: SocketAddr,
    /// Its OTLP/gRPC receiver.
    pub otlp: SocketAddr,
    server: Server,
}

impl Tempo {
    /// Starts it.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn start() -> Result<Self, Box<dyn Error>> {
        let [address, grpc, otlp, otlp_http] = free_addresses()?;
        let port = |address: SocketAddr| address.port().to_string();
        let config = template(
            "tempo.yaml",
            &[
                ("http_port", port(address)),
                ("grpc_port", port(grpc)),
                ("otlp_grpc_port", port(otlp)),
                ("otlp_http_port", port(otlp_http)),
            ],
        )?;
        let mut server = Server::start("TEMPO_BIN", &config, |_| {
            vec!["-config.file=config.yaml".to_owned()]
        })?;
        server.wait("Tempo", address, "/ready")?;
        Ok(Self {
            address,
            otlp,
            server,
        })
    }

    /// The ids (32 hex digits) of the traces that a TraceQL query finds.
    ///
    /// # Errors
    /// When Tempo refuses the query.
    pub fn search(&self, query: &str) -> Result<Vec<String>, Box<dyn Error>> {
        let path = format!("/api/search?limit=500&q={}", encode(query));
        let answer = http::get(self.address, &path, &[])?;
        if answer.status != 200 {
            return Err(format!("{query}: {} {}", answer.status, answer.text()).into());
        }
        let value: Value = serde_json::from_slice(&answer.body)?;
        let traces = value["traces"].as_array().cloned().unwrap_or_default();
        // Tempo prints ids without leading zeros.
        Ok(traces
            .iter()
            .filter_map(|trace| trace["traceID"].as_str())
            .map(|id| format!("{id:0>32}"))
            .collect())
    }

    /// What it said.
    pub fn log(&self) -> String {
        self.server.log()
    }
}

/// A real upstream collector.
#[derive(Debug)]
pub struct Upstream {
    /// Its OTLP/gRPC receiver.
    pub otlp: SocketAddr,
    /// Its Prometheus endpoint, where its configuration has one.
    pub metrics: SocketAddr,
    server: Server,
}

impl Upstream {
    /// Starts it with a template; `forward` is where its OTLP exporter sends.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn start(config: &str, forward: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let [otlp, otlp_http, metrics, health] = free_addresses()?;
        let values = [
            ("otlp_grpc", otlp.to_string()),
            ("otlp_http", otlp_http.to_string()),
            ("prometheus", metrics.to_string()),
            ("health", health.to_string()),
            ("destination", forward.to_string()),
        ];
        let config = template(config, &values)?;
        let mut server = Server::start("OTELCOL_BIN", &config, |_| {
            vec!["--config=config.yaml".to_owned()]
        })?;
        server.wait("the upstream collector", health, "/")?;
        Ok(Self {
            otlp,
            metrics,
            server,
        })
    }

    /// What it said.
    pub fn log(&self) -> String {
        self.server.log()
    }
}

/// Percent-encodes a query argument.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
