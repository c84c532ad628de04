//! What a report says, before anybody decides how it looks: an answer, then sections of tables, charts and notes, with units.
//!
//! Every renderer reads this and nothing else, so a number is the same in text, Markdown, HTML, JSON and CSV. Keys are
//! lower-case words with underscores; they are what machines read and never change silently. Titles are for people.

use std::fmt;

use secspan_records::timestamp::{Date, Timestamp};
use serde::{Serialize, Serializer};

use crate::headline::Headline;

/// One report.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Key of the report: the name of its [`ReportDef`](crate::report::ReportDef).
    pub key: &'static str,
    /// Title for people.
    pub title: String,
    /// The dates of the facts in it.
    pub period: Option<Period>,
    /// The answer, when there are facts.
    pub headline: Option<Headline>,
    /// What it was computed from.
    pub source: Source,
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// First and last date of the facts in a report, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// First date.
    #[serde(serialize_with = "as_text")]
    pub from: Date,
    /// Last date.
    #[serde(serialize_with = "as_text")]
    pub to: Date,
}

/// What a report was computed from: nothing is left out silently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Files, in the order in which they were read.
    pub files: Vec<String>,
    /// Lines that are records, of every kind.
    pub records: u64,
    /// Records of kinds that this report does not use.
    pub other_records: u64,
    /// Records outside of the dates that were asked for.
    pub outside_period: u64,
    /// Records that a later correction replaced, and records that stand twice in the files.
    pub superseded: u64,
    /// Lines that are no records.
    pub malformed: u64,
    /// The first of them, each with its place and reason.
    pub malformed_examples: Vec<Malformed>,
    /// The moment that ages are counted to: the latest moment in the data unless the user chose one.
    #[serde(serialize_with = "as_text_or_null")]
    pub as_of: Option<Timestamp>,
}

/// A line that is no record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Malformed {
    /// The file, as the user named it.
    pub file: String,
    /// Number of the line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// A part of a report with a question of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Key of the section.
    pub key: &'static str,
    /// Title for people.
    pub title: String,
    /// What is in it, in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A sentence.
    Note(Note),
    /// Numbers.
    Table(Table),
    /// A picture of numbers that stand in a table as well.
    Chart(Chart),
}

/// A sentence about numbers, or about the lack of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// How much it matters.
    pub level: Level,
    /// The sentence.
    pub text: String,
}

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// There is no data, and this is why.
    NoData,
    /// An explanation.
    Info,
    /// A target was met.
    Good,
    /// A target was missed, or will be.
    Warning,
}

/// Rows of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Key of the table, unique in its report.
    pub key: &'static str,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows; each has a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Key of the column, unique in its table; it names the unit where the unit is not plain (`mean_seconds`).
    pub key: &'static str,
    /// Heading for people.
    pub title: &'static str,
    /// How values are to be read.
    pub unit: Unit,
    /// Key of the column that says how many values each number here was computed from; pages show it under the number.
    pub sample: Option<&'static str>,
}

/// How a number is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Words, or values of different units.
    Plain,
    /// A number of things.
    Count,
    /// Seconds; people read minutes and hours.
    Seconds,
    /// Hours.
    Hours,
    /// A share from 0 to 1; people read percent.
    Share,
    /// A difference of shares from -1 to 1; people read percentage points.
    ShareDifference,
    /// A score with its own scale.
    Score,
    /// Without a unit, such as a correlation.
    Number,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value; the text says why, for people (`n < 5`), and may be empty.
    Missing(&'static str),
    /// Words.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A number, in the unit of its column. Never NaN or infinite.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

/// A picture of one or more series over the same categories.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    /// Key of the chart, unique in its report.
    #[serde(skip)]
    pub key: &'static str,
    /// Title for people; also what a screen reader says.
    pub title: String,
    /// Bars or lines.
    pub form: Form,
    /// How values are to be read.
    pub unit: Unit,
    /// The categories along the axis, in order.
    pub categories: Vec<String>,
    /// The series; each has a value, or none, for each category.
    pub series: Vec<Series>,
}

/// The form of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// One bar beside the other.
    Bars,
    /// Bars made of one part for each series.
    StackedBars,
    /// A line for each series; a missing value interrupts it.
    Lines,
}

