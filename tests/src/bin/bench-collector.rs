//! How many spans does the collector process per second of its own CPU time, next to itself at another commit and to the
//! upstream collector?
//!
//! Each round runs every system once, one after the other and in turns the first: the collector under test alone on core 0, the sender and the
//! null destination on core 1. Ours does its whole work (span metrics, rules, workflow join, records to files,
//! forwarding); the upstream one does span metrics and forwarding.
//!
//! Every run sends the same number of spans, repeats what is refused after the pause that it was asked for, and ends when
//! everything that was acknowledged is at the destination and, as records, in the files. Spans are counted at the
//! destination and tickets in the files: one that is missing, or there twice, ends the benchmark with an error. The CPU
//! time is the collector's from the first request to that moment. Reported are medians over the rounds and their ratios.
//!
//! ```text
//! bench-collector [--rounds 3] [--only TEXT] [--program PATH] [--against PATH]…
//! ```
//! `--program` is measured instead of a fresh build, `--against` beside it; both are binaries of this collector. Upstream
//! runs where `cargo xtask real` has built it, or from `OTELCOL_BIN`.

use std::collections::HashSet;
use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use secspan_tests::child::Process;
use secspan_tests::load::{self, Mix, Template};
use secspan_tests::sender::{Encoding, Failure, Sender};
use secspan_tests::sink::Sink;
use secspan_tests::subject::{self, Ports};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Connections of the sender, and requests under way on each.
const CONNECTIONS: usize = 4;
const IN_FLIGHT: usize = 2;

/// Spans of one run, rounded up to whole requests: some tenths of a second of CPU time or more, whose ticks are 10 ms.
const MISSION_SPANS: usize = 150_000;
const MIXED_SPANS: usize = 450_000;
/// With ten spans a request there are fewer by this factor.
const SMALL_REQUESTS: usize = 3;

/// Requests that are encoded once; each sending has other ids.
const TEMPLATES: u64 = 40;

/// Longest wait for what was acknowledged to arrive. Records fall due a second after their workflow ended.
const ARRIVAL: Duration = Duration::from_secs(30);
/// Between two looks at the files.
const LOOK: Duration = Duration::from_millis(20);

#[derive(Clone, Copy)]
struct Case {
    mix: Mix,
    spans: usize,
    encoding: Encoding,
}

impl Case {
    fn all() -> impl Iterator<Item = Self> {
        let mixes = [Mix::Mission, Mix::Mixed].into_iter();
        mixes.flat_map(|mix| {
            [Encoding::Identity, Encoding::Gzip]
                .into_iter()
                .flat_map(move |encoding| {
                    [1_000, 100, 10].map(|spans| Self {
                        mix,
                        spans,
                        encoding,
                    })
                })
        })
    }

    fn name(self) -> String {
        let mix = match self.mix {
            Mix::Mission => "mission",
            Mix::Mixed => "mixed",
        };
        let gzip = match self.encoding {
            Encoding::Identity => "",
            Encoding::Gzip => ", gzip",
        };
        format!("{mix}, {} spans{gzip}", self.spans)
    }
}

struct Measurement {
    spans_per_cpu_second: f64,
    refused_percent: f64,
    p99_ms: f64,
    peak_rss_mib: f64,
}

struct System {
    name: String,
    program: PathBuf,
    config: fn(&Ports, &Path) -> String,
    /// Whether workflows become records.
    records: bool,
}

