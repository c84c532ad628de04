//! The grammar of the command line.

pub(crate) mod hours;
mod report;
mod sample;

use clap::{Args as ClapArgs, Parser, Subcommand};
use secspan_records::timestamp::{Date, Timestamp};

use crate::clock;
use crate::terminal::Colour;

pub(crate) use report::{EpssUnit, Format, KevRule, Report, ReportArgs};
pub(crate) use sample::{Protocol, SampleArgs, Summary};

const EXAMPLES: &str = "\
Examples:
  secspan report enrichment                              what the records below ./secspan-data say
  secspan report quality --format html --output quality.html records/
  secspan report sla --from 2025-12-01 --to 2025-12-31 'metrics/*-2025-12-*.jsonl'
  secspan sample --records 1000 --out trial && secspan report sampling trial
  secspan sample --otlp http://127.0.0.1:4317            the same facts as spans, to a collector

Exit codes: 0 done, 1 nothing to report or not all delivered, 2 usage, 130 interrupted.";

/// Reports over the records of a security team, and sample records to try them with.
#[derive(Debug, Parser)]
#[command(name = "secspan", version, after_help = EXAMPLES, disable_help_subcommand = true)]
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

/// Reads a time such as 2025-12-03T09:41:07Z, or a date, which means its end.
fn time(text: &str) -> Result<Timestamp, String> {
    let end = Date::parse(text).map(|date| format!("{date}T23:59:59Z"));
    Timestamp::parse(end.as_deref().unwrap_or(text))
        .map_err(|_| "write a time as 2025-12-03T09:41:07Z, or a date as 2025-12-03".to_owned())
}
