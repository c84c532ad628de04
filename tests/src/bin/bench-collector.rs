//! How many spans does the collector process per second of its own CPU time, next to the upstream collector?
//!
//! Each round runs every system once, one after the other: the collector under test alone on core 0, the sender and the null
//! destination on core 1. Ours does its whole work (span metrics, rules, workflow join, records to files, forwarding); the
//! upstream one does span metrics and forwarding. Reported are medians over the rounds and their ratio.

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use secspan_tests::child::Process;
use secspan_tests::load::{self, Template};
use secspan_tests::sender::{Encoding, Sender};
use secspan_tests::sink::Sink;
use secspan_tests::subject::{self, Ports};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Connections of the sender, and requests under way on each.
const CONNECTIONS: usize = 4;
const IN_FLIGHT: usize = 2;

/// Time before measuring starts, and time measured, per system and round.
const WARM_UP: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(4);

/// Requests that are encoded once and sent again and again.
const TEMPLATES: u64 = 40;

#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    spans: usize,
    encoding: Encoding,
}

const CASES: [Case; 4] = [
    Case {
        name: "1000 spans a request",
        spans: 1_000,
        encoding: Encoding::Identity,
    },
    Case {
        name: "1000 spans, gzip",
        spans: 1_000,
        encoding: Encoding::Gzip,
    },
    Case {
        name: "100 spans a request",
        spans: 100,
        encoding: Encoding::Identity,
    },
    Case {
        name: "10 spans a request",
        spans: 10,
        encoding: Encoding::Identity,
    },
];

struct Measurement {
    spans_per_cpu_second: f64,
    refused_percent: f64,
    p99_ms: f64,
    peak_rss_mib: f64,
}

