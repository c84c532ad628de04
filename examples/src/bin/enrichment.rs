//! The alert-enrichment example as a program: set telemetry up, work, end telemetry, tell the truth.

use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use secspan_examples::app;
use secspan_examples::cli::Args;
use secspan_examples::delivery::{deliver, explain, say};
use secspan_examples::env;

/// Settings that cannot be used.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let args = Args::parse();
    // These two lines, and the one that calls `deliver`, are all the set-up there is.
    let guard = match secspan::configure()
        .service_name("alert-enrichment")
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

/// Whether every ticket that should succeed did.
fn work(args: &Args) -> bool {
    let mut key = env::perplexity_key();
    if key.is_some() && !cfg!(feature = "live") {
        say(&format!(
            "{} is set, but this build speaks no https: asking the stand-in \
             (hint: build with --features live)",
            env::PERPLEXITY_API_KEY
        ));
        key = None;
    }
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
    let outcome = runtime.block_on(async {
        // Not locked: a workflow that panics must be able to say so.
        let mut out = io::stdout();
        tokio::select! {
            outcome = app::run(args, key, &mut out) => Some(outcome),
            // Where no signal can be waited for, the default action ends the process.
            Ok(()) = tokio::signal::ctrl_c() => None,
        }
    });
    let Some(outcome) = outcome else {
        say("interrupted: what was recorded so far is delivered");
        return false;
    };
    match outcome {
        Ok(summary) => {
            say(&format!("tickets: {summary}"));
            summary.failed == 0
        }
        Err(error) => {
            say(&explain(&error));
            false
        }
    }
}
