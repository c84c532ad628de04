//! Serde derives avoid the two attributes that ruin error messages.

use super::Violation;
use super::source::{Source, is_comment};

const BANNED: [&str; 2] = ["flatten", "untagged"];

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    if !source.is_rust() {
        return found;
    }
    for (line, text) in source.numbered().filter(|(_, text)| !is_comment(text)) {
        let Some(arguments) = text.trim_start().strip_prefix("#[serde(") else {
            continue;
        };
        let words = arguments.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        for word in words.filter(|word| BANNED.contains(word)) {
            found.push(Violation {
                path: source.path.clone(),
                line,
                rule: "serde shape",
                what: format!("`{word}`"),
                why: "it hides unknown keys or answers \"did not match any variant\"",
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flatten_and_untagged_are_refused() {
        let text = "#[serde(default, flatten)]\n#[serde(untagged)]\n#[serde(rename = \"a\")]\n";
        let found = check(&Source::new("a.rs", text));
        assert_eq!(
            found
                .iter()
                .map(|violation| violation.line)
                .collect::<Vec<_>>(),
            [1, 2]
        );
    }
}
