//! The scale of a chart: where it begins and ends, and which round values have a line.

use super::super::value;
use crate::document::{Chart, Form, Unit};

/// About this many lines.
const LINES_WANTED: f64 = 5.0;

/// Never more, whatever the values are.
const LINES_MAX: usize = 12;

/// Larger numbers are not drawn: their labels would leave no room for the chart.
const DRAWN_MAX: f64 = 1e15;

/// Smaller differences than this look like none.
const DRAWN_MIN: f64 = 1e-9;

/// Round durations in seconds: people divide by 60 and 24.
const SECONDS: [f64; 22] = [
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    900.0,
    1800.0,
    3600.0,
    7200.0,
    14_400.0,
    21_600.0,
    43_200.0,
    86_400.0,
    172_800.0,
    432_000.0,
    864_000.0,
    2_592_000.0,
];

/// Round durations in hours.
const HOURS: [f64; 14] = [
    0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 12.0, 24.0, 48.0, 72.0, 168.0, 336.0, 720.0, 2160.0,
];

/// A scale from `low` to `high`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    /// The values with a line, ascending; the first and the last are the ends.
    pub(super) lines: Vec<f64>,
    unit: Unit,
}

impl Axis {
    /// The scale on which every value of the chart has its place; `None` without values, and where they are too large to be drawn.
    pub(super) fn of(chart: &Chart) -> Option<Self> {
        let (mut low, mut high) = match chart.form {
            Form::StackedBars => stacked(chart),
            Form::Bars | Form::Lines => plain(chart),
        }?;
        // A bar is read by its length, so it begins at nothing; a line is read by its course.
        let near_zero = low < (high - low) * 2.0 || low < 0.0;
        if chart.form != Form::Lines || near_zero {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if !(low.abs() < DRAWN_MAX && high.abs() < DRAWN_MAX) {
            return None;
        }
        if high - low < DRAWN_MIN {
            let share = chart.unit == Unit::Share;
            high = low + if share { 0.1 } else { low.abs().max(1.0) };
        }
        let step = step((high - low) / LINES_WANTED, chart.unit);
        let first = (low / step).floor();
        let last = (high / step).ceil().max(first + 1.0);
        let lines: Vec<f64> = std::iter::successors(Some(first), |line| Some(line + 1.0))
            .take_while(|line| *line <= last)
            .take(LINES_MAX)
            .map(|line| line * step)
            .collect();
        Some(Self {
            low: first * step,
            high: last * step,
            lines,
            unit: chart.unit,
        })
    }

    /// Where a value is, from 0 at the lower end to 1 at the upper.
    pub(super) fn place(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Where bars begin.
    pub(super) fn base(&self) -> f64 {
        self.place(0.0)
    }

    /// What stands beside a line.
    pub(super) fn label(&self, line: f64) -> String {
        let text = value::number(line, self.unit);
        // Lines are round, so tenths say nothing where all of them are zero.
        let fine = self.lines.iter().any(|line| {
            let text = value::number(*line, self.unit);
            text.contains('.') && !text.contains(".0")
        });
        if fine { text } else { text.replace(".0", "") }
    }
}

fn plain(chart: &Chart) -> Option<(f64, f64)> {
    range(
        chart
            .series
            .iter()
            .flat_map(|series| &series.values)
            .copied()
            .flatten(),
    )
}

/// Sums of the parts, and nothing.
fn stacked(chart: &Chart) -> Option<(f64, f64)> {
    let sum = |index: usize| {
        let parts = chart
            .series
            .iter()
            .filter_map(|series| series.values.get(index).copied().flatten());
        parts.map(|part| part.max(0.0)).reduce(|a, b| a + b)
    };
    range((0..chart.categories.len()).filter_map(sum))
}

fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |found, value| match found {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// The smallest round step of at least `wanted`.
fn step(wanted: f64, unit: Unit) -> f64 {
    let listed: &[f64] = match unit {
        Unit::Seconds => &SECONDS,
        Unit::Hours => &HOURS,
        _ => &[],
    };
    if let Some(step) = listed.iter().copied().find(|step| *step >= wanted) {
        return step;
    }
    let power = 10_f64.powf(wanted.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|step| *step >= wanted);
    let step = step.unwrap_or(wanted);
    if unit == Unit::Count {
        step.max(1.0)
    } else {
        step
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Series;

    fn axis(form: Form, unit: Unit, series: &[&[f64]]) -> String {
        let series = series.iter().map(|values| Series {
            name: String::new(),
            values: values.iter().copied().map(Some).collect(),
        });
        let chart = Chart {
            key: "chart",
            title: String::new(),
            form,
            unit,
            categories: vec![String::new(); 3],
            series: series.collect(),
        };
        let axis = Axis::of(&chart).expect("values");
        axis.lines
            .iter()
            .map(|line| axis.label(*line))
            .collect::<Vec<_>>()
            .join(" | ")
    }

    #[test]
    fn lines_are_round_in_the_unit_of_the_chart() {
        for (form, unit, series, lines) in [
            (
                Form::Lines,
                Unit::Hours,
                &[&[3.0, 70.0][..]][..],
                "0 h | 24 h | 48 h | 72 h",
            ),
            (
                Form::Bars,
                Unit::Share,
                &[&[1.0, 0.25]],
                "0 % | 20 % | 40 % | 60 % | 80 % | 100 %",
            ),
            (
                Form::Bars,
                Unit::Share,
                &[&[0.02]],
                "0.0 % | 0.5 % | 1.0 % | 1.5 % | 2.0 %",
            ),
            (
                Form::Bars,
                Unit::ShareDifference,
                &[&[-0.03, 0.11]],
                "-5 pp | 0 pp | +5 pp | +10 pp | +15 pp",
            ),
            (
                Form::StackedBars,
                Unit::Count,
                &[&[30.0], &[12.0]],
                "0 | 10 | 20 | 30 | 40 | 50",
            ),
            (
                Form::Lines,
                Unit::Seconds,
                &[&[640.0, 812.0]],
                "10 min | 11 min | 12 min | 13 min | 14 min",
            ),
            (
                Form::Lines,
                Unit::Seconds,
                &[&[40.0, 812.0]],
                "0 s | 5 min | 10 min | 15 min",
            ),
            (
                Form::Lines,
                Unit::Score,
                &[&[84.0, 91.0]],
                "84 | 86 | 88 | 90 | 92",
            ),
            (Form::Bars, Unit::Count, &[&[0.0]], "0 | 1"),
            (
                Form::Lines,
                Unit::Share,
                &[&[0.5, 0.5]],
                "50 % | 52 % | 54 % | 56 % | 58 % | 60 %",
            ),
        ] {
            assert_eq!(
                axis(form, unit, series),
                lines,
                "{form:?} {unit:?} {series:?}"
            );
        }
    }
}
