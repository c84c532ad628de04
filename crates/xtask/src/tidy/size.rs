//! Files and functions stay small enough to be read at once.

use super::Violation;
use super::source::{Source, is_comment};

/// Lines of code in a file; blank lines and comments are free.
const FILE_LINES_MAX: usize = 500;

/// Lines of a function, from `fn` to the closing brace.
const FUNCTION_LINES_MAX: usize = 70;

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    if !source.is_rust() || source.generated {
        return Vec::new();
    }
    let mut found = functions(source);
    let code = source
        .lines
        .iter()
        .filter(|line| !line.trim().is_empty() && !is_comment(line))
        .count();
    if code > FILE_LINES_MAX {
        found.push(Violation {
            path: source.path.clone(),
            line: 0,
            rule: "file size",
            what: format!("{code} lines of code, at most {FILE_LINES_MAX}; split by concept"),
            why: "a file that fits in the head is found, read and changed without fear",
        });
    }
    found
}

/// A function that was begun and not ended yet.
struct Open<'a> {
    line: usize,
    indent: &'a str,
    name: &'a str,
    /// Whether its body was opened; a declaration in a trait ends without one.
    body: bool,
}

/// A function ends at the brace that stands as deep as its `fn`; rustfmt guarantees that.
fn functions(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut open: Option<Open<'_>> = None;
    for (line, text) in source.numbered() {
        if open.is_none() {
            open = function(text).map(|(indent, name)| Open {
                line,
                indent,
                name,
                body: false,
            });
        }
        let Some(function) = &mut open else { continue };
        let ends_here = function.line == line && text.ends_with('}');
        let declared = !function.body && text.ends_with(';');
        function.body |= text.ends_with('{');
        let closed = text
            .strip_prefix(function.indent)
            .is_some_and(|rest| rest.starts_with('}'));
        if !(ends_here || declared || closed) {
            continue;
        }
        let length = line - function.line + 1;
        if length > FUNCTION_LINES_MAX {
            let name = function.name;
            found.push(Violation {
                path: source.path.clone(),
                line: function.line,
                rule: "function size",
                what: format!("`{name}` has {length} lines, at most {FUNCTION_LINES_MAX}"),
                why: "a function that fits on a screen can be checked by reading it",
            });
        }
        open = None;
    }
    found
}

/// Indentation and name of the function that a line opens.
fn function(line: &str) -> Option<(&str, &str)> {
    let start = line.len() - line.trim_start().len();
    let (indent, rest) = line.split_at_checked(start)?;
    if is_comment(rest) {
        return None;
    }
    let (before, after) = rest.split_once("fn ")?;
    let words = [
        "pub",
        "pub(crate)",
        "pub(super)",
        "const",
        "async",
        "unsafe",
        "extern",
        "\"C\"",
    ];
    if !before.split_whitespace().all(|word| words.contains(&word)) {
        return None;
    }
    let name = after
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .next()?;
    Some((indent, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> Vec<String> {
        check(&Source::new("a.rs", text))
            .into_iter()
            .map(|violation| violation.what)
            .collect()
    }

    #[test]
    fn a_long_function_is_refused() {
        let text = |lines| {
            format!(
                "impl A {{\n    pub fn long() {{\n{}    }}\n}}\n",
                "    x();\n".repeat(lines)
            )
        };
        assert_eq!(complaints(&text(68)), Vec::<String>::new());
        assert_eq!(complaints(&text(69)), ["`long` has 71 lines, at most 70"]);
    }

    #[test]
    fn declarations_without_a_body_open_nothing() {
        let text = format!(
            "fn a();\nfn b() {{}}\nfn c(\n  d: u8,\n);\n{}}}\n",
            "x();\n".repeat(100)
        );
        assert_eq!(complaints(&text), Vec::<String>::new());
    }

    #[test]
    fn a_long_file_is_refused_unless_generated() {
        let text = "a();\n".repeat(501);
        assert_eq!(
            complaints(&text),
            ["501 lines of code, at most 500; split by concept"]
        );
        assert_eq!(
            complaints(&format!("//! X, generated from y.\n{text}")),
            Vec::<String>::new()
        );
        assert_eq!(complaints(&"// a\n\n".repeat(501)), Vec::<String>::new());
    }
}
