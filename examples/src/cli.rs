//! Arguments of the enrichment example.

use std::num::NonZeroUsize;

use clap::Parser;

/// Most tickets in one run.
const MAX_TICKETS: i64 = 1_000_000;
/// Slowest and fastest run.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.001..=1000.0;

/// What `--help` says above the options.
const ABOUT: &str = "Enriches security tickets, and reports to OpenTelemetry.

Runs a workflow of eight stages for each ticket and sends its spans to a collector, by default at
http://localhost:4317; every OTEL_* variable applies. Perplexity and the ticket tracker are
stand-ins inside this program. A build with the feature `live` asks the real Perplexity when
PERPLEXITY_API_KEY is set.";

/// The arguments.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "enrichment",
    about = "Enriches security tickets, and reports to OpenTelemetry",
    long_about = ABOUT,
    after_help = "One line for each ticket goes to standard output: ticket, priority, outcome, duration, trace id. \
                  Exit code 0: every ticket that should succeed did, and the collector took every span."
)]
pub struct Args {
    /// Number of tickets
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=MAX_TICKETS))]
    pub tickets: u32,

    /// Tickets worked on at the same time
    #[arg(long, value_name = "N", default_value = "8")]
    pub concurrency: NonZeroUsize,

    /// How fast: 1 takes about 300 ms for each ticket, 0.01 about 30 s
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,

    /// Share of tickets whose workflow fails, 0 to 1
    #[arg(long, value_name = "F", default_value_t = 0.0, allow_negative_numbers = true, value_parser = ratio)]
    pub fail_ratio: f64,

    /// Decides about faults, retries and durations; the same seed, the same run
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// Print JSON, one object on each line
    #[arg(long)]
    pub json: bool,
}

/// The value of an option `--speed`.
pub(crate) fn speed(text: &str) -> Result<f64, String> {
    number(text)
        .filter(|speed| SPEEDS.contains(speed))
        .ok_or_else(|| {
            format!(
                "expected a number from {} to {}",
                SPEEDS.start(),
                SPEEDS.end()
            )
        })
}

fn ratio(text: &str) -> Result<f64, String> {
    number(text)
        .filter(|ratio| (0.0..=1.0).contains(ratio))
        .ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Args, String> {
        let args = [&["enrichment"], args].concat();
        Args::try_parse_from(args).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_one_ticket_without_failures() {
        let args = parse(&[]).unwrap();
        assert_eq!((args.tickets, args.concurrency.get(), args.seed), (1, 8, 1));
        assert_eq!((args.fail_ratio, args.speed, args.json), (0.0, 1.0, false));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for args in [
            ["--tickets", "0"],
            ["--concurrency", "0"],
            ["--speed", "0"],
            ["--speed", "nan"],
            ["--fail-ratio", "1.1"],
            ["--fail-ratio", "-1"],
            ["--seed", "x"],
        ] {
            let error = parse(&args).unwrap_err();
            assert!(error.contains(args[0]), "{error}");
        }
    }
}
