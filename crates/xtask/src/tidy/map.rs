//! The crate table of the map names every package of the workspace, and no other.

use std::collections::BTreeMap;

use super::{MAP, Violation, layers};
use crate::workspace::Package;

const WHY: &str = "a map that does not match the land misleads";

pub(crate) fn check(page: &str, packages: &[Package]) -> Vec<Violation> {
    let rows = rows(page);
    let layers = layers::table(page).unwrap_or_default();
    let mut found = Vec::new();
    for package in packages {
        match rows.get(package.name.as_str()) {
            None => found.push(complaint(0, format!("the table lacks `{}`", package.name))),
            Some((line, row)) => {
                if !row.contains(&link(&package.folder)) {
                    let expected = link(&package.folder);
                    found.push(complaint(
                        *line,
                        format!("`{}` must link {expected}", package.name),
                    ));
                }
            }
        }
        if !layers.contains_key(&package.name) {
            found.push(complaint(
                0,
                format!("the block `layers` lacks `{}`", package.name),
            ));
        }
    }
    let known = |name: &str| packages.iter().any(|package| package.name == name);
    for (name, (line, _)) in rows.iter().filter(|(name, _)| !known(name)) {
        found.push(complaint(
            *line,
            format!("the table names `{name}`, which does not exist"),
        ));
    }
    for name in layers.keys().filter(|name| !known(name)) {
        found.push(complaint(
            0,
            format!("the block `layers` names `{name}`, which does not exist"),
        ));
    }
    found
}

/// The link target of a folder, seen from the map's own folder.
fn link(folder: &str) -> String {
    match folder.strip_prefix("crates/") {
        Some(inner) => format!("({inner})"),
        None => format!("(../{folder})"),
    }
}

/// Table rows by the crate that their link names: ``| 0 | [`name`](folder) | …``.
fn rows(page: &str) -> BTreeMap<&str, (usize, &str)> {
    let mut rows = BTreeMap::new();
    for (index, line) in page
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with('|'))
    {
        let name = line
            .split_once("[`")
            .and_then(|(_, rest)| rest.split_once("`]("));
        if let Some((name, _)) = name {
            rows.insert(name, (index + 1, line));
        }
    }
    rows
}

fn complaint(line: usize, what: String) -> Violation {
    Violation {
        path: MAP.to_owned(),
        line,
        rule: "map",
        what,
        why: WHY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "| 0 | [`low`](low) | x |\n| 1 | [`rim`](../rim) | y |\n```layers\n0 low\n1 rim\n```\n";

    fn package(name: &str, folder: &str) -> Package {
        Package {
            name: name.to_owned(),
            folder: folder.to_owned(),
            dependencies: Vec::new(),
        }
    }

    fn complaints(packages: &[Package]) -> Vec<String> {
        check(PAGE, packages)
            .into_iter()
            .map(|violation| violation.what)
            .collect()
    }

    #[test]
    fn a_true_map_passes() {
        let packages = [package("low", "crates/low"), package("rim", "rim")];
        assert_eq!(complaints(&packages), Vec::<String>::new());
    }

    #[test]
    fn missing_gone_and_moved_crates_are_refused() {
        let packages = [package("low", "crates/lower"), package("new", "crates/new")];
        assert_eq!(
            complaints(&packages),
            [
                "`low` must link (lower)",
                "the table lacks `new`",
                "the block `layers` lacks `new`",
                "the table names `rim`, which does not exist",
                "the block `layers` names `rim`, which does not exist",
            ]
        );
    }
}
