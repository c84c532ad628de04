//! `cargo xtask tidy`: the layout rules that compiler and linter do not know.
//!
//! One rule is one file below `tidy/`. Each takes plain values and returns violations, so that its tests
//! need no repository; every rule has a test with a sample that it must refuse.

mod absolute_paths;
mod dashboards;
mod engines;
mod file_names;
mod generated_files;
mod ignored_tests;
mod layers;
mod leftovers;
mod map;
mod module_docs;
mod names;
mod pure_crates;
mod serde_shapes;
mod size;
mod source;
mod unknown_keys;

use std::path::Path;

use crate::failure::{Failure, Result};
use crate::terminal::{complain, say};
use crate::{codegen, files, process, workspace};
use source::Source;

/// The page that holds the crate table and the allowed edges.
const MAP: &str = "crates/README.md";

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    path: String,
    /// Counted from 1; 0 where the whole file is meant.
    line: usize,
    rule: &'static str,
    what: String,
    why: &'static str,
}

impl Violation {
    fn text(&self) -> String {
        let Self {
            path,
            line,
            rule,
            what,
            why,
        } = self;
        let place = if *line == 0 {
            path.clone()
        } else {
            format!("{path}:{line}")
        };
        format!("{place}: {rule}: {what}\n    because {why}")
    }
}

/// A rule that looks at one file at a time.
type FileRule = fn(&Source) -> Vec<Violation>;

/// The rules for single files, in alphabetical order.
const FILE_RULES: &[FileRule] = &[
    absolute_paths::check,
    file_names::check,
    ignored_tests::check,
    leftovers::check,
    module_docs::check,
    pure_crates::check,
    serde_shapes::check,
    size::check,
    unknown_keys::check,
];

/// Prints every violation, and fails when there is one.
pub(crate) fn run(root: &Path) -> Result<()> {
    let sources = sources(root)?;
    let mut violations = violations(root, &sources)?;
    violations.sort();
    violations.dedup();
    for violation in &violations {
        complain(&violation.text());
    }
    if violations.is_empty() {
        say(&format!(
            "tidy: {} files, nothing to complain about",
            sources.len()
        ));
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} tidy rules broken",
        violations.len()
    )))
}

fn violations(root: &Path, sources: &[Source]) -> Result<Vec<Violation>> {
    let mut found: Vec<_> = sources
        .iter()
        .flat_map(|source| FILE_RULES.iter().flat_map(|rule| rule(source)))
        .collect();
    let registry = codegen::registry::Registry::read(&root.join(codegen::CRATE))?;
    let ours = names::ours(&registry);
    found.extend(
        sources
            .iter()
            .flat_map(|source| names::check(source, &ours)),
    );
    let known = dashboards::known(&registry);
    found.extend(
        sources
            .iter()
            .flat_map(|source| dashboards::check(source, &known)),
    );
    found.extend(engines::check(sources));
    let page = files::read(&root.join(MAP))?;
    let packages = workspace::packages(root)?;
    found.extend(layers::check(&page, &packages));
    found.extend(map::check(&page, &packages));
    found.extend(generated_files::check(root, &codegen::stale(root)?));
    Ok(found)
}

/// The text files of the repository that git knows or would take.
fn sources(root: &Path) -> Result<Vec<Source>> {
    let mut git = std::process::Command::new("git");
    git.current_dir(root)
        .args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let listing = process::run_quietly("git ls-files", &mut git)?;
    let mut sources = Vec::new();
    for name in listing.lines().filter(|name| source::is_text(name)) {
        let path = root.join(name);
        // Git still lists what was deleted and not yet committed.
        if path.is_file() {
            sources.push(Source::new(name, &files::read(&path)?));
        }
    }
    if sources.is_empty() {
        return Err(Failure::new("git lists no source files here"));
    }
    Ok(sources)
}
