//! What does instrumentation cost the enrichment example? The same workflows, with and without it, in pairs.
//!
//! Three arms do the same work: *none* has no subscriber, *off* has the SDK with `OTEL_SDK_DISABLED=true`, *on* records
//! every span and exports it over gRPC to a sink. Each measurement is a process of its own, because subscribers slow each
//! other down, and the sink is another, because its work is not the application's. A round runs all three at the same time,
//! with the same tickets, faults and waiting times: what else the machine does falls on all of them alike. What is
//! compared are the differences within a round.
//!
//! The first figure is processor time: that of the whole process, the export thread and the final flush included,
//! divided by the workflows. It does not depend on what else the machine does, and it is an upper bound of the time
//! that instrumentation adds to a workflow which mostly waits. The wall time is printed too; timers and neighbours make
//! it jump by more than what is looked for.
//!
//! Run with `cargo xtask bench overhead`; `-- --rounds 41` for narrower intervals.

#![expect(clippy::print_stdout, reason = "a bench prints and measures")]

mod statistics;
mod worker;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};

use clap::{Parser, ValueEnum as _};

use crate::statistics::{Spread, spread};
use crate::worker::{Arm, Measured};

/// What the real workflow takes, from alert to updated ticket, in seconds: the middle of its 10 to 15 minutes.
const REAL_WORKFLOW_SECONDS: f64 = 720.0;
/// The share of workflow time that instrumentation may cost.
const ALLOWED_PERCENT: f64 = 0.1;

/// Measures what instrumentation costs the enrichment example.
#[derive(Debug, Clone, Parser)]
struct Args {
    /// Rounds of one measurement for each arm
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u32).range(7..))]
    rounds: u32,
    /// Workflows in one measurement
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..))]
    workflows: u32,
    /// Workflows at the same time
    #[arg(long, default_value = "25")]
    concurrency: std::num::NonZeroUsize,
    /// Speed of the example, as in its own `--speed`
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// What the process that is started is: an arm, or the sink
    #[arg(long, hide = true)]
    role: Option<String>,
    /// Where spans go
    #[arg(long, hide = true, default_value = "")]
    endpoint: String,
    /// The seed of a round
    #[arg(long, hide = true, default_value_t = 1)]
    seed: u64,
    /// `cargo bench` adds this
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let result = match args.role.as_deref() {
        None => compare(&args),
        Some(SINK) => worker::sink(),
        Some(name) => work(&args, name),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The role that is no arm.
const SINK: &str = "sink";

fn work(args: &Args, name: &str) -> Result<(), Box<dyn Error>> {
    let arm = Arm::from_str(name, false)?;
    println!("{}", worker::measure(arm, args)?.line());
    Ok(())
}

/// The process that receives spans; it ends when its standard input does.
struct Sink {
    process: Child,
    input: Option<ChildStdin>,
    endpoint: String,
}

impl Sink {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--role", SINK])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("the sink says nothing")?;
        let mut endpoint = String::new();
        BufReader::new(output).read_line(&mut endpoint)?;
        let input = process.stdin.take();
        let endpoint = endpoint.trim_end().to_owned();
        Ok(Self {
            process,
            input,
            endpoint,
        })
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.input.take());
        drop(self.process.wait());
    }
}

/// A measurement that has begun, in a process of its own.
struct Running(Child);

