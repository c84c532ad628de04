//! One enrichment: its stages, its Perplexity calls, and how it ended.

use secspan_records::outcome::Outcome;
use secspan_sample::people::Person;
use secspan_sample::random::Random;
use secspan_sample::work::{Course, Stretch, millis};

use super::finding::Finding;
use super::purpose;
use super::research::{self, Call};
use crate::enrichment::STAGE_COUNT;
use crate::kinds::enrichment::WORKFLOW;

/// What a stage takes when nothing is unusual, as a part of its budget.
const PART_OF_BUDGET: f64 = 0.6;

/// The same for research, where answers of Perplexity are waited for besides.
const RESEARCH_PART_OF_BUDGET: f64 = 0.36;

/// Index of the stage in which Perplexity is asked.
pub(super) const RESEARCH: usize = 1;

/// Index of the stage in which techniques are mapped.
pub(super) const MAPPING: usize = 2;

/// Probability, in percent, that a stage is skipped.
const SKIPPED_PERCENT: [u64; STAGE_COUNT] = [0, 0, 14, 0, 6, 5, 2, 0];

/// An enrichment as it happened.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Enrichment {
    pub(super) analyst: Person,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) stages: [Option<Stretch>; STAGE_COUNT],
    /// The calls, each with the time at which it ended, in nanoseconds since 1970.
    pub(super) calls: Vec<(u64, Call)>,
    pub(super) techniques: u64,
    pub(super) outcome: Outcome,
    /// How long it took beside what is usual.
    pub(super) slowness: f64,
}

impl Enrichment {
    /// The enrichment of a finding that begins at `start`. `progress` is how much of the time of the sample is over, 0 to 1:
    /// the team gets a little faster.
    pub(super) fn new(
        seed: u64,
        number: u64,
        finding: &Finding,
        analyst: Person,
        (start, progress): (u64, f64),
    ) -> Self {
        let mut random = Random::new(seed, purpose::RESEARCH, number);
        let cvss = finding.vulnerability.map(|found| found.cvss());
        let answers = research::calls(cvss, &mut random);
        let mut random = Random::new(seed, purpose::STAGES, number);
        let difficulty = random.log_normal(0.2);
        let pace = analyst.pace * difficulty * (1.06 - 0.12 * progress);
        let outcome = match random.below(1000) {
            0..5 => Outcome::Failure,
            5..8 => Outcome::Timeout,
            _ => Outcome::Success,
        };
        let waited = answers.iter().map(|call| millis(call.millis)).sum();
        let mut course = Course { now: start };
        course.rest(3, &mut random);
        let mut stages = [None; STAGE_COUNT];
        let planned = WORKFLOW.stages.iter().zip(SKIPPED_PERCENT);
        for (at, ((stage, skipped), place)) in planned.zip(&mut stages).enumerate() {
            let budget = stage.budget_seconds.map_or(60.0, f64::from);
            if random.below(100) < skipped {
                continue;
            }
            *place = Some(if at == RESEARCH {
                course.stage(budget * RESEARCH_PART_OF_BUDGET, pace, waited, &mut random)
            } else {
                course.stage(budget * PART_OF_BUDGET, pace, 0, &mut random)
            });
        }
        let last = stages.iter().flatten().map(|stage| stage.end).max();
        Self {
            analyst,
            start,
            end: last.unwrap_or(start) + millis(random.between(2, 60)),
            calls: timed(answers, stages.get(RESEARCH).copied().flatten(), start),
            techniques: if stages.get(MAPPING).is_some_and(Option::is_some) {
                random.between(1, 5).saturating_sub(random.below(2))
            } else {
                0
            },
            stages,
            outcome,
            slowness: difficulty,
        }
    }
}

/// Each call with its end: one after the other from the start of research on.
fn timed(calls: Vec<Call>, research: Option<Stretch>, start: u64) -> Vec<(u64, Call)> {
    let mut now = research.map_or(start, |stage| stage.start);
    let ended = calls.into_iter().map(|call| {
        now += millis(call.millis);
        (now, call)
    });
    ended.collect()
}
