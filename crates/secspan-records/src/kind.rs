//! A kind of record as data: one description, from which reading, writing, assembling and the way back follow.
//!
//! ```text
//! Kind
//!  ├── File      what its file is called and how records stand in it
//!  ├── Source    the workflow, with its stages, or the event that becomes such a record
//!  ├── Field...  in the order of the line: key, type, presence, where the value comes from
//!  └── Hooks     what cannot be said as data: values that follow from others, contradictions
//! ```
//!
//! Descriptions are constants in the crates of the systems. Nothing in this crate knows one of them.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use crate::facts::FactValue;
use crate::invalid::Invalid;
use crate::record::{FieldValue, Record};
use crate::timestamp::Date;

/// A kind of record.
#[derive(Debug)]
pub struct Kind {
    /// The lower-case word for it, as label values, settings and messages use it.
    pub name: &'static str,
    /// What one such record, and what several are called.
    pub nouns: [&'static str; 2],
    /// What such a record is, in one sentence.
    pub about: &'static str,
    /// Where records of this kind are kept.
    pub file: File,
    /// What becomes such a record.
    pub source: Source,
    /// The fields, in the order of the line.
    pub fields: &'static [Field],
    /// Index of the field that says what the record is about, such as a commit.
    pub subject: usize,
    /// Indices of the fields that say when the fact was complete; the first that has a value counts, and one must.
    pub completed: &'static [usize],
    /// Keys that tell lines of this kind from those of other kinds: JSON has at least one of them, a table's header all.
    pub telling: &'static [&'static str],
    /// Names of fields that rules may count of a workflow that became no record.
    pub unfinished: &'static [&'static str],
    /// What is not data.
    pub hooks: Hooks,
}

/// The file, or the series of daily files, in which records of one kind are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct File {
    /// First part of the name.
    pub stem: &'static str,
    /// How records stand in it.
    pub format: Format,
    /// Which records share it.
    pub period: Period,
}

/// How records stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON object per line.
    JsonLines,
    /// A header, then one row of comma-separated values per record.
    Csv {
        /// The first line, without its line feed: the keys of the fields that are written.
        header: &'static str,
    },
}

/// Which records share a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// Those of one UTC day; the date is part of the name.
    Day,
    /// All of them.
    Ever,
}

/// What becomes a record.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// A workflow: its span, the spans of its stages and what happened within them.
    Workflow(&'static Workflow),
    /// One event, on any span or as a log record of its own.
    Event {
        /// Its name.
        name: &'static str,
    },
}

/// A workflow and its stages.
#[derive(Debug)]
pub struct Workflow {
    /// The name that makes a span its workflow span.
    pub name: &'static str,
    /// Its stages, in order.
    pub stages: &'static [Stage],
    /// The names of the stages as keys, for records that list each of them.
    pub stage_keys: &'static Keys,
    /// The keys under which a record lists its stage durations, in order.
    pub keys: &'static Keys,
    /// For each key that is accepted as the name of a stage, the stage that it means.
    pub key_stages: &'static [u8],
    /// The calls that are counted in it.
    pub calls: Option<&'static Calls>,
}

/// One stage of a workflow.
#[derive(Debug, PartialEq, Eq)]
pub struct Stage {
    /// Name of the stage, in snake case.
    pub name: &'static str,
    /// Index into [`Workflow::keys`] of the key to which its duration is added.
    pub key: u8,
    /// What the stage may take, in seconds; `None` where nothing was agreed.
    pub budget_seconds: Option<u32>,
}

/// Events that are counted in the workflow in which they happen.
#[derive(Debug)]
pub struct Calls {
    /// Name of the event.
    pub event: &'static str,
    /// Attribute that says of which sort the call was, shallow to deep.
    pub sort: &'static str,
    /// The sorts.
    pub sorts: &'static Words,
    /// Attribute with the name of a tool that gives the sort where it is not stated.
    pub tool: &'static str,
    /// Attribute with a number that is added up over all calls.
    pub amount: &'static str,
    /// The stage in which they usually happen: where the way back puts them.
    pub stage: &'static str,
}

