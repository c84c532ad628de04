//! Prometheus, Tempo and Grafana beside the demo, where they are installed.
//!
//! They run on the configuration files that the real tests and `grafana/` use.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::http;
use super::ports::{Ports, usual_or_free};
use crate::clock::{self, Deadline};
use crate::failure::{Failure, Result};
use crate::process::{self, Background};
use crate::terminal::say;
use crate::{files, workspace};

/// How long a server may take until it is ready.
const READY: Duration = Duration::from_mins(1);

/// What runs, and where.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// Lines for the person at the terminal.
    pub(super) places: Vec<String>,
    /// Tempo's OTLP/gRPC endpoint.
    pub(super) tempo: Option<String>,
    /// The ports of Prometheus and Tempo, for Grafana's data sources.
    urls: Vec<(&'static str, String)>,
    running: Vec<Background>,
}

impl Stack {
    /// Starts Tempo, which must be there before the collector.
    pub(super) fn start_tempo(&mut self, root: &Path, data: &Path) -> Result<()> {
        let Some(program) = find(root, "tempo", "TEMPO_BIN")? else {
            return Ok(());
        };
        let home = data.join("tempo");
        files::create_dir(&home)?;
        let http_port = usual_or_free(3200, "Tempo")?;
        let otlp_port = usual_or_free(14317, "Tempo's OTLP/gRPC")?;
        let text = files::read(&root.join("tests/real/tempo.yaml"))?
            .replace("{data_dir}", &home.display().to_string())
            .replace("{http_port}", &http_port.to_string())
            .replace(
                "{grpc_port}",
                &usual_or_free(9095, "Tempo's gRPC")?.to_string(),
            )
            .replace("{otlp_grpc_port}", &otlp_port.to_string())
            .replace(
                "{otlp_http_port}",
                &usual_or_free(14318, "Tempo's OTLP/HTTP")?.to_string(),
            );
        let config = home.join("tempo.yaml");
        files::write(&config, &text)?;
        let mut command = Command::new(program);
        command.arg(format!("-config.file={}", config.display()));
        self.start("Tempo", &command, &home.join("log"), http_port, "/ready")?;
        self.urls
            .push(("SECSPAN_TEMPO_URL", format!("http://127.0.0.1:{http_port}")));
        self.tempo = Some(format!("127.0.0.1:{otlp_port}"));
        Ok(())
    }

    /// Starts Prometheus, which scrapes the collector.
    pub(super) fn start_prometheus(
        &mut self,
        root: &Path,
        data: &Path,
        ports: Ports,
    ) -> Result<()> {
        let Some(program) = find(root, "prometheus", "PROMETHEUS_BIN")? else {
            return Ok(());
        };
        let home = data.join("prometheus");
        let port = usual_or_free(9090, "Prometheus")?;
        let target = format!(
            "127.0.0.1:{}\", \"127.0.0.1:{}",
            ports.metrics, ports.telemetry
        );
        let config = home.join("prometheus.yaml");
        let text =
            files::read(&root.join("tests/real/prometheus.yaml"))?.replace("{target}", &target);
        let alerts = root.join("grafana/alerts/enrichment.yaml");
        let text = format!("{text}rule_files: [\"{}\"]\n", alerts.display());
        files::write(&config, &text)?;
        let mut command = Command::new(program);
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                home.join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--enable-feature=exemplar-storage")
            .arg("--scrape.discovery-reload-interval=100ms");
        self.start("Prometheus", &command, &home.join("log"), port, "/-/ready")?;
        self.urls
            .push(("SECSPAN_PROMETHEUS_URL", format!("http://127.0.0.1:{port}")));
        Ok(())
    }

    /// Starts Grafana on the repository's data sources and dashboards.
    pub(super) fn start_grafana(&mut self, root: &Path, data: &Path) -> Result<()> {
        let Some(program) = find(root, "grafana", "GRAFANA_BIN")? else {
            return Ok(());
        };
        let home = data.join("grafana");
        let provisioning = home.join("provisioning");
        for part in ["datasources", "dashboards"] {
            let name = format!("{part}/secspan.yaml");
            let dashboards = root.join("grafana/dashboards").display().to_string();
            let text = files::read(&root.join("grafana/provisioning").join(&name))?
                .replace("/etc/secspan/dashboards", &dashboards);
            files::write(&provisioning.join(name), &text)?;
        }
        let port = usual_or_free(3000, "Grafana")?;
        let mut command = Command::new(&program);
        command.arg("server");
        // A package keeps the program in bin/ and the rest beside it.
        if let Some(package) = program.parent().and_then(Path::parent) {
            command.args(["--homepath".as_ref(), package.as_os_str()]);
        }
        command
            .env("GF_SERVER_HTTP_ADDR", "127.0.0.1")
            .env("GF_SERVER_HTTP_PORT", port.to_string())
            .env("GF_PATHS_DATA", &home)
            .env("GF_PATHS_PROVISIONING", &provisioning)
            .env("GF_AUTH_ANONYMOUS_ENABLED", "true")
            .env("GF_AUTH_ANONYMOUS_ORG_ROLE", "Admin")
            .envs(self.urls.iter().map(|(key, url)| (key, url)));
        self.start("Grafana", &command, &home.join("log"), port, "/api/health")
    }

    /// Stops everything, the last started first.
    pub(super) fn stop(&mut self) {
        while let Some(server) = self.running.pop() {
            drop(server);
        }
    }

    fn start(
        &mut self,
        name: &str,
        command: &Command,
        log: &Path,
        port: u16,
        path: &str,
    ) -> Result<()> {
        let mut server = Background::start(name, command, log)?;
        wait_until_ready(name, &mut server, port, path)?;
        self.places
            .push(format!("{name:<10} http://127.0.0.1:{port}"));
        self.running.push(server);
        Ok(())
    }
}

/// Waits until a server answers with success.
pub(super) fn wait_until_ready(
    name: &str,
    server: &mut Background,
    port: u16,
    path: &str,
) -> Result<()> {
    let deadline = Deadline::after(READY);
    while !http::get(port, path).is_ok_and(|answer| (200..300).contains(&answer.status)) {
        server.expect_running()?;
        if deadline.is_over() {
            return Err(Failure::new(format!(
                "{name} is not ready after {} s\n{}",
                READY.as_secs(),
                server.log_tail()
            )));
        }
        clock::pause();
    }
    Ok(())
}

/// A program from its variable, from what `cargo xtask real` built, or from the PATH.
fn find(root: &Path, program: &str, variable: &str) -> Result<Option<PathBuf>> {
    let built = workspace::target_directory(root)?
        .join("tools")
        .join(program)
        .join("bin")
        .join(program);
    let found = std::env::var_os(variable)
        .map(PathBuf::from)
        .or_else(|| Some(built).filter(|file| file.is_file()))
        .or_else(|| process::on_path(program));
    if found.is_none() {
        say(&format!(
            "without {program}: neither ${variable} nor target/tools nor the PATH has it"
        ));
    }
    Ok(found)
}
