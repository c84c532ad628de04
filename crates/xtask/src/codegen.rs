//! `cargo xtask codegen`: the registry in, constants, tables and the reference page out.
//!
//! The output is committed, so that building needs neither this program nor weaver, and `--check`
//! says when it is older than the registry.

mod reference;
pub(crate) mod registry;
mod rust;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};
use crate::files;
use registry::Registry;

/// What our own attributes begin with.
pub(crate) const OUR_PREFIX: &str = "secops.";

/// The crate that is generated, below the root of the repository.
pub(crate) const CRATE: &str = "crates/secspan-semconv";

/// Writes the generated files and returns those that changed.
pub(crate) fn write(root: &Path) -> Result<Vec<PathBuf>> {
    let stale = stale(root)?;
    for (path, text) in &stale {
        files::write(path, text)?;
    }
    Ok(stale.into_iter().map(|(path, _)| path).collect())
}

/// The files that differ from what the registry says, with the text that they should have.
pub(crate) fn stale(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut stale = render(root)?;
    stale.retain(|(path, text)| files::read(path).ok().as_ref() != Some(text));
    Ok(stale)
}

fn render(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let home = root.join(CRATE);
    let registry = Registry::read(&home)?;
    let sources = [
        ("attribute.rs", rust::attributes(&registry)),
        ("event.rs", rust::events(&registry)),
        ("metric.rs", rust::metrics(&registry)),
        ("span.rs", rust::spans(&registry)),
        ("value.rs", rust::values(&registry)),
    ];
    let mut files = vec![(home.join("REFERENCE.md"), reference::page(&registry))];
    for (name, text) in sources {
        files.push((home.join("src").join(name), format(root, &text)?));
    }
    Ok(files)
}

/// Runs rustfmt over generated text, so that generated files obey the rules of written ones.
fn format(root: &Path, text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root.join(".rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| {
            Failure::new(format!(
                "cannot start rustfmt: {error}; try `rustup component add rustfmt`"
            ))
        })?;
    let input = child.stdin.take();
    let text = text.to_owned();
    // A thread of its own feeds rustfmt: both pipes may be full at once.
    let feeder = std::thread::spawn(move || {
        input.map_or(Ok(()), |mut pipe| pipe.write_all(text.as_bytes()))
    });
    let output = child
        .wait_with_output()
        .map_err(|error| Failure::new(format!("rustfmt broke off: {error}")))?;
    let fed = feeder.join();
    if !output.status.success() || !matches!(fed, Ok(Ok(()))) {
        return Err(Failure::new(
            "rustfmt refused generated code; its messages are above",
        ));
    }
    String::from_utf8(output.stdout)
        .map_err(|error| Failure::new(format!("rustfmt answered with invalid UTF-8: {error}")))
}

/// Appends a line.
fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

#[cfg(test)]
mod tests;
