//! What can be typed after `cargo xtask`.

use clap::{Args as Options, Parser, Subcommand, ValueEnum};

/// The repository's automation.
///
/// Exit codes: 0 the task succeeded, 1 it did not, 2 the command line was wrong.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    subcommand_required = true
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) task: Task,
}

/// One task.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Build, start the collector, run the enrichment example, show a record, a metric and a trace.
    Demo(Demo),
    /// Run every test that needs only Rust. Further arguments go to `cargo test`.
    Test {
        /// Arguments for `cargo test`, for example `-p secspan-otlp` or `-- some_name`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Format, tidy, licences, lints, documentation: everything but the tests.
    Check {
        /// Steps to run: fmt, tidy, licences, clippy, doc; all of them when left out.
        #[arg(value_parser = crate::check::step_names())]
        steps: Vec<String>,
    },
    /// Run the tests against real Prometheus, collectors, Tempo and clients of other languages.
    ///
    /// Missing tools are built below target/tools; what cannot be had is reported as "not run".
    Real {
        /// Parts to run, for example `prometheus otelcol`; all of them when left out.
        parts: Vec<String>,
    },
    /// Run benchmarks, ratios side by side.
    Bench {
        /// Which benchmark; all of them when left out.
        #[arg(value_enum)]
        name: Option<Bench>,
        /// Arguments for the benchmark.
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Generate the names crate from its registry.
    Codegen {
        /// Change nothing; fail when a generated file is older than the registry.
        #[arg(long)]
        check: bool,
    },
    /// Check the layout rules that compiler and linter do not know.
    Tidy,
}

/// How the demo runs.
#[derive(Debug, Default, Options)]
pub(crate) struct Demo {
    /// End once the record, the metrics and the trace are there.
    #[arg(long)]
    pub(crate) once: bool,
    /// Also start Prometheus, Tempo and Grafana, where they are installed.
    #[arg(long)]
    pub(crate) stack: bool,
}

/// A benchmark, named after what it measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bench {
    /// Walking OTLP bytes and aggregating, against decoding into objects.
    Decode,
    /// The SDK's cost per span, against stock tracing-opentelemetry.
    Sdk,
    /// What instrumentation costs the enrichment example, against the same without it.
    Overhead,
    /// Spans per processor second of the whole collector, against the upstream collector.
    Collector,
    /// The collector's memory when far more is sent than it takes.
    Overload,
    /// A report over a million records, against jq and pandas.
    Reports,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn test_passes_its_arguments_through() {
        let args = Args::try_parse_from(["xtask", "test", "-p", "x", "--", "name"]).unwrap();
        let Task::Test { args } = args.task else {
            panic!("not the test task")
        };
        assert_eq!(args, ["-p", "x", "--", "name"]);
    }

    #[test]
    fn a_wrong_task_is_a_usage_error() {
        let error = Args::try_parse_from(["xtask", "chek"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("'check'"), "{error}");
        assert!(Args::try_parse_from(["xtask", "check", "fmd"]).is_err());
    }
}
