//! `cargo xtask demo`: from nothing to one record, one metric and one trace.
//!
//! It builds the collector and the example, starts the collector on its embedded default, runs one alert
//! enrichment, and succeeds only when the workflow arrived at all three destinations and they agree.

mod destination;
mod evidence;
mod http;
mod ports;
mod sink;
mod stack;
mod summary;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::args;
use crate::clock::{self, Deadline};
use crate::failure::{Failure, Result};
use crate::process::{self, Background};
use crate::terminal::say;
use crate::workspace;
use destination::{Destination, TEMPO_ENDPOINT};
use evidence::{Before, Evidence};
use ports::Ports;
use sink::Sink;
use stack::Stack;
use summary::Summary;

/// Where the demo keeps its files, below the root.
const DATA: &str = "secspan-data/demo";

/// Workflows that the example runs.
const WORKFLOWS: usize = 1;

/// How long record, metric and trace may take after the example ended.
const ARRIVAL: Duration = Duration::from_mins(1);

/// Runs the demo.
pub(crate) fn run(root: &Path, options: &args::Demo) -> Result<()> {
    let programs = build(root)?;
    let data = root.join(DATA);
    let mut stack = Stack::default();
    if options.stack {
        stack.start_tempo(root, &data)?;
    }
    let ports = Ports::find()?;
    let destination = Destination::choose(stack.tempo.as_deref())?;
    let mut collector = start_collector(root, &programs, &data, ports, &destination)?;
    stack::wait_until_ready("the collector", &mut collector, ports.health, "/readyz")?;
    if options.stack {
        stack.start_prometheus(root, &data, ports)?;
        stack.start_grafana(root, &data)?;
    }
    let before = Before::look(&data, ports)?;
    run_example(root, &programs, ports)?;
    let evidence = await_evidence(&mut collector, &data, ports, destination.sink(), before)?;
    Summary {
        root,
        ports,
        traces_at: &destination.described(),
        stack: &stack.places,
        evidence: &evidence,
        serving: !options.once,
    }
    .show();
    if !options.once {
        say("\nServing until Ctrl-C.");
        let status = collector.wait()?;
        return Err(Failure::new(format!(
            "the collector ended by itself ({status})\n{}",
            collector.log_tail()
        )));
    }
    collector.stop()?;
    stack.stop();
    say("\nThe demo worked, and the collector stopped cleanly.");
    Ok(())
}

/// The programs that the demo runs.
struct Programs {
    collector: PathBuf,
    example: PathBuf,
}

/// Builds with the profile that compiles quickly.
fn build(root: &Path) -> Result<Programs> {
    say("building the collector and the example (a first build takes some minutes)");
    let begin = clock::now();
    let mut command = workspace::cargo(root);
    command.args(["build", "--quiet", "--profile", "demo"]);
    command.args(["-p", "secspan-collector", "--bin", "secspan-collector"]);
    command.args(["-p", "secspan-examples", "--bin", "enrichment"]);
    process::run("the build", &mut command)?;
    say(&format!("built in {} s", begin.elapsed().as_secs()));
    let folder = workspace::target_directory(root)?.join("demo");
    let name = |program: &str| folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    Ok(Programs {
        collector: name("secspan-collector"),
        example: name("enrichment"),
    })
}

fn start_collector(
    root: &Path,
    programs: &Programs,
    data: &Path,
    ports: Ports,
    destination: &Destination,
) -> Result<Background> {
    let mut command = Command::new(&programs.collector);
    for setting in ports.settings() {
        command.arg("--set").arg(setting);
    }
    // A demo need not wait long for spans that come late.
    command.args(["--set", "connectors.workflow.quiet_period=1s"]);
    if destination.sink().is_some() {
        command.args(["--set", "exporters.otlphttp/tempo.compression=none"]);
    }
    command
        .current_dir(root)
        .env("SECSPAN_DATA_DIR", data)
        .env(TEMPO_ENDPOINT, destination.endpoint());
    Background::start("the collector", &command, &data.join("collector.log"))
}

fn run_example(root: &Path, programs: &Programs, ports: Ports) -> Result<()> {
    say("running one alert enrichment (examples/src/enrichment)");
    let mut command = Command::new(&programs.example);
    command
        .current_dir(root)
        .args(["--tickets", &WORKFLOWS.to_string()])
        // Slow enough that stages last whole seconds, which is what a record counts.
        .args(["--speed", "0.05"])
        .env(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            format!("http://127.0.0.1:{}", ports.grpc),
        )
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    process::run_quietly("the example", &mut command).map(drop)
}

/// Looks until everything is there, or the time is over.
fn await_evidence(
    collector: &mut Background,
    data: &Path,
    ports: Ports,
    sink: Option<&Sink>,
    before: Before,
) -> Result<Evidence> {
    let deadline = Deadline::after(ARRIVAL);
    loop {
        collector.expect_running()?;
        let evidence = Evidence::gather(data, ports, sink, before)?;
        let missing = evidence.missing(WORKFLOWS);
        if missing.is_empty() {
            return Ok(evidence);
        }
        if deadline.is_over() {
            return Err(Failure::new(format!(
                "after {} s these are missing: {}\n{}",
                ARRIVAL.as_secs(),
                missing.join("; "),
                collector.log_tail()
            )));
        }
        clock::pause();
    }
}