#[expect(clippy::print_stderr, reason = "a benchmark reports to the terminal")]
fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = runtime
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-collector: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What was asked for.
#[derive(Default)]
struct Options {
    rounds: Option<usize>,
    only: Option<String>,
    program: Option<PathBuf>,
    against: Vec<PathBuf>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self::default();
        while let Some(name) = arguments.next() {
            let value = arguments.next();
            let value = value.ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--rounds" => options.rounds = Some(value.parse()?),
                "--only" => options.only = Some(value),
                "--program" => options.program = Some(value.into()),
                "--against" => options.against.push(value.into()),
                _ => {
                    let known = "--rounds, --only, --program, --against";
                    return Err(format!("unknown option {name}; there are {known}").into());
                }
            }
        }
        Ok(options)
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]
async fn run() -> Result<()> {
    let options = Options::read(std::env::args().skip(1))?;
    let rounds = options.rounds.unwrap_or(3);
    let systems = systems(&options)?;
    pin_self();
    println!("spans per CPU second of the collector process; medians of {rounds} rounds;");
    println!("ratio: how many times as many as that system the first one does");
    println!(
        "{:<24} {:<24} {:>12} {:>9} {:>8} {:>8} {:>8} {:>7}",
        "load", "system", "spans/CPU-s", "us/span", "refused", "p99 ms", "RSS MiB", "ratio"
    );
    for case in Case::all() {
        let only = options.only.as_ref();
        if only.is_some_and(|only| !case.name().contains(only.as_str())) {
            continue;
        }
        let load = Arc::new(Load::new(case)?);
        let mut results: Vec<Vec<Measurement>> = systems.iter().map(|_| Vec::new()).collect();
        for round in 0..rounds {
            let mut order: Vec<_> = systems.iter().zip(&mut results).collect();
            // Who comes first changes, so that nobody always has the cold caches.
            order.rotate_left(round % systems.len());
            for (system, results) in order {
                let measured = measure(system, &load).await;
                let failed = |error| format!("{}, {}: {error}", system.name, case.name());
                results.push(measured.map_err(failed)?);
            }
        }
        report(case, &systems, &results);
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]
fn report(case: Case, systems: &[System], results: &[Vec<Measurement>]) {
    let speed = |results: &Vec<Measurement>| median(results, |m| m.spans_per_cpu_second);
    let first = results.first().map_or(f64::NAN, speed);
    for (system, results) in systems.iter().zip(results) {
        let speed = speed(results);
        println!(
            "{:<24} {:<24} {:>12.0} {:>9.2} {:>7.1}% {:>8.1} {:>8.0} {:>6.2}x",
            case.name(),
            system.name,
            speed,
            1e6 / speed,
            median(results, |m| m.refused_percent),
            median(results, |m| m.p99_ms),
            median(results, |m| m.peak_rss_mib),
            first / speed,
        );
    }
}

/// Ours, ours at other commits, and the upstream collector where it has been built.
fn systems(options: &Options) -> Result<Vec<System>> {
    let ours = |name: String, program: PathBuf| System {
        name,
        program,
        config: subject::ours_config,
        records: true,
    };
    let program = options.program.clone().map_or_else(subject::build, Ok)?;
    let mut systems = vec![ours("secspan, all its work".to_owned(), program)];
    for (number, program) in options.against.iter().enumerate() {
        let name = format!("against, binary {}", number + 1);
        systems.push(ours(name, program.clone()));
    }
    let upstream = std::env::var_os("OTELCOL_BIN").map_or_else(
        || subject::target().map(|target| target.join("tools/otelcol/bin/otelcol")),
        |given| Ok(PathBuf::from(given)),
    )?;
    if upstream.exists() {
        systems.push(System {
            name: "upstream, span metrics".to_owned(),
            program: upstream,
            config: subject::upstream_config,
            records: false,
        });
    } else {
        report_missing(&upstream);
    }
    for system in &systems {
        if !system.program.exists() {
            return Err(format!("no program {}", system.program.display()).into());
        }
    }
    Ok(systems)
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]
fn report_missing(upstream: &Path) {
    println!(
        "not run: upstream collector: no {} (cargo xtask real builds it)",
        upstream.display()
    );
}

/// Keeps this process on core 1, so that the collector has core 0 to itself.
fn pin_self() {
    let pid = std::process::id().to_string();
    // Without taskset the numbers are noisier, not wrong: CPU time is the collector's own.
    drop(
        Command::new("taskset")
            .args(["-cp", "1", &pid])
            .stdout(Stdio::null())
            .status(),
    );
}

async fn measure(system: &System, load: &Arc<Load>) -> Result<Measurement> {
    let sink = Sink::start().await?;
    let directory = tempfile::tempdir()?;
    let ports = Ports::free(sink.address)?;
    let config = directory.path().join("config.yaml");
    std::fs::write(&config, (system.config)(&ports, directory.path()))?;
    let mut process = Process::start(
        Command::new("taskset")
            .args(["-c", "0"])
            .arg(&system.program)
            .arg("--config")
            .arg(&config)
            .env("GOMAXPROCS", "1")
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(directory.path().join("log"))?),
    )?;
    let address = SocketAddr::from(([127, 0, 0, 1], ports.grpc));
    subject::wait_for(&mut process, address, directory.path()).await?;
    let cpu_before = process.cpu_seconds();
    let outcome = load.run(address).await?;
    let arrived = Arrival {
        load,
        sink: &sink,
        files: system.records.then(|| directory.path().join("metrics")),
    };
    arrived.wait().await?;
    let cpu = process.cpu_seconds() - cpu_before;
    arrived.check()?;
    let requests = load.requests as f64;
    Ok(Measurement {
        spans_per_cpu_second: load.spans() as f64 / cpu,
        refused_percent: 100.0 * outcome.refusals as f64 / (requests + outcome.refusals as f64),
        p99_ms: outcome.p99_ms,
        peak_rss_mib: process.peak_rss_mib(),
    })
}

