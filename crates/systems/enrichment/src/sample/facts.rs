//! What happened to one ticket, as plain data: records and spans are functions of it.

use secspan_records::facts::{SpanId, TraceId};
use secspan_records::origin::Identity;
use secspan_records::timestamp::Timestamp;
use secspan_sample::random::{Purpose, Random};
use secspan_sample::work::second;

use super::enrichment::Enrichment;
use super::finding::Finding;
use super::review::Review;
use crate::grade::Investigation;
use crate::sampling::SamplingRule;

/// Number of the first ticket.
const TICKET_FIRST: u64 = 1001;

/// What can happen to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Part {
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

/// Everything that happens to one ticket, whether the sample lasts long enough to see it or not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Facts {
    pub(super) seed: u64,
    pub(super) number: u64,
    pub(super) finding: Finding,
    pub(super) enrichment: Enrichment,
    /// When it was decided whether to review, in nanoseconds since 1970.
    pub(super) decided: u64,
    /// Whether the enrichment is reviewed.
    pub(super) required: bool,
    pub(super) review: Option<Review>,
    /// When the ticket was closed, in nanoseconds since 1970; `None` when it never is.
    pub(super) closed: Option<u64>,
}

impl Part {
    /// Everything.
    pub(super) const ALL: [Self; 8] = [
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

impl Facts {
    /// The name of the ticket.
    pub(super) fn ticket(&self) -> String {
        name(self.number)
    }

    /// When the enrichment was complete.
    pub(super) fn enriched_at(&self) -> Timestamp {
        timestamp(self.enrichment.end)
    }

    /// Trace and span of a part of it.
    pub(super) fn identity(&self, part: Part) -> Identity {
        let mut ids = self.ids(part);
        let (high, low) = (ids.bits() | 1, ids.bits());
        let trace = u128::from(high) << 64 | u128::from(low);
        Identity {
            trace: TraceId(trace.to_be_bytes()),
            span: self.span_id(part, 0),
        }
    }

    /// The id of the `at`th span of a part of it; 0 is its first span.
    pub(super) fn span_id(&self, part: Part, at: u64) -> SpanId {
        let mut ids = Random::new(self.ids(part).bits(), Purpose::IDS, at);
        SpanId((ids.bits() | 1).to_be_bytes())
    }

    fn ids(&self, part: Part) -> Random {
        Random::new(
            self.seed,
            Purpose::IDS,
            self.number * Part::ALL.len() as u64 + part as u64,
        )
    }

    /// What a review of it is a review of.
    pub(super) fn investigation(&self) -> Investigation {
        if self.finding.vulnerability.is_some() {
            Investigation::Cve
        } else {
            Investigation::Event
        }
    }

    /// Why the enrichment is, or is not, reviewed.
    pub(super) fn reason(&self) -> String {
        SamplingRule::with_seed(self.seed).reason(self.finding.priority, self.required)
    }

    /// Who is to review.
    pub(super) fn assigned(&self) -> Option<&'static str> {
        self.review.as_ref().map(|review| review.reviewer.name)
    }
}

/// The name of a ticket.
pub(super) fn name(number: u64) -> String {
    format!("OPS-{}", TICKET_FIRST + number)
}

/// The second in which a moment lies.
pub(super) fn timestamp(nanos: u64) -> Timestamp {
    Timestamp::from_unix_seconds(i64::try_from(second(nanos)).unwrap_or(0))
}
