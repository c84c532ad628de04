//! Nothing is left open in the code. The macros that mean "not yet" are refused by clippy.

use super::Violation;
use super::source::Source;

/// Words that mean "later". Written in halves, or this file would break its own rule.
const WORDS: [&str; 4] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("HA", "CK"),
];

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    if !source.is_rust() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (line, text) in source.numbered() {
        if let Some(sign) = WORDS.iter().find(|word| contains_word(text, word)) {
            found.push(Violation {
                path: source.path.clone(),
                line,
                rule: "left open",
                what: format!("`{sign}`"),
                why: "what is left open in the code is forgotten there; finish it or open an issue",
            });
        }
    }
    found
}

fn contains_word(text: &str, word: &str) -> bool {
    text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_later_are_refused() {
        let text = format!("// {} later\nfn a() {{}} // {}\n", WORDS[0], WORDS[1]);
        let found = check(&Source::new("a.rs", &text));
        assert_eq!(
            found
                .iter()
                .map(|violation| violation.line)
                .collect::<Vec<_>>(),
            [1, 2]
        );
    }

    #[test]
    fn the_words_inside_other_words_pass() {
        let text = format!("// see {}_LIST and GHSA-{}x\n", WORDS[0], "xx");
        assert_eq!(check(&Source::new("a.rs", &text)), []);
    }
}
