//! Charts as inline SVG: upright bars and lines over a time or a short list, lying bars where labels are long.
//!
//! A chart says in its title and description what it shows, and each mark says its value to a pointer that rests on it; the
//! numbers stand in a table beside it as well.

use super::super::{put, value};
use super::axis::Axis;
use super::{escape, mark};
use crate::document::{Chart, Form, Series};

/// Width of the drawing, in its own units; the page scales it.
const WIDTH: f64 = 720.0;

/// Height of an upright chart.
const HEIGHT: f64 = 260.0;

/// Room on the right of upright charts, and above them.
const EDGE: f64 = 14.0;

/// Room below upright charts, for the categories.
const FOOT: f64 = 28.0;

/// Height of one lying bar.
const LYING_BAR: f64 = 16.0;

/// Estimated width of a character of a label.
const CHARACTER: f64 = 6.6;

/// Estimated width of a character of a value above a bar, which is smaller.
const VALUE_CHARACTER: f64 = 6.4;

/// Labels with more characters than this lie beside their bars, not under them.
const UPRIGHT_LABEL_MAX: usize = 10;

/// Labels are cut to this many characters; the whole label is in the mark's title.
const LABEL_MAX: usize = 28;

/// Up to this many upright bars have their value written above them.
const VALUES_MAX: usize = 14;

/// From this many points on, points are small.
const SMALL_FROM: usize = 40;

/// A figure: caption, key, drawing. `place` is where on the page it stands, as the same chart may stand in two.
pub(super) fn figure(page: &mut String, chart: &Chart, place: &str) {
    put(
        page,
        format_args!(
            "<figure>\n<figcaption>{}</figcaption>\n",
            escape(&chart.title)
        ),
    );
    let Some(axis) = Axis::of(chart) else {
        let mut values = chart.series.iter().flat_map(|series| &series.values);
        let why = if values.any(Option::is_some) {
            "(the values are too large to be drawn; they stand in the table)"
        } else {
            "(no values)"
        };
        put(
            page,
            format_args!("<p class=\"note missing\">{why}</p>\n</figure>\n"),
        );
        return;
    };
    if chart.series.len() > 1 {
        key(page, chart);
    }
    let longest = chart
        .categories
        .iter()
        .map(|category| length(category))
        .max()
        .unwrap_or(0);
    let lying = chart.form != Form::Lines && longest > UPRIGHT_LABEL_MAX;
    let (height, drawing) = if lying {
        lying_bars(chart, &axis)
    } else {
        upright(chart, &axis)
    };
    let id = format!("{place}-{}", escape(chart.key));
    put(
        page,
        format_args!(
            "<div class=\"chart\" role=\"region\" aria-labelledby=\"{id}-title\" tabindex=\"0\">\n\
         <svg viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n{drawing}</svg>\n</div>\n</figure>\n",
            escape(&chart.title),
            escape(&description(chart)),
        ),
    );
}

fn key(page: &mut String, chart: &Chart) {
    page.push_str("<ul class=\"key\">\n");
    for (number, series) in chart.series.iter().enumerate() {
        let class = mark::colour(number);
        let sign = if chart.form == Form::Lines {
            format!(
                "<line class=\"line l{class}\" x1=\"0\" y1=\"7\" x2=\"14\" y2=\"7\"/>{}",
                mark::point(number, 7.0, 7.0, 3.0, "")
            )
        } else {
            mark::rectangle(number, [1.0, 1.0, 12.0, 12.0], "")
        };
        put(
            page,
            format_args!(
                "<li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\">{}</svg>{}</li>\n",
                sign.trim_end(),
                escape(&series.name)
            ),
        );
    }
    page.push_str("</ul>\n");
}

