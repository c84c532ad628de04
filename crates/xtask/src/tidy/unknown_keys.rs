//! Configuration structs refuse keys that they do not know.

use super::Violation;
use super::source::Source;

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    let path = format!("/{}", source.path);
    let is_config = path.contains("/config/") || path.ends_with("/config.rs");
    if !is_config || !source.is_rust() {
        return Vec::new();
    }
    let mut found = Vec::new();
    // Attributes since the last item; a struct looks back at its own.
    let mut attributes = String::new();
    for (line, text) in source.shipped() {
        let text = text.trim();
        if text.starts_with("pub") && text.contains("struct ") || text.starts_with("struct ") {
            let derives = attributes.contains("Deserialize");
            if derives && text.ends_with('{') && !attributes.contains("deny_unknown_fields") {
                found.push(Violation {
                    path: source.path.clone(),
                    line,
                    rule: "unknown keys",
                    what: "add #[serde(deny_unknown_fields)]".to_owned(),
                    why: "a misspelt key that is silently ignored runs with a setting nobody chose",
                });
            }
            attributes.clear();
        } else if text.ends_with(['}', ';', '{']) {
            attributes.clear();
        } else {
            attributes.push_str(text);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&Source::new(path, text))
            .iter()
            .map(|violation| violation.line)
            .collect()
    }

    #[test]
    fn a_struct_that_takes_any_key_is_refused() {
        let text = "#[derive(Debug, Deserialize)]\npub struct A {\n    b: u8,\n}\n";
        assert_eq!(lines("x/src/config/a.rs", text), [2]);
        assert_eq!(lines("x/src/config.rs", text), [2]);
        assert_eq!(lines("x/src/other.rs", text), Vec::<usize>::new());
    }

    #[test]
    fn strict_structs_and_structs_without_serde_pass() {
        let strict =
            "#[derive(Deserialize)]\n#[serde(deny_unknown_fields)]\nstruct A {\n    b: u8,\n}\n";
        let plain = "#[derive(Debug)]\nstruct A {\n    b: u8,\n}\n";
        assert_eq!(lines("x/src/config.rs", strict), Vec::<usize>::new());
        assert_eq!(lines("x/src/config.rs", plain), Vec::<usize>::new());
    }
}
