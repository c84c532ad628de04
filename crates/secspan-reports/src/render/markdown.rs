//! A document for wikis, tickets and pull requests: GitHub's Markdown, without HTML in it.
//!
//! Whatever came from a record is text: a name can neither end a table cell, nor begin a link, a heading or a tag. Charts
//! are drawn with block characters between fences.

use super::{headline, source, text, value};
use crate::document::{Block, Chart, Document, Note, Section, Table};

/// Columns of a chart.
const CHART_WIDTH: usize = 80;

/// The document as Markdown.
pub fn render(document: &Document) -> String {
    let mut parts = vec![format!("# {}", inline(&document.title))];
    if let Some(period) = document.period {
        parts.push(period.to_string());
    }
    if let Some(why) = document.no_data() {
        parts.push(note(&Note::no_data(why)));
    }
    parts.extend(headline::blocks(document).iter().map(block));
    for part in &document.sections {
        parts.extend(section(part));
    }
    parts.extend(section(&source::section(&document.source)));
    let mut text = parts.join("\n\n");
    text.push('\n');
    text
}

fn section(section: &Section) -> Vec<String> {
    let mut parts = vec![format!("## {}", inline(&section.title))];
    parts.extend(section.blocks.iter().map(block));
    parts
}

fn block(block: &Block) -> String {
    match block {
        Block::Note(words) => note(words),
        Block::Table(rows) => table(rows),
        Block::Chart(picture) => chart(picture),
    }
}

fn note(note: &Note) -> String {
    match value::level(note.level) {
        Some(level) => format!("**{level}:** {}", inline(&note.text)),
        None => paragraph(&note.text),
    }
}

fn table(table: &Table) -> String {
    let mut lines = vec![
        line(table.columns.iter().map(|column| inline(column.title))),
        line(table.columns.iter().map(|column| {
            let rule = if value::right_aligned(column.unit) {
                "---:"
            } else {
                "---"
            };
            rule.to_owned()
        })),
    ];
    for row in &table.rows {
        let cells = row.iter().zip(&table.columns);
        lines.push(line(
            cells.map(|(cell, column)| inline(&value::cell(cell, column.unit))),
        ));
    }
    if table.rows.is_empty() {
        return "(no rows)".to_owned();
    }
    lines.join("\n")
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = String::from("|");
    for cell in cells {
        line.push(' ');
        line.push_str(&cell);
        line.push_str(" |");
    }
    line
}

/// The chart between fences that nothing in it can close.
fn chart(chart: &Chart) -> String {
    let lines = text::chart(chart, CHART_WIDTH);
    let longest = lines.iter().map(|line| backticks(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}", lines.join("\n"))
}

/// The longest run of backticks.
fn backticks(line: &str) -> usize {
    line.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

/// Text that begins a line, where some characters more have a meaning.
fn paragraph(text: &str) -> String {
    let escaped = inline(text);
    let digits = escaped.bytes().take_while(u8::is_ascii_digit).count();
    if escaped.starts_with(['#', '+', '-', '=', ':']) {
        return format!("\\{escaped}");
    }
    match escaped.split_at_checked(digits) {
        Some((number, rest)) if digits > 0 && rest.starts_with(['.', ')']) => {
            format!("{number}\\{rest}")
        }
        _ => escaped,
    }
}

/// Text with everything escaped that Markdown would read as markup. An underscore within a word has no meaning and is left
/// alone, as `deep_research` is easier to read than `deep\_research`.
fn inline(text: &str) -> String {
    let visible = value::visible(text);
    let text = visible.trim();
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let after = characters.peek().copied();
        let markup = match character {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' => true,
            '_' => {
                !(before.is_some_and(char::is_alphanumeric)
                    && after.is_some_and(char::is_alphanumeric))
            }
            // A scheme or `www.` would become a link.
            ':' => after == Some('/'),
            '.' => escaped
                .get(escaped.len().saturating_sub(3)..)
                .is_some_and(|end| end.eq_ignore_ascii_case("www")),
            _ => false,
        };
        if markup {
            escaped.push('\\');
        }
        escaped.push(character);
        before = Some(character);
    }
    escaped
}