/// What the chart shows, in words.
fn description(chart: &Chart) -> String {
    let form = match chart.form {
        Form::Bars => "Bars",
        Form::StackedBars => "Stacked bars",
        Form::Lines => "Lines",
    };
    let range = match (chart.categories.first(), chart.categories.last()) {
        (Some(first), Some(last)) if first != last => {
            format!("{} categories, {first} to {last}", chart.categories.len())
        }
        (Some(only), _) => format!("1 category, {only}"),
        _ => "no categories".to_owned(),
    };
    let mut words = format!("{form} over {range}.");
    for series in &chart.series {
        let known = || {
            series
                .values
                .iter()
                .zip(&chart.categories)
                .filter_map(|(value, category)| value.map(|value| (value, category)))
        };
        let say = |found: Option<(f64, &String)>| {
            found.map(|(value, category)| {
                format!("{} ({category})", value::number(value, chart.unit))
            })
        };
        let low = say(known().min_by(|a, b| a.0.total_cmp(&b.0)));
        let high = say(known().max_by(|a, b| a.0.total_cmp(&b.0)));
        let range = match (low, high) {
            (Some(low), Some(high)) => format!("lowest {low}, highest {high}"),
            _ => "no values".to_owned(),
        };
        put(&mut words, format_args!(" {}: {range}.", series.name));
    }
    words
}

/// What a mark says to a pointer.
fn title(chart: &Chart, series: &Series, index: usize, value: f64) -> String {
    let category = chart.categories.get(index).map_or("", String::as_str);
    let value = value::number(value, chart.unit);
    let words = if chart.series.len() > 1 {
        format!("{category}, {}: {value}", series.name)
    } else {
        format!("{category}: {value}")
    };
    format!("<title>{}</title>", escape(&words))
}

/// Characters of a label before it is cut.
fn length(label: &str) -> usize {
    value::visible(label).chars().count()
}

fn label(text: &str) -> String {
    let visible = value::visible(text);
    if visible.chars().count() <= LABEL_MAX {
        return escape(&visible);
    }
    let cut: String = visible.chars().take(LABEL_MAX - 1).collect();
    format!("{}\u{2026}", escape(cut.trim_end()))
}

/// Where things are in an upright chart.
struct Frame {
    left: f64,
    slot: f64,
}

impl Frame {
    const TOP: f64 = EDGE;
    const BOTTOM: f64 = HEIGHT - FOOT;

    fn new(chart: &Chart, axis: &Axis) -> Self {
        let widest = axis
            .lines
            .iter()
            .map(|line| axis.label(*line).chars().count())
            .max()
            .unwrap_or(0);
        let left = widest as f64 * CHARACTER + 12.0;
        let slot = (WIDTH - EDGE - left) / chart.categories.len().max(1) as f64;
        Self { left, slot }
    }

    /// The height of a place on the axis.
    fn y(place: f64) -> f64 {
        Self::BOTTOM - place * (Self::BOTTOM - Self::TOP)
    }

    /// The middle of a category.
    fn x(&self, index: usize) -> f64 {
        self.left + (index as f64 + 0.5) * self.slot
    }
}

fn upright(chart: &Chart, axis: &Axis) -> (f64, String) {
    let frame = Frame::new(chart, axis);
    let mut drawing = String::new();
    for line in &axis.lines {
        let y = Frame::y(axis.place(*line));
        put(
            &mut drawing,
            format_args!(
                "<line class=\"grid\" x1=\"{:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\"/>\n<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n",
                frame.left,
                WIDTH - EDGE,
                frame.left - 8.0,
                y + 4.0,
                escape(&axis.label(*line)),
            ),
        );
    }
    categories(&mut drawing, chart, &frame);
    match chart.form {
        Form::Bars => upright_bars(&mut drawing, chart, axis, &frame),
        Form::StackedBars => stacks(&mut drawing, chart, axis, &frame),
        Form::Lines => lines(&mut drawing, chart, axis, &frame),
    }
    if chart.form != Form::Lines {
        let y = Frame::y(axis.base());
        put(
            &mut drawing,
            format_args!(
                "<line class=\"axis\" x1=\"{:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\"/>\n",
                frame.left,
                WIDTH - EDGE,
            ),
        );
    }
    (HEIGHT, drawing)
}

