//! Exceptions from a lint are `#[expect(lint, reason = "…")]`.

use super::Violation;
use super::source::{Source, is_comment};

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    let found = source.numbered().filter(|(_, line)| {
        let line = line.trim_start();
        source.is_rust()
            && !source.generated
            && !is_comment(line)
            && (line.starts_with("#[allow(") || line.starts_with("#![allow("))
    });
    found
        .map(|(line, _)| Violation {
            path: source.path.clone(),
            line,
            rule: "allow attribute",
            what: "write #[expect(lint, reason = \"…\")]".to_owned(),
            why: "an expectation dies when it is no longer needed, and says why it is there",
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_is_refused_and_expect_passes() {
        let text = format!(
            "#[{}(dead_code)]\nfn a() {{}}\n#[expect(dead_code)]\n",
            "allow"
        );
        let found = check(&Source::new("a.rs", &text));
        assert_eq!(
            found
                .iter()
                .map(|violation| violation.line)
                .collect::<Vec<_>>(),
            [1]
        );
    }
}
