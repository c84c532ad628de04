//! A document for a terminal: aligned tables, bars and sparklines, within a width.
//!
//! Nothing is cut off: what does not fit is wrapped, and a table that does not fit even so turns into a list of its rows.
//! Colour says nothing that words do not say as well.

mod chart;
mod paint;
mod table;
mod width;

use std::borrow::Cow;

use self::paint::{Ink, Paint};
use super::{headline, source, value};
use crate::document::{Block, Chart, Document, Level, Note, Section};

/// The narrowest width that is kept; a terminal that claims less is not believed.
pub const WIDTH_MIN: usize = 40;

/// The width where nothing is known about the terminal.
pub const WIDTH_DEFAULT: usize = 100;

/// How text is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal; `None` never wraps, for files and pipes.
    pub width: Option<usize>,
    /// Whether to use colours, as ANSI sequences.
    pub colour: bool,
    /// Which characters lines and bars are drawn with. Names are printed as they are.
    pub characters: Characters,
}

/// Which characters lines and bars are drawn with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Characters {
    /// Box and block characters.
    #[default]
    Unicode,
    /// ASCII alone.
    Ascii,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            width: Some(WIDTH_DEFAULT),
            colour: false,
            characters: Characters::Unicode,
        }
    }
}

/// The document as text.
pub fn render(document: &Document, style: &Style) -> String {
    let mut page = Page::new(style);
    page.title(&document.title);
    if let Some(period) = document.period {
        page.line(&period.to_string());
    }
    if let Some(why) = document.no_data() {
        page.blank();
        page.note(&Note::no_data(why));
    }
    let headline = headline::blocks(document);
    if !headline.is_empty() {
        page.blank();
        page.blocks(&headline);
    }
    for section in &document.sections {
        page.section(section);
    }
    page.section(&source::section(&document.source));
    page.text
}

/// Charts alone, without colour: what Markdown puts between fences.
pub(super) fn chart(chart: &Chart, width: usize) -> Vec<String> {
    chart::lines(chart, width, Characters::Unicode)
}

/// Columns that a line takes in a terminal.
#[cfg(test)]
pub(super) fn columns(line: &str) -> usize {
    width::of(line)
}

/// The text so far.
struct Page {
    text: String,
    paint: Paint,
    width: usize,
    characters: Characters,
}

impl Page {
    fn new(style: &Style) -> Self {
        Self {
            text: String::new(),
            paint: Paint::new(style.colour),
            width: style.width.map_or(usize::MAX, |width| width.max(WIDTH_MIN)),
            characters: style.characters,
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn title(&mut self, title: &str) {
        let rule = match self.characters {
            Characters::Unicode => '\u{2550}',
            Characters::Ascii => '=',
        };
        self.heading(title, rule);
    }

    /// Words with a line under them.
    fn heading(&mut self, words: &str, rule: char) {
        let words = value::visible(words);
        for part in width::wrap(&words, self.width) {
            let under: String = std::iter::repeat_n(rule, width::of(&part)).collect();
            let part = self.paint.apply(Ink::Heading, &part).into_owned();
            self.line(&part);
            let under = self.paint.apply(Ink::Faint, &under).into_owned();
            self.line(&under);
        }
    }

    fn section(&mut self, section: &Section) {
        self.blank();
        let rule = match self.characters {
            Characters::Unicode => '\u{2500}',
            Characters::Ascii => '-',
        };
        self.heading(&section.title, rule);
        self.blocks(&section.blocks);
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for (index, block) in blocks.iter().enumerate() {
            let after_note = index
                .checked_sub(1)
                .and_then(|before| blocks.get(before))
                .is_some_and(|before| matches!(before, Block::Note(_)));
            match block {
                Block::Note(note) => {
                    if index > 0 && !after_note {
                        self.blank();
                    }
                    self.note(note);
                }
                Block::Table(table) => {
                    if index > 0 {
                        self.blank();
                    }
                    for line in table::lines(table, self.width, self.paint, self.characters) {
                        self.line(&line);
                    }
                }
                Block::Chart(chart) => {
                    if index > 0 {
                        self.blank();
                    }
                    for line in chart::lines(chart, self.width.min(WIDTH_DEFAULT), self.characters)
                    {
                        self.line(&line);
                    }
                }
            }
        }
    }

    fn note(&mut self, note: &Note) {
        let text = value::visible(&note.text);
        let (words, ink) = match value::level(note.level) {
            Some(level) => (Cow::Owned(format!("{level}: {text}")), ink(note.level)),
            None => (text, Ink::Plain),
        };
        for line in width::wrap(&words, self.width) {
            let line = self.paint.apply(ink, &line).into_owned();
            self.line(&line);
        }
    }
}

fn ink(level: Level) -> Ink {
    match level {
        Level::NoData | Level::Warning => Ink::Warning,
        Level::Good => Ink::Good,
        Level::Info => Ink::Plain,
    }
}
