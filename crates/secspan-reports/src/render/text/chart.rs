//! Charts in a terminal: bars of blocks, and sparklines with their range in words.

use super::super::value;
use super::{Characters, width};
use crate::document::{Chart, Form, Series, Unit};

/// No bar is longer than this, however wide the terminal is.
const BAR_MAX: usize = 40;

/// No bar is shorter than this at full scale; labels wrap instead.
const BAR_MIN: usize = 10;

/// Labels wider than this are wrapped.
const LABEL_MAX: usize = 32;

/// The chart as lines within `limit` columns: its title, then its picture.
pub(super) fn lines(chart: &Chart, limit: usize, characters: Characters) -> Vec<String> {
    let mut lines = width::wrap(&value::visible(&chart.title), limit);
    if chart
        .series
        .iter()
        .all(|series| series.values.iter().all(Option::is_none))
    {
        lines.push("(no values)".to_owned());
        return lines;
    }
    lines.extend(match chart.form {
        Form::Bars => bars(chart, limit, characters),
        Form::StackedBars => stacks(chart, limit, characters),
        Form::Lines => sparks(chart, limit, characters),
    });
    lines
}

fn bars(chart: &Chart, limit: usize, characters: Characters) -> Vec<String> {
    let many = chart.series.len() > 1;
    let largest = sizes(chart.series.iter().flat_map(|series| &series.values));
    let mut rows = Vec::new();
    for (index, category) in chart.categories.iter().enumerate() {
        for (number, series) in chart.series.iter().enumerate() {
            let value = series.values.get(index).copied().flatten();
            let label = if number == 0 {
                value::visible(category).into_owned()
            } else {
                String::new()
            };
            let name = if many {
                value::visible(&series.name).into_owned()
            } else {
                String::new()
            };
            rows.push((label, name, value));
        }
    }
    let label = widest(rows.iter().map(|row| row.0.as_str()));
    let name = widest(rows.iter().map(|row| row.1.as_str()));
    let figure = |value: Option<f64>| {
        value.map_or(value::NOTHING.to_owned(), |value| {
            value::number(value, chart.unit)
        })
    };
    let figures = rows
        .iter()
        .map(|row| width::of(&figure(row.2)))
        .max()
        .unwrap_or(0);
    let scale = bar_room(limit, label + name + figures + if many { 5 } else { 3 });
    let mut lines = Vec::new();
    for (words, series, value) in &rows {
        let bar = value.map_or(String::new(), |value| {
            bar(value.abs() / largest, scale, characters)
        });
        let tail = if bar.is_empty() {
            figure(*value)
        } else {
            format!("{bar} {}", figure(*value))
        };
        let middle = if many {
            format!("{}  ", width::pad(&clip(series, name), name, false))
        } else {
            String::new()
        };
        lines.extend(labelled(words, label, &format!("{middle}{tail}")));
    }
    lines
}

fn stacks(chart: &Chart, limit: usize, characters: Characters) -> Vec<String> {
    let fills = fills(characters);
    let totals: Vec<Option<f64>> = (0..chart.categories.len())
        .map(|index| total(chart, index))
        .collect();
    let largest = sizes(totals.iter());
    let label = widest(chart.categories.iter().map(String::as_str));
    let figure = |value: Option<f64>| {
        value.map_or(value::NOTHING.to_owned(), |value| {
            value::number(value, chart.unit)
        })
    };
    let figures = totals.iter().map(|total| width::of(&figure(*total)));
    let scale = bar_room(limit, label + figures.max().unwrap_or(0) + 3);
    let mut lines = Vec::new();
    for ((index, category), total) in chart.categories.iter().enumerate().zip(&totals) {
        let mut bar = String::new();
        let (mut reached, mut drawn) = (0.0, 0);
        for (series, fill) in chart.series.iter().zip(fills.iter().cycle()) {
            reached += part(series, index).unwrap_or(0.0);
            // Rounding the running sum keeps the whole bar as long as its total.
            let until = cells(reached / largest, scale);
            bar.extend(std::iter::repeat_n(*fill, until.saturating_sub(drawn)));
            drawn = drawn.max(until);
        }
        let space = if bar.is_empty() { "" } else { " " };
        let tail = format!("{bar}{space}{}", figure(*total));
        lines.extend(labelled(&value::visible(category), label, &tail));
    }
    let key = chart.series.iter().zip(fills.iter().cycle());
    let key: Vec<String> = key
        .map(|(series, fill)| format!("{fill} {}", value::visible(&series.name)))
        .collect();
    lines.extend(width::wrap(&key.join("   "), limit));
    lines
}

/// The part of a series in a stacked bar; there are no negative lengths.
fn part(series: &Series, index: usize) -> Option<f64> {
    series
        .values
        .get(index)
        .copied()
        .flatten()
        .map(|value| value.max(0.0))
}

/// The sum of the parts; `None` when there is none.
fn total(chart: &Chart, index: usize) -> Option<f64> {
    chart
        .series
        .iter()
        .filter_map(|series| part(series, index))
        .reduce(|sum, part| sum + part)
}