/// One field of a record.
#[derive(Debug)]
pub struct Field {
    /// Its key in the line, or its column.
    pub key: &'static str,
    /// `,"key":`, as the writer writes it.
    pub lead: &'static str,
    /// What it says, in one sentence.
    pub about: &'static str,
    /// Type, unit and range.
    pub of: Type,
    /// Whether it is always in the line.
    pub presence: Presence,
    /// Where the value comes from: the first of these that has one decides.
    pub from: &'static [From],
    /// The value where nothing gives one.
    pub default: Default,
    /// Further names by which rules know it.
    pub aliases: &'static [&'static str],
    /// Further names of its column that are read.
    pub columns: &'static [&'static str],
    /// The required field that a table need not have where it has this one.
    pub stands_for: Option<&'static str>,
    /// What is said of a line without it; the usual words where this is empty.
    pub missing: &'static str,
}

/// Whether a field is always in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Without a value there is no record.
    Required,
    /// The key is always there, with null where there is no value.
    Stated,
    /// Left out where there is no value.
    Known,
    /// Read in files of other writers, and never written.
    ReadOnly,
}

/// The value of a field for which nothing gives one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// None.
    Absent,
    /// A count.
    Count(u64),
    /// A word, by its index.
    Word(u8),
}

/// Where the value of a field comes from.
#[derive(Clone, Copy, Debug)]
pub enum From {
    /// An attribute: of the event, or of any span of the workflow.
    Attribute(&'static str),
    /// An attribute, if its value is of a certain sort.
    AttributeIf(&'static str, fn(&FactValue) -> bool),
    /// The number of items that an attribute lists.
    Length(&'static str),
    /// The calls of the workflow.
    Calls(OfCalls),
    /// Whether a stage ran, by its index.
    Ran(u8),
    /// The end of the workflow, or the time of the event.
    Time,
    /// None of something: a count of 0, where no source before it says more.
    Zero,
}

/// What is said of the calls of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfCalls {
    /// How many there were, failed ones included.
    Number,
    /// The deepest sort that succeeded.
    Deepest,
    /// How many there were of each sort.
    BySort,
    /// The sum of their amounts.
    Amount,
}

/// Type, unit and range of a field.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// A name: any text that is not blank.
    Name,
    /// A text of a certain form.
    Form(&'static Form),
    /// One of a closed list of words.
    Word(&'static Words),
    /// Yes or no.
    Flag(&'static Flag),
    /// A time, in whole seconds.
    Time,
    /// A time, in microseconds.
    Micros,
    /// A whole number, 0 or more.
    Count,
    /// A whole number up to a limit.
    UpTo(&'static UpTo),
    /// A number, 0 or more.
    Number(&'static Number),
    /// A whole number under each of these keys.
    Counts(&'static Keys),
    /// Time in all stages, in seconds.
    TotalSeconds,
    /// Time by the keys of the workflow, in seconds.
    KeySeconds,
    /// Time by stage, in seconds.
    StageSeconds,
    /// A part of where the record comes from.
    Origin(OfOrigin),
    /// [`SCHEMA_VERSION`](crate::origin::SCHEMA_VERSION).
    Version,
}

/// What is said of where a record comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfOrigin {
    /// Seconds from the first start to the last end.
    ElapsedSeconds,
    /// The trace.
    Trace,
    /// The span.
    Span,
    /// How the workflow ended, where it was not a success.
    Outcome,
    /// The number of a correction.
    Amendment,
}

/// A text of a certain form.
#[derive(Debug)]
pub struct Form {
    /// What is allowed, as messages say it.
    pub allowed: &'static str,
    /// Reads it; `None` when it is not of the form.
    pub read: fn(&str) -> Option<String>,
    /// Whether reading a text would leave it as it is.
    pub is_plain: fn(&str) -> bool,
}

/// A closed list of words.
#[derive(Debug)]
pub struct Words {
    /// The words, in order.
    pub words: &'static [&'static str],
    /// What is allowed, as messages say it.
    pub allowed: &'static str,
    /// Reads what is no word of the list and means one, such as the name of a tool.
    pub other: Option<fn(&str) -> Option<u8>>,
}

/// How yes and no are spelt.
#[derive(Debug)]
pub struct Flag {
    /// The words that are written, no and yes; true and false where there are none.
    pub written: Option<[&'static str; 2]>,
    /// Further words for no and for yes that are read.
    pub read: [&'static [&'static str]; 2],
    /// Whether words are read in attributes, too; else only true and false are.
    pub in_attributes: bool,
    /// What is allowed, as messages say it.
    pub allowed: &'static str,
    /// What is allowed where the value is no text.
    pub allowed_values: &'static str,
}

/// A whole number up to a limit.
#[derive(Debug)]
pub struct UpTo {
    /// The limit, included.
    pub max: u64,
    /// What is allowed, as messages say it.
    pub allowed: &'static str,
}

/// A number from 0 to a limit.
#[derive(Debug)]
pub struct Number {
    /// The limit, included.
    pub max: f64,
    /// What is allowed, as messages say it.
    pub allowed: &'static str,
    /// For a share that some writers give in percent: what is allowed then.
    pub allowed_percent: Option<&'static str>,
    /// Whether a number without a fraction is written without a point.
    pub whole: bool,
}

/// Keys of an object, and each of them as it is written.
#[derive(Debug)]
pub struct Keys {
    /// The keys.
    pub names: &'static [&'static str],
    /// `"key":` for each of them.
    pub leads: &'static [&'static str],
}

/// What of a kind is code.
#[derive(Clone, Copy, Debug)]
pub struct Hooks {
    /// Called once for a record that was assembled, before it is judged.
    pub assembled: fn(&mut Record<'_>),
    /// Fills in what follows from other fields, read or assembled.
    pub complete: fn(&mut Record<'_>),
    /// Notes contradictions, in records that are written.
    pub check: fn(&Record<'_>, &mut Invalid),
    /// Values of a record that are in no field, by name, for rules.
    pub field: for<'r> fn(&'r Record<'_>, &str) -> Option<FieldValue<'r>>,
}

impl Hooks {
    /// A kind that is data and nothing else.
    pub const NONE: Self = Self {
        assembled: |_| {},
        complete: |_| {},
        check: |_, _| {},
        field: |_, _| None,
    };
}

impl Flag {
    /// True and false, and no words.
    pub const PLAIN: Self = Self {
        written: None,
        read: [&[], &[]],
        in_attributes: false,
        allowed: "true or false",
        allowed_values: "true or false",
    };

    /// The value of a word; in any case, with spaces, `_` and `-` for each other. `strict` reads what is written alone.
    pub fn parse(&self, text: &str, strict: bool) -> Option<bool> {
        let word = text.trim();
        let written = self.written.iter();
        let mut values = written.flat_map(|words| words.iter().zip([false, true]));
        if let Some((_, value)) = values.find(|(known, _)| same_word(word, known)) {
            return Some(value);
        }
        let mut read = self.read.iter().zip([false, true]);
        let has = |words: &&[&str]| words.iter().any(|known| same_word(word, known));
        (!strict || self.written.is_none())
            .then(|| read.find(|(words, _)| has(words)).map(|(_, value)| value))
            .flatten()
    }

    /// The word for a value, where words are written.
    pub fn word(&self, value: bool) -> Option<&'static str> {
        self.written.map(|[no, yes]| if value { yes } else { no })
    }
}

impl Words {
    /// The index of a word; in any case, with spaces, `_` and `-` for each other.
    pub fn parse(&self, text: &str) -> Option<u8> {
        let word = self.parse_word(text);
        word.or_else(|| self.other.and_then(|other| other(text)))
    }

    /// The same without what is no word and means one.
    pub(crate) fn parse_word(&self, text: &str) -> Option<u8> {
        let word = text.trim();
        let mut words = (0u8..).zip(self.words);
        words
            .find(|(_, known)| same_word(word, known))
            .map(|(at, _)| at)
    }

    /// The index of a word that is spelt as it is written.
    pub(crate) fn position(&self, word: &str) -> Option<u8> {
        let mut words = (0u8..).zip(self.words);
        words.find(|(_, known)| **known == word).map(|(at, _)| at)
    }

    /// The word with an index.
    pub fn get(&self, index: u8) -> &'static str {
        self.words.get(usize::from(index)).copied().unwrap_or("")
    }
}

/// Whether two words are the same to a reader.
fn same_word(one: &str, other: &str) -> bool {
    let plain = |byte: u8| match byte {
        b' ' | b'-' => b'_',
        byte => byte.to_ascii_lowercase(),
    };
    one.len() == other.len() && one.bytes().map(plain).eq(other.bytes().map(plain))
}

impl Kind {
    /// The workflow that becomes such a record; `None` for a kind that is made of one event.
    pub fn workflow(&self) -> Option<&'static Workflow> {
        match self.source {
            Source::Workflow(workflow) => Some(workflow),
            Source::Event { .. } => None,
        }
    }

    /// The name of the event that is such a record; `None` for a kind that is made of a workflow.
    pub fn event(&self) -> Option<&'static str> {
        match self.source {
            Source::Workflow(_) => None,
            Source::Event { name } => Some(name),
        }
    }

    /// Whether a workflow becomes such a record.
    pub fn is_workflow(&self) -> bool {
        self.workflow().is_some()
    }

    /// The index of the field with this key.
    pub fn index(&self, key: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.key == key)
    }

    /// The name of the file for records of `date`.
    pub fn file_name(&self, date: Date) -> String {
        let (stem, extension) = (self.file.stem, self.file.format.extension());
        match self.file.period {
            Period::Day => format!("{stem}-{date}.{extension}"),
            Period::Ever => format!("{stem}.{extension}"),
        }
    }

    /// The first line of a new file, without its line feed; `None` when records start at once.
    pub fn header(&self) -> Option<&'static str> {
        match self.file.format {
            Format::JsonLines => None,
            Format::Csv { header } => Some(header),
        }
    }

