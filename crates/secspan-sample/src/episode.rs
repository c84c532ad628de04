//! One part of a ticket's story: what becomes one record in a file, and what the same looks like as spans.

use secspan_records::facts::UnixNanos;
use secspan_records::record::Record;
use secspan_records::score::ValueError;

use crate::span::{self, SampleSpan};
use crate::story::Story;

/// What kind of part it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The ticket was enriched.
    Enrichment,
    /// It was decided whether the enrichment is reviewed.
    Decision,
    /// The enrichment was reviewed.
    Review,
    /// The ticket was closed.
    Closing,
}

/// A part of a ticket's story that happened before the sample ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    story: Story,
    kind: Kind,
    at: u64,
}

impl Kind {
    /// Every kind, in the order in which they happen to a ticket.
    pub const ALL: [Self; 4] = [
        Self::Enrichment,
        Self::Decision,
        Self::Review,
        Self::Closing,
    ];
}

impl Episode {
    pub(crate) fn new(story: Story, kind: Kind) -> Option<Self> {
        let at = story.end_of(kind)?;
        Some(Self { story, kind, at })
    }

    /// What kind of part it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When it was over.
    pub fn at(&self) -> UnixNanos {
        UnixNanos(self.at)
    }

    /// The record that it becomes.
    ///
    /// # Errors
    /// When a made-up value is out of its range, which is a defect of this crate.
    pub fn record(&self) -> Result<Record, ValueError> {
        // An episode is only made of a part that is there.
        self.story
            .record(self.kind)
            .unwrap_or(Err(ValueError::Long { bytes: 0 }))
    }

    /// The spans that a collector turns into the same record; the first one is the parent of the others.
    pub fn spans(&self) -> Vec<SampleSpan> {
        span::of(&self.story, self.kind)
    }
}
