//! The repository's automation: `cargo xtask demo | test | check | real | bench | codegen | tidy`.

mod args;
mod bench;
mod check;
mod clock;
mod codegen;
mod demo;
mod failure;
mod files;
mod process;
mod real;
mod terminal;
mod test;
mod tidy;
mod workspace;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Task};
use failure::{Failure, Result};

fn main() -> ExitCode {
    let args = Args::parse();
    match workspace::root().and_then(|root| run(args.task, &root)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::complain(&format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task, root: &Path) -> Result<()> {
    match task {
        Task::Demo(options) => demo::run(root, &options),
        Task::Test { args } => test::run(root, &args),
        Task::Check { steps } => check::run(root, &steps),
        Task::Real { parts } => real::run(root, &parts),
        Task::Bench { name, args } => bench::run(root, name, &args),
        Task::Codegen { check: true } => fresh(root),
        Task::Codegen { check: false } => generate(root),
        Task::Tidy => tidy::run(root),
    }
}

fn generate(root: &Path) -> Result<()> {
    let changed = codegen::write(root)?;
    for path in &changed {
        terminal::say(&format!("wrote {}", workspace::shown(root, path)));
    }
    if changed.is_empty() {
        terminal::say("generated files are up to date");
    }
    Ok(())
}

fn fresh(root: &Path) -> Result<()> {
    let stale = codegen::stale(root)?;
    if stale.is_empty() {
        terminal::say("generated files are up to date");
        return Ok(());
    }
    let names: Vec<_> = stale
        .iter()
        .map(|(path, _)| workspace::shown(root, path))
        .collect();
    Err(Failure::new(format!(
        "older than the registry: {}; run `cargo xtask codegen` and commit the result",
        names.join(", ")
    )))
}