impl Running {
    fn start(arm: Arm, args: &Args, endpoint: &str, seed: u64) -> Result<Self, Box<dyn Error>> {
        let process = Command::new(std::env::current_exe()?)
            .args(["--role", arm.name(), "--endpoint", endpoint])
            .args(["--seed", &seed.to_string()])
            .args(["--workflows", &args.workflows.to_string()])
            .args(["--concurrency", &args.concurrency.to_string()])
            .args(["--speed", &args.speed.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Self(process))
    }

    fn result(mut self) -> Result<Measured, Box<dyn Error>> {
        let mut said = String::new();
        if let Some(output) = self.0.stdout.as_mut() {
            output.read_to_string(&mut said)?;
        }
        let said = said.trim_end();
        if !self.0.wait()?.success() {
            return Err(said.into());
        }
        Measured::of_line(said).ok_or_else(|| format!("{said} is no measurement").into())
    }
}

/// Measures all arms at the same time with the same tickets.
fn round(args: &Args, round: u32) -> Result<Round, Box<dyn Error>> {
    let sink = Sink::start()?;
    let mut order = Arm::ALL;
    order.rotate_left(usize::try_from(round)? % Arm::ALL.len());
    let running = order.map(|arm| {
        let running = Running::start(arm, args, &sink.endpoint, u64::from(round) + 1);
        (arm, running)
    });
    let mut seen = BTreeMap::new();
    for (arm, running) in running {
        seen.insert(arm, running?.result()?);
    }
    let missing = "an arm is missing";
    Ok(Round {
        none: seen.remove(&Arm::None).ok_or(missing)?,
        off: seen.remove(&Arm::Off).ok_or(missing)?,
        on: seen.remove(&Arm::On).ok_or(missing)?,
    })
}

fn compare(args: &Args) -> Result<(), Box<dyn Error>> {
    println!(
        "{} rounds of {} workflows for each arm, {} at the same time, speed {}",
        args.rounds, args.workflows, args.concurrency, args.speed
    );
    let rounds: Result<Vec<Round>, _> =
        (0..args.rounds).map(|number| round(args, number)).collect();
    report(&rounds?)
}

/// What the three arms took for the same workflows.
#[derive(Debug, Clone, Copy)]
struct Round {
    none: Measured,
    off: Measured,
    on: Measured,
}

/// The spread of a figure over all rounds.
fn over(rounds: &[Round], figure: impl Fn(&Round) -> f64) -> Spread {
    spread(rounds.iter().map(figure).collect())
}

fn report(rounds: &[Round]) -> Result<(), Box<dyn Error>> {
    let spans = over(rounds, |round| round.on.spans).median;
    let wall = over(rounds, |round| round.none.wall_seconds);
    println!(
        "\n| for each workflow ({spans:.0} spans) | no subscriber | `OTEL_SDK_DISABLED` | recorded and exported |"
    );
    println!("|---|---|---|---|");
    let cpu = |pick: fn(&Round) -> Measured| over(rounds, |round| pick(round).cpu_micros);
    println!(
        "| processor time, µs | {:.0} | {:.0} | {:.0} |",
        cpu(|round| round.none).median,
        cpu(|round| round.off).median,
        cpu(|round| round.on).median
    );
    let off = over(rounds, |round| round.off.cpu_micros - round.none.cpu_micros);
    let on = over(rounds, |round| round.on.cpu_micros - round.none.cpu_micros);
    println!(
        "| more than without, µs | | {} | {} |",
        off.text(1.0, 1),
        on.text(1.0, 1)
    );
    println!("| for each span, ns | | | {} |", on.text(1e3 / spans, 0));
    let share = 100.0 / (wall.median * 1e6);
    println!(
        "| of the example's {:.0} ms, % | | {} | {} |",
        wall.median * 1e3,
        off.text(share, 4),
        on.text(share, 4)
    );
    let real = 100.0 / (REAL_WORKFLOW_SECONDS * 1e6);
    println!(
        "| of a real workflow's {:.0} min, % | | {} | {} |",
        REAL_WORKFLOW_SECONDS / 60.0,
        off.text(real, 7),
        on.text(real, 7)
    );
    let later = |pick: fn(&Round) -> Measured| {
        over(rounds, |round| {
            (pick(round).wall_seconds - round.none.wall_seconds) * 1e3
        })
    };
    println!(
        "| wall time: later, ms | | {} | {} |",
        later(|round| round.off).text(1.0, 2),
        later(|round| round.on).text(1.0, 2)
    );
    println!(
        "\nMedians of {} paired rounds, in brackets the 95 % interval of the median.",
        rounds.len()
    );
    let highest = on.high * share;
    if highest < ALLOWED_PERCENT {
        println!("overhead {highest:.4} % at most, allowed {ALLOWED_PERCENT} %");
        return Ok(());
    }
    Err(format!(
        "the interval of the overhead reaches {highest:.4} %, allowed is {ALLOWED_PERCENT} %"
    )
    .into())
}
