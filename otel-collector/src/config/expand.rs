//! Expansion of `${env:NAME}` and `${env:NAME:-default}` in the values of a located tree.
//!
//! The rules are upstream's: `$$` is a dollar sign, `${NAME}` means `${env:NAME}`, the default
//! counts when the variable is not set, keys are left alone, and a reference that is a whole value
//! may stand for a list or a map in YAML: `exporters: ${env:EXPORTERS}`. Unlike upstream, a variable that is
//! not set and has no default is a problem, never an empty text.

use super::location::{KeyPath, Location};
use super::parse::parse;
use super::problem::{Complaint, Report};
use super::tree::{Node, Scalar, Value};

/// Looks up an environment variable.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Deepest nesting of references in defaults: `${env:A:-${env:B:-c}}` has two.
const REFERENCES_DEPTH_MAX: usize = 8;

/// Expands every value under `node`.
pub fn expand(node: &mut Node, path: &KeyPath, environment: Environment<'_>, report: &Report) {
    match &mut node.value {
        Value::List(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                expand(item, &path.index(index), environment, report);
            }
        }
        Value::Map(map) => {
            for entry in map.entries_mut() {
                expand(&mut entry.value, &path.key(&entry.key), environment, report);
            }
        }
        Value::Scalar(scalar) if scalar.text.contains('$') => {
            node.value = match expand_text(&scalar.text, environment, 0) {
                Ok(text) => structure(scalar, &text, &node.location)
                    .unwrap_or_else(|| expanded(scalar, text)),
                Err(complaint) => {
                    report.error(Some(&node.location), path, complaint);
                    Value::Refused
                }
            };
        }
        Value::Null | Value::Refused | Value::Scalar(_) => {}
    }
}

/// Whether the text refers to the environment.
pub fn has_reference(text: &str) -> bool {
    text.replace("$$", "").contains("${")
}

/// The list or map that a reference stands for, when the reference is the whole value. Quoted, it stays text.
fn structure(scalar: &Scalar, text: &str, location: &Location) -> Option<Value> {
    let inner = scalar.text.strip_prefix("${").filter(|_| !scalar.quoted)?;
    let whole = split_at_close(inner).is_some_and(|(_, after)| after.is_empty());
    if !whole || !text.trim_start().starts_with(['[', '{', '-']) {
        return None;
    }
    // What is no YAML after all is a text: a token may begin with any of these.
    let mut node = parse(&location.source, text, &Report::new())?;
    place(&mut node, location);
    match node.value {
        Value::List(_) | Value::Map(_) => Some(node.value),
        Value::Null | Value::Scalar(_) | Value::Refused => None,
    }
}

/// Gives a node and everything below it one location: that of the reference it came from.
fn place(node: &mut Node, location: &Location) {
    node.location = location.clone();
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| place(item, location)),
        Value::Map(map) => {
            for entry in map.entries_mut() {
                entry.location = location.clone();
                place(&mut entry.value, location);
            }
        }
        Value::Null | Value::Scalar(_) | Value::Refused => {}
    }
}

fn expanded(scalar: &Scalar, text: String) -> Value {
    let reference = has_reference(&scalar.text).then(|| scalar.text.clone());
    Scalar {
        text,
        quoted: scalar.quoted,
        reference,
    }
    .into_value()
}

