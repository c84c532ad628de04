//! Where the repository is, and what cargo knows about it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::failure::{Failure, Result};

/// A package of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Folder, relative to the root.
    pub(crate) folder: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A dependency on another package of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Whether only tests, benches and examples use it.
    pub(crate) dev: bool,
}

/// The root of the repository: two folders above this package.
pub(crate) fn root() -> Result<PathBuf> {
    // Cargo sets the variable for `cargo run`; a copied binary falls back on where it was built.
    let home = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = home
        .ancestors()
        .nth(2)
        .ok_or_else(|| Failure::new("xtask must stand two folders below the root"))?;
    Ok(root.to_owned())
}

/// A path as people read it: relative to the root, with forward slashes.
pub(crate) fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
        .replace('\\', "/")
}

/// A cargo command that runs at the root.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    // What cargo told xtask about itself must not leak into the packages that it builds now.
    command
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("CARGO_PKG_NAME");
    command
}

/// `cargo metadata`, with the packages of the workspace only or with everything.
pub(crate) fn metadata(root: &Path, arguments: &[&str]) -> Result<Value> {
    let output = cargo(root)
        .args(["metadata", "--format-version", "1"])
        .args(arguments)
        .output()
        .map_err(|error| Failure::new(format!("cannot start cargo metadata: {error}")))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!(
            "cargo metadata failed: {}",
            text.trim()
        )));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::new(format!("cargo metadata answered with bad JSON: {error}")))
}

/// The folder that cargo builds into.
pub(crate) fn target_directory(root: &Path) -> Result<PathBuf> {
    let metadata = metadata(root, &["--no-deps", "--offline"])?;
    text(&metadata, "target_directory").map(PathBuf::from)
}

/// The packages of the workspace, sorted by name.
pub(crate) fn packages(root: &Path) -> Result<Vec<Package>> {
    let metadata = metadata(root, &["--no-deps", "--offline"])?;
    let workspace = text(&metadata, "workspace_root")?;
    let mut packages = list(&metadata, "packages")
        .iter()
        .map(|package| read_package(package, &workspace))
        .collect::<Result<Vec<_>>>()?;
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}

fn read_package(package: &Value, workspace: &str) -> Result<Package> {
    let manifest = text(package, "manifest_path")?;
    let folder = manifest.strip_suffix("Cargo.toml").unwrap_or(&manifest);
    let folder = folder.strip_prefix(workspace).unwrap_or(folder);
    let dependencies = list(package, "dependencies")
        .iter()
        .filter(|dependency| dependency.get("path").is_some_and(|path| !path.is_null()))
        .map(|dependency| {
            let dev = dependency.get("kind").and_then(Value::as_str) == Some("dev");
            Ok(Dependency {
                name: text(dependency, "name")?,
                dev,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Package {
        name: text(package, "name")?,
        folder: folder.trim_matches('/').to_owned(),
        dependencies,
    })
}

/// A string field of cargo's JSON.
pub(crate) fn text(value: &Value, key: &str) -> Result<String> {
    value
        .get(key)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("cargo metadata lacks the text `{key}`")))
}

/// A list field of cargo's JSON; empty when absent.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
