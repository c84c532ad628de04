//! `cargo xtask bench`: the benchmarks by name. The benchmarks themselves print ratios side by side.

use std::path::Path;

use crate::args::Bench;
use crate::failure::Result;
use crate::terminal::say;
use crate::{process, workspace};

/// Every benchmark, in the order in which they run.
const ALL: [Bench; 6] = [
    Bench::Decode,
    Bench::Sdk,
    Bench::Overhead,
    Bench::Collector,
    Bench::Overload,
    Bench::Reports,
];

/// Runs one benchmark, or all.
pub(crate) fn run(root: &Path, name: Option<Bench>, arguments: &[String]) -> Result<()> {
    for bench in ALL
        .into_iter()
        .filter(|bench| name.is_none_or(|name| name == *bench))
    {
        let words = words(bench);
        say(&format!("\n## cargo {}", words.join(" ")));
        let mut command = workspace::cargo(root);
        process::run(
            "the benchmark",
            command.args(words).arg("--").args(arguments),
        )?;
    }
    Ok(())
}

/// What cargo is asked for.
fn words(bench: Bench) -> &'static [&'static str] {
    match bench {
        Bench::Decode => &[
            "bench",
            "--quiet",
            "-p",
            "secspan-otlp",
            "--bench",
            "decode",
        ],
        Bench::Sdk => &["bench", "--quiet", "-p", "secspan", "--bench", "span_cost"],
        Bench::Overhead => &[
            "bench",
            "--quiet",
            "-p",
            "secspan-examples",
            "--bench",
            "overhead",
        ],
        Bench::Reports => &[
            "bench",
            "--quiet",
            "-p",
            "secspan-cli",
            "--bench",
            "report_million",
        ],
        Bench::Collector => &[
            "run",
            "--quiet",
            "--release",
            "-p",
            "secspan-tests",
            "--bin",
            "bench-collector",
        ],
        Bench::Overload => &[
            "run",
            "--quiet",
            "--release",
            "-p",
            "secspan-tests",
            "--bin",
            "bench-overload",
        ],
    }
}
