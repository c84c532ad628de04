//! Engines know no domain: their code and comments have none of its words.
//!
//! Exempt are tests and benches, which need examples, and generated files: the registry of names is there to know them all.

use super::Violation;
use super::source::Source;

/// Crates that would serve a team that has never heard of a ticket.
const ENGINES: [&str; 7] = [
    "crates/secspan-jsonl/",
    "crates/secspan-metrics/",
    "crates/secspan-otlp/",
    "crates/secspan-records/",
    "crates/secspan-reports/",
    "crates/secspan-system/",
    "crates/secspan-transport/",
];

/// What systems are about. A plural in `s` is the same word.
const WORDS: [&str; 15] = [
    "analyst",
    "cve",
    "cvss",
    "deployment",
    "dora",
    "enrichment",
    "epss",
    "finding",
    "incident",
    "perplexity",
    "review",
    "reviewer",
    "scanner",
    "ticket",
    "triage",
];

/// Files that still have such words. Entries go, none comes.
const LEFT: &[&str] = &[
    "crates/secspan-jsonl/src/archive.rs",
    "crates/secspan-jsonl/src/lib.rs",
    "crates/secspan-jsonl/src/pipe_log/entry.rs",
    "crates/secspan-jsonl/src/retention.rs",
    "crates/secspan-metrics/src/rules/check.rs",
    "crates/secspan-metrics/src/rules/file.rs",
    "crates/secspan-metrics/src/rules/packs.rs",
    "crates/secspan-metrics/src/rules/record.rs",
    "crates/secspan-records/src/invalid.rs",
    "crates/secspan-records/src/join/settings.rs",
    "crates/secspan-records/src/timestamp.rs",
    "crates/secspan-reports/src/render/markdown.rs",
];

const RULE: &str = "engines know no domain";
const WHY: &str = "the next system would find no room in an engine that is made for another one";

pub(crate) fn check(sources: &[Source]) -> Vec<Violation> {
    check_with(sources, LEFT)
}

fn check_with(sources: &[Source], left: &[&str]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| is_engine(source)) {
        let words: Vec<_> = source
            .lines
            .iter()
            .enumerate()
            .take(source.tests_from())
            .filter_map(|(index, line)| Some((index + 1, word(line)?)))
            .collect();
        if !left.contains(&source.path.as_str()) {
            let named = words.iter().map(|(line, word)| {
                violation(
                    &source.path,
                    *line,
                    format!("`{word}`; it belongs to a system"),
                )
            });
            found.extend(named);
        } else if words.is_empty() {
            found.push(violation(
                &source.path,
                0,
                "take it off the list LEFT".to_owned(),
            ));
        }
    }
    let gone = left
        .iter()
        .filter(|path| !sources.iter().any(|source| source.path == **path));
    found.extend(gone.map(|path| violation(path, 0, "take it off the list LEFT".to_owned())));
    found
}

fn is_engine(source: &Source) -> bool {
    let engine = ENGINES.iter().any(|folder| source.path.starts_with(folder));
    engine && source.is_rust() && !source.is_test() && !source.generated
}

fn violation(path: &str, line: usize, what: String) -> Violation {
    Violation {
        path: path.to_owned(),
        line,
        rule: RULE,
        what,
        why: WHY,
    }
}

/// The first word of a domain in a line, alone or as a part of a name.
fn word(line: &str) -> Option<&'static str> {
    let mut part = String::new();
    let mut before = ' ';
    for letter in line.chars().chain([' ']) {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if begins || !letter.is_alphabetic() {
            if let Some(word) = known(&part) {
                return Some(word);
            }
            part.clear();
        }
        if letter.is_alphabetic() {
            part.extend(letter.to_lowercase());
        }
        before = letter;
    }
    None
}

fn known(part: &str) -> Option<&'static str> {
    let mut words = WORDS.iter().copied();
    words.find(|word| part == *word || part.strip_suffix('s') == Some(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "crates/secspan-records/src/a.rs";
    const NONE: [usize; 0] = [];

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let found = check_with(&[Source::new(path, text)], &[]);
        found.iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn a_word_of_a_domain_is_refused_in_code_names_and_comments() {
        let text = "//! Joins tickets.\nstruct ReviewDecision;\nlet cve_id = 1;\nfn preview() {}\n";
        assert_eq!(lines(FILE, text), [1, 2, 3]);
    }

    #[test]
    fn systems_tests_and_generated_files_may_know_it() {
        let text = "struct Ticket;\n";
        assert_eq!(lines("crates/systems/x/src/a.rs", text), NONE);
        assert_eq!(lines("crates/secspan-records/src/a/tests.rs", text), NONE);
        assert_eq!(
            lines(
                FILE,
                "fn a() {}\n#[cfg(test)]\nmod tests { struct Ticket; }\n"
            ),
            NONE
        );
        assert_eq!(
            lines(FILE, "//! Kinds, generated from x.\nstruct Ticket;\n"),
            NONE
        );
    }

    #[test]
    fn the_list_of_what_is_left_only_shrinks() {
        let clean = [Source::new(FILE, "fn a() {}\n")];
        assert_eq!(check_with(&clean, &[FILE]).len(), 1);
        assert_eq!(check_with(&[], &[FILE]).len(), 1);
        let full = [Source::new(FILE, "struct Ticket;\n")];
        assert_eq!(check_with(&full, &[FILE]), []);
    }
}
