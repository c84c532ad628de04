//! What a report is: its description, which programs build their commands from, and the frame around its numbers.
//!
//! A system lists its reports as [`ReportDef`]s and implements [`Report`] for each. The frame, [`Accumulator`], does what every
//! report needs: the dates that were asked for, the period of the facts, the records that no section uses.

use std::any::Any;
use std::fmt;

use secspan_records::kind::Kind;
use secspan_records::record::Record;
use secspan_records::timestamp::Timestamp;

use crate::choices::{Choices, Invalid, OptionDef};
use crate::document::{Block, Document, Note, Section, Source};
use crate::headline::Headline;
use crate::period::Span;
use crate::statistics::Merge;

/// A report, as the inventory lists it.
#[derive(Clone, Copy, Debug)]
pub struct ReportDef {
    /// Its name on the command line, and its key in documents.
    pub name: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// The question that it answers, in a few words.
    pub about: &'static str,
    /// How it is asked for: what follows its name on the command line, and what that does.
    pub examples: &'static [(&'static str, &'static str)],
    /// The kinds of records that it reads.
    pub reads: &'static [&'static Kind],
    /// Those of them that count before the first date that is asked for, too: they say when something began that ended
    /// within the dates.
    pub reads_before: &'static [&'static Kind],
    /// What a user may choose.
    pub options: &'static [&'static OptionDef],
    /// Starts it with what was chosen.
    ///
    /// # Errors
    /// When what was chosen cannot be, although each value is allowed by itself.
    pub new: fn(&Choices) -> Result<Box<dyn AnyReport>, Invalid>,
}

/// What a record is to a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// One of the facts that the report is about, at this moment.
    Fact(Timestamp),
    /// Something that the facts are compared with.
    Beside,
    /// Nothing: its kind is not used.
    None,
}

/// What a report says within its frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// The answer; none without facts.
    pub headline: Option<Headline>,
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// What one report knows. The empty value of a report is the one that its [`ReportDef::new`] makes.
pub trait Report: Clone + fmt::Debug + Merge + Send + Sync + 'static {
    /// Takes a record into account and says what it was.
    fn add(&mut self, record: &Record<'_>) -> Use;

    /// What it says; `facts` says from when to when there are facts, and `source` may be added to. Without facts there is no
    /// headline, and every section says why it is empty.
    fn body(self, facts: &Span, source: &mut Source) -> Body;
}

/// A [`Report`] whose type is not known.
pub trait AnyReport: Any + fmt::Debug + Send + Sync {
    /// As [`Report::add`].
    fn add(&mut self, record: &Record<'_>) -> Use;

    /// The same as this one.
    fn duplicate(&self) -> Box<dyn AnyReport>;

    /// Takes over what another part of the same report knows; of another report there is nothing to take.
    fn merge(&mut self, other: Box<dyn AnyReport>);

    /// As [`Report::body`].
    fn body(self: Box<Self>, facts: &Span, source: &mut Source) -> Body;
}

impl<R: Report> AnyReport for R {
    fn add(&mut self, record: &Record<'_>) -> Use {
        Report::add(self, record)
    }

    fn duplicate(&self) -> Box<dyn AnyReport> {
        Box::new(self.clone())
    }

    fn merge(&mut self, other: Box<dyn AnyReport>) {
        let other: Box<dyn Any> = other;
        let other = other.downcast::<R>();
        debug_assert!(other.is_ok(), "parts of one report are merged");
        if let Ok(other) = other {
            Merge::merge(self, *other);
        }
    }

    fn body(self: Box<Self>, facts: &Span, source: &mut Source) -> Body {
        Report::body(*self, facts, source)
    }
}

/// A report that is being computed, or a part of it.
#[derive(Debug)]
pub struct Accumulator {
    def: &'static ReportDef,
    report: Box<dyn AnyReport>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    facts: Span,
    other_records: u64,
    outside_period: u64,
}

impl Accumulator {
    /// Starts a report.
    ///
    /// # Errors
    /// When what was chosen cannot be.
    pub fn new(def: &'static ReportDef, choices: &Choices) -> Result<Self, Invalid> {
        Ok(Self {
            from: choices.from,
            to: choices.to,
            ..Self::of(def, (def.new)(choices)?)
        })
    }

    /// Starts a report that was made in another way than by what a user chose.
    pub fn of(def: &'static ReportDef, report: Box<dyn AnyReport>) -> Self {
        Self {
            def,
            report,
            from: None,
            to: None,
            facts: Span::default(),
            other_records: 0,
            outside_period: 0,
        }
    }

    /// Another part of the same report, to be merged later. Made from one that nothing was added to, it knows nothing.
    #[must_use]
    pub fn part(&self) -> Self {
        Self {
            report: self.report.duplicate(),
            ..*self
        }
    }

    /// Takes a record into account.
    pub fn add(&mut self, record: &Record<'_>) {
        if !self.is_within(record) {
            self.outside_period += 1;
            return;
        }
        match self.report.add(record) {
            Use::Fact(at) => {
                self.facts.add(at);
            }
            Use::Beside => {}
            Use::None => self.other_records += 1,
        }
    }

    /// Whether a record lies within the dates that were asked for.
    fn is_within(&self, record: &Record<'_>) -> bool {
        if self.from.is_none() && self.to.is_none() {
            return true;
        }
        let at = record.completed_at();
        let early = self.from.is_some_and(|from| at < from);
        (!early || self.def.reads_before.contains(&record.kind()))
            && self.to.is_none_or(|to| at <= to)
    }

    /// Takes over what another part of the same report knows.
    pub fn merge(&mut self, other: Self) {
        self.report.merge(other.report);
        self.facts.merge(other.facts);
        self.other_records += other.other_records;
        self.outside_period += other.outside_period;
    }

    /// The report; what it did not use is added to what `source` counts.
    pub fn finish(self, mut source: Source) -> Document {
        source.other_records += self.other_records;
        source.outside_period += self.outside_period;
        let Body { headline, sections } = self.report.body(&self.facts, &mut source);
        Document {
            key: self.def.name,
            title: self.def.title.to_owned(),
            period: self.facts.period(),
            headline,
            source,
            sections,
        }
    }
}

/// The keys and titles of a report's sections, in order.
#[derive(Clone, Copy, Debug)]
pub struct Outline(pub &'static [(&'static str, &'static str)]);

impl Outline {
    /// A section by its key.
    pub fn section(self, key: &'static str, blocks: Vec<Block>) -> Section {
        let title = self.0.iter().find(|(known, _)| *known == key);
        Section {
            key,
            title: title.map_or(key, |(_, title)| title).to_owned(),
            blocks,
        }
    }

    /// Every section without facts, and why.
    pub fn empty(self, why: &str) -> Body {
        let keys = self.0.iter().map(|(key, _)| *key);
        let sections = keys.map(|key| self.section(key, vec![Note::no_data(why).into()]));
        Body {
            headline: None,
            sections: sections.collect(),
        }
    }
}