    /// Which of `kinds` a file of this name holds, and of which date; `None` for a name that no kind has.
    pub fn of_file_name(
        kinds: &[&'static Self],
        name: &str,
    ) -> Option<(&'static Self, Option<Date>)> {
        kinds.iter().find_map(|kind| {
            let stem = name
                .strip_suffix(kind.file.format.extension())?
                .strip_suffix('.')?
                .strip_prefix(kind.file.stem)?;
            match kind.file.period {
                Period::Ever => stem.is_empty().then_some((*kind, None)),
                Period::Day => {
                    let date = Date::parse(stem.strip_prefix('-')?)?;
                    Some((*kind, Some(date)))
                }
            }
        })
    }
}

impl Format {
    /// The end of the name, behind its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv { .. } => "csv",
        }
    }
}

impl From {
    /// The attribute that it reads, if it reads one.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Attribute(key) | Self::AttributeIf(key, _) | Self::Length(key) => Some(key),
            Self::Calls(_) | Self::Ran(_) | Self::Time | Self::Zero => None,
        }
    }
}

impl Field {
    /// The attributes that it comes from.
    pub fn attributes(&self) -> impl Iterator<Item = &'static str> {
        self.from.iter().filter_map(|from| from.attribute())
    }

    /// A field that says nothing yet; descriptions are written as what differs from it.
    pub const BLANK: Self = Self {
        key: "",
        lead: "",
        about: "",
        of: Type::Name,
        presence: Presence::Known,
        from: &[],
        default: Default::Absent,
        aliases: &[],
        columns: &[],
        stands_for: None,
        missing: "",
    };

    /// Whether the field is written.
    pub fn is_written(&self) -> bool {
        self.presence != Presence::ReadOnly
    }
}

// A kind is known by its name.

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.name == other.name
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl PartialOrd for Kind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kind {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name.cmp(other.name)
    }
}
