//! The `secspan-collector` program: the process around [`secspan_collector`].

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use secspan_collector::cli::{self, Exit, Host, Start, Streams};
use secspan_collector::config::Report;
use secspan_collector::config::problem::render::{self, Colour};
use secspan_collector::{components, environment, run};

/// Many small allocations of many sizes, freed on other threads: what glibc's allocator is worst at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let inventory = components::inventory();
    let host = Host {
        inventory: &inventory,
        check: &|document, report| drop(components::parse(document, report)),
        environment: &environment::variable,
        read_file: &cli::read_file,
    };
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let out_colour = cli::colour_for(out.is_terminal(), host.environment);
    let err_colour = cli::colour_for(err.is_terminal(), host.environment);
    let mut streams = Streams {
        out: &mut out,
        out_colour,
        err: &mut err,
        err_colour,
    };
    let exit = cli::main(std::env::args_os(), &host, &mut streams, |start| {
        serve(start, &host)
    });
    ExitCode::from(exit.code())
}

fn serve(start: Start, host: &Host<'_>) -> Exit {
    let Start { loaded, sources } = start;
    let reload = || {
        let report = Report::new();
        let loaded = sources.load(host, &report);
        let text = render::text(&report.problems(), Colour::Plain);
        // Standard error may be closed; the old configuration goes on all the same.
        drop(std::io::stderr().write_all(text.as_bytes()));
        loaded.filter(|_| !report.has_errors())
    };
    match run::run(loaded, reload) {
        Ok(()) => Exit::Success,
        Err(error) => {
            // Standard error may be closed; the exit code says it too.
            drop(writeln!(
                std::io::stderr(),
                "error: {}",
                secspan_transport::error_chain(&error)
            ));
            Exit::Failure
        }
    }
}
