//! `secspan sample`: made-up records in files, or as spans to a collector.

mod files;
mod send;
mod summary;

use secspan_sample::sample::{Moment, Sample, Settings};

use crate::args::{SampleArgs, samples};
use crate::commands::Stage;
use crate::exit::{Exit, Failed};

/// The samples of all systems, one after the other.
#[derive(Debug)]
struct World(Vec<Box<dyn Sample>>);

impl World {
    fn moments(&self) -> impl Iterator<Item = Box<dyn Moment>> + '_ {
        self.0.iter().flat_map(|sample| sample.moments())
    }
}

pub(super) fn run(args: &SampleArgs, stage: &Stage) -> Result<Exit, Failed> {
    let settings = Settings {
        seed: args.seed,
        records: args.records,
        days: args.days,
        until: args.until,
        open: args.open_tickets,
    };
    let samples = samples().map(|sample| (sample.new)(settings));
    let world = World(samples.collect::<Result<_, _>>().map_err(Failed::usage)?);
    match &args.otlp {
        None => files::run(args, &world, stage),
        Some(endpoint) => send::run(args, endpoint, &world, stage),
    }
}