/// What was acknowledged, on its way to the destination and into the files.
struct Arrival<'a> {
    load: &'a Load,
    sink: &'a Sink,
    /// Where records are written; `None` for a system that makes none.
    files: Option<PathBuf>,
}

impl Arrival<'_> {
    /// Waits until as much has arrived as was sent.
    async fn wait(&self) -> Result<()> {
        let end = now() + ARRIVAL;
        let workflows = self.load.workflows();
        loop {
            let records = match &self.files {
                Some(files) => lines(files)?.len(),
                None => workflows,
            };
            if self.sink.spans() >= self.load.spans() && records >= workflows {
                return Ok(());
            }
            if now() > end {
                return Err(format!(
                    "lost: {} of {} spans arrived at the destination, {records} of {workflows} workflows in the files, within {} s",
                    self.sink.spans(),
                    self.load.spans(),
                    ARRIVAL.as_secs()
                )
                .into());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Checks that it is what was sent, and nothing twice.
    fn check(&self) -> Result<()> {
        let (spans, sent) = (self.sink.spans(), self.load.spans());
        if spans != sent {
            return Err(
                format!("{spans} spans arrived at the destination, {sent} were sent").into(),
            );
        }
        let Some(files) = &self.files else {
            return Ok(());
        };
        let mut missing: HashSet<String> = self.load.tickets().collect();
        for line in lines(files)? {
            let record: serde_json::Value = serde_json::from_str(&line)?;
            let ticket = record.get("ticket_id").and_then(|ticket| ticket.as_str());
            if !ticket.is_some_and(|ticket| missing.remove(ticket)) {
                return Err(format!("a record that was not sent, or a second time: {line}").into());
            }
        }
        match missing.iter().next() {
            None => Ok(()),
            Some(first) => {
                Err(format!("{} records are missing, {first} for one", missing.len()).into())
            }
        }
    }
}

/// The enrichment records, and what was rejected of them.
fn lines(folder: &Path) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let Ok(files) = std::fs::read_dir(folder) else {
        return Ok(lines);
    };
    for file in files {
        let file = file?;
        if file
            .file_name()
            .to_string_lossy()
            .starts_with("enrichment-metrics-")
        {
            let text = std::fs::read_to_string(file.path())?;
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    Ok(lines)
}

/// The requests of a run: the same for every system, and no two alike.
struct Load {
    case: Case,
    templates: Vec<Template>,
    requests: usize,
    /// Every request, where compressing it takes longer than sending it.
    compressed: Vec<Bytes>,
}

struct Outcome {
    refusals: u64,
    p99_ms: f64,
}

impl Load {
    fn new(case: Case) -> Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "spans of the load end now")]
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let now = u64::try_from(now.as_nanos())?;
        let template = |seed| Template::new(case.mix, case.spans, now, seed + 1);
        let spans = match case.mix {
            Mix::Mission => MISSION_SPANS,
            Mix::Mixed => MIXED_SPANS,
        };
        let spans = spans / if case.spans < 100 { SMALL_REQUESTS } else { 1 };
        let mut load = Self {
            case,
            templates: (0..TEMPLATES).map(template).collect(),
            requests: spans.div_ceil(case.spans),
            compressed: Vec::new(),
        };
        if case.encoding == Encoding::Gzip {
            let requests = (0..load.requests).filter_map(|number| load.fresh(number));
            load.compressed = requests.map(|request| load::gzip(&request)).collect();
        }
        Ok(load)
    }

    fn template(&self, number: usize) -> Option<(&Template, u32)> {
        let template = self.templates.get(number % self.templates.len())?;
        Some((template, u32::try_from(number + 1).ok()?))
    }

    fn fresh(&self, number: usize) -> Option<Bytes> {
        let (template, nonce) = self.template(number)?;
        Some(template.fresh(nonce))
    }

    fn request(&self, number: usize) -> Option<Bytes> {
        match self.case.encoding {
            Encoding::Gzip => self.compressed.get(number).cloned(),
            Encoding::Identity if number < self.requests => self.fresh(number),
            Encoding::Identity => None,
        }
    }

    fn spans(&self) -> u64 {
        (self.requests * self.case.spans) as u64
    }

    fn tickets(&self) -> impl Iterator<Item = String> {
        let requests = (0..self.requests).filter_map(|number| self.template(number));
        requests.flat_map(|(template, nonce)| template.tickets(nonce))
    }

    fn workflows(&self) -> usize {
        let requests = (0..self.requests).filter_map(|number| self.template(number));
        requests.map(|(template, _)| template.workflows).sum()
    }

    /// Sends every request until it is taken.
    async fn run(self: &Arc<Self>, address: SocketAddr) -> Result<Outcome> {
        let next = Arc::new(AtomicUsize::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..CONNECTIONS {
            let sender = Sender::connect(address).await?;
            for _ in 0..IN_FLIGHT {
                let (load, next) = (Arc::clone(self), Arc::clone(&next));
                tasks.spawn(send(load, sender.clone(), next));
            }
        }
        let (mut refusals, mut latencies) = (0, Vec::new());
        while let Some(sent) = tasks.join_next().await {
            let (refused, waited) = sent?.map_err(|error| error.to_string())?;
            refusals += refused;
            latencies.extend(waited);
        }
        latencies.sort_unstable();
        let at = latencies.len() * 99 / 100;
        let p99 = latencies.get(at).copied().unwrap_or_default();
        Ok(Outcome {
            refusals,
            p99_ms: p99.as_secs_f64() * 1e3,
        })
    }
}

/// Sends requests, each the next that nobody has, until there is none. Returns the refusals and the time of each.
async fn send(
    load: Arc<Load>,
    mut sender: Sender,
    next: Arc<AtomicUsize>,
) -> std::result::Result<(u64, Vec<Duration>), Failure> {
    let (mut refusals, mut latencies) = (0, Vec::new());
    while let Some(request) = load.request(next.fetch_add(1, Ordering::Relaxed)) {
        let start = now();
        refusals += sender.deliver(&request, load.case.encoding).await?;
        latencies.push(start.elapsed());
    }
    Ok((refusals, latencies))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}

fn median(results: &[Measurement], of: fn(&Measurement) -> f64) -> f64 {
    let mut values: Vec<f64> = results.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
