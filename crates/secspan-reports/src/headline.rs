//! What a report opens with: its question answered in one sentence, the figures behind the answer with their targets, and
//! the chart that shows it.
//!
//! Nothing here is computed anew: every figure stands in a table of the report as well.

use serde::Serialize;

use crate::document::{Cell, Chart, Column, Document, Form, Level, Note, Section, Table, Unit};

/// The answer of a report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Headline {
    /// The answer, a sentence that can stand alone; its level says whether it is good news.
    pub answer: Note,
    /// The figures that it rests on, in order.
    pub figures: Vec<Figure>,
    /// Key of the chart that shows it, which stands in one of the sections.
    pub chart: Option<&'static str>,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Key of the figure, unique in its report.
    pub key: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// The figure.
    pub value: Cell,
    /// How it is to be read.
    pub unit: Unit,
    /// How many values it was computed from, where it was computed from several.
    pub n: Option<u64>,
    /// What it is to be, in words.
    pub goal: Option<String>,
    /// What it is against its goal.
    pub status: Option<Status>,
}

/// What a figure is against its goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it is to be.
    Met,
    /// Not as it is to be.
    Missed,
    /// It rests on too few values to judge.
    TooFew,
    /// There is no value.
    NoData,
}

impl Status {
    /// The lower-case word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::TooFew => "too_few",
            Self::NoData => "no_data",
        }
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::TooFew => "too few to tell",
            Self::NoData => "no data",
        }
    }
}

impl Figure {
    /// A figure without a target.
    pub fn new(key: &'static str, title: &'static str, value: Cell, unit: Unit) -> Self {
        Self {
            key,
            title,
            value,
            unit,
            n: None,
            goal: None,
            status: None,
        }
    }

    /// The same figure, computed from `n` values.
    #[must_use]
    pub fn of(self, n: u64) -> Self {
        Self { n: Some(n), ..self }
    }

    /// The same figure with its goal, and what it is against it.
    #[must_use]
    pub fn against(self, goal: impl Into<String>, status: Status) -> Self {
        Self {
            goal: Some(goal.into()),
            status: Some(status),
            ..self
        }
    }
}

/// The first of these charts that shows something: one point is no line.
pub fn chart(sections: &[Section], keys: &[&'static str]) -> Option<&'static str> {
    let shows = |chart: &Chart| {
        let values = chart.series.iter().map(|series| &series.values);
        let most = values.map(|values| values.iter().flatten().count()).max();
        most.unwrap_or(0) > usize::from(chart.form == Form::Lines)
    };
    let is_there = |key: &&'static str| {
        let mut charts = sections.iter().flat_map(Section::charts);
        charts.any(|chart| chart.key == *key && shows(chart))
    };
    keys.iter().copied().find(is_there)
}

impl Document {
    /// The chart that the headline names.
    pub fn headline_chart(&self) -> Option<&Chart> {
        let key = self.headline.as_ref()?.chart?;
        let mut charts = self.sections.iter().flat_map(Section::charts);
        charts.find(|chart| chart.key == key)
    }
}

/// The columns for machines, which need every digit and the unit of each row.
const COLUMNS: [Column; 7] = [
    Column::new("figure", "Figure", Unit::Plain),
    Column::new("title", "Title", Unit::Plain),
    Column::new("value", "Value", Unit::Number),
    Column::new("unit", "Unit", Unit::Plain),
    Column::new("n", "n", Unit::Count),
    Column::new("goal", "Target", Unit::Plain),
    Column::new("status", "Status", Unit::Plain),
];

impl Headline {
    /// A headline whose answer is good news when a figure meets its goal and none misses it, and a warning when one does.
    pub fn new(answer: String, figures: Vec<Figure>, chart: Option<&'static str>) -> Self {
        let any = |status| figures.iter().any(|figure| figure.status == Some(status));
        let level = if any(Status::Missed) {
            Level::Warning
        } else if any(Status::Met) {
            Level::Good
        } else {
            Level::Info
        };
        Self {
            answer: Note {
                level,
                text: answer,
            },
            figures,
            chart,
        }
    }

    /// The figures as a table for machines.
    pub(crate) fn table(&self) -> Table {
        let words = |words: Option<&str>| {
            words.map_or(Cell::Missing(""), |words| Cell::Text(words.to_owned()))
        };
        let row = |figure: &Figure| {
            vec![
                words(Some(figure.key)),
                words(Some(figure.title)),
                figure.value.clone(),
                words(Some(figure.unit.as_str())),
                figure.n.map_or(Cell::Missing(""), Cell::Count),
                words(figure.goal.as_deref()),
                words(figure.status.map(Status::as_str)),
            ]
        };
        Table {
            key: "headline",
            columns: COLUMNS.to_vec(),
            rows: self.figures.iter().map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Block, Series};

    fn section(key: &'static str, form: Form, values: &[Option<f64>]) -> Section {
        let chart = Chart {
            key,
            title: String::new(),
            form,
            unit: Unit::Count,
            categories: vec![String::new(); values.len()],
            series: vec![Series {
                name: String::new(),
                values: values.to_vec(),
            }],
        };
        Section {
            key: "section",
            title: String::new(),
            blocks: vec![Block::Chart(chart)],
        }
    }

    #[test]
    fn one_miss_makes_it_a_warning() {
        let figure = |status: Option<Status>| {
            let figure = Figure::new("figure", "Figure", Cell::Count(1), Unit::Count);
            match status {
                Some(status) => figure.against("2", status),
                None => figure,
            }
        };
        for (statuses, level) in [
            (&[None][..], Level::Info),
            (&[Some(Status::TooFew), Some(Status::NoData)], Level::Info),
            (
                &[None, Some(Status::Met), Some(Status::TooFew)],
                Level::Good,
            ),
            (&[Some(Status::Met), Some(Status::Missed)], Level::Warning),
        ] {
            let figures = statuses.iter().copied().map(figure).collect();
            let headline = Headline::new(String::new(), figures, None);
            assert_eq!(headline.answer.level, level, "{statuses:?}");
        }
    }

    #[test]
    fn the_first_chart_that_shows_something_is_taken() {
        let sections = [
            section("point", Form::Lines, &[None, Some(1.0)]),
            section("nothing", Form::Bars, &[None]),
            section("bar", Form::Bars, &[Some(1.0)]),
            section("line", Form::Lines, &[Some(1.0), None, Some(2.0)]),
        ];
        for (keys, expected) in [
            (&["point", "nothing", "bar"][..], Some("bar")),
            (&["line", "bar"], Some("line")),
            (&["point", "nothing", "unknown"], None),
        ] {
            assert_eq!(chart(&sections, keys), expected, "{keys:?}");
        }
    }
}
