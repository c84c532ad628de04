//! The grammar of the command line.

mod report;
mod sample;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args as ClapArgs, CommandFactory as _, Parser, Subcommand};
use secspan_records::timestamp::{Date, Timestamp};

use crate::clock;
use crate::terminal::Colour;

pub(crate) use report::{Common as ReportCommon, EpssUnit, Format, ReportArgs, reports, that_take};
pub(crate) use sample::{Protocol, SampleArgs, Summary, samples};

/// What help ends with: how to ask for the first report, and the rest.
fn after_help() -> String {
    let first = reports().next().map_or("NAME", |report| report.name);
    format!(
        "\
Examples:
  secspan report {first}                              what the records below ./secspan-data say
  secspan report {first} --format html --output {first}.html records/
  secspan sample --records 1000 --out trial && secspan report {first} trial
  secspan sample --otlp http://127.0.0.1:4317            the same facts as spans, to a collector

Exit codes: 0 done, 1 nothing to report or not all delivered, 2 usage, 130 interrupted."
    )
}

/// Reports over the records of a security team, and sample records to try them with.
#[derive(Debug, Parser)]
#[command(name = "secspan", version, after_help = after_help(), disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub(crate) struct Common {
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        global = true,
        help = "Colours; auto: on a terminal, unless NO_COLOR is set"
    )]
    pub(crate) color: Colour,
    /// Say nothing but errors and warnings
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

impl Args {
    /// Reads the command line.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        Self::try_parse().map_err(explained)
    }
}

/// The same error, with the reports that there are, or that take the option that another one was given.
fn explained(mut error: clap::Error) -> clap::Error {
    let option = error.get(ContextKind::InvalidArg).map(ToString::to_string);
    match (error.kind(), option) {
        (ErrorKind::UnknownArgument, Some(option)) => {
            let reports = that_take(option.trim_start_matches('-')).join(", ");
            if reports.is_empty() {
                return error;
            }
            let text = format!("{option} is for `secspan report` {reports}, not for this report");
            Args::command().error(ErrorKind::UnknownArgument, text)
        }
        (ErrorKind::InvalidSubcommand, _) => {
            let usage = error.get(ContextKind::Usage).map(ToString::to_string);
            if usage.is_some_and(|usage| usage.contains("secspan report")) {
                let names: Vec<&str> = reports().map(|report| report.name).collect();
                let text = format!("the reports are {}", names.join(", "));
                let tips = ContextValue::StyledStrs(vec![text.into()]);
                error.insert(ContextKind::Suggested, tips);
            }
            error
        }
        _ => error,
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answer a question from record files
    Report(Box<ReportArgs>),
    /// Make up records, or send them to a collector as spans
    Sample(SampleArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Reads a date such as 2025-12-03.
fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "write a date as 2025-12-03".to_owned())
}

/// Reads a date, or the word `today`; any moment of that day.
fn date_or_today(text: &str) -> Result<Timestamp, String> {
    if text == "today" {
        return Ok(clock::now());
    }
    let date = Date::parse(text).ok_or("write a date as 2025-12-03, or today")?;
    Timestamp::parse(&format!("{date}T00:00:00Z"))
        .map_err(|_| "this date is out of range; write a date as 2025-12-03, or today".to_owned())
}
