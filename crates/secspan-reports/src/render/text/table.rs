//! A table in a terminal: columns under each other while they fit, else one row after the other.

use super::super::value;
use super::Characters;
use super::paint::{Ink, Paint};
use super::width;
use crate::document::{Cell, Column, Table};

/// Spaces between columns.
const GUTTER: usize = 2;

/// Spaces between columns where there is no room for more.
const GUTTER_MIN: usize = 1;

/// Words are not broken while they have at most this many characters, as times have.
const WORD_MAX: usize = 24;

/// The table as lines within `limit` columns.
pub(super) fn lines(
    table: &Table,
    limit: usize,
    paint: Paint,
    characters: Characters,
) -> Vec<String> {
    if table.rows.is_empty() {
        return vec![paint.apply(Ink::Faint, "(no rows)").into_owned()];
    }
    let cells: Vec<Vec<Words>> = table
        .rows
        .iter()
        .map(|row| words(row, &table.columns))
        .collect();
    let fitting = [GUTTER, GUTTER_MIN].into_iter().find_map(|gutter| {
        widths(table, &cells, limit, gutter).map(|widths| Layout { widths, gutter })
    });
    match fitting {
        Some(layout) => grid(table, &cells, &layout, paint, characters),
        None => list(table, &cells, limit, paint),
    }
}

/// Where columns stand.
struct Layout {
    widths: Vec<usize>,
    /// Spaces between them.
    gutter: usize,
}

/// A cell as it is printed.
struct Words {
    text: String,
    ink: Ink,
    /// Whether it may be broken into lines.
    wraps: bool,
}

fn words(row: &[Cell], columns: &[Column]) -> Vec<Words> {
    let ink = |cell: &Cell| match cell {
        Cell::Missing(_) => Ink::Faint,
        _ => Ink::Plain,
    };
    row.iter()
        .zip(columns)
        .map(|(cell, column)| Words {
            text: value::cell(cell, column.unit).into_owned(),
            ink: ink(cell),
            wraps: matches!(cell, Cell::Text(_) | Cell::Missing(_)),
        })
        .collect()
}

/// The width of each column, or nothing when the table cannot fit.
fn widths(table: &Table, cells: &[Vec<Words>], limit: usize, gutter: usize) -> Option<Vec<usize>> {
    let mut widths = Vec::with_capacity(table.columns.len());
    let mut floors = Vec::with_capacity(table.columns.len());
    for (index, column) in table.columns.iter().enumerate() {
        let column_cells = || cells.iter().filter_map(|row| row.get(index));
        let widest = column_cells()
            .map(|cell| width::of(&cell.text))
            .max()
            .unwrap_or(0);
        let heading = width::longest_word(column.title);
        // Words give way, numbers do not.
        let floor = column_cells().map(|cell| {
            if cell.wraps {
                width::longest_word(&cell.text).min(WORD_MAX)
            } else {
                width::of(&cell.text)
            }
        });
        let floor = floor.max().unwrap_or(0);
        widths.push(widest.max(width::of(column.title)));
        floors.push(floor.max(heading));
    }
    let gutters = gutter * widths.len().saturating_sub(1);
    let room = limit.saturating_sub(gutters);
    if floors.iter().sum::<usize>() > room {
        return None;
    }
    while widths.iter().sum::<usize>() > room {
        // The widest column that can still give way does: headings wrap first where they are what is wide.
        let (width, _) = widths
            .iter_mut()
            .zip(&floors)
            .filter(|(width, floor)| **width > **floor)
            .max_by_key(|(width, _)| **width)?;
        *width -= 1;
    }
    Some(widths)
}

fn grid(
    table: &Table,
    cells: &[Vec<Words>],
    layout: &Layout,
    paint: Paint,
    characters: Characters,
) -> Vec<String> {
    let rule = match characters {
        Characters::Unicode => "\u{2500}",
        Characters::Ascii => "-",
    };
    let right: Vec<bool> = table
        .columns
        .iter()
        .map(|column| value::right_aligned(column.unit))
        .collect();
    let heads: Vec<Words> = table
        .columns
        .iter()
        .map(|column| Words {
            text: column.title.to_owned(),
            wraps: true,
            ink: Ink::Heading,
        })
        .collect();
    let rules: Vec<Words> = layout
        .widths
        .iter()
        .map(|width| Words {
            text: rule.repeat(*width),
            wraps: false,
            ink: Ink::Faint,
        })
        .collect();
    let mut lines = row(&heads, layout, &right, paint);
    lines.extend(row(&rules, layout, &right, paint));
    for cells in cells {
        lines.extend(row(cells, layout, &right, paint));
    }
    lines
}

/// One row of cells, which takes as many lines as its highest cell.
fn row(cells: &[Words], layout: &Layout, right: &[bool], paint: Paint) -> Vec<String> {
    let wrapped: Vec<Vec<String>> = cells
        .iter()
        .zip(&layout.widths)
        .map(|(cell, width)| width::wrap(&cell.text, *width))
        .collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    let mut lines = Vec::with_capacity(height);
    for level in 0..height {
        let mut line = String::new();
        let mut due = 0;
        for (((parts, cell), width), right) in
            wrapped.iter().zip(cells).zip(&layout.widths).zip(right)
        {
            let part = parts.get(level).map_or("", String::as_str);
            let free = width.saturating_sub(width::of(part));
            let (before, after) = if *right { (free, 0) } else { (0, free) };
            if part.is_empty() {
                due += width + layout.gutter;
                continue;
            }
            line.push_str(&" ".repeat(due + before));
            line.push_str(&paint.apply(cell.ink, part));
            due = after + layout.gutter;
        }
        lines.push(line);
    }
    lines
}

/// One line for each value, a blank line between rows.
fn list(table: &Table, cells: &[Vec<Words>], limit: usize, paint: Paint) -> Vec<String> {
    let label = table
        .columns
        .iter()
        .map(|column| width::of(column.title))
        .max()
        .unwrap_or(0)
        .min(limit / 2);
    let room = limit.saturating_sub(label + GUTTER).max(1);
    let mut lines = Vec::new();
    for (index, row) in cells.iter().enumerate() {
        if index > 0 {
            lines.push(String::new());
        }
        for (cell, column) in row.iter().zip(&table.columns) {
            let titles = width::wrap(column.title, label);
            let values = width::wrap(&cell.text, room);
            for level in 0..titles.len().max(values.len()) {
                let title = titles.get(level).map_or("", String::as_str);
                let value = values.get(level).map_or("", String::as_str);
                let title = paint
                    .apply(Ink::Faint, &width::pad(title, label, false))
                    .into_owned();
                let line = format!(
                    "{title}{}{}",
                    " ".repeat(GUTTER),
                    paint.apply(cell.ink, value)
                );
                lines.push(line.trim_end().to_owned());
            }
        }
    }
    lines
}
