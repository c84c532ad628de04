//! The program `secspan`: reports over record files, sample records.
//!
//! Thin: [`args`] says what may be typed, [`commands`] does it with the libraries, [`output`] and [`terminal`] are how it
//! speaks. Data goes to standard output, everything else to standard error.

use std::process::ExitCode;

mod args;
mod clock;
mod commands;
mod environment;
mod exit;
mod interrupt;
mod output;
mod terminal;

fn main() -> ExitCode {
    let exit = match args::Args::read() {
        Ok(args) => commands::run(args),
        Err(error) => terminal::usage(&error),
    };
    ExitCode::from(exit.code())
}
