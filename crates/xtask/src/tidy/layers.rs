//! Crates depend downwards only, along the edges that the map allows.
//!
//! The map holds a fenced block that is marked `layers`:
//!
//! ```text
//! 0 secspan-semconv
//! 1 secspan-jsonl -> secspan-records, secspan-semconv
//! dev secspan-testkit -> secspan-otlp
//! ```
//!
//! A number is a layer, and no arrow may lead to a higher one. `dev` crates may be used by tests
//! alone, and tests may use whatever is not above them.

use std::collections::BTreeMap;

use super::{MAP, Violation};
use crate::workspace::Package;

const WHY: &str = "arrows that point down only keep the centre free of the rim; change crates/README.md \
                   first if the edge is right";

/// How far up a crate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    Number(u8),
    /// For tests and automation: above everything, and used by nothing that ships.
    Dev,
}

/// One line of the block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) layer: Layer,
    pub(crate) allowed: Vec<String>,
    line: usize,
}

/// The block of the map, by crate.
pub(crate) fn table(page: &str) -> Result<BTreeMap<String, Row>, Violation> {
    let mut rows = BTreeMap::new();
    let lines = page
        .lines()
        .enumerate()
        .map(|(index, text)| (index + 1, text.trim()));
    let block = lines
        .skip_while(|(_, text)| *text != "```layers")
        .skip(1)
        .take_while(|(_, text)| !text.starts_with("```"));
    for (line, text) in block.filter(|(_, text)| !text.is_empty()) {
        let (name, row) = row(line, text).ok_or_else(|| {
            complaint(
                line,
                format!("`{text}` is not `<layer> <crate> -> <crates>`"),
            )
        })?;
        rows.insert(name, row);
    }
    if rows.is_empty() {
        return Err(complaint(
            0,
            "the fenced block `layers` is missing or empty".to_owned(),
        ));
    }
    Ok(rows)
}

fn row(line: usize, text: &str) -> Option<(String, Row)> {
    let (head, tail) = text.split_once("->").unwrap_or((text, ""));
    let mut words = head.split_whitespace();
    let layer = match words.next()? {
        "dev" => Layer::Dev,
        number => Layer::Number(number.parse().ok()?),
    };
    let name = words.next()?.to_owned();
    let allowed = tail
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let row = Row {
        layer,
        allowed: allowed.map(str::to_owned).collect(),
        line,
    };
    words.next().is_none().then_some((name, row))
}

pub(crate) fn check(page: &str, packages: &[Package]) -> Vec<Violation> {
    let table = match table(page) {
        Ok(table) => table,
        Err(violation) => return vec![violation],
    };
    let mut found = drawn_upwards(&table);
    for package in packages {
        let Some(row) = table.get(&package.name) else {
            continue;
        };
        for dependency in &package.dependencies {
            let target = table.get(&dependency.name);
            let in_tests = dependency.dev
                && target.is_some_and(|target| may_test_with(row.layer, target.layer));
            if in_tests || row.allowed.contains(&dependency.name) {
                continue;
            }
            found.push(Violation {
                path: format!("{}/Cargo.toml", package.folder),
                line: 0,
                rule: "layers",
                what: format!("{} must not depend on {}", package.name, dependency.name),
                why: WHY,
            });
        }
    }
    found
}

/// Tests may use dev crates and every crate that is not above their own.
fn may_test_with(own: Layer, target: Layer) -> bool {
    match (own, target) {
        (_, Layer::Dev) | (Layer::Dev, _) => true,
        (Layer::Number(own), Layer::Number(target)) => target <= own,
    }
}

/// Allowed edges that lead to a higher layer. Within one, cargo itself refuses circles.
fn drawn_upwards(table: &BTreeMap<String, Row>) -> Vec<Violation> {
    let mut found = Vec::new();
    for (name, row) in table {
        for target in &row.allowed {
            let down = match (row.layer, table.get(target).map(|row| row.layer)) {
                (Layer::Dev, Some(_)) => true,
                (Layer::Number(own), Some(Layer::Number(target))) => target <= own,
                (Layer::Number(_), Some(Layer::Dev)) | (_, None) => false,
            };
            if !down {
                found.push(complaint(row.line, format!("{name} -> {target} points up")));
            }
        }
    }
    found
}

fn complaint(line: usize, what: String) -> Violation {
    Violation {
        path: MAP.to_owned(),
        line,
        rule: "layers",
        what,
        why: WHY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    const PAGE: &str = "# Map\n```layers\n0 low\n1 high -> low\ndev kit -> low\n```\n";

    fn package(name: &str, edges: &[(&str, bool)]) -> Package {
        let dependencies = edges
            .iter()
            .map(|(name, dev)| Dependency {
                name: (*name).to_owned(),
                dev: *dev,
            })
            .collect();
        Package {
            name: name.to_owned(),
            folder: format!("crates/{name}"),
            dependencies,
        }
    }

    fn complaints(page: &str, packages: &[Package]) -> Vec<String> {
        check(page, packages)
            .into_iter()
            .map(|violation| violation.what)
            .collect()
    }

    #[test]
    fn allowed_edges_pass() {
        let packages = [
            package("high", &[("low", false), ("kit", true)]),
            package("low", &[]),
        ];
        assert_eq!(complaints(PAGE, &packages), Vec::<String>::new());
    }

    #[test]
    fn an_edge_that_the_map_lacks_is_refused() {
        let packages = [
            package("low", &[("high", false)]),
            package("high", &[("kit", false)]),
        ];
        assert_eq!(
            complaints(PAGE, &packages),
            ["low must not depend on high", "high must not depend on kit"]
        );
    }

    #[test]
    fn an_allowed_edge_must_point_down() {
        let page = "```layers\n0 a -> b\n1 b\n```";
        assert_eq!(complaints(page, &[]), ["a -> b points up"]);
    }

    #[test]
    fn a_missing_block_and_a_bad_line_are_refused() {
        assert_eq!(complaints("# Map", &[]).len(), 1);
        assert_eq!(complaints("```layers\nnonsense\n```", &[]).len(), 1);
    }
}
