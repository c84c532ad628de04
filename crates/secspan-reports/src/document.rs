//! What a report says, before anybody decides how it looks: sections of tables, charts and notes, with units.
//!
//! Every renderer reads this and nothing else, so a number is the same in text, Markdown, HTML, JSON and CSV. Keys are
//! lower-case words with underscores; they are what machines read and never change silently. Titles are for people.

use std::fmt;

use secspan_records::timestamp::{Date, Timestamp};

/// One report.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Key of the report: `enrichment`, `quality`, `sampling`, `sla`.
    pub key: &'static str,
    /// Title for people.
    pub title: String,
    /// The dates of the facts in it.
    pub period: Option<Period>,
    /// What it was computed from.
    pub source: Source,
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// First and last date of the facts in a report, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First date.
    pub from: Date,
    /// Last date.
    pub to: Date,
}

/// What a report was computed from: nothing is left out silently.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    pub as_of: Option<Timestamp>,
}

/// A line that is no record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How much it matters.
    pub level: Level,
    /// The sentence.
    pub text: String,
}

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

/// How a number is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    SharePoints,
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
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Key of the chart, unique in its report.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One bar beside the other.
    Bars,
    /// Bars made of one part for each series.
    StackedBars,
    /// A line for each series; a missing value interrupts it.
    Lines,
}

/// One series of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<Option<f64>>,
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
        Self { key, title, unit }
    }
}

impl Document {
    /// Whether the report has no facts to speak of: programs end with 1 then.
    pub fn is_empty(&self) -> bool {
        self.period.is_none()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}
