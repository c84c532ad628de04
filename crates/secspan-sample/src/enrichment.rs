//! One enrichment: its stages, its Perplexity calls, and how it ended.

use std::borrow::Cow;

use secspan_enrichment::enrichment::{self as typed, STAGE_COUNT};
use secspan_enrichment::kinds::enrichment::WORKFLOW;
use secspan_enrichment::terms::PerplexityKind;
use secspan_records::origin::{Identity, Origin};
use secspan_records::outcome::Outcome;
use secspan_records::record::Record;
use secspan_records::stage_time::round_to_seconds;

use secspan_semconv::span::workflow;

use crate::finding::Finding;
use crate::random::{Purpose, Random};
use crate::research::{self, Call};
use crate::story::Story;
use crate::team::Person;
use crate::work::{Course, Stretch, millis};

/// What a stage takes when nothing is unusual, as a part of its budget.
const PART_OF_BUDGET: f64 = 0.6;

/// The same for research, where answers of Perplexity are waited for besides.
const RESEARCH_PART_OF_BUDGET: f64 = 0.36;

/// Index of the stage in which Perplexity is asked.
pub(crate) const RESEARCH: usize = 1;

/// Index of the stage in which techniques are mapped.
pub(crate) const MAPPING: usize = 2;

/// Index of the stage that writes to the ticket.
pub(crate) const TICKET_UPDATE: usize = 7;

/// Probability, in percent, that a stage is skipped.
const SKIPPED_PERCENT: [u64; STAGE_COUNT] = [0, 0, 14, 0, 6, 5, 2, 0];

/// An enrichment as it happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Enrichment {
    pub(crate) analyst: Person,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) stages: [Option<Stretch>; STAGE_COUNT],
    /// The calls, each with the time at which it ended, in nanoseconds since 1970.
    pub(crate) calls: Vec<(u64, Call)>,
    pub(crate) techniques: u64,
    pub(crate) outcome: Outcome,
    /// How long it took beside what is usual.
    pub(crate) slowness: f64,
}

impl Enrichment {
    /// The enrichment of a finding that begins at `start`. `progress` is how much of the time of the sample is over, 0 to 1:
    /// the team gets a little faster.
    pub(crate) fn new(
        seed: u64,
        number: u64,
        finding: &Finding,
        analyst: Person,
        (start, progress): (u64, f64),
    ) -> Self {
        let mut random = Random::new(seed, Purpose::Research, number);
        let cvss = finding.vulnerability.map(|found| found.cvss());
        let answers = research::calls(cvss, &mut random);
        let mut random = Random::new(seed, Purpose::Stages, number);
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

    /// The record that this becomes.
    pub(crate) fn record(&self, story: &Story, identity: Identity) -> Record<'static> {
        let durations =
            typed::Enrichment::durations(self.stages.map(|stage| stage.map(Stretch::nanos)));
        let found = story.finding.vulnerability;
        let calls = || self.calls.iter().map(|(_, call)| call);
        let of_kind = |kind| calls().filter(|call| call.kind == kind).count() as u64;
        let succeeded = calls().filter(|call| call.error.is_none());
        typed::Enrichment {
            workflow: Cow::Borrowed(workflow::SECURITY_ALERT_ENRICHMENT_V1),
            ticket: Cow::Owned(story.ticket()),
            cve: found.map(|found| Cow::Owned(found.cve())),
            analyst: Cow::Borrowed(self.analyst.name),
            completed_at: story.enriched_at(),
            total_seconds: durations.total,
            legacy_seconds: Default::default(),
            detail_seconds: None,
            priority: story.finding.priority,
            cvss: found.map(|found| found.cvss()),
            epss: found.map(|found| found.epss()),
            known_exploited: found.map(|found| found.known_exploited),
            queries: self.calls.len() as u64,
            deepest: succeeded.map(|call| call.kind).max(),
            queries_by_kind: Some(PerplexityKind::ALL.map(of_kind)),
            sources_cited: Some(calls().map(|call| u64::from(call.citations)).sum()),
            techniques_mapped: Some(self.techniques),
            origin: Origin {
                identity: Some(identity),
                outcome: self.outcome,
                elapsed_seconds: Some(round_to_seconds(self.end - self.start)),
                amendment: 0,
            },
        }
        .into_record(&durations)
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
