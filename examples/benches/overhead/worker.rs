//! One measurement: the example's workflows in this process, under one arm.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Read as _;
use std::time::Duration;

use clap::ValueEnum;
use secspan::Guard;
use secspan_examples::app;
use secspan_examples::cli;
use serde_json::{Value, json};

use crate::Args;

/// Workflows before the first that counts: they pay for caches, the connection and the allocator's memory.
const WARM_UP: u32 = 50;

/// What a process measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Arm {
    /// No subscriber.
    None,
    /// The SDK, disabled.
    Off,
    /// The SDK, exporting.
    On,
}

impl Arm {
    /// In the order of the columns.
    pub(crate) const ALL: [Self; 3] = [Self::None, Self::Off, Self::On];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Off => "off",
            Self::On => "on",
        }
    }

    /// Value of `OTEL_SDK_DISABLED`.
    fn disabled(self) -> &'static str {
        if self == Self::Off { "true" } else { "false" }
    }
}

/// What was measured, for one workflow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Processor time of the whole process, in microseconds.
    pub(crate) cpu_micros: f64,
    /// Wall time from the first to the last line of the workflow, in seconds.
    pub(crate) wall_seconds: f64,
    /// Spans that the sink took.
    pub(crate) spans: f64,
}

impl Measured {
    /// As the parent process reads it.
    pub(crate) fn line(self) -> Value {
        json!([self.cpu_micros, self.wall_seconds, self.spans])
    }

    pub(crate) fn of_line(line: &str) -> Option<Self> {
        let [cpu_micros, wall_seconds, spans] = serde_json::from_str(line).ok()?;
        Some(Self {
            cpu_micros,
            wall_seconds,
            spans,
        })
    }
}

/// Runs the workflows and divides by their number.
pub(crate) fn measure(arm: Arm, args: &Args) -> Result<Measured, Box<dyn Error>> {
    let guard = match arm {
        Arm::None => None,
        Arm::Off | Arm::On => Some(set_up(arm, &args.endpoint)?),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let mut out = Vec::new();
    runtime.block_on(app::run(&tickets(args, WARM_UP), None, &mut out))?;
    let before = exported(guard.as_ref())?;
    out.clear();
    let begun = processor_time()?;
    let summary = runtime.block_on(app::run(&tickets(args, args.workflows), None, &mut out))?;
    let after = exported(guard.as_ref())?;
    let spent = processor_time()?.saturating_sub(begun);
    if summary.failed > 0 || summary.failed_as_told > 0 {
        return Err(format!("the workflows did not all succeed: {summary}").into());
    }
    let count = f64::from(args.workflows);
    Ok(Measured {
        cpu_micros: spent.as_secs_f64() * 1e6 / count,
        wall_seconds: wall_seconds(&out)? / count,
        spans: (after - before) / count,
    })
}

fn set_up(arm: Arm, endpoint: &str) -> Result<Guard, Box<dyn Error>> {
    // No other variable is read, so that the machine's own settings do not take part.
    let disabled = BTreeMap::from([("OTEL_SDK_DISABLED".to_owned(), arm.disabled().to_owned())]);
    Ok(secspan::configure()
        .service_name("alert-enrichment")
        .variables(disabled)
        .endpoint(endpoint)
        .finish()?)
}

/// The arguments of the example.
fn tickets(args: &Args, count: u32) -> cli::Args {
    cli::Args {
        tickets: count,
        concurrency: args.concurrency,
        speed: args.speed,
        fail_ratio: 0.0,
        seed: args.seed,
        json: true,
    }
}

/// Spans delivered so far; delivers what is there first. A loss is an error.
fn exported(guard: Option<&Guard>) -> Result<f64, Box<dyn Error>> {
    let Some(guard) = guard else { return Ok(0.0) };
    let report = guard.flush()?;
    Ok(report.exported as f64)
}

/// The sum over the lines that the example printed.
fn wall_seconds(lines: &[u8]) -> Result<f64, Box<dyn Error>> {
    let mut sum = 0.0;
    for line in std::str::from_utf8(lines)?.lines() {
        let line: Value = serde_json::from_str(line)?;
        let duration = line.get("duration_seconds").and_then(Value::as_f64);
        sum += duration.ok_or("a line without a duration")?;
    }
    Ok(sum)
}

/// User and system time of all threads of this process.
fn processor_time() -> Result<Duration, Box<dyn Error>> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Ok(Duration::new(
        time.tv_sec.try_into()?,
        time.tv_nsec.try_into()?,
    ))
}

/// Receives spans until standard input ends.
pub(crate) fn sink() -> Result<(), Box<dyn Error>> {
    let sink = secspan::testing::Sink::start()?;
    println!("{}", sink.endpoint());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
