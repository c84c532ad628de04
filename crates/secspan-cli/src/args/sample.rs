//! The arguments of `secspan sample`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use secspan_records::kind::{File, Period};
use secspan_records::timestamp::Timestamp;
use secspan_sample::sample::{DAYS_MAX, RECORDS_MAX, SampleDef};
use secspan_systems::SYSTEMS;

const EXAMPLES: &str = "\
Examples:
  secspan sample                                         a little of everything, below ./secspan-sample
  secspan sample --records 1000000 --seed 7 --out load   a million, in seconds
  secspan sample --until today --days 30                 a month that ends today
  secspan sample --otlp http://127.0.0.1:4318            as spans to a collector, which writes the same records

The same arguments make the same bytes, on every machine.";

/// The samples that there are.
pub(crate) fn samples() -> impl Iterator<Item = &'static SampleDef> {
    SYSTEMS.iter().filter_map(|system| system.sample)
}

/// What `--records` counts.
fn records_help() -> String {
    let about: Vec<&str> = samples().map(|sample| sample.about).collect();
    format!("How much to make up: {}", about.join("; "))
}

/// Examples, and the files that are written.
fn after_help() -> String {
    let records = secspan_systems::kinds().iter().map(|kind| {
        let File {
            stem,
            format,
            period,
        } = kind.file;
        let date = match period {
            Period::Day => "-<date>",
            Period::Ever => "",
        };
        format!("{stem}{date}.{}", format.extension())
    });
    let logs = samples().flat_map(|sample| sample.logs);
    let logs = logs.map(|log| (*log).to_owned());
    let files: Vec<String> = records
        .chain(logs)
        .map(|name| format!("\n  metrics/{name}"))
        .collect();
    format!(
        "{EXAMPLES} Written are, below the folder of --out:{}\n\nThe records that a collector makes of the spans are the \
         same; the logs with pipes and what is open are in files alone.",
        files.concat()
    )
}

/// What to make up, and where to put it.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub(crate) struct SampleArgs {
    #[arg(long, value_name = "N", default_value_t = 50, help = records_help(),
        value_parser = clap::value_parser!(u64).range(1..=RECORDS_MAX))]
    pub(crate) records: u64,
    /// Seed of all chance, that of drawn decisions included
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Last day of the sample: a date, or today
    #[arg(long, value_name = "DATE", default_value = "2025-12-31", value_parser = super::date_or_today)]
    pub(crate) until: Timestamp,
    /// Days of the sample
    #[arg(long, value_name = "N", default_value_t = 90,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(DAYS_MAX)))]
    pub(crate) days: u32,
    /// Folder to write to
    #[arg(long, value_name = "DIR", default_value = "secspan-sample")]
    pub(crate) out: PathBuf,
    /// Replace the record files that are there
    #[arg(long)]
    pub(crate) force: bool,
    /// Write a record of each ticket that is open on the last day, too, as ticket systems export them
    #[arg(long)]
    pub(crate) open_tickets: bool,
    /// Send spans to the collector at this address instead of writing files
    #[arg(long, value_name = "ENDPOINT", conflicts_with_all = ["out", "force", "open_tickets"])]
    pub(crate) otlp: Option<String>,
    /// How to speak to it; without this http when the port is 4318, grpc otherwise
    #[arg(
        long,
        value_enum,
        value_name = "NAME",
        requires = "otlp",
        conflicts_with = "out"
    )]
    pub(crate) protocol: Option<Protocol>,
    /// Seconds to wait for a collector that does not answer
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "otlp",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) patience: u64,
    /// Form of the summary: text on standard error, json on standard output
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    pub(crate) summary: Summary,
}

/// How spans travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protocol {
    // OTLP over gRPC
    Grpc,
    // OTLP over HTTP, as protobuf
    Http,
}

/// Form of the summary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Summary {
    // For people, on standard error
    #[default]
    Text,
    // For machines, on standard output
    Json,
}
