//! One part of a ticket's story: what becomes one record, or one line of a log, and what the same looks like as spans.

use secspan_records::facts::UnixNanos;
use secspan_records::record::Record;
use secspan_records::timestamp::Timestamp;

use crate::span::{self, SampleSpan};
use crate::story::{Story, timestamp};

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
    /// The ticket is open when the sample ends; told as of its enrichment.
    StillOpen,
    /// The service level of the ticket was nearly used up.
    Warning,
    /// The service level of the ticket was used up.
    Violation,
    /// A reviewer was not told about a review.
    Untold,
}

/// What a part of a story becomes.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A record.
    Record(Record<'static>),
    /// A line of `sla-alerts.log`.
    Alert(Alert),
    /// A line of `notification-failures.log`.
    Untold(Untold),
}

/// An alert about a service level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// When it was raised.
    pub at: Timestamp,
    /// The ticket.
    pub ticket: String,
    /// Whether the service level is used up, not only nearly.
    pub violated: bool,
    /// Who was told.
    pub recipient: &'static str,
}

/// A notification that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// When it failed.
    pub at: Timestamp,
    /// The ticket that it was about.
    pub ticket: String,
    /// Who was to be told.
    pub reviewer: &'static str,
    /// Whether it was a mail, not a message.
    pub by_mail: bool,
    /// What went wrong.
    pub error: &'static str,
}

/// A part of a ticket's story that happened before the sample ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    story: Story,
    kind: Kind,
    at: u64,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Enrichment,
        Self::Decision,
        Self::Review,
        Self::Closing,
        Self::StillOpen,
        Self::Warning,
        Self::Violation,
        Self::Untold,
    ];
}

impl Episode {
    pub(crate) fn new(story: Story, kind: Kind, at: u64) -> Self {
        Self { story, kind, at }
    }

    /// What kind of part it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When it was over.
    pub fn at(&self) -> UnixNanos {
        UnixNanos(self.at)
    }

    /// What it becomes; `None` for a part that its story does not have.
    pub fn content(&self) -> Option<Content> {
        let at = timestamp(self.at);
        Some(match self.kind {
            Kind::Warning | Kind::Violation => Content::Alert(Alert {
                at,
                ticket: self.story.ticket(),
                violated: self.kind == Kind::Violation,
                recipient: self.story.enrichment.analyst.name,
            }),
            Kind::Untold => Content::Untold(self.story.untold(at)),
            kind => Content::Record(self.story.record(kind)?),
        })
    }

    /// The spans that a collector turns into the same record; the first one is the parent of the others. None for what
    /// no application would say: logs are written by whoever sends messages, open tickets are exported.
    pub fn spans(&self) -> Vec<SampleSpan> {
        span::of(&self.story, self.kind)
    }
}
