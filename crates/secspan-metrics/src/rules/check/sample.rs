//! Sample names with labels, in one canonical spelling: `name{a="1",b="2"}`, labels sorted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::exposition::Quoted;

/// The canonical spelling; `None` when the text is not a sample name.
pub(super) fn canonical(text: &str) -> Option<String> {
    let text = text.trim();
    let Some((name, rest)) = text.split_once('{') else {
        return crate::name::is_metric_name(text).then(|| text.to_owned());
    };
    let name = name.trim();
    if !crate::name::is_metric_name(name) {
        return None;
    }
    let mut labels = BTreeMap::new();
    let mut rest = rest.trim_start();
    while !rest.starts_with('}') {
        let (label, value) = rest.split_once('=')?;
        let (value, after) = quoted(value.trim_start())?;
        labels.insert(label.trim().to_owned(), value);
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    if rest.trim() != "}" {
        return None;
    }
    let mut out = name.to_owned();
    let mut before = '{';
    for (label, value) in &labels {
        // Writing into a String cannot fail.
        write!(out, "{before}{label}=\"{}\"", Quoted(value)).ok();
        before = ',';
    }
    if before == ',' {
        out.push('}');
    }
    Some(out)
}

/// The text between the quotes at the start, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.strip_prefix('"')?.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => match characters.next()? {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
}

/// The name of a canonical sample.
pub(super) fn name_of(sample: &str) -> &str {
    sample.split_once('{').map_or(sample, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_fall_together() {
        for (given, expected) in [
            ("up", Some("up")),
            ("up{}", Some("up")),
            (r#"x{ b = "2" , a="1", }"#, Some(r#"x{a="1",b="2"}"#)),
            (r#"x{a="q\"\\"}"#, Some(r#"x{a="q\"\\"}"#)),
            ("x{a=1}", None),
            (r#"x{a="1""#, None),
            (r#"x{a="1"} 3"#, None),
            ("no name", None),
        ] {
            assert_eq!(canonical(given).as_deref(), expected, "{given}");
        }
    }
}