/// The names of the categories, as many as there is room for, the last always among them.
fn categories(drawing: &mut String, chart: &Chart, frame: &Frame) {
    let longest = chart
        .categories
        .iter()
        .map(|category| length(category).min(LABEL_MAX))
        .max()
        .unwrap_or(0);
    let needed = (longest as f64 + 2.0) * CHARACTER;
    let step = (1..=chart.categories.len().max(1))
        .find(|step| *step as f64 * frame.slot >= needed)
        .unwrap_or(chart.categories.len().max(1));
    let count = chart.categories.len();
    for (index, category) in chart.categories.iter().enumerate() {
        if (count - 1 - index).is_multiple_of(step) {
            // A name under the first or last point may be wider than its place.
            let half = length(category).min(LABEL_MAX) as f64 * CHARACTER / 2.0;
            let x = frame.x(index).max(half).min(WIDTH - half);
            put(
                drawing,
                format_args!(
                    "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
                    HEIGHT - 8.0,
                    label(category)
                ),
            );
        }
    }
}

fn upright_bars(drawing: &mut String, chart: &Chart, axis: &Axis, frame: &Frame) {
    let each = (frame.slot * 0.8 / chart.series.len().max(1) as f64).min(56.0);
    let group = each * chart.series.len() as f64;
    let written = chart.series.len() * chart.categories.len() <= VALUES_MAX;
    for (number, series) in chart.series.iter().enumerate() {
        for (index, found) in series
            .values
            .iter()
            .enumerate()
            .take(chart.categories.len())
        {
            let Some(value) = *found else { continue };
            let x = frame.x(index) - group / 2.0 + each * number as f64;
            let (tip, base) = (Frame::y(axis.place(value)), Frame::y(axis.base()));
            let (top, height) = (tip.min(base), (tip - base).abs());
            let place = [x + 1.0, top, (each - 2.0).max(0.5), height];
            drawing.push_str(&mark::rectangle(
                number,
                place,
                &title(chart, series, index, value),
            ));
            let text = value::number(value, chart.unit);
            // A single bar may have its value reach over the gap beside it.
            let room = if chart.series.len() == 1 {
                frame.slot
            } else {
                each
            };
            if written && text.chars().count() as f64 * VALUE_CHARACTER <= room {
                let y = if value < 0.0 {
                    top + height + 12.0
                } else {
                    top - 4.0
                };
                put(
                    drawing,
                    format_args!(
                        "<text class=\"value\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
                        x + each / 2.0,
                        y.max(10.0),
                        escape(&text)
                    ),
                );
            }
        }
    }
}

fn stacks(drawing: &mut String, chart: &Chart, axis: &Axis, frame: &Frame) {
    let width = (frame.slot * 0.72).min(56.0);
    for index in 0..chart.categories.len() {
        let mut reached = 0.0;
        for (number, series) in chart.series.iter().enumerate() {
            let Some(value) = series.values.get(index).copied().flatten() else {
                continue;
            };
            let bottom = Frame::y(axis.place(reached));
            reached += value.max(0.0);
            let top = Frame::y(axis.place(reached));
            let place = [frame.x(index) - width / 2.0, top, width, bottom - top];
            drawing.push_str(&mark::rectangle(
                number,
                place,
                &title(chart, series, index, value),
            ));
        }
    }
}

