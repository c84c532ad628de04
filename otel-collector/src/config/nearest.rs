//! The nearest known name to a misspelt one, for "did you mean" hints.

/// The candidate closest to `given` in edit distance, if it is close enough to be a slip.
///
/// A third of the letters may differ, of short names one; case, `-`, `_` and spaces do not count.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = normalise(given);
    let length = plain.chars().count();
    let budget = (length / 3).max(usize::from(length > 1));
    candidates
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&plain, &normalise(name)), name))
        .filter(|(distance, _)| *distance <= budget)
        .min()
        .map(|(_, name)| name)
}

/// The hint that goes with [`nearest`].
pub fn did_you_mean<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(given, candidates).map(|name| format!("did you mean `{name}`?"))
}

fn normalise(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_and_leaves_strangers() {
        let names = ["spanmetrics", "signalrules", "workflow", "otlp", "jsonl"];
        for (given, expected) in [
            ("spanmetric", Some("spanmetrics")),
            ("span-metrics", Some("spanmetrics")),
            ("wrokflow", Some("workflow")),
            ("oltp", Some("otlp")),
            ("JSONL", Some("jsonl")),
            ("kafka", None),
            ("x", None),
        ] {
            assert_eq!(nearest(given, names), expected, "{given}");
        }
    }
}
