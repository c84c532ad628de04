//! A part of a ticket's story that happened before the sample ends.

use secspan_records::spans::Span;
use secspan_sample::sample::{Content, Moment};

use super::facts::{Facts, Part, timestamp};
use super::{logs, records, spans};

/// A part of a story, and when it was over, in nanoseconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Episode {
    pub(super) facts: Facts,
    pub(super) part: Part,
    pub(super) at: u64,
}

impl Moment for Episode {
    fn content(&self) -> Option<Content> {
        let at = timestamp(self.at);
        Some(match self.part {
            Part::Warning | Part::Violation => {
                logs::alert(&self.facts, at, self.part == Part::Violation)
            }
            Part::Untold => logs::failure(&self.facts, at),
            part => Content::Record(records::record(&self.facts, part)?),
        })
    }

    fn spans(&self) -> Vec<Span> {
        spans::of(&self.facts, self.part)
    }

    fn is_work(&self) -> bool {
        self.part == Part::Enrichment
    }
}