/// One series of a chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<Option<f64>>,
}

fn as_text<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[expect(
    clippy::ref_option,
    reason = "serde hands over a reference to the field"
)]
fn as_text_or_null<S: Serializer>(
    value: &Option<impl fmt::Display>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

/// A missing value is null.
impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing(_) => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}

impl Note {
    /// A note that there is no data, and why.
    pub fn no_data(text: impl Into<String>) -> Self {
        Self {
            level: Level::NoData,
            text: text.into(),
        }
    }

    /// An explanation.
    pub fn info(text: impl Into<String>) -> Self {
        Self {
            level: Level::Info,
            text: text.into(),
        }
    }

    /// A target that was met.
    pub fn good(text: impl Into<String>) -> Self {
        Self {
            level: Level::Good,
            text: text.into(),
        }
    }

    /// A target that was missed, or will be.
    pub fn warning(text: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            text: text.into(),
        }
    }
}

impl Level {
    /// The lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warning => "warning",
        }
    }
}

impl Unit {
    /// The lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Count => "count",
            Self::Seconds => "seconds",
            Self::Hours => "hours",
            Self::Share => "share",
            Self::ShareDifference => "share_difference",
            Self::Score => "score",
            Self::Number => "number",
        }
    }
}

impl Form {
    /// The lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bars => "bars",
            Self::StackedBars => "stacked_bars",
            Self::Lines => "lines",
        }
    }
}

impl Section {
    /// Its notes, in order.
    pub fn notes(&self) -> impl Iterator<Item = &Note> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Note(note) => Some(note),
            Block::Table(_) | Block::Chart(_) => None,
        })
    }

    /// Its tables, in order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            Block::Note(_) | Block::Chart(_) => None,
        })
    }

    /// Its charts, in order.
    pub fn charts(&self) -> impl Iterator<Item = &Chart> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Chart(chart) => Some(chart),
            Block::Note(_) | Block::Table(_) => None,
        })
    }
}

impl From<Note> for Block {
    fn from(note: Note) -> Self {
        Self::Note(note)
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl From<Chart> for Block {
    fn from(chart: Chart) -> Self {
        Self::Chart(chart)
    }
}

impl Cell {
    /// The number, or a missing value with its reason; what is not finite is missing.
    pub fn number(value: Option<f64>, missing: &'static str) -> Self {
        value
            .filter(|value| value.is_finite())
            .map_or(Self::Missing(missing), Self::Number)
    }
}

impl Column {
    /// A column.
    pub const fn new(key: &'static str, title: &'static str, unit: Unit) -> Self {
        Self {
            key,
            title,
            unit,
            sample: None,
        }
    }

    /// The same column, its numbers computed from as many values as the column `key` says.
    #[must_use]
    pub const fn of(mut self, key: &'static str) -> Self {
        self.sample = Some(key);
        self
    }
}

impl Document {
    /// Whether the report has no facts to speak of: programs end with 1 then.
    pub fn is_empty(&self) -> bool {
        self.period.is_none()
    }

    /// Why there is nothing to report, when there is nothing.
    pub fn no_data(&self) -> Option<String> {
        if !self.is_empty() {
            return None;
        }
        let source = &self.source;
        let mut causes = Vec::new();
        if source.files.is_empty() {
            causes.push("nothing was read".to_owned());
        } else if source.records == 0 && source.malformed == 0 {
            causes.push("what was read has no line".to_owned());
        }
        for (number, what) in [
            (
                source.other_records,
                "of kinds that this report does not use",
            ),
            (source.outside_period, "outside of the dates asked for"),
            (source.superseded, "replaced or repeated"),
        ] {
            if number > 0 {
                let records = if number == 1 { "record" } else { "records" };
                causes.push(format!("{number} {records} {what}"));
            }
        }
        if source.malformed > 0 {
            let lines = if source.malformed == 1 {
                "line is no record"
            } else {
                "lines are no records"
            };
            causes.push(format!("{} {lines}", source.malformed));
        }
        if causes.is_empty() {
            causes.push("no record has what this report is about".to_owned());
        }
        Some(format!("nothing to report: {}", causes.join("; ")))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}
