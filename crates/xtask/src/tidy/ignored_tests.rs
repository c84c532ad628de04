//! No test is switched off.

use super::Violation;
use super::source::{Source, is_comment};

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    let marker = concat!("#[", "ignore");
    let found = source
        .numbered()
        .filter(|(_, line)| source.is_rust() && !is_comment(line) && line.contains(marker));
    found
        .map(|(line, _)| Violation {
            path: source.path.clone(),
            line,
            rule: "ignored test",
            what: "run it, delete it, or let it state today's behaviour".to_owned(),
            why: "a test that nobody runs proves nothing and rots",
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_switched_off_is_refused() {
        let text = format!("#[test]\n#[{}]\nfn a() {{}}\n", "ignore");
        let found = check(&Source::new("a.rs", &text));
        assert_eq!(
            found
                .iter()
                .map(|violation| violation.line)
                .collect::<Vec<_>>(),
            [2]
        );
        assert_eq!(check(&Source::new("a.rs", "let ignore = 1;")), []);
    }
}