struct System {
    name: &'static str,
    program: PathBuf,
    config: fn(&Ports, &Path) -> String,
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

#[expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]
async fn run() -> Result<()> {
    let rounds: usize = std::env::args()
        .nth(1)
        .map_or(Ok(3), |argument| argument.parse())?;
    let only = std::env::args().nth(2);
    let systems = systems()?;
    pin_self();
    println!("spans per CPU second of the collector process; medians of {rounds} rounds");
    println!(
        "{:<22} {:<22} {:>12} {:>8} {:>8} {:>9} {:>7}",
        "load", "system", "spans/CPU-s", "refused", "p99 ms", "RSS MiB", "ratio"
    );
    for case in CASES {
        if only
            .as_ref()
            .is_some_and(|only| !case.name.contains(only.as_str()))
        {
            continue;
        }
        let mut results: Vec<Vec<Measurement>> = systems.iter().map(|_| Vec::new()).collect();
        for _ in 0..rounds {
            for (system, results) in systems.iter().zip(&mut results) {
                results.push(measure(system, case).await?);
            }
        }
        let base = results
            .get(1)
            .map(|results| median(results, |m| m.spans_per_cpu_second));
        for (system, results) in systems.iter().zip(&results) {
            let speed = median(results, |m| m.spans_per_cpu_second);
            println!(
                "{:<22} {:<22} {:>12.0} {:>7.1}% {:>8.1} {:>9.0} {:>7}",
                case.name,
                system.name,
                speed,
                median(results, |m| m.refused_percent),
                median(results, |m| m.p99_ms),
                median(results, |m| m.peak_rss_mib),
                base.map_or_else(|| "-".to_owned(), |base| format!("{:.1}x", speed / base)),
            );
        }
    }
    Ok(())
}

/// Ours, and the upstream collector where it has been built.
fn systems() -> Result<Vec<System>> {
    let ours = subject::build()?;
    let mut systems = vec![System {
        name: "secspan, all its work",
        program: ours,
        config: subject::ours_config,
    }];
    let upstream = std::env::var_os("OTELCOL_BIN").map_or_else(
        || subject::target().map(|target| target.join("tools/otelcol/bin/otelcol")),
        |given| Ok(PathBuf::from(given)),
    )?;
    if upstream.exists() {
        systems.push(System {
            name: "upstream, span metrics",
            program: upstream,
            config: subject::upstream_config,
        });
    } else {
        report_missing(&upstream);
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

async fn measure(system: &System, case: Case) -> Result<Measurement> {
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
    let templates = templates(case)?;
    let load = Arc::new(Load {
        case,
        templates,
        sent: AtomicU64::new(0),
        nonce: AtomicU64::new(1),
    });
    let warm = load.run(address, WARM_UP).await?;
    let cpu_before = process.cpu_seconds();
    let measured = load.run(address, MEASURED).await?;
    let cpu = process.cpu_seconds() - cpu_before;
    if sink.bytes() == 0 || measured.accepted == 0 {
        return Err(format!(
            "{}: nothing was forwarded ({} warm-up spans)",
            system.name, warm.accepted
        )
        .into());
    }
    Ok(Measurement {
        spans_per_cpu_second: measured.accepted as f64 / cpu,
        refused_percent: 100.0 * measured.refused as f64
            / (measured.accepted + measured.refused) as f64,
        p99_ms: measured.p99_ms,
        peak_rss_mib: process.peak_rss_mib(),
    })
}

fn templates(case: Case) -> Result<Vec<(Template, Bytes)>> {
    #[expect(clippy::disallowed_methods, reason = "spans of the load end now")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let now = u64::try_from(now.as_nanos())?;
    let make = |seed| {
        let template = Template::new(case.spans, now, seed + 1);
        // Compressed requests cannot be made fresh: their workflows are new once per template.
        let gzip = if case.encoding == Encoding::Gzip {
            load::gzip(&template.fresh(seed + (1 << 40)))
        } else {
            Bytes::new()
        };
        (template, gzip)
    };
    Ok((0..TEMPLATES).map(make).collect())
}

struct Load {
    case: Case,
    templates: Vec<(Template, Bytes)>,
    sent: AtomicU64,
    nonce: AtomicU64,
}

#[derive(Default)]
struct Outcome {
    accepted: u64,
    refused: u64,
    latencies: Vec<Duration>,
    p99_ms: f64,
}

impl Load {
    async fn run(self: &Arc<Self>, address: SocketAddr, time: Duration) -> Result<Outcome> {
        let end = now() + time;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..CONNECTIONS {
            let sender = Sender::connect(address).await?;
            for _ in 0..IN_FLIGHT {
                let (load, sender) = (Arc::clone(self), sender.clone());
                tasks.spawn(async move {
                    load.send_until(sender, end)
                        .await
                        .map_err(|error| error.to_string())
                });
            }
        }
        let mut total = Outcome::default();
        while let Some(outcome) = tasks.join_next().await {
            let outcome = outcome??;
            total.accepted += outcome.accepted;
            total.refused += outcome.refused;
            total.latencies.extend(outcome.latencies);
        }
        total.latencies.sort_unstable();
        let at = total.latencies.len() * 99 / 100;
        total.p99_ms = total
            .latencies
            .get(at)
            .map_or(0.0, |latency| latency.as_secs_f64() * 1e3);
        Ok(total)
    }

    async fn send_until(&self, mut sender: Sender, end: Instant) -> Result<Outcome> {
        let mut outcome = Outcome::default();
        while now() < end {
            let request = self.next();
            let start = now();
            let status = sender.export(&request, self.case.encoding).await?;
            outcome.latencies.push(start.elapsed());
            let spans = self.case.spans as u64;
            if status == 0 {
                outcome.accepted += spans;
            } else {
                outcome.refused += spans;
            }
        }
        Ok(outcome)
    }

    fn next(&self) -> Bytes {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let at = usize::try_from(number).unwrap_or(0) % self.templates.len();
        match self.templates.get(at) {
            Some((_, gzip)) if self.case.encoding == Encoding::Gzip => gzip.clone(),
            Some((template, _)) => template.fresh(self.nonce.fetch_add(1, Ordering::Relaxed)),
            None => Bytes::new(),
        }
    }
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
