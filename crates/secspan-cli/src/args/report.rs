//! The arguments of `secspan report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use secspan_records::service_level::BusinessHours;
use secspan_records::timestamp::{Date, Timestamp};
use secspan_reports::people::{CASES_MIN, KEY_BYTES_MIN};

use super::{date, hours, time};

const EXAMPLES: &str = "\
Reports:
  enrichment  how long enrichments take, by stage and by analyst; Perplexity; priorities and whether they fit
  quality     what reviews find: scores, classes, issues, week by week
  sampling    whether as many tickets are reviewed as the sampling rule asks for
  sla         whether tickets are closed within their service level

Examples:
  secspan report enrichment                              records below ./secspan-data, as text
  secspan report enrichment --format html --output enrichment.html
  secspan report quality --from 2025-12-01 --to 2025-12-31 records/
  secspan report sampling --seed 1 'metrics/*.csv'       replay the decisions of a seed
  secspan report sla --as-of 2025-12-31 --business-hours
  secspan report quality --format csv --table classes    one table, for a spreadsheet
  cat *.jsonl | secspan report enrichment -              lines of any kind, from standard input

Files: a FOLDER stands for the record files in it and in its folder metrics; a PATTERN may have *, ? and [a-z]. Without
any, records are looked for in $SECSPAN_DATA_DIR, else in ./secspan-data, else in the present folder. Lines that are no
records are counted and named in the report, and do not stop it.

Exit codes: 0 done, 1 nothing to report (the document says so and why) or not all of the input could be read, 2 usage.";

/// Which question to answer, from which files, in which form.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ReportArgs {
    /// The question
    #[arg(value_enum, value_name = "REPORT")]
    pub(crate) report: Report,
    /// Files, folders or patterns with records; - is standard input
    #[arg(value_name = "FILE|FOLDER|PATTERN|-")]
    pub(crate) inputs: Vec<String>,
    /// First date of the records that count
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) from: Option<Date>,
    /// Last date of the records that count
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) to: Option<Date>,
    /// Form of the report
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    pub(crate) format: Format,
    /// File to write to, instead of standard output; replaced at once when the report is complete, a device or pipe is
    /// written to; - is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// With --format csv: this table alone, with its own columns
    #[arg(long, value_name = "KEY")]
    pub(crate) table: Option<String>,
    /// Threads that read; by default one for each processor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) people: People,
    #[command(flatten)]
    pub(crate) rules: Rules,
}

/// How lines are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Reading {
    /// Unit of EPSS in the files; guess takes values above 1 for percent
    #[arg(long, value_enum, value_name = "UNIT", default_value_t)]
    pub(crate) epss_unit: EpssUnit,
}

/// How people are shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "People (enrichment, quality)")]
pub(crate) struct People {
    #[arg(
        long,
        help = "Show pseudonyms instead of names; the key is in $SECSPAN_PSEUDONYM_KEY or in --pseudonym-key-file"
    )]
    pub(crate) pseudonyms: bool,
    /// File with the key of pseudonyms, at least 16 bytes; a line feed at its end does not count
    #[arg(long, value_name = "FILE", requires = "pseudonyms")]
    pub(crate) pseudonym_key_file: Option<PathBuf>,
    /// Fewer cases than this are not shown for one person
    #[arg(long, value_name = "N", default_value_t = CASES_MIN,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) minimum_n: u64,
}

/// The rules of single reports.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules of single reports")]
pub(crate) struct Rules {
    /// enrichment: what a listed vulnerability does to a priority
    #[arg(long, value_enum, value_name = "RULE", default_value_t)]
    pub(crate) kev_rule: KevRule,
    /// quality: show results by the analyst whose work was reviewed, too
    #[arg(long)]
    pub(crate) by_analyst: bool,
    /// sampling: how far a rate may be from its target, in percentage points
    #[arg(long, value_name = "POINTS")]
    pub(crate) tolerance: Option<f64>,
    /// sampling: replay the decisions that this seed makes, and name those that differ
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// sla: count P3 and P4 in business hours, Monday to Friday; 9-17 in UTC unless given, as 9-17 or 08:30-17:00+01:00
    #[arg(long, value_name = "HOURS", num_args = 0..=1, require_equals = true, default_missing_value = "9-17",
        value_parser = hours::parse, allow_hyphen_values = true)]
    pub(crate) business_hours: Option<BusinessHours>,
    /// sla: the moment that ages of open tickets are counted to, a time or the end of a date; by default the latest moment
    /// in the records
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) as_of: Option<Timestamp>,
}

/// The reports that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    Enrichment,
    Quality,
    Sampling,
    Sla,
}

/// Form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // For a terminal
    #[default]
    Text,
    // For a ticket or a wiki
    Markdown,
    // One file for a browser, charts included
    Html,
    // For programs, every digit
    Json,
    // For spreadsheets; one line for each value, or one table with --table
    Csv,
}

/// Unit of EPSS in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum EpssUnit {
    // Above 1 percent, else a probability
    #[default]
    Guess,
    // 0 to 1
    Probability,
    // 0 to 100
    Percent,
}

/// What a vulnerability in the catalogue of known exploited ones does to a priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum KevRule {
    // It is P1
    #[default]
    P1,
    // It is P2 at least
    P2,
}

const _: () = assert!(KEY_BYTES_MIN == 16, "the help text says 16");