fn lines(drawing: &mut String, chart: &Chart, axis: &Axis, frame: &Frame) {
    let radius = if chart.categories.len() >= SMALL_FROM {
        1.8
    } else {
        3.2
    };
    for (number, series) in chart.series.iter().enumerate() {
        let mut path = String::new();
        let mut points = String::new();
        let mut pen_down = false;
        for (index, found) in series
            .values
            .iter()
            .enumerate()
            .take(chart.categories.len())
        {
            let Some(value) = *found else {
                pen_down = false;
                continue;
            };
            let (x, y) = (frame.x(index), Frame::y(axis.place(value)));
            put(
                &mut path,
                format_args!("{}{x:.1} {y:.1}", if pen_down { 'L' } else { 'M' }),
            );
            pen_down = true;
            points.push_str(&mark::point(
                number,
                x,
                y,
                radius,
                &title(chart, series, index, value),
            ));
            points.push('\n');
        }
        if !path.is_empty() {
            put(
                drawing,
                format_args!(
                    "<path class=\"line l{}\" d=\"{path}\"/>\n",
                    mark::colour(number)
                ),
            );
        }
        drawing.push_str(&points);
    }
}

/// Bars from left to right, with their values behind them.
fn lying_bars(chart: &Chart, axis: &Axis) -> (f64, String) {
    let longest = chart
        .categories
        .iter()
        .map(|category| length(category).min(LABEL_MAX))
        .max()
        .unwrap_or(0);
    let left = longest as f64 * CHARACTER + 14.0;
    let right = WIDTH - 84.0;
    let x = |place: f64| left + place * (right - left);
    let bars = if chart.form == Form::StackedBars {
        1
    } else {
        chart.series.len().max(1)
    };
    let row = bars as f64 * LYING_BAR + 10.0;
    let height = chart.categories.len() as f64 * row + 28.0;
    let mut drawing = String::new();
    for line in &axis.lines {
        let at = x(axis.place(*line));
        put(
            &mut drawing,
            format_args!(
                "<line class=\"grid\" x1=\"{at:.1}\" y1=\"4\" x2=\"{at:.1}\" y2=\"{:.1}\"/>\n<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
                height - 22.0,
                height - 8.0,
                escape(&axis.label(*line)),
            ),
        );
    }
    for (index, category) in chart.categories.iter().enumerate() {
        let top = index as f64 * row + 8.0;
        put(
            &mut drawing,
            format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n",
                left - 8.0,
                top + (row - 10.0) / 2.0 + 4.0,
                label(category)
            ),
        );
        lying_row(&mut drawing, chart, axis, index, top, &x);
    }
    let base = x(axis.base());
    put(
        &mut drawing,
        format_args!(
            "<line class=\"axis\" x1=\"{base:.1}\" y1=\"4\" x2=\"{base:.1}\" y2=\"{:.1}\"/>\n",
            height - 22.0
        ),
    );
    (height, drawing)
}

fn lying_row(
    drawing: &mut String,
    chart: &Chart,
    axis: &Axis,
    index: usize,
    top: f64,
    x: &dyn Fn(f64) -> f64,
) {
    let stacked = chart.form == Form::StackedBars;
    let mut reached = 0.0;
    let mut end = None;
    for (number, series) in chart.series.iter().enumerate() {
        let Some(value) = series.values.get(index).copied().flatten() else {
            continue;
        };
        let from = if stacked { reached } else { 0.0 };
        reached = from + if stacked { value.max(0.0) } else { value };
        let (a, b) = (x(axis.place(from)), x(axis.place(reached)));
        let y = if stacked {
            top
        } else {
            top + number as f64 * LYING_BAR
        };
        let place = [a.min(b), y + 1.0, (a - b).abs(), LYING_BAR - 3.0];
        drawing.push_str(&mark::rectangle(
            number,
            place,
            &title(chart, series, index, value),
        ));
        let said = (y, a.max(b), reached);
        if stacked {
            end = Some(said);
        } else {
            lying_value(drawing, chart, said);
        }
    }
    if let Some(said) = end {
        lying_value(drawing, chart, said);
    }
}

fn lying_value(drawing: &mut String, chart: &Chart, (y, x, value): (f64, f64, f64)) {
    put(
        drawing,
        format_args!(
            "<text class=\"value\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
            x + 5.0,
            y + 11.5,
            escape(&value::number(value, chart.unit))
        ),
    );
}
