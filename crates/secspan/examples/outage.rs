//! A collector that is away for a minute while spans are produced, then back: nothing is lost.
//!
//! `cargo run --release -p secspan --example outage -- [SECONDS AWAY] [SPANS A SECOND]`, by default 60
//! and 1000. Fails unless every span arrives exactly once and the report says so.

use std::collections::HashSet;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use secspan::testing::Sink;

/// Seconds of production before and after the outage.
const AROUND_SECONDS: u32 = 5;

fn main() -> ExitCode {
    let number = |position, default| {
        let given = std::env::args().nth(position);
        given.map_or(Some(default), |text| text.parse().ok())
    };
    let (Some(away_seconds), Some(rate)) = (number(1, 60), number(2, 1_000)) else {
        tell("usage: outage [SECONDS AWAY] [SPANS A SECOND]");
        return ExitCode::from(2);
    };
    match run(away_seconds, rate) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tell(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(away_seconds: u32, rate: u32) -> Result<bool, Box<dyn std::error::Error>> {
    let sink = Sink::start()?;
    let configure = secspan::configure()
        .service_name("outage")
        .endpoint(sink.endpoint());
    let guard = configure.finish()?;
    let mut produced = produce(rate, AROUND_SECONDS);
    tell(&format!("up:   {}", guard.report()));
    sink.go_away();
    produced += produce(rate, away_seconds);
    tell(&format!("away: {}", guard.report()));
    sink.come_back()?;
    produced += produce(rate, AROUND_SECONDS);
    let begun = now();
    let verdict = guard.shutdown_within(Duration::from_secs(30));
    let waited = begun.elapsed().as_secs_f64();
    let report = verdict
        .as_ref()
        .map_or_else(|error| *error.report(), |report| *report);
    tell(&format!(
        "back: {report}, {} retries, shutdown took {waited:.2} s",
        report.retries
    ));
    let spans = sink.spans();
    let distinct: HashSet<&str> = spans.iter().map(|span| span.span_id.as_str()).collect();
    let (arrived, distinct) = (spans.len() as u64, distinct.len() as u64);
    tell(&format!(
        "sink: {arrived} spans, {distinct} distinct, {produced} wanted"
    ));
    let exact = report.produced == produced && report.exported == arrived;
    Ok(verdict.is_ok() && exact && arrived == produced && distinct == produced)
}

/// Makes spans evenly; how many.
fn produce(rate: u32, seconds: u32) -> u64 {
    let begun = now();
    let total = rate * seconds;
    for number in 0..total {
        let due = Duration::from_secs(1) * number / rate;
        // A span is due at its time, not a pause after the one before.
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        tracing::info_span!("work", number, kind = "outage").in_scope(|| {});
    }
    u64::from(total)
}

#[expect(clippy::disallowed_methods, reason = "the rim of this program")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::print_stderr, reason = "the one door to standard error")]
fn tell(text: &str) {
    eprintln!("{text}");
}
