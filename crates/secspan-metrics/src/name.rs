//! Valid Prometheus names from any text.
//!
//! Readers differ in what they accept beyond ASCII letters, digits and underscores, so nothing else is ever exposed:
//! `secops.stage.name` becomes `secops_stage_name`, as upstream writes it.

use std::borrow::Cow;

/// Whether a metric of this name can be exposed as it stands.
pub fn is_metric_name(name: &str) -> bool {
    is_name(name, true)
}

/// Whether a label of this name can be exposed as it stands. Names that begin with `__` belong to Prometheus.
pub fn is_label_name(name: &str) -> bool {
    is_name(name, false) && !name.starts_with("__")
}

/// The nearest valid metric name.
pub fn metric_name(name: &str) -> Cow<'_, str> {
    if is_metric_name(name) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(clean(name, true))
    }
}

/// The nearest valid label name: other characters become `_`, a leading digit or `__` gets the prefix `key_`.
pub fn label_name(name: &str) -> Cow<'_, str> {
    if is_label_name(name) {
        return Cow::Borrowed(name);
    }
    let cleaned = clean(name, false);
    if cleaned.starts_with("__") {
        return Cow::Owned(format!("key_{}", cleaned.trim_start_matches('_')));
    }
    Cow::Owned(cleaned)
}

fn is_name(name: &str, colon: bool) -> bool {
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|first| !first.is_ascii_digit())
        && bytes.iter().all(|byte| is_name_byte(*byte, colon))
}

fn is_name_byte(byte: u8, colon: bool) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || (colon && byte == b':')
}

fn clean(name: &str, colon: bool) -> String {
    let mut cleaned = String::with_capacity(name.len() + 4);
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        cleaned.push_str("key_");
    }
    for character in name.chars() {
        let valid = u8::try_from(character).is_ok_and(|byte| is_name_byte(byte, colon));
        cleaned.push(if valid { character } else { '_' });
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_becomes_a_valid_name() {
        for (given, metric, label) in [
            (
                "secops.stage.name",
                "secops_stage_name",
                "secops_stage_name",
            ),
            ("http:requests", "http:requests", "http_requests"),
            ("2xx", "key_2xx", "key_2xx"),
            ("", "key_", "key_"),
            ("__name__", "__name__", "key_name__"),
            ("größe", "gr__e", "gr__e"),
        ] {
            assert_eq!(metric_name(given), metric, "metric {given:?}");
            assert_eq!(label_name(given), label, "label {given:?}");
            assert!(is_metric_name(&metric_name(given)), "metric {given:?}");
            assert!(is_label_name(&label_name(given)), "label {given:?}");
        }
    }
}
