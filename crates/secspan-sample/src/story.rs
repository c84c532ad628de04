//! The story of one ticket: enriched, chosen for a review or not, reviewed, closed. A pure function of seed and number.

use std::borrow::Cow;

use secspan_enrichment::decision::Decision;
use secspan_enrichment::grade::Investigation;
use secspan_enrichment::sampling::SamplingRule;
use secspan_enrichment::terms::Priority;
use secspan_enrichment::ticket::Ticket;
use secspan_records::facts::{SpanId, TraceId, UnixNanos};
use secspan_records::origin::{Identity, Origin};
use secspan_records::record::Record;
use secspan_records::timestamp::{MicroTimestamp, Timestamp};

use crate::calendar::{DAY_SECONDS, HOUR_SECONDS, SECOND_NANOS};
use crate::enrichment::Enrichment;
use crate::episode::{Kind, Untold};
use crate::finding::Finding;
use crate::random::{Purpose, Random, whole};
use crate::review::Review;
use crate::work::{millis, second};
use crate::world::World;

/// Number of the first ticket.
const TICKET_FIRST: u64 = 1001;

/// Seconds in a year, near enough to say which year a vulnerability is of.
const YEAR_SECONDS: u64 = 31_556_952;

/// Share of notifications that do not arrive.
const UNTOLD: f64 = 0.015;

const MAIL_ERRORS: [&str; 3] = [
    "timed out after 30 s",
    "451 4.7.1 try again later",
    "550 5.1.1 no such user | check the address",
];

const MESSAGE_ERRORS: [&str; 3] = [
    "HTTP 503 from webhook",
    "HTTP 429 from webhook",
    "channel_not_found",
];

/// Everything that happens to one ticket, whether the sample lasts long enough to see it or not.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Story {
    seed: u64,
    number: u64,
    pub(crate) finding: Finding,
    pub(crate) enrichment: Enrichment,
    /// When it was decided whether to review, in nanoseconds since 1970.
    pub(crate) decided: u64,
    /// Whether the enrichment is reviewed.
    pub(crate) required: bool,
    pub(crate) review: Option<Review>,
    /// When the ticket was closed, in nanoseconds since 1970; `None` when it never is.
    pub(crate) closed: Option<u64>,
}

impl Story {
    pub(crate) fn new(world: &World, number: u64) -> Self {
        let seed = world.seed();
        let mut random = Random::new(seed, Purpose::Start, number);
        let start = world
            .calendar()
            .start_nanos(number, world.records(), &mut random);
        let mut random = Random::new(seed, Purpose::Ticket, number);
        let year = 1970 + second(start) / YEAR_SECONDS;
        let finding = Finding::new(seed, world.records(), year, &mut random);
        let analyst = world.team().analyst(&mut random);
        let progress = number as f64 / world.records() as f64;
        let enrichment = Enrichment::new(seed, number, &finding, analyst, (start, progress));
        let decided = enrichment.end + millis(random.between(400, 9_000));
        let required = world.sampling().requires(&name(number), finding.priority);
        let reviewer = world.team().reviewer(&mut random);
        let review = required.then(|| {
            Review::new(
                seed,
                number,
                finding.priority,
                &enrichment,
                (reviewer, decided),
            )
        });
        let closed = closing(
            seed,
            number,
            finding.priority,
            enrichment.end,
            review.as_ref(),
        );
        Self {
            seed,
            number,
            finding,
            enrichment,
            decided,
            required,
            review,
            closed,
        }
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The name of the ticket.
    pub(crate) fn ticket(&self) -> String {
        name(self.number)
    }

    /// When the enrichment was complete.
    pub(crate) fn enriched_at(&self) -> Timestamp {
        timestamp(self.enrichment.end)
    }

    /// When a part of the story was over, in nanoseconds since 1970; `None` when there is no such part.
    pub(crate) fn end_of(&self, kind: Kind, world: &World) -> Option<u64> {
        let open_at = |at: u64| self.closed.is_none_or(|closed| closed > at);
        let target = || world.levels().target(self.finding.priority);
        let after = |seconds: u64| {
            let at = self.enrichment.end + seconds * SECOND_NANOS;
            Some(at).filter(|at| open_at(*at))
        };
        match kind {
            Kind::Enrichment => Some(self.enrichment.end),
            Kind::Decision => Some(self.decided),
            Kind::Review => self.review.as_ref().map(|review| review.end),
            Kind::Closing => self.closed,
            Kind::StillOpen => world
                .has_open_tickets()
                .then_some(self.enrichment.end)
                .filter(|_| open_at(world.end())),
            Kind::Warning => after(target()?.warning_seconds),
            Kind::Violation => after(target()?.limit_seconds),
            Kind::Untold => {
                let mut random = Random::new(self.seed, Purpose::Message, self.number);
                let fails = self.required && random.chance(UNTOLD);
                fails.then(|| self.decided + millis(random.between(800, 12_000)))
            }
        }
    }

    /// What is told of a notification that did not arrive.
    pub(crate) fn untold(&self, at: Timestamp) -> Untold {
        let mut random = Random::new(self.seed, Purpose::Message, self.number);
        let by_mail = random.bits() & 1 == 0;
        let errors = if by_mail { MAIL_ERRORS } else { MESSAGE_ERRORS };
        let error = errors.into_iter().zip(0..);
        let drawn = random.below(errors.len() as u64);
        Untold {
            at,
            ticket: self.ticket(),
            reviewer: self.assigned().unwrap_or_default(),
            by_mail,
            error: error
                .filter(|(_, at)| *at == drawn)
                .map(|(error, _)| error)
                .next()
                .unwrap_or_default(),
        }
    }

    /// Trace and span of a part of the story.
    pub(crate) fn identity(&self, kind: Kind) -> Identity {
        let mut ids = self.ids(kind);
        let (high, low) = (ids.bits() | 1, ids.bits());
        let trace = u128::from(high) << 64 | u128::from(low);
        Identity {
            trace: TraceId(trace.to_be_bytes()),
            span: self.span_id(kind, 0),
        }
    }

    /// The id of the `at`th span of a part of the story; 0 is its first span.
    pub(crate) fn span_id(&self, kind: Kind, at: u64) -> SpanId {
        let mut ids = Random::new(self.ids(kind).bits(), Purpose::Ids, at);
        SpanId((ids.bits() | 1).to_be_bytes())
    }

    fn ids(&self, kind: Kind) -> Random {
        Random::new(
            self.seed,
            Purpose::Ids,
            self.number * Kind::ALL.len() as u64 + kind as u64,
        )
    }

    /// The record that a part of the story becomes; `None` for a part that it does not have.
    pub(crate) fn record(&self, kind: Kind) -> Option<Record<'static>> {
        let identity = self.identity(kind);
        match (kind, &self.review) {
            (Kind::Enrichment, _) => Some(self.enrichment.record(self, identity)),
            (Kind::Review, Some(review)) => review.record(self, identity),
            (Kind::Decision, _) => Some(self.decision(identity)),
            (Kind::Closing, _) => {
                let closed = self.closed.map(timestamp);
                Some(self.closing(Some(identity), closed))
            }
            // Whoever exports tickets knows nothing of traces.
            (Kind::StillOpen, _) => Some(self.closing(None, None)),
            (Kind::Review | Kind::Warning | Kind::Violation | Kind::Untold, _) => None,
        }
    }

