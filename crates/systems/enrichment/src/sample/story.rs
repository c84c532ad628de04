//! The story of one ticket: enriched, chosen for a review or not, reviewed, closed. A pure function of seed and number.

use secspan_sample::calendar::{Calendar, DAY_SECONDS, HOUR_SECONDS, SECOND_NANOS};
use secspan_sample::random::{Purpose, Random, whole};
use secspan_sample::sample::Settings;
use secspan_sample::work::{millis, second};

use super::enrichment::Enrichment;
use super::facts::{Facts, Part, name};
use super::finding::Finding;
use super::purpose;
use super::review::Review;
use super::team::Team;
use crate::sampling::SamplingRule;
use crate::service_level::ServiceLevels;
use crate::terms::Priority;

/// Seconds in a year, near enough to say which year a vulnerability is of.
const YEAR_SECONDS: u64 = 31_556_952;

/// Share of notifications that do not arrive.
const UNTOLD: f64 = 0.015;

/// What all stories have in common: a team, its days, and what it promises.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) settings: Settings,
    pub(super) calendar: Calendar,
    pub(super) team: Team,
    pub(super) levels: ServiceLevels,
    /// The midnight after the last day, in nanoseconds since 1970.
    pub(super) end: u64,
}

impl Scene {
    /// What happens to the ticket with this number, whether the sample lasts long enough to see it or not.
    pub(super) fn story(&self, number: u64) -> Facts {
        let Settings { seed, records, .. } = self.settings;
        let mut random = Random::new(seed, Purpose::START, number);
        let start = self.calendar.start_nanos(number, records, &mut random);
        let mut random = Random::new(seed, purpose::TICKET, number);
        let year = 1970 + second(start) / YEAR_SECONDS;
        let finding = Finding::new(seed, records, year, &mut random);
        let analyst = self.team.analyst(&mut random);
        let progress = number as f64 / records as f64;
        let enrichment = Enrichment::new(seed, number, &finding, analyst, (start, progress));
        let decided = enrichment.end + millis(random.between(400, 9_000));
        // Its seed is that of the sample, so that a report can replay the decisions.
        let rule = SamplingRule::with_seed(seed);
        let required = rule.requires(&name(number), finding.priority);
        let reviewer = self.team.reviewer(&mut random);
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
        Facts {
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

    /// When a part of the story was over, in nanoseconds since 1970; `None` when there is no such part.
    pub(super) fn end_of(&self, facts: &Facts, part: Part) -> Option<u64> {
        let open_at = |at: u64| facts.closed.is_none_or(|closed| closed > at);
        let target = || self.levels.target(facts.finding.priority);
        let after = |seconds: u64| {
            let at = facts.enrichment.end + seconds * SECOND_NANOS;
            Some(at).filter(|at| open_at(*at))
        };
        match part {
            Part::Enrichment => Some(facts.enrichment.end),
            Part::Decision => Some(facts.decided),
            Part::Review => facts.review.as_ref().map(|review| review.end),
            Part::Closing => facts.closed,
            Part::StillOpen => self
                .settings
                .open
                .then_some(facts.enrichment.end)
                .filter(|_| open_at(self.end)),
            Part::Warning => after(target()?.warning_seconds),
            Part::Violation => after(target()?.limit_seconds),
            Part::Untold => {
                let mut random = Random::new(facts.seed, purpose::MESSAGE, facts.number);
                let fails = facts.required && random.chance(UNTOLD);
                fails.then(|| facts.decided + millis(random.between(800, 12_000)))
            }
        }
    }
}

/// When the ticket is closed: mostly within its service level, never before its review, and now and then not at all.
fn closing(
    seed: u64,
    number: u64,
    priority: Priority,
    enriched: u64,
    review: Option<&Review>,
) -> Option<u64> {
    let mut random = Random::new(seed, purpose::CLOSING, number);
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
