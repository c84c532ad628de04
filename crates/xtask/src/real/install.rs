//! Building and installing what the real tests need, below `target/tools`, and only when it changed.
//!
//! Every part is pinned by files in the repository. What was built is remembered by the contents of these
//! files: when they are the same, nothing is built again.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::files;
use crate::process::{on_path, run_quietly};
use crate::terminal::say;

/// Where things come from and go to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) root: &'a Path,
    /// `target/tools`.
    pub(super) tools: &'a Path,
}

impl Place<'_> {
    /// The folder that pins a client.
    pub(super) fn client(&self, name: &str) -> PathBuf {
        self.root.join("tests/real/clients").join(name)
    }

    /// The folder that pins a tool.
    fn tool(&self, name: &str) -> PathBuf {
        self.root.join("tests/real/tools").join(name)
    }

    /// Where a part is installed.
    fn home(&self, name: &str) -> PathBuf {
        self.tools.join(name)
    }
}

/// Runs `build` unless `product` was built from the same files before.
fn unless_fresh(
    home: &Path,
    product: &Path,
    pins: &[PathBuf],
    build: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut inputs = String::new();
    for pin in pins {
        inputs.push_str(&files::read(pin)?);
    }
    let stamp = home.join("built-from");
    if product.exists() && files::read(&stamp).is_ok_and(|before| before == inputs) {
        return Ok(());
    }
    build()?;
    if !product.exists() {
        return Err(Failure::new(format!(
            "the build did not make {}",
            product.display()
        )));
    }
    files::write(&stamp, &inputs)
}

fn require(program: &str, hint: &str) -> Result<()> {
    match on_path(program) {
        Some(_) => Ok(()),
        None => Err(Failure::new(format!("no `{program}` on the PATH: {hint}"))),
    }
}

/// Go programs of one module; answers with their folder.
pub(super) fn go_program(
    place: &Place<'_>,
    name: &str,
    flags: &[&str],
    packages: &[&str],
) -> Result<PathBuf> {
    require("go", "install Go 1.26")?;
    let source = if packages == ["."] {
        place.client(name)
    } else {
        place.tool(name)
    };
    let home = place.home(name);
    let bin = home.join("bin");
    let mut pins = vec![source.join("go.mod"), source.join("go.sum")];
    pins.extend(files::with_extension(&source, "go")?);
    unless_fresh(&home, &bin, &pins, || {
        say(&format!("building {name} (once)"));
        files::create_dir(&bin)?;
        run_quietly(
            &format!("go build of {name}"),
            go(&source).args(flags).arg("-o").arg(&bin).args(packages),
        )
        .map(drop)
    })?;
    Ok(bin)
}

/// The upstream collector: its builder writes the sources, which are then compiled.
pub(super) fn otelcol(place: &Place<'_>) -> Result<PathBuf> {
    require("go", "install Go 1.26")?;
    let source = place.tool("otelcol");
    let home = place.home("otelcol");
    let program = home.join("bin/otelcol");
    let generated = home.join("src");
    let locks = ["go.mod", "go.sum"].map(|name| source.join("collector").join(name));
    let mut pins = vec![
        source.join("builder.yaml"),
        source.join("go.mod"),
        source.join("go.sum"),
    ];
    pins.extend(locks.clone());
    unless_fresh(&home, &program, &pins, || {
        say("building otelcol (once)");
        let bin = home.join("bin");
        files::create_dir(&bin)?;
        let builder = "go.opentelemetry.io/collector/cmd/builder";
        run_quietly(
            "go build of builder",
            go(&source).arg("-o").arg(&bin).arg(builder),
        )?;
        let mut write = Command::new(bin.join("builder"));
        write.args([
            "--config",
            "builder.yaml",
            "--skip-compilation",
            "--skip-get-modules",
        ]);
        run_quietly(
            "builder",
            write.current_dir(&source).env("CGO_ENABLED", "0"),
        )?;
        for (lock, name) in locks.iter().zip(["go.mod", "go.sum"]) {
            files::write(&generated.join(name), &files::read(lock)?)?;
        }
        run_quietly(
            "go build of otelcol",
            go(&generated).arg("-o").arg(&program).arg("."),
        )
        .map(drop)
    })?;
    Ok(program)
}

fn go(folder: &Path) -> Command {
    let mut command = Command::new("go");
    command
        .args(["build", "-buildvcs=false"])
        .current_dir(folder)
        .env("CGO_ENABLED", "0");
    command
}

/// A virtual environment with the client's packages; answers with its interpreter.
pub(super) fn python_environment(place: &Place<'_>) -> Result<PathBuf> {
    require("python3", "install Python 3.11 or newer")?;
    let home = place.home("python");
    let interpreter = home.join("venv/bin/python");
    let pins = [place.client("python").join("requirements.txt")];
    unless_fresh(&home, &interpreter, &pins, || {
        say("installing the Python client (once)");
        let venv = home.join("venv");
        let mut create = Command::new("python3");
        run_quietly(
            "python3 -m venv",
            create.args(["-m", "venv", "--clear"]).arg(&venv),
        )?;
        let mut install = Command::new(&interpreter);
        install.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ]);
        run_quietly("pip install", install.args(&pins)).map(drop)
    })?;
    Ok(interpreter)
}

/// A folder with the client and its packages.
pub(super) fn node_modules(place: &Place<'_>) -> Result<PathBuf> {
    require("node", "install Node 20 or newer")?;
    require("npm", "it comes with Node")?;
    let source = place.client("node");
    let home = place.home("node");
    let names = ["package.json", "package-lock.json", ".npmrc", "enrich.js"];
    let pins = names.map(|name| source.join(name));
    unless_fresh(&home, &home.join("node_modules"), &pins, || {
        say("installing the Node client (once)");
        for (pin, name) in pins.iter().zip(names) {
            files::write(&home.join(name), &files::read(pin)?)?;
        }
        let mut install = Command::new("npm");
        install
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(&home);
        run_quietly("npm ci", &mut install).map(drop)
    })?;
    Ok(home)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_build_is_repeated_only_when_its_files_change() {
        let home = std::env::temp_dir().join(format!("xtask-{}-install", std::process::id()));
        let (pin, product) = (home.join("pin"), home.join("product"));
        let builds = Cell::new(0);
        let build = || {
            builds.set(builds.get() + 1);
            files::write(&product, "x")
        };
        for (text, expected) in [("1", 1), ("1", 1), ("2", 2)] {
            files::write(&pin, text).unwrap();
            unless_fresh(&home, &product, std::slice::from_ref(&pin), build).unwrap();
            assert_eq!(builds.get(), expected);
        }
        std::fs::remove_file(&product).unwrap();
        let failure =
            unless_fresh(&home, &product, std::slice::from_ref(&pin), || Ok(())).unwrap_err();
        assert!(
            failure.to_string().starts_with("the build did not make"),
            "{failure}"
        );
        std::fs::remove_dir_all(home).unwrap();
    }
}
