//! The review example as a program: follows up what the collector wrote down about finished enrichments.

use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use secspan_examples::delivery::{deliver, explain, say};
use secspan_examples::review::cli::Args;
use secspan_examples::review::shift;

/// Settings that cannot be used.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let args = Args::parse();
    let guard = match secspan::configure()
        .service_name("analysis-review")
        .finish()
    {
        Ok(guard) => guard,
        Err(error) => {
            say(&explain(&error));
            return ExitCode::from(USAGE);
        }
    };
    let worked = work(&args);
    let delivered = deliver(&guard);
    if worked && delivered {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Whether every ticket was followed up.
fn work(args: &Args) -> bool {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("no runtime: {error}"));
            return false;
        }
    };
    match runtime.block_on(shift::run(args, &mut io::stdout())) {
        Ok(summary) => {
            say(&format!("tickets: {summary}"));
            true
        }
        Err(error) => {
            say(&explain(&error));
            false
        }
    }
}