fn expand_text(
    text: &str,
    environment: Environment<'_>,
    depth: usize,
) -> Result<String, Complaint> {
    if depth > REFERENCES_DEPTH_MAX {
        let allowed = format!("at most {REFERENCES_DEPTH_MAX} levels");
        return Err(Complaint::new("references are nested too deeply").allowed(allowed));
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(after) = after.strip_prefix('{') {
            let Some((inner, after)) = split_at_close(after) else {
                let complaint = Complaint::new("`${` without `}`").given(text);
                return Err(complaint.hint("write `$$` for a dollar sign"));
            };
            out.push_str(&resolve(inner, environment, depth)?);
            rest = after;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// Splits at the brace that closes the reference, minding references inside.
fn split_at_close(text: &str) -> Option<(&str, &str)> {
    let mut open = 0usize;
    for (position, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 0 => {
                let (inner, after) = text.split_at_checked(position)?;
                return Some((inner, after.strip_prefix('}')?));
            }
            '}' => open -= 1,
            _ => {}
        }
    }
    None
}

fn resolve(inner: &str, environment: Environment<'_>, depth: usize) -> Result<String, Complaint> {
    let (reference, default) = match inner.split_once(":-") {
        Some((reference, default)) => (reference, Some(default)),
        None => (inner, None),
    };
    let name = match reference.split_once(':') {
        Some(("env", name)) => name,
        None => reference,
        Some((scheme, _)) => {
            return Err(Complaint::new("unknown kind of reference")
                .given(format!("${{{scheme}:…}}"))
                .allowed("${env:NAME}, ${env:NAME:-default}")
                .hint("write `$$` for a dollar sign; merge files with several --config"));
        }
    };
    if !is_name(name) {
        return Err(Complaint::new("not a name of an environment variable")
            .given(format!("${{{inner}}}"))
            .allowed("letters, digits and _, not beginning with a digit")
            .hint("write `$$` for a dollar sign"));
    }
    match (environment(name), default) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => expand_text(default, environment, depth + 1),
        (None, None) => Err(Complaint::new("environment variable is not set")
            .given(format!("${{{inner}}}"))
            .hint(format!(
                "set {name}, or give a default: ${{env:{name}:-value}}"
            ))),
    }
}

fn is_name(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(legal) && name.starts_with(|c: char| !c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    fn check(yaml: &str) -> String {
        let report = Report::new();
        let environment = |name: &str| match name {
            "PORT" => Some("4317".to_owned()),
            "EMPTY" => Some(String::new()),
            "LIST" => Some("[otlp/a, jsonl]".to_owned()),
            "LINES" => Some("- otlp/a\n- jsonl".to_owned()),
            "MAP" => Some("{endpoint: 'a:1', on: true}".to_owned()),
            "TOKEN" => Some("[no]yaml{".to_owned()),
            "MINUS" => Some("-5s".to_owned()),
            _ => None,
        };
        let mut node = parse(&Source::file(0, "t.yaml"), yaml, &report).expect("valid YAML");
        expand(&mut node, &KeyPath::root(), &environment, &report);
        if let Some(problem) = report.problems().first() {
            let hint = problem
                .complaint
                .details()
                .last()
                .map_or("", |(_, hint)| hint);
            return format!("{}: {} | {hint}", problem.path, problem.complaint.message());
        }
        match node
            .as_map()
            .and_then(|map| map.get("v"))
            .map(|entry| &entry.value.value)
        {
            Some(Value::Scalar(scalar)) => scalar.text.clone(),
            Some(Value::Null) => "(nothing)".to_owned(),
            Some(Value::List(items)) => {
                let texts = items.iter().map(|item| match &item.value {
                    Value::Scalar(scalar) => format!("{}@{}", scalar.text, item.location.column),
                    other => format!("{other:?}"),
                });
                texts.collect::<Vec<_>>().join(", ")
            }
            Some(Value::Map(map)) => {
                let keys = map.entries().iter().map(|entry| entry.key.as_str());
                keys.collect::<Vec<_>>().join(", ")
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn expands_as_upstream_does() {
        for (yaml, expected) in [
            ("v: ${env:PORT}", "4317"),
            ("v: ${PORT}", "4317"),
            ("v: \"127.0.0.1:${env:PORT}\"", "127.0.0.1:4317"),
            ("v: ${env:NONE:-9}", "9"),
            ("v: ${env:EMPTY:-9}", "(nothing)"),
            ("v: \"${env:EMPTY}\"", ""),
            ("v: ${env:NONE:-}", "(nothing)"),
            ("v: \"${env:NONE:-a${env:PORT}b}\"", "a4317b"),
            ("v: $$5 and $6", "$5 and $6"),
            ("v: $${env:PORT}", "${env:PORT}"),
            ("v: pa$", "pa$"),
            ("v: ${env:LIST}", "otlp/a@4, jsonl@4"),
            ("v: ${env:LINES}", "otlp/a@4, jsonl@4"),
            ("v: ${env:NONE:-[a, b]}", "a@4, b@4"),
            ("v: ${env:MAP}", "endpoint, on"),
            ("v: \"${env:LIST}\"", "[otlp/a, jsonl]"),
            ("v: x${env:LIST}", "x[otlp/a, jsonl]"),
            ("v: ${env:TOKEN}", "[no]yaml{"),
            ("v: ${env:MINUS}", "-5s"),
        ] {
            assert_eq!(check(yaml), expected, "{yaml}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_reference() {
        for (yaml, expected) in [
            (
                "v: [1, \"${env:NONE}\"]",
                "v[1]: environment variable is not set | set NONE, or give a default: ${env:NONE:-value}",
            ),
            (
                "v: ${env:PORT",
                "v: `${` without `}` | write `$$` for a dollar sign",
            ),
            (
                "v: ${env:9}",
                "v: not a name of an environment variable | write `$$` for a dollar sign",
            ),
            (
                "v: ${file:/etc/passwd}",
                "v: unknown kind of reference | write `$$` for a dollar sign; merge files with several --config",
            ),
        ] {
            assert_eq!(check(yaml), expected, "{yaml}");
        }
    }
}
