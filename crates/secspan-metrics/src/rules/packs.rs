//! The built-in rule files, by the name that configurations use.

use super::RuleFile;
use crate::problem::Problem;
use crate::rules::tree::with_nearest;

/// A built-in rule file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pack {
    /// The name that configurations use.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub about: &'static str,
    /// Its YAML text.
    pub text: &'static str,
}

/// All packs, alphabetically.
pub const PACKS: [Pack; 3] = [
    Pack {
        name: "enrichment",
        about: "alert enrichment workflows, their stages and Perplexity calls, and reviews",
        text: include_str!("../../packs/enrichment.yaml"),
    },
    Pack {
        name: "enrichment-analyst",
        about: "enrichment durations by analyst: names people, so it is off unless asked for",
        text: include_str!("../../packs/enrichment-analyst.yaml"),
    },
    Pack {
        name: "enrichment-legacy",
        about: "the metric names of the hand-made collectors, for dashboards that still use them",
        text: include_str!("../../packs/enrichment-legacy.yaml"),
    },
];

/// The rules of a pack.
///
/// # Errors
/// One problem when there is no pack of this name; `path` is where the name stands.
pub fn load(name: &str, path: &str) -> Result<RuleFile, Vec<Problem>> {
    if let Some(pack) = PACKS.iter().find(|pack| pack.name == name) {
        return RuleFile::parse(pack.text).map(|file| file.with_source(pack.name));
    }
    let names: Vec<&str> = PACKS.iter().map(|pack| pack.name).collect();
    let problem = Problem::new(path, "no such rule pack")
        .given(name)
        .allowed(names.join(", "));
    Err(vec![with_nearest(problem, name, &names)])
}
