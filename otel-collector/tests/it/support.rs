//! Runs a command line in this process, with the real components and a given environment.

#![expect(
    clippy::expect_used,
    reason = "what fails here is the test's own ground"
)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use secspan_collector::cli::{self, Exit, Host, Streams};
use secspan_collector::components;
use secspan_collector::config::problem::render::Colour;

/// What a command did.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A directory of this package.
pub(crate) fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The YAML files of a directory, by name, sorted.
pub(crate) fn yaml_files(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("the directory exists");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.into_string().expect("a UTF-8 name"))
        .collect();
    names.retain(|name| Path::new(name).extension().is_some_and(|own| own == "yaml"));
    names.sort();
    names
}

/// Runs `secspan-collector <arguments>`; file names are relative to `directory`.
pub(crate) fn command(
    directory: &Path,
    environment: &[(&str, &str)],
    arguments: &[&str],
) -> Outcome {
    let variable = |name: &str| {
        environment
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| (*value).to_owned())
    };
    let host = Host {
        inventory: &components::inventory(),
        check: &|document, report| drop(components::parse(document, report)),
        environment: &variable,
        read_file: &|name| cli::read_file(&directory.join(name).to_string_lossy()),
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let (out_colour, err_colour) = (Colour::Plain, Colour::Plain);
    let mut streams = Streams {
        out: &mut out,
        out_colour,
        err: &mut err,
        err_colour,
    };
    let arguments = ["secspan-collector"]
        .iter()
        .chain(arguments)
        .map(OsString::from);
    let exit = cli::main(arguments, &host, &mut streams, |_| Exit::Success);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Outcome {
        exit,
        out: text(out),
        err: text(err),
    }
}
