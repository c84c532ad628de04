//! One review of a finished enrichment: seven stages, a score from eight weighted dimensions, and what was found wanting.

use secspan_records::timestamp::Timestamp;
use secspan_sample::calendar::{HOUR_SECONDS, SECOND_NANOS, in_working_hours};
use secspan_sample::people::Person;
use secspan_sample::random::{Random, whole};
use secspan_sample::work::{Course, Stretch, millis, second};

use super::enrichment::Enrichment;
use super::purpose;
use crate::terms::Priority;

/// How many stages a review has.
pub(super) const STAGES: usize = 7;

/// Index of the stage in which facts are verified.
const FACT_VERIFICATION: usize = 4;

/// What each stage usually takes, in seconds: together 15 to 20 minutes.
const USUAL_SECONDS: [f64; STAGES] = [95.0, 310.0, 150.0, 85.0, 190.0, 120.0, 55.0];

/// Weights of technical accuracy, completeness, actionability, contextualization, documentation, attack mapping, bias and
/// citation, in percent.
const WEIGHTS: [u64; 8] = [25, 20, 15, 15, 10, 5, 5, 5];

/// No review waits longer than this, in hours, before the next working day.
const WAIT_HOURS_MAX: f64 = 240.0;

/// A review as it happened.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Review {
    pub(super) reviewer: Person,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) stages: [Option<Stretch>; STAGES],
    /// A hundred times the score.
    points: u64,
    pub(super) critical: u64,
    pub(super) significant: u64,
    pub(super) minor: u64,
    pub(super) accuracy: Option<u64>,
}

impl Review {
    /// The review that was asked for at `decided`, in nanoseconds since 1970.
    pub(super) fn new(
        seed: u64,
        number: u64,
        priority: Priority,
        enrichment: &Enrichment,
        (reviewer, decided): (Person, u64),
    ) -> Self {
        let mut random = Random::new(seed, purpose::REVIEW, number);
        let start = begin(priority, decided, &mut random);
        let urgent = matches!(priority, Priority::P1 | Priority::P2);
        let verifies = urgent || random.chance(0.3);
        let mut course = Course { now: start };
        course.rest(3, &mut random);
        let mut stages = [None; STAGES];
        for (at, (seconds, place)) in USUAL_SECONDS.into_iter().zip(&mut stages).enumerate() {
            if at != FACT_VERIFICATION || verifies {
                *place = Some(course.stage(seconds, reviewer.pace, 0, &mut random));
            }
        }
        let last = stages.iter().flatten().map(|stage| stage.end).max();
        let (points, accuracy) = grade(enrichment, &mut random);
        let (critical, significant, minor) = issues(points, &mut random);
        Self {
            reviewer,
            start,
            end: last.unwrap_or(start) + millis(random.between(2, 60)),
            stages,
            points,
            critical,
            significant,
            minor,
            accuracy: verifies.then_some(accuracy),
        }
    }

    /// The overall score, 0 to 100.
    pub(super) fn score(&self) -> f64 {
        self.points as f64 / 100.0
    }

    /// Whether facts were verified.
    pub(super) fn verified_facts(&self) -> bool {
        self.accuracy.is_some()
    }

    pub(super) fn completed_at(&self) -> Timestamp {
        Timestamp::from_unix_seconds(i64::try_from(second(self.end)).unwrap_or(0))
    }
}

/// When the review begins: urgent ones soon, all in the hours in which reviewers work.
fn begin(priority: Priority, decided: u64, random: &mut Random) -> u64 {
    let median_hours = match priority {
        Priority::P1 => 1.5,
        Priority::P2 => 5.0,
        _ => 26.0,
    };
    let hours = (median_hours * random.log_normal(0.7)).min(WAIT_HOURS_MAX);
    let waited = second(decided) + whole(hours * HOUR_SECONDS as f64);
    in_working_hours(waited, random) * SECOND_NANOS + random.below(SECOND_NANOS)
}

/// A hundred times the score, and the accuracy in percent. Who works faster than usual is a little less thorough.
fn grade(enrichment: &Enrichment, random: &mut Random) -> (u64, u64) {
    let hurry =
        (enrichment.slowness.min(1.6) - 1.0) * 9.0 + (enrichment.analyst.pace - 1.05) * 12.0;
    let level = enrichment.analyst.skill + hurry + random.normal() * 6.5;
    let mut accuracy = 0;
    let mut points = 0;
    for (at, weight) in WEIGHTS.into_iter().enumerate() {
        let dimension = whole((level + random.normal() * 7.0).clamp(20.0, 100.0));
        points += weight * dimension;
        if at == 0 {
            accuracy = dimension.midpoint(100);
        }
    }
    (points, accuracy)
}

/// Critical issues, significant gaps and minor improvements for a hundred times the score.
fn issues(points: u64, random: &mut Random) -> (u64, u64, u64) {
    let critical = match points {
        ..6000 => random.between(1, 3),
        6000..7500 => u64::from(random.chance(0.3)),
        7500..9000 => u64::from(random.chance(0.03)),
        _ => 0,
    };
    let missing = 10_000 - points.min(10_000);
    let significant = (missing / 900).saturating_sub(random.below(3));
    let minor = missing / 1_000 + random.below(4);
    (critical, significant, minor)
}
