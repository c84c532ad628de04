//! Arguments of the review example.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Parser;

use crate::cli::speed;

/// What `--help` says above the options.
const ABOUT: &str = "Follows up finished enrichments, and reports to OpenTelemetry.

Reads enrichment records as the collector writes them, decides for each ticket whether its analysis
is reviewed (all of P1 and P2, 25 % of P3, 10 % of P4, 5 % of P5), reviews where that is due, and
closes the ticket. Spans go to a collector, by default at http://localhost:4317; every OTEL_*
variable applies.";

/// The arguments.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "review",
    about = "Follows up finished enrichments, and reports to OpenTelemetry",
    long_about = ABOUT,
    after_help = "One line for each ticket goes to standard output: ticket, priority, and the score or that nobody reviewed it. \
                  Exit code 0: the collector took every span."
)]
pub struct Args {
    /// Files of enrichment records, such as secspan-data/metrics/enrichment-metrics-2026-01-31.jsonl; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Tickets followed up at the same time
    #[arg(long, value_name = "N", default_value = "8")]
    pub concurrency: NonZeroUsize,

    /// How fast: 1 takes about 500 ms for each review, 0.01 about 50 s
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,

    /// Decides which tickets are drawn, who reviews and the marks; the same seed, the same decisions
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
}
