//! The real collector as a child process, on free loopback ports, with its files in a temporary folder.

use std::error::Error;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use tempfile::TempDir;

use crate::child::Process;
use crate::http;
use crate::poll;

/// A running collector; ends with its owner.
#[derive(Debug)]
pub struct Collector {
    /// OTLP over gRPC.
    pub grpc: SocketAddr,
    /// OTLP over HTTP.
    pub http: SocketAddr,
    /// Derived metrics.
    pub metrics: SocketAddr,
    /// Its own metrics.
    pub telemetry: SocketAddr,
    /// Health.
    pub health: SocketAddr,
    process: Process,
    directory: TempDir,
}

/// Ports below those that the system gives to clients, so that no connection takes one between here and its use.
const PORTS: std::ops::Range<u16> = 18_000..30_000;

/// How often a collector is started whose ports were taken.
const STARTS_MAX: u32 = 3;

/// Addresses on loopback that nobody uses now, and that this process gives out only once.
///
/// # Errors
/// When there are none.
pub fn free_addresses<const N: usize>() -> io::Result<[SocketAddr; N]> {
    static NEXT: OnceLock<Mutex<u16>> = OnceLock::new();
    // Processes that run at the same time start at different places.
    let start = || Mutex::new(u16::try_from(std::process::id() * 7 % 10_000).unwrap_or(0));
    let mut next = NEXT
        .get_or_init(start)
        .lock()
        .map_err(|_| io::Error::other("poisoned"))?;
    let width = PORTS.end - PORTS.start;
    let mut found = Vec::new();
    for _ in 0..width {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORTS.start + *next % width));
        *next = next.wrapping_add(1) % width;
        if TcpListener::bind(address).is_ok() {
            found.push(address);
        }
        if found.len() == N {
            break;
        }
    }
    found
        .try_into()
        .map_err(|_| io::Error::other("not enough free ports"))
}

/// A program of this workspace, built once if it is not there; `profile` folder of the running test.
///
/// # Errors
/// When it does not build.
pub fn program(package: &str, name: &str) -> Result<PathBuf, Box<dyn Error>> {
    static BUILT: OnceLock<Mutex<Vec<String>>> = OnceLock::new();
    let profile = std::env::current_exe()?
        .ancestors()
        .nth(2)
        .map(Path::to_owned)
        .ok_or("no folder above the test program")?;
    let mut built = BUILT
        .get_or_init(Default::default)
        .lock()
        .map_err(|_| "a build failed")?;
    if !built.iter().any(|known| known == name) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let target = profile.parent().ok_or("no target folder")?;
        let status = Command::new(cargo)
            .args([
                "build",
                "--quiet",
                "--package",
                package,
                "--bin",
                name,
                "--target-dir",
            ])
            .arg(target)
            .status()?;
        if !status.success() {
            return Err(format!("{name} does not build").into());
        }
        built.push(name.to_owned());
    }
    Ok(profile.join(name))
}

impl Collector {
    /// Starts the embedded default on free ports; `settings` are further `--set` arguments.
    ///
    /// # Errors
    /// When it does not become ready; the error carries its log.
    pub fn start(settings: &[&str]) -> Result<Self, Box<dyn Error>> {
        Self::start_with(settings, &[])
    }

