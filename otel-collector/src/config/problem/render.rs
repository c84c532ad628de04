//! Problems as text for people and as JSON for machines.

use std::fmt::Write as _;

use super::{Problem, Severity};

/// Whether the text may contain terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Plain,
    /// ANSI escape sequences.
    Ansi,
}

impl Colour {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// All problems, one block each, then their number.
///
/// ```text
/// collector.yaml:4:9: error: receivers.otlp.protocol: unknown key
///   given    protocol
///   allowed  protocols
///   hint     did you mean `protocols`?
///
/// 1 error
/// ```
pub fn text(problems: &[Problem], colour: Colour) -> String {
    let mut out = String::new();
    for problem in problems {
        block(&mut out, problem, colour);
    }
    if !problems.is_empty() {
        out.push('\n');
        out.push_str(&summary(problems));
        out.push('\n');
    }
    out
}

/// `2 errors, 1 warning`.
pub fn summary(problems: &[Problem]) -> String {
    let count = |severity| problems.iter().filter(|p| p.severity == severity).count();
    [
        (count(Severity::Error), "error"),
        (count(Severity::Warning), "warning"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
    .collect::<Vec<_>>()
    .join(", ")
}

/// The problems as a JSON array, one object each, keys in a fixed order.
pub fn json(problems: &[Problem]) -> serde_json::Value {
    problems.iter().map(json_object).collect()
}

fn json_object(problem: &Problem) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    let mut put = |key: &str, value: serde_json::Value| {
        object.insert(key.to_owned(), value);
    };
    put("severity", problem.severity.as_str().into());
    if let Some(location) = &problem.location {
        put("source", location.source.name().into());
        if let Some((line, column)) = location.line_and_column() {
            put("line", line.into());
            put("column", column.into());
        }
    }
    put("path", problem.path.to_string().into());
    put("message", problem.complaint.message().into());
    for (label, text) in problem.complaint.details() {
        put(label, text.into());
    }
    object.into()
}

fn block(out: &mut String, problem: &Problem, colour: Colour) {
    if let Some(location) = &problem.location {
        out.push_str(&colour.paint("1", &format!("{location}:")));
        out.push(' ');
    }
    let code = match problem.severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
    };
    out.push_str(&colour.paint(code, problem.severity.as_str()));
    out.push_str(": ");
    if !problem.path.is_root() {
        out.push_str(&problem.path.to_string());
        out.push_str(": ");
    }
    out.push_str(problem.complaint.message());
    out.push('\n');
    for (label, text) in problem.complaint.details() {
        let label = colour.paint("36", &format!("{label:<7}"));
        // Writing to a String cannot fail.
        writeln!(out, "  {label}  {}", visible(text)).unwrap_or_default();
    }
}

/// Line breaks and control characters of the user's text, escaped so that a block stays a block.
fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escaped = c.is_control().then(|| c.escape_default());
            let plain = escaped.is_none().then_some(c);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Colour, summary, text};
    use crate::config::{Complaint, KeyPath, Location, Report, Source};

    #[test]
    fn colours_mark_place_severity_and_labels() {
        let report = Report::new();
        let location = Location {
            source: Source::file(0, "a.yaml"),
            line: 3,
            column: 7,
        };
        let path = KeyPath::root().key("service");
        report.warning(
            Some(&location),
            &path,
            Complaint::new("looks odd").hint("look again"),
        );
        let shown = text(&report.problems(), Colour::Ansi).replace('\u{1b}', "^");
        let expected = "^[1ma.yaml:3:7:^[0m ^[1;33mwarning^[0m: service: looks odd\n  ^[36mhint   ^[0m  look again\n\n1 warning\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn text_of_the_user_cannot_break_out_of_its_line() {
        let report = Report::new();
        let complaint = Complaint::new("wrong value")
            .given("two\nlines \u{1b}[31mred")
            .allowed("ä");
        report.error(None, &KeyPath::root(), complaint);
        let shown = text(&report.problems(), Colour::Plain);
        let expected =
            "error: wrong value\n  given    two\\nlines \\u{1b}[31mred\n  allowed  ä\n\n1 error\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn no_problems_are_no_text() {
        assert_eq!(
            (text(&[], Colour::Ansi), summary(&[])),
            (String::new(), String::new())
        );
    }
}
