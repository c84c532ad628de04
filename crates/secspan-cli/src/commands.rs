//! The commands.

mod completions;
mod report;
mod sample;

use crate::args::{Args, Command};
use crate::exit::{Exit, Failed};
use crate::interrupt::Interrupt;
use crate::terminal::Voice;

/// What a command is given beside its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) voice: Voice,
    pub(crate) interrupt: Interrupt,
}

/// Does what the command line asks for.
pub(crate) fn run(args: Args) -> Exit {
    let voice = Voice::new(args.common.color, args.common.quiet);
    let stage = Stage {
        voice,
        interrupt: Interrupt::watch(),
    };
    let outcome = match args.command {
        Command::Report(report) => report::run(&report, args.common.color, &stage),
        Command::Sample(sample) => sample::run(&sample, &stage),
        Command::Completions { shell } => completions::run(shell),
    };
    outcome.unwrap_or_else(|failed: Failed| voice.fail(&failed))
}
