//! `secspan sample`: made-up records in files, or as spans to a collector.

mod files;
mod logs;
mod send;
mod summary;

use secspan_sample::{Settings, World};

use crate::args::SampleArgs;
use crate::commands::Stage;
use crate::exit::{Exit, Failed};

pub(super) fn run(args: &SampleArgs, stage: &Stage) -> Result<Exit, Failed> {
    let world = World::new(Settings {
        seed: args.seed,
        records: args.records,
        days: args.days,
        until: args.until,
        open_tickets: args.open_tickets,
    })
    .map_err(Failed::usage)?;
    match &args.otlp {
        None => files::run(args, &world, stage),
        Some(endpoint) => send::run(args, endpoint, &world, stage),
    }
}
