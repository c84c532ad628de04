//! Every dependency has a licence that we may ship, and comes from where we expect it.
//!
//! The lists stand in `.deny.toml`, in cargo-deny's form. This check reads the two keys that matter, so
//! that no further tool has to be built; cargo-deny itself can read the same file.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::failure::{Failure, Result};
use crate::terminal::{complain, say};
use crate::workspace::{self, list};
use crate::{files, process};

/// The policy, below the root.
const POLICY: &str = ".deny.toml";

pub(crate) fn run(root: &Path) -> Result<()> {
    let policy = files::read(&root.join(POLICY))?;
    let allowed = strings(&policy, "licenses", "allow")?;
    let registries = strings(&policy, "sources", "allow-registry")?;
    let metadata = workspace::metadata(
        root,
        &["--locked", "--all-features", "--filter-platform", &host()?],
    )?;
    let packages = list(&metadata, "packages");
    let complaints: Vec<_> = packages
        .iter()
        .flat_map(|package| complaints(package, &allowed, &registries))
        .collect();
    for line in &complaints {
        complain(line);
    }
    if complaints.is_empty() {
        say(&format!(
            "licences: {} packages, all allowed",
            packages.len()
        ));
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} packages break {POLICY}",
        complaints.len()
    )))
}

/// What is wrong with one package.
fn complaints(
    package: &Value,
    allowed: &BTreeSet<String>,
    registries: &BTreeSet<String>,
) -> Vec<String> {
    let field = |key| package.get(key).and_then(Value::as_str);
    let name = format!(
        "{} {}",
        field("name").unwrap_or("?"),
        field("version").unwrap_or("?")
    );
    let mut found = Vec::new();
    match field("license") {
        None => found.push(format!("{name}: states no licence")),
        Some(licence) => match Expression::parse_mode(licence, ParseMode::LAX) {
            Ok(expression) if is_met(&expression, allowed) => {}
            Ok(_) => found.push(format!("{name}: licence `{licence}` is not allowed")),
            Err(error) => found.push(format!("{name}: licence `{licence}`: {}", error.reason)),
        },
    }
    // Packages of the workspace have no source.
    if let Some(source) = field("source") {
        let address = source
            .split_once('+')
            .map_or(source, |(_, address)| address);
        if !registries.contains(address) {
            found.push(format!(
                "{name}: comes from {source}, which is no allowed registry"
            ));
        }
    }
    found
}

/// Whether the package can be used under allowed licences alone.
fn is_met(expression: &Expression, allowed: &BTreeSet<String>) -> bool {
    expression.evaluate(|need| {
        let licence = need.license.id().map_or("", |id| id.name);
        // An exception only adds permissions.
        allowed.contains(licence) || allowed.contains(&need.to_string())
    })
}

/// The machine's own target, as rustc names it.
fn host() -> Result<String> {
    let answer = process::run_quietly("rustc -vV", Command::new("rustc").arg("-vV"))?;
    answer
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("rustc -vV names no host"))
}

/// The strings of one list in one section of a TOML file.
fn strings(policy: &str, section: &str, key: &str) -> Result<BTreeSet<String>> {
    let missing = || Failure::new(format!("{POLICY}: expected a list `{key}` in [{section}]"));
    let lines = policy
        .lines()
        .map(|line| line.split_once('#').map_or(line, |(code, _)| code));
    let body: Vec<_> = lines
        .skip_while(|line| line.trim() != format!("[{section}]"))
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .collect();
    let body = body.join(" ");
    let start = body
        .split_once(&format!("{key} = ["))
        .ok_or_else(missing)?
        .1;
    let items = start.split_once(']').ok_or_else(missing)?.0;
    let found: BTreeSet<_> = items
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    if found.is_empty() {
        Err(missing())
    } else {
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn check(json: &str) -> Vec<String> {
        let package = serde_json::from_str(json).unwrap();
        complaints(&package, &set(&["MIT"]), &set(&["https://x.org/index"]))
    }

    #[test]
    fn foreign_licences_and_sources_are_refused() {
        let bad =
            r#"{"name":"a","version":"1","license":"GPL-3.0","source":"git+https://y.org/a"}"#;
        assert_eq!(
            check(bad),
            [
                "a 1: licence `GPL-3.0` is not allowed",
                "a 1: comes from git+https://y.org/a, which is no allowed registry"
            ]
        );
        assert_eq!(
            check(r#"{"name":"a","version":"1"}"#),
            ["a 1: states no licence"]
        );
    }

    #[test]
    fn allowed_packages_pass() {
        let good =
            r#"{"name":"a","version":"1","license":"MIT","source":"registry+https://x.org/index"}"#;
        assert_eq!(check(good), Vec::<String>::new());
    }

    #[test]
    fn expressions_are_met_as_spdx_says() {
        let allowed = set(&["MIT", "Apache-2.0", "Zlib"]);
        for (expression, expected) in [
            ("MIT/GPL-3.0", true),
            ("GPL-3.0 OR Apache-2.0 WITH LLVM-exception", true),
            ("MIT AND GPL-3.0", false),
            ("(MIT OR GPL-3.0) AND Zlib", true),
            ("GPL-3.0 OR MIT AND BSD-3-Clause", false),
        ] {
            let parsed = Expression::parse_mode(expression, ParseMode::LAX).unwrap();
            assert_eq!(is_met(&parsed, &allowed), expected, "{expression}");
        }
        let broken = check(r#"{"name":"a","version":"1","license":"(MIT"}"#);
        assert_eq!(broken.len(), 1, "{broken:?}");
    }

    #[test]
    fn lists_are_read_from_their_section() {
        let policy = "[bans]\nallow = [\"no\"]\n[licenses]\n# why\nallow = [\n  \"MIT\", # short\n  \"ISC\",\n]\n";
        assert_eq!(
            strings(policy, "licenses", "allow").unwrap(),
            set(&["ISC", "MIT"])
        );
        assert!(strings(policy, "sources", "allow-registry").is_err());
    }
}