fn sparks(chart: &Chart, limit: usize, characters: Characters) -> Vec<String> {
    let label = widest(chart.series.iter().map(|series| series.name.as_str()));
    let room = limit.saturating_sub(label + 2).max(BAR_MIN);
    let skipped = chart.categories.len().saturating_sub(room);
    let mut lines = Vec::new();
    for series in &chart.series {
        let shown: Vec<Option<f64>> = series.values.iter().skip(skipped).copied().collect();
        lines.extend(labelled(
            &value::visible(&series.name),
            label,
            &spark(&shown, characters),
        ));
        for part in width::wrap(&range(series, chart.unit, &chart.categories), room) {
            lines.extend(labelled("", label, &part));
        }
    }
    if let (Some(first), Some(last)) = (chart.categories.get(skipped), chart.categories.last()) {
        let all = if skipped == 0 {
            String::new()
        } else {
            format!(" (the last {room} of {})", chart.categories.len())
        };
        let axis = format!("{} to {}{all}", value::visible(first), value::visible(last));
        lines.extend(width::wrap(&axis, limit));
    }
    lines
}

/// One character for each value; a missing value leaves a gap.
fn spark(values: &[Option<f64>], characters: Characters) -> String {
    let (steps, gap): (&[char], char) = match characters {
        Characters::Unicode => (
            &[
                '\u{2581}', '\u{2582}', '\u{2583}', '\u{2584}', '\u{2585}', '\u{2586}', '\u{2587}',
                '\u{2588}',
            ],
            '\u{b7}',
        ),
        Characters::Ascii => (&['_', '.', '-', '=', '+', '*', '#', '@'], ' '),
    };
    let known = || values.iter().copied().flatten();
    let low = known().fold(f64::INFINITY, f64::min);
    let span = known().fold(f64::NEG_INFINITY, f64::max) - low;
    let top = steps.len().saturating_sub(1);
    let step = |value: f64| {
        let index = if span > 0.0 {
            cells((value - low) / span, top)
        } else {
            top / 2
        };
        steps.get(index).copied().unwrap_or(gap)
    };
    values.iter().map(|value| value.map_or(gap, step)).collect()
}

/// Lowest, highest and latest value of a series, in words.
fn range(series: &Series, unit: Unit, categories: &[String]) -> String {
    let known = || {
        series
            .values
            .iter()
            .zip(categories)
            .filter_map(|(value, category)| value.map(|value| (value, category)))
    };
    let words = |found: Option<(f64, &String)>, word: &str| {
        found.map(|(value, category)| {
            format!(
                "{word} {} ({})",
                value::number(value, unit),
                value::visible(category)
            )
        })
    };
    let parts = [
        words(known().min_by(|a, b| a.0.total_cmp(&b.0)), "lowest"),
        words(known().max_by(|a, b| a.0.total_cmp(&b.0)), "highest"),
        words(known().next_back(), "latest"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "(no values)".to_owned()
    } else {
        parts.join(", ")
    }
}

/// A bar of a share of `scale` cells; something that is not nothing is never drawn as nothing.
fn bar(share: f64, scale: usize, characters: Characters) -> String {
    match characters {
        Characters::Ascii => {
            let full = cells(share, scale).max(usize::from(share > 0.0));
            "#".repeat(full)
        }
        Characters::Unicode => {
            const EIGHTHS: [&str; 8] = [
                "", "\u{258f}", "\u{258e}", "\u{258d}", "\u{258c}", "\u{258b}", "\u{258a}",
                "\u{2589}",
            ];
            let eighths = cells(share, scale * 8).max(usize::from(share > 0.0));
            let part = EIGHTHS.get(eighths % 8).copied().unwrap_or("");
            format!("{}{part}", "\u{2588}".repeat(eighths / 8))
        }
    }
}

/// A share of `scale`, rounded to whole cells.
fn cells(share: f64, scale: usize) -> usize {
    let wanted = (share.clamp(0.0, 1.0) * scale as f64).round();
    // Floats become whole by comparison: scales are small.
    (0..=scale)
        .find(|cells| *cells as f64 >= wanted)
        .unwrap_or(scale)
}

fn fills(characters: Characters) -> [char; 4] {
    match characters {
        Characters::Unicode => ['\u{2588}', '\u{2592}', '\u{2593}', '\u{2591}'],
        Characters::Ascii => ['#', '=', '+', '.'],
    }
}

/// The largest size of a value, which a full bar stands for.
fn sizes<'a>(values: impl Iterator<Item = &'a Option<f64>>) -> f64 {
    values
        .copied()
        .flatten()
        .map(f64::abs)
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE)
}

fn bar_room(limit: usize, taken: usize) -> usize {
    limit.saturating_sub(taken).clamp(BAR_MIN, BAR_MAX)
}

/// The width of the widest label, within its limit.
fn widest<'a>(labels: impl Iterator<Item = &'a str>) -> usize {
    labels
        .map(|label| width::of(&value::visible(label)))
        .max()
        .unwrap_or(0)
        .min(LABEL_MAX)
}

/// The part of a name that fits its column.
fn clip(name: &str, limit: usize) -> String {
    width::wrap(name, limit)
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// A label, wrapped in its column, and what belongs to it beside its last line.
fn labelled(label: &str, column: usize, tail: &str) -> Vec<String> {
    let parts = width::wrap(label, column.max(1));
    let last = parts.len().saturating_sub(1);
    let line = |(index, part): (usize, &String)| {
        if index < last {
            part.clone()
        } else {
            format!("{}  {tail}", width::pad(part, column, false))
                .trim_end()
                .to_owned()
        }
    };
    parts.iter().enumerate().map(line).collect()
}