    fn decision(&self, identity: Identity) -> Record<'static> {
        Decision {
            ticket: Cow::Owned(self.ticket()),
            priority: self.finding.priority,
            required: self.required,
            reason: Cow::Owned(self.reason()),
            decided_at: MicroTimestamp::from_nanos(UnixNanos(self.decided)),
            reviewer: self.assigned().map(Cow::Borrowed),
            origin: Origin {
                identity: Some(identity),
                ..Origin::default()
            },
        }
        .into_record()
    }

    fn closing(&self, identity: Option<Identity>, closed_at: Option<Timestamp>) -> Record<'static> {
        Ticket {
            ticket: Cow::Owned(self.ticket()),
            priority: self.finding.priority,
            enriched_at: Some(self.enriched_at()),
            closed_at,
            origin: Origin {
                identity,
                ..Origin::default()
            },
        }
        .into_record()
    }

    /// What a review of it is a review of.
    pub(crate) fn investigation(&self) -> Investigation {
        if self.finding.vulnerability.is_some() {
            Investigation::Cve
        } else {
            Investigation::Event
        }
    }

    /// Why the enrichment is, or is not, reviewed.
    pub(crate) fn reason(&self) -> String {
        SamplingRule::with_seed(self.seed).reason(self.finding.priority, self.required)
    }

    /// Who is to review.
    pub(crate) fn assigned(&self) -> Option<&'static str> {
        self.review.as_ref().map(|review| review.reviewer.name)
    }
}

fn name(number: u64) -> String {
    format!("OPS-{}", TICKET_FIRST + number)
}

/// The second in which a moment lies.
pub(crate) fn timestamp(nanos: u64) -> Timestamp {
    Timestamp::from_unix_seconds(i64::try_from(second(nanos)).unwrap_or(0))
}

/// When the ticket is closed: mostly within its service level, never before its review, and now and then not at all.
fn closing(
    seed: u64,
    number: u64,
    priority: Priority,
    enriched: u64,
    review: Option<&Review>,
) -> Option<u64> {
    let mut random = Random::new(seed, Purpose::Closing, number);
    let (median_hours, spread) = match priority {
        Priority::P1 => (9.0, 0.6),
        Priority::P2 => (70.0, 0.55),
        Priority::P3 => (300.0, 0.5),
        Priority::P4 => (900.0, 0.5),
        Priority::P5 => (1200.0, 0.6),
    };
    if random.chance(0.01) {
        return None;
    }
    let hours = median_hours * random.log_normal(spread);
    let after = enriched + whole(hours * HOUR_SECONDS as f64) * SECOND_NANOS;
    let reviewed = review.map_or(0, |review| {
        review.end + random.below(DAY_SECONDS / 12) * SECOND_NANOS
    });
    Some(after.max(reviewed) + random.below(SECOND_NANOS))
}