    /// The same with environment variables, and without the default quiet period: a record appears half a second after
    /// its workflow ended.
    ///
    /// # Errors
    /// When it does not become ready; the error carries its log.
    pub fn start_with(
        settings: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Self, Box<dyn Error>> {
        Self::start_from(None, settings, environment)
    }

    /// The same from a configuration file instead of the embedded default.
    ///
    /// # Errors
    /// When it does not become ready; the error carries its log.
    pub fn start_from(
        config: Option<&Path>,
        settings: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Self, Box<dyn Error>> {
        let mut last = Self::start_once(config, settings, environment);
        for _ in 1..STARTS_MAX {
            // Another process of this machine may take a port between here and its use.
            match &last {
                Err(error) if error.to_string().contains("in use") => {}
                _ => break,
            }
            last = Self::start_once(config, settings, environment);
        }
        last
    }

    fn start_once(
        config: Option<&Path>,
        settings: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Self, Box<dyn Error>> {
        let [grpc, http, metrics, telemetry, health] = free_addresses()?;
        let directory = tempfile::tempdir()?;
        let defaults = [
            format!("receivers.otlp.protocols.grpc.endpoint={grpc}"),
            format!("receivers.otlp.protocols.http.endpoint={http}"),
            format!("exporters.prometheus.endpoint={metrics}"),
            format!("extensions.health_check.endpoint={health}"),
            format!(
                "service.telemetry.metrics.readers=[{{pull: {{exporter: {{prometheus: {{host: {}, port: {}}}}}}}}}]",
                telemetry.ip(),
                telemetry.port()
            ),
            "connectors.workflow.quiet_period=500ms".to_owned(),
        ];
        let mut command = Command::new(program("secspan-collector", "secspan-collector")?);
        if let Some(config) = config {
            command.arg("--config").arg(config);
        }
        for setting in defaults
            .iter()
            .map(String::as_str)
            .chain(settings.iter().copied())
        {
            command.arg("--set").arg(setting);
        }
        let log = fs::File::create(directory.path().join("collector.log"))?;
        command
            .env("SECSPAN_DATA_DIR", directory.path())
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(log);
        let process = Process::start(&mut command)?;
        let mut collector = Self {
            grpc,
            http,
            metrics,
            telemetry,
            health,
            process,
            directory,
        };
        collector.wait_until_ready()?;
        Ok(collector)
    }

    fn wait_until_ready(&mut self) -> Result<(), Box<dyn Error>> {
        let ready = poll::until("a ready collector", Duration::from_secs(20), || {
            if !self.process.is_alive() {
                return Some(false);
            }
            let answer = http::get(self.health, "/readyz", &[]).ok()?;
            // A stranger that took the port meanwhile may answer as well; our own says so in its log.
            (answer.status == 200 && self.log().contains("service: ready")).then_some(true)
        });
        match ready {
            Ok(true) => Ok(()),
            Ok(false) => Err(format!("the collector ended: {}", self.log()).into()),
            Err(error) => Err(format!("{error}: {}", self.log()).into()),
        }
    }

    /// Where its files are.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.process.is_alive()
    }

    /// Its peak memory, in MiB.
    pub fn peak_rss_mib(&self) -> f64 {
        self.process.peak_rss_mib()
    }

    /// What it said on standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("collector.log")).unwrap_or_default()
    }

    /// The lines of all files under `metrics/` whose name starts with `stem` and ends with `suffix`.
    pub fn lines(&self, stem: &str, suffix: &str) -> Vec<String> {
        lines(self.directory.path(), stem, suffix)
    }

    /// Stops it, which completes every workflow that has ended, and returns the enrichment records. With a long quiet period
    /// nothing else does: no span can be late, however slow the machine.
    ///
    /// # Errors
    /// When it does not stop in time, or not well.
    pub fn finish(self) -> Result<Vec<String>, Box<dyn Error>> {
        let (code, directory) = self.stop()?;
        if code != Some(0) {
            return Err(format!("it stopped with {code:?}").into());
        }
        Ok(lines(directory.path(), "enrichment-metrics-", ".jsonl"))
    }
    /// The enrichment records, once there are at least `count`.
    ///
    /// # Errors
    /// When they do not come; the error carries the collector's log.
    pub fn enrichments(&self, count: usize) -> Result<Vec<String>, String> {
        poll::until(&format!("{count} records"), Duration::from_secs(30), || {
            let lines = self.lines("enrichment-metrics-", ".jsonl");
            (lines.len() >= count).then_some(lines)
        })
        .map_err(|error| format!("{error}: {}", self.log()))
    }

    /// The value of one series of the derived metrics, by its name and labels as they stand on the page.
    pub fn metric(&self, series: &str) -> Option<f64> {
        value(
            &http::get(self.metrics, "/metrics", &[]).ok()?.text(),
            series,
        )
    }

    /// Waits until a series of the derived metrics has this value.
    ///
    /// # Errors
    /// When it does not come to that; says what it was last.
    pub fn wait_for_metric(&self, series: &str, wanted: f64) -> Result<(), String> {
        let mut last = None;
        poll::until(series, Duration::from_secs(20), || {
            last = self.metric(series);
            last.filter(|value| (value - wanted).abs() < 1e-9).map(drop)
        })
        .map_err(|error| format!("{error}: wanted {wanted}, last {last:?}"))
    }

    /// The same of the collector's own metrics.
    pub fn own_metric(&self, series: &str) -> Option<f64> {
        value(
            &http::get(self.telemetry, "/metrics", &[]).ok()?.text(),
            series,
        )
    }

    /// Sends it a signal by name: `TERM`, `HUP`.
    ///
    /// # Errors
    /// When there is no `kill` program.
    pub fn signal(&self, name: &str) -> io::Result<()> {
        let pid = self.process.id().to_string();
        Command::new("kill")
            .args([&format!("-{name}"), &pid])
            .status()
            .map(drop)
    }

    /// Asks it to stop, waits, and returns its exit code.
    ///
    /// # Errors
    /// When it does not stop in time.
    pub fn stop(mut self) -> Result<(Option<i32>, TempDir), Box<dyn Error>> {
        self.signal("TERM")?;
        let code = poll::until("the collector to stop", Duration::from_secs(30), || {
            self.process.exit_code()
        })?;
        Ok((code, self.directory))
    }
}

fn value(page: &str, series: &str) -> Option<f64> {
    page.lines().find_map(|line| {
        let rest = line.strip_prefix(series)?.strip_prefix(' ')?;
        rest.split_whitespace().next()?.parse().ok()
    })
}

/// The lines of all files under `metrics/` of a folder whose name starts with `stem` and ends with `suffix`.
fn lines(directory: &Path, stem: &str, suffix: &str) -> Vec<String> {
    let Ok(folder) = fs::read_dir(directory.join("metrics")) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .iter()
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(stem) && name.ends_with(suffix)
        })
        .flat_map(|path| {
            fs::read_to_string(path)
                .unwrap_or_default()
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}
