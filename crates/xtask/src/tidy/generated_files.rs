//! Generated files are as new as what they are generated from.

use std::path::{Path, PathBuf};

use super::Violation;
use crate::workspace;

pub(crate) fn check(root: &Path, stale: &[(PathBuf, String)]) -> Vec<Violation> {
    stale
        .iter()
        .map(|(path, _)| Violation {
            path: workspace::shown(root, path),
            line: 0,
            rule: "generated file",
            what: "older than the registry; run `cargo xtask codegen`".to_owned(),
            why: "constants, tables and the page must say the same as the registry",
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_file_is_refused() {
        let root = Path::new("r");
        let stale = [(root.join("a/b.rs"), String::new())];
        let found = check(root, &stale);
        assert_eq!(
            found
                .iter()
                .map(|violation| violation.path.as_str())
                .collect::<Vec<_>>(),
            ["a/b.rs"]
        );
        assert_eq!(check(root, &[]), []);
    }
}
