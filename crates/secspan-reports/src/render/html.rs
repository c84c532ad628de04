//! A document as one page that opens offline: styles and charts are in it, scripts and fonts from elsewhere are not.
//!
//! Light, dark and on paper; tables and charts scroll by themselves where a window is narrow. How many values a number was
//! computed from stands under the number. Whatever came from a record is escaped, and kept apart from the direction of the
//! text around it.

mod axis;
mod chart;
mod headline;
mod mark;

use super::{put, source, value};
use crate::document::{Block, Cell, Column, Document, Note, Section, Table, Unit};

/// How the page looks.
const STYLE: &str = include_str!("html/page.css");

/// The title of a column that is only there to say how many values others were computed from.
const SAMPLE: &str = "n";

/// Text of more characters than this gets room to stand on few lines.
const LONG: usize = 24;

/// From this many sections on, the page begins with links to them.
const LINKS_FROM: usize = 3;

/// The document as a page.
pub fn render(document: &Document) -> String {
    let mut page = String::with_capacity(16 * 1024);
    let title = escape(&document.title);
    page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
    put(
        &mut page,
        format_args!("<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n"),
    );
    put(&mut page, format_args!("<header>\n<h1>{title}</h1>\n"));
    if let Some(period) = document.period {
        put(
            &mut page,
            format_args!("<p class=\"period\">{period}</p>\n"),
        );
    }
    page.push_str("</header>\n");
    if let Some(why) = document.no_data() {
        note(&mut page, &Note::no_data(why));
    }
    headline::section(&mut page, document);
    let source = source::section(&document.source);
    let sections = || document.sections.iter().chain([&source]);
    if document.sections.len() >= LINKS_FROM {
        page.push_str("<nav aria-label=\"Sections\">\n<ul>\n");
        for section in sections() {
            let (key, title) = (escape(section.key), escape(&section.title));
            put(
                &mut page,
                format_args!("<li><a href=\"#{key}\">{title}</a></li>\n"),
            );
        }
        page.push_str("</ul>\n</nav>\n");
    }
    for part in sections() {
        section(&mut page, part);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn section(page: &mut String, section: &Section) {
    let (key, title) = (escape(section.key), escape(&section.title));
    put(
        page,
        format_args!(
            "<section id=\"{key}\" aria-labelledby=\"{key}-title\">\n<h2 id=\"{key}-title\">{title}</h2>\n"
        ),
    );
    for block in &section.blocks {
        match block {
            Block::Note(words) => note(page, words),
            Block::Table(rows) => table(page, rows, &section.title),
            // Sections have ids too.
            Block::Chart(picture) => chart::figure(page, picture, "chart"),
        }
    }
    page.push_str("</section>\n");
}

fn note(page: &mut String, note: &Note) {
    let level = value::level(note.level).map_or(String::new(), |level| format!("<b>{level}:</b> "));
    let (class, text) = (note.level.as_str(), escape(&note.text));
    put(
        page,
        format_args!("<p class=\"note {class}\">{level}{text}</p>\n"),
    );
}

fn table(page: &mut String, table: &Table, label: &str) {
    if table.rows.is_empty() {
        page.push_str("<p class=\"note missing\">(no rows)</p>\n");
        return;
    }
    // A number of values that stands under other numbers needs no column of its own; one with a name of its own is a
    // result and keeps it.
    let under: Vec<&str> = table
        .columns
        .iter()
        .filter_map(|column| column.sample)
        .collect();
    let shown: Vec<(usize, &Column)> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.title != SAMPLE || !under.contains(&column.key))
        .collect();
    let label = escape(label);
    put(
        page,
        format_args!(
            "<div class=\"scroll\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\">\n<table>\n<thead>\n<tr>"
        ),
    );
    for (_, column) in &shown {
        put(
            page,
            format_args!(
                "<th scope=\"col\"{}>{}</th>",
                class(column.unit),
                escape(column.title)
            ),
        );
    }
    page.push_str("</tr>\n</thead>\n<tbody>\n");
    for cells in &table.rows {
        row(page, table, cells, &shown);
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

fn row(page: &mut String, table: &Table, cells: &[Cell], shown: &[(usize, &Column)]) {
    page.push_str("<tr>");
    for (place, (index, column)) in shown.iter().enumerate() {
        let Some(value) = cells.get(*index) else {
            continue;
        };
        let words = cell(value, column.unit);
        if place == 0 && column.unit == Unit::Plain {
            put(page, format_args!("<th scope=\"row\">{words}</th>"));
            continue;
        }
        let class = if is_long(value) {
            " class=\"long\""
        } else {
            class(column.unit)
        };
        put(page, format_args!("<td{class}>{words}"));
        if let Some(sample) = column.sample.and_then(|key| sample(table, cells, key)) {
            put(page, format_args!("<small>n = {}</small>", escape(&sample)));
        }
        page.push_str("</td>");
    }
    page.push_str("</tr>\n");
}

fn is_long(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(text) if text.chars().count() > LONG)
}

/// How many values the numbers of a row were computed from.
fn sample(table: &Table, row: &[Cell], key: &str) -> Option<String> {
    let mut cells = row.iter().zip(&table.columns);
    let (cell, column) = cells.find(|(_, column)| column.key == key)?;
    if matches!(cell, Cell::Count(0)) {
        return None;
    }
    Some(value::cell(cell, column.unit).into_owned())
}

fn class(unit: Unit) -> &'static str {
    if value::right_aligned(unit) {
        " class=\"number\""
    } else {
        ""
    }
}

fn cell(cell: &Cell, unit: Unit) -> String {
    let words = escape(&value::cell(cell, unit));
    match cell {
        Cell::Missing(_) => format!("<span class=\"missing\">{words}</span>"),
        Cell::Text(_) => format!("<bdi>{words}</bdi>"),
        Cell::Count(_) | Cell::Number(_) | Cell::Flag(_) => words,
    }
}

/// Text that is text in an element and in an attribute.
fn escape(text: &str) -> String {
    let visible = value::visible(text);
    let mut escaped = String::with_capacity(visible.len() + 8);
    for character in visible.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
