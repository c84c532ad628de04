//! The grammar of the command line.

use clap::{Parser, Subcommand, ValueEnum};

/// The secspan collector: OTLP in; metrics, records and traces out.
#[derive(Debug, Parser)]
#[command(name = "secspan-collector", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(super) struct Arguments {
    /// Configuration file; of several, later ones override earlier ones key by key.
    ///
    /// Without any, the embedded default runs: OTLP on 127.0.0.1:4317 and :4318, metrics on
    /// :8889, files under ./secspan-data.
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Vec<String>,
    /// Override one value, for example exporters.jsonl.directory=/data
    #[arg(long, value_name = "KEY.PATH=VALUE", global = true)]
    pub(super) set: Vec<String>,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  secspan-collector                                      run the embedded default
  secspan-collector --config collector.yaml              run a configuration
  secspan-collector --config base.yaml --config prod.yaml --set service.telemetry.logs.level=debug
  secspan-collector validate collector.yaml other.yaml   check files, start nothing
  secspan-collector print-config > collector.yaml        begin your own from the default
  SECSPAN_TEMPO_ENDPOINT=tempo:4317 secspan-collector    forward traces to Tempo

Exit codes: 0 clean stop, 1 failed while running, 2 usage or configuration.";

/// What to do instead of running.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check configuration and report every problem at once; nothing is started.
    Validate {
        /// Files to check, each by itself; without any, what --config and --set amount to.
        #[arg(value_name = "FILE", conflicts_with = "config")]
        files: Vec<String>,
        /// Form of the report.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print the merged configuration, secrets masked.
    PrintConfig {
        /// Expand the environment and show every default in force.
        #[arg(long)]
        resolved: bool,
    },
    /// List the components that are built in.
    Components {
        /// Form of the list.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// For people or for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
}
