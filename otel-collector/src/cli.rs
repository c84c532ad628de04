//! The command line: what people type, what they get back, and with which exit code.
//!
//! Nothing here touches the process. Arguments, environment, files and streams come in through
//! [`Host`] and [`Streams`], so that every command is tested as a function. `main` builds both,
//! calls [`main`], and exits with the code of the [`Exit`] that it returns.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Parser as _;

use crate::config::problem::render::{self, Colour};
use crate::config::{Document, Inventory, Loaded, Problem, Report};

mod arguments;
mod commands;
mod sources;

pub use sources::{Sources, read_file};

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything that was asked for was done.
    Success,
    /// It started and failed while running.
    Failure,
    /// The command line or the configuration is wrong; nothing was started.
    Usage,
}

impl Exit {
    /// The exit code: 0, 1 or 2.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
        }
    }
}

/// What the command line needs to know from outside.
#[expect(
    missing_debug_implementations,
    reason = "a bundle of closures has nothing to show"
)]
pub struct Host<'a> {
    /// The components that exist.
    pub inventory: &'a Inventory,
    /// Lets every component of a document read its own section into the report; starts nothing.
    pub check: &'a dyn Fn(&Document, &Report),
    /// Looks up an environment variable.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// Reads a configuration file; [`read_file`] outside of tests.
    pub read_file: &'a dyn Fn(&str) -> io::Result<String>,
}

/// Where text goes: data to `out`, everything else to `err`.
#[expect(missing_debug_implementations, reason = "writers have nothing to show")]
pub struct Streams<'a> {
    /// Standard output.
    pub out: &'a mut dyn Write,
    /// Whether it takes colours.
    pub out_colour: Colour,
    /// Standard error.
    pub err: &'a mut dyn Write,
    /// Whether it takes colours.
    pub err_colour: Colour,
}

/// Colours only on a terminal, and not where `NO_COLOR` asks for none.
pub fn colour_for(is_terminal: bool, environment: &dyn Fn(&str) -> Option<String>) -> Colour {
    let refused = environment("NO_COLOR").is_some_and(|value| !value.is_empty());
    if is_terminal && !refused {
        Colour::Ansi
    } else {
        Colour::Plain
    }
}

/// What to run, once a configuration is found to be sound.
#[derive(Clone, Debug)]
pub struct Start {
    /// The configuration.
    pub loaded: Loaded,
    /// Where it came from, to load it again on SIGHUP.
    pub sources: Sources,
}

/// Runs one command line, the program's name first. `run` is called when it asks for the
/// collector itself, after the configuration was found to have no errors.
pub fn main(
    arguments: impl IntoIterator<Item = OsString>,
    host: &Host<'_>,
    streams: &mut Streams<'_>,
    run: impl FnOnce(Start) -> Exit,
) -> Exit {
    let arguments = match arguments::Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error, streams),
    };
    let sources = Sources {
        files: arguments.config,
        sets: arguments.set,
    };
    let outcome = match arguments.command {
        None => return start(sources, host, streams, run),
        Some(command) => commands::run(command, &sources, host, streams),
    };
    // Only a stream that no longer takes text ends a command with an error.
    outcome.unwrap_or(Exit::Failure)
}

fn start(
    sources: Sources,
    host: &Host<'_>,
    streams: &mut Streams<'_>,
    run: impl FnOnce(Start) -> Exit,
) -> Exit {
    let report = Report::new();
    let loaded = sources.load(host, &report);
    let problems = report.problems();
    if tell(&problems, streams).is_err() {
        return Exit::Failure;
    }
    match loaded {
        Some(loaded) if !report.has_errors() => run(Start { loaded, sources }),
        _ => Exit::Usage,
    }
}

/// Writes the problems, if there are any, for people to read.
fn tell(problems: &[Problem], streams: &mut Streams<'_>) -> io::Result<()> {
    streams
        .err
        .write_all(render::text(problems, streams.err_colour).as_bytes())
}

/// Help and version are data, everything else that clap has to say is not.
fn usage(error: &clap::Error, streams: &mut Streams<'_>) -> Exit {
    let text = error.render();
    let paint = |colour| match colour {
        Colour::Ansi => text.ansi().to_string(),
        Colour::Plain => text.to_string(),
    };
    let (written, exit) = if error.use_stderr() {
        (
            streams.err.write_all(paint(streams.err_colour).as_bytes()),
            Exit::Usage,
        )
    } else {
        (
            streams.out.write_all(paint(streams.out_colour).as_bytes()),
            Exit::Success,
        )
    };
    if written.is_err() {
        Exit::Failure
    } else {
        exit
    }
}

#[cfg(test)]
mod tests;
