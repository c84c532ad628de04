//! File names say what is inside.

use super::Violation;
use super::source::Source;

const EMPTY_NAMES: [&str; 9] = [
    "mod", "util", "utils", "helper", "helpers", "common", "misc", "prelude", "types",
];

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    if !source.is_rust() || !EMPTY_NAMES.contains(&source.stem()) {
        return Vec::new();
    }
    vec![Violation {
        path: source.path.clone(),
        line: 0,
        rule: "file name",
        what: format!("`{}` says nothing", source.stem()),
        why: "a drawer without a label takes everything; name the concept (foo.rs beside foo/)",
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawers_are_refused() {
        assert_eq!(check(&Source::new("crates/x/src/utils.rs", "")).len(), 1);
        assert_eq!(check(&Source::new("crates/x/src/a/mod.rs", "")).len(), 1);
        assert_eq!(check(&Source::new("crates/x/src/utilization.rs", "")), []);
    }
}
