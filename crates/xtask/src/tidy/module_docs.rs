//! Every Rust file opens with what it is and why; a crate may take that from its README.

use super::Violation;
use super::source::Source;

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    let first = source.lines.first().map_or("", String::as_str);
    let told = first.starts_with("//! ") || first.starts_with("#![doc = include_str!(");
    if !source.is_rust() || told {
        return Vec::new();
    }
    vec![Violation {
        path: source.path.clone(),
        line: 1,
        rule: "module docs",
        what: "the first line must be `//! …`".to_owned(),
        why: "the first line alone must tell a reader whether this is the file that he looks for",
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_first_line_of_docs_is_refused() {
        assert_eq!(check(&Source::new("a.rs", "use std::fmt;\n")).len(), 1);
        assert_eq!(check(&Source::new("a.rs", "")).len(), 1);
        assert_eq!(check(&Source::new("a.rs", "//! What it is.\n")), []);
        assert_eq!(
            check(&Source::new(
                "lib.rs",
                "#![doc = include_str!(\"../README.md\")]\n"
            )),
            []
        );
        assert_eq!(check(&Source::new("a.md", "# A page\n")), []);
    }
}
